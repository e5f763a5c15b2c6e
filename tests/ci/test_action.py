"""action.yml, run step by step as GitHub's runner does, on desks with and without a breach."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from runner import HOSTILE, ROOT, Ended, Make

LATER = "2026-11-21T00:00:00Z"
STEPS = ["Look at the clone", "Install gitdesk", "Write the report", "Keep the files", "Pass or fail"]


def commands(ended: Ended) -> list[str]:
    """Returns the lines of a log that are commands to the runner, by its own rules: none while they are stopped."""
    found, stopped = [], ""
    for line in ended.log.splitlines():
        text = line.strip()
        if stopped:
            stopped = "" if text == f"::{stopped}::" else stopped
        elif text.startswith("::stop-commands::"):
            stopped = text.removeprefix("::stop-commands::")
        elif text.startswith("::") or "##[" in text:
            found.append(text)
    assert not stopped
    return found


def test_a_desk_that_kept_its_promises_passes(workspace: Make) -> None:
    job = workspace("kept")
    ended = job.github(as_of=LATER)
    assert ended.code == 0, ended.log
    assert ended.steps == STEPS
    folder = job.clone / "sla-report"
    assert {name: value for name, value in ended.outputs.items() if value} == {
        "result": "passed",
        "exit-code": "0",
        "directory": str(folder),
        "html": str(folder / "sla-report.html"),
        "junit": str(folder / "sla-report.junit.xml"),
        "sarif": str(folder / "sla-report.sarif"),
    }
    assert sorted(path.name for path in folder.iterdir()) == [
        "sla-report.html",
        "sla-report.junit.xml",
        "sla-report.sarif",
    ]
    assert ElementTree.parse(folder / "sla-report.junit.xml").getroot().tag == "testsuites"
    assert json.loads((folder / "sla-report.sarif").read_text())["version"] == "2.1.0"
    assert "<!doctype html>" in (folder / "sla-report.html").read_text()[:50].lower()
    assert ended.summary
    assert commands(ended) == []


def test_a_breach_fails_the_job_last_with_everything_kept(workspace: Make) -> None:
    ended = workspace("broken").github(as_of=LATER)
    assert ended.code == 1, ended.log
    assert ended.steps == STEPS
    assert (ended.outputs["result"], ended.outputs["exit-code"]) == ("failed", "1")
    assert all(Path(ended.outputs[name]).is_file() for name in ("html", "junit", "sarif"))
    root = ElementTree.parse(ended.outputs["junit"]).getroot()
    assert len(root.findall(".//failure")) == 1
    [run] = json.loads(Path(ended.outputs["sarif"]).read_text())["runs"]
    assert len([result for result in run["results"] if result["level"] == "error"]) == 1


def test_a_breach_is_an_annotation_of_the_ticket_file(workspace: Make) -> None:
    job = workspace("broken")
    [annotation] = commands(job.github(as_of=LATER))
    found = re.match(r"::error file=(tickets/[^,:]+\.md),line=\d+", annotation)
    assert found
    assert (job.clone / found[1]).is_file()


def test_a_title_commands_neither_runner_nor_shell(workspace: Make) -> None:
    job = workspace("broken")
    ended = job.github(as_of=LATER, formats="html,junit, sarif\njson csv markdown gitlab summary annotations")
    assert ended.code == 1, ended.log
    assert len(commands(ended)) == 1
    assert not list(job.clone.rglob("owned"))
    assert not re.search(r"(?<!\\)<img", ended.summary)
    assert json.loads(Path(ended.outputs["json"]).read_text())
    assert HOSTILE in json.dumps(json.loads(Path(ended.outputs["json"]).read_text()), ensure_ascii=False)


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"fail_on": "none"}, 0),
        ({"query": "priority:high"}, 0),
        ({"query": "-priority:urgent"}, 0),
        ({"query": "priority:urgent"}, 1),
        ({"query": 'priority:urgent OR requester:"Ana Horvat"'}, 1),
        ({"as_of": "2026-11-20T10:10:00Z"}, 0),
        ({"as_of": "2026-11-20T10:27:00Z", "fail_on": "at-risk"}, 1),
        ({"to": "2026-11-19"}, 0),
        ({"from": "2026-11-20", "to": "2026-11-21"}, 1),
        ({"working_directory": "../desk"}, 1),
    ],
)
def test_inputs_reach_the_report(workspace: Make, inputs: dict[str, str], code: int) -> None:
    ended = workspace("broken").github(**{"as_of": LATER, **inputs})
    assert ended.code == code, ended.log
    assert ended.outputs["exit-code"] == str(code)


@pytest.mark.parametrize(
    "query", ["$(touch owned)", "`touch owned`", '"; touch owned; "', "*", "'", "-o x", "a\nb"]
)
def test_a_query_is_only_a_query(workspace: Make, query: str) -> None:
    job = workspace("kept")
    ended = job.github(query=query, as_of=LATER)
    assert ended.code in (0, 2)
    assert not list(job.folder.parent.rglob("owned"))
    assert sorted(path.name for path in job.clone.iterdir() if not path.name.startswith(".")) == [
        "gitdesk.yaml", "sla-report", "tickets",
    ]  # fmt: skip


def test_only_what_was_asked_for_is_written(workspace: Make) -> None:
    ended = workspace("broken").github(
        as_of=LATER, formats="json", output_directory="out/of * the way", artifact=""
    )
    assert ended.code == 1
    assert ended.steps == [name for name in STEPS if name != "Keep the files"]
    folder = Path(ended.outputs["directory"])
    assert folder.name == "of * the way"
    assert [path.name for path in folder.iterdir()] == ["sla-report.json"]
    assert (ended.summary, commands(ended)) == ("", [])


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"formats": "html pdf"}, "formats takes html"),
        ({"fail_on": "never"}, "fail-on takes breach"),
        ({"output_directory": "a\nb"}, "output-directory takes"),
        ({"output_directory": ""}, "output-directory takes"),
    ],
)
def test_a_wrong_input_is_told_before_anything_runs(
    workspace: Make, inputs: dict[str, str], said: str
) -> None:
    ended = workspace("kept").github(**inputs)
    assert ended.code == 2
    assert any(said in line for line in commands(ended))


def test_a_shallow_clone_is_an_error_that_says_what_to_write(workspace: Make) -> None:
    ended = workspace("kept", depth=1).github()
    assert ended.code == 6
    assert ended.steps == ["Look at the clone"]
    [told] = commands(ended)
    assert told.startswith("::error title=This clone is shallow::")
    assert "fetch-depth: 0" in told


def test_without_a_clone_the_missing_step_is_named(workspace: Make, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    ended = workspace("kept").github(working_directory=str(tmp_path / "elsewhere"))
    assert ended.code == 6
    assert any("actions/checkout" in line for line in commands(ended))


def test_the_report_goes_by_the_last_gitdesk_yaml_that_can_be_used_and_says_so(workspace: Make) -> None:
    job = workspace("broken", detached=False)
    (job.clone / "gitdesk.yaml").write_text("desk: {name: [::error::owned\n")
    job.git("commit", "-qam", "break it", "--no-verify")
    ended = job.github(as_of="")
    assert ended.code == 1, ended.log
    assert "the gitdesk.yaml of the last commit cannot be used" in ended.log
    assert len(commands(ended)) == 1  # the breach; the warning is no command either


def test_a_desk_that_never_could_be_used_ends_with_its_exit_code_and_no_report(workspace: Make) -> None:
    job = workspace("broken", detached=False)
    job.git("checkout", "-q", "--orphan", "fresh")
    (job.clone / "gitdesk.yaml").write_text("desk: {name: [::error::owned\n")
    job.git("commit", "-qam", "born broken", "--no-verify")
    ended = job.github(as_of="")
    assert ended.code == 5, ended.log
    assert (ended.outputs["result"], ended.outputs["exit-code"]) == ("error", "5")
    assert [line for line in commands(ended) if line.startswith("::error title=No SLA report to rely on::")]
    assert len(commands(ended)) == 1
    assert not ended.outputs["html"]


def test_with_an_unreadable_ticket_the_report_is_kept_and_not_relied_on(workspace: Make) -> None:
    job = workspace("kept", detached=False)
    [ticket] = job.clone.glob("tickets/*/*.md")
    ticket.write_text("---\nid: [::error::owned\n---\n")
    job.git("commit", "-qam", "break it", "--no-verify")
    ended = job.github(as_of="")
    assert ended.code == 5, ended.log
    assert ended.outputs["result"] == "error"
    assert Path(ended.outputs["html"]).is_file()
    assert [line for line in commands(ended) if line.startswith("::error title=No SLA report to rely on::")]


def test_gitdesk_is_installed_as_the_action_came_or_in_the_version_asked_for(workspace: Make) -> None:
    job = workspace("kept")
    assert job.github(as_of=LATER).pip[-1] == str(ROOT)
    assert job.github(as_of=LATER, version="1.2.0").pip[-1] == "gitdesk==1.2.0"


def test_an_old_python_is_told_before_pip_fails(workspace: Make) -> None:
    job = workspace("kept")
    (job.folder / "tools" / "python3").write_text("#!/bin/sh\nexit 1\n")
    ended = job.github()
    assert ended.code == 6
    assert any("Python 3.11" in line for line in commands(ended))


def test_a_second_run_in_one_job_writes_the_same_files(workspace: Make) -> None:
    job = workspace("broken")
    first = {path: path.read_bytes() for path in _files(job.github(as_of=LATER))}
    assert {path: path.read_bytes() for path in _files(job.github(as_of=LATER))} == first


def _files(ended: Ended) -> list[Path]:
    return sorted(Path(ended.outputs["directory"]).iterdir())
