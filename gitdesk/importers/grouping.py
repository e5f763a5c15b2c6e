"""Grouping: rows of one ticket that stand anywhere in a file, brought together by a sort that spills to disk."""

from __future__ import annotations

import heapq
import marshal
from itertools import groupby
from operator import itemgetter

from gitdesk.store import passing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import IO, Any

    # What is sorted: the key, the number of the row (no two alike, so rows never get compared), the row packed.
    _Entry = tuple[Any, int, bytes]

ROOM = 64 * 1024 * 1024  # bytes of packed rows kept in memory before they go to disk
_COST = 120  # bytes an entry costs beside its packed row
_BATCH = 1 << 18  # bytes of packed rows written and read at once


class Sorted:
    """Rows sorted by key and number, which may be gone through again and again; what does not fit into `room` bytes
    stands in temporary files."""

    def __init__(self, room: int = ROOM) -> None:
        self._room, self._used = room, 0
        self._entries: list[_Entry] = []
        self._runs: list[IO[bytes]] = []
        self._in_order = True

    def __enter__(self) -> Sorted:
        return self

    def __exit__(self, *_: object) -> None:
        for run in self._runs:
            run.close()

    def add(self, key: Any, number: int, row: Any) -> None:
        """Takes a row; no two have the same number."""
        packed = marshal.dumps(row)
        self._entries.append((key, number, packed))
        self._in_order = False
        self._used += len(packed) + _COST
        if self._used >= self._room:
            self._runs.append(_spilled(self._entries))
            self._entries, self._used = [], 0

    def __iter__(self) -> Iterator[tuple[Any, int, Any]]:
        if not self._in_order:
            _sort(self._entries)
            self._in_order = True
        entries = heapq.merge(*map(_read, self._runs), self._entries) if self._runs else self._entries
        for key, number, packed in entries:
            yield key, number, marshal.loads(packed)


def grouped(
    rows: Iterable[tuple[str, int, Any]], *, room: int = ROOM
) -> Iterator[tuple[str, list[tuple[int, Any]]]]:
    """Yields each key with its rows as (number, row), keys in order and rows by their number.

    `rows` are (key, number, row); numbers differ, rows are lists, dicts, texts, numbers and None. `room` is in bytes:
    what does not fit is sorted in temporary files, which nobody else can see and which go with the process.
    """
    with Sorted(room) as known:
        for key, number, row in rows:
            known.add(key, number, row)
        for key, group in groupby(known, itemgetter(0)):
            yield key, [(number, row) for _, number, row in group]


def _sort(entries: list[_Entry]) -> None:
    """Sorts by key and number. Twice by one part is faster than once by two: numbers nearly always stand in order."""
    entries.sort(key=itemgetter(1))
    entries.sort(key=itemgetter(0))


def _spilled(entries: list[_Entry]) -> IO[bytes]:
    """Returns a file with the entries in order, in batches, each after its length."""
    _sort(entries)
    file = passing.file()  # closed by its reader
    batch: list[_Entry] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += len(entry[2]) + _COST
        if size >= _BATCH:
            _write(file, batch)
            batch, size = [], 0
    _write(file, batch)
    file.seek(0)
    return file


def _write(file: IO[bytes], batch: list[_Entry]) -> None:
    packed = marshal.dumps(batch)
    file.write(len(packed).to_bytes(8, "big"))
    file.write(packed)


def _read(file: IO[bytes]) -> Iterator[_Entry]:
    file.seek(0)
    while size := file.read(8):
        yield from marshal.loads(file.read(int.from_bytes(size, "big")))
