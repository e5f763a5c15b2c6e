"""`gitdesk check --approvals` from a proposal to a landing, with a site that answers over HTTP: one scenario a site."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from . import jobs
from .proposal import GITDESK, PEOPLE, SITES, Proposal
from .site import Answer, Site


@pytest.fixture(params=SITES)
def proposal(request: pytest.FixtureRequest, tmp_path: Path, site: Site) -> Proposal:
    return Proposal(tmp_path, site, request.param)


@pytest.fixture
def github(tmp_path: Path, site: Site) -> Proposal:
    return Proposal(tmp_path, site, "github")


def codes(done: subprocess.CompletedProcess[str]) -> set[str]:
    """Returns the codes of the errors that were told."""
    return {one["code"] for one in json.loads(done.stdout)["items"] if one["severity"] == "error"}


def test_an_approving_review_of_the_head_lets_a_proposal_land(proposal: Proposal, tmp_path: Path) -> None:
    proposal.job()
    proposal.said()
    done = proposal.check()
    assert done.returncode == 1
    assert "A008" in done.stdout
    assert "iva" in done.stdout  # who may
    proposal.said(("iva", "yes", proposal.head))
    done = proposal.check("--approved-by", str(tmp_path / "trailers"))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "1 of 1 approval by lead (iva)" in done.stderr
    assert (tmp_path / "trailers").read_text() == "Approved-by: Iva Kralj <iva@acme.example>\n"


def test_an_approval_of_an_older_commit_is_stale(proposal: Proposal) -> None:
    older = proposal.head
    proposal.job()
    proposal.edit("marko", "East terminal.", "West terminal.")
    proposal.said(("iva", "yes", older), versions=[older, proposal.head])
    done = proposal.check()
    assert done.returncode == 1
    assert "A008" in done.stdout
    assert f"given for commit {older[:10]}" in done.stdout
    proposal.said(("iva", "yes", proposal.head), versions=[older, proposal.head])
    assert proposal.check().returncode == 0


def test_a_rejection_holds_it_up(proposal: Proposal) -> None:
    proposal.job()
    proposal.said(("iva", "no", proposal.head))
    done = proposal.check("--json")
    assert (done.returncode, codes(done)) == (1, {"A008", "A009"})


@pytest.mark.parametrize("who", ["marko", "haruka-who-is-nobody", "helper-x"])
def test_others_approve_in_vain(proposal: Proposal, who: str) -> None:
    proposal.job()
    proposal.said((who, "yes", proposal.head))
    done = proposal.check("--json")
    assert (done.returncode, codes(done)) == (1, {"A008"})


def test_who_opened_the_pull_request_does_not_approve_it(proposal: Proposal) -> None:
    proposal.job()
    proposal.said(("iva", "yes", proposal.head), author="iva")
    done = proposal.check()
    assert done.returncode == 1
    assert "A008" in done.stdout


def test_a_pull_request_of_a_stranger_is_nobodys_to_approve(proposal: Proposal) -> None:
    proposal.job()
    proposal.said(("iva", "yes", proposal.head), author="stranger")
    done = proposal.check()
    assert done.returncode == 1
    assert "stranger" in done.stdout


def test_what_needs_no_approval_asks_nobody(github: Proposal) -> None:
    github.git("checkout", "-qB", "topic", "main")
    github.edit("marko", "East terminal.", "West terminal.")
    github.said()
    done = github.check()
    assert (done.returncode, done.stdout) == (0, "")
    assert github.site.asked == []


def test_what_a_command_proposed_lands_with_a_review_on_the_site(github: Proposal) -> None:
    github.git("checkout", "-q", "main")
    for key, value in zip(("user.name", "user.email"), PEOPLE["marko"], strict=True):
        github.git("config", key, value)
    words = [GITDESK, "close", github.ticket.stem, "--propose"]
    subprocess.run(words, cwd=github.desk, env=github.environ("marko"), check=True, capture_output=True)
    row = github.git("for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads/propose/")
    branch, head = row.split()
    github.git("branch", "-f", "topic", head)
    github.said()
    done = github.check(span=f"main..{branch}")
    assert (done.returncode, "A008" in done.stdout) == (1, True)
    github.said(("iva", "yes", head))
    done = github.check(span=f"main..{branch}")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_approvals_are_for_what_a_branch_adds(github: Proposal) -> None:
    for words in (
        ["--approvals", "github"],
        ["--history", "--approvals", "github"],
        ["--approved-by", "x"],
        ["--landed"],
    ):
        done = subprocess.run(
            [GITDESK, "check", *words], cwd=github.desk, capture_output=True, encoding="utf-8", check=False
        )
        assert (done.returncode, "BASE..HEAD" in done.stderr) == (2, True)


@pytest.mark.parametrize(("kind", "more"), [("push", ["--landed"]), ("merge_group", [])])
def test_the_merge_that_the_site_made_passes_after_the_push_and_in_a_queue(
    github: Proposal, kind: str, more: list[str]
) -> None:
    before, head = github.base, github.head
    github.said(("iva", "yes", head))
    github.git("checkout", "-q", "main")
    message = "Land pull request #7\n\nApproved-by: Iva Kralj <iva@acme.example>"
    github.git("merge", "-q", "--no-ff", "-m", message, "topic")
    merge = github.git("rev-parse", "HEAD")
    event = {**jobs.push_event(), "before": before, "after": merge} if kind == "push" else jobs.queue_event()
    pull = jobs.pull(head=head, merged_at="2026-11-20T10:00:00Z", merge_commit_sha=merge)
    for commit in (head, merge):
        github.site.answers[f"repos/acme/desk/commits/{commit}/pulls"] = [pull]
    environ = {**os.environ, **github.job(event), "GITHUB_EVENT_NAME": kind}
    words = [GITDESK, "check", f"{before}..{merge}", "--approvals", "github", *more]
    done = subprocess.run(
        words, cwd=github.desk, env=environ, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert kind != "push" or "1 of 1 approval by lead (iva)" in done.stderr
    # Without the review the same merge is told.
    github.said()
    done = subprocess.run(
        words, cwd=github.desk, env=environ, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 1
    assert "A008" in done.stdout


def test_a_base_that_has_moved_on_changes_nothing_while_the_ticket_is_the_same(github: Proposal) -> None:
    github.said(("iva", "yes", github.head))
    github.git("checkout", "-q", "main")
    (github.desk / "README").write_text("hello\n")
    github.git("add", "-A")
    github.git("commit", "-qm", "beside")
    assert github.check().returncode == 0
    github.edit("iva", "East terminal.", "North terminal.")
    done = github.check()
    assert done.returncode == 1
    assert "A008" in done.stdout


def test_a_limit_of_requests_is_told_and_an_end_without_an_answer_is_an_error(github: Proposal) -> None:
    github.said(("iva", "yes", github.head))
    reviews = github.site.answers["repos/acme/desk/pulls/7/reviews"]
    github.site.answers["repos/acme/desk/pulls/7/reviews"] = [
        Answer({}, 403, {"Retry-After": "1"}),
        Answer(reviews),
    ]
    done = github.check()
    assert done.returncode == 0
    assert "GitHub: its limit of requests is reached; asking again in 1 s" in done.stderr
    github.site.answers["repos/acme/desk/pulls/7/reviews"] = Answer({}, 403, {"Retry-After": "3600"})
    done = github.check()
    assert (done.returncode, "nothing was judged" in done.stderr) == (6, True)


def test_a_wrong_head_is_told_with_the_right_one(github: Proposal) -> None:
    done = github.check(span="main..main")
    assert done.returncode == 2
    assert f"write BASE..{github.head[:10]}" in done.stderr


def test_a_site_with_a_typo_is_told() -> None:
    done = subprocess.run(
        [GITDESK, "check", "a..b", "--approvals", "githb"], capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, 'did you mean "github"' in done.stderr) == (2, True)
