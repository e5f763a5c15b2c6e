"""A sync that is killed at any moment leaves a clone that works; the next one shares everything once."""

from __future__ import annotations

import builtins
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitdesk.desk.syncing import DONE
from gitdesk.domain.edit import Assign
from gitdesk.domain.ticket import TicketId

from .clones import Clone, Clones

_CALLS = (
    "open",
    "rename",
    "link",
    "unlink",
    "write",
    "pwrite",
    "mkdir",
    "rmdir",
    "ftruncate",
    "posix_spawnp",
)


def die_at(number: int) -> None:
    """Makes this process kill itself at the given call that touches the disk or starts a program."""
    left = [number]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return call

    for name in _CALLS:
        setattr(os, name, counted(getattr(os, name)))
    builtins.open = counted(builtins.open)


def killed_at(number: int, clone: Clone) -> bool:
    """Runs a sync in a process that dies at a call; False when the sync needed fewer calls."""
    child = os.fork()
    if not child:
        try:
            die_at(number)
            clone.sync()
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def diverged(folder: Path) -> tuple[Clones, Clone, Clone, TicketId]:
    """Returns two clones that both have something new, files beside the desk among it."""
    clones, (iva, marko) = Clones.of(folder, "iva", "marko")
    ticket = iva.new()
    iva.write("tool.sh", "#!/bin/sh\n")
    iva.write("code.py", "1\n")
    (iva.path / "gone").symlink_to("tool.sh")
    iva.git("add", "-A")
    iva.git("commit", "-qm", "beside")
    iva.sync()
    marko.sync()
    iva.note(ticket, "of Iva")
    (iva.path / "tool.sh").chmod(0o755)
    (iva.path / "link").symlink_to("code.py")
    (iva.path / "gone").unlink()
    iva.write("code.py", "2\n")
    iva.git("add", "-A")
    iva.git("commit", "-qm", "programs and links")
    iva.sync()
    marko.note(ticket, "of Marko")
    marko.run(Assign(assignee="marko"), ticket)
    return clones, iva, marko, ticket


@pytest.mark.parametrize("first", range(4))
def test_killed_anywhere_it_loses_nothing_and_doubles_nothing(tmp_path: Path, first: int) -> None:
    clones, iva, marko, ticket = diverged(tmp_path)
    kept = {name: tmp_path / f"{name}.kept" for name in ("marko", "server.git")}
    for name, copy in kept.items():
        shutil.copytree(tmp_path / name, copy, symlinks=True)
    number, killed = first, 0
    while killed_at(number := number + 13, marko):
        killed += 1
        told = marko.sync()
        assert told.state == DONE
        assert marko.plain.status() == ""
        assert clones.server.tip("main") == marko.plain.tip()
        bodies = sorted(one.body for one in marko.ticket(ticket).messages)
        assert bodies == ["of Iva", "of Marko"]
        assert len(marko.log(iva.plain.tip())) == 2
        assert marko.plain.git("fsck", "--strict", "--no-dangling") == ""
        assert os.access(marko.path / "tool.sh", os.X_OK)
        assert os.readlink(marko.path / "link") == "code.py"
        assert not os.path.lexists(marko.path / "gone")
        assert not list((marko.path / ".git").glob("*.lock"))
        for name, copy in kept.items():
            shutil.rmtree(tmp_path / name)
            shutil.copytree(copy, tmp_path / name, symlinks=True)
    assert killed > 5
    assert marko.sync().state == DONE
