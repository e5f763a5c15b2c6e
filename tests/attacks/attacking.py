"""A desk under attack: commits made by plumbing, as no command would make them, and what the server's judge says."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from gitdesk.desk import pushes
from gitdesk.domain.violation import ERROR, Violation

H = 3600
START = 1_790_000_000 // H * H  # 2026-09-21, in the hour
IVA, MARKO = "Iva Kralj <iva@acme.example>", "Marko Babic <marko@acme.example>"
BOT = "Bot <bot@acme.example>"
ANA, EVE = "Ana Horvat <ana@example.com>", "Eve <eve@evil.example>"
ID = "AC-7K3QX4M2"
PATH = f"tickets/7K/{ID}.md"
CONFIG = """desk: {name: Acme, prefix: AC}
workflow:
  statuses:
    - {name: new, category: new}
    - {name: open, category: open}
    - {name: resolved, category: resolved}
    - {name: closed, category: closed}
    - {name: spam, category: cancelled}
  transitions:
    - {from: "*", to: [open, resolved, closed]}
    - {from: "*", to: spam, roles: [lead]}
priorities: [low, normal, high]
tags: {open: true}
people:
  roles:
    - {name: lead, may: [configure, correct, act_for_others]}
    - {name: agent}
  agents:
    - {id: iva, name: Iva Kralj, addresses: [iva@acme.example], roles: [lead]}
    - {id: marko, name: Marko Babic, addresses: [marko@acme.example], roles: [agent]}
    - {id: bot, name: Bot, addresses: [bot@acme.example], roles: [agent], robot: true}
sla:
  policies:
    - id: gold
      targets:
        normal: {first_response: 1h, resolution: 8h}
        high: {first_response: 1h, resolution: 4h}
        low: none
"""
Test = TypeVar("Test", bound=Callable[..., object])
Files = Mapping[str, bytes | str | tuple[str, str] | None]


def attack(title: str) -> Callable[[Test], Test]:
    """Names the row of docs/security.md that a test proves."""

    def named(test: Test) -> Test:
        test.attack = title  # type: ignore[attr-defined]
        return test

    return named


@contextmanager
def silent(_: str) -> Iterator[Any]:
    """No progress bar."""
    yield lambda *_: None


def spent() -> float:
    """Returns the seconds of the processor that we, and programs we waited for, have used: others add none."""
    return sum(os.times()[:4])


def stamp(at: int) -> str:
    """Returns an instant as files write it."""
    return datetime.fromtimestamp(at, UTC).isoformat()[:19] + "Z"


def text(*messages: str, ticket: str = ID, created: int = START, **header: Any) -> str:
    """Returns a ticket file; keys that are None are left out."""
    given = {"title": "Cannot log in", "requester": ANA, "status": "new", "priority": "normal", **header}
    lines = ["---", f"id: {ticket}", f"created: {stamp(created)}"]
    lines += [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in given.items() if value]
    return "\n".join([*lines, "---", "", "Help", *messages, ""])


def said(at: int, words: str = "By noon.", author: str = MARKO, kind: str = "reply") -> str:
    """Returns a message as it stands in a ticket file."""
    return f"\n### {stamp(at)} · {kind} · {author}\n\n{words}"


@dataclass
class Desk:
    """A repository with a desk, and the commits that are made up in it."""

    path: Path
    base: str = ""
    at: int = START
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    @classmethod
    def of(cls, path: Path, files: Files | None = None) -> Desk:
        """Returns a desk that Iva has founded, with one ticket that Marko has answered."""
        path.mkdir(parents=True)
        made = cls(path)
        made.git("init", "-q", "-b", "main")
        founded = made.commit({"gitdesk.yaml": CONFIG, PATH: text()}, parents=(), author=IVA)
        made.at += 60
        answered = {PATH: text(said(made.at))} if files is None else files
        made.base = made.commit(answered, parents=(founded,))
        made.git("update-ref", "refs/heads/main", made.base)
        made.git("reset", "-q", "--hard")
        return made

    def git(self, *words: str, input: bytes | None = None, check: bool = True) -> str:
        """Runs Git there, without hooks, and returns what it says."""
        done = subprocess.run(
            ["git", "-c", "core.hooksPath=/dev/null", *words],
            cwd=self.path,
            env=self.environ,
            input=input,
            capture_output=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def commit(
        self,
        files: Files,
        *,
        parents: Sequence[str] | None = None,
        author: str = MARKO,
        committer: str | None = None,
        at: int | None = None,
        authored_at: int | None = None,
        message: str = "by hand",
    ) -> str:
        """Makes a commit and returns its id. None removes a file, a pair is a mode and an id or a text."""
        parents = (self.base,) if parents is None else parents
        at = self.at + 60 if at is None else at
        written = f"{authored_at if authored_at is not None else at} +0000"
        data = message.encode()
        head = f"commit refs/made/up\nauthor {author} {written}\ncommitter {committer or author} {at} +0000\n"
        part = head.encode() + b"data %d\n%s\n" % (len(data), data)
        for number, parent in enumerate(parents):
            part += f"{'merge' if number else 'from'} {parent}\n".encode()
        for name, content in files.items():
            part += _entry(name, content)
        self.git("fast-import", "--quiet", "--force", input=b"reset refs/made/up\n" + part + b"\n")
        return self.git("rev-parse", "refs/made/up")

    def with_tree(self, tree: str, parent: str | None = None, author: str = MARKO) -> str:
        """Makes a commit of a tree that was put together by hand."""
        who = f"{author} {self.at + 60} +0000"
        lines = f"tree {tree}\nparent {parent or self.base}\nauthor {who}\ncommitter {who}\n\nby hand\n"
        return self.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", input=lines.encode())

    def tree(self, entries: Mapping[bytes, tuple[str, str]]) -> str:
        """Writes a tree in Git's order, whatever its names are, and returns its id."""
        keys = {name: name + b"/" if mode == "40000" else name for name, (mode, _) in entries.items()}
        data = b"".join(
            f"{mode} ".encode() + name + b"\0" + bytes.fromhex(oid)
            for name, (mode, oid) in sorted(entries.items(), key=lambda one: keys[one[0]])
        )
        return self.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", input=data)

    def blob(self, data: bytes) -> str:
        """Writes a blob and returns its id."""
        return self.git("hash-object", "-w", "--stdin", input=data)

    def beside_the_ticket(self, entries: Mapping[bytes, tuple[str, str]]) -> str:
        """Returns a commit in which tickets/7K holds the ticket and these entries."""
        ticket = self.git("rev-parse", f"{self.base}:{PATH}")
        config = self.git("rev-parse", f"{self.base}:gitdesk.yaml")
        folder = self.tree({f"{ID}.md".encode(): ("100644", ticket), **entries})
        tickets = self.tree({b"7K": ("40000", folder)})
        return self.with_tree(
            self.tree({b"gitdesk.yaml": ("100644", config), b"tickets": ("40000", tickets)})
        )

    def judged(self, new: str, old: str | None = None, now: int = START + 240 * H) -> list[Violation]:
        """Returns what the judge of a server says of a push to the desk's branch."""
        line = f"{self.base if old is None else old} {new} refs/heads/main"
        moment = datetime.fromtimestamp(now, UTC)
        verdicts = list(pushes.incoming(str(self.path), self.environ, silent, [line], now=moment))
        return [one for verdict in verdicts for one in verdict.shown]

    def refused(self, new: str, old: str | None = None, now: int = START + 240 * H) -> list[str]:
        """Returns the codes for which a push is refused, each once."""
        found = self.judged(new, old, now)
        return sorted({one.code for one in found if one.severity == ERROR})

    def told(self, new: str) -> list[str]:
        """Returns the codes that a push is told of without being refused."""
        return sorted({one.code for one in self.judged(new) if one.severity != ERROR})

    def gitdesk(self, *words: str, input: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        """Runs gitdesk there."""
        return subprocess.run(
            [sys.executable, "-m", "gitdesk", *words],
            cwd=self.path,
            env={**self.environ, **environ},
            input=input,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def at_terminal(self, *words: str, **environ: str) -> tuple[int, str]:
        """Runs a program at a terminal of its own; returns its exit code and what the terminal was sent."""
        ours, theirs = pty.openpty()
        environ = {**self.environ, "TERM": "xterm", **environ}
        running = subprocess.Popen(
            words,
            cwd=self.path,
            env=environ,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        parts = []
        with suppress(OSError):  # the other end is closed
            while part := os.read(ours, 65536):
                parts.append(part)
        os.close(ours)
        return running.wait(timeout=60), b"".join(parts).decode("utf-8", "replace")


def _entry(name: str, content: bytes | str | tuple[str, str] | None) -> bytes:
    if content is None:
        return f"D {name}\n".encode()
    mode, content = content if isinstance(content, tuple) else ("100644", content)
    if mode == "160000":
        return f"M {mode} {content} {name}\n".encode()
    data = content.encode() if isinstance(content, str) else content
    return f"M {mode} inline {name}\ndata {len(data)}\n".encode() + data + b"\n"


@dataclass
class Server:
    """A bare repository with our hook, and the clone that pushes to it."""

    desk: Desk
    path: Path

    @classmethod
    def of(cls, desk: Desk, path: Path) -> Server:
        """Returns a server that has judged the first push of a desk."""
        bin_ = path.parent / "bin"
        bin_.mkdir()
        (bin_ / "gitdesk").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m gitdesk "$@"\n')
        (bin_ / "gitdesk").chmod(0o755)
        made = cls(desk, path)
        desk.git("init", "-q", "--bare", "-b", "main", str(path))
        desk.git("remote", "add", "origin", f"file://{path}")
        installed = desk.gitdesk("-C", str(path), "hooks", "install", "--server")
        assert installed.returncode == 0, installed.stderr
        pushed = made.push("main")
        assert pushed.returncode == 0, pushed.stderr
        return made

    def push(self, *words: str, hooks: bool = False, **environ: str) -> subprocess.CompletedProcess[str]:
        """Pushes, past the hooks of the clone unless they are wanted."""
        path = f"{self.path.parent / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            ["git", *([] if hooks else ["-c", "core.hooksPath=/dev/null"]), "push", "origin", *words],
            cwd=self.desk.path,
            env={**self.desk.environ, "PATH": path, **environ},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def has(self, ref: str) -> str:
        """Returns what a reference of the server holds, "" for none."""
        return self.desk.git("-C", str(self.path), "rev-parse", "--verify", "-q", ref, check=False)
