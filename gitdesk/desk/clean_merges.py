"""Merges whose result nobody chose: a file is exactly what merging the versions of both parents comes to."""

from __future__ import annotations

from gitdesk.errors import GitdeskError
from gitdesk.store import merge_file, read
from gitdesk.store.objects import PLAIN_MODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo
    from gitdesk.store.history import Record


def is_clean(repo: Repo, record: Record, path: str) -> bool:
    """Tells whether a commit merges a file and adds nothing of its own, to the byte.

    It is merged once more: by field, or by Git's lines where it is no ticket, whichever parent comes first. Whoever
    brings two commits together so makes nothing of the file; those who made the two commits have. Of more than two
    parents, of several common pasts, or where a side has no plain file, nobody can tell: that is not clean.
    """
    parents = record.commit.parents
    if len(parents) != 2:
        return False
    found = repo.run("--no-replace-objects", "merge-base", "--all", *parents, check=False)
    bases = found.decode("ascii", "replace").split()
    if len(bases) != 1:
        return False
    entries = [read.find_entry(repo, commit, path) for commit in (record.commit.id, *parents)]
    plain = [one.oid for one in entries if one is not None and one.mode in PLAIN_MODES]
    if len(plain) < len(entries):
        return False
    made, *sides = (repo.blob(oid) for oid in plain)
    entry = read.find_entry(repo, bases[0], path)
    if entry is not None and entry.mode not in PLAIN_MODES:
        return False
    base = repo.blob(entry.oid) if entry is not None else b""
    return any(_is_merge(repo, path, base, one, other, made) for one, other in (sides, reversed(sides)))


def _is_merge(repo: Repo, path: str, base: bytes, one: bytes, other: bytes, made: bytes) -> bool:
    try:
        merged = merge_file.merge(path, base, one, other, repo.environ)
    except GitdeskError:
        return False
    return not merged.is_conflict and merged.data == made
