"""A desk on a server that asks for approvals, people with SSH keys, and what they say of proposals: signed by hand."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gitdesk.domain.approval import APPROVES, TRAILERS, Net

from .attacking import BOT, IVA, MARKO, START, Desk, Files, Server, said, text

NINA, NINA_AT_HOME = "Nina Novak <nina@acme.example>", "N. Novak <nina@home.example>"
PEOPLE = {"iva": IVA, "nina": NINA, "marko": MARKO, "bot": BOT, "eve": "Eve <eve@evil.example>"}
FIRST, SECOND = "AC-7K3QX4M2", "AC-9M2N4P6Q"
CONFIG = """desk: {name: Acme, prefix: AC}
workflow:
  statuses:
    - {name: new, category: new}
    - {name: open, category: open}
    - {name: resolved, category: resolved}
    - {name: closed, category: closed}
    - {name: spam, category: cancelled}
    - {name: merged, category: cancelled}
  merged: merged
  transitions:
    - {from: "*", to: [open, resolved]}
    - {from: [resolved, open], to: closed, approvals: {count: COUNT, roles: [lead]}}
    - {from: "*", to: spam, approvals: {count: 1, roles: [lead]}}
priorities: [low, normal, high]
tags: {open: true}
people:
  roles:
    - {name: lead, may: [configure, correct]}
    - {name: agent}
  agents:
    - {id: iva, name: Iva Kralj, addresses: [iva@acme.example], roles: [lead], signing_keys: ["KEY_iva"]}
    - {id: nina, name: Nina Novak, addresses: [nina@acme.example, nina@home.example], roles: [lead],
       signing_keys: ["KEY_nina"]}
    - {id: marko, name: Marko Babic, addresses: [marko@acme.example], roles: [agent], signing_keys: ["KEY_marko"]}
    - {id: bot, name: Bot, addresses: [bot@acme.example], roles: [lead], robot: true, signing_keys: ["KEY_bot"]}
rules:
  approvals: {signed: SIGNED, configure: {roles: [lead]}, correct: {roles: [lead]}}
"""


def path_of(ticket: str) -> str:
    """Returns where a ticket's file is."""
    return f"tickets/{ticket[3:5]}/{ticket}.md"


def a_ticket(ticket: str = FIRST, status: str = "resolved", *more: str, **header: str) -> str:
    """Returns the file of a ticket that marko has answered."""
    return text(said(START + 60), *more, ticket=ticket, status=status, **header)


@dataclass
class Scene:
    """The server, the clone of whoever attacks it, and everybody's keys."""

    desk: Desk
    server: Server
    keys: Mapping[str, Path]

    @classmethod
    def of(cls, folder: Path, *, count: int = 1, signed: bool = True) -> Scene:
        """Returns a desk of two resolved tickets that waits for leads before it closes one."""
        keys = {name: _make_key(folder, name) for name in (*PEOPLE, "thief")}
        config = CONFIG.replace("COUNT", str(count)).replace("SIGNED", str(signed).lower())
        for name, key in keys.items():
            config = config.replace(f"KEY_{name}", key.with_suffix(".pub").read_text().strip())
        desk = Desk(folder / "desk")
        desk.path.mkdir(parents=True)
        desk.git("init", "-q", "-b", "main")
        tickets = {path_of(one): text(ticket=one) for one in (FIRST, SECOND)}
        founded = desk.commit({"gitdesk.yaml": config, **tickets}, parents=(), author=IVA)
        desk.at += 60
        answered = {path_of(one): a_ticket(one) for one in (FIRST, SECOND)}
        desk.base = desk.commit(answered, parents=(founded,))
        desk.at += 60
        desk.git("update-ref", "refs/heads/main", desk.base)
        desk.git("reset", "-q", "--hard")
        return cls(desk, Server.of(desk, folder / "server.git"), keys)

    def copied(self, folder: Path) -> Scene:
        """Returns a copy of everything in another folder."""
        there = self.desk.path.parent
        shutil.copytree(there, folder, symlinks=True, dirs_exist_ok=True)
        desk = Desk(folder / "desk", self.desk.base, self.desk.at, dict(os.environ))
        server = Server(desk, folder / "server.git")
        desk.git("remote", "set-url", "origin", f"file://{server.path}")
        for hook in (server.path / "hooks").iterdir():
            if not hook.name.endswith(".sample"):
                hook.write_text(hook.read_text().replace(str(there), str(folder)))
        return Scene(desk, server, {name: folder / key.name for name, key in self.keys.items()})

    # Commits

    def change(
        self,
        files: Files,
        parent: str = "",
        by: str = "marko",
        *,
        author: str = "",
        message: str = "close it",
    ) -> str:
        """Makes a commit with files, signed by somebody, perhaps in another's name; returns its id."""
        made = self.desk.commit(
            files, parents=(parent or self.desk.base,), author=author or PEOPLE[by], at=self.later()
        )
        tree = self.desk.git("rev-parse", f"{made}^{{tree}}")
        return self.made(tree, (parent or self.desk.base,), by, author=author, message=message)

    def word(
        self,
        parent: str,
        by: str = "iva",
        net: Net | None = None,
        kind: str = APPROVES,
        *,
        author: str = "",
        key: str | None = "",
        reason: str = "",
        at: int = 0,
        signing: Sequence[str] = (),
    ) -> str:
        """Makes the empty commit in which somebody says something of a change, of what the parent comes to by default.

        `key` is whose key signs it, None for no signature; `signing` are options of Git for another kind of key.
        """
        net = net or self.net(parent)
        message = f"{kind}\n\n{reason}\n\n{TRAILERS[kind]}: {net.digest} {net.path}"
        tree = self.desk.git("rev-parse", f"{parent}^{{tree}}")
        return self.made(tree, (parent,), by, author=author, key=key, message=message, at=at, signing=signing)

    def net(self, new: str, ticket: str = FIRST, old: str = "") -> Net:
        """Returns what a commit comes to for a ticket, against the base."""
        path = path_of(ticket)
        found = []
        for commit in (old or self.desk.base, new):
            blob = self.desk.git("rev-parse", f"{commit}:{path}")
            status = re.search(r'^status: "?(\w+)', self.desk.git("cat-file", "blob", blob), re.MULTILINE)
            found.append((blob, status[1] if status else ""))
        (before, from_), (after, to) = found
        return Net(path=path, from_=from_, to=to, old=before, new=after)

    def merge(
        self,
        second: str,
        first: str = "",
        by: str = "marko",
        *,
        tree: str = "",
        others: Sequence[str] = (),
        message: str = "land it",
        key: str | None = "",
    ) -> str:
        """Makes the merge commit by which a branch lands: the files are the branch's, unless a tree is given."""
        first = first or self.desk.base
        tree = tree or self.desk.git("rev-parse", f"{second}^{{tree}}")
        return self.made(tree, (first, second, *others), by, message=message, key=key)

    def made(
        self,
        tree: str,
        parents: Sequence[str],
        by: str,
        *,
        author: str = "",
        key: str | None = "",
        message: str = "by hand",
        at: int = 0,
        signing: Sequence[str] = (),
    ) -> str:
        """Makes a commit of a tree, signed with the key of who makes it unless another one or none is named."""
        when = f"@{at or self.later()} +0000"
        environ = dict(self.desk.environ)
        for role, who in (("AUTHOR", author or PEOPLE[by]), ("COMMITTER", author or PEOPLE[by])):
            name, _, address = who[:-1].partition(" <")
            environ |= {f"GIT_{role}_NAME": name, f"GIT_{role}_EMAIL": address, f"GIT_{role}_DATE": when}
        sign = ["-c", "gpg.format=ssh", "commit-tree"]
        if key is not None:
            sign.append(f"-S{self.keys[key or by]}")
        words = ["git", *(signing or sign)]
        for parent in parents:
            words += ["-p", parent]
        done = subprocess.run(
            [*words, "-m", message, tree],
            cwd=self.desk.path,
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def tree(self, files: Files, on: str = "") -> str:
        """Returns the tree of a commit with some files changed."""
        made = self.desk.commit(files, parents=(on or self.desk.base,))
        return self.desk.git("rev-parse", f"{made}^{{tree}}")

    def later(self) -> int:
        """Returns a time after all that happened."""
        self.desk.at += 60
        return self.desk.at

    def let_in(self, commit: str) -> None:
        """Puts a commit on the server's branch past its hook, as its administrator can."""
        assert self.server.push(f"{commit}:refs/heads/aside").returncode == 0
        self.desk.git("-C", str(self.server.path), "update-ref", "refs/heads/main", commit)
        self.desk.base = commit

    # What becomes of it

    def closing(self, ticket: str = FIRST, parent: str = "", by: str = "marko", **header: str) -> str:
        """Returns the commit in which somebody proposes to close a ticket."""
        return self.change({path_of(ticket): a_ticket(ticket, "closed", **header)}, parent, by)

    def proposed(self, commit: str, name: str = "one") -> None:
        """Puts a proposal on the server, whatever it holds."""
        done = self.server.push(f"{commit}:refs/heads/propose/{FIRST}/{name}")
        assert done.returncode == 0, done.stderr

    def pushed(self, new: str, *more: str) -> tuple[list[str], str]:
        """Pushes a commit to the desk's branch; returns the codes by which the server refuses it, and all it said."""
        done = self.server.push(f"{new}:refs/heads/main", *more)
        landed = self.server.has("refs/heads/main") == new
        assert landed == (done.returncode == 0), done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        codes = re.findall(r"\b([A-Z]\d{3}) error\b", done.stderr)
        assert landed == (not codes), done.stderr
        return sorted(set(codes)), done.stderr

    def checked(self, new: str, *words: str) -> tuple[list[str], str]:
        """Returns the errors of the required check of a hosting site, and all that it said."""
        done = self.desk.gitdesk("check", f"{self.desk.base}..{new}", *words)
        assert "Traceback" not in done.stderr, done.stderr
        codes = re.findall(r"\b([A-Z]\d{3}) error\b", done.stdout)
        assert done.returncode == (1 if codes else 0), done.stdout + done.stderr
        return sorted(set(codes)), done.stdout

    def refused(self, new: str) -> tuple[list[str], str]:
        """Returns the codes of both, which must be the same, and what the server said."""
        codes, told = self.pushed(new)
        assert self.checked(new)[0] == codes
        return codes, told


@dataclass
class OpenPgp:
    """An OpenPGP key made years ago, and a program that signs as of then."""

    home: Path
    fingerprint: str
    program: Path

    @classmethod
    def of(cls, home: Path, expires: str) -> OpenPgp:
        """Makes the key of iva, that expires after a time or never."""
        home.mkdir(mode=0o700)
        then = ["gpg", "--homedir", str(home), "--batch", "--faked-system-time", "20190101T000000"]
        words = [
            "--pinentry-mode",
            "loopback",
            "--passphrase",
            "",
            "--quick-gen-key",
            IVA,
            "ed25519",
            "sign",
            expires,
        ]
        subprocess.run([*then, *words], check=True, capture_output=True)
        program = home / "sign"
        program.write_text(f'#!/bin/sh\nexec {" ".join(then[:3])} --faked-system-time 20190601T000000 "$@"\n')
        program.chmod(0o755)
        [revocation] = (home / "openpgp-revocs.d").glob("*.rev")
        return cls(home, revocation.stem, program)

    @property
    def options(self) -> tuple[str, ...]:
        """Returns the words with which Git signs a commit with it."""
        return (
            "-c",
            "gpg.format=openpgp",
            "-c",
            f"gpg.program={self.program}",
            "commit-tree",
            f"-S{self.fingerprint}",
        )

    def close(self) -> None:
        """Ends the agent that gpg has started for it."""
        words = ["gpgconf", "--homedir", str(self.home), "--kill", "gpg-agent"]
        subprocess.run(words, check=True, capture_output=True)

    def revoke(self) -> None:
        """Revokes the key, as its owner does who has lost it."""
        text = (self.home / "openpgp-revocs.d" / f"{self.fingerprint}.rev").read_text().replace(":---", "---")
        words = ["gpg", "--homedir", str(self.home), "--batch", "--import"]
        subprocess.run(words, input=text.encode(), check=True, capture_output=True)


def _make_key(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
    subprocess.run(words, check=True, capture_output=True)
    return folder / name
