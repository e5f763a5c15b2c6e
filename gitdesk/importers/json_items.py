"""How JSON is read from a file: the objects of lines, of lists, or of several lists, each with its line."""

from __future__ import annotations

import codecs
import json
from math import isinf

from gitdesk.importers.gunzip import BROKEN as BROKEN_GZIP
from gitdesk.importers.stream import LONGEST, is_torn, tell_cut, tell_torn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitdesk.importers.losses import Report
    from gitdesk.importers.stream import Source

_CHUNK = 1 << 18
_TOKEN = (
    16  # longer than what an unfinished literal, escape or number at a chunk's end is complained about from
)
_SPACE = " \t\r\n\ufeff"


class _Wrong(ValueError):
    """JSON in form, but nothing that can be taken: a key twice, a number that is none."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Wrong(f'the key "{twice}" is there twice')
    return made


def _constant(name: str) -> Any:
    raise _Wrong(f"{name} is no number that JSON knows")


def _number(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise _Wrong(f"the number {text} is too large")
    return value


_CHECKS: Any = {"object_pairs_hook": _pairs, "parse_constant": _constant, "parse_float": _number}
# Within one line a raw control character does no harm; in a list it is how an open quote shows itself.
_LINE = json.JSONDecoder(strict=False, **_CHECKS)
_ITEM = json.JSONDecoder(**_CHECKS)
_ANY = json.JSONDecoder(parse_constant=lambda _: None)


def parse_line(text: str) -> dict[str, Any]:
    """Returns the object a line holds; raises ValueError with the reason in our words."""
    try:
        made = _LINE.decode(text.rstrip("\r\n"))  # behind a line end the place of a mistake would be lost
    except (ValueError, RecursionError) as error:
        raise ValueError(_reason(error)) from None
    if not isinstance(made, dict):
        raise ValueError(f"is no object but {_kind(made)}")
    return made


def _kind(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "true, false or null"
    return "a list" if isinstance(value, list) else "a text" if isinstance(value, str) else "a number"


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        said = error.msg[:1].lower() + error.msg[1:].replace("'", '"')
        return f"is no JSON: {said} (character {error.colno})"
    if isinstance(error, _Wrong):
        return str(error)
    return (
        "is nested too deeply" if isinstance(error, RecursionError) else "holds a number with too many digits"
    )


class _Buffer:
    """The part of a file's text that is being looked at; `at` is where, `line` the line of that."""

    def __init__(self, source: Source, report: Report) -> None:
        self.source, self.report = source, report
        self.text, self.at, self.line, self.indent = "", 0, 1, ""
        self.ended = False
        self._decode = codecs.getincrementaldecoder(source.encoding)("surrogateescape").decode

    def more(self) -> bool:
        """Reads on, at least as much as there is already; tells whether there was more."""
        if self.ended:
            return False
        kept = [self.text[self.at :]]
        wanted, self.at = max(_CHUNK, len(kept[0])), 0
        try:
            while wanted > 0:
                raw: bytes = self.source.bytes.read1(_CHUNK)  # type: ignore[attr-defined]
                kept.append(self._decode(raw, not raw))
                wanted -= len(raw)
                if not raw:
                    self.ended = True
                    break
        except BROKEN_GZIP as error:
            self.ended = True
            self.text = "".join(kept)
            tell_cut(self.source, self.report, self.line + self.text.count("\n"), error)
            return True
        except UnicodeDecodeError:  # UTF-16 has no way to pass a wrong byte on
            self.ended = True
            self.text = "".join(kept)
            tell_torn(self.source, self.report, self.line + self.text.count("\n"), None)
            return True
        self.text = "".join(kept)
        return True

    def go(self, to: int) -> None:
        """Moves on to a place in the text."""
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def next(self) -> str:
        """Returns the next character that is no space, reading on where needed; "" at the end."""
        run = ""
        while True:
            text, at, end = self.text, self.at, len(self.text)
            while at < end and text[at] in _SPACE:
                at += 1
            run += text[self.at : at]
            self.go(at)
            if at < end:
                break
            if not self.more():
                return ""
        if "\n" in run:
            self.indent = run[run.rindex("\n") + 1 :]
        return self.text[self.at]

    def resume(self) -> bool:
        """Moves to the next object that begins a line as far in as this one; tells whether there is one."""
        mark = f"\n{self.indent}{{"
        self.go(self.at + 1)
        while True:
            found = self.text.find(mark, self.at)
            if found >= 0:
                self.go(found)
                return True
            self.go(max(self.at, len(self.text) - len(mark)))
            if not self.more():
                return False


def json_items(source: Source, report: Report) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yields line and value of each object of a file, whatever the file is.

    Objects one after the other, one a line or not, a list of them, several lists, lists of lists. What cannot be read
    is told to the report; after it, the reading goes on where the next object of that depth begins a line.
    """
    buffer = _Buffer(source, report)
    depth = 0
    while True:
        sign = buffer.next()
        if not sign:
            break
        if sign == "[" and depth < 2:
            depth += 1
            buffer.go(buffer.at + 1)
        elif sign in ",]":
            depth -= sign == "]" and depth > 0
            buffer.go(buffer.at + 1)
        else:
            line, found = buffer.line, _found(buffer)
            if found is _END:
                return
            if found is not None:
                yield line, found
    if depth and not source.cut:
        report.bad(source.place(buffer.line), "ends in the middle of a list", items=0)


_END: Any = object()


def _found(buffer: _Buffer) -> Any:
    """Returns the object that begins here; None for one that was told to the report, `_END` where all ends."""
    source, report = buffer.source, buffer.report
    line, value, reason = buffer.line, None, ""
    while True:
        try:
            value, end = _ITEM.raw_decode(buffer.text, buffer.at)
            break
        except json.JSONDecodeError as error:
            open_ended = _is_open_ended(error, buffer)
            if open_ended and len(buffer.text) - buffer.at <= LONGEST and buffer.more():
                continue
            if open_ended and source.cut:
                return _END  # told already
            error.colno = error.pos - buffer.text.rfind("\n", 0, error.pos)
            at_line = line + buffer.text.count("\n", buffer.at, error.pos)
            return _lost(buffer, at_line, _reason(error))
        except (ValueError, RecursionError) as error:
            reason = _reason(error)
            whole = _whole(buffer)
            if whole is None:
                return _lost(buffer, line, reason)
            end = whole
            break
    text_torn = not buffer.text.isascii() and is_torn(buffer.text[buffer.at : end])
    buffer.go(end)
    if reason:
        report.bad(source.place(line), reason)
    elif text_torn:
        tell_torn(source, report, line, None)
    elif not isinstance(value, dict):
        report.bad(source.place(line), f"is no object but {_kind(value)}")
    else:
        return value
    return None


def _is_open_ended(error: json.JSONDecodeError, buffer: _Buffer) -> bool:
    """Tells whether an error may come from the text's end alone, so that reading on may mend it."""
    return error.msg.startswith("Unterminated string") or error.pos > len(buffer.text) - _TOKEN


def _whole(buffer: _Buffer) -> int | None:
    """Returns where an object ends that is JSON in form, None if it is not even that."""
    while True:
        try:
            return _ANY.raw_decode(buffer.text, buffer.at)[1]
        except json.JSONDecodeError as error:
            if not (_is_open_ended(error, buffer) and buffer.more()):
                return None
        except (ValueError, RecursionError):
            return None


def _lost(buffer: _Buffer, line: int, reason: str) -> Any:
    """Tells of an object that cannot be read, and looks for the next one."""
    buffer.report.bad(buffer.source.place(line), reason)
    if buffer.resume():
        return None
    buffer.report.bad(buffer.source.place(line), "the rest of the file cannot be read", items=0)
    return _END
