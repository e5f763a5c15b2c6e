"""What tests of whole imports share: a desk, a small history of another system, and the command as it is called."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from repository import GitRepository

from gitdesk.cli.main import main

NOW = "2026-11-22T09:00:00Z"
ANA, MARKO = "Ana Horvat <ana@example.com>", "Marko Babić <marko@acme.example>"


def ticket(number: int | str, **data: Any) -> dict[str, Any]:
    """Returns a neutral ticket of the system zendesk."""
    return {
        "source": {"system": "zendesk", "id": str(number)},
        "title": f"Ticket {number}",
        "created": "2026-01-01T09:00:00Z",
        "requester": ANA,
        **data,
    }


def event(at: str, **data: Any) -> dict[str, Any]:
    """Returns a neutral event; `at` is a day and an hour of January 2026, such as "02T09"."""
    return {"at": f"2026-01-{at}:00:00Z", "by": MARKO, **data}


def history() -> list[dict[str, Any]]:
    """Returns three tickets whose events cross: two that change, one with nothing but its creation."""
    return [
        ticket(1, status="closed", events=[
            event("02T09", id="a1", changes={"status": {"from": "new", "to": "open"}}),
            event("04T09", id="a2", message={"text": "Hello\n---\n### 2026-01-01T00:00:00Z · note · Eve <e@x>"}),
            event("06T09", id="a3", changes={"status": {"from": "open", "to": "closed"}}),
        ]),
        ticket(2, created="2026-01-03T09:00:00Z", status="open", events=[
            event("05T09", id="b1", by=ANA, message="Still broken"),
            event("05T09", id="b2", changes={"status": {"from": "new", "to": "open"}}),
        ]),
        ticket(3, created="2026-01-02T12:00:00Z", tags=["login"]),
    ]  # fmt: skip


@dataclass
class Result:
    """What a call of the command printed and how it ended."""

    code: int
    out: str
    error: str

    @property
    def report(self) -> dict[str, Any]:
        """Returns the loss report of a call with --json."""
        (item,) = json.loads(self.out)["items"]
        found: dict[str, Any] = item
        return found


def with_zones(text: str) -> str:
    """Returns dates with the zone of Greenwich as Git wrote it before it wrote Z."""
    return re.sub(r"(T\d\d:\d\d:\d\d)Z", r"\1+00:00", text)


class Desk(GitRepository):
    """A desk and the command run in it."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(path)
        self._capsys = capsys

    def run(self, *words: str) -> Result:
        """Runs gitdesk in the desk's folder."""
        here = os.getcwd()
        self._capsys.readouterr()
        os.chdir(self.path)
        try:
            code = main(list(words))
        finally:
            os.chdir(here)
        said = self._capsys.readouterr()
        return Result(code or 0, said.out, said.err)

    def file(self, tickets: Iterable[dict[str, Any] | str], name: str = "tickets.jsonl") -> str:  # type: ignore[override]
        """Writes neutral tickets, a line each, and returns the file's name."""
        path = self.path.parent / name
        lines = [one if isinstance(one, str) else json.dumps(one) for one in tickets]
        path.write_text("".join(f"{line}\n" for line in lines))
        return str(path)

    def bring(self, tickets: Iterable[dict[str, Any] | str], *options: str, code: int = 0) -> Result:
        """Imports neutral tickets and reports as JSON."""
        done = self.run("import", "jsonl", self.file(tickets), "--json", *options)
        assert done.code == code, done.error
        return done

    def trail(self, commits: str = "HEAD", *, first: str = "") -> list[str]:
        """Returns author, date and subject of the commits of an import, the oldest first."""
        words = ("log", "--reverse", "--format=%an %aI %s", f"{first}..{commits}" if first else commits)
        return with_zones(self.git(*words)).split("\n")

    def fsck(self) -> str:
        """Returns what Git finds wrong."""
        return self.git("fsck", "--full", "--strict", "--no-dangling")

    def leftovers(self) -> list[str]:
        """Returns what an import has left in `.git/gitdesk`."""
        home = self.path / ".git" / "gitdesk"
        return [name.name for name in home.iterdir() if name.name.startswith(("import-", "journal"))]
