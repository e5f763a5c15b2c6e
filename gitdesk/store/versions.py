"""Renders the versions of one ticket one after the other: what did not change since the last is not made again."""

from __future__ import annotations

from functools import lru_cache

from gitdesk.domain import format as grammar
from gitdesk.domain.ticket import HEADER_KEYS
from gitdesk.errors import Refused
from gitdesk.store import codec, fresh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.ticket import Message, Ticket


class Versions:
    """The fresh file of each version of a ticket: the same bytes that `codec.render` gives."""

    __slots__ = ("_body", "_description", "_head", "_header_of", "_messages")

    def __init__(self) -> None:
        self._header_of: Ticket | None = None
        self._head = ""
        self._description: str | None = None
        self._messages: tuple[Message, ...] = ()
        self._body: list[str] = []

    def render(self, ticket: Ticket) -> bytes:
        """Returns a version's file; raises Refused for what no ticket file can hold, or one over the limits."""
        if self._is_another_header(ticket):
            self._head = _header(ticket)
            if len(self._head) * 4 > grammar.MAX_HEADER and len(self._head.encode()) > grammar.MAX_HEADER:
                raise Refused(f"the header has more than {grammar.MAX_HEADER:,} bytes")
        self._header_of = ticket
        known = len(self._messages)
        if ticket.description != self._description or ticket.messages[:known] != self._messages:
            self._description, known = ticket.description, 0
            text = grammar.escape(grammar.normal_text(ticket.description))
            self._body = [text] if text else []
        self._body += [grammar.render_message(message) for message in ticket.messages[known:]]
        self._messages = ticket.messages
        body = "\n\n".join(self._body)
        data = codec.encode(f"{self._head}\n{body}\n" if body else self._head, grammar.path_of(ticket.id))
        if len(data) > grammar.MAX_FILE:
            raise Refused(f"the ticket has more than {grammar.MAX_FILE:,} bytes")
        return data

    def _is_another_header(self, ticket: Ticket) -> bool:
        before = self._header_of
        return before is None or any(getattr(before, key) != getattr(ticket, key) for key in HEADER_KEYS)


def _header(ticket: Ticket) -> str:
    lines: list[str] = ["---"]
    for key in HEADER_KEYS:
        value = getattr(ticket, key)
        if value or key in fresh.ALWAYS:
            block = _block(key, value)
            if block:
                if len(lines) > 1 and key not in fresh.STABLE:
                    lines.append("")
                lines += block
    return "\n".join([*lines, "---", ""])


@lru_cache(maxsize=20_000)
def _block(key: str, value: object) -> list[str]:
    """Returns the lines of one key; a desk has few statuses and many tickets."""
    shown = fresh.shown(key, value)
    return fresh.key_lines(key, shown) if shown or key in fresh.ALWAYS else []
