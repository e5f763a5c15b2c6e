"""The layout of a fresh ticket: the blocks of its header, each as lines, made so that plain text merges work."""

from __future__ import annotations

from gitdesk.domain.ticket import HEADER_KEYS, timestamp
from gitdesk.store import scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from gitdesk.domain.ticket import FieldValue, Ticket

    Value = str | tuple[str, ...] | tuple[tuple[str, FieldValue], ...]

# What rarely changes stands together at the top; every other key is a block of its own.
STABLE = ("id", "title", "requester", "channel", "created", "source")
# A fresh ticket carries these even when unset, so that setting one later changes a line and inserts none.
ALWAYS = frozenset(("status", "priority", "type", "group", "assignee", "tags"))
TIMES = frozenset(("created", "snoozed_until"))


def header_lines(ticket: Ticket) -> list[str]:
    """Returns the header's lines, without the dashes around them."""
    lines: list[str] = []
    for key in HEADER_KEYS:
        value = value_of(ticket, key)
        if value or key in ALWAYS:
            if lines and key not in STABLE:
                lines.append("")
            lines += key_lines(key, value)
    return lines


def value_of(ticket: Ticket, key: str) -> Value:
    """Returns what a ticket's header says under a key: a text, sorted texts, or sorted names and values."""
    return shown(key, getattr(ticket, key))


def shown(key: str, value: Any) -> Value:
    """Returns a part of a ticket as the header says it; see `value_of`."""
    if key in ("tags", "watchers", "links"):
        return tuple(sorted({str(item) for item in value}))
    if key == "fields":
        return _fields(value)
    if key in TIMES:
        moment: datetime | None = value
        return timestamp(moment) if moment else ""
    return str(value)


def fields_of(ticket: Ticket) -> tuple[tuple[str, FieldValue], ...]:
    """Returns a ticket's own fields that are set, sorted by name, lists sorted."""
    return _fields(ticket.fields)


def _fields(given: tuple[tuple[str, FieldValue], ...]) -> tuple[tuple[str, FieldValue], ...]:
    return tuple(sorted((name, _sorted(value)) for name, value in dict(given).items() if value))


def _sorted(value: FieldValue) -> FieldValue:
    return value if isinstance(value, str) else tuple(sorted(set(value)))


def key_lines(key: str, value: Value) -> list[str]:
    """Returns the lines of one key: a text beside it, list items and fields below it."""
    if isinstance(value, str):
        return [f"{write_key(key)}: {write_value(key, value)}" if value else f"{write_key(key)}:"]
    lines = [f"{write_key(key)}:"]
    for item in value:
        if isinstance(item, str):
            lines.append(f"  - {scalar.write(item)}")
        else:
            lines += ["  " + line for line in key_lines(*item)]
    return lines


def write_key(key: str) -> str:
    """Returns a key, in quotes when it needs them."""
    return scalar.write(key, flow=True)


def write_value(key: str, value: str) -> str:
    """Returns the text behind a key's colon; the format's own times stand without quotes."""
    return scalar.write(value, like=scalar.TIME if key in TIMES else scalar.TEXT)
