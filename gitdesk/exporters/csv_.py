"""A table of tickets as CSV: every fact, and the times and counts that follow from what happened."""

from __future__ import annotations

from gitdesk.exporters import derived
from gitdesk.render.csv import render_csv
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.exporters.reader import Reader

FACTS = (
    "id", "source", "title", "status", "category", "priority", "type", "group", "assignee", "requester", "channel",
    "created", "author", "tags", "watchers", "links", "merged_into", "snoozed_until",
    "description",
)  # fmt: skip
DERIVED = (
    "updated", "first_reply_at", "first_reply_seconds", "resolved_at", "closed_at", "resolution_seconds",
    "age_seconds", "reopened", "messages", "customer_messages", "replies", "notes", "events", "participants",
    "assignee_changes", *(f"{category}_seconds" for category in derived.RUNNING),
)  # fmt: skip
_TIMES = ("created", "snoozed_until")


def lines(reader: Reader, desk: Desk) -> Iterator[bytes]:
    """Yields the lines of a CSV file, one a ticket; the fields that gitdesk.yaml declares are columns of their own."""
    fields = [spec.name for spec in desk.config.field_specs]
    columns = [
        Column(name) for name in (*FACTS, *DERIVED, *(f"fields.{name}" for name in fields), "other_fields")
    ]
    for line in render_csv(columns, _rows(reader, desk, fields)):
        yield line.encode("utf-8", "backslashreplace")


def _rows(reader: Reader, desk: Desk, fields: Sequence[str]) -> Iterator[Sequence[Any]]:
    workflow = desk.config.workflow
    for ticket, _ in reader.tickets():
        told = derived.of(ticket, workflow, desk.now)
        own = ticket.get("fields", {})
        other = [f"{name}={_text(value)}" for name, value in own.items() if name not in fields]
        yield (
            *(_fact(ticket, name, workflow) for name in FACTS),
            *(told[name] for name in DERIVED),
            *(_text(own.get(name)) for name in fields),
            "; ".join(other),
        )


def _fact(ticket: dict[str, Any], name: str, workflow: Any) -> Any:
    if name == "category":
        return workflow.category(ticket["status"]) or ""
    if name == "source":
        system, number = ticket["source"]["system"], ticket["source"]["id"]
        return "" if number == ticket["id"] else f"{system}:{number}"
    value = ticket.get(name)
    if name == "links":
        return ", ".join(f"{one['kind']} {one['to']}" for one in value or ())
    return derived.instant(value) if value and name in _TIMES else _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(value) if isinstance(value, list) else str(value)
