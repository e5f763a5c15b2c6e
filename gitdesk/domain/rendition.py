"""A ticket of a source in the words of the desk: names translated, texts made fit, the unknown left unknown."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk.domain import format as grammar
from gitdesk.domain.edit import LINK_KINDS
from gitdesk.domain.exchange import LISTS, SCALARS, UNKNOWN, Delta
from gitdesk.domain.import_map import one_line
from gitdesk.domain.ticket import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Protocol

    from gitdesk.domain.config import Config
    from gitdesk.domain.exchange import Attached, Record, Step
    from gitdesk.domain.import_map import Names
    from gitdesk.domain.ticket import FieldValue, Ticket, TicketId

    class Surroundings(Protocol):
        """What replaying asks for beside the ticket itself."""

        names: Names
        config: Config

        def ticket_id(self, key: str) -> TicketId:
            """Returns the id of the ticket that a source calls so."""

        def keep(self, name: str, found: Attached | None, text: str = "") -> str:
            """Keeps a file with the version that is being made; returns its name, "" when it can only be named."""

        def count(self, what: str, number: int = 1) -> None:
            """Counts something for the report."""

        def unread(self, name: str, example: str) -> None:
            """Counts something of the source that has no place on the desk."""


LONGEST_TEXT = (
    200_000  # characters of a message or a description; what is longer becomes a file beside the ticket
)
_EXCERPT = 2_000
_USUAL = frozenset(("status", "priority", "type", "group", "assignee", "channel", "requester"))
_SHORT, _MOST_USUAL = 100, 20_000  # characters of a value, and values, whose translation is kept
_ONE_VALUE = tuple(key for key in SCALARS if key not in ("title", "description", "created"))
_CLEARED = str.maketrans({0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")})


class State:
    """What a ticket is at one moment, in the words of the desk; UNKNOWN is what nobody said."""

    __slots__ = ("fields", "parts")

    def __init__(self, parts: dict[str, Any], fields: dict[str, Any]) -> None:
        self.parts, self.fields = parts, fields

    def take(self, key: str, value: Any) -> None:
        if key.startswith("fields."):
            self.fields[key[7:]] = value
        else:
            self.parts[key] = value

    def get(self, key: str) -> Any:
        return (
            self.fields.get(key[7:], UNKNOWN) if key.startswith("fields.") else self.parts.get(key, UNKNOWN)
        )


class Rendition:
    """One ticket of a source in the words of the desk."""

    def __init__(self, record: Record, around: Surroundings) -> None:
        self._record, self._around, self._names = record, around, around.names
        self._long = 0

    def now(self) -> State:
        """Returns what the source says now; of that, what an event tells is not counted once more."""
        record, names = self._record, self._names
        told, items = self._told()
        parts: dict[str, Any] = {}
        for key in _ONE_VALUE:
            if key in record.facts:
                value = record.facts[key]
                names.weight = 0 if key in told and told[key] in (value, str(value)) else 1
                parts[key] = self.value(key, value)
        for key in LISTS:
            if key in record.facts:
                names.weight = 0 if key in items else 1
                parts[key] = self.value(key, record.facts[key])
                names.weight = 1
                if key in items:  # only for the count
                    self.value(key, tuple(each for each in record.facts[key] if str(each) not in items[key]))
        parts["title"], parts["created"] = record.title, record.created
        parts["description"] = str(record.facts.get("description") or "")
        fields = {}
        for name, value in record.fields.items():
            names.weight = 0 if told.get(f"fields.{name}", UNKNOWN) == value else 1
            target, found = names.field(name, self._field(value))
            if target:
                fields[target] = found
        names.weight = 1
        return State(parts, fields)

    def _told(self) -> tuple[dict[str, Any], dict[str, set[str]]]:
        """Returns what the events make of each value in the end, and what they tell of each list."""
        told: dict[str, Any] = {}
        items: dict[str, set[str]] = {}
        for step in self._record.steps:
            for key, delta in step.changes:
                if key in LISTS:
                    known = items.setdefault(key, set())
                    for side in (delta.before, delta.after, delta.add, delta.remove):
                        if isinstance(side, tuple):
                            known.update(map(str, side))
                else:
                    told[key] = delta.after
        return told, items

    def step(self, step: Step) -> list[tuple[str, Delta]]:
        """Returns what an event changes, by the desk's keys."""
        found = []
        usual = self._names.usual
        for key, delta in step.changes:
            after = delta.after
            is_plain = after.__class__ is str and delta.before is UNKNOWN and delta.add is None
            known = usual.get((key, after)) if is_plain else None
            if known is not None:  # a log says the same again and again
                change, counted = known
                for met in counted:
                    met.count += 1
            else:
                change = self._change(key, delta)
                if is_plain and len(after) < _SHORT and (key in _USUAL or key.startswith("fields.")):
                    if len(usual) > _MOST_USUAL:
                        usual.clear()
                    if "\n" not in after:  # which is counted each time
                        usual[key, after] = change, self._names.counted(key, line(after))
            if change is not None:
                found.append(change)
        return found

    def _change(self, key: str, delta: Delta) -> tuple[str, Delta] | None:
        if key.startswith("fields."):
            target = self._names.name("fields", key[7:])
            return (f"fields.{target}", self._field_delta(target, delta)) if target else None
        if key in _ONE_VALUE or key in LISTS:
            return key, self._delta(key, delta)
        if key in ("title", "description", "created", "messages"):
            return key, delta
        self._around.count(f'changes of "{key}", kept as notes')
        return None

    def _delta(self, key: str, delta: Delta) -> Delta:
        if delta.add is not None:
            return Delta(UNKNOWN, UNKNOWN, self.value(key, delta.add), self.value(key, delta.remove))
        return Delta(self.value(key, delta.before), self.value(key, delta.after))

    def _field_delta(self, target: str, delta: Delta) -> Delta:
        def value(text: Any) -> Any:
            return text if text is UNKNOWN else self._names.field_value(target, self._field(text))

        if delta.add is not None:
            return Delta(UNKNOWN, UNKNOWN, as_items(value(delta.add)), as_items(value(delta.remove)))
        return Delta(value(delta.before), value(delta.after))

    def _field(self, value: FieldValue) -> FieldValue:
        """Returns a field's value as one line, or a list of lines."""
        found = clean_field(value)
        if found != value and any("\n" in each.strip() for each in as_items(value)):
            self._around.count("values of fields with several lines, put on one")
        return found

    def value(self, key: str, value: Any) -> Any:
        """Returns a value of the source as the desk has it."""
        if value is UNKNOWN:
            return value
        names = self._names
        match key:
            case "status" | "priority" | "type" | "group":
                kind = {"status": "statuses", "priority": "priorities"}.get(key, f"{key}s")
                return names.name(kind, line(value))
            case "tags":
                return tuple(sorted({tag for each in value if (tag := names.name("tags", line(each)))}))
            case "assignee":
                return names.agent(line(value))
            case "watchers":
                return tuple(sorted({one for each in value if (one := names.agent(line(each)))}))
            case "links":
                return tuple(sorted({link for each in value if (link := self._link(each))}, key=str))
            case "merged_into":
                return self._around.ticket_id(line(value)) if value else ""
            case "requester":
                return self.party(value or "")
            case "snoozed_until":
                return second(value) if value else None
        return line(value)

    def _link(self, value: Any) -> Link | None:
        if isinstance(value, dict):
            kind, target = (
                str(value.get("kind") or "relates"),
                str(value.get("to") or value.get("target") or ""),
            )
        else:
            kind, _, target = str(value).rpartition(" ")
        if not target:
            return None
        name = self._names.link(kind or "relates", LINK_KINDS)
        return Link(kind=name, target=self._around.ticket_id(target)) if name else None

    def party(self, text: str) -> str:
        plain = one_line(clean(str(text)))
        if len(plain) > grammar.MAX_TITLE:
            self._around.unread("requester of more than 500 characters", plain[:60])
            plain = plain[: grammar.MAX_TITLE]
        return plain

    def title(self, text: str) -> tuple[str, str]:
        """Returns a title the desk can have, and the whole one when something of it had to go."""
        title = line(text)
        if not any(char.isprintable() and not char.isspace() for char in title):
            self._around.count("titles that were blank")
            return "(no title)", ""
        if len(title) > grammar.MAX_TITLE:
            self._around.count("titles cut to 500 characters, kept whole in the description")
            return title[: grammar.MAX_TITLE - 1].rstrip() + "…", title
        return title, ""

    def long_text(self, text: str, what: str) -> str:
        """Returns a text as a ticket holds it; a very long one becomes a file, and an excerpt stays."""
        plain = grammar.normal_text(clean(text))
        if plain != text and ("\0" in text or plain.count("\ufffd") > text.count("\ufffd")):
            self._around.count("texts with a NUL or half a character, which became U+FFFD")
        if len(plain) <= LONGEST_TEXT:
            return plain
        self._long += 1
        name = self._around.keep(f"{what}-{self._long}.txt", None, plain)
        self._around.count("texts too long for a ticket, kept as files")
        return f"{plain[:_EXCERPT].rstrip()}…\n\n(the whole text: {name})"


def fields_of(own: Mapping[str, Any]) -> tuple[tuple[str, FieldValue], ...]:
    return tuple(sorted((name, value) for name, value in own.items() if value and value is not UNKNOWN))


def as_items(value: Any) -> tuple[str, ...]:
    """Returns a field's value as a list of values."""
    return ((value,) if value else ()) if isinstance(value, str) else tuple(value or ())


def second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)


def clean(text: str) -> str:
    """Returns a text without what no file can hold: NUL and lone halves of characters."""
    if "\0" not in text:
        if text.isascii():
            return text
        try:
            text.encode()  # far quicker than to look at each character
        except UnicodeEncodeError:
            pass
        else:
            return text
    return text.translate(_CLEARED)


def line(value: Any) -> str:
    """Returns a value on one line, without control characters."""
    text = value if isinstance(value, str) else str(value if value is not None else "")
    if text.isprintable() and text == text.strip():
        return text
    text = clean(text)
    return " ".join("".join(" " if grammar.find_control(char) else char for char in text).split())


def clean_field(value: FieldValue) -> FieldValue:
    return line(value) if isinstance(value, str) else tuple(line(each) for each in value)


def before(delta: Delta, after: Any) -> Any:
    """Returns what a value was before a change, given what it was afterwards."""
    if delta.add is None:
        return delta.before
    known = () if after is UNKNOWN else as_items(after)
    kept = [each for each in known if each not in delta.add]
    return tuple(sorted((*kept, *(each for each in delta.remove if each not in kept)), key=str))


def result(delta: Delta, ticket: Ticket, key: str) -> Any:
    """Returns what a value is after a change; of a list only what came and went may be known."""
    if delta.add is None:
        return delta.after
    old = _current(ticket, key)
    kept = [each for each in old if each not in delta.remove]
    value = (*kept, *(each for each in delta.add if each not in kept))
    return tuple(sorted(value, key=str)) if list(old) == sorted(old, key=str) else value


def _current(ticket: Ticket, key: str) -> tuple[Any, ...]:
    if key.startswith("fields."):
        return as_items(dict(ticket.fields).get(key[7:], ()))
    found: tuple[Any, ...] = getattr(ticket, key)
    return found
