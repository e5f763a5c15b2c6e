"""Reads single objects out of Git's pack files in process: the few a command needs cost less than starting Git."""

from __future__ import annotations

import mmap
import os
import struct
import zlib

_KINDS = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}
_OFFSET_DELTA, _ID_DELTA = 6, 7
_LARGEST = 32 << 20  # beyond it Git streams better than we do
_DEEPEST = 4096


class Packs:
    """The packs of one object directory. What it cannot answer it answers with None: then Git is asked."""

    def __init__(self, directory: str, id_size: int) -> None:
        self._directory, self._id_size = f"{directory}/pack", id_size
        self._packs: list[_Pack] = []
        self._seen: tuple[int, frozenset[str]] = (-1, frozenset())

    def find(self, oid: str) -> tuple[str, bytes] | None:
        """Returns kind and content, or None."""
        key = bytes.fromhex(oid)
        found = self._find(key)
        if found is None and self._rescan():
            found = self._find(key)
        return found

    def _find(self, key: bytes) -> tuple[str, bytes] | None:
        for position, pack in enumerate(self._packs):
            offset = pack.offset_of(key)
            if offset is not None:
                if position:  # the next object is most likely in the same pack
                    self._packs.insert(0, self._packs.pop(position))
                return pack.read(offset)
        return None

    def _rescan(self) -> bool:
        """Opens packs that have come since; False when nothing has changed."""
        try:
            changed = os.stat(self._directory).st_mtime_ns
            if changed == self._seen[0]:
                return False
            names = frozenset(name for name in os.listdir(self._directory) if name.endswith(".idx"))
        except OSError:
            return False
        for name in sorted(names - self._seen[1]):
            pack = _open(f"{self._directory}/{name}", self._id_size)
            if pack:
                self._packs.append(pack)
        self._seen = (changed, names)
        return True


class _Pack:
    """One pack and its index (version 2), both mapped into memory."""

    __slots__ = ("_count", "_data", "_fan", "_id_size", "_index")

    def __init__(self, index: mmap.mmap, data: mmap.mmap, id_size: int) -> None:
        self._index, self._data, self._id_size = index, data, id_size
        self._fan = struct.unpack_from(">256L", index, 8)
        self._count = self._fan[255]

    def offset_of(self, key: bytes) -> int | None:
        """Returns where in the pack the object begins."""
        low, high = self._fan[key[0] - 1] if key[0] else 0, self._fan[key[0]]
        index, size, names = self._index, self._id_size, 8 + 1024
        while low < high:
            middle = (low + high) // 2
            at = names + middle * size
            found = index[at : at + size]
            if found == key:
                return self._offset(middle)
            if found < key:
                low = middle + 1
            else:
                high = middle
        return None

    def _offset(self, number: int) -> int:
        small = 8 + 1024 + self._count * (self._id_size + 4)
        (offset,) = struct.unpack_from(">L", self._index, small + number * 4)
        if offset & 0x80000000:
            (offset,) = struct.unpack_from(
                ">Q", self._index, small + self._count * 4 + (offset & 0x7FFFFFFF) * 8
            )
        return int(offset)

    def read(self, offset: int) -> tuple[str, bytes] | None:
        """Returns the object at an offset, deltas applied; None for what Git had better read itself."""
        deltas: list[bytes] = []
        for _ in range(_DEEPEST):
            kind, size, at = self._entry(offset)
            if size > _LARGEST:
                return None
            base: int | None = None
            if kind == _OFFSET_DELTA:
                back, at = self._distance(at)
                base = offset - back
            elif kind == _ID_DELTA:
                base = self.offset_of(self._data[at : at + self._id_size])
                at += self._id_size
                if base is None:
                    return None
            content = _inflate(self._data, at, size)
            if base is None:
                for delta in reversed(deltas):
                    content = _apply(content, delta)
                return (_KINDS[kind], content) if kind in _KINDS else None
            deltas.append(content)
            offset = base
        return None

    def _entry(self, offset: int) -> tuple[int, int, int]:
        byte = self._data[offset]
        kind, size, shift = (byte >> 4) & 7, byte & 15, 4
        while byte & 0x80:
            offset += 1
            byte = self._data[offset]
            size |= (byte & 0x7F) << shift
            shift += 7
        return kind, size, offset + 1

    def _distance(self, at: int) -> tuple[int, int]:
        byte = self._data[at]
        back = byte & 0x7F
        while byte & 0x80:
            at += 1
            byte = self._data[at]
            back = ((back + 1) << 7) | (byte & 0x7F)
        return back, at + 1


def _open(index_path: str, id_size: int) -> _Pack | None:
    try:
        index, data = _map(index_path), _map(index_path[:-4] + ".pack")
    except (OSError, ValueError):  # gone again, or empty: Git knows better
        return None
    if index[:8] != b"\xfftOc\0\0\0\2" or data[:4] != b"PACK":
        return None
    return _Pack(index, data, id_size)


def _map(path: str) -> mmap.mmap:
    with open(path, "rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _inflate(data: mmap.mmap, at: int, size: int) -> bytes:
    stream = zlib.decompressobj()
    content, length = b"", min(size + 256, 1 << 20)
    while not stream.eof and at < len(data):
        content += stream.decompress(data[at : at + length])
        at += length
    if len(content) != size:
        raise zlib.error("a packed object has the wrong size")
    return content


def _apply(base: bytes, delta: bytes) -> bytes:
    _, at = _varint(delta, 0)
    size, at = _varint(delta, at)
    parts: list[bytes] = []
    while at < len(delta):
        code = delta[at]
        at += 1
        if code & 0x80:
            start = length = 0
            for bit in range(4):
                if code & (1 << bit):
                    start |= delta[at] << (8 * bit)
                    at += 1
            for bit in range(3):
                if code & (0x10 << bit):
                    length |= delta[at] << (8 * bit)
                    at += 1
            length = length or 0x10000
            parts.append(base[start : start + length])
        else:
            parts.append(delta[at : at + code])
            at += code
    content = b"".join(parts)
    if len(content) != size:
        raise zlib.error("a packed delta has the wrong size")
    return content


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at
