"""Writes the folders of many commits in a row as one pack: each as the few bytes in which it differs from the last.

`git fast-import` sorts, prints and compares every entry of a folder for every commit; the folder `tickets/` has a
thousand of them, which is a millisecond a commit. Here a folder lies in memory as Git stores it, a change replaces 20
bytes of it, and the pack gets those 20 bytes (gitformat-pack: version 2 of pack and index, offset deltas).
"""

from __future__ import annotations

import os
import zlib
from array import array
from bisect import bisect_left
from functools import lru_cache

from gitdesk.store import objects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gitdesk.store.git import Repo

_DEEPEST = 48  # deltas between a folder and one that is stored whole; Git's own limit is 50
_TREE, _OFFSET_DELTA = 2, 6


class Folder:
    """One folder as Git stores it, and where in the pack its last version lies."""

    __slots__ = (
        "base_at",
        "base_size",
        "below",
        "changed",
        "data",
        "depth",
        "edits",
        "key",
        "names",
        "places",
        "sure",
    )

    def __init__(self, data: bytes, id_size: int) -> None:
        self.data = bytearray(data)
        self.key = b""  # the id of what was written last
        self.base_size, self.base_at = 0, -1
        self.depth = 0
        self.edits: list[
            tuple[int, int, int]
        ] = []  # since the base: where, how many bytes went, how many came
        self.below: dict[bytes, Folder] = {}
        self.changed: dict[bytes, Folder] = {}  # those below that have to be written first
        self.names: list[bytes] = []  # as Git sorts them: a folder's with a slash behind it
        self.places: list[int] = []  # of the entries in the data
        self.sure: set[bytes] = (
            set()
        )  # names that are known to be there as what they are to be, a file or a folder
        at = 0
        while at < len(data):
            space, nul = data.index(b" ", at), data.index(b"\0", at)
            is_tree = data[at:space] == b"40000"
            self.names.append(data[space + 1 : nul] + (b"/" if is_tree else b""))
            self.places.append(at)
            at = nul + 1 + id_size

    def find(self, name: bytes) -> int:
        """Returns the position of a name, or -1."""
        at = bisect_left(self.names, name)
        return at if at < len(self.names) and self.names[at] == name else -1

    def put(self, name: bytes, key: bytes) -> None:
        """Sets the object a name stands for; `name` ends in a slash for a folder. Whatever had the name gives way."""
        if name in self.sure:  # most of all: the same name with another version
            at, size = bisect_left(self.names, name), len(key)
            end = self.end(at)
            self.data[end - size : end] = key
            self.edits.append((end - size, size, size))
            return
        self.sure.add(name)
        other = name[:-1] if name.endswith(b"/") else name + b"/"
        if self.find(other) >= 0:
            self.drop(other)
        if other.endswith(b"/"):
            self.below.pop(name, None)
            self.changed.pop(name, None)
        start = b"40000 " + name[:-1] if name.endswith(b"/") else b"100644 " + name
        at = bisect_left(self.names, name)
        if at < len(self.names) and self.names[at] == name:
            place, end = self.places[at], self.end(at) - len(key)
            if self.data[place : end - 1] == start:
                self.data[end : end + len(key)] = key
                self.edits.append((end, len(key), len(key)))
                return
            self.drop(name)  # a link, or a file of another mode
            self.sure.add(name)
        entry = start + b"\0" + key
        place = self.places[at] if at < len(self.places) else len(self.data)
        self.data[place:place] = entry
        self.edits.append((place, 0, len(entry)))
        self.names.insert(at, name)
        grown = len(entry)
        self.places[at:] = [place, *[each + grown for each in self.places[at:]]]

    def end(self, at: int) -> int:
        """Returns where the entry of a position ends."""
        return self.places[at + 1] if at + 1 < len(self.places) else len(self.data)

    def drop(self, name: bytes) -> None:
        """Removes a name that is there."""
        at = self.find(name)
        self.sure.discard(name)
        start, end = self.places[at], self.end(at)
        del self.data[start:end], self.names[at], self.places[at]
        gone = end - start
        self.edits.append((start, gone, 0))
        self.places[at:] = [each - gone for each in self.places[at:]]


class Trees:
    """The tree of a commit on which files are set and removed; each `write` gives the root's id after it."""

    def __init__(self, repo: Repo, root: str, pack: TreePack) -> None:
        self._repo, self._pack, self._size = repo, pack, repo.id_size
        self._root = self._load(root)

    def use(self, pack: TreePack) -> None:
        """Goes on in another pack: what it writes first is stored whole there."""
        self._pack = pack
        _forget_bases(self._root)

    def set(self, path: str, oid: str) -> None:
        """Puts a plain file at a path."""
        *folders, name = os.fsencode(path).split(b"/")
        self._into(folders).put(name, bytes.fromhex(oid))

    def remove(self, path: str) -> None:
        """Removes a file that is there; folders left empty go with it when the tree is written."""
        *folders, name = os.fsencode(path).split(b"/")
        folder = self._into(folders)
        if folder.find(name) >= 0:
            folder.drop(name)

    def write(self) -> str:
        """Writes what changed and returns the id of the root."""
        self._write(self._root)
        return self._root.key.hex()

    def _load(self, oid: str) -> Folder:
        return Folder(self._repo.tree_data(oid) if oid else b"", self._size)

    def _into(self, names: list[bytes]) -> Folder:
        folder = self._root
        for name in names:
            below = folder.below.get(name)
            if below is None:
                at = folder.find(name + b"/")
                oid = ""
                if at >= 0:
                    oid = folder.data[folder.end(at) - self._size : folder.end(at)].hex()
                below = folder.below[name] = self._load(oid)
            folder.changed[name] = below
            folder = below
        return folder

    def _write(self, folder: Folder) -> None:
        changed, folder.changed = folder.changed, {}
        for name, below in changed.items():
            self._write(below)
            if below.data:
                folder.put(name + b"/", below.key)
            else:
                del folder.below[name]
                if folder.find(name + b"/") >= 0:
                    folder.drop(name + b"/")
        if folder.data or folder is self._root:
            self._pack.add(folder)


def _forget_bases(folder: Folder) -> None:
    folder.base_size, folder.depth = 0, 0
    for below in folder.below.values():
        _forget_bases(below)


class TreePack:
    """A pack of folders in the making, beside its final place; `finish` makes Git see it, `discard` removes it."""

    def __init__(self, directory: str, hash_name: str) -> None:
        self._directory, self._hash_name = directory, hash_name
        self._path = f"{directory}/tmp_pack_gitdesk{os.getpid()}"
        self._file = open(self._path, "wb+", buffering=1 << 20)  # noqa: SIM115
        self._file.write(b"PACK\0\0\0\2\0\0\0\0")
        self._hash = objects.hasher(hash_name)
        self._at = 12
        self._known: dict[bytes, int] = {}
        self._checks, self._places = array("L"), array("Q")

    def __len__(self) -> int:
        return len(self._known)

    def add(self, folder: Folder) -> None:
        """Writes a folder as it is now, unless this pack has it."""
        data = folder.data
        running = self._hash(b"tree %d\0" % len(data))
        running.update(data)
        key = folder.key = running.digest()
        known = self._known.get(key)
        if known is None:
            # Git takes no delta from nothing, or to it.
            if folder.base_size and data and folder.depth < _DEEPEST:
                change = _delta(folder.base_size, data, folder.edits)
                body = _stored(change)
                head = _head(_OFFSET_DELTA, len(change)) + _back(self._at - folder.base_at)
                folder.depth += 1
            else:
                body, head = zlib.compress(data, 1), _head(_TREE, len(data))
                folder.depth = 0
            known = self._known[key] = self._at
            self._checks.append(zlib.crc32(body, zlib.crc32(head)))
            self._places.append(known)
            self._file.write(head)
            self._file.write(body)
            self._at += len(head) + len(body)
        elif known != folder.base_at:
            folder.depth = _DEEPEST  # met again, at a depth nobody noted: the next version is stored whole
        folder.base_size, folder.base_at = len(data), known
        folder.edits.clear()

    def finish(self, settle: Callable[[int], None]) -> str:
        """Completes pack and index; returns the pack's path. `settle` is given each file before it gets its name."""
        new_hash = objects.new_hash
        self._file.flush()
        self._file.seek(8)
        self._file.write(len(self._known).to_bytes(4, "big"))
        self._file.seek(0)
        whole = new_hash(self._hash_name, b"")
        while piece := self._file.read(1 << 20):
            whole.update(piece)
        trailer = bytes(whole.digest())
        self._file.seek(0, os.SEEK_END)
        self._file.write(trailer)
        self._file.flush()
        settle(self._file.fileno())
        self._file.close()
        final = f"{self._directory}/pack-{trailer.hex()}"
        index = self._path + ".idx"
        with open(index, "wb") as file:
            file.write(self._index(trailer))
            file.flush()
            settle(file.fileno())
        os.rename(self._path, final + ".pack")
        os.rename(index, final + ".idx")  # Git takes notice of a pack by its index
        return final + ".pack"

    def discard(self) -> None:
        """Removes what has been written."""
        self._file.close()
        for path in (self._path, self._path + ".idx"):
            if os.path.exists(path):
                os.unlink(path)

    def _index(self, trailer: bytes) -> bytes:
        rows = sorted(zip(self._known, self._checks, self._places, strict=True))
        fans: list[int] = []
        count = 0
        for first in range(256):
            while count < len(rows) and rows[count][0][0] == first:
                count += 1
            fans.append(count)
        large: list[int] = []
        short = bytearray()
        for _, _, place in rows:
            if place < 1 << 31:
                short += place.to_bytes(4, "big")
            else:
                short += (1 << 31 | len(large)).to_bytes(4, "big")
                large.append(place)
        content = b"".join((
            b"\xfftOc\0\0\0\2",
            b"".join(each.to_bytes(4, "big") for each in fans),
            b"".join(row[0] for row in rows),
            b"".join(row[1].to_bytes(4, "big") for row in rows),
            bytes(short),
            b"".join(each.to_bytes(8, "big") for each in large),
            trailer,
        ))  # fmt: skip
        return content + bytes(objects.new_hash(self._hash_name, content).digest())


@lru_cache(maxsize=1 << 12)
def _head(kind: int, size: int) -> bytes:
    """Returns the first bytes of an object in a pack: its kind and size."""
    first, size = size & 15, size >> 4
    head = bytearray([kind << 4 | first])
    while size:
        head[-1] |= 0x80
        head.append(size & 0x7F)
        size >>= 7
    return bytes(head)


def _back(distance: int) -> bytes:
    """Returns how far before an object its base begins, as packs write it."""
    digits = [distance & 0x7F]
    distance >>= 7
    while distance:
        distance -= 1
        digits.append(0x80 | distance & 0x7F)
        distance >>= 7
    return bytes(reversed(digits))


def _stored(data: bytes) -> bytes:
    """Returns a zlib stream that holds the data as it is: to compress so little takes longer than all the rest."""
    if len(data) > 0xFFFF:
        return zlib.compress(data, 1)
    size = len(data)
    return b"".join((
        b"\x78\x01\x01", size.to_bytes(2, "little"), (size ^ 0xFFFF).to_bytes(2, "little"), data,
        zlib.adler32(data).to_bytes(4, "big"),
    ))  # fmt: skip


def _delta(old_size: int, new: bytearray, edits: list[tuple[int, int, int]]) -> bytes:
    """Returns the delta between two versions of a folder, given the edits between them in their order."""
    start, went, came = edits[0] if len(edits) == 1 else _span(edits)
    after, new_size = start + went, len(new)
    if 0 < came < 128:
        return b"".join((
            _varint(old_size), _varint(new_size), _copies(0, start),
            bytes((came,)), new[start : start + came], _copies(after, old_size - after),
        ))  # fmt: skip
    parts = [_varint(old_size), _varint(new_size), _copies(0, start)]
    for at in range(start, start + came, 127):
        piece = bytes(new[at : min(at + 127, start + came)])
        parts += (bytes([len(piece)]), piece)
    parts.append(_copies(after, old_size - after))
    return b"".join(parts)


def _span(edits: list[tuple[int, int, int]]) -> tuple[int, int, int]:
    """Returns one edit that covers several: where it begins, how many bytes of the old went, how many came."""
    start, end, grown = edits[0][0], edits[0][0] + edits[0][2], edits[0][2] - edits[0][1]
    for at, went, came in edits[1:]:
        if at + went > end:
            end = at + went
        end += came - went
        grown += came - went
        start = min(start, at)
    return start, end - start - grown, end - start


@lru_cache(maxsize=1 << 12)
def _varint(number: int) -> bytes:
    digits = bytearray([number & 0x7F])
    number >>= 7
    while number:
        digits[-1] |= 0x80
        digits.append(number & 0x7F)
        number >>= 7
    return bytes(digits)


@lru_cache(maxsize=1 << 14)
def _copies(start: int, size: int) -> bytes:
    """Returns the instructions that copy a stretch of the old version."""
    parts = []
    while size > 0:
        piece = min(size, 0xFFFFFF)
        mask, digits = 0x80, bytearray()
        for place in range(4):
            byte = start >> 8 * place & 0xFF
            if byte:
                mask |= 1 << place
                digits.append(byte)
        for place in range(3):
            byte = piece >> 8 * place & 0xFF
            if byte:
                mask |= 0x10 << place
                digits.append(byte)
        parts.append(bytes([mask]) + bytes(digits))
        start, size = start + piece, size - piece
    return b"".join(parts)
