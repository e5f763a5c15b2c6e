"""The text of a message: from -m, a file, standard input or the editor, checked and with LF."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gitdesk.cli.terminal import is_terminal
from gitdesk.errors import GitdeskError, Place, Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.cli.context import Context

LIMIT = 20_000_000  # bytes; no ticket file may be larger


class MessageText:
    """Where a text comes from; `text` reads it."""

    __slots__ = ("file", "paragraphs")  # no dataclass: see render.table

    def __init__(self, *, paragraphs: tuple[str, ...] = (), file: str | None = None) -> None:
        self.paragraphs, self.file = paragraphs, file

    @property
    def given(self) -> bool:
        """Tells whether -m or -F was used."""
        return bool(self.paragraphs) or self.file is not None

    @contextmanager
    def text(self, context: Context, *, about: str, start: str = "", required: bool = True) -> Iterator[str]:
        """Gives the text for a `with`; when its block fails, the editor's text is kept and the error says so.

        `about` names the draft (`reply GD-7K3QX4M2`), `start` is what the editor opens with. Raises Refused for an
        empty text that is `required`, UsageError for one that is no text.
        """
        if self.given or not is_terminal(sys.stdin):
            found = self._read()
            if not self.paragraphs:  # it may have come slowly
                context.waited()
            _check(found, required)
            yield found
            return
        from gitdesk.cli.editor import Draft

        with Draft(about, context.environ) as draft:
            found = draft.edit(start)
            context.waited()  # the text is said now, not when somebody began to write
            _check(found, required)
            yield found

    def _read(self) -> str:
        if self.paragraphs and self.file is not None:
            raise UsageError("-m and -F are two texts; give one")
        if self.paragraphs:
            return clean(
                "\n\n".join(part.strip("\n") for part in self.paragraphs).encode("utf-8", "surrogateescape"),
                "-m",
            )
        if self.file is not None and self.file != "-":
            return clean(_file(self.file), self.file)
        return clean(sys.stdin.buffer.read(LIMIT + 1) if sys.stdin is not None else b"", "standard input")


def _check(text: str, required: bool) -> None:
    if required and not text:
        raise Refused("the text is empty; nothing was changed", hint="give it with -m, -F or standard input")


def _file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"cannot read the text: {reason}", place=Place(os.fspath(path))) from error


def clean(data: bytes, path: str) -> str:
    """Returns bytes as text: UTF-8 without byte-order mark and NUL, LF, no blank lines at either end.

    Raises UsageError with the place of what is no text.
    """
    if len(data) > LIMIT:
        raise UsageError(f"the text has more than {LIMIT:,} bytes", place=Place(path))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _at("the text is not UTF-8", data[: error.start].decode("utf-8"), path) from error
    if "\0" in text:
        raise _at("the text has a NUL character", text[: text.index("\0")], path)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    return "\n".join(lines).rstrip()


def _at(message: str, before: str, path: str) -> GitdeskError:
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    return UsageError(message, place=Place(path, line, column))
