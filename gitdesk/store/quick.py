"""The hot path: a ticket laid out as gitdesk writes it is read by lines, without places and without a doubt.

It gives exactly what the careful readers give, or nothing: whatever is unusual, let alone wrong, is left to them. A
property test holds both to the same answer.
"""

from __future__ import annotations

from datetime import datetime

from gitdesk.domain import format as grammar
from gitdesk.domain.ticket import HEADER_KEYS, Link, Ticket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.store.source import Source

_TEXTS = frozenset(HEADER_KEYS) - {"tags", "watchers", "links", "fields"}
_LISTS = frozenset(("tags:", "watchers:", "links:"))
_UNSET = frozenset(f"{key}:" for key in _TEXTS)
_NULLS = frozenset(("null", "Null", "NULL"))


def ticket(source: Source, path: str) -> Ticket | None:
    """Returns the ticket of a file in which everything is as it should be, None when that is not certain."""
    text, begin, stop, body = source.text, source.begin, source.stop, source.body
    header = text[begin:stop].split("\n")
    values = _values(header)
    if values is None or not "".join(header).isprintable():
        return None
    try:
        if grammar.path_of(values["id"]) != path or grammar.parse_id(values["id"]) is None:
            return None
        if len(values["title"]) > grammar.MAX_TITLE or "status" not in values or "merged_into" in values:
            return None
        values["created"] = _time(values["created"])
        if "snoozed_until" in values:
            values["snoozed_until"] = _time(values["snoozed_until"])
        if "links" in values:
            values["links"] = tuple(_link(text) for text in values["links"])
    except (KeyError, ValueError):
        return None
    below = text[body:]
    description, messages = grammar.parse_body(below)
    if grammar.near_starts(below, len(messages)):
        return None
    for message in messages:
        if not message.author.isprintable():
            return None
    return Ticket(description=description, messages=messages, **values)


def _values(header: list[str]) -> dict[str, Any] | None:
    """Returns what the lines of a header say, None at the first one that is not of the plainest kind."""
    values: dict[str, Any] = {}
    seen: set[str] = set()
    items: dict[str, None] | None = None  # of the list the next lines may belong to
    fields: dict[str, str] | None = None
    for line in header:
        if not line:
            continue
        if line[0] == " ":
            if items is not None and line[:4] == "  - ":
                item = line[4:]
                if item in items or not _is_plainest(item):
                    return None
                items[item] = None
            elif fields is None or not _add_field(fields, line):
                return None
            continue
        key, separator, value = line.partition(": ")
        items = fields = None
        if separator:
            if key not in _TEXTS or not _is_plainest(value):
                return None
            values[key] = value
        elif line in _LISTS:
            key = line[:-1]
            values[key] = items = {}
        elif line == "fields:":
            key = "fields"
            values[key] = fields = {}
        elif line in _UNSET:
            key = line[:-1]
        else:
            return None
        if key in seen:
            return None
        seen.add(key)
    for key in ("tags", "watchers"):
        if key in values:
            values[key] = tuple(values[key])
    if "fields" in values:
        values["fields"] = tuple(values["fields"].items())
    return values


def _is_plainest(value: str) -> bool:
    """Tells by the cheapest tests whether the rest of a line is a plain YAML text and nothing else."""
    return (
        value[:1].isalnum()
        and value[-1] not in " :"
        and ": " not in value
        and " #" not in value
        and value not in _NULLS
    )


def _add_field(fields: dict[str, str], line: str) -> bool:
    name, _, value = line[2:].partition(": ")
    if (
        line[1] != " "
        or name in fields
        or name in _NULLS
        or not name.isidentifier()
        or not _is_plainest(value)
    ):
        return False
    fields[name] = value
    return True


def _time(text: str) -> datetime:
    """Returns a time in its usual form; raises ValueError for any other."""
    if len(text) != 20 or f"{text[4]}{text[7]}{text[10]}{text[13]}{text[16]}{text[19]}" != "--T::Z":
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _link(text: str) -> Link:
    """Returns a link; raises ValueError when the text is none."""
    kind, _, target = text.partition(" ")
    found = grammar.parse_id(target)
    if found is None or not grammar.LINK_KIND.fullmatch(kind):
        raise ValueError(text)
    return Link(kind=kind, target=found)
