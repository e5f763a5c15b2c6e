"""People who propose, approve and land: a clone and a key each, on a desk where closing takes a lead's approval."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitdesk.desk import Desk, Step, Why
from gitdesk.desk.door import Desk as Door
from gitdesk.desk.plan import Proposed
from gitdesk.desk.proposal_landing import Landed, land
from gitdesk.desk.proposal_sending import Sent, send_base, send_named
from gitdesk.desk.proposal_verdicts import Said, say
from gitdesk.desk.speech import spoken
from gitdesk.domain.approval import APPROVES
from gitdesk.domain.edit import Move, Several
from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import TicketId

from .branches import said, text_of
from .conftest import silent
from .signing import make_key, public

TICKET = TicketId("AC-7K3QX4M2")
OTHER = TicketId("AC-7K3QX4M3")
PEOPLE = {"ana": "Ana Horvat", "marko": "Marko Babić", "iva": "Iva Kralj"}
CONFIG = """\
desk: {name: Acme, prefix: AC}
workflow:
  statuses:
    - {name: new, category: new}
    - {name: open, category: open}
    - {name: resolved, category: resolved}
    - {name: closed, category: closed}
    - {name: spam, category: cancelled}
  transitions:
    - {from: [new, open], to: [open, resolved, spam]}
    - {from: [resolved], to: [open]REQUIRES}
    - {from: [resolved], to: [closed], approvals: {count: COUNT, roles: [lead], not: [author]}REQUIRES}
priorities: [low, normal, high]
tags: {open: true}
people:
  roles:
    - {name: lead}
  agents:
    - {id: ana, name: Ana Horvat, addresses: [ana@acme.example]ANA}
    - {id: marko, name: Marko Babić, addresses: [marko@acme.example], roles: [lead]MARKO}
    - {id: iva, name: Iva Kralj, addresses: [iva@acme.example], roles: [lead]IVA}
rules:
  approvals: {signed: SIGNED, configure: {count: 1, roles: [lead]}}
"""
START = 1_795_000_000


@dataclass
class Team:
    """Three clones of one bare repository, with a resolved ticket in it."""

    folder: Path
    environ: dict[str, str]

    @classmethod
    def of(
        cls, folder: Path, *, signed: bool = False, count: int = 1, requires: str = "", law: bool = False
    ) -> Team:
        """Returns the clones; with `law` the server judges what is pushed."""
        environ = {**os.environ, "GITDESK_NOW": "2026-11-22T09:00:00Z", "HOME": str(folder)}
        environ |= {"GIT_CONFIG_NOSYSTEM": "1"}
        environ |= {f"GIT_{who}_DATE": "2026-11-22T08:59:00Z" for who in ("AUTHOR", "COMMITTER")}
        team = cls(folder, environ)
        keys = {}
        for name in PEOPLE if signed else ():
            keys[name] = f', signing_keys: ["{public(make_key(folder, f"{name}-key"))}"]'
        text = CONFIG.replace("COUNT", str(count)).replace("SIGNED", str(signed).lower())
        text = text.replace("REQUIRES", f", requires: [{requires}]" if requires else "")
        for name in PEOPLE:
            text = text.replace(name.upper(), keys.get(name, ""))
        first = folder / "first"
        team.run("git", "init", "-q", "-b", "main", str(first), cwd=folder)
        reply = said(START + 60, author="Iva Kralj <iva@acme.example>", text="Done.")
        for ticket in (TICKET, OTHER):
            file = first / path_of(ticket)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text_of(ticket, [reply], START, status="resolved"))
        (first / "gitdesk.yaml").write_text(text)
        who = ("-c", "user.name=Iva Kralj", "-c", "user.email=iva@acme.example")
        team.run("git", "add", "-A", cwd=first)
        team.run("git", *who, "commit", "-qm", "a desk", cwd=first)
        team.run("git", "clone", "-q", "--bare", str(first), str(team.server), cwd=folder)
        for name, full in PEOPLE.items():
            team.run("git", "clone", "-q", str(team.server), name, cwd=folder)
            settings = {"user.name": full, "user.email": f"{name}@acme.example"}
            if signed:
                settings |= {"gpg.format": "ssh", "user.signingkey": f"{folder / name}-key.pub"}
            for key, value in settings.items():
                team.git(name, "config", key, value)
        if law:
            team.install_law()
        return team

    def install_law(self) -> None:
        """Has the server judge what is pushed."""
        bin_ = self.folder / "bin"
        bin_.mkdir()
        (bin_ / "gitdesk").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gitdesk "$@"\n')
        (bin_ / "gitdesk").chmod(0o755)
        self.environ["PATH"] = f"{bin_}:{self.environ['PATH']}"
        self.run("gitdesk", "-C", str(self.server), "hooks", "install", "--server", cwd=self.folder)

    @property
    def server(self) -> Path:
        return self.folder / "server.git"

    def run(self, *words: str, cwd: Path) -> str:
        """Runs a program, which must go well, and returns what it says."""
        done = subprocess.run(words, cwd=cwd, env=self.environ, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout.strip()

    def git(self, name: str, *words: str) -> str:
        """Runs Git in somebody's clone, or on the server."""
        return self.run("git", *words, cwd=self.server if name == "server" else self.folder / name)

    def gitdesk(self, name: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs gitdesk in somebody's clone."""
        command = [sys.executable, "-m", "gitdesk", *words]
        return subprocess.run(
            command, cwd=self.folder / name, env=self.environ, capture_output=True, text=True, timeout=60
        )

    def start(self, name: str, *words: str) -> subprocess.Popen[str]:
        """Starts gitdesk in somebody's clone."""
        command = [sys.executable, "-m", "gitdesk", *words]
        return subprocess.Popen(
            command,
            cwd=self.folder / name,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def open(self, name: str) -> Door:
        """Opens the desk of somebody's clone."""
        return Desk.open(str(self.folder / name), self.environ, silent)

    # ---- what people do

    def propose(
        self,
        name: str = "ana",
        *edits: Any,
        ticket: TicketId = TICKET,
        text: str = "",
        reason: str = "",
        sending: bool = True,
    ) -> tuple[Proposed, Sent]:
        """Proposes edits of a ticket, to close it if none are given, with a reply if there is a text."""
        with self.open(name) as desk:
            why = Why(reason=reason)
            wanted = edits or (Move(status="closed"),)
            if text:
                wanted = (*wanted, spoken(desk, text, now=desk.now, why=why))
            made = desk.propose([Step(ticket_id=ticket, edit=Several(edits=wanted))], why)
            if sending and made.base:
                send_base(desk, made.base)
            return made, send_named(desk, made.name, sending=sending)

    def say(self, name: str, kind: str = APPROVES, word: str = TICKET, text: str = "", **more: bool) -> Said:
        """Says something of a proposal."""
        with self.open(name) as desk:
            return say(desk, word, kind, text, **more)

    def land(self, name: str, word: str = TICKET, **more: bool) -> Landed:
        """Lands a proposal."""
        with self.open(name) as desk:
            return land(desk, word, **more)

    def tip(self, branch: str = "main", name: str = "server") -> str:
        """Returns where a branch is."""
        ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
        done = subprocess.run(
            ["git", "rev-parse", "--verify", "-q", ref],
            cwd=self.server if name == "server" else self.folder / name,
            env=self.environ,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def status(self, name: str = "server", branch: str = "main", ticket: TicketId = TICKET) -> str:
        """Returns the status of a ticket on a branch."""
        text = self.git(name, "show", f"{branch}:{path_of(ticket)}")
        return next(line.split()[1] for line in text.splitlines() if line.startswith("status:")).strip('"')

    def branches(self, name: str = "server") -> list[str]:
        """Returns the branches of proposals in a repository, remote ones too."""
        where = ("refs/heads/propose", "refs/remotes/origin/propose")
        return self.git(name, "for-each-ref", "--format=%(refname)", *where).split()

    def copied(self, folder: Path) -> Team:
        """Returns a copy of everything in another folder."""
        shutil.copytree(self.folder, folder, symlinks=True, dirs_exist_ok=True)
        old = str(self.folder)
        made = Team(folder, {key: text.replace(old, str(folder)) for key, text in self.environ.items()})
        for name in PEOPLE:
            made.git(name, "remote", "set-url", "origin", str(made.server))
        return made
