"""Clones of one desk and the repository they share, as people at several machines have them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from repository import GitRepository

from gitdesk.desk import Step, Why, syncing
from gitdesk.desk.syncing import Synced, Wanted
from gitdesk.domain.edit import Say
from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Message, Ticket, TicketId

from .conftest import Place, founded, silent

IVA, MARKO = ("Iva Kralj", "iva@acme.example"), ("Marko Babić", "marko@acme.example")


@dataclass
class Clone(Place):
    """One person's clone; `at` is the time on the wall there."""

    def __post_init__(self) -> None:
        self.plain = GitRepository(self.path)

    def git(self, *words: str) -> str:
        return _as_of_then(Place(self.path, self.environ)).git(*words)

    def run(self, edit: Any, ticket: TicketId, **more: Any) -> str:
        """Makes one change and returns its commit."""
        with self.open() as desk:
            made = desk.change([Step(ticket_id=ticket, edit=edit, **more)], Why()).commit
        assert made is not None
        return made

    def note(self, ticket: TicketId, text: str, **more: Any) -> str:
        name, email = self.plain.git("config", "user.name"), self.plain.git("config", "user.email")
        with self.open() as desk:
            now = desk.now
        said = Message(at=now, kind="note", author=f"{name} <{email}>", body=text)
        return self.run(Say(message=said), ticket, **more)

    def sync(self, **wanted: Any) -> Synced:
        return syncing.sync(str(self.path), self.environ, silent, Wanted(**wanted))

    def gitdesk(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gitdesk", *words],
            cwd=self.path,
            env={**os.environ, **self.environ, **environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def ticket(self, ticket: TicketId) -> Ticket:
        with self.open() as desk:
            return desk.ticket(ticket)

    def text(self, ticket: TicketId) -> str:
        return self.plain.file(path_of(ticket))

    def log(self, since: str = "") -> list[str]:
        words = ("log", "--format=%s", "--reverse", *((f"{since}..HEAD",) if since else ()))
        return self.plain.git(*words).splitlines()

    def write(self, name: str, text: str | bytes) -> None:
        self.plain.write({name: text})


@dataclass
class Clones:
    """A shared repository and clones of it."""

    folder: Path
    server: GitRepository

    @classmethod
    def of(cls, folder: Path, *names: str) -> tuple[Clones, list[Clone]]:
        """Returns a server with a fresh desk on it, and clones of people by their names (`iva`, `marko`)."""
        first = founded(folder)
        _allow_marko(first)
        server = GitRepository(folder / "server.git")
        first.git("clone", "-q", "--bare", str(first.path), str(server.path))
        made = cls(folder, server)
        return made, [made.clone(name) for name in names]

    def clone(self, name: str, *options: str) -> Clone:
        """Returns another clone; who is called marko is Marko, everybody else Iva."""
        who = MARKO if name.startswith("marko") else IVA
        path = self.folder / name
        words = ("git", "clone", "-q", *options, f"file://{self.server.path}", str(path))
        subprocess.run(words, check=True, capture_output=True)
        made = Clone(path, {**os.environ, "GITDESK_NOW": "2026-11-22T09:00:00Z"})
        made.git("config", "user.name", who[0])
        made.git("config", "user.email", who[1])
        return made

    def hook(self, text: str) -> None:
        """Gives the server a hook that judges pushes."""
        path = self.server.path / "hooks" / "pre-receive"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)


def _allow_marko(place: Place) -> None:
    path = place.path / "gitdesk.yaml"
    text = path.read_text()
    start = text.index("  agents:\n") + len("  agents:\n")
    marko = "    - {id: marko, name: Marko Babić, addresses: [marko@acme.example], groups: [support]}\n"
    path.write_text(text[:start] + marko + text[start:])
    _as_of_then(place).git("commit", "-qam", "desk: marko works here")


def _as_of_then(place: Place) -> Place:
    """Returns a desk whose commits by hand have its present as their date."""
    dates = {f"GIT_{who}_DATE": place.environ["GITDESK_NOW"] for who in ("AUTHOR", "COMMITTER")}
    return Place(place.path, {**place.environ, **dates})
