"""templates/check, its script run in one shell as GitLab's runner does, in merge requests and after pushes."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hosting import NOBODY, Forge
from runner import Ended, Workspace, load

URGENT, WRONG = ("priority: normal", "priority: urgent"), ("priority: normal", "priority: urgnet")


def request(target: str = "main", **more: str) -> dict[str, str]:
    """Returns the variables of a pipeline for a merge request."""
    return {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": target,
        "CI_COMMIT_BEFORE_SHA": NOBODY,
        **more,
    }


def push(before: str, branch: str = "main") -> dict[str, str]:
    """Returns the variables of a pipeline after a push."""
    return {
        "CI_PIPELINE_SOURCE": "push",
        "CI_COMMIT_BRANCH": branch,
        "CI_DEFAULT_BRANCH": "main",
        "CI_COMMIT_BEFORE_SHA": before,
    }


def check(job: Workspace, pipeline: dict[str, str], **inputs: str) -> Ended:
    """Runs the template in a job."""
    return job.gitlab("check", pipeline, **inputs)


@pytest.fixture
def topic(forge: Forge) -> Forge:
    """Returns a site with a branch that breaks a rule."""
    forge.switch("topic")
    forge.write(*WRONG)
    forge.push("topic")
    return forge


def test_a_merge_request_that_keeps_to_the_rules_passes(forge: Forge) -> None:
    forge.switch("topic")
    forge.write(*URGENT)
    forge.push("topic")
    job = forge.gitlab_job("topic")
    ended = check(job, request())
    assert ended.code == 0, ended.log
    assert "1 commit judged" in ended.log
    assert json.loads((job.clone / "desk-check" / "check.codequality.json").read_text()) == []
    assert ended.pip[-1] == "gitdesk"


def test_a_violation_fails_the_job_and_is_told_on_its_line(topic: Forge) -> None:
    job = topic.gitlab_job("topic")
    ended = check(job, request())
    assert ended.code == 1, ended.log
    [found] = json.loads((job.clone / "desk-check" / "check.codequality.json").read_text())
    path = Path(found["location"]["path"])
    number = 1 + (job.clone / path).read_text(encoding="utf-8").split("\n").index("priority: urgnet")
    assert (str(path), found["location"]["lines"]["begin"]) == (
        str(topic.ticket.relative_to(topic.work)), number,
    )  # fmt: skip
    root = ElementTree.parse(job.clone / "desk-check" / "check.junit.xml").getroot()
    assert len(root.findall(".//failure")) == 1


def test_the_pipeline_of_the_example_blocks_a_merge_request(topic: Forge) -> None:
    [inputs] = [
        one["inputs"] for one in load("example-repo/.gitlab-ci.yml")["include"] if "/check/" in one["remote"]
    ]
    ended = check(topic.gitlab_job("topic"), request(), **inputs)
    assert ended.code == 1, ended.log


def test_rules_and_merge_are_those_of_the_target_as_it_is_now(topic: Forge) -> None:
    topic.switch("main")
    topic.write("priority: normal", "priority: high")
    topic.push("main")
    ended = check(topic.gitlab_job("topic"), request())
    assert ended.code == 1
    assert 'in the merge with "origin/main"' in ended.log


@pytest.mark.parametrize(
    "name", ["$(touch${IFS}owned)", "`touch${IFS}owned`", ";touch${IFS}owned;", "--upload-pack=touch"]
)
def test_the_name_of_the_target_is_only_a_name(topic: Forge, name: str) -> None:
    topic.switch("main")
    topic.push(name)
    ended = check(topic.gitlab_job("topic"), request(name))
    assert ended.code == 1, ended.log
    assert "F041" in ended.log
    assert not list(topic.folder.rglob("owned"))


def test_the_pipeline_of_a_fork_is_judged_by_the_rules_of_the_project(topic: Forge) -> None:
    fork = topic.folder / "fork.git"
    topic.git("clone", "-q", "--bare", str(topic.origin), str(fork))
    topic.git(
        "update-ref", "refs/heads/main", "refs/heads/topic", at=fork
    )  # its main allows whatever it likes
    job = topic.gitlab_job("topic")
    topic.git("remote", "set-url", "origin", f"file://{fork}", at=job.clone)
    where = f"file://{topic.origin}".removesuffix(".git")
    ended = check(job, request(CI_PROJECT_ID="8", CI_MERGE_REQUEST_PROJECT_URL=where))
    assert ended.code == 1, ended.log
    assert "F041" in ended.log


def test_a_target_that_cannot_be_fetched_is_an_error_that_says_what_to_do(topic: Forge) -> None:
    where = f"file://{topic.folder}/private"
    ended = check(topic.gitlab_job("topic"), request(CI_PROJECT_ID="8", CI_MERGE_REQUEST_PROJECT_URL=where))
    assert ended.code == 6
    assert "Pipelines > Run pipeline" in ended.log


def test_a_shallow_clone_is_an_error_that_says_what_to_write(topic: Forge) -> None:
    ended = check(topic.gitlab_job("topic", depth=1), request())
    assert ended.code == 6
    assert 'GIT_DEPTH: "0"' in ended.log


def test_a_push_is_judged_from_where_the_branch_was(forge: Forge) -> None:
    forge.switch("main")
    before = forge.git("rev-parse", "HEAD")
    forge.write(*WRONG)
    forge.push("main")
    ended = check(forge.gitlab_job("main"), push(before))
    assert ended.code == 1, ended.log
    assert "1 commit judged" in ended.log


def test_a_first_or_forced_push_is_judged_from_the_first_commit(forge: Forge) -> None:
    forge.switch("main")
    forge.write(*WRONG)
    forge.push("main")
    for before in (NOBODY, "1234567890" * 4):
        ended = check(forge.gitlab_job("main"), push(before))
        assert ended.code == 1, ended.log
        assert "its whole history is judged" in ended.log


def test_a_new_branch_is_judged_against_the_default_one(topic: Forge) -> None:
    ended = check(topic.gitlab_job("topic"), push(NOBODY, "topic"))
    assert ended.code == 1
    assert "1 commit judged" in ended.log


def test_without_a_base_the_whole_desk_is_judged(topic: Forge) -> None:
    ended = check(topic.gitlab_job("topic"), {"CI_PIPELINE_SOURCE": "schedule"})
    assert ended.code == 1
    assert "every file of the desk" in ended.log


@pytest.mark.parametrize(
    ("inputs", "code", "said"),
    [
        ({"base": "$(touch owned)"}, 6, 'no commit "$(touch owned)"'),
        ({"base": "HEAD~1"}, 1, "1 commit judged"),
        ({"baseline": "nowhere.json"}, 2, "let the file land first"),
        ({"working_directory": "../desk"}, 1, "1 commit judged"),
        ({"package": "gitdesk==1.2.0"}, 1, "1 commit judged"),
    ],
)
def test_inputs_reach_the_check(topic: Forge, inputs: dict[str, str], code: int, said: str) -> None:
    ended = check(topic.gitlab_job("topic"), request(), **inputs)
    assert ended.code == code, ended.log
    assert said in ended.log
    assert ended.pip[-1] == inputs.get("package", "gitdesk")
    assert not list(topic.folder.rglob("owned"))


def test_a_baseline_of_the_target_counts_and_none_that_the_branch_brings(topic: Forge) -> None:
    listed = topic.baseline()
    (topic.work / "baseline.json").write_text(listed)
    topic.commit()
    topic.push("topic")
    assert check(topic.gitlab_job("topic"), request(), baseline="baseline.json").code == 2
    topic.switch("main")
    (topic.work / "baseline.json").write_text(listed)
    topic.commit()
    topic.push("main")
    ended = check(topic.gitlab_job("topic"), request(), baseline="baseline.json")
    assert ended.code == 0, ended.log
