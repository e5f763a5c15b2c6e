"""Versions of a ticket file: an older one is read by what differs from the next, without parsing it all again."""

from __future__ import annotations

from gitdesk.domain.document import Document
from gitdesk.domain.format import parse_body
from gitdesk.lazy import pattern
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gitdesk.domain.ticket import Message

_WORD = pattern(rb"(status|priority|type|group|assignee):(?: ([a-z][a-z0-9_-]*))?")
_TAGS = pattern(rb"tags:((?:\n  - [a-z][a-z0-9_-]*)*)")
# Words that mean something to YAML.
_WORDS_OF_YAML = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_QUOTED = pattern(rb"(?:: |- )[ ]*'")


class Version:
    """One version of a ticket file: a parsed document, or a later one's with some parts as they were before."""

    __slots__ = ("_base", "_document", "_parts", "data")

    def __init__(self, base: Document, data: bytes, parts: Mapping[str, Any]) -> None:
        self._base, self.data, self._parts = base, data, parts
        self._document = None if parts or data is not base.data else base

    @property
    def document(self) -> Document:
        """Returns it as parsing would."""
        if self._document is None:
            base = self._base
            assert base.ticket is not None
            ticket = replace(base.ticket, **self._parts)
            self._document = Document(path=base.path, data=self.data, ticket=ticket)
        return self._document

    @property
    def readable(self) -> bool:
        """Tells whether there is a ticket in it."""
        return self._base.ticket is not None

    def part(self, name: str) -> Any:
        """Returns a part of the ticket."""
        return self._parts[name] if name in self._parts else getattr(self._base.ticket, name)

    def before(self, data: bytes) -> tuple[Version, Mapping[str, Any]] | None:
        """Returns an older version and its parts that differ; None when it must be parsed.

        That is so when more differs than plain keys and last messages, or when there is any doubt about it.
        """
        if self._base.ticket is None:
            return None
        newer, older = _split(self.data), _split(data)
        if newer is None or older is None:
            return None
        parts: dict[str, Any] = {}
        if newer[0] != older[0] and not _read_words(self, newer[0], older[0], parts):
            return None
        if newer[1] != older[1]:
            messages = _without_last(self.part("messages"), newer[1], older[1])
            if messages is None:
                return None
            parts["messages"] = messages
        return Version(self._base, data, {**self._parts, **parts}), parts


def _split(data: bytes) -> tuple[bytes, bytes] | None:
    """Returns header and body of a file in which no doubt is possible about where the header ends."""
    if not data.startswith(b"---\n") or b"\r" in data:
        return None
    end = data.find(b"\n---", 3)
    if end < 0 or data[end + 4 : end + 5] != b"\n" or b"\n..." in data[:end]:
        return None
    return data[4:end], data[end + 5 :]


def _without_last(messages: tuple[Message, ...], newer: bytes, before: bytes) -> tuple[Message, ...] | None:
    """Returns the messages of the older body if the newer one is the same with more messages at its end."""
    start = before.rstrip(b"\n")
    more = newer[len(start) :]
    if not newer.startswith(start) or (start and not more.startswith(b"\n")):
        return None
    if not more.lstrip(b"\n").startswith(b"### "):
        return None
    description, added = parse_body(more.decode("utf-8"))
    count = len(added)
    if description or not count or messages[-count:] != added:
        return None
    return messages[:-count]


def _read_words(known: Version, newer: bytes, before: bytes, parts: dict[str, Any]) -> bool:
    """Reads the parts that differ; False unless they are plain and stand between blank lines in both headers."""
    if _may_be_long(newer) or _may_be_long(before):
        return False
    blocks, others = newer.split(b"\n\n"), before.split(b"\n\n")
    if len(blocks) != len(others):
        return False
    for block, other in zip(blocks, others, strict=True):
        if not b"a" <= block[:1] <= b"z":
            return False  # no key: the value above may go on here
        if block != other:
            now, then = _value(block), _value(other)
            # What the known version has there must be what was read from it: then it is what it looks like.
            if now is None or then is None or now[0] != then[0] or known.part(now[0]) != now[1]:
                return False
            parts[then[0]] = then[1]
    return True


def _may_be_long(header: bytes) -> bool:
    """Tells whether a header may hold a value that is longer than its line and looks like other keys."""
    return (
        b'"' in header
        or b"[" in header
        or b"{" in header
        or b"\\" in header
        or (b"'" in header and _QUOTED.search(header) is not None)
    )


def _value(block: bytes) -> tuple[str, str | tuple[str, ...]] | None:
    found = _WORD.fullmatch(block)
    if found is not None:
        key, value = found[1].decode("ascii"), (found[2] or b"").decode("ascii")
        # Without a status a ticket cannot be read at all.
        return None if value in _WORDS_OF_YAML or (key == "status" and not value) else (key, value)
    found = _TAGS.fullmatch(block)
    if found is None:
        return None
    tags = tuple(found[1].decode("ascii").replace("\n  - ", " ").split())
    unsure = len(set(tags)) < len(tags) or not _WORDS_OF_YAML.isdisjoint(tags)
    return None if unsure else ("tags", tags)
