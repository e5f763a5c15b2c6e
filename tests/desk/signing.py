"""A desk that takes signed commits only, on a server, and people with keys."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .conftest import Place
from .hooked import Done, Hooked

PEOPLE = """\
    - id: marko
      name: Marko Babić
      addresses: [marko@acme.example]
      signing_keys: ["MARKO"]
"""
OF_IVA = "      addresses: [iva@acme.example]\n"


def make_key(folder: Path, name: str) -> Path:
    """Makes an SSH key without a passphrase and returns its file."""
    key = folder / name
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)]
    subprocess.run(words, check=True, capture_output=True)
    return key


def public(key: Path) -> str:
    """Returns the line of the public key."""
    return key.with_suffix(".pub").read_text().strip()


def fingerprint(key: Path) -> str:
    """Returns the fingerprint as ssh-keygen tells it."""
    done = subprocess.run(["ssh-keygen", "-lf", f"{key}.pub"], capture_output=True, text=True, check=True)
    return done.stdout.split()[1]


@dataclass
class Signing:
    """The desk, the clone in which people sign, and their keys by name: iva (lead), marko and eve, who is nobody."""

    hooked: Hooked
    keys: dict[str, Path]

    @classmethod
    def of(cls, place: Place) -> Signing:
        """Returns a desk on a server that asks for signatures; of marko's key it lists the fingerprint."""
        hooked = Hooked.of(place)
        keys = {name: make_key(place.path.parent, name) for name in ("iva", "marko", "eve")}
        made = cls(hooked, keys)
        hooked.ticket()
        hooked.serve()
        config = place.path / "gitdesk.yaml"
        text = config.read_text().replace(OF_IVA, OF_IVA + f'      signing_keys: ["{public(keys["iva"])}"]\n')
        text = text.replace(
            "    - id: iva\n", PEOPLE.replace("MARKO", fingerprint(keys["marko"])) + "    - id: iva\n"
        )
        config.write_text(text.replace("rules:\n", "rules:\n  signed_commits: required\n"))
        hooked.git("commit", "-qam", "sign from now on")
        done = hooked.push("main")
        assert done.returncode == 0, done.stderr
        made.use("iva")
        return made

    def copied(self, folder: Path) -> Signing:
        """Returns a copy of everything in another folder."""
        there = self.hooked.path.parent
        shutil.copytree(there, folder, symlinks=True, dirs_exist_ok=True)
        environ = {name: text.replace(str(there), str(folder)) for name, text in self.hooked.environ.items()}
        made = Signing(
            Hooked(Place(folder / self.hooked.path.name, environ), environ),
            {name: folder / key.name for name, key in self.keys.items()},
        )
        made.hooked.git("remote", "set-url", "origin", f"file://{made.hooked.server}")
        made.use("iva")
        return made

    def use(self, name: str) -> None:
        """Makes the clone sign with a key, for Git and for commands."""
        for key, value in (("gpg.format", "ssh"), ("user.signingkey", f"{self.keys[name]}.pub")):
            self.hooked.git("config", key, value)

    @property
    def ticket(self) -> Path:
        return next((self.hooked.path / "tickets").rglob("*.md"))

    def commit(
        self, author: str = "iva", committer: str = "", *, key: str = "", message: str = "by hand"
    ) -> str:
        """Commits a change of the ticket, signed with a key or not, and returns the commit."""
        text = self.ticket.read_text()
        old, new = ("normal", "high") if "priority: normal" in text else ("high", "normal")
        self.ticket.write_text(text.replace(f"priority: {old}", f"priority: {new}"))
        return self.made(author, committer, key=key, message=message)

    def made(
        self, author: str = "iva", committer: str = "", *, key: str = "", message: str = "by hand"
    ) -> str:
        """Commits what is changed, or nothing."""
        who = {"GIT_AUTHOR": author, "GIT_COMMITTER": committer or author}
        names = {f"{role}_NAME": name for role, name in who.items()}
        addresses = {f"{role}_EMAIL": f"{name}@acme.example" for role, name in who.items()}
        if key:
            self.use(key)
        self.hooked.git(
            "commit", "-qam", message, "--allow-empty", "-S" if key else "--no-gpg-sign", **names, **addresses
        )
        return self.hooked.git("rev-parse", "HEAD")

    def push(self, *words: str) -> Done:
        return self.hooked.push(*(words or ("main",)))

    def refused(self) -> str:
        """Pushes, which must be refused with nothing moved, and returns what was said about signatures."""
        before = self.hooked.tip()
        done = self.push()
        assert done.returncode != 0, done.stderr
        assert self.hooked.tip() == before
        said = [line.removeprefix("remote: ").rstrip() for line in done.stderr.splitlines()]
        return "\n".join(line for line in said if "A007" in line or "hint:" in line)
