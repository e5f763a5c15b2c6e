"""Histories of a desk made by `git fast-import`, version by version, and the way back that an export promises."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gitdesk.desk import Desk
from gitdesk.desk.founding import found_desk
from gitdesk.domain.ticket import Message, Ticket, timestamp
from gitdesk.exporters.reader import Reader

NOW = "2026-11-22T09:00:00Z"
START = 1_790_000_000  # 2026-09-21
IVA, ANA = "Iva Kralj <iva@acme.example>", "Ana Horvat <ana@example.com>"


@contextmanager
def silent(_: str) -> Iterator[Any]:
    """No progress bar."""
    yield lambda *_: None


def open_desk(path: Path) -> Desk:
    """Opens a desk as a command would."""
    return Desk.open(str(path), {**os.environ, "GITDESK_NOW": NOW}, silent)


def make_desk(path: Path) -> Path:
    """Makes a desk that has no ticket yet."""
    from gitdesk.clock import now

    moment = now({"GITDESK_NOW": NOW})
    found_desk(str(path), dict(os.environ), now=moment, prefix="GD", name="acme", branch=None, template=None)
    return path


@dataclass
class Stream:
    """Commits for fast-import, each a second after the one before."""

    parts: list[bytes] = field(default_factory=list)
    count: int = 0

    def commit(
        self,
        files: dict[str, bytes | None],
        *,
        by: str = IVA,
        committer: str = "",
        message: str = "hand edit",
        zone: str = "+0000",
        authored: int | None = None,
        branch: str = "main",
        parents: Sequence[str] = (),
        at: int | None = None,
    ) -> str:
        """Adds a commit (None removes a file) and returns its mark."""
        self.count += 1
        seconds = START + self.count if at is None else at
        head = [f"commit refs/heads/{branch}\nmark :{self.count}\n"]
        head.append(f"author {by} {seconds if authored is None else authored} {zone}\n")
        head.append(
            f"committer {committer or by} {seconds} {zone}\ndata {len(message.encode())}\n{message}\n"
        )
        if parents:
            head.append(f"from {parents[0]}\n" + "".join(f"merge {one}\n" for one in parents[1:]))
        elif self.count == 1:
            head.append(f"from refs/heads/{branch}^0\n")
        parts = ["".join(head).encode()]
        for name, content in files.items():
            if content is None:
                parts.append(f"D {name}\n".encode())
            else:
                parts.append(f"M 100644 inline {name}\ndata {len(content)}\n".encode() + content + b"\n")
        self.parts.append(b"".join(parts) + b"\n")
        return f":{self.count}"

    def run(self, path: Path) -> None:
        """Makes the commits."""
        words = ["git", "fast-import", "--quiet", "--force"]
        subprocess.run(words, cwd=path, input=b"".join(self.parts), check=True)


def text_of(ticket: Ticket) -> bytes:
    """Returns a ticket file whose lists and fields stand in the ticket's own order."""

    def value(one: Any) -> str:
        return json.dumps(one, ensure_ascii=False)

    lines = [
        "---",
        f"id: {ticket.id}",
        f"title: {value(ticket.title)}",
        f"created: {timestamp(ticket.created)}",
    ]
    names = (
        "requester",
        "channel",
        "source",
        "status",
        "priority",
        "type",
        "group",
        "assignee",
        "merged_into",
    )
    lines += [f"{name}: {value(getattr(ticket, name))}" for name in names if getattr(ticket, name)]
    if ticket.snoozed_until is not None:
        lines.append(f"snoozed_until: {timestamp(ticket.snoozed_until)}")
    for name in ("tags", "watchers", "links"):
        if getattr(ticket, name):
            lines += [f"{name}:", *(f"  - {value(str(one))}" for one in getattr(ticket, name))]
    if ticket.fields:
        lines.append("fields:")
        for name, one in ticket.fields:
            if isinstance(one, str):
                lines.append(f"  {name}: {value(one)}")
            else:
                lines += [f"  {name}:", *(f"    - {value(item)}" for item in one)]
    lines += ["---", ""]
    if ticket.description:
        lines += [ticket.description, ""]
    for said in ticket.messages:
        lines += [_message(said), ""]
    return "\n".join(lines).encode()


def _message(said: Message) -> str:
    from gitdesk.domain.format import render_message

    return render_message(said)


def exported(path: Path, query: str = "", **options: Any) -> list[dict[str, Any]]:
    """Returns the neutral tickets of a desk."""
    with open_desk(path) as desk:
        return [copy.deepcopy(ticket) for ticket, _ in Reader(desk, query, **options).tickets()]


def versions(ticket: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns what a neutral ticket was after its creation and after each event, by taking the events back from now."""
    state = {
        key: value
        for key, value in ticket.items()
        if key not in ("events", "created_event", "messages", "author", "source", "attachments")
    }
    state = copy.deepcopy(state)
    created = ticket.get("created_event", {})
    state["messages"] = [_whole(one, created) for one in ticket.get("messages", ())]
    for event in ticket["events"]:
        if "message" in event:
            state["messages"].append(_whole(event["message"], event))
        if "messages" in event.get("changes", {}):
            state["messages"] = copy.deepcopy(event["changes"]["messages"]["to"])
    found = [copy.deepcopy(state)]
    for event in reversed(ticket["events"]):
        if "message" in event:
            assert state["messages"].pop() == _whole(event["message"], event)
        for key, change in event.get("changes", {}).items():
            _back(state, key, change)
        found.append(copy.deepcopy(state))
    return [_clean(one) for one in reversed(found)]


def _back(state: dict[str, Any], key: str, change: dict[str, Any]) -> None:
    """Takes one change back, after seeing that it led to what is there."""
    holder = state
    if key.startswith("fields."):
        holder, key = state.setdefault("fields", {}), key.partition(".")[2]
    now = holder.get(key)
    if "add" in change:
        items = list(now or [])
        for one in change["add"]:
            items.remove(one)
        holder[key] = sorted([*items, *change["remove"]], key=_sortable)
    else:
        assert (now or None) == (change["to"] or None)
        holder[key] = copy.deepcopy(change["from"])


def _sortable(item: Any) -> str:
    return f"{item['kind']} {item['to']}" if isinstance(item, dict) else item


def _whole(message: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    at = message.get("at") or event["at"]
    return {**message, "at": at, "author": message.get("author") or event["by"]}


def _clean(state: dict[str, Any]) -> dict[str, Any]:
    """Leaves out what is unset, as an export does."""
    fields = {name: value for name, value in (state.get("fields") or {}).items() if value is not None}
    return {key: value for key, value in {**state, "fields": fields}.items() if value}


def facts_of(ticket: Ticket) -> dict[str, Any]:
    """Returns what `versions` should say of a version."""
    from gitdesk.exporters import facts

    known = facts.of_ticket(ticket, ticket.id)
    known["messages"] = [facts.message(one) for one in ticket.messages]
    return _clean({key: value for key, value in known.items() if key != "source"})


__all__ = [
    "ANA",
    "IVA",
    "NOW",
    "START",
    "Stream",
    "exported",
    "facts_of",
    "make_desk",
    "open_desk",
    "text_of",
    "versions",
]
