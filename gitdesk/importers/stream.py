"""How files are read: gzip or not, line by line in flat memory, each line with its number."""

from __future__ import annotations

import codecs
import io
import os
import sys

from gitdesk.errors import Place, UsageError
from gitdesk.importers.gunzip import BROKEN as BROKEN_GZIP
from gitdesk.importers.gunzip import Gunzip
from gitdesk.lazy import pattern
from gitdesk.value import Value, fresh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import IO, Any

    from gitdesk.importers.losses import Report

LONGEST = 256 * 1024 * 1024  # bytes of one line, or characters of one object: more is no ticket but a mistake
_GZIP = b"\x1f\x8b"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PACKED = {
    b"PK\x03\x04": "a zip archive or a spreadsheet in a program's own format",
    b"BZh": "packed with bzip2",
    b"\xfd7zXZ": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
}
_NO_WORD = pattern(r"[^A-Za-z0-9._/-]+")
_WIDE = ("utf-16", "utf-32")


class Settings(Value):
    """What an importer is told: the zone of times without one, the source's name, the map's shape, the encoding.

    `timezone` is an IANA name or empty, `system` one word or empty (the importer's own default), `encoding` a name
    Python knows or empty (UTF-8), `shape` the map's section as plain data.
    """

    timezone: str = ""
    system: str = ""
    shape: Mapping[str, Any] = fresh(default_factory=dict)
    keep_going: bool = False
    encoding: str = ""


class Source:
    """An open file, unpacked while it is read: its name, its encoding, and how much of it was read.

    "-" is standard input. Gzip is known by its first bytes. Raises UsageError for what cannot be opened.
    """

    def __init__(self, path: str, encoding: str = "") -> None:
        self.path = "standard input" if path == "-" else path
        self.cut = False
        try:
            self._raw: Any = None
            self._raw = sys.stdin.buffer if path == "-" else open(path, "rb")  # noqa: SIM115  (closed by close)
            self._size = 0 if path == "-" else os.fstat(self._raw.fileno()).st_size
            first: bytes = self._raw.peek(2)
        except (OSError, ValueError) as error:
            reason = (getattr(error, "strerror", None) or str(error)).lower()
            raise UsageError(f"cannot be read: {reason}", place=Place(self.path)) from error
        self.bytes: IO[bytes] = self._raw
        if first.startswith(_GZIP):
            self.bytes = io.BufferedReader(Gunzip(self._raw), 1 << 18)
        self.encoding = self._known(encoding, self._first(first))

    def _first(self, first: bytes) -> bytes:
        first = self.ahead() if self.bytes is not self._raw else first
        for magic, what in _PACKED.items():
            if first.startswith(magic):
                self.close()
                raise UsageError(
                    f"cannot be read: it is {what}",
                    place=Place(self.path),
                    hint="save or unpack it as text first; only gzip is read as it is",
                )
        return first

    def _known(self, encoding: str, first: bytes) -> str:
        """Returns the codec's name: the one asked for, or what the byte order mark tells."""
        try:
            name = codecs.lookup(encoding or "utf-8").name
        except LookupError:
            self.close()
            raise UsageError(
                f'unknown encoding "{encoding}"', hint='encodings are named as in "utf-8", "cp1252", "utf-16"'
            ) from None
        if name == "utf-8":
            return next((named for mark, named in _BOMS if first.startswith(mark)), name)
        return name

    def place(self, line: int | None = None) -> Place:
        """Returns the spot of a line of this file."""
        return Place(self.path, line)

    def ahead(self) -> bytes:
        """Returns some of what comes next, without taking it."""
        try:
            return self.bytes.peek(1 << 16)  # type: ignore[attr-defined,no-any-return]
        except BROKEN_GZIP:
            return b""  # told when it is read

    def share(self) -> float:
        """Returns how much of the file was read, from 0 to 1; 0 where its size is unknown."""
        if not self._size:
            return 0.0
        try:
            return min(1.0, float(self._raw.tell() / self._size))
        except (OSError, ValueError):  # closed, or a pipe
            return 1.0 if self._raw.closed else 0.0

    def close(self) -> None:
        """Closes the file; standard input stays open."""
        if self._raw is not sys.stdin.buffer:
            if self.bytes is not self._raw:
                self.bytes.close()
            self._raw.close()


def open_text(path: str, encoding: str = "") -> Source:
    """Opens a file for `lines` or `json_items`; "-" is standard input. Raises UsageError."""
    return Source(path, encoding)


def is_torn(text: str) -> bool:
    """Tells whether text decoded by `lines(…, torn=True)` holds bytes that its encoding does not know."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def lines(source: Source, report: Report, *, torn: bool = False) -> Iterator[tuple[int, str]]:
    """Yields number and text of each line, with its end; what cannot be read is told to the report.

    With `torn` a line with bytes that are not of the encoding is yielded all the same, those bytes as lone
    surrogates (`is_torn`), and its reader tells.
    """
    if source.encoding.startswith(_WIDE):
        yield from _wide_lines(source, report)
        return
    encoding = source.encoding
    number = 0
    while True:
        try:
            raw = source.bytes.readline(LONGEST + 1)
        except BROKEN_GZIP as error:
            tell_cut(source, report, number + 1, error)
            return
        if not raw:
            return
        number += 1
        if number == 2 and encoding == "utf-8-sig":
            encoding = "utf-8"
        if len(raw) > LONGEST:
            _skip_line(source)
            report.bad(source.place(number), f"a line of more than {LONGEST >> 20} MB")
            continue
        try:
            yield number, raw.decode(encoding)
        except UnicodeDecodeError as error:
            if torn:
                yield number, raw.decode(encoding, "surrogateescape")
            else:
                tell_torn(source, report, number, error.start + 1)


def _skip_line(source: Source) -> None:
    """Reads on to the end of a line that is too long to be kept."""
    while True:
        more = source.bytes.readline(1 << 20)
        if not more or more.endswith(b"\n"):
            return


def _wide_lines(source: Source, report: Report) -> Iterator[tuple[int, str]]:
    """Yields the lines of UTF-16 and UTF-32, where no byte tells the end of one; a wrong byte ends the reading."""
    text = io.TextIOWrapper(source.bytes, source.encoding, newline="\n")
    number = 0
    try:
        while line := text.readline(LONGEST):
            number += 1
            yield number, line
    except UnicodeDecodeError:
        tell_torn(source, report, number + 1, None)
    except BROKEN_GZIP as error:
        tell_cut(source, report, number + 1, error)
    finally:
        text.detach()


def tell_torn(source: Source, report: Report, line: int, byte: int | None) -> None:
    """Tells the report of bytes that are not of the file's encoding; `byte` counts from 1 in the line."""
    name = "UTF-8" if source.encoding.startswith("utf-8") else source.encoding
    report.bad(
        source.place(line),
        f"is not {name}" + (f" (byte {byte} of the line)" if byte else ""),
        'name the file\'s encoding, as in "--encoding cp1252"',
    )


def tell_cut(source: Source, report: Report, line: int, error: Exception) -> None:
    """Tells the report that a gzip file ends too early or is damaged; what came before stays read."""
    source.cut = True
    why = (
        "is cut off: the gzip file ends here"
        if isinstance(error, EOFError)
        else "is damaged gzip from here on"
    )
    report.bad(source.place(line), why, "fetch the file again; its end is missing", items=0)


def system_of(files: Sequence[str], settings: Settings) -> str:
    """Returns the source's name as one word: what was asked for, else the first file's name up to its dot."""
    stem = settings.system or os.path.basename(files[0]).split(".", 1)[0]
    return _NO_WORD.sub("-", stem).strip("-._/") or "import"
