"""A hosting site in a folder: a bare repository with a desk, pull requests on it, and clones as runners get them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from runner import GITDESK, Event, Workspace

NOBODY = "0" * 40


class Forge:
    """One hosted desk; `work` is the clone of whoever changes it."""

    def __init__(self, folder: Path, origin: Path, default: str = "main") -> None:
        self.folder, self.origin, self.default = folder, origin, default
        self.work = folder / "work"
        self._pulls = self._clones = 0
        subprocess.run(["git", "clone", "-q", str(origin), str(self.work)], check=True)
        self.git("config", "core.hooksPath", "/dev/null")
        self.git("config", "user.name", "Iva Kralj")
        self.git("config", "user.email", "iva@acme.example")

    def git(self, *words: str, at: Path | None = None, given: str | None = None) -> str:
        """Runs Git and returns what it says."""
        command = ["git", "-C", str(at or self.work), *words]
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", input=given)
        return done.stdout.strip()

    @property
    def ticket(self) -> Path:
        """Returns the file of a ticket in the work tree."""
        return min((self.work / "tickets").rglob("*.md"))

    def write(self, old: str, new: str, message: str = "by hand", path: str = "") -> str:
        """Replaces a text in a file, that of a ticket if none is named, and commits; returns the commit."""
        file = self.work / path if path else self.ticket
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        return self.commit(message)

    def commit(self, message: str = "by hand") -> str:
        """Commits all there is and returns the commit."""
        self.git("add", "--all")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def baseline(self) -> str:
        """Returns the baseline of all that is wrong at HEAD."""
        file = self.folder / "listed.json"
        words = [str(GITDESK), "-C", str(self.work), "check", "--write-baseline", str(file)]
        subprocess.run(words, check=True, capture_output=True)
        return file.read_text(encoding="utf-8")

    def switch(self, branch: str, start: str = "origin/main") -> None:
        """Begins a branch."""
        self.git("checkout", "-q", "--no-track", "-B", branch, start)

    def push(self, branch: str, *, force: bool = False) -> Event:
        """Pushes HEAD to a branch; returns the event that follows."""
        ref = f"refs/heads/{branch}"
        before = self.git("for-each-ref", "--format=%(objectname)", ref, at=self.origin) or NOBODY
        self.git("push", "-q", *(["--force"] if force else []), "origin", f"HEAD:{ref}")
        after = self.git("rev-parse", "HEAD")
        return {
            "event_name": "push",
            "token": "the-token",
            "ref": ref,
            "base_ref": "",
            "event": {
                "ref": ref,
                "before": before,
                "after": after,
                "repository": {"default_branch": self.default, "full_name": "acme/desk"},
            },
        }

    def pull(self, base: str = "main", event: str = "pull_request") -> Event:
        """Proposes HEAD to a branch: the merge of both lies beside the branches, as after a push to a fork or here."""
        self._pulls += 1
        head, into = (
            self.git("rev-parse", "HEAD"),
            self.git("rev-parse", f"refs/heads/{base}", at=self.origin),
        )
        self.git("push", "-q", "origin", f"HEAD:refs/pull/{self._pulls}/head")
        tree = self.git("merge-tree", "--write-tree", into, head, at=self.origin)
        words = ("-c", "user.name=GitHub", "-c", "user.email=noreply@github.com", "commit-tree", tree)
        merge = self.git(*words, "-p", into, "-p", head, "-m", f"Merge {head} into {into}", at=self.origin)
        ref = f"refs/pull/{self._pulls}/merge"
        self.git("update-ref", ref, merge, at=self.origin)
        return {
            "event_name": event,
            "token": "the-token",
            "ref": f"refs/heads/{base}" if event == "pull_request_target" else ref,
            "base_ref": "" if event == "pull_request_review" else base,
            "event": {
                "pull_request": {
                    "number": self._pulls,
                    "base": {"sha": into, "ref": base},
                    "head": {"sha": head},
                },
                "repository": {"default_branch": self.default, "full_name": "acme/desk"},
            },
        }

    def checkout(self, event: Event, *, depth: int = 0, ref: str = "") -> Workspace:
        """Returns a job after actions/checkout: every branch of the remote, and HEAD at the commit of the event."""
        self._clones += 1
        place = self.folder / f"job {self._clones}"
        clone = place / "work space" / "desk"
        subprocess.run(["git", "init", "-q", str(clone)], check=True)
        self.git("remote", "add", "origin", f"file://{self.origin}", at=clone)
        specs = [f"+{ref or event['ref']}:refs/remotes/job"]
        if depth:
            specs.insert(0, f"--depth={depth}")
        else:
            specs.insert(0, "+refs/heads/*:refs/remotes/origin/*")
        self.git("fetch", "-q", "--no-tags", "origin", *specs, at=clone)
        self.git("checkout", "-q", "--detach", "refs/remotes/job", at=clone)
        return Workspace(place / "runner", clone)

    def gitlab_job(self, branch: str, *, depth: int = 0) -> Workspace:
        """Returns a job as GitLab's runner begins it: the one branch that the pipeline is for, and nothing else."""
        self._clones += 1
        place = self.folder / f"job {self._clones}"
        clone = place / "work space" / "desk"
        subprocess.run(["git", "init", "-q", str(clone)], check=True)
        self.git("remote", "add", "origin", f"file://{self.origin}", at=clone)
        deep = [f"--depth={depth}"] if depth else []
        spec = f"+refs/heads/{branch}:refs/remotes/origin/{branch}"
        self.git("fetch", "-q", "--no-tags", *deep, "origin", spec, at=clone)
        self.git("checkout", "-q", "--detach", f"refs/remotes/origin/{branch}", at=clone)
        return Workspace(place / "runner", clone)
