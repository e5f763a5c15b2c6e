"""Clones and servers whose hooks find this gitdesk."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .conftest import Place

Done = subprocess.CompletedProcess[str]


@dataclass
class Hooked:
    """A desk with hooks, the environment in which they find gitdesk, and perhaps the server it is pushed to."""

    place: Place
    environ: dict[str, str]

    @classmethod
    def of(cls, place: Place) -> Hooked:
        """Returns a desk with a gitdesk on its PATH, whose hand-made commits have the desk's present as their date."""
        bin_ = place.path.parent / "bin"
        bin_.mkdir()
        (bin_ / "gitdesk").write_text(
            f'#!/bin/sh\n[ "$1" != hook ] || echo "$2" >> "{bin_}/calls"\nexec "{sys.executable}" -m gitdesk "$@"\n'
        )
        (bin_ / "gitdesk").chmod(0o755)
        dates = {f"GIT_{who}_DATE": "2026-11-22T09:00:00Z" for who in ("AUTHOR", "COMMITTER")}
        return cls(place, {**place.environ, **dates, "PATH": f"{bin_}:{os.environ['PATH']}"})

    @property
    def path(self) -> Path:
        return self.place.path

    @property
    def server(self) -> Path:
        return self.path.parent / "the server.git"

    @property
    def without(self) -> dict[str, str]:
        """Returns an environment in which nobody finds gitdesk."""
        plain = self.path.parent / "plain"
        if not plain.exists():
            plain.mkdir()
            for name in ("git", "sh", "cat"):
                found = subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout
                (plain / name).symlink_to(found.strip())
        return {**self.environ, "PATH": str(plain)}

    def calls(self) -> list[str]:
        """Returns the names of the hooks that have called gitdesk since this was last asked."""
        path = self.path.parent / "bin" / "calls"
        lines = path.read_text().split() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    def run(self, *words: str, cwd: Path | None = None, environ: dict[str, str] | None = None) -> Done:
        """Runs a program and returns what came of it."""
        return subprocess.run(
            words,
            cwd=cwd or self.path,
            env=environ or self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def git(self, *words: str, **env: str) -> str:
        """Runs Git without any hook and returns its output; it must go well."""
        done = self.run(
            "git", "-c", "core.hooksPath=/dev/null", *words, environ={**self.environ, **env} if env else None
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def gitdesk(self, *words: str, cwd: Path | None = None) -> Done:
        """Runs gitdesk."""
        return self.run(sys.executable, "-m", "gitdesk", *words, cwd=cwd)

    def serve(self) -> None:
        """Makes the server, with our hook, and tells the clone of it."""
        self.git("branch", "-M", "main")
        self.git("init", "-q", "--bare", "-b", "main", str(self.server))
        self.git("remote", "add", "origin", f"file://{self.server}")
        done = self.gitdesk("-C", str(self.server), "hooks", "install", "--server")
        assert done.returncode == 0, done.stderr

    def push(self, *words: str, environ: dict[str, str] | None = None) -> Done:
        """Pushes past the hooks of the clone."""
        return self.run("git", "push", "--no-verify", "origin", *words, environ=environ)

    def tip(self, branch: str = "main") -> str:
        """Returns what the server has."""
        return self.run("git", "rev-parse", "--verify", "-q", branch, cwd=self.server).stdout.strip()

    def edit(self, file: Path, old: str, new: str, message: str = "by hand", **env: str) -> str:
        """Commits a change of a file past the hooks and returns the commit."""
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        self.git("add", "-A")
        self.git("commit", "-qm", message, **env)
        return self.git("rev-parse", "HEAD")

    def ticket(self) -> Path:
        """Makes a ticket and returns its file."""
        made = self.place.new()
        return next((self.path / "tickets").rglob(f"{made}.md"))
