"""Tickets, events and messages as rows for analysis: which columns each has, and what stands in them."""

from __future__ import annotations

from json import dumps

from gitdesk.domain.ticket import timestamp
from gitdesk.exporters import derived

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any

    from gitdesk.domain.workflow import Workflow

    Record = dict[str, Any]

_TEXT, _TEXTS, TIME, _COUNT = "VARCHAR", "VARCHAR[]", "TIMESTAMPTZ", "BIGINT"
_TIMES = ("updated", "first_reply_at", "resolved_at", "closed_at")
_DERIVED = (
    "first_reply_seconds", "resolution_seconds", "age_seconds", "reopened", "messages", "customer_messages", "replies",
    "notes", "events", "participants", "assignee_changes", *(f"{category}_seconds" for category in derived.RUNNING),
)  # fmt: skip
_TEXT_FACTS = (
    "id", "title", "description", "requester", "author", "channel", "status", "priority", "type", "group", "assignee",
    "merged_into",
)  # fmt: skip

# The first time of a table is the one its rows are kept by, month for month.
TICKETS = {
    "created": TIME,
    **dict.fromkeys(_TEXT_FACTS, _TEXT),
    "category": _TEXT,
    "source_system": _TEXT,
    "source_id": _TEXT,
    "snoozed_until": TIME,
    "tags": _TEXTS,
    "watchers": _TEXTS,
    "links": _TEXTS,
    "fields": _TEXT,
    **dict.fromkeys(_TIMES, TIME),
    **dict.fromkeys(_DERIVED, _COUNT),
}
EVENTS = {
    "at": TIME,
    "ticket": _TEXT,
    "number": _COUNT,
    "id": _TEXT,
    "kind": _TEXT,
    "key": _TEXT,
    "from": _TEXT,
    "to": _TEXT,
    "added": _TEXTS,
    "removed": _TEXTS,
    "by": _TEXT,
    "authored_at": TIME,
    "reason": _TEXT,
    "via": _TEXT,
    "automation": _TEXT,
    "on_behalf_of": _TEXT,
    "approved_by": _TEXTS,
}
MESSAGES = {
    "at": TIME,
    "ticket": _TEXT,
    "number": _COUNT,
    "kind": _TEXT,
    "author": _TEXT,
    "text": _TEXT,
    "event": _TEXT,
}
TABLES = {"tickets": TICKETS, "events": EVENTS, "messages": MESSAGES}
_WHY = ("reason", "via", "automation", "on_behalf_of", "approved_by")


def ticket_row(ticket: Record, workflow: Workflow, now: datetime) -> Record:
    """Returns the row of a ticket; fields are the text of a JSON object, links `kind id`."""
    told = derived.of(ticket, workflow, now)
    found = {name: ticket.get(name) for name in (*_TEXT_FACTS, "created", "snoozed_until")}
    found.update((name, ticket.get(name, [])) for name in ("tags", "watchers"))
    found["links"] = [_link(one) for one in ticket.get("links", ())]
    found["category"] = workflow.category(ticket["status"])
    found["source_system"], found["source_id"] = ticket["source"]["system"], ticket["source"]["id"]
    found["fields"] = dumps(ticket.get("fields", {}), ensure_ascii=False)
    found.update((name, told[name]) for name in _DERIVED)
    found.update((name, timestamp(told[name]) if told[name] else None) for name in _TIMES)
    return found


def event_rows(ticket: Record) -> Iterator[Record]:
    """Yields a row for every single change of every event; `number` counts a ticket's events, the creation is 0."""
    created = ticket.get("created_event")
    if created is not None:
        yield {**_head(ticket, created, 0), "kind": "created", "to": ticket["title"]}
    for number, event in enumerate(ticket["events"], 1):
        head = _head(ticket, event, number)
        for mark in ("deleted", "restored"):
            if event.get(mark):
                yield {**head, "kind": mark}
        for key, change in event.get("changes", {}).items():
            yield {**head, "kind": "change", "key": key, **_change(key, change)}
        if "message" in event:
            yield {**head, "kind": "message", "key": event["message"]["kind"]}
        for file in event.get("attachments", ()):
            side = "from" if file.get("removed") else "to"
            yield {**head, "kind": "attachment", side: file["name"]}
        for file in event.get("message", {}).get("attachments", ()):
            yield {**head, "kind": "attachment", "to": file["name"]}


def message_rows(ticket: Record) -> Iterator[Record]:
    """Yields a row for every message as it was first written."""
    for number, (message, event) in enumerate(derived.messages(ticket), 1):
        yield {
            "at": _utc(message.get("at") or event["at"]),
            "ticket": ticket["id"],
            "number": number,
            "kind": message["kind"],
            "author": message.get("author") or event.get("by"),
            "text": message["text"],
            "event": event.get("id"),
        }


def _head(ticket: Record, event: Record, number: int) -> Record:
    return {
        "at": _utc(event["at"]),
        "ticket": ticket["id"],
        "number": number,
        "id": event["id"],
        "by": event["by"],
        "authored_at": _utc(event["authored_at"]) if "authored_at" in event else None,
        **{name: event[name] for name in _WHY if name in event},
    }


def _change(key: str, change: Record) -> Record:
    if "add" in change:
        return {"added": _texts(change["add"]), "removed": _texts(change["remove"])}
    before, after = change["from"], change["to"]
    if key == "messages":
        return {"from": str(len(before)), "to": str(len(after))}
    if isinstance(before, list) or isinstance(after, list):
        old, new = _texts(before), _texts(after)
        return {
            "added": [one for one in new if one not in old],
            "removed": [one for one in old if one not in new],
        }
    return {"from": before, "to": after}


def _texts(items: Any) -> list[str]:
    listed = items if isinstance(items, list) else [] if items is None else [items]
    return [_link(one) if isinstance(one, dict) else one for one in listed]


def _link(link: Record) -> str:
    return f"{link['kind']} {link['to']}"


def _utc(text: str) -> str:
    return text if text[-1] == "Z" else timestamp(derived.instant(text))
