"""Two versions of a ticket made into one, field by field: what both sides say survives, or is told as a conflict.

For every field: what one side changed counts, what both changed alike counts, and two different changes are a conflict.
Tags, watchers, links and lists are merged as sets, messages by their times, the description as text.
"""

from __future__ import annotations

from collections import Counter

from gitdesk.domain.ticket import Ticket
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from gitdesk.domain.ticket import FieldValue, Message

    # Base, ours and theirs become one text, and whether it needs no person.
    MergeText = Callable[[str, str, str], tuple[str, bool]]

DESCRIPTION = "description"
SINGLE = (
    "id", "title", "requester", "channel", "created", "source", "status", "snoozed_until", "priority", "type",
    "group", "assignee", "merged_into",
)  # fmt: skip
SETS = ("tags", "watchers", "links")
_UNSAID = "\uffff"  # a value no ticket has


class Conflict(Value):
    """A field that both sides changed, each to something else: `status`, `fields.region`, `description`."""

    field: str
    ours: Any
    theirs: Any


class Merged(Value):
    """A ticket with everything in it that could be settled; of a conflict it has what `ours` says.

    A description in conflict is what `merge_text` made of it.
    """

    ticket: Ticket
    conflicts: tuple[Conflict, ...] = ()


def merge(base: Ticket | None, ours: Ticket, theirs: Ticket, merge_text: MergeText) -> Merged:
    """Returns what both sides made of a base, None when there was none: then a value that is unset gives way."""
    conflicts: list[Conflict] = []
    parts: dict[str, Any] = {}
    for name in SINGLE:
        parts[name] = _single(conflicts, name, *(_part(one, name) for one in (base, ours, theirs)))
    for name in SETS:
        sides = [set(getattr(one, name)) if one is not None else set() for one in (base, ours, theirs)]
        parts[name] = tuple(sorted(_sets(*sides), key=str))
    parts["fields"] = _fields(conflicts, *(_fields_of(one) for one in (base, ours, theirs)))
    parts["messages"] = merge_messages(base.messages if base else (), ours.messages, theirs.messages)
    before = base.description if base is not None else ""
    parts[DESCRIPTION] = _text(conflicts, before, ours.description, theirs.description, merge_text)
    return Merged(ticket=replace(ours, **parts), conflicts=tuple(conflicts))


def agreed(one: Ticket, other: Ticket) -> Ticket:
    """Returns a base out of two that are in conflict themselves: what both say, and of the rest what nobody can say.

    So a field that they do not agree on is one that each side of a merge has changed.
    """
    parts: dict[str, Any] = {
        name: _UNSAID for name in (*SINGLE, DESCRIPTION) if getattr(one, name) != getattr(other, name)
    }
    for name in (*SETS, "messages"):
        parts[name] = _common(getattr(one, name), getattr(other, name))
    first, second = _fields_of(one), _fields_of(other)
    parts["fields"] = tuple(
        (name, value if (value := first.get(name)) is not None and value == second.get(name) else _UNSAID)
        for name in sorted({*first, *second})
    )
    return replace(one, **parts)


def _common(some: Iterable[Any], others: Iterable[Any]) -> tuple[Any, ...]:
    left = Counter(others)
    kept = []
    for item in some:
        if left[item]:
            left[item] -= 1
            kept.append(item)
    return tuple(kept)


def merge_messages(
    base: Sequence[Message], ours: Sequence[Message], theirs: Sequence[Message]
) -> tuple[Message, ...]:
    """Returns the union of two threads: what one side took out is gone, what either added stands at its time.

    Each side's messages stay in the order they have there: a past message must not move. Beside one another those of
    both sides are in an order that does not depend on which side is which.
    """
    if ours in (theirs, base):
        return tuple(theirs)
    if theirs == base:
        return tuple(ours)
    old, mine, other = Counter(base), Counter(ours), Counter(theirs)
    left = (old & mine & other) + ((mine - old) | (other - old))  # what both added alike was added once
    one, two = _numbered(ours, left), _numbered(theirs, left)
    shared = set(one).intersection(two)
    anchors = [each for each in one if each in shared]
    if anchors != [each for each in two if each in shared]:
        return tuple(sorted(left.elements(), key=_by_time))  # they do not agree on what came first
    woven: list[Message] = []
    at = then = 0
    for anchor in (*anchors, None):
        end = one.index(anchor, at) if anchor is not None else len(one)
        stop = two.index(anchor, then) if anchor is not None else len(two)
        woven += _woven([message for message, _ in one[at:end]], [message for message, _ in two[then:stop]])
        woven += [anchor[0]] if anchor is not None else []
        at, then = end + 1, stop + 1
    return tuple(woven)


def _numbered(messages: Sequence[Message], left: Counter[Message]) -> list[tuple[Message, int]]:
    """Returns the messages of a side that are left in the end, equal ones told apart by numbers."""
    seen: Counter[Message] = Counter()
    found = []
    for message in messages:
        if seen[message] < left[message]:
            found.append((message, seen[message]))
            seen[message] += 1
    return found


def _woven(one: list[Message], two: list[Message]) -> list[Message]:
    """Returns the messages of two lists by their times, each list in its own order."""
    found: list[Message] = []
    one, two = one[::-1], two[::-1]
    while one and two:
        found.append((one if _by_time(one[-1]) <= _by_time(two[-1]) else two).pop())
    return found + one[::-1] + two[::-1]


def _by_time(message: Message) -> tuple[Any, ...]:
    return message.at, message.kind, message.author, message.body, message.meta


def _part(ticket: Ticket | None, name: str) -> Any:
    return getattr(ticket, name) if ticket is not None else None


def _single(conflicts: list[Conflict], name: str, base: Any, ours: Any, theirs: Any) -> Any:
    """Returns what a single value becomes; without a base, or with an unset one, a side that sets nothing gives way."""
    if ours == theirs or theirs == base:
        return ours
    if ours == base:
        return theirs
    if base is None and not (ours and theirs):
        return ours or theirs
    conflicts.append(Conflict(field=name, ours=ours, theirs=theirs))
    return ours


def _sets(base: set[Any], ours: set[Any], theirs: set[Any]) -> set[Any]:
    return (base & ours & theirs) | (ours - base) | (theirs - base)


def _fields_of(ticket: Ticket | None) -> dict[str, FieldValue]:
    return dict(ticket.fields) if ticket is not None else {}


def _fields(
    conflicts: list[Conflict],
    base: dict[str, FieldValue],
    ours: dict[str, FieldValue],
    theirs: dict[str, FieldValue],
) -> tuple[tuple[str, FieldValue], ...]:
    merged: dict[str, FieldValue] = {}
    for name in sorted({*ours, *theirs}):
        sides = (base.get(name), ours.get(name), theirs.get(name))
        value: Any
        if all(isinstance(side, tuple) for side in sides if side is not None):
            value = tuple(sorted(_sets(*(set(side or ()) for side in sides))))
        else:
            value = _single(conflicts, f"fields.{name}", *sides)
        if value:
            merged[name] = value
    return tuple(merged.items())


def _text(conflicts: list[Conflict], base: str, ours: str, theirs: str, merge_text: MergeText) -> str:
    if ours in (theirs, base):
        return theirs
    if theirs == base:
        return ours
    if not base and not (ours and theirs):
        return ours or theirs
    text, is_clean = merge_text(base, ours, theirs)
    if not is_clean:
        conflicts.append(Conflict(field=DESCRIPTION, ours=ours, theirs=theirs))
    return text


def told(conflicts: Iterable[Conflict]) -> str:
    """Returns in words what two sides do not agree on: `status: "resolved" or "waiting"`."""
    parts = []
    for one in conflicts:
        if one.field == DESCRIPTION:
            parts.append("description: changed in the same lines")
        else:
            parts.append(f"{one.field}: {told_value(one.ours)} or {told_value(one.theirs)}")
    return "; ".join(parts)


def told_value(value: Any) -> str:
    """Returns a value of a field as people read it: in quotes, or "none"."""
    from gitdesk.domain.ticket import timestamp

    if value is None or value == "":
        return "none"
    if isinstance(value, tuple):
        return '"' + ", ".join(map(str, value)) + '"'
    return f'"{value if isinstance(value, str) else timestamp(value)}"'
