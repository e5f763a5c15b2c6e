"""The GitLab template, its script run in one shell as GitLab's runner does."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from runner import Make

LATER = "2026-11-21T00:00:00Z"


def names(folder: Path) -> list[str]:
    """Returns the names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir())


WRITTEN = ["sla-report.codequality.json", "sla-report.html", "sla-report.junit.xml"]


def test_a_desk_that_kept_its_promises_passes(workspace: Make) -> None:
    job = workspace("kept")
    ended = job.gitlab(as_of=LATER)
    assert ended.code == 0, ended.log
    assert names(job.clone / "sla-report") == WRITTEN
    assert json.loads((job.clone / "sla-report" / "sla-report.codequality.json").read_text()) == []
    assert ended.pip[-1] == "gitdesk"


def test_a_breach_fails_the_job_with_everything_written(workspace: Make) -> None:
    job = workspace("broken")
    ended = job.gitlab(as_of=LATER)
    assert ended.code == 1, ended.log
    folder = job.clone / "sla-report"
    assert names(folder) == WRITTEN
    assert len(ElementTree.parse(folder / "sla-report.junit.xml").getroot().findall(".//failure")) == 1
    [found] = json.loads((folder / "sla-report.codequality.json").read_text())
    assert (job.clone / found["location"]["path"]).is_file()
    assert not list(job.clone.rglob("owned"))


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"fail_on": "none"}, 0),
        ({"query": "-priority:urgent"}, 0),
        ({"query": 'requester:"Ana Horvat" priority:urgent'}, 1),
        ({"as_of": "2026-11-20T10:27:00Z", "fail_on": "at-risk"}, 1),
        ({"working_directory": "../desk"}, 1),
        ({"query": "status:$(touch owned)"}, 2),
    ],
)
def test_inputs_reach_the_report(workspace: Make, inputs: dict[str, str], code: int) -> None:
    job = workspace("broken")
    ended = job.gitlab(**{"as_of": LATER, **inputs})
    assert ended.code == code, ended.log
    assert not list(job.folder.parent.rglob("owned"))


def test_a_shallow_clone_is_an_error_that_says_what_to_write(workspace: Make) -> None:
    ended = workspace("kept", depth=1).gitlab()
    assert ended.code == 6
    assert 'GIT_DEPTH: "0"' in ended.log


def test_a_desk_that_never_could_be_used_ends_with_its_exit_code(workspace: Make) -> None:
    job = workspace("broken", detached=False)
    job.git("checkout", "-q", "--orphan", "fresh")
    (job.clone / "gitdesk.yaml").write_text("desk: [\n")
    job.git("commit", "-qam", "break it", "--no-verify")
    ended = job.gitlab()
    assert ended.code == 5, ended.log
    assert "no report to rely on: gitdesk ended with exit code 5" in ended.log


def test_another_package_can_be_named(workspace: Make) -> None:
    assert workspace("kept").gitlab(as_of=LATER, package="gitdesk==1.2.0").pip[-1] == "gitdesk==1.2.0"
