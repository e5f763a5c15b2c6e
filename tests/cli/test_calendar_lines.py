"""Questions read from standard input: how a line is cut into words, and that many are answered in one go."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conversation import environ

from gitdesk.cli.calendar_lines import split
from gitdesk.render.month import render_line, render_month
from gitdesk.render.style import PLAIN
from gitdesk.render.table import Page

CONFIG = Path(__file__).parents[1] / "scenarios" / "calendars.yaml"
WHO = {f"GIT_{part}_{key}": value for part in ("AUTHOR", "COMMITTER")
       for key, value in (("NAME", "Iva Kralj"), ("EMAIL", "iva@acme.example"))}  # fmt: skip


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("zagreb 2026-11-23T09:30 8h", ["zagreb", "2026-11-23T09:30", "8h"]),
        ("2026-11-23 09:30 8h", ["2026-11-23T09:30", "8h"]),
        ("2026-11-23 09:30:15+01:00 2026-11-24 10:00Z", ["2026-11-23T09:30:15+01:00", "2026-11-24T10:00Z"]),
        ("2026-11-23 2026-11-24", ["2026-11-23", "2026-11-24"]),
        ('"2026-11-23 09:30" 8h', ["2026-11-23T09:30", "8h"]),
        ("two words\t2026-11-23 09:30\t8h", ["two words", "2026-11-23 09:30", "8h"]),
        ("", []),
    ],
)
def test_a_line_is_cut_at_blanks_or_tabs_and_a_time_joins_its_date(line: str, words: list[str]) -> None:
    assert split(line) == words


def call(home: Path, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gitdesk", *words],
        cwd=home,
        env=environ(home, **WHO),
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    assert call(tmp_path, "init", "--from", str(CONFIG)).returncode == 0
    return tmp_path


def test_thousands_of_lines_get_an_answer_each_and_wrong_ones_keep_their_place(desk: Path) -> None:
    lines = [f"zagreb 2026-{1 + n % 12:02}-{1 + n % 28:02}T{n % 24:02}:{n % 60:02} {n}m" for n in range(3000)]
    lines[1234] = "zagreb nonsense 5m"
    lines[2345] = "nowhere 2026-01-01 5m"
    done = call(desk, "calendar", "due", "-", "--json", text="\n".join(lines))
    items = json.loads(done.stdout)["items"]
    assert done.returncode == 2
    assert [item["line"] for item in items] == list(range(1, 3001))
    assert [item["line"] for item in items if "error" in item] == [1235, 2346]
    assert all(item["seconds"] >= 0 for item in items if "error" not in item)
    assert done.stderr.splitlines()[0].startswith('error: standard input:1235: not a time: "nonsense"')


def test_no_line_is_no_answer_and_a_line_without_end_is_refused(desk: Path) -> None:
    assert call(desk, "calendar", "open", "-").stdout == ""
    done = call(desk, "calendar", "open", "-", text="x" * 20_000)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: standard input:1: the line has more than")


@pytest.mark.parametrize("format_", ["csv", "markdown", "jsonl"])
def test_every_format_carries_the_error_of_a_line(desk: Path, format_: str) -> None:
    text = "zagreb nonsense\nhotline\n"
    done = call(desk, "calendar", "open", "-", "--format", format_, text=text)
    assert done.returncode == 2
    assert 'not a time: ""nonsense""' in done.stdout or "nonsense" in done.stdout
    assert "hotline" in done.stdout


def month(**day: object) -> dict[str, object]:
    usual = {"date": "2026-11-30", "hours": ["08:00-12:00"], "open": [[28_800, 43_200]], "seconds": 14_400,
             "note": None, "special": False, "clocks": 0}  # fmt: skip
    return {"calendar": "office", "timezone": "UTC", "month": "2026-11", "working_days": 1, "seconds": 14_400,
            "days": [{**usual, **day}], "remark": None}  # fmt: skip


def lines_of(item: dict[str, object], width: int | None = 80) -> list[str]:
    from datetime import UTC, datetime

    return list(render_month(item, Page(now=datetime(2026, 11, 1, tzinfo=UTC), width=width, paint=PLAIN)))


def test_a_month_is_drawn_in_eighty_columns_however_long_a_name_is() -> None:
    item = month(note="Dan sjećanja na žrtve " * 9, special=True, hours=[], open=[])
    assert max(map(len, lines_of(item))) <= 80
    assert max(map(len, lines_of(item, None))) <= 80
    assert "30 Dan sjećanja" in render_line(item)


def test_a_name_cannot_steer_a_terminal() -> None:
    assert "\x1b" not in "".join(lines_of(month(note="\x1b[31mred", special=True)))
    assert "\x1b" not in render_line(month(note="\x1b[31mred", special=True))


def test_halves_of_hours_are_drawn() -> None:
    (drawn,) = [
        line for line in lines_of(month(open=[[30_600, 43_200], [45_000, 48_600]])) if line[:3] == "Mon"
    ]
    assert drawn[9:33] == "········▐███▐▌··········"
