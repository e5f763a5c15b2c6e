"""`gitdesk check --approvals` from a proposal to a landing, with a site that answers over HTTP: one scenario a site."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from . import jobs
from .desks import DESK
from .site import TOKEN, Answer, Site

GITDESK = Path(sys.executable).with_name("gitdesk")
PEOPLE = {
    "iva": ("Iva Kralj", "iva@acme.example"),
    "marko": ("Marko Babic", "marko@acme.example"),
    "haruka": ("Haruka Ito", "haruka@acme.example"),
}
SITES = ("github", "gitlab", "gitea")
LOGINS = {
    "github": {"iva": "iva-k", "marko": "marko-b"},
    "gitlab": {"iva": "iva.k", "marko": "marko.b"},
    "gitea": {"iva": "iva", "marko": "marko"},
}


class Proposal:
    """A desk with a resolved ticket on main, and the branch `topic` on which marko has closed it."""

    def __init__(self, folder: Path, site: Site, kind: str, config: str = DESK) -> None:
        self.folder, self.site, self.kind = folder, site, kind
        self.desk = folder / "desk"
        (folder / "desk.yaml").write_text(config, encoding="utf-8")
        self.run("init", "desk", "--from", "desk.yaml", "--branch", "main", at=folder)
        self.run("new", "Board is dark", "-m", "East terminal.", "-q")
        [self.ticket] = self.desk.glob("tickets/*/*.md")
        self.edit("iva", "status: new", "status: resolved")
        self.git("config", "core.hooksPath", "/dev/null")
        self.git("checkout", "-qb", "topic")
        self.edit("marko", "status: resolved", "status: closed")
        self.base = self.git("rev-parse", "main")

    def run(self, *args: str, at: Path | None = None) -> None:
        subprocess.run(
            [GITDESK, *args], cwd=at or self.desk, env=self.environ("iva"), check=True, capture_output=True
        )

    def environ(self, who: str) -> dict[str, str]:
        name, address = PEOPLE[who]
        return {
            **os.environ,
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": address,
            "GIT_COMMITTER_NAME": name,
            "GIT_COMMITTER_EMAIL": address,
        }

    def git(self, *words: str, who: str = "iva") -> str:
        command = ["git", "-C", str(self.desk), *words]
        done = subprocess.run(
            command, env=self.environ(who), check=True, capture_output=True, encoding="utf-8"
        )
        return done.stdout.strip()

    def edit(self, who: str, old: str, new: str, path: Path | None = None) -> str:
        """Replaces a text in the ticket, or in another file, and commits it by hand."""
        file = path or self.ticket
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        self.git("commit", "-qam", "by hand", "--no-verify", who=who)
        return self.git("rev-parse", "HEAD")

    @property
    def head(self) -> str:
        return self.git("rev-parse", "topic")

    def said(self, *reviews: tuple[str, str, str], author: str = "marko", versions: Any = None) -> None:
        """Lets the site know reviews: (who, yes or no, commit); who is a person or an account."""
        logins = LOGINS[self.kind]
        author = logins.get(author, author)
        if self.kind == "gitlab":
            heads = versions or [self.head]
            approvals = [
                jobs.approval(logins.get(who, who), heads.index(head) * 10 + 5)
                for who, what, head in reviews
                if what == "yes"
            ]
            refusing = [
                {
                    "user": jobs.member(logins.get(who, who)),
                    "state": "requested_changes",
                    "created_at": jobs.minute(1),
                }
                for who, what, _ in reviews
                if what == "no"
            ]
            listed = [jobs.version(at + 1, head, at * 10) for at, head in enumerate(heads)]
            jobs.gitlab(self.site, approvals, listed[::-1], refusing, head=self.head, author=author)
            return
        words = {"yes": "APPROVED", "no": "CHANGES_REQUESTED" if self.kind == "github" else "REQUEST_CHANGES"}
        made: Callable[..., Any] = jobs.review if self.kind == "github" else jobs.gitea_review
        jobs.github(
            self.site,
            [
                made(logins.get(who, who), words[what], at, head)
                for at, (who, what, head) in enumerate(reviews)
            ],
            head=self.head,
            author=author,
        )

    def job(self, event: Any = None) -> dict[str, str]:
        """Returns the environment of the job for the pull request as it is now."""
        if self.kind == "gitlab":
            return jobs.gitlab_job(self.site, CI_COMMIT_SHA=self.head)
        made = jobs.github_job if self.kind == "github" else jobs.gitea_job
        return made(self.site, self.folder, event or jobs.pull_event(head=self.head))

    def check(self, *words: str, span: str = "main..topic", **more: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, **self.job(), **more}
        done = subprocess.run(
            [GITDESK, "check", span, "--approvals", self.kind, *words],
            cwd=self.desk, env=environ, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert TOKEN not in done.stdout + done.stderr
        assert "bug in gitdesk" not in done.stderr, done.stderr
        return done


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


def test_approvals_are_for_what_a_branch_adds(github: Proposal) -> None:
    for words in (["--approvals", "github"], ["--history", "--approvals", "github"], ["--approved-by", "x"]):
        done = subprocess.run(
            [GITDESK, "check", *words], cwd=github.desk, capture_output=True, encoding="utf-8", check=False
        )
        assert (done.returncode, "BASE..HEAD" in done.stderr) == (2, True)


def test_the_merge_that_the_site_made_passes_after_the_push(github: Proposal) -> None:
    before, head = github.base, github.head
    github.said(("iva", "yes", head))
    github.git("checkout", "-q", "main")
    message = "Land pull request #7\n\nApproved-by: Iva Kralj <iva@acme.example>"
    github.git("merge", "-q", "--no-ff", "-m", message, "topic")
    merge = github.git("rev-parse", "HEAD")
    event = {**jobs.push_event(), "before": before, "after": merge}
    pull = jobs.pull(head=head, merged_at="2026-11-20T10:00:00Z", merge_commit_sha=merge)
    for commit in (head, merge):
        github.site.answers[f"repos/acme/desk/commits/{commit}/pulls"] = [pull]
    environ = {**os.environ, **github.job(event), "GITHUB_EVENT_NAME": "push"}
    words = [GITDESK, "check", f"{before}..{merge}", "--approvals", "github"]
    done = subprocess.run(
        words, cwd=github.desk, env=environ, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
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
