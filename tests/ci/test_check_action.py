"""check/action.yml, run step by step as GitHub's runner does, on pull requests and pushes of every kind."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hosting import NOBODY, Forge
from runner import ROOT, Ended, Event, Workspace, load
from test_action import commands

ACTION = "check/action.yml"
STEPS = ["Look at the clone", "Find the base", "Install gitdesk", "Judge", "Keep the files", "Pass or fail"]
URGENT, WRONG = ("priority: normal", "priority: urgent"), ("priority: normal", "priority: urgnet")


def check(job: Workspace, event: Event, **inputs: str) -> Ended:
    """Runs the action in a job."""
    return job.github(ACTION, event, **inputs)


def test_a_pull_request_that_keeps_to_the_rules_passes(forge: Forge) -> None:
    forge.switch("topic")
    forge.write(*URGENT)
    event = forge.pull()
    job = forge.checkout(event)
    ended = check(job, event)
    assert ended.code == 0, ended.log
    assert ended.steps == STEPS
    folder = job.clone / "desk-check"
    assert {name: value for name, value in ended.outputs.items() if value} == {
        "result": "passed",
        "exit-code": "0",
        "base": "refs/remotes/origin/main",
        "directory": str(folder),
        "junit": str(folder / "check.junit.xml"),
        "sarif": str(folder / "check.sarif"),
    }
    assert "2 commits judged" in ended.log  # the one of the branch, and the merge
    assert commands(ended) == []
    assert ended.summary


def test_a_violation_fails_the_job_last_and_is_marked_on_its_line(forge: Forge) -> None:
    forge.switch("topic")
    commit = forge.write(*WRONG)
    event = forge.pull()
    job = forge.checkout(event)
    ended = check(job, event)
    assert ended.code == 1, ended.log
    assert ended.steps == STEPS
    assert (ended.outputs["result"], ended.outputs["exit-code"]) == ("failed", "1")
    [annotation] = commands(ended)
    path = str(forge.ticket.relative_to(forge.work))
    number = 1 + (job.clone / path).read_text(encoding="utf-8").split("\n").index("priority: urgnet")
    assert annotation.startswith(f"::error file={path},line={number},col=11,title=F041 unknown-priority::")
    assert f"(commit {commit[:10]})" in ended.log
    assert "F041" in ended.summary
    root = ElementTree.parse(ended.outputs["junit"]).getroot()
    assert len(root.findall(".//failure")) == 1
    [run] = json.loads(Path(ended.outputs["sarif"]).read_text())["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["F041"]


def test_the_workflow_of_the_example_blocks_a_pull_request_and_marks_the_line(forge: Forge) -> None:
    workflow = load("example-repo/.github/workflows/check.yml")
    [job] = workflow["jobs"].values()
    checkout, step = job["steps"]
    assert "pull_request" in workflow["on"]
    forge.switch("topic")
    forge.write(*WRONG)
    event = forge.pull()
    ended = check(forge.checkout(event, depth=checkout["with"]["fetch-depth"]), event, **step["with"])
    assert ended.code == 1, ended.log
    assert [line.split(",")[1].startswith("line=") for line in commands(ended)] == [True]


def test_a_step_that_is_taken_back_later_is_found_all_the_same(forge: Forge) -> None:
    forge.switch("topic")
    forge.write(*WRONG)
    forge.write("priority: urgnet", "priority: normal")
    event = forge.pull()
    assert check(forge.checkout(event), event).code == 1


def test_what_was_wrong_before_is_not_held_against_a_pull_request(forge: Forge) -> None:
    forge.switch("old")
    forge.write(*WRONG)
    forge.push("main")
    forge.switch("topic", "old")
    forge.write("title: ", "title: Again ")
    event = forge.pull()
    assert check(forge.checkout(event), event).code == 0


def test_a_pull_request_brings_along_no_permission(forge: Forge) -> None:
    forge.switch("topic")
    forge.write("priorities: [low,", "priorities: [urgnet, low,", path="gitdesk.yaml")
    forge.write(*WRONG)
    event = forge.pull()
    ended = check(forge.checkout(event), event)
    assert ended.code == 1
    assert "let that land first" in ended.log


def test_a_pull_request_without_the_rules_themselves_is_refused(forge: Forge) -> None:
    forge.switch("topic")
    (forge.work / "gitdesk.yaml").unlink()
    forge.commit()
    event = forge.pull()
    ended = check(forge.checkout(event), event)
    assert ended.code == 1, ended.log
    assert any("file=gitdesk.yaml" in line for line in commands(ended))


def test_a_gitdesk_yaml_that_cannot_be_used_is_marked_on_its_line(forge: Forge) -> None:
    forge.switch("topic")
    forge.write("to: [open, closed]", "to: [opne, closed]", path="gitdesk.yaml")
    event = forge.pull()
    ended = check(forge.checkout(event), event)
    assert ended.code == 1, ended.log
    assert re.match(r"::error file=gitdesk.yaml,line=\d+,col=\d+,title=C\d+", commands(ended)[0])


def test_what_only_the_merge_brings_about_is_found(forge: Forge) -> None:
    forge.switch("topic")
    forge.write("status: open", "status: waiting")
    event = forge.pull()  # the merge was made on the old base, and the base goes on
    forge.switch("main")
    forge.write("status: open", "status: resolved")
    forge.push("main")
    ended = check(forge.checkout(event), event)
    assert ended.code == 1, ended.log
    assert 'in the merge with "origin/main"' in ended.log


def test_new_rules_of_the_base_count_though_the_event_names_its_old_commit(forge: Forge) -> None:
    forge.switch("topic")
    forge.write("title: ", "title: Once more ")
    event = forge.pull()
    forge.switch("main")
    forge.write("priority: normal", "priority: high")
    forge.push("main")
    forge.switch("topic", "topic")
    forge.git("merge", "-q", "origin/main")
    later = forge.pull()
    later["event"]["pull_request"]["base"] = event["event"]["pull_request"]["base"]
    ended = check(forge.checkout(later), later)
    assert ended.code == 0, ended.log
    assert ended.outputs["base"] == "refs/remotes/origin/main"


def test_a_pull_request_from_a_fork_is_judged_like_any(forge: Forge) -> None:
    forge.switch("topic")
    forge.git("config", "user.name", "Stranger")
    forge.git("config", "user.email", "someone@else.example")
    forge.write(*WRONG)
    event = forge.pull()  # refs/pull/1/* alone: the desk's own repository has no branch of it
    assert "topic" not in forge.git("for-each-ref", at=forge.origin)
    ended = check(forge.checkout(event), event)
    assert ended.code == 1, ended.log
    assert any("F041" in line for line in commands(ended))


@pytest.mark.parametrize(
    "name",
    ["$(touch${IFS}owned)", "`touch${IFS}owned`", ";touch${IFS}owned;", "--upload-pack=touch", "a'b\"c|d&e"],
)
def test_the_name_of_the_base_branch_is_only_a_name(forge: Forge, name: str) -> None:
    forge.switch("main")
    forge.push(name)
    forge.git("fetch", "-q")
    forge.switch("topic", "refs/heads/main")
    forge.write("status: open", "status: waiting")
    event = forge.pull(name)
    forge.switch("main", "refs/heads/main")
    forge.write("status: open", "status: resolved")
    forge.push(name)
    job = forge.checkout(event)
    ended = check(job, event)
    assert ended.code == 1, ended.log
    assert f'in the merge with "origin/{name}"' in ended.log
    assert not list(forge.folder.rglob("owned"))
    assert all(line.startswith("::error file=") for line in commands(ended))


def test_a_title_is_no_command_to_the_runner(forge: Forge) -> None:
    forge.switch("topic")
    forge.write("title: ", "title: '::error::owned ##[error]x $(touch owned)'\npriority: '::warning::y'\nx: ")
    event = forge.pull()
    job = forge.checkout(event)
    ended = check(job, event, formats="junit,sarif json csv markdown gitlab summary annotations")
    assert ended.code == 1, ended.log
    assert commands(ended)
    assert all(line.startswith("::error file=tickets/") for line in commands(ended))
    assert not list(job.clone.rglob("owned"))


def test_a_shallow_clone_is_an_error_that_says_what_to_write(forge: Forge) -> None:
    forge.switch("topic")
    forge.write(*WRONG)
    event = forge.pull()
    ended = check(forge.checkout(event, depth=1), event)
    assert ended.code == 6
    assert ended.steps == ["Look at the clone"]
    [told] = commands(ended)
    assert "fetch-depth: 0" in told


def test_the_base_instead_of_the_pull_request_is_an_error_and_no_pass(forge: Forge) -> None:
    forge.switch("topic")
    forge.write(*WRONG)
    event = forge.pull(event="pull_request_target")
    ended = check(forge.checkout(event), event)
    assert ended.code == 6
    assert any("pull_request" in line for line in commands(ended))


def test_a_queue_is_judged_from_its_base(forge: Forge) -> None:
    forge.switch("topic")
    base = forge.git("rev-parse", "HEAD")
    forge.write(*WRONG)
    forge.push("gh-readonly-queue/main/pr-1")
    event = {
        "event_name": "merge_group",
        "ref": "refs/heads/gh-readonly-queue/main/pr-1",
        "base_ref": "",
        "event": {"merge_group": {"base_sha": base}, "repository": {"default_branch": "main"}},
    }
    ended = check(forge.checkout(event), event)
    assert (ended.code, ended.outputs["base"]) == (1, base)


# ---- pushes


def test_a_push_is_judged_from_where_the_branch_was(forge: Forge) -> None:
    forge.switch("main")
    before = forge.git("rev-parse", "HEAD")
    forge.write(*WRONG)
    event = forge.push("main")
    ended = check(forge.checkout(event), event)
    assert (ended.code, ended.outputs["base"]) == (1, before)
    forge.write("priority: urgnet", "priority: high")
    event = forge.push("main")
    assert check(forge.checkout(event), event).code == 0


def test_the_first_push_of_a_desk_is_judged_from_its_first_commit(forge: Forge) -> None:
    forge.switch("main")
    forge.write(*WRONG)
    event = forge.push("main")
    event["event"]["before"] = NOBODY
    ended = check(forge.checkout(event), event)
    assert (ended.code, ended.outputs["base"]) == (1, "")
    assert "its whole history is judged" in ended.log


def test_a_new_branch_is_judged_against_the_default_one(forge: Forge) -> None:
    forge.switch("topic")
    forge.write(*WRONG)
    event = forge.push("topic")
    assert event["event"]["before"] == NOBODY
    ended = check(forge.checkout(event), event)
    assert (ended.code, ended.outputs["base"]) == (1, "refs/remotes/origin/main")
    assert "1 commit judged" in ended.log


@pytest.mark.parametrize("gone", [True, False])
def test_a_forced_push_is_judged_though_nobody_knows_what_was_there(forge: Forge, gone: bool) -> None:
    forge.switch("main")
    forge.write(*URGENT)
    before = forge.git("rev-parse", "HEAD")
    forge.push("main")
    if not gone:
        forge.push("kept")
    forge.git("reset", "-q", "--hard", "HEAD~")
    forge.write(*WRONG)
    event = forge.push("main", force=True)
    assert event["event"]["before"] == before
    ended = check(forge.checkout(event), event)
    assert ended.code == 1, ended.log
    assert "its whole history is judged" in ended.log


def test_a_branch_that_was_rewritten_is_judged_against_the_default_one(forge: Forge) -> None:
    forge.switch("topic")
    forge.write(*WRONG)
    forge.push("topic")
    forge.git("reset", "-q", "--hard", "HEAD~")
    forge.write(*URGENT)
    event = forge.push("topic", force=True)
    ended = check(forge.checkout(event), event)
    assert (ended.code, ended.outputs["base"]) == (0, "refs/remotes/origin/main")


def test_without_a_base_the_whole_desk_is_judged(forge: Forge) -> None:
    forge.switch("main")
    forge.write(*WRONG)
    event = forge.push("main") | {"event_name": "workflow_dispatch"}
    ended = check(forge.checkout(event), event)
    assert (ended.code, ended.outputs["base"]) == (1, "")
    assert "every file of the desk" in ended.log


# ---- a desk beside code


def test_a_desk_beside_code_is_judged_and_the_code_is_not(forge: Forge) -> None:
    forge.push("desk")
    forge.git("checkout", "-q", "--orphan", "code")
    forge.git("rm", "-rqf", ".")
    (forge.work / "main.py").write_text("print('hello')\n")
    forge.commit()
    forge.push("main", force=True)
    forge.git("fetch", "-q")
    forge.switch("feature", "origin/main")
    (forge.work / "tickets").mkdir()
    (forge.work / "tickets" / "windows.md").write_text("priority: urgnet\n")
    forge.commit()
    event = forge.pull("main")
    ended = check(forge.checkout(event), event)
    assert ended.code == 0, ended.log
    forge.switch("topic", "origin/desk")
    forge.write(*WRONG)
    event = forge.pull("desk")
    ended = check(forge.checkout(event), event)
    assert (ended.code, ended.outputs["base"]) == (1, "refs/remotes/origin/desk")
    event = forge.push("desk")
    assert check(forge.checkout(event), event).code == 1
    event["event"]["before"] = NOBODY  # as when the branch was new: it has nothing in common with the code
    ended = check(forge.checkout(event), event)
    assert ended.code == 1, ended.log
    assert "its whole history is judged" in ended.log


# ---- inputs


def test_a_baseline_is_that_of_the_base_and_none_that_the_pull_request_brings(forge: Forge) -> None:
    forge.switch("topic")
    forge.write(*WRONG)
    text = forge.baseline()
    (forge.work / "baseline.json").write_text(text)
    forge.commit()
    event = forge.pull()
    ended = check(forge.checkout(event), event, baseline="baseline.json")
    assert ended.code == 2
    assert any("let the file land first" in line for line in commands(ended))
    forge.switch("main")
    (forge.work / "baseline.json").write_text(text)
    forge.commit()
    forge.push("main")
    forge.git("fetch", "-q")
    forge.switch("topic")
    forge.write(*WRONG)
    event = forge.pull()
    ended = check(forge.checkout(event), event, baseline="baseline.json")
    assert ended.code == 0, ended.log
    assert "left out by the baseline" in ended.log


@pytest.mark.parametrize("base", ["$(touch owned)", "`touch owned`", "-x", "nowhere", "a b; touch owned"])
def test_a_base_that_is_none_is_told_and_never_evaluated(forge: Forge, base: str) -> None:
    event = forge.push("main")
    job = forge.checkout(event)
    ended = check(job, event, base=base)
    assert ended.code == 6, ended.log
    assert ended.outputs["result"] == "error"
    assert f'no commit "{base}" in this clone' in ended.log
    assert not list(forge.folder.rglob("owned"))
    assert [line for line in commands(ended) if line.startswith("::error title=Nothing was judged::")]


def test_a_base_can_be_named(forge: Forge) -> None:
    forge.switch("topic")
    forge.write(*WRONG)
    event = forge.push("topic") | {"event_name": "schedule"}
    ended = check(forge.checkout(event), event, base="origin/main")
    assert (ended.code, ended.outputs["base"]) == (1, "origin/main")


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({"formats": "junit html"}, "formats takes junit"),
        ({"base": "a\nscope=desk"}, "base takes one"),
        ({"output_directory": ""}, "output-directory takes"),
        ({"baseline": "nowhere.json"}, "baseline takes"),
    ],
)
def test_a_wrong_input_is_told_before_anything_runs(forge: Forge, inputs: dict[str, str], said: str) -> None:
    event = forge.push("main")
    ended = check(forge.checkout(event), event, **inputs)
    assert ended.code == 2
    assert any(said in line for line in commands(ended))


def test_the_desk_may_stand_in_a_folder_of_the_workspace(forge: Forge) -> None:
    forge.switch("topic")
    forge.write(*WRONG)
    event = forge.pull()
    job = forge.checkout(event)
    inside = job.clone.parent / "elsewhere" / "the desk"
    inside.parent.mkdir()
    shutil.move(job.clone, inside)
    job.clone.mkdir()
    ended = check(job, event, working_directory="../elsewhere/the desk", output_directory="of * the way")
    assert ended.code == 1, ended.log
    assert Path(ended.outputs["junit"]).is_file()


def test_gitdesk_is_installed_as_the_action_came_or_in_the_version_asked_for(forge: Forge) -> None:
    event = forge.push("main")
    job = forge.checkout(event)
    assert Path(check(job, event).pip[-1]).resolve() == ROOT
    assert check(job, event, version="1.2.0").pip[-1] == "gitdesk==1.2.0"
