"""What a writer is in the middle of, on disk, so that whoever comes after a killed one can finish or undo it.

A clone may have been copied, moved, or unpacked from anywhere, its journal with it. So the journal names no place on
the disk, and nothing in it is believed that gitdesk could not have written.
"""

from __future__ import annotations

import contextlib
import os
import stat

from gitdesk.errors import UsageError
from gitdesk.store import refs
from gitdesk.store.lock import cannot
from gitdesk.store.object_writer import discard, write_all
from gitdesk.store.plan import is_in_work_tree
from gitdesk.value import Value

_FORM = "gitdesk journal 2"
_TEXTS = ("ref", "old", "new", "why", "who", "checkout")
_HEX = frozenset("0123456789abcdef")


class Entry(Value):
    """A commit about to land: `new` on `ref` in place of `old`; the checkout that follows it, and its touched paths.

    `new` "" means that nothing but locks has been taken. `why` and `who` are for the reflog. `checkout` is a
    work tree's name inside the clone (`worktrees.name_of`), "" for none. Paths come with old and new blob id, "" for no
    file.
    """

    ref: str
    old: str
    new: str = ""
    why: str = ""
    who: str = ""
    checkout: str = ""
    paths: tuple[tuple[str, str, str], ...] = ()


class BadJournal(Exception):
    """What stands in the journal's place is none that gitdesk has written."""


def write(path: str, entry: Entry) -> None:
    """Puts an entry in place, whole or not at all."""
    fields = [_FORM, *(getattr(entry, name) for name in _TEXTS), ""]
    fields += [field for touched in entry.paths for field in touched]
    passing = f"{path}.new"
    try:
        discard(passing)
        descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        try:
            write_all(descriptor, os.fsencode("\0".join(fields)))
        finally:
            os.close(descriptor)
        os.rename(passing, path)
    except OSError as problem:
        raise cannot("write", path, problem) from None


def load(path: str) -> Entry | None:
    """Returns the entry that was left, None for none; raises BadJournal for what is none of ours."""
    try:
        mode = os.lstat(path).st_mode
        if not stat.S_ISREG(mode):
            raise BadJournal
        with open(path, "rb") as file:
            fields = os.fsdecode(file.read()).split("\0")
    except FileNotFoundError:
        return None
    except OSError:
        raise BadJournal from None
    first = len(_TEXTS) + 2
    if fields[0] != _FORM or len(fields) < first or (len(fields) - first) % 3:
        raise BadJournal
    paths = tuple((fields[at], fields[at + 1], fields[at + 2]) for at in range(first, len(fields), 3))
    entry = Entry(**dict(zip(_TEXTS, fields[1:], strict=False)), paths=paths)
    if not _is_ours(entry):
        raise BadJournal
    return entry


def remove(path: str) -> None:
    """Removes the entry: nothing is left to do."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def put_aside(path: str) -> str:
    """Renames what stands in the journal's place, whatever it is; returns its new path."""
    aside, number = f"{path}.aside", 1
    while os.path.lexists(aside):
        number += 1
        aside = f"{path}.aside-{number}"
    try:
        os.rename(path, aside)
    except OSError as problem:
        raise cannot("put aside", path, problem) from None
    return aside


def _is_ours(entry: Entry) -> bool:
    """Tells whether we could have written an entry: branch, ids and paths are such as we write."""
    try:
        if refs.full_name(entry.ref) != entry.ref:
            return False
    except UsageError:
        return False
    ids = [entry.old, entry.new]
    for path, old, new in entry.paths:
        if not is_in_work_tree(path):
            return False
        ids += (old, new)
    return all(map(_is_id, ids)) and not any(ord(mark) < 32 for mark in entry.who + entry.checkout)


def _is_id(text: str) -> bool:
    return not text or (len(text) in (40, 64) and _HEX.issuperset(text))
