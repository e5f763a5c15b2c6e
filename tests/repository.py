"""A Git repository in a temporary directory, as tests drive it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path


class GitRepository:
    """A repository in a temporary directory, driven with plain `git`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def git(self, *words: str, input: str | bytes | None = None, check: bool = True, **env: str) -> str:
        """Runs Git in the repository and returns its output without the last newline."""
        data = input.encode() if isinstance(input, str) else input
        done = subprocess.run(
            ["git", *words],
            cwd=self.path,
            input=data,
            capture_output=True,
            env={**os.environ, **env},
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(words)}: {done.stderr.decode()}")
        return done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")

    def write(self, files: dict[str, str | bytes]) -> None:
        """Writes files into the work tree."""
        for name, content in files.items():
            target = self.path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: dict[str, str | bytes | None], message: str = "a commit", **env: str) -> str:
        """Commits files (None removes one) as a person would, and returns the commit's id."""
        self.write({name: content for name, content in files.items() if content is not None})
        for name, content in files.items():
            if content is None:
                self.git("rm", "-q", "--", name)
        if files:
            kept = [name for name, content in files.items() if content is not None]
            if kept:
                self.git("add", "--", *kept)
        self.git("commit", "-q", "--allow-empty", "-m", message, **env)
        return self.tip()

    def tip(self, name: str = "HEAD") -> str:
        """Returns the commit that a name stands for."""
        return self.git("rev-parse", "--verify", name)

    def status(self) -> str:
        """Returns what `git status` finds, "" for nothing."""
        return self.git("status", "--porcelain", "--untracked-files=all")

    def file(self, path: str, commit: str = "HEAD") -> str:
        """Returns the content of a committed file."""
        return self.git("cat-file", "blob", f"{commit}:{path}")


RepoFactory = Callable[..., GitRepository]
