"""Unpacks gzip while it is read, and hands out all that could be unpacked before it says that the rest is missing."""

from __future__ import annotations

import gzip
import io
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

_PIECE = 1 << 16
_MOST = 1 << 18  # bytes handed out at once, whatever a piece unpacks to
BROKEN = (EOFError, gzip.BadGzipFile, zlib.error)


class Gunzip(io.RawIOBase):
    """The unpacked bytes of a gzip file, of one part or several; raises one of BROKEN where it is cut or damaged.

    Python's own reader raises at once and throws away what it had unpacked by then.
    """

    def __init__(self, packed: IO[bytes]) -> None:
        self._packed = packed
        self._unpacker = zlib.decompressobj(wbits=31)
        self._left = b""
        self._begun = False

    def readable(self) -> bool:
        """Tells that this can be read."""
        return True

    def readinto(self, room: object) -> int:
        """Fills a buffer with what comes next; returns how many bytes, 0 at the end."""
        view = memoryview(room).cast("B")  # type: ignore[arg-type]
        while True:
            if self._unpacker.eof:
                self._next_part()
            if not self._left:
                self._left = self._packed.read(_PIECE)
                if not self._left:
                    if self._begun and not self._unpacker.eof:
                        raise EOFError("the file ends before the end of what is packed in it")
                    return 0
            self._begun = True
            data = self._unpacker.decompress(self._left, min(len(view), _MOST))
            self._left = self._unpacker.unconsumed_tail
            if data:
                view[: len(data)] = data
                return len(data)

    def _next_part(self) -> None:
        """Goes on behind the end of a part: with the next one, or with zeros that some writers pad with."""
        self._left = (self._unpacker.unused_data or self._left).lstrip(b"\0")
        self._unpacker = zlib.decompressobj(wbits=31)
        self._begun = False
