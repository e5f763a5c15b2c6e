"""A text being edited: splices land in the original, whose line ends, byte-order mark and other lines stay."""

from __future__ import annotations

from bisect import bisect_left

from gitdesk.errors import Place, Refused, Unreadable
from gitdesk.store import header
from gitdesk.store.scan import Entry, Token
from gitdesk.store.source import BOM, Source, split_text
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn

    from gitdesk.store.scan import Group

BY_HAND = "edit the file by hand"


class Declined(Refused):
    """The line editor does not take this shape; another way may."""


class Splice(Value, kw_only=False):
    """`new` (LF) takes the place of text[start:end]."""

    start: int
    end: int
    new: str


class Sheet:
    """One state of a file: its text with LF (`text`), its header's entries, and how to get back to the original."""

    __slots__ = ("_breaks", "head", "path", "raw", "source", "text")

    def __init__(self, raw: str, path: str) -> None:
        """Reads the original text; raises Unreadable when it has no header that can be read."""
        source = split_text(raw, path)
        if not isinstance(source, Source):
            place = Place(path, source.line, source.column)
            raise Unreadable(source.message, hint=source.hint, place=place)
        self.raw, self.path, self.source, self.text = raw, path, source, source.text
        self._breaks = _crlf_breaks(raw.removeprefix(BOM)) if "\r" in raw else []
        self.head: Group = header.read(source, path)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Returns the header's top-level entries."""
        return tuple(item for item in self.head.items if isinstance(item, Entry))

    def find(self, key: str) -> Entry | None:
        """Returns the top-level entry of a key, or None."""
        return next((entry for entry in self.entries if entry.key == key), None)

    def spliced(self, splices: Iterable[Splice]) -> str:
        """Returns the original text with the splices in it, each with the line ends of its neighbourhood."""
        raw = self.raw
        shift = len(BOM) if raw.startswith(BOM) else 0
        for splice in sorted(splices, key=lambda each: (each.start, each.end))[::-1]:  # ends first
            start = shift + splice.start + bisect_left(self._breaks, splice.start)
            end = shift + splice.end + bisect_left(self._breaks, splice.end)
            new = splice.new.replace("\n", "\r\n") if self._is_crlf(splice.start) else splice.new
            raw = raw[:start] + new + raw[end:]
        return raw

    def _is_crlf(self, offset: int) -> bool:
        """Tells whether the line before this offset ends in CRLF; in the first line, whether that one does."""
        if not self._breaks:
            return False
        before = self.text.rfind("\n", 0, offset)
        if before < 0:
            before = self.text.find("\n")
        found = bisect_left(self._breaks, before)
        return found < len(self._breaks) and self._breaks[found] == before

    # ---- lines

    def line_start(self, offset: int) -> int:
        """Returns where the line of an offset begins."""
        return self.text.rfind("\n", 0, offset) + 1

    def next_line(self, offset: int) -> int:
        """Returns where the line after that of an offset begins, the end of the text when it is the last."""
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end + 1

    def indent(self, offset: int) -> str:
        """Returns the blanks the line of an offset begins with; refuses when anything else stands before it."""
        before = self.text[self.line_start(offset) : offset]
        if before.strip(" "):
            self.decline("this does not stand on a line of its own", offset)
        return before

    def delete_lines(self, start: int, end: int) -> Splice:
        """Returns the splice that deletes whole lines, from the one of `start` to the one of `end`."""
        return Splice(self.line_start(start), self.next_line(end), "")

    # ---- refusals

    def refuse(self, reason: str, offset: int) -> NoReturn:
        """Raises Refused with the place of an offset: what is asked for makes no sense there."""
        raise Refused(reason, hint=BY_HAND, place=self.place(offset))

    def decline(self, reason: str, offset: int) -> NoReturn:
        """Raises Declined with the place of an offset: it makes sense, but not by editing lines."""
        raise Declined(reason, hint=BY_HAND, place=self.place(offset))

    def place(self, offset: int) -> Place:
        """Returns the place of an offset."""
        return Place(self.path, *self.source.place(offset))


def meaning(value: Token | Group) -> object:
    """Returns what a value says, apart from how and where it is written; "" and null differ."""
    if isinstance(value, Token):
        if value.style in ("|", ">"):
            return value.value.rstrip("\n")
        return None if value.is_null else value.value
    if value.is_map:
        return {item.key: meaning(item.value) for item in value.items if isinstance(item, Entry)}
    return [meaning(item) for item in value.items if not isinstance(item, Entry)]


def _crlf_breaks(raw: str) -> list[int]:
    """Returns the offsets, in the text with LF line ends, of the line ends that are CRLF in the original."""
    found: list[int] = []
    at = raw.find("\r\n")
    while at >= 0:
        found.append(at - len(found))
        at = raw.find("\r\n", at + 2)
    return found
