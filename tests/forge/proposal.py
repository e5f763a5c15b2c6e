"""A desk with a proposal on it, and a hosting site with the pull request of that proposal."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import jobs
from .desks import DESK
from .site import TOKEN, Site

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
