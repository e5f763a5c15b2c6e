"""Where an export goes: a stream, or a file that appears when it is whole; compressed where it is asked for."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress

from gitdesk.errors import Place, Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Write = Callable[[bytes], object]

_CHUNK = 1 << 16
_LEVEL = 6


def is_compressed(path: str | None, asked: bool) -> bool:
    """Tells whether the output is to be compressed: when asked, or by its name."""
    return asked or (path is not None and path.endswith(".gz"))


def write(lines: Iterable[bytes], put: Write, *, compressed: bool) -> None:
    """Writes lines through `put` in large pieces; the same lines give the same bytes each time."""
    squeezed = _Gzip(put) if compressed else None
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size > _CHUNK:
            (squeezed.write if squeezed else put)(b"".join(held))
            held, size = [], 0
    (squeezed.write if squeezed else put)(b"".join(held))
    if squeezed:
        squeezed.finish()


class _Gzip:
    """A gzip stream without a time or a name in its header."""

    def __init__(self, put: Write) -> None:
        import zlib

        self._put, self._crc32, self._crc, self._size = put, zlib.crc32, 0, 0
        self._compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        put(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff")

    def write(self, data: bytes) -> None:
        self._crc = self._crc32(data, self._crc)
        self._size += len(data)
        self._put(self._compressor.compress(data))

    def finish(self) -> None:
        self._put(self._compressor.flush())
        self._put(self._crc.to_bytes(4, "little") + (self._size & 0xFFFFFFFF).to_bytes(4, "little"))


def check(path: str, *, force: bool) -> None:
    """Raises Refused for a file that is there already unless forced, UsageError for a folder."""
    if os.path.isdir(path):
        raise UsageError("this is a folder", place=Place(path), hint="name a file")
    if os.path.lexists(path) and not force:
        raise Refused("the file is there already", place=Place(path), hint="--force replaces it")


@contextmanager
def file(path: str, *, force: bool) -> Iterator[Write]:
    """Gives what writes into a file beside `path`, which takes its place once all went well; else nothing is left."""
    check(path, force=force)
    path = os.path.realpath(path)  # a link goes on leading to the file
    beside = f"{path}.{os.getpid()}.part"
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with open(descriptor, "wb", buffering=0) as opened:
            yield _Whole(opened.write, path).put
            _synchronised(opened.fileno(), path)
        check(path, force=force)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise
    _synchronise_folder(os.path.dirname(path))


class _Whole:
    """Writes every byte, and tells what stood in the way."""

    def __init__(self, put: Callable[[memoryview], int], path: str) -> None:
        self._put, self._path = put, path

    def put(self, data: bytes) -> None:
        left = memoryview(data)
        try:
            while left:
                left = left[self._put(left) :]
        except OSError as error:
            raise _unwritable(self._path, error) from error


def _synchronised(descriptor: int, path: str) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise _unwritable(path, error) from error


def _synchronise_folder(folder: str) -> None:
    with suppress(OSError):  # not every file system can
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unwritable(path: str, error: OSError) -> UsageError:
    return UsageError(f"cannot be written: {(error.strerror or str(error)).lower()}", place=Place(path))
