"""The check in CI with approvals of the site: action and template, run as runners do, with a site that answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from forge import jobs
from forge.site import Site
from hosting import Forge
from runner import Ended, Event, Workspace, load

ACTION = "check/action.yml"
CLOSED = ("status: open", "status: closed")


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def proposed(forge: Forge) -> Forge:
    """Returns a hosted desk on which leads agree to a closing, with a branch on which marko has closed a ticket."""
    forge.switch("main")
    path = forge.work / "gitdesk.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in (
        ("{id: iva,", "{id: iva, accounts: {github: iva-k, gitlab: iva.k, gitea: iva},"),
        ("{id: marko,", "{id: marko, accounts: {github: marko-b, gitlab: marko.b, gitea: marko},"),
        ("resolved, closed, spam]", "resolved, spam]"),
        ("  transitions:\n", "  transitions:\n    - {from: open, to: closed, approvals: {roles: [lead]}}\n"),
    ):
        assert old in text
        text = text.replace(old, new)
    path.write_text(f"{text}\nrules: {{approvals: {{signed: false}}}}\n", encoding="utf-8")
    forge.commit()
    forge.push("main")
    forge.git("fetch", "-q", "origin")
    forge.switch("topic")
    forge.git("config", "user.name", "Marko Babić")
    forge.git("config", "user.email", "marko@acme.example")
    forge.write(*CLOSED)
    return forge


def check(job: Workspace, event: Event, site: Site, **inputs: str) -> Ended:
    job.environ["GITHUB_API_URL"] = site.base
    return job.github(ACTION, event, **inputs)


def reviewed(site: Site, forge: Forge, *reviews: str, number: int = 1) -> None:
    head = forge.git("rev-parse", "HEAD")
    path = f"repos/acme/desk/pulls/{number}"
    site.answers[path] = jobs.pull(number, head)
    site.answers[f"{path}/reviews"] = [
        jobs.review("iva-k", state, at, head) for at, state in enumerate(reviews)
    ]
    site.answers[f"{path}/commits"] = []


def test_a_review_of_the_head_lets_the_action_pass_and_names_who_approved(
    proposed: Forge, site: Site
) -> None:
    event = proposed.pull()
    reviewed(site, proposed)
    ended = check(proposed.checkout(event), event, site, approvals="github")
    assert ended.code == 1, ended.log
    assert "A008" in ended.log
    assert ended.outputs["approved-by"] == ""
    reviewed(site, proposed, "APPROVED")
    ended = check(proposed.checkout(event), event, site, approvals="github")
    assert ended.code == 0, ended.log
    assert "1 of 1 approval by lead (iva)" in ended.log
    assert ended.outputs["approved-by"] == "Approved-by: Iva Kralj <iva@acme.example>"
    assert {asked.headers["authorization"] for asked in site.asked} == {"Bearer the-token"}


def test_the_review_itself_is_an_event_that_is_judged(proposed: Forge, site: Site) -> None:
    event = proposed.pull(event="pull_request_review")
    reviewed(site, proposed, "APPROVED")
    ended = check(proposed.checkout(event), event, site, approvals="github")
    assert (ended.code, ended.outputs["base"]) == (0, "refs/remotes/origin/main"), ended.log


def test_without_the_input_no_site_is_asked_and_reviews_count_for_nothing(
    proposed: Forge, site: Site
) -> None:
    event = proposed.pull()
    reviewed(site, proposed, "APPROVED")
    ended = check(proposed.checkout(event), event, site)
    assert ended.code == 1
    assert "A008" in ended.log
    assert site.asked == []


def test_gitea_is_asked_with_its_own_token(proposed: Forge, site: Site) -> None:
    event = proposed.pull()
    reviewed(site, proposed)
    head = proposed.git("rev-parse", "HEAD")
    site.answers["repos/acme/desk/pulls/1"] = jobs.pull(1, head, "marko")
    site.answers["repos/acme/desk/pulls/1/reviews"] = [jobs.gitea_review("iva", "APPROVED", 1, head)]
    ended = check(proposed.checkout(event), event, site, approvals="gitea")
    assert ended.code == 0, ended.log
    assert {asked.headers["authorization"] for asked in site.asked} == {"token the-token"}


def test_a_site_with_a_typo_is_told(proposed: Forge, site: Site) -> None:
    event = proposed.pull()
    ended = check(proposed.checkout(event), event, site, approvals="$(touch owned)")
    assert ended.code == 2
    assert "approvals takes github or gitea" in ended.log


def test_a_site_that_does_not_tell_fails_the_job_as_an_error(proposed: Forge, site: Site) -> None:
    event = proposed.pull()
    ended = check(proposed.checkout(event), event, site, approvals="github")
    assert (ended.code, ended.outputs["result"]) == (6, "error")
    assert "the-token" not in ended.log


@pytest.mark.parametrize(("branch", "code"), [("main", 0), ("topic", 1)])
def test_two_free_steps_in_the_branch_of_the_desk_are_no_closing_at_once(
    proposed: Forge, site: Site, branch: str, code: int
) -> None:
    proposed.git("reset", "-q", "--hard", "main")
    proposed.switch(branch)
    proposed.write("status: open", "status: resolved")
    proposed.write("status: resolved", "status: closed")
    event = proposed.push(branch)
    event["event"]["before"] = proposed.git("rev-parse", "HEAD~2")
    assert check(proposed.checkout(event), event, site).code == code


def test_the_workflow_of_the_example_asks_for_reviews(proposed: Forge, site: Site) -> None:
    for name in ("check", "land"):
        workflow = load(f"example-repo/.github/workflows/{name}.yml")
        [step] = [
            step
            for job in workflow["jobs"].values()
            for step in job["steps"]
            if step.get("uses", "").startswith("gitdesk/gitdesk/check@")
        ]
        event = proposed.pull()
        reviewed(site, proposed, "APPROVED", number=event["event"]["pull_request"]["number"])
        ended = check(proposed.checkout(event), event, site, **step["with"])
        assert ended.code == 0, ended.log


@pytest.mark.parametrize("merged", [False, True])
def test_the_template_of_gitlab_counts_approvals(proposed: Forge, site: Site, merged: bool) -> None:
    site.prefix = "/api/v4"
    head = proposed.git("rev-parse", "HEAD")
    event = proposed.pull()
    proposed.push("topic")
    job = proposed.checkout(event) if merged else proposed.gitlab_job("topic")
    pipeline = {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_MERGE_REQUEST_PROJECT_ID": "42",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": head if merged else "",
        "CI_COMMIT_SHA": "f" * 40 if merged else head,
        "CI_API_V4_URL": site.base,
        "GITLAB_TOKEN": "the-token",
    }
    jobs.gitlab(site, [], [jobs.version(1, head, 0)], head=head, author="marko.b")
    ended = job.gitlab("check", pipeline, approvals="gitlab")
    assert ended.code == 1, ended.log
    assert "A008" in ended.log
    jobs.gitlab(site, [jobs.approval("iva.k", 5)], [jobs.version(1, head, 0)], head=head, author="marko.b")
    ended = job.gitlab("check", pipeline, approvals="gitlab")
    assert ended.code == 0, ended.log
    assert "1 of 1 approval by lead (iva)" in ended.log


def test_a_ruleset_is_offered_that_asks_for_the_check_of_the_workflow() -> None:
    path = Path(__file__).resolve().parents[2] / "example-repo" / ".github" / "rulesets" / "desk.json"
    ruleset = json.loads(path.read_text(encoding="utf-8"))
    rules = {rule["type"]: rule.get("parameters", {}) for rule in ruleset["rules"]}
    assert rules.keys() == {"deletion", "non_fast_forward", "pull_request", "required_status_checks"}
    assert rules["pull_request"]["allowed_merge_methods"] == ["merge"]
    assert rules["pull_request"]["dismiss_stale_reviews_on_push"]
    [required] = rules["required_status_checks"]["required_status_checks"]
    assert required["context"] == load("example-repo/.github/workflows/check.yml")["jobs"]["check"]["name"]
    assert (ruleset["enforcement"], ruleset["bypass_actors"]) == ("active", [])
