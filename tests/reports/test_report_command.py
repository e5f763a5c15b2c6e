"""The commands under `gitdesk report` on a real desk: formats, files, wrong words, and the same bytes everywhere."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import jsonschema
import pytest

from gitdesk import resources

NOW = "2026-11-20T12:00:00Z"
NAMES = ("volume", "workload", "times", "tags", "audit")
IVA = "Iva Kralj <iva@acme.example>"


def ticket(number: int, title: str, answered: str = "", solved: str = "") -> str:
    """Returns one line of the exchange format: written by a customer on 16 November at 09:00."""
    day = "2026-11-16T"
    events = []
    if answered:
        events.append({"id": "1", "at": f"{day}{answered}:00Z", "by": IVA, "message": "Hello"})
    if solved:
        change = {"status": {"from": "new", "to": "resolved"}}
        events.append({"id": "2", "at": f"{day}{solved}:00Z", "by": IVA, "changes": change})
    return json.dumps(
        {
            "source": {"system": "old", "id": str(number)},
            "title": title,
            "requester": "Ana <ana@example.com>",
            "created": f"{day}09:00:00Z",
            "status": "resolved" if solved else "new",
            "priority": "normal",
            "events": events,
        }
    )


LINES = (
    ticket(1, "Answered and solved", "10:00", "12:00"),
    ticket(2, "::error::Late | <b>both</b>", "11:00", "23:30"),
    ticket(3, "Never touched"),
)
Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns where the desk is."""
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def run(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Makes a desk; returns what runs gitdesk in it."""
    base = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path_factory.mktemp("home")),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Iva Kralj",
        "GIT_AUTHOR_EMAIL": "iva@acme.example",
        "GIT_COMMITTER_NAME": "Iva Kralj",
        "GIT_COMMITTER_EMAIL": "iva@acme.example",
        "GITDESK_NOW": NOW,
        "LC_ALL": "C.UTF-8",
    }

    def call(*words: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "gitdesk", *words]
        return subprocess.run(command, cwd=folder, env={**base, **environ}, capture_output=True, check=False)

    for words in (("init", "--prefix", "AC", "--name", "Acme"),):
        done = call(*words)
        assert done.returncode == 0, done.stderr
    (folder / "old.jsonl").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    done = call("import", "jsonl", "old.jsonl", "--declare")
    assert done.returncode == 0, done.stderr
    return call


def answer(run: Run, *words: str, code: int = 0, **environ: str) -> str:
    done = run(*words, **environ)
    assert done.returncode == code, done.stderr.decode()
    return done.stdout.decode()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("words", [(), ("--by", "week"), ("--by", "group"), ("--by", "day", "--by", "agent")])
def test_json_is_what_the_schema_says(run: Run, name: str, words: tuple[str, ...]) -> None:
    schema = json.loads(resources.read("schema", "output.schema.json"))
    told = json.loads(answer(run, "report", name, "--json", *words))
    jsonschema.Draft7Validator(schema).validate(told)
    assert told["kind"] == f"{name}_report"
    assert told["items"]
    lines = answer(run, "report", name, "--format", "jsonl", *words).splitlines()
    assert [json.loads(line) for line in lines] == told["items"]
    rows = list(csv.DictReader(StringIO(answer(run, "report", name, "--format", "csv", *words))))
    assert len(rows) == len(told["items"])
    assert list(rows[0]) == list(told["items"][0])


@pytest.mark.parametrize("name", NAMES)
def test_every_format_comes_out_of_one_run_and_is_the_same_everywhere(
    run: Run, name: str, tmp_path: Path
) -> None:
    endings = ("txt", "md", "json", "jsonl", "csv", "html", "ids")
    for place, environ in (("a", {"TZ": "Asia/Tokyo"}), ("b", {"TZ": "America/Lima", "LC_ALL": "C"})):
        (tmp_path / place).mkdir()
        files = [str(tmp_path / place / f"r.{ending}") for ending in endings]
        words = [word for file in files for word in ("-o", file)]
        done = run("report", name, *words, **environ)
        assert (done.returncode, done.stdout) == (0, b"")
        assert b"written to" in done.stderr
    for ending in endings:
        one, other = ((tmp_path / place / f"r.{ending}").read_bytes() for place in "ab")
        assert one == other
        assert one or ending == "ids"
    page = (tmp_path / "a" / "r.html").read_text()
    assert "How these numbers are made" in page
    assert "<b>both" not in page


def test_an_imported_history_counts_where_it_happened(run: Run) -> None:
    told = json.loads(answer(run, "report", "volume", "--json", "--by", "day", "--period", "2026-11-16"))
    assert [(row["created"], row["resolved"], row["backlog"]) for row in told["items"]] == [(3, 2, 1)]
    # In Zagreb the second was resolved after midnight.
    told = json.loads(
        answer(
            run,
            "report",
            "volume",
            "--json",
            "--by",
            "day",
            "--timezone",
            "Europe/Zagreb",
            "--period",
            "2026-11-16",
        )
    )
    assert [(row["created"], row["resolved"], row["backlog"]) for row in told["items"]] == [(3, 1, 2)]
    audit = json.loads(answer(run, "report", "audit", "--json"))["summary"]
    assert audit["imported"] > 0
    assert [row["person"] for row in audit["people"]] == ["iva"]


def test_as_of_a_moment_is_what_it_was_then(run: Run) -> None:
    then = json.loads(answer(run, "report", "volume", "--json", "--as-of", "2026-11-16T12:30+01:00"))[
        "summary"
    ]
    assert (then["total"]["resolved"], then["total"]["backlog"]) == (0, 3)
    assert then["as_of"] == "2026-11-16T11:30:00Z"


def test_a_query_selects(run: Run) -> None:
    told = json.loads(answer(run, "report", "volume", "--json", "status:resolved"))["summary"]
    assert (told["tickets"], told["total"]["created"], told["query"]) == (2, 2, "status:resolved")


@pytest.mark.parametrize("name", NAMES)
def test_explain_tells_how_numbers_are_made_without_a_desk(run: Run, name: str, tmp_path: Path) -> None:
    told = json.loads(answer(run, "-C", str(tmp_path), "report", name, "--explain", "--json"))
    jsonschema.Draft7Validator(json.loads(resources.read("schema", "output.schema.json"))).validate(told)
    assert all(name in one["reports"] for one in told["items"])
    wanted = (told["items"][0], next(one for one in told["items"] if one["name"] != one["title"]))
    for one in wanted:
        shown = answer(run, "-C", str(tmp_path), "report", name, "--explain", one["name"])
        heading = "  ".join(
            dict.fromkeys((one["title"], one["name"]))
        )  # a word that is both stands there once
        assert shown.startswith(f"{heading}\n  what      ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("volume", "--by", "agnt"), 'did you mean "agent"?'),
        (("volume", "--by", "day", "--by", "week"), "two of a kind"),
        (("volume", "--by", "agent", "--by", "group"), "two of a kind"),
        (("tags", "--by", "tag"), "by tag already"),
        (("times", "--period", "soon"), '"soon" is not a time'),
        (("times", "--period", "2026-11", "--to", "2026-12"), "--period says both ends"),
        (("times", "--from", "2026-12", "--to", "2026-11"), '--to "2026-11" is before'),
        (("volume", "--timezone", "Mars"), 'unknown time zone "Mars"'),
        (("volume", "--format", "junit"), "unknown format"),
        (("volume", "-o", "x.xml"), "does not tell its format"),
        (("volume", "--json", "-o", "-"), "does not tell its format"),
        (("volume", "--explain", "reopn_rate"), 'did you mean "reopen_rate"?'),
        (("volume", "--explain", "-o", "x.html"), "--explain prints"),
        (("volume", "stauts:open"), 'did you mean "status"?'),
    ],
)
def test_wrong_words_are_told_what_is_meant(run: Run, words: tuple[str, ...], said: str) -> None:
    done = run("report", *words)
    assert done.returncode == 2
    assert done.stdout == b""
    assert said in done.stderr.decode()


def test_a_moment_that_never_was_is_told(run: Run) -> None:
    assert b'no commit or time "nonsense"' in run("report", "volume", "--as-of", "nonsense").stderr


def test_a_word_that_is_no_report_is_told_the_near_one(run: Run) -> None:
    done = run("report", "volum")
    assert done.returncode == 2
    assert b"volume" in done.stderr


def test_a_ticket_that_cannot_be_read_is_named_and_the_rest_counted(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "-q", str(folder), str(other)], check=True)
    path = answer(run, "sql", "SELECT path FROM tickets LIMIT 1", "--format", "csv").split()[1]
    (other / path).write_text("no ticket\n", encoding="utf-8")
    who = ("-c", "user.name=x", "-c", "user.email=x@y")
    subprocess.run(["git", *who, "commit", "-qam", "break", "--no-verify"], cwd=other, check=True)
    for name in NAMES:
        done = run("-C", str(other), "report", name)
        assert done.returncode == 5, name
        assert path.encode() in done.stderr
        assert b"not whole" in done.stdout
    told = run("-C", str(other), "report", "volume", "--json").stdout
    assert json.loads(told)["summary"]["total"]["created"] == 2
