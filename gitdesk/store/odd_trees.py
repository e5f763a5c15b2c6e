"""Trees that no Git of good faith writes: a name twice, out of order, or with a slash in it."""

from __future__ import annotations

import os

from gitdesk.domain.calendar_parse import FOLDER
from gitdesk.domain.violation import Violation
from gitdesk.store import objects
from gitdesk.store.read import TICKETS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitdesk.store.git import Repo

_TOP = (TICKETS, FOLDER.rstrip("/"))
_HINT = "make the commit again with Git itself: `git fsck` tells of such trees"


class OddTrees:
    """Looks at the trees of commits, at each one once."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._well: set[str] = set()

    def among(self, folders: Iterable[tuple[str, str]], commit: str = "") -> Iterator[Violation]:
        """Yields what is wrong with those of some folders, given by path and id, that concern a desk."""
        wanted = [(path, oid) for path, oid in folders if oid not in self._well and _concerns(path)]
        for path, oid in wanted:
            _, data = self._repo.object(oid) if oid else ("", b" ")
            name = objects.odd_name(data, self._repo.id_size)
            if name is None:
                self._well.add(oid)
            else:
                yield _violation(path, name, commit)


def at(repo: Repo, commit: str) -> Iterator[Violation]:
    """Yields what is wrong with the trees of a desk at a commit; every folder is read for it, level by level."""
    level = [("", objects.tree_of_commit(repo.commit(commit)))]
    while level:
        following: list[tuple[str, str]] = []
        for (path, _), (_, data) in zip(level, repo.blobs(oid for _, oid in level), strict=True):
            name = objects.odd_name(data, repo.id_size)
            if name is not None:
                yield _violation(path, name, "")
            for entry in objects.tree_entries(data, repo.id_size):
                below = f"{path}/{os.fsdecode(entry.name)}" if path else os.fsdecode(entry.name)
                if entry.mode == objects.TREE_MODE and (path or below in _TOP):
                    following.append((below, entry.oid))
        level = following


def _concerns(path: str) -> bool:
    return not path or path.partition("/")[0] in _TOP


def _violation(path: str, name: bytes, commit: str) -> Violation:
    shown = os.fsdecode(name).encode("utf-8", "replace").decode("utf-8")
    where = f'the folder "{path}"' if path else "the folder at the top"
    message = (
        f'{where} has "{shown}" twice or where Git does not put it' if shown else f"{where} is no whole tree"
    )
    return Violation(
        code="F054",
        message=message,
        path=f"{path}/{shown}".strip("/") or ".",
        hint=_HINT,
        subject="F054",
        commit=commit,
    )
