"""Git's index, edited in process: entries looked up, replaced, added and removed, the rest of the file kept as it is.

Only versions 2 and 3 without split or sparse parts; for the others `IndexFile.load` returns None and Git does it.
Format: gitformat-index.
"""

from __future__ import annotations

import os
import struct

from gitdesk.errors import Refused
from gitdesk.store import cache_tree, objects
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HEADER = 12
_STAT = struct.Struct(">10L")
EXTENDED, _STAGE, _LENGTH = 0x4000, 0x3000, 0xFFF
SKIP_WORKTREE = 0x4000
_SCAN_FROM = 16  # wanted paths from which one pass over all entries is cheaper than searching for each
_KEPT_WITH_SAME_ENTRIES = (b"REUC", b"UNTR", b"FSMN")
_KEPT_WITH_OTHER_ENTRIES = (b"REUC",)


class Unsettled(Refused):
    """A path that a merge of Git's left open."""

    def __init__(self, path: str, verb: str = "merge", hint: str | None = None) -> None:
        super().__init__(f'"{path}" is in the middle of a {verb}', hint=hint)
        self.path = path


class IndexEntry(Value):
    """One entry. `stat` are the ten numbers Git compares a file by; all zero when it has to look at the content."""

    path: bytes
    oid: str
    stat: tuple[int, ...]
    flags: int = 0
    more_flags: int = 0

    @property
    def skip_worktree(self) -> bool:
        """Tells whether the file is left out of the work tree (sparse checkout)."""
        return bool(self.more_flags & SKIP_WORKTREE)

    def matches(self, found: os.stat_result) -> bool:
        """Tells whether a file's stat is the recorded one; the content of a match may still be newer (racy)."""
        return any(self.stat) and self.stat == stat_numbers(found, self.stat[6])

    def render(self) -> bytes:
        """Returns the entry's bytes, padded."""
        flags = self.flags & ~_LENGTH | min(len(self.path), _LENGTH)
        data = _STAT.pack(*self.stat) + bytes.fromhex(self.oid) + struct.pack(">H", flags)
        if flags & EXTENDED:
            data += struct.pack(">H", self.more_flags)
        data += self.path
        return data + b"\0" * (8 - len(data) % 8)


def stat_numbers(found: os.stat_result, mode: int) -> tuple[int, ...]:
    """Returns a file's stat as the index records it; the mode is Git's own."""
    seconds_changed, fraction_changed = divmod(found.st_ctime_ns, 10**9)
    seconds, fraction = divmod(found.st_mtime_ns, 10**9)
    numbers = (
        seconds_changed, fraction_changed, seconds, fraction,
        found.st_dev, found.st_ino, mode, found.st_uid, found.st_gid, found.st_size,
    )  # fmt: skip
    return tuple(number & 0xFFFFFFFF for number in numbers)


class NewIndex:
    """An index about to be written: complete but for the stat of files that are not in their places yet."""

    def __init__(self, data: bytearray, places: Mapping[bytes, int], hash_name: str, id_size: int) -> None:
        self._data, self._places = data, places
        self._hash_name, self._id_size = hash_name, id_size

    @property
    def size(self) -> int:
        """Returns how many bytes it will have."""
        return len(self._data) + self._id_size

    def set_stat(self, path: bytes, numbers: tuple[int, ...]) -> None:
        """Records a file's stat."""
        _STAT.pack_into(self._data, self._places[path], *numbers)

    def finish(self) -> bytearray:
        """Returns the whole file with its checksum; nothing can be changed any more."""
        if not self._hash_name:
            self._data += bytes(self._id_size)
            return self._data
        if len(self._data) > 1 << 20:
            import hashlib  # noqa: F401 - for this much its speed pays for its import

        self._data += objects.new_hash(self._hash_name, self._data).digest()
        return self._data


class IndexFile:
    """The bytes of an index and where its entries are."""

    def __init__(self, data: bytes, hash_name: str, id_size: int) -> None:
        self._data, self._hash_name, self._id_size = data, hash_name, id_size
        self._names_at = _STAT.size + id_size + 2
        (self._count,) = struct.unpack_from(">L", data, 8)
        self._entries_end = self._find_end()

    @classmethod
    def load(cls, path: str, hash_name: str, id_size: int) -> IndexFile | None:
        """Returns the index of a file, an empty one where there is none, None for one that only Git should edit."""
        try:
            with open(path, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            data = struct.pack(">4sLL", b"DIRC", 2, 0)
            data += objects.new_hash(hash_name, data).digest()
        if (
            len(data) < _HEADER + id_size
            or data[:4] != b"DIRC"
            or int.from_bytes(data[4:8], "big") not in (2, 3)
        ):
            return None
        loaded = cls(data, hash_name, id_size)
        extensions = loaded._chain(loaded._entries_end)
        # Extensions in small letters change what the entries mean: a split or a sparse index, or what is to come.
        return None if extensions is None or any(name.islower() for name, _ in extensions) else loaded

    def find(self, paths: Iterable[bytes]) -> dict[bytes, IndexEntry]:
        """Returns the entries of those paths that have one; raises Refused for one with a merge conflict."""
        return {path: entry for path, (entry, _, _) in self._locate(sorted(set(paths))).items() if entry}

    def apply(self, changed: Mapping[bytes, IndexEntry | None], trees: cache_tree.Known) -> NewIndex:
        """Returns the index with entries replaced or added, or removed where the new one is None.

        `trees` tells the cache of trees what it may take over.
        """
        located = self._locate(sorted(changed))
        pieces, size = [b""], _HEADER  # the header comes last: it counts the entries
        places: dict[bytes, int] = {}
        done, count, same = _HEADER, self._count, True
        for path in sorted(changed):
            new, (old, start, end) = changed[path], located[path]
            if old is None and new is None:
                continue
            places[path] = size + start - done
            pieces += (self._data[done:start], new.render() if new else b"")
            size += start - done + len(pieces[-1])
            done = end
            if (old is None) != (new is None):
                same = False
                count += 1 if new else -1
        pieces.append(self._data[done : self._entries_end])
        pieces += self._new_extensions(trees, _KEPT_WITH_SAME_ENTRIES if same else _KEPT_WITH_OTHER_ENTRIES)
        version = max(
            self._data[7], 3 if any(new and new.flags & EXTENDED for new in changed.values()) else 2
        )
        pieces[0] = struct.pack(">4sLL", b"DIRC", version, count)
        has_checksum = any(self._data[-self._id_size :])  # it has none with index.skipHash
        return NewIndex(
            bytearray().join(pieces), places, self._hash_name if has_checksum else "", self._id_size
        )

    def _new_extensions(self, trees: cache_tree.Known, kept: tuple[bytes, ...]) -> list[bytes]:
        pieces: list[bytes] = []
        for name, content in self._extensions():
            if name == b"TREE":
                content = cache_tree.update(content, trees, self._id_size)
            elif name not in kept:
                continue
            pieces += (struct.pack(">4sL", name, len(content)), content)
        return pieces

    # where things are

    def _find_end(self) -> int:
        """Returns where the entries end and the extensions begin."""
        at = self._data.find(b"TREE", max(_HEADER, len(self._data) - (1 << 18)))
        while at >= 0:
            if self._chain(at) is not None:
                if self._may_follow_another(at):
                    break
                return at
            at = self._data.find(b"TREE", at + 1)
        at = _HEADER
        for _ in range(self._count):
            at = self._entry_end(at)
        return at

    def _may_follow_another(self, at: int) -> bool:
        """Tells whether one of the two extensions that Git writes before TREE may be there: then only a walk is sure.

        They hold at most a few bits an entry, so they would begin not far above.
        """
        above = self._data[max(_HEADER, at - self._count - 4096) : at]
        return b"IEOT" in above or b"link" in above

    def _chain(self, at: int) -> list[tuple[bytes, bytes]] | None:
        """Returns names and contents of the extensions from a position on, None when it does not come out even."""
        found, end = [], len(self._data) - self._id_size
        while at + 8 <= end:
            name, size = struct.unpack_from(">4sL", self._data, at)
            found.append((name, self._data[at + 8 : at + 8 + size]))
            at += 8 + size
        return found if at == end else None

    def _extensions(self) -> list[tuple[bytes, bytes]]:
        return self._chain(self._entries_end) or []

    def _entry_end(self, at: int) -> int:
        data, name_at = self._data, at + self._names_at
        flags = data[name_at - 2] << 8 | data[name_at - 1]
        if flags & EXTENDED:
            name_at += 2
        length = flags & _LENGTH
        if length == _LENGTH:
            length = data.index(b"\0", name_at) - name_at
        return at + ((name_at - at + length + 8) & ~7)

    def has_folder(self, path: bytes) -> bool:
        """Tells whether there are entries below a path."""
        return self._entry_start(path + b"/", 0) is not None

    def _locate(self, wanted: list[bytes]) -> dict[bytes, tuple[IndexEntry | None, int, int]]:
        """Returns entry, start and end of each path; for one without an entry, where it would stand."""
        if len(wanted) < _SCAN_FROM:
            found = {path: self._search(path) for path in wanted}
            if None not in found.values():
                return {path: place for path, place in found.items() if place}
        return self._scan(wanted)

    def _search(self, path: bytes) -> tuple[IndexEntry | None, int, int] | None:
        """Returns a path's place by looking for its bytes; None when that is not conclusive."""
        if len(path) >= _LENGTH:
            return None
        start = self._entry_start(struct.pack(">H", len(path)) + path + b"\0", 2)
        if start is not None:
            return self._parse(start)
        folder = path[: path.rfind(b"/") + 1]
        start = self._entry_start(folder, 0) if folder else None
        while start is not None:
            entry, _, end = self._parse(start)
            if entry.path == path or not entry.path.startswith(folder):
                # Either it has flags that the search did not expect, or it would be the folder's last.
                return None if entry.path == path else (None, start, start)
            if entry.path > path:
                return (None, start, start)
            if end >= self._entries_end:
                return (None, end, end)
            start = end
        return None

    def _entry_start(self, needle: bytes, lead: int) -> int | None:
        """Returns the start of the first entry whose name begins with a needle (its first `lead` bytes are flags)."""
        at = self._data.find(needle, _HEADER)
        while 0 <= at < self._entries_end:
            start = at + lead - self._names_at
            if start >= _HEADER and (start - _HEADER) % 8 == 0:
                (flags,) = struct.unpack_from(">H", self._data, start + self._names_at - 2)
                name = self._data[start + self._names_at : start + self._names_at + (flags & _LENGTH)]
                closed = self._data[start + self._names_at + len(name)] == 0
                if not flags & EXTENDED and closed and b"\0" not in name and len(name) < _LENGTH:
                    return start
            at = self._data.find(needle, at + 1)
        return None

    def _scan(self, wanted: list[bytes]) -> dict[bytes, tuple[IndexEntry | None, int, int]]:
        places: dict[bytes, tuple[IndexEntry | None, int, int]] = {}
        data, names_at, at = self._data, self._names_at, _HEADER
        waiting = iter(wanted)
        path = next(waiting, None)
        for _ in range(self._count):
            flags = data[at + names_at - 2] << 8 | data[at + names_at - 1]
            name_at = at + names_at + (2 if flags & EXTENDED else 0)
            length = flags & _LENGTH
            if length == _LENGTH:
                length = data.index(b"\0", name_at) - name_at
            end = at + ((name_at - at + length + 8) & ~7)
            name = data[name_at : name_at + length]
            while path is not None and name >= path:
                places[path] = self._parse(at) if name == path else (None, at, at)
                path = next(waiting, None)
            at = end
        while path is not None:
            places[path] = (None, at, at)
            path = next(waiting, None)
        return places

    def _parse(self, start: int) -> tuple[IndexEntry, int, int]:
        data = self._data
        stat = _STAT.unpack_from(data, start)
        at = start + self._names_at
        oid = data[at - 2 - self._id_size : at - 2].hex()
        (flags,) = struct.unpack_from(">H", data, at - 2)
        more = 0
        if flags & EXTENDED:
            (more,) = struct.unpack_from(">H", data, at)
            at += 2
        end = data.index(b"\0", at)
        path = data[at:end]
        if flags & _STAGE:
            raise Unsettled(os.fsdecode(path))
        entry = IndexEntry(path=path, oid=oid, stat=stat, flags=flags, more_flags=more)
        return entry, start, start + ((at - start + len(path) + 8) & ~7)
