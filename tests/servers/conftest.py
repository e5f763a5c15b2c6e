"""One server for each way to push and session, and for each test a desk of its own on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from desk.conftest import Place, founded
from desk.hooked import Done, Hooked

from .transports import ALL, Transport


@dataclass
class Ground:
    """What all tests of a session share: a desk that was pushed once, and the folder that servers serve."""

    folder: Path
    desk: Hooked

    @property
    def bin(self) -> Path:
        """Returns the folder in which servers find gitdesk."""
        return self.folder / "bin"

    def transport(self, kind: type[Transport]) -> Transport:
        """Returns a server that runs, with the environment such servers have: next to nothing, and a PATH."""
        shutil.copytree(self.bin, own := self.folder / f"bin-{kind.name}")
        environ = {
            "PATH": f"{own}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "GIT_CONFIG_GLOBAL": str(self.folder / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        (self.folder / "gitconfig").write_text(
            "[safe]\n\tdirectory = *\n[core]\n\tfsync = none\n[gc]\n\tauto = 0\n"
        )
        made = kind(self.folder / "served", self.folder / kind.name, environ)
        made.start()
        return made


@dataclass
class Pushing(Hooked):
    """A clone of a desk of the test's own and the server it is pushed to, one way or another."""

    transport: Transport
    at: Path

    @property
    def server(self) -> Path:
        return self.at

    def clone(self, name: str) -> Pushing:
        """Returns one more clone, as it was before anything was done in this one."""
        there = self.path.parent / name
        self.run("git", "clone", "-q", "--no-local", f"file://{self.at}", str(there))
        self.run("git", "remote", "set-url", "origin", self.transport.url(self.at), cwd=there)
        return replace(self, place=Place(there, self.place.environ))

    def start_push(self, what: str = "main") -> subprocess.Popen[str]:
        """Starts a push and returns it while it runs."""
        words = ["git", "push", "--no-verify", "origin", what]
        return subprocess.Popen(words, cwd=self.path, env=self.environ, stderr=subprocess.PIPE, text=True)

    @property
    def ticket_file(self) -> Path:
        return min((self.path / "tickets").rglob("*.md"))

    def good(self, message: str = "by hand", **env: str) -> str:
        """Commits a change that keeps the rules."""
        text = self.ticket_file.read_text()
        old, new = ("normal", "high") if "priority: normal" in text else ("high", "normal")
        return self.edit(self.ticket_file, f"priority: {old}", f"priority: {new}", message, **env)

    def bad(self) -> str:
        """Commits a change that breaks one."""
        return self.edit(self.ticket_file, "status: new", "status: nwe")

    def standing(self) -> tuple[str, set[str]]:
        """Returns the references and the files of objects that the server has."""
        refs = self.run("git", "for-each-ref", cwd=self.at).stdout
        objects = self.at / "objects"
        # Git clears up meanwhile: `walk` passes over a folder that has gone.
        found = (os.path.join(folder, name) for folder, _, names in os.walk(objects) for name in names)
        files = {os.path.relpath(one, objects) for one in found}
        return refs, {one for one in files if not one.startswith("info/")}

    def refused(self, *words: str) -> list[str]:
        """Pushes, which must be refused and leave nothing behind, and returns the lines the server said."""
        before = self.standing()
        done = self.push(*words)
        assert done.returncode == 1, done.stderr
        assert self.settles(before)
        return said(done)

    def settles(self, before: tuple[str, set[str]], more: int = 0) -> bool:
        """Tells whether the server has what it had, and some files of objects more.

        Who pushes is answered a moment before Git has cleared up.
        """
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            refs, files = self.standing()
            if refs == before[0] and before[1] <= files and len(files - before[1]) == more:
                return True
            time.sleep(0.05)
        return False

    def accepted(self, *words: str) -> list[str]:
        """Pushes, which must go well, and returns the lines the server said."""
        done = self.push(*words)
        assert done.returncode == 0, done.stderr
        return said(done)


def said(done: Done) -> list[str]:
    """Returns the lines of a push that come from the server."""
    lines = done.stderr.splitlines()
    return [line.removeprefix("remote: ").rstrip() for line in lines if line.startswith("remote: ")]


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    folder = tmp_path_factory.mktemp("servers")
    (folder / "bin").mkdir()
    program = folder / "bin" / "gitdesk"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m gitdesk "$@"\n')
    program.chmod(0o755)
    desk = founded(folder)
    dates = {f"GIT_{who}_DATE": "2026-11-22T09:00:00Z" for who in ("AUTHOR", "COMMITTER")}
    environ = {**desk.environ, **dates, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    hooked = Hooked(Place(desk.path, environ), environ)
    for _ in range(2):
        hooked.ticket()
    hooked.serve()
    done = hooked.push("main")
    assert done.returncode == 0, done.stderr
    (folder / "served").mkdir()
    return Ground(folder, hooked)


@pytest.fixture(scope="session", params=ALL, ids=lambda kind: kind.name)
def transport(request: pytest.FixtureRequest, ground: Ground) -> Iterator[Transport]:
    made = ground.transport(request.param)
    yield made
    made.stop()


def placed(ground: Ground, transport: Transport, tmp_path: Path) -> Pushing:
    """Returns a desk of a test's own on a server."""
    at = ground.folder / "served" / f"{transport.name}-{tmp_path.name}.git"
    shutil.copytree(ground.desk.server, at)
    clone = tmp_path / "desk"
    shutil.copytree(ground.desk.path, clone)
    environ = {**ground.desk.environ, **transport.client}
    made = Pushing(Place(clone, environ), environ, transport, at)
    made.git("remote", "set-url", "origin", transport.url(at))
    return made


@pytest.fixture
def desk(ground: Ground, transport: Transport, tmp_path: Path) -> Pushing:
    """Returns a desk on a server, once for every way to push."""
    return placed(ground, transport, tmp_path)


@pytest.fixture(scope="session")
def plain(ground: Ground) -> Iterator[Transport]:
    """Returns the plainest server that has an environment of its own."""
    from .transports import Daemon

    made = ground.transport(type("Own", (Daemon,), {"name": "own"}))
    yield made
    made.stop()


@pytest.fixture
def one(ground: Ground, plain: Transport, tmp_path: Path) -> Pushing:
    """Returns a desk on a server, for what is the same however it is pushed."""
    return placed(ground, plain, tmp_path)
