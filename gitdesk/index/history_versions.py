"""Versions of a ticket file: an older one is read by what differs from the next, without parsing it all again."""

from __future__ import annotations

from gitdesk.domain.document import Document
from gitdesk.lazy import pattern
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# The parts of a ticket that are read so.
STEPS = frozenset({"status", "priority", "type", "group", "assignee", "tags", "messages"})
_WORD = pattern(rb"(status|priority|type|group|assignee):(?: ([a-z][a-z0-9_-]*))?")
_TAGS = pattern(rb"tags:((?:\n  - [a-z][a-z0-9_-]*)*)")
# Words that mean something to YAML.
_WORDS_OF_YAML = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
# A header in which no value goes on behind a blank line: where there are quotes or brackets, they close on their line.
_KEY = rb"(?:[A-Za-z_][\w.-]*:[ ]+|[ ]*-[ ]+|[ ]+[A-Za-z_][\w.-]*:[ ]+)"
_CLOSED = rb"""(?:'(?:[^'\n]|'')*'|"[^"\\\n]*"|\[[^\[\]{}'"\\\n]*\])"""
_PLAIN = rb"""[^\s'"\[\]{}&*!|>%@`#,?:-][^\n]*"""
_TAME = pattern(
    rb"(?>[^'\"\[{\\\n]*(?:\n|\Z)|" + _KEY + rb"(?:" + _CLOSED + rb"[ ]*|" + _PLAIN + rb")(?:\n|\Z))*+"
)
_STARTS = pattern(rb"[a-z][^\n]*(?:\n[^\n]+)*(?:\n\n[a-z][^\n]*(?:\n[^\n]+)*)*")
_LONGEST = 1_000_000  # bytes of a file; what is longer is left to the parser, which knows limits
_LONGEST_HEADER = 16_000
_MOST_WORDS = 10_000

_words: dict[bytes, tuple[str, str | tuple[str, ...]] | None] = {}


class _Layout:
    """The bytes of a parsed file, taken apart: older versions are made of the same pieces."""

    __slots__ = ("blocks", "body", "ends", "header")

    def __init__(self, header: bytes, body: bytes, ends: Mapping[int, int]) -> None:
        self.header, self.body, self.ends = header, body, ends
        self.blocks = header.split(b"\n\n")

    @classmethod
    def of(cls, document: Document) -> _Layout | None:
        """Returns the layout of a document in which no doubt is possible about where anything begins and ends."""
        data = document.data
        if document.ticket is None or not data.startswith(b"---\n") or b"\r" in data:
            return None
        end = data.find(b"\n---", 3)
        if end < 0 or data[end + 4 : end + 5] != b"\n" or b"\n..." in data[:end]:
            return None
        header, body = data[4:end], data[end + 5 :]
        if _STARTS.fullmatch(header) is None or _TAME.fullmatch(header) is None:
            return None
        ends: dict[int, int] = {}
        start = data.find(b"\n### ", end + 4)
        while start >= 0:
            ends[len(data[end + 5 : start + 1].rstrip(b"\n"))] = len(ends)
            start = data.find(b"\n### ", start + 1)
        if len(ends) != len(document.ticket.messages):
            return None  # a heading that is no message
        body = body.rstrip(b"\n")
        ends[len(body)] = len(ends)
        return cls(header, body, ends)


class Version:
    """One version of a ticket file: a parsed document, or a later one's with some parts as they were before."""

    __slots__ = ("_base", "_blocks", "_count", "_document", "_header", "_layout", "_parts", "data")

    def __init__(self, document: Document) -> None:
        self._base = document
        self._document: Document | None = document
        self._parts: Mapping[str, Any] = {}
        self.data = document.data
        layout = self._layout = _Layout.of(document)
        if layout is not None:
            self._header, self._blocks = layout.header, layout.blocks
            self._count = layout.ends[len(layout.body)]

    @property
    def document(self) -> Document:
        """Returns it as parsing would."""
        if self._document is None:
            base = self._base
            assert base.ticket is not None
            ticket = replace(base.ticket, **self._parts)
            self._document = Document(path=base.path, data=self.data, ticket=ticket)
        return self._document

    def part(self, name: str) -> Any:
        """Returns a part of the ticket."""
        return self._parts[name] if name in self._parts else getattr(self._base.ticket, name)

    def before(self, data: bytes) -> tuple[Version, Mapping[str, Any]] | None:
        """Returns an older version and its parts that differ; None when it must be parsed.

        That is so when more differs than plain keys and last messages, or when there is any doubt about it.
        """
        layout = self._layout
        if layout is None:
            return None
        end = data.find(b"\n---\n", 3)
        if not (3 <= end < _LONGEST_HEADER) or not data.startswith(b"---\n") or len(data) > _LONGEST:
            return None
        parts: dict[str, Any] = {}
        header, blocks = data[4:end], self._blocks
        if header != self._header:
            blocks = header.split(b"\n\n")
            if not self._read_words(blocks, parts):
                return None
        body = data[end + 5 :].rstrip(b"\n")
        size = len(body)
        count = layout.ends.get(size, -1)
        if not 0 <= count <= self._count or body != layout.body[:size]:
            return None
        if count < self._count:
            parts["messages"] = self.part("messages")[:count]
        older = Version.__new__(Version)
        older._base, older._layout, older.data, older._document = self._base, layout, data, None
        older._header, older._blocks, older._count = header, blocks, count
        older._parts = {**self._parts, **parts} if parts else self._parts
        return older, parts

    def _read_words(self, blocks: list[bytes], parts: dict[str, Any]) -> bool:
        """Reads the parts that differ; False unless they are plain and stand between the same blank lines."""
        if len(blocks) != len(self._blocks):
            return False
        for block, other in zip(self._blocks, blocks, strict=True):
            if block != other:
                now, then = _value(block), _value(other)
                # What this version has there must be what was read from it: then it is what it looks like.
                if now is None or then is None or now[0] != then[0] or self.part(now[0]) != now[1]:
                    return False
                parts[then[0]] = then[1]
        return True


def _value(block: bytes) -> tuple[str, str | tuple[str, ...]] | None:
    """Returns key and value of a block of a header, None for one that is not of the plainest."""
    try:
        return _words[block]
    except KeyError:
        if len(_words) >= _MOST_WORDS:
            _words.clear()
        found = _words[block] = _read(block)
        return found


def _read(block: bytes) -> tuple[str, str | tuple[str, ...]] | None:
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
