"""Desks whose history is written commit by commit, with times, authors and merges as a test wants them."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gitdesk.desk import Desk
from gitdesk.desk.clocks import report_rows
from gitdesk.domain.format import path_of
from gitdesk.domain.sla_cycle import Cycle
from gitdesk.domain.ticket import TicketId
from gitdesk.value import parts_of

H = 3600
START = 1_790_000_000 // H * H  # 2026-09-21, in the hour
IVA, MARKO = "Iva Kralj <iva@acme.example>", "Marko Babić <marko@acme.example>"
ANA = "Ana Horvat <ana@example.com>"
ONE, TWO, THREE = (TicketId(f"AC-7K3QX4M{n}") for n in "234")
CONFIG = """desk: {name: Acme, prefix: AC}
workflow:
  statuses:
    - {name: new, category: new}
    - {name: open, category: open}
    - {name: waiting, category: waiting}
    - {name: resolved, category: resolved}
    - {name: closed, category: closed}
    - {name: spam, category: cancelled}
priorities: [low, normal, high]
groups: [support, technical]
tags: {open: true}
people:
  roles:
    - {name: lead, may: [configure]}
  agents:
    - {id: iva, name: Iva Kralj, addresses: [iva@acme.example], roles: [lead]}
    - {id: marko, name: Marko Babić, addresses: [marko@acme.example], roles: [ROLE]}
    - {id: bot, name: Bot, addresses: [bot@acme.example], robot: true}
"""
ALWAYS = "{first_response: 2h, next_response: 3h, update: 6h, resolution: 8h, assign: 1h}"
STRICT = "{first_response: 1h, next_response: 1h, resolution: 4h}"


def config(targets: str = ALWAYS, *, when: str = "", role: str = "lead", policies: bool = True) -> bytes:
    """Returns a gitdesk.yaml with one policy, which promises the same for normal and high."""
    text = CONFIG.replace("ROLE", role)
    if policies:
        text += (
            f"sla:\n  policies:\n    - id: gold\n{when}      targets: {{normal: {targets}, high: {targets}"
        )
        text += ", low: none}\n"
    return text.encode()


def text_of(ticket: str, messages: Sequence[str] = (), created: int = START, **header: Any) -> bytes:
    """Returns a ticket file."""
    given = {"title": "Cannot log in", "requester": ANA, "status": "new", "priority": "normal", **header}
    lines = ["---", f"id: {ticket}", f"created: {stamp(created)}"]
    lines += [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in given.items() if value]
    return "\n".join([*lines, "---", "", "Help", *messages, ""]).encode()


def said(at: int, kind: str = "reply", author: str = IVA, text: str = "Hello", **meta: str) -> str:
    """Returns a message as it stands in a ticket file."""
    told = "; ".join(f"{key}: {value}" for key, value in meta.items())
    comment = f"<!-- {told} -->\n" if told else ""
    return f"\n### {stamp(at)} · {kind} · {author}\n{comment}\n{text}"


def stamp(at: int) -> str:
    """Returns an instant as files write it."""
    return datetime.fromtimestamp(at, UTC).isoformat()[:19] + "Z"


@contextmanager
def silent(_: str) -> Iterator[Any]:
    """No progress bar."""
    yield lambda *_: None


@dataclass
class History:
    """A repository and the commits that are still to be written into it."""

    path: Path
    parts: list[bytes] = field(default_factory=list)
    count: int = 0
    times: dict[str, int] = field(default_factory=dict)
    written: bool = False

    def __post_init__(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "init", "-q", "-b", "main", str(self.path)], check=True)

    def commit(
        self,
        at: int,
        files: dict[str, bytes | None],
        *,
        parents: Sequence[str] = (),
        branch: str = "main",
        by: str = IVA,
        message: str = "hand edit",
        written: int | None = None,
    ) -> str:
        """Adds a commit (None removes a file) and returns its mark; without parents it goes on from the branch.

        `written` is when its author made it, if that was not when it was committed.
        """
        self.count += 1
        mark = f":{self.count}"
        self.times[mark] = at
        authored = at if written is None else written
        head = f"commit refs/heads/{branch}\nmark {mark}\nauthor {by} {authored} +0000\ncommitter {by} {at} +0000\n"
        head += f"data {len(message.encode())}\n{message}\n"
        if parents:
            head += f"from {parents[0]}\n" + "".join(f"merge {one}\n" for one in parents[1:])
        elif not self.parts and self.written:
            head += f"from refs/heads/{branch}^0\n"
        part = head.encode()
        for name, content in files.items():
            path = path_of(TicketId(name)) if name.startswith("AC-") else name
            if content is None:
                part += f"D {path}\n".encode()
            else:
                part += f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
        self.parts.append(part + b"\n")
        return mark

    def write(self) -> dict[str, str]:
        """Writes the commits; returns their ids by mark."""
        marks = self.path / ".git" / "marks"
        words = ["git", "fast-import", "--quiet", "--force", f"--export-marks={marks}"]
        if marks.exists():
            words.append(f"--import-marks={marks}")
        subprocess.run(words, cwd=self.path, input=b"".join(self.parts), check=True)
        self.parts.clear()
        self.written = True
        self.git("update-ref", "refs/all/tip", "main")
        return dict(line.split(" ") for line in marks.read_text().splitlines())

    def git(self, *words: str) -> str:
        """Runs Git there and returns what it says."""
        done = subprocess.run(["git", *words], cwd=self.path, capture_output=True, check=True, text=True)
        return done.stdout.strip()

    def desk(self, now: int) -> Desk:
        """Opens the desk as a command would at a moment."""
        return Desk.open(str(self.path), {**os.environ, "GITDESK_NOW": stamp(now)}, silent)

    def rows(self, now: int, **asked: Any) -> tuple[Cycle, ...]:
        """Returns the rows of the breach report; each answer is whole before the next is asked for."""
        with self.desk(now) as desk:
            return tuple(alike(report_rows(desk, **asked).cycles))

    def spent(self, now: int, **asked: Any) -> list[tuple[str, str, int]]:
        """Returns how long tickets were in which status."""
        with self.desk(now) as desk:
            found = report_rows(desk, **asked)
            tuple(found.cycles)
            return sorted((ticket, *spent) for ticket, times in found.status_times for spent in times.items())

    def forget(self) -> None:
        """Deletes the index."""
        import shutil

        shutil.rmtree(self.path / ".git" / "gitdesk", ignore_errors=True)


def alike(rows: Iterable[Any]) -> Iterator[Cycle]:
    """Yields rows of whatever class as those of one, so that they compare by what they say."""
    return (Cycle(**{name: getattr(row, name) for name in parts_of(Cycle)}) for row in rows)


def standing(rows: Sequence[Cycle]) -> dict[str, tuple[str, int]]:
    """Returns state and seconds used by metric, of one ticket's rows with the cycle behind a # from the second on."""
    return {one.metric + (f"#{one.cycle}" if one.cycle > 1 else ""): (one.state, one.elapsed) for one in rows}


def written_both_ways(desk: Desk) -> tuple[bytes, bytes]:
    """Returns the breach report of today out of what is kept ready, then row by row: JSON, lines of it, a page."""
    from gitdesk.render.table import Page
    from gitdesk.reports.sla import SlaReport
    from gitdesk.reports.writing import write

    texts = []
    for ready in (True, False):
        parts: list[list[bytes]] = [[], [], []]
        for formats, part in zip((("json",), ("html", "table"), ("jsonl", "markdown")), parts, strict=True):
            found = report_rows(desk)
            assert found.told is not None
            report = SlaReport(
                found.cycles, as_of=found.as_of, commit=found.commit, desk_name=found.desk_name, config=found.config,
                status_times=found.status_times, problems=found.problems, told=found.told if ready else None,
            )  # fmt: skip
            write(report, [(name, part.append) for name in formats], Page(now=found.as_of, width=100))
        texts.append(b"\n".join(b"".join(part) for part in parts))
    return texts[0], texts[1]
