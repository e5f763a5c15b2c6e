"""An Event: one difference between two versions of a ticket, and `events`, which finds every one of them."""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter

from gitdesk.domain.ticket import Ticket, timestamp
from gitdesk.lazy import pattern
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitdesk.domain.event_sequence import Alignment
    from gitdesk.domain.ticket import FieldValue, Message

    _Fields = tuple[tuple[str, FieldValue], ...]

# The parts of a ticket in the order their changes are told, and the kinds of event whose names are not the part's.
PARTS = (
    "id", "title", "requester", "channel", "created", "source", "status", "snoozed_until", "priority", "type", "group",
    "assignee", "merged_into", "tags", "watchers", "links", "fields", "description", "messages",
)  # fmt: skip
_parts = attrgetter(*PARTS)
_LISTS = ("tags", "watchers", "links")
_KINDS = {
    "created": "created-at",
    "snoozed_until": "snoozed",
    "merged_into": "merged",
    "tags": "tag",
    "watchers": "watcher",
    "links": "link",
}
_ITEM = pattern(r'(?s) *+(?:"((?:[^"\\]|\\.)*+)"|([^,"]+))')
_ESCAPE = pattern(r"(?s)\\(.)")
_MESSAGE_PARTS = ("at", "kind", "author", "meta", "body")

KINDS = (
    "created", "deleted", "restored", "boundary", "moved", "unreadable", "mended",
    "id", "title", "requester", "channel", "created-at", "source", "status", "snoozed",
    "priority", "type", "group", "assignee", "merged", "unmerged", "tag", "watcher", "link", "field",
    "description", "message", "message-changed", "message-removed", "message-moved", "attachment", "config",
)  # fmt: skip


class Event(Value):
    """One thing that changed; `before` and `after` are its texts, "" where there was none.

    `field` says which one where the kind does not: the key of a field, the kind of a message, the name of an
    attachment, the changed part of a message. `index` is the place in the newer list, `was` the one in the
    older, both from 0. `message` is the message as it reads afterwards, or the one removed. `initial` marks
    what a ticket already had when it was created.
    """

    ticket_id: str
    kind: str
    field: str = ""
    before: str = ""
    after: str = ""
    index: int | None = None
    was: int | None = None
    message: Message | None = None
    initial: bool = False


def events(before: Ticket | None, after: Ticket | None, *, brief: bool = False) -> tuple[Event, ...]:
    """Returns every difference between two versions of a ticket; none if and only if they are equal.

    `brief` leaves out what a new ticket has from the start, except its messages: the ticket itself says it.
    """
    if before is None:
        return () if after is None else tuple(_creation(after, brief))
    if after is None:
        return (Event(ticket_id=before.id, kind="deleted", before=before.title),)
    return tuple(_differences(before, after))


def _creation(ticket: Ticket, brief: bool) -> Iterator[Event]:
    yield Event(ticket_id=ticket.id, kind="created", after=ticket.title)
    if brief:
        yield from _message_events(ticket.id, (), ticket.messages, True)
        return
    at = timestamp(ticket.created)
    yield Event(ticket_id=ticket.id, kind="created-at", after=at, initial=True)
    blank = Ticket(id=ticket.id, title=ticket.title, created=ticket.created, status="")
    yield from _differences(blank, ticket, initial=True)


def value_text(value: FieldValue | None) -> str:
    """Returns a field's value as one text, "" for an absent one; different values have different texts."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _quoted(value) if not value or value[0] in '["' else value
    return "[" + ", ".join(_item(item) for item in value) + "]"


def parse_value_text(text: str) -> FieldValue | None:
    """Returns the value that `value_text` gave this text for; None for an absent one."""
    if not text:
        return None
    if text[0] == '"':
        return _unquoted(text[1:-1])
    if text[0] != "[":
        return text
    return tuple(
        _unquoted(found[1]) if found[2] is None else found[2].strip()
        for found in _ITEM.finditer(text[1:-1])
        if found[2] is None or found[2].strip()
    )


def _unquoted(text: str) -> str:
    return _ESCAPE.sub(r"\1", text) if "\\" in text else text


def _item(text: str) -> str:
    plain = text and text == text.strip() and not any(mark in text for mark in ',[]"\\')
    return text if plain else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _differences(before: Ticket, after: Ticket, *, initial: bool = False) -> Iterator[Event]:
    olds, news = _parts(before), _parts(after)
    if olds != news:
        for part, old, new in zip(PARTS, olds, news, strict=True):
            if old != new:
                yield from part_events(after.id, part, old, new, initial=initial)


def part_events(
    ticket_id: str, part: str, before: Any, after: Any, *, initial: bool = False
) -> Iterator[Event]:
    """Yields the events of one part of a ticket (a name of PARTS) that differs."""
    kind = _KINDS.get(part, part)
    if part in _LISTS:
        yield from _list_events(ticket_id, kind, before, after, initial)
    elif part == "fields":
        yield from _field_events(ticket_id, before, after, initial)
    elif part == "messages":
        yield from _message_events(ticket_id, before, after, initial)
    else:
        if part == "merged_into" and not after:
            kind = "unmerged"
        yield Event(ticket_id=ticket_id, kind=kind, before=_text(before), after=_text(after), initial=initial)


def _text(value: object) -> str:
    if value is None:
        return ""
    return timestamp(value) if isinstance(value, datetime) else str(value)


def _list_events(
    ticket_id: str, kind: str, before: tuple[object, ...], after: tuple[object, ...], initial: bool
) -> Iterator[Event]:
    """Yields one event an entry that went, came or changed its place."""
    from gitdesk.domain.event_sequence import align

    found = align(before, after)
    for i in found.removed:
        yield Event(ticket_id=ticket_id, kind=kind, before=str(before[i]), was=i, initial=initial)
    for j in found.added:
        yield Event(ticket_id=ticket_id, kind=kind, after=str(after[j]), index=j, initial=initial)
    for i, j in found.moved:
        text = str(after[j])
        yield Event(ticket_id=ticket_id, kind=kind, before=text, after=text, was=i, index=j, initial=initial)


def _field_events(ticket_id: str, old: _Fields, new: _Fields, initial: bool) -> Iterator[Event]:
    if len(old) == len(new) and all(one[0] == other[0] for one, other in zip(old, new, strict=True)):
        for place, (one, other) in enumerate(zip(old, new, strict=True)):
            if one is not other and one[1] != other[1]:
                yield Event(
                    ticket_id=ticket_id,
                    kind="field",
                    field=one[0],
                    before=value_text(one[1]),
                    after=value_text(other[1]),
                    was=place,
                    index=place,
                    initial=initial,
                )
        return
    from gitdesk.domain.event_sequence import align

    found = align(tuple(key for key, _ in old), tuple(key for key, _ in new))

    def told(i: int | None, j: int | None) -> Event:
        key = new[j][0] if j is not None else old[i or 0][0]
        return Event(
            ticket_id=ticket_id,
            kind="field",
            field=key,
            before="" if i is None else value_text(old[i][1]),
            after="" if j is None else value_text(new[j][1]),
            was=i,
            index=j,
            initial=initial,
        )

    yield from (told(i, None) for i in found.removed)
    yield from (told(None, j) for j in found.added)
    yield from (told(i, j) for i, j in found.moved)
    yield from (told(i, j) for i, j in found.kept(len(old), len(new)) if old[i][1] != new[j][1])


def _message_events(
    ticket_id: str, before: tuple[Message, ...], after: tuple[Message, ...], initial: bool
) -> Iterator[Event]:
    if after[: len(before)] == before:  # the rule: messages are only ever added
        for place in range(len(before), len(after)):
            yield _message_event(ticket_id, after[place], place, initial)
        return
    from gitdesk.domain.event_sequence import align

    found = align(before, after)
    changed = _pair_changed(before, after, found)
    gone = {i for i, _ in changed}
    come = {j for _, j in changed}
    for i in found.removed:
        if i not in gone:
            old = before[i]
            yield Event(
                ticket_id=ticket_id,
                kind="message-removed",
                field=old.kind,
                before=old.body,
                was=i,
                message=old,
            )
    for i, j in changed:
        yield from _part_events(ticket_id, before[i], after[j], i, j)
    for i, j in found.moved:
        new = after[j]
        yield Event(ticket_id=ticket_id, kind="message-moved", field=new.kind, was=i, index=j, message=new)
    for j in found.added:
        if j not in come:
            yield _message_event(ticket_id, after[j], j, initial)


def _message_event(ticket_id: str, message: Message, place: int, initial: bool) -> Event:
    return Event(
        ticket_id=ticket_id,
        kind="message",
        field=message.kind,
        after=message.body,
        index=place,
        message=message,
        initial=initial,
    )


def _pair_changed(
    before: tuple[Message, ...], after: tuple[Message, ...], found: Alignment
) -> list[tuple[int, int]]:
    """Returns which removed and added messages are one message with another text, author, kind or time."""
    pairs: list[tuple[int, int]] = []
    removed, added = list(found.removed), list(found.added)
    for same in (_written, _said):
        waiting: dict[object, list[int]] = {}
        for j in reversed(added):
            waiting.setdefault(same(after[j]), []).append(j)
        left: list[int] = []
        for i in removed:
            candidates = waiting.get(same(before[i]))
            if candidates:
                pairs.append((i, candidates.pop()))
            else:
                left.append(i)
        removed = left
        added = sorted(j for candidates in waiting.values() for j in candidates)
    return sorted(pairs)


def _written(message: Message) -> object:
    return message.at, message.kind, message.author


def _said(message: Message) -> object:
    return message.body or message  # an empty body says nothing about which message it is


def _part_events(ticket_id: str, old: Message, new: Message, was: int, index: int) -> Iterator[Event]:
    for part in _MESSAGE_PARTS:
        before, after = getattr(old, part), getattr(new, part)
        if before != after:
            if part == "meta":
                before, after = _meta_text(before), _meta_text(after)
            yield Event(
                ticket_id=ticket_id,
                kind="message-changed",
                field=part,
                before=_text(before),
                after=_text(after),
                was=was,
                index=index,
                message=new,
            )


def _meta_text(meta: tuple[tuple[str, str], ...]) -> str:
    return "; ".join(f"{key}: {value}" for key, value in meta)
