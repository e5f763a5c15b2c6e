"""Standard output: one place that knows the format asked for, the terminal, colour and the pager."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping
from contextlib import suppress

from gitdesk.cli import terminal
from gitdesk.errors import SetupError
from gitdesk.render.style import Paint
from gitdesk.render.text import safe_block

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from subprocess import Popen
    from typing import Any

    from gitdesk.render.table import Column, Page

FORMATS = ("table", "json", "jsonl", "csv", "markdown", "ids")
_MACHINE = frozenset(  # always UTF-8, whatever the locale
    ("json", "jsonl", "csv", "ids", "junit", "sarif", "github", "summary", "gitlab", "html")
)
_CHUNK = 1 << 16


class PagerClosed(Exception):
    """The person left the pager before the end: nothing more to write, nothing wrong."""


class OutputLost(Exception):
    """Standard output takes no more; `reason` is None when its reader just left."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        gone = error.errno == errno.EPIPE
        self.reason = None if gone else (error.strerror or str(error)).lower()


class Output:
    """Writes what a command answers. Commands hand over plain data; the format decides what becomes of it."""

    def __init__(
        self, environ: Mapping[str, str], now: Callable[[], datetime], *, color: str, paging: bool
    ) -> None:
        self.format = "table"
        self._environ, self._now = environ, now
        self._stream = sys.stdout
        self.is_terminal = terminal.is_terminal(self._stream)
        self.paint = Paint(terminal.wants_color(color, environ, self._stream))
        self._paging = paging and self.is_terminal
        self._held: list[str] = []
        self._held_lines = 0
        self._notes: list[str] = []
        self._pager: Popen[bytes] | None = None
        if self._stream is not None and hasattr(self._stream, "reconfigure"):
            self._stream.reconfigure(errors="backslashreplace")

    @property
    def page(self) -> Page:
        """Returns who reads: width, colour, the present, the system's zone."""
        from gitdesk.render.table import Page

        return Page(
            now=self._now(), width=terminal.table_width(self._stream, self._environ), paint=self.paint
        )

    # What commands call

    def table(
        self,
        kind: str,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Any]],
        *,
        nothing: str = "",
        row_style: Callable[[Sequence[Any]], str] | None = None,
    ) -> None:
        """Writes rows of plain values; `nothing` is said on standard error when a table has no row."""
        if self.format == "table":
            from gitdesk.render.table import Table, render_table

            lines = render_table(Table(columns=tuple(columns), rows=rows, row_style=row_style), self.page)
            self._lines(lines, nothing)
        else:
            self._machine(kind, columns, rows)

    def items(
        self,
        kind: str,
        items: Iterable[Mapping[str, Any]],
        columns: Sequence[Column],
        *,
        text: Callable[[Iterable[Mapping[str, Any]], Page], Iterable[str]] | None = None,
        nothing: str = "",
    ) -> None:
        """Writes objects: whole in JSON, through `text` for people (a table when None), by `columns` elsewhere."""
        if self.format in ("json", "jsonl"):
            self._json(kind, items)
        elif self.format == "table" and text is not None:
            self._lines(text(items, self.page), nothing)
        else:
            rows = (tuple(_pick(item, column.name) for column in columns) for item in items)
            self.table(kind, columns, rows, nothing=nothing)

    def text(self, text: str) -> None:
        """Writes text as it is; on a terminal whatever could steer it is shown instead of sent."""
        self.write(safe_block(text) if self.is_terminal else text)

    def line(self, text: str) -> None:
        """Writes one line that is safe already."""
        self.write(text + "\n")

    def note(self, text: str) -> None:
        """Says something on standard error, unless only ids were asked for."""
        if self.format == "ids":
            return
        if self._paging or self._pager is not None:
            self._notes.append(text)  # what the reader sees first is the answer
        else:
            say(text)

    def warn(self, text: str, hint: str) -> None:
        """Warns on standard error, whatever the format."""
        if self._paging or self._pager is not None:
            self._notes += [f"warning: {text}", f"hint: {hint}"]
        else:
            say(text, "warning: ")
            say(hint, "hint: ")

    # Formats for programs

    def _machine(self, kind: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
        names = [column.name for column in columns]
        if self.format in ("json", "jsonl"):
            from gitdesk.render.json_lines import objects

            self._json(kind, objects(names, rows))
        elif self.format == "csv":
            from gitdesk.render.csv import render_csv

            self._chunks(render_csv(columns, rows), str if not self.is_terminal else safe_block)
        elif self.format == "markdown":
            from gitdesk.render.markdown import render_markdown

            self.write(render_markdown(columns, rows) + "\n")
        else:
            place = next((index for index, name in enumerate(names) if name in ("id", "ticket")), 0)
            self._chunks(f"{row[place]}\n" for row in rows)

    def _json(self, kind: str, items: Iterable[Any]) -> None:
        from gitdesk.render import json_lines

        parts = (
            json_lines.render_envelope(kind, items)
            if self.format == "json"
            else json_lines.render_lines(items)
        )
        self._chunks(parts, json_lines.for_terminal if self.is_terminal else str)

    def _chunks(self, parts: Iterable[str], shown: Callable[[str], str] = str) -> None:
        """Writes many small parts in few large ones, in a memory that does not grow."""
        held: list[str] = []
        size = 0
        for part in parts:
            held.append(part)
            size += len(part)
            if size > _CHUNK:
                self.write(shown("".join(held)))
                held, size = [], 0
        if held:
            self.write(shown("".join(held)))

    def _lines(self, lines: Iterable[str], nothing: str) -> None:
        empty = True
        for line in lines:
            empty = False
            self.write(line + "\n")
        if empty and nothing:
            self.note(nothing)

    def raw(self, data: bytes) -> None:
        """Writes bytes as they are; not for a terminal."""
        if self._stream is None:
            raise SetupError("standard output is closed")
        self._stream.flush()
        self._stream.buffer.write(data)

    # The stream

    def write(self, text: str) -> None:
        """Writes to standard output, or to the pager once there is more than fits the screen."""
        if self._pager is not None:
            self._to_pager(text)
        elif self._paging:
            self._held.append(text)
            self._held_lines += text.count("\n")
            if self._held_lines >= terminal.size(self._stream, self._environ)[1] - 1:
                self._open_pager()
        else:
            self._to_stream(text)

    def _to_stream(self, text: str) -> None:
        if self._stream is None:
            raise SetupError("standard output is closed")
        try:
            if self.format in _MACHINE and not self.is_terminal:
                self._stream.flush()
                self._stream.buffer.write(text.encode("utf-8", "backslashreplace"))
            else:
                self._stream.write(text)
        except OSError as error:
            raise OutputLost(error) from error

    def _open_pager(self) -> None:
        words = terminal.pager_command(self._environ)
        self._pager = terminal.start_pager(words, self._environ) if words else None
        self._paging = False
        held, self._held = self._held, []
        for text in held:
            self.write(text)

    def _to_pager(self, text: str) -> None:
        assert self._pager is not None
        assert self._pager.stdin is not None
        try:
            self._pager.stdin.write(text.encode("utf-8", "backslashreplace"))
        except BrokenPipeError as error:
            raise PagerClosed from error

    def abandon(self) -> None:
        """Forgets what is held, as after Ctrl-C; a pager that is open is waited for."""
        self._paging, self._held = False, []
        if self._pager is not None:
            _wait_for(self._pager)
            self._pager = None
        silence_stdout()

    def finish(self) -> None:
        """Writes what is held, lets the reader finish with the pager, and flushes."""
        self._paging = False
        held, self._held = self._held, []
        for text in held:
            self.write(text)
        if self._pager is not None:
            _wait_for(self._pager)
            self._pager = None
        if self._stream is not None:
            try:
                self._stream.flush()
            except OSError as error:
                raise OutputLost(error) from error
        notes, self._notes = self._notes, []
        for text in notes:
            say(text)


def _wait_for(pager: Popen[bytes]) -> None:
    """Waits until the reader leaves the pager; Ctrl-C meanwhile is the pager's."""
    import signal

    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        if pager.stdin is not None:
            with suppress(BrokenPipeError):
                pager.stdin.close()
        pager.wait()
    finally:
        signal.signal(signal.SIGINT, previous)


def say(text: str, label: str = "") -> None:
    """Writes one message on standard error, harmless for a terminal; nobody may be there to read it."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(label + safe_block(text) + "\n")


def silence_stdout() -> None:
    """Sends what is still buffered nowhere, so that Python's own flush at the end has nothing to complain about."""
    if sys.stdout is None:
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _pick(item: Mapping[str, Any], name: str) -> Any:
    """Returns a value by its name, or by a path of names with dots."""
    if name in item:
        return item[name]
    value: Any = item
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
