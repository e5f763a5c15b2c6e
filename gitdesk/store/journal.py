"""What a writer is in the middle of, on disk, so that whoever comes after a killed one can finish or undo it."""

from __future__ import annotations

import contextlib
import os

from gitdesk.store.lock import cannot
from gitdesk.value import Value

_FORM = "gitdesk journal 1"
_TEXTS = ("ref", "old", "new", "why", "who", "git_dir", "work_tree")


class Entry(Value):
    """A commit about to land: `new` on `ref` in place of `old`; the checkout that follows it, and its touched paths.

    `new` "" means that nothing but locks has been taken. `why` and `who` are for the reflog. Paths come with old
    and new blob id, "" for no file.
    """

    ref: str
    old: str
    new: str = ""
    why: str = ""
    who: str = ""
    git_dir: str = ""
    work_tree: str = ""
    paths: tuple[tuple[str, str, str], ...] = ()


def write(path: str, entry: Entry) -> None:
    """Puts an entry in place, whole or not at all."""
    fields = [_FORM, *(getattr(entry, name) for name in _TEXTS), ""]
    fields += [field for touched in entry.paths for field in touched]
    passing = f"{path}.new"
    try:
        with open(passing, "wb") as file:
            file.write(os.fsencode("\0".join(fields)))
        os.rename(passing, path)
    except OSError as problem:
        raise cannot("write", path, problem) from None


def load(path: str) -> Entry | None:
    """Returns the entry that was left, None for none (one that cannot be read is of no use to anybody)."""
    try:
        with open(path, "rb") as file:
            fields = os.fsdecode(file.read()).split("\0")
    except FileNotFoundError:
        return None
    first = len(_TEXTS) + 2
    if fields[0] != _FORM or len(fields) < first or (len(fields) - first) % 3:
        return None
    paths = tuple((fields[at], fields[at + 1], fields[at + 2]) for at in range(first, len(fields), 3))
    return Entry(**dict(zip(_TEXTS, fields[1:], strict=False)), paths=paths)


def remove(path: str) -> None:
    """Removes the entry: nothing is left to do."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
