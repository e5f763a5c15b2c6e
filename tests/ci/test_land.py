"""The workflow that lands what a review approved: its scripts run with a stand-in for gh that takes notes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml
from forge import jobs
from forge.site import Answer, Site
from runner import ROOT, Ended, Make, Workspace, load

WORKFLOW = "example-repo/.github/workflows/land.yml"
HEAD = "a" * 40
# Answers by the first words of a call, fails as often as the file `fails` says.
GH = """#!/bin/sh
printf '%s\\n' "$GH_TOKEN $GH_REPO" >>"$NOTES/tokens"
printf '%s\\0' "$@" >>"$NOTES/calls"; printf '\\n' >>"$NOTES/calls"
case "$1 $2" in
  "api repos"*) cat "$NOTES/run" ;;
  "api --silent")
    left=$(cat "$NOTES/fails"); if [ "$left" -gt 0 ]; then echo $((left - 1)) >"$NOTES/fails"; exit 1; fi ;;
esac
"""
EVENT: dict[str, Any] = {
    "repository": "acme/desk",
    "token": "the-token",
    "event": {
        "pull_request": {"number": 7, "head": {"sha": HEAD}, "title": "$(touch owned) `touch owned`"},
        "review": {"state": "approved", "body": "::error::owned $(touch owned)"},
    },
}


@pytest.fixture
def job(workspace: Make) -> Workspace:
    """Returns a workspace with a gh that takes notes, and a sleep that does not wait."""
    made = workspace("kept")
    (made.folder / "tools" / "gh").write_text(GH)
    (made.folder / "tools" / "sleep").write_text('#!/bin/sh\necho "$1" >>"$NOTES/slept"\n')
    for name in ("gh", "sleep"):
        (made.folder / "tools" / name).chmod(0o755)
    notes = made.folder / "notes"
    notes.mkdir()
    (notes / "run").write_text("4711\n")
    (notes / "fails").write_text("0\n")
    made.environ["NOTES"] = str(notes)
    return made


def calls(job: Workspace) -> list[list[str]]:
    """Returns the words of every call of gh."""
    file = job.folder / "notes" / "calls"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return [call.split("\0")[:-1] for call in text.split("\0\n") if call for call in [call + "\0"]]


def run(job: Workspace, name: str, approved_by: str = "") -> Ended:
    needs = {"approvals": {"result": "passed", "approved-by": approved_by}}
    return job.job(WORKFLOW, name, EVENT, needs)


def test_a_review_has_the_required_check_run_again(job: Workspace) -> None:
    ended = run(job, "again")
    assert ended.code == 0, ended.log
    query = f"event=pull_request&head_sha={HEAD}&per_page=1"
    assert calls(job) == [
        [
            "api",
            f"repos/acme/desk/actions/workflows/check.yml/runs?{query}",
            "--jq",
            ".workflow_runs[0].id // empty",
        ],
        ["run", "watch", "4711"],
        ["run", "rerun", "4711"],
        ["run", "watch", "4711"],
    ]
    assert Path("example-repo/.github/workflows/check.yml").name in calls(job)[0][1]


def test_without_a_check_to_run_again_the_job_says_so(job: Workspace) -> None:
    (job.folder / "notes" / "run").write_text("")
    ended = run(job, "again")
    assert (ended.code, "No check to run again" in ended.log) == (1, True)


def test_what_was_reviewed_is_merged_with_a_merge_commit_that_says_who_approved(job: Workspace) -> None:
    lines = "Approved-by: Iva $(touch owned) <iva@acme.example>\nApproved-by: @/etc/passwd <x@y.z>"
    ended = run(job, "land", lines)
    assert ended.code == 0, ended.log
    [call] = calls(job)
    assert call == [
        "api", "--silent", "--method", "PUT", "repos/acme/desk/pulls/7/merge",
        "-f", f"sha={HEAD}", "-f", "merge_method=merge",
        "-f", "commit_title=Land pull request #7", "-f", f"commit_message={lines}",
    ]  # fmt: skip
    assert not list(job.folder.parent.rglob("owned"))


@pytest.mark.parametrize(("fails", "code", "slept"), [(1, 0, ["0", "10"]), (9, 1, ["0", "10", "30"])])
def test_a_merge_that_github_refuses_is_tried_again_and_then_told(
    job: Workspace, fails: int, code: int, slept: list[str]
) -> None:
    (job.folder / "notes" / "fails").write_text(f"{fails}\n")
    ended = run(job, "land")
    assert ended.code == code
    assert ("::error title=Not merged::" in ended.log) == bool(code)
    assert (job.folder / "notes" / "slept").read_text().split() == slept


def test_a_job_begins_only_where_it_should(job: Workspace) -> None:
    jobs = load(WORKFLOW)["jobs"]
    assert "head.repo.full_name == github.repository" in jobs["again"]["if"]
    assert "review.state == 'approved'" in jobs["approvals"]["if"]
    [listed] = [part for part in jobs["approvals"]["if"].split("'") if part.startswith("[")]
    assert json.loads(listed) == ["OWNER", "MEMBER", "COLLABORATOR"]  # not everybody who can read
    assert jobs["approvals"]["needs"] == "again"
    assert (jobs["land"]["needs"], jobs["land"]["if"]) == (
        "approvals",
        "needs.approvals.outputs.result == 'passed'",
    )


# GitLab: a job of a schedule, as docs/pull-requests.md has it


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="the job installs curl and jq")
def test_the_job_of_gitlab_has_approved_merge_requests_judged_again_and_merged(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "pull-requests.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```yaml\n(land:\n.*?)^```", page, re.MULTILINE | re.DOTALL)
    job = yaml.safe_load(block)["land"]
    assert job["script"][0].startswith("apk add ")
    site = Site()
    site.prefix = "/api/v4"
    requests = "projects/42/merge_requests"
    site.answers = {
        requests: [
            jobs.merge_request(7, title="$(touch owned)"),
            jobs.merge_request(8),
            jobs.merge_request(9),
        ],
        f"{requests}/7/approvals": {"approved_by": [jobs.approval("iva.k", 5)]},
        f"{requests}/8/approvals": {"approved_by": []},
        f"{requests}/9/approvals": {"approved_by": [jobs.approval("iva.k", 5)]},
        f"{requests}/7/pipelines": {"id": 1},
        f"{requests}/7/merge": {"iid": 7},
        f"{requests}/9/pipelines": {"id": 2},
        f"{requests}/9/merge": Answer({"message": "Method Not Allowed"}, 405),
    }
    environ = {
        **os.environ,
        "CI_API_V4_URL": site.base,
        "CI_PROJECT_ID": "42",
        "CI_DEFAULT_BRANCH": "main",
        "LAND_TOKEN": "the-token",
    }
    script = "\n".join(job["script"][1:])
    try:
        done = subprocess.run(
            ["sh", "-e", "-c", script],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    finally:
        site.close()
    assert done.returncode == 0, done.stderr
    assert done.stdout == "!9 does not merge yet\n"
    written = [
        (one.method, one.path.rpartition("/merge_requests/")[2]) for one in site.asked if one.method != "GET"
    ]
    assert written == [
        ("POST", "7/pipelines"),
        ("PUT", "7/merge"),
        ("POST", "9/pipelines"),
        ("PUT", "9/merge"),
    ]
    merge = parse_qs(next(one.body for one in site.asked if one.method == "PUT"))
    assert merge == {"sha": [jobs.HEAD], "auto_merge": ["true"], "squash": ["false"]}
    assert {one.headers["private-token"] for one in site.asked} == {"the-token"}
    assert site.asked[0].query["target_branch"] == "main"
    assert not list(tmp_path.iterdir())
