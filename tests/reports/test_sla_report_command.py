"""`gitdesk sla report` on a real desk: formats, files, periods, exit codes, and the same bytes everywhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from gitdesk import resources
from gitdesk.reports.writing import WRITERS

NOW = "2026-11-20T12:00:00Z"
SLA = """
calendars:
  always: {always: true}
sla:
  policies:
    - id: gold
      calendar: always
      pause_on: [waiting, snoozed]
      targets:
        urgent: {first_response: 1h, resolution: 4h}
        high: {first_response: 2h, resolution: 8h}
        normal: {first_response: 4h, resolution: 24h}
        low: none
"""


def ticket(number: int, priority: str, title: str, answered: str = "", solved: str = "") -> str:
    """Returns one line of the exchange format: written by a customer on 16 November at 09:00."""
    day = "2026-11-16T"
    agent = "Iva Kralj <iva@acme.example>"
    events = []
    if answered:
        events.append({"id": "1", "at": f"{day}{answered}:00Z", "by": agent, "message": "Hello"})
    if solved:
        change = {"status": {"from": "new", "to": "resolved"}}
        events.append({"id": "2", "at": f"{day}{solved}:00Z", "by": agent, "changes": change})
    return json.dumps(
        {
            "source": {"system": "old", "id": str(number)},
            "title": title,
            "requester": "Ana <ana@example.com>",
            "created": f"{day}09:00:00Z",
            "status": "resolved" if solved else "new",
            "priority": priority,
            "events": events,
        }
    )


LINES = (
    ticket(1, "high", "Answered and solved in time", "10:00", "12:00"),
    ticket(2, "urgent", "::error::Late | <b>both</b>", "11:00", "23:30"),
    ticket(3, "normal", "Never touched"),
    ticket(4, "low", "Nothing was promised", "10:00"),
)

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Makes a desk; returns what runs gitdesk in it."""
    home = tmp_path_factory.mktemp("home")
    folder = tmp_path_factory.mktemp("desk")
    base = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Iva Kralj",
        "GIT_AUTHOR_EMAIL": "iva@acme.example",
        "GIT_COMMITTER_NAME": "Iva Kralj",
        "GIT_COMMITTER_EMAIL": "iva@acme.example",
        "PYTHONPATH": str(Path(__file__).resolve().parent.parent.parent),
        "GITDESK_NOW": NOW,
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
    }

    def call(*words: str, code: int | None = 0, **environ: str) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            [sys.executable, "-m", "gitdesk", *words],
            cwd=folder,
            env={**base, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert code is None or done.returncode == code, done.stderr.decode()
        return done

    early = {"GITDESK_NOW": "2026-11-01T00:00:00Z"}
    call("init", "--prefix", "AC", "--name", "Acme", **early)
    config = folder / "gitdesk.yaml"
    kept = re.sub(r"^(sla|calendars):.*\n(?:[ #].*\n|\n)*", "", config.read_text(), flags=re.MULTILINE)
    config.write_text(kept + SLA)
    git_date = {"GIT_AUTHOR_DATE": "2026-11-01T00:00:00Z", "GIT_COMMITTER_DATE": "2026-11-01T00:00:00Z"}
    subprocess.run(["git", "commit", "-qam", "promise"], cwd=folder, env={**base, **git_date}, check=True)
    (folder / "old.jsonl").write_text("\n".join(LINES) + "\n")
    call("import", "jsonl", "old.jsonl", "--declare")
    return call


def items(run: Run, *words: str, code: int = 0) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("sla", "report", *words, "--json", code=code).stdout)[
        "items"
    ]
    return found


def test_the_rows_are_what_the_history_says(run: Run) -> None:
    whole = json.loads(run("sla", "report", "--json").stdout)
    jsonschema.Draft7Validator(json.loads(resources.read("schema", "output.schema.json"))).validate(whole)
    found = {
        (row["title"], row["metric"]): (row["state"], row["elapsed"], row["late_by"])
        for row in whole["items"]
    }
    assert found["Answered and solved in time", "first_response"] == ("met", 3600, 0)
    assert found["Answered and solved in time", "resolution"] == ("met", 10800, 0)
    assert found["::error::Late | <b>both</b>", "first_response"] == ("breached", 7200, 3600)
    assert found["::error::Late | <b>both</b>", "resolution"] == ("breached", 52200, 37800)
    assert found["Never touched", "first_response"] == ("breached_running", 356400, 342000)
    everything = whole["summary"]["compliance"]["all"]
    assert everything == {"met": 2, "breached": 4, "running": 2, "compliance": 0.3333}
    assert whole["summary"]["as_of"] == NOW


def test_exit_codes_say_whether_there_is_a_breach(run: Run) -> None:
    run("sla", "report")
    done = run("sla", "report", "--fail-on", "breach", code=1)
    assert b"4 breaches, 0 at risk" in done.stderr
    run("sla", "report", "priority:high", "--fail-on", "breach")
    run("sla", "report", "priority:high", "--fail-on", "at-risk", "--as-of", "2026-11-16T09:00:30Z")


def test_a_query_a_period_and_an_as_of_select(run: Run) -> None:
    assert {row["title"] for row in items(run, "priority:urgent")} == {"::error::Late | <b>both</b>"}
    ended = {row["state"] for row in items(run, "--from", "2026-11-16", "--to", "2026-11-16")}
    assert ended <= {"met", "breached", "n/a", "void"}
    assert [row["state"] for row in items(run, "--from", "2026-11-17", "--to", "2026-11-18")] == []
    assert {row["state"] for row in items(run, "--from", "1d")} == {"breached_running"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--from", "soon"], b'"soon" is not a time'),
        (["--from", "2026-11-02", "--to", "2026-11-01"], b'--to "2026-11-01" is before --from "2026-11-02"'),
        (["--at-risk", "101"], b'"101" is more than 100 percent'),
        (["-o", "report"], b'"report" does not tell its format'),
        (["-o", "html=-", "--json"], b"two formats go to standard output"),
        (["-o", "html="], b'no file after "html="'),
        (["-o", "a.html", "-o", "./a.html"], b'two outputs go to "./a.html"'),
        (["-o", "nowhere/at/all.html"], b"nowhere/at/all.html: cannot be written: no such file or directory"),
        (["-o", "html=tickets"], b"tickets: this is a folder"),
        (["--policy", "missing.yaml"], b"missing.yaml: cannot be read: no such file or directory"),
        (["--format", "pdf"], b"pdf"),
        (["--by", "colour"], b"colour"),
        (["stats:open"], b"stats"),
    ],
)
def test_a_mistake_is_told(run: Run, words: list[str], message: bytes) -> None:
    done = run("sla", "report", *words, code=2)
    assert message in done.stderr
    assert done.stdout == b""


def test_one_run_writes_many_files_and_says_which(run: Run, tmp_path: Path) -> None:
    names = {
        "html": "r.html", "junit": "r.xml", "sarif": "r.sarif", "json": "r.json", "jsonl": "r.jsonl", "csv": "r.csv",
        "markdown": "r.md", "table": "r.txt", "ids": "r.ids",
    }  # fmt: skip
    others = {"gitlab": "gl.json", "github": "gh.out", "summary": "sum.md"}
    words = [str(tmp_path / name) for name in names.values()]
    words += [f"{format_}={tmp_path / name}" for format_, name in others.items()]
    done = run("sla", "report", *(part for word in words for part in ("-o", word)))
    assert done.stdout == b""
    assert b"written to" in done.stderr
    for format_, name in (names | others).items():
        alone = run("sla", "report", "--format", format_).stdout
        assert (tmp_path / name).read_bytes() == alone, format_
    ET.parse(tmp_path / "r.xml")


def test_a_file_is_replaced_whole_and_standard_output_can_be_one_of_them(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("x" * 100_000)
    done = run("sla", "report", "-o", str(file), "--format", "ids")
    assert len(done.stdout.split()) == 2
    assert file.read_bytes().startswith(b"ticket,title,metric")
    assert run("sla", "report", "-o", "html=-").stdout.startswith(b"<!DOCTYPE html>")
    run("sla", "report", "-o", "json=/dev/null")
    assert Path("/dev/null").is_char_device()
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]


def test_the_summary_of_a_step_is_added_to(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "summary"
    file.write_text("before\n")
    run("sla", "report", "-o", f"summary={file}", GITHUB_STEP_SUMMARY=str(file))
    assert file.read_text().startswith("before\n## Service levels")


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_bytes_in_any_zone_language_and_hash_seed(run: Run, name: str) -> None:
    plain = run("sla", "report", "--format", name, "--from", "2026-11").stdout
    for environ in (
        {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "LANG": "hr_HR.UTF-8"},
    ):
        assert run("sla", "report", "--format", name, "--from", "2026-11", **environ).stdout == plain


def test_a_finding_points_at_the_priority_in_the_file(run: Run) -> None:
    log = json.loads(run("sla", "report", "priority:urgent", "--format", "sarif").stdout)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["region"]["startLine"] > 1
    text = run("sla", "report", "priority:urgent", "--format", "github").stdout.decode()
    assert f"line={place['region']['startLine']}," in text
    assert all(line.startswith("::error file=tickets/") for line in text.splitlines())


def test_another_policy_is_tried_on_the_same_history(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "lax.yaml"
    file.write_text(SLA.replace("1h", "3h").replace("4h", "99h"))
    rows = items(run, "priority:urgent", "--policy", str(file))
    assert {row["state"] for row in rows} == {"met"}


def test_what_cannot_be_read_is_told_everywhere_and_ends_with_five(tmp_path: Path) -> None:
    names = [f"{name}={tmp_path / name}" for name in WRITERS]
    desk = tmp_path / "desk"
    plain = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "GITDESK_NOW": NOW}

    def gitdesk(*words: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "gitdesk", "-C", str(desk), *words]
        return subprocess.run(command, env=plain, capture_output=True, stdin=subprocess.DEVNULL, check=False)

    desk.mkdir()
    assert gitdesk("init", "--prefix", "AC").returncode == 0
    (desk / "tickets/00").mkdir(parents=True)
    (desk / "tickets/00/AC-00000001.md").write_text("---\nid: [\n---\n")
    subprocess.run(["git", "add", "."], cwd=desk, check=True)
    subprocess.run(["git", "commit", "-qm", "x", "--no-verify"], cwd=desk, check=True)
    done = gitdesk("sla", "report", "--fail-on", "breach", *(word for name in names for word in ("-o", name)))
    assert done.returncode == 5
    assert b"the numbers are not whole: tickets/00/AC-00000001.md: " in done.stderr
    for name in WRITERS:
        told = "tickets/00/AC-00000001.md" in (tmp_path / name).read_text()
        assert told or name in ("jsonl", "csv", "ids"), name
