"""Git's objects as values: their ids, trees and commits, and the loose files that hold them."""

from __future__ import annotations

import re
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

BLOB, TREE, COMMIT = "blob", "tree", "commit"
FILE_MODE, EXECUTABLE_MODE, TREE_MODE = "100644", "100755", "40000"
FEW = 8  # entries up to which looking for each beats reading the whole tree
PLAIN_MODES = (FILE_MODE, EXECUTABLE_MODE)


class TreeEntry:
    """One name in a tree: its mode as Git writes it (`100644`, `40000`), its name as bytes, its object's id."""

    __slots__ = ("mode", "name", "oid")

    def __init__(self, mode: str, name: bytes, oid: str) -> None:
        self.mode, self.name, self.oid = mode, name, oid

    @property
    def order(self) -> bytes:
        """Returns what Git sorts by: a directory's name counts as if it ended in a slash."""
        return self.name + b"/" if self.mode == TREE_MODE else self.name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TreeEntry) and (self.mode, self.name, self.oid) == (
            other.mode,
            other.name,
            other.oid,
        )

    def __hash__(self) -> int:
        return hash((self.mode, self.name, self.oid))

    def __repr__(self) -> str:
        return f"TreeEntry({self.mode!r}, {self.name!r}, {self.oid!r})"


def new_hash(hash_name: str, data: bytes | bytearray = b"") -> Any:
    """Returns a running hash; for SHA-1 without importing `hashlib`, which costs more than a hot command does."""
    import sys

    if hash_name == "sha1" and "hashlib" not in sys.modules:
        try:
            from _sha1 import sha1  # type: ignore[import-not-found]
        except ImportError:
            pass
        else:
            return sha1(data)
    import hashlib

    return hashlib.new(hash_name, data, usedforsecurity=False)


def hasher(hash_name: str) -> Any:
    """Returns what makes running hashes, for those who make very many."""
    import hashlib
    from functools import partial

    return partial(getattr(hashlib, hash_name), usedforsecurity=False)


def object_id(hash_name: str, kind: str, data: bytes) -> str:
    """Returns the id Git gives these bytes."""
    running = new_hash(hash_name, b"%s %d\0" % (kind.encode(), len(data)))
    running.update(data)
    return str(running.hexdigest())


def _records(data: bytes, id_size: int) -> list[tuple[bytes, bytes, bytes]]:
    """Returns mode, name and raw id of each entry; a tree of a thousand is read by every command that writes."""
    return re.findall(rb"(?s)([0-7]+) ([^\0]+)\0(.{%d})" % id_size, data)


def _mode(written: bytes) -> str:
    """Returns a mode as Git takes it: old ones begin with a zero, or let a group write."""
    mode = written.lstrip(b"0").decode("ascii")
    if mode[:3] == "100":
        return EXECUTABLE_MODE if int(mode[3:4] or "0") & 1 else FILE_MODE
    return mode


def _entry(record: tuple[bytes, bytes, bytes]) -> TreeEntry:
    mode, name, oid = record
    return TreeEntry(_mode(mode), name, oid.hex())


def parse_tree(data: bytes, id_size: int) -> dict[bytes, TreeEntry]:
    """Returns a tree's entries by name, in their order; `id_size` is 20 or 32."""
    return {record[1]: _entry(record) for record in _records(data, id_size)}


def tree_entries(data: bytes, id_size: int) -> list[TreeEntry]:
    """Returns all of a tree's entries, though two may have one name."""
    return [_entry(record) for record in _records(data, id_size)]


def find_in_tree(data: bytes, name: bytes, id_size: int) -> TreeEntry | None:
    """Returns one entry of a tree without reading the others; None when there is none of that name."""
    found = _locate(data, name, id_size)
    if found is None:
        return None
    start, space, end = found
    if data.find(b" %s\0" % name, end) >= 0:  # twice, perhaps: the last one is what Git checks out
        return parse_tree(data, id_size)[name]
    return TreeEntry(_mode(data[start:space]), name, data[end - id_size : end].hex())


def _locate(data: bytes, name: bytes, id_size: int) -> tuple[int, int, int] | None:
    """Returns where the entry of a name begins, has its space and ends.

    The search for its bytes only says where it may be, for another's name or id can hold the same. So every such place
    is reached from entry to entry too.
    """
    needle = b" %s\0" % name
    at, start = data.find(needle), 0
    while at >= 0:
        end = data.find(b"\0", start) + 1 + id_size
        while end <= at:
            start = end
            end = data.find(b"\0", start) + 1 + id_size
        if data.find(b" ", start) == at and end <= len(data) and not data[start:at].strip(b"01234567"):
            return start, at, end
        at = data.find(needle, max(at + 1, start))
    return None


def odd_name(data: bytes, id_size: int) -> bytes | None:
    """Returns a name of a tree that no Git of good faith writes, None where all are well: b"" for no whole tree.

    Such is a name that stands there twice or not in its place, one with a slash, and one that no file can have.
    """
    found = _records(data, id_size)
    names = [record[1] for record in found]
    known = set(names)
    if sum(map(len, names)) + sum(len(record[0]) for record in found) + (2 + id_size) * len(found) != len(
        data
    ):
        return b""
    if len(known) < len(names):
        return next(name for name in names if names.count(name) > 1)
    for name in (b".", b"..", b".git"):
        if name in known:
            return name
    if b"/" in b"".join(names):
        return next(name for name in names if b"/" in name)
    keys = [name + b"/" if mode.lstrip(b"0") == b"40000" else name for mode, name, _ in found]
    right = sorted(keys)
    if keys != right:
        return next(one.rstrip(b"/") for one, other in zip(keys, right, strict=True) if one != other)
    return None


def compare_trees(
    one: bytes, two: bytes, id_size: int
) -> list[tuple[bytes, TreeEntry | None, TreeEntry | None]]:
    """Returns name, entry in the one and entry in the other tree of what differs between two."""
    before, after = set(_records(one, id_size)), set(_records(two, id_size))
    old = {record[1]: _entry(record) for record in before - after}
    new = {record[1]: _entry(record) for record in after - before}
    names = sorted(old.keys() | new.keys())
    return [(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


def edit_tree(data: bytes, changes: Mapping[bytes, TreeEntry | None], id_size: int) -> bytes:
    """Returns a tree with entries set, or taken out where None stands; b"" when nothing is left."""
    entries = parse_tree(data, id_size) if len(changes) > FEW else None
    for name, entry in changes.items():
        if entries is None:
            place = _locate(data, name, id_size)
            if entry and place and _mode(data[place[0] : place[1]]) == entry.mode:
                data = data[: place[0]] + _rendered(entry) + data[place[2] :]
                continue
            entries = parse_tree(data, id_size)
        if entry is None:
            entries.pop(name, None)
        else:
            entries[name] = entry
    return data if entries is None else render_tree(entries.values())


def render_tree(entries: Iterable[TreeEntry]) -> bytes:
    """Returns a tree object's content, sorted as Git wants it."""
    return b"".join(map(_rendered, sorted(entries, key=lambda entry: entry.order)))


def _rendered(entry: TreeEntry) -> bytes:
    return b"%s %s\0%s" % (entry.mode.encode("ascii"), entry.name, bytes.fromhex(entry.oid))


def tree_of_commit(data: bytes) -> str:
    """Returns the id of the tree a commit object names."""
    return data[5 : data.index(b"\n")].decode("ascii")


def parents_of_commit(data: bytes) -> tuple[str, ...]:
    """Returns the ids of a commit object's parents."""
    lines = data[: data.find(b"\n\n")].split(b"\n")
    return tuple(line[7:].decode("ascii") for line in lines if line.startswith(b"parent "))


def render_commit(tree: str, parents: Iterable[str], author: str, committer: str, message: str) -> bytes:
    """Returns a commit object's content; author and committer are `Name <address> seconds zone`."""
    head = [
        f"tree {tree}",
        *(f"parent {parent}" for parent in parents),
        f"author {author}",
        f"committer {committer}",
    ]
    return ("\n".join(head) + "\n\n" + message).encode("utf-8", "replace")


def read_loose(directory: str, oid: str) -> tuple[str, bytes] | None:
    """Returns kind and content of a loose object, None when there is no such file; zlib.error when it is broken."""
    try:
        with open(f"{directory}/{oid[:2]}/{oid[2:]}", "rb") as file:
            packed = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    plain = zlib.decompress(packed)
    zero = plain.index(b"\0")
    return plain[:zero].split(b" ")[0].decode("ascii"), plain[zero + 1 :]
