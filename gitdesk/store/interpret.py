"""Turns the entries of a header and the text below it into a Ticket, and says what is wrong with them."""

from __future__ import annotations

from gitdesk.domain import format as grammar
from gitdesk.domain import near
from gitdesk.domain.ticket import HEADER_KEYS, REQUIRED_KEYS, Link, Ticket, TicketId, timestamp
from gitdesk.domain.violation import ERROR, WARN, Violation
from gitdesk.store.scan import Entry, Group, Token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from gitdesk.domain.ticket import FieldValue, Message
    from gitdesk.store.source import Source

_KNOWN = frozenset(HEADER_KEYS)
LISTS = frozenset(("tags", "watchers", "links"))
TIMES = frozenset(("created", "snoozed_until"))
_TIME_HINT = "write it in UTC, like 2026-11-22T09:14:03Z"
# Without these being right there is no ticket to speak of.
_FATAL = frozenset(("F021", "F023", "F025"))
_NEAR_STARTS = 20  # of a body pointed out: more say nothing new


class Reading:
    """One file being read: collects values and problems."""

    __slots__ = ("_hints", "fatal", "path", "problems", "source")

    def __init__(self, source: Source, path: str) -> None:
        self.source, self.path = source, path
        self.problems: list[Violation] = []
        self.fatal = False
        self._hints = near.Hints()

    def ticket(self, entries: Iterable[Any]) -> Ticket | None:
        """Returns the ticket, None when it cannot be read; what is wrong is in `problems`."""
        values: dict[str, Any] = {}
        for entry in entries:
            key, value = entry.key, entry.value
            if key not in _KNOWN:
                self._unknown(entry)
            elif type(value) is Token:
                if key == "fields":
                    if value.value:
                        self._shape(entry, "names and values, one a line")
                elif key in LISTS:
                    if value.value:
                        values[key] = self._items(key, (value,))
                elif text := value.value:
                    if key == "title" or not text.isprintable() or text.isspace():
                        text = self._text(key, value)
                    if text:
                        values[key] = self._time(key, text, value) if key in TIMES else text
            elif key == "fields":
                values[key] = self._fields(entry)
            elif key in LISTS and not value.is_map:
                values[key] = self._items(key, value.items)
            else:
                self._shape(entry, "a list" if key in LISTS else "one text")
        self._required(values)
        body = self.source.text[self.source.body :]
        description, messages = grammar.parse_body(body)
        self._body(body, messages)
        if self.fatal:
            return None
        self._identity(values)
        if self.fatal:
            return None
        return Ticket(description=description, messages=messages, **values)

    # ---- header

    def _text(self, key: str, token: Token) -> str:
        text = token.value
        if text[-1:] == "\n":  # what a literal or folded text ends with
            text = text.rstrip("\n")
        if not text.isprintable():
            control = grammar.find_control(text)
            if control is not None:
                code = ord(control)
                message = f'"{key}" contains the control character U+{code:04X}'
                self._add("F027", message, token.start, subject=f"{key} U+{code:04X}")
        if len(text) > grammar.MAX_TITLE and key == "title":
            message = f"the title has {len(text):,} characters, {grammar.MAX_TITLE} are allowed"
            hint = "put the rest into the description"
            self._add("F028", message, token.start, subject="title", hint=hint)
        return "" if text.isspace() else text

    def _time(self, key: str, text: str, token: Token) -> datetime | None:
        moment = grammar.parse_time(text)
        if moment is None:
            message = f'"{key}" is not a time: "{grammar.shown(text)}"'
            self._add("F023", message, token.start, subject=key, hint=_TIME_HINT)
        elif len(text) != 20 or text[10] != "T" or text[19] != "Z":
            message = f'"{key}" is not written in UTC to the second: "{text}"'
            hint = f"write {timestamp(moment)}"
            self._add("F024", message, token.start, subject=key, hint=hint, severity=WARN)
        return moment

    def _items(self, key: str, items: Iterable[object]) -> tuple[Any, ...]:
        found: dict[str, Any] = {}
        for item in items:
            if not isinstance(item, Token):
                offset = item.start if isinstance(item, Group | Entry) else 0
                self._add("F022", f'an item of "{key}" is not one text', offset, subject=key)
                continue
            text = item.value
            if not text.isprintable() or text.isspace():
                text = self._text(key, item)
            if not text:
                self._add("F030", f'"{key}" has an empty item', item.start, subject=key, severity=WARN)
                continue
            value = self._link(text, item) if key == "links" else text
            if value is None:
                continue
            if text in found:
                message = f'"{grammar.shown(text)}" stands twice in "{key}"'
                self._add("F030", message, item.start, subject=f"{key} {text}", severity=WARN)
            found[text] = value
        return tuple(found.values())

    def _link(self, text: str, token: Token) -> Link | None:
        kind, _, target = text.partition(" ")
        found = grammar.parse_id(target)
        if found is not None and grammar.LINK_KIND.fullmatch(kind):
            return Link(kind=kind, target=found)
        hint = "write a kind and a full id, like: duplicates GD-4F7K2M9T"
        self._add("F029", f'not a link: "{grammar.shown(text)}"', token.start, subject=text, hint=hint)
        return None

    def _fields(self, entry: Entry) -> tuple[tuple[str, FieldValue], ...]:
        group = entry.value
        if not isinstance(group, Group) or not group.is_map:
            self._shape(entry, "names and values, one a line")
            return ()
        fields: list[tuple[str, FieldValue]] = []
        for item in group.items:
            if not isinstance(item, Entry):
                continue
            value: FieldValue = ()
            if isinstance(item.value, Token):
                value = self._text(f"fields.{item.key}", item.value)
            elif item.value.is_map:
                self._shape(item, "one text or a list", "fields.")
            else:
                value = self._items(f"fields.{item.key}", item.value.items)
            if value:
                fields.append((item.key, value))
        return tuple(fields)

    def _required(self, values: dict[str, Any]) -> None:
        for key in REQUIRED_KEYS:
            if key not in values:
                self._add("F021", f'"{key}" is missing', self.source.begin, subject=key)

    def _identity(self, values: dict[str, Any]) -> None:
        given = values["id"]
        if grammar.parse_id(given) is None:
            hint = "an id is a prefix and eight letters or digits, like GD-7K3QX4M2"
            message = f'"{grammar.shown(given)}" is not a ticket id'
            self._add("F025", message, self.source.begin, subject="id", hint=hint)
            return
        merged = values.get("merged_into", "")
        if merged and grammar.parse_id(merged) is None:
            message = f'"merged_into" is not a ticket id: "{grammar.shown(merged)}"'
            self._add("F029", message, self.source.begin, subject="merged_into")
        if self.path != grammar.path_of(given):
            hint = f"{given} belongs at {grammar.path_of(given)}"
            message = f'the id "{given}" does not belong to this path'
            self._add("F026", message, self.source.begin, subject="id", hint=hint)
        values["id"] = TicketId(given)

    def _unknown(self, entry: Entry) -> None:
        meant = self._hints.closest(entry.key, HEADER_KEYS)
        hint = f'did you mean "{meant}"?' if meant else "a desk's own keys go under fields:"
        key = grammar.shown(entry.key)
        self._add("F020", f'unknown key "{key}"', entry.start, subject=entry.key, hint=hint)

    def _shape(self, entry: Entry, wanted: str, within: str = "") -> None:
        self._add(
            "F022", f'"{within}{entry.key}" must be {wanted}', entry.value.start, subject=within + entry.key
        )

    # ---- body

    def _body(self, body: str, messages: tuple[Message, ...]) -> None:
        for offset in grammar.near_starts(body, len(messages))[:_NEAR_STARTS]:
            hint = "a message begins: ### 2026-11-22T10:15:00Z · reply · Name <address>; a backslash makes it text"
            at = self.source.body + offset
            text = body[offset : body.find("\n", offset) if "\n" in body[offset:] else len(body)]
            message = f'reads almost like the start of a message: "{grammar.shown(text)}"'
            self._add("F031", message, at, subject=text, hint=hint, severity=WARN)
        bad = [
            index
            for index, message in enumerate(messages)
            if not message.author.isprintable() and grammar.find_control(message.author) is not None
        ]
        if bad:
            starts = grammar.message_starts(body)
            for index in bad:
                at = self.source.body + starts[index]
                self._add(
                    "F032", "the author of a message contains a control character", at, subject=str(index)
                )

    def _add(
        self,
        code: str,
        message: str,
        offset: int,
        *,
        subject: str,
        hint: str | None = None,
        severity: str = ERROR,
    ) -> None:
        line, column = self.source.place(offset)
        self.problems.append(
            Violation(
                code=code, message=message, path=self.path, line=line, column=column,
                severity=severity, hint=hint, subject=subject,
            )
        )  # fmt: skip
        self.fatal = self.fatal or code in _FATAL
