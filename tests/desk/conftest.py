"""A small desk to try things on, made by the product itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gitdesk.desk import Desk, Fresh, Why
from gitdesk.desk.founding import found_desk
from gitdesk.domain.ticket import Ticket, TicketId

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@contextmanager
def silent(_: str) -> Iterator[Callable[[int, int | None], None]]:
    """No progress bar."""
    with nullcontext():
        yield lambda *_: None


@dataclass
class Place:
    """Where a test's desk is; `open` gives a fresh look at it."""

    path: Path
    environ: dict[str, str]

    def open(self, **extra: str) -> Desk:
        return Desk.open(str(self.path), {**self.environ, **extra}, silent)

    def new(
        self, title: str = "Cannot log in", *, files: tuple[tuple[str, bytes], ...] = (), **given: Any
    ) -> TicketId:
        with self.open() as desk:
            ticket = Ticket(
                **{
                    "id": TicketId(""),
                    "title": title,
                    "created": NOW,
                    "status": "new",
                    "priority": "normal",
                    **given,
                }
            )
            return TicketId(desk.change([Fresh(ticket=ticket, files=files)], Why()).ids[0])

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words], cwd=self.path, env=self.environ, capture_output=True, check=True, text=True
        )
        return done.stdout

    def gitdesk(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs gitdesk in the desk."""
        return subprocess.run(
            [sys.executable, "-m", "gitdesk", *words],
            cwd=self.path,
            env=self.environ,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Returns a desk with one agent, Iva, and no ticket."""
    return founded(tmp_path)


def founded(folder: Path) -> Place:
    """Returns a desk with one agent, Iva, and no ticket, in a folder."""
    environ = {**os.environ, "GITDESK_NOW": "2026-11-22T09:00:00Z"}
    path = folder / "desk"
    found_desk(str(path), environ, now=NOW, prefix=None, name="acme", branch=None, template=None)
    return Place(path, environ)
