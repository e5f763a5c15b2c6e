"""A ticket file's text and where its header and its body stand in it."""

from __future__ import annotations

from gitdesk.domain.format import MAX_FILE, MAX_HEADER
from gitdesk.domain.violation import Violation
from gitdesk.lazy import pattern
from gitdesk.value import Value

BOM = "\ufeff"
_OPEN = pattern(r"---[ \t]*\n")
_CLOSE = pattern(r"\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)")


class Source(Value, kw_only=False):
    """A file's text with LF line ends and without byte-order mark; the header is text[begin:stop]."""

    text: str
    begin: int
    stop: int
    body: int

    def place(self, offset: int) -> tuple[int, int]:
        """Returns line and column of an offset, counted from 1."""
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)


def split(data: bytes, path: str) -> Source | Violation:
    """Returns the file's text and where its header and body stand, or why it has none."""
    if len(data) > MAX_FILE:
        return Violation(code="F003", message=f"the file has more than {MAX_FILE:,} bytes", path=path)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _bad_bytes(data, error.start, path)
    if "\0" in text:
        line, column = _line_column(text, text.index("\0"))
        return Violation(
            code="F002", message="the file contains a NUL byte", path=path, line=line, column=column
        )
    return split_text(text, path)


def split_text(text: str, path: str) -> Source | Violation:
    """Returns where header and body stand in a text, or why it has no header."""
    text = text.removeprefix(BOM)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    begin = _opening(text)
    if not begin:
        if text.rstrip(" \t") == "---":
            return _unclosed(path)
        hint = "a ticket begins with a line ---, its header, and another line ---"
        message = 'the file does not begin with a line "---"'
        return Violation(code="F004", message=message, path=path, line=1, column=1, hint=hint)
    closed, body = _closing(text, begin)
    if closed < 0:
        return _unclosed(path)
    stop = closed + 1
    if stop - begin > MAX_HEADER // 4 and len(text[begin:stop].encode("utf-8", "surrogatepass")) > MAX_HEADER:
        hint = "the description goes below the second line ---"
        message = f"the header has more than {MAX_HEADER:,} bytes"
        return Violation(code="F006", message=message, path=path, line=1, column=1, hint=hint)
    conflict = _find_conflict(text) if "<<<<<<<" in text else None
    if conflict is not None:
        line, column = _line_column(text, conflict)
        message, hint = "a merge conflict is not settled here", "settle it, then commit"
        return Violation(code="F007", message=message, path=path, line=line, column=column, hint=hint)
    return Source(text, begin, stop, body)


def _opening(text: str) -> int:
    """Returns where the first line of dashes ends, 0 when there is none."""
    if text.startswith("---\n"):  # as gitdesk writes it: no pattern needs compiling
        return 4
    opened = _OPEN.match(text)
    return opened.end() if opened else 0


def _closing(text: str, begin: int) -> tuple[int, int]:
    """Returns where the newline before the line that closes a header is, and where that line ends; -1 for none."""
    at = text.find("\n---", begin - 1)
    if at >= 0 and text[at + 4 : at + 5] == "\n" and text.find("\n...", begin - 1, at) < 0:
        return at, at + 5
    closed = _CLOSE.search(text, begin - 1)
    return closed.span() if closed else (-1, -1)


def _find_conflict(text: str) -> int | None:
    """Returns the offset of a merge conflict: its three markers at the beginning of lines, one behind the other."""
    start = text.find("\n<<<<<<< ")
    middle = text.find("\n=======\n", start)
    return start + 1 if start >= 0 and middle >= 0 and text.find("\n>>>>>>> ", middle) >= 0 else None


def _unclosed(path: str) -> Violation:
    message, hint = "the header is never closed", "put a line --- behind its last key"
    return Violation(code="F005", message=message, path=path, line=1, column=1, hint=hint)


def _bad_bytes(data: bytes, offset: int, path: str) -> Violation:
    line, column = _line_column(data[:offset].decode("utf-8", "replace"), offset)
    return Violation(
        code="F001",
        message=f"not UTF-8: byte 0x{data[offset]:02X}",
        path=path,
        line=line,
        column=column,
        hint="save the file as UTF-8",
    )


def _line_column(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, len(before) - before.rfind("\n")
