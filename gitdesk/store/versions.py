"""Renders the versions of one ticket one after the other: what did not change since the last is not made again."""

from __future__ import annotations

from functools import lru_cache
from operator import attrgetter

from gitdesk.domain import format as grammar
from gitdesk.domain.ticket import HEADER_KEYS
from gitdesk.errors import Refused
from gitdesk.store import codec, fresh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.domain.ticket import FieldValue, Message, Ticket


_parts = attrgetter(*HEADER_KEYS)


class Versions:
    """The fresh file of each version of a ticket: the same bytes that `codec.render` gives."""

    __slots__ = ("_blocks", "_body", "_description", "_head", "_messages", "_values")

    def __init__(self) -> None:
        self._values: tuple[object, ...] = ()
        self._blocks: list[str] = []
        self._head = ""
        self._description: str | None = None
        self._messages: tuple[Message, ...] = ()
        self._body: list[str] = []

    def render(self, ticket: Ticket) -> bytes:
        """Returns a version's file; raises Refused for what no ticket file can hold, or one over the limits."""
        values = _parts(ticket)
        if values != self._values:
            self._head = self._header(values)
            if len(self._head) * 4 > grammar.MAX_HEADER and len(self._head.encode()) > grammar.MAX_HEADER:
                raise Refused(f"the header has more than {grammar.MAX_HEADER:,} bytes")
        messages, known = ticket.messages, len(self._messages)
        if ticket.description != self._description or not _begins_with(messages, self._messages):
            self._description, known = ticket.description, 0
            text = grammar.escape(grammar.normal_text(ticket.description))
            self._body = [text] if text else []
        if len(messages) > known:
            self._body += [grammar.render_message(message) for message in messages[known:]]
        self._messages = messages
        body = "\n\n".join(self._body)
        data = codec.encode(f"{self._head}\n{body}\n" if body else self._head, grammar.path_of(ticket.id))
        if len(data) > grammar.MAX_FILE:
            raise Refused(f"the ticket has more than {grammar.MAX_FILE:,} bytes")
        return data

    def _header(self, values: tuple[object, ...]) -> str:
        """Returns the header; the blocks of what did not change are those of the version before."""
        if self._values:
            for place, (old, new) in enumerate(zip(self._values, values, strict=True)):
                if old is not new and old != new:
                    self._blocks[place] = _block(HEADER_KEYS[place], new)
        else:
            self._blocks = list(map(_block, HEADER_KEYS, values))
        self._values = values
        return f"---\n{''.join(self._blocks)}---\n"


def _begins_with(messages: tuple[Message, ...], before: tuple[Message, ...]) -> bool:
    return messages is before or messages[: len(before)] == before


def _block(key: str, value: object) -> str:
    """Returns the text of one key with the blank line before it, "" for one that is not written."""
    if not value and key not in fresh.ALWAYS:
        return ""
    if key == "fields":
        own: Any = value
        block = "".join([_field(name, one) for name, one in sorted(dict(own).items())])
        block = f"fields:\n{block}" if block else ""
    else:
        block = _usual(key, value)
    return f"\n{block}" if block and key not in fresh.STABLE else block


@lru_cache(maxsize=20_000)
def _usual(key: str, value: object) -> str:
    """Returns the lines of one key; a desk has few statuses and many tickets."""
    shown = fresh.shown(key, value)
    return "\n".join(fresh.key_lines(key, shown)) + "\n" if shown or key in fresh.ALWAYS else ""


@lru_cache(maxsize=20_000)
def _field(name: str, value: FieldValue) -> str:
    """Returns the lines of one of a ticket's own fields, "" for an unset one."""
    kept: Any = fresh.shown("fields", ((name, value),))
    return "".join(f"  {line}\n" for name, one in kept for line in fresh.key_lines(name, one))
