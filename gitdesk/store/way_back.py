"""Takes back what Git has half shown of another commit: the files that it wrote or removed, and no others."""

from __future__ import annotations

import os
import stat

from gitdesk.errors import GitdeskError, Refused
from gitdesk.store.object_writer import discard
from gitdesk.store.objects import BLOB, object_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitdesk.store.git import Repo
    from gitdesk.store.local_commits import Difference
    from gitdesk.store.worktrees import Checkout

    Stamp = tuple[int, ...] | None

_SUBMODULE = "160000"


class WayBack:
    """What stood at the paths that differ between two commits, before Git began."""

    def __init__(self, repo: Repo, checkout: Checkout, changes: Sequence[Difference]) -> None:
        self._repo, self._top = repo, checkout.path
        self._stamps = {one: _stamp(self._full(one)) for one in changes if not _is_submodule(one)}

    def require_room(self, index: Callable[[], frozenset[str]]) -> None:
        """Raises Refused for a file that Git does not know, where a new one is to stand, ignored ones among them."""
        known: frozenset[str] | None = None
        for one, stamp in self._stamps.items():
            if one.old is not None or one.new is None:
                continue
            found = self._in_the_way(one.path, stamp)
            if not found or (found == [one.path] and self._is_same(one)):
                continue
            known = index() if known is None else known
            for path in found:
                if path not in known:
                    raise Refused(
                        f'"{path}" is in the way: Git does not know it, and "{one.path}" has come in',
                        hint=f'move "{path}" away, then try again',
                    )

    def _in_the_way(self, path: str, stamp: Stamp) -> list[str]:
        """Returns the files in a place: the one there, those in the folder there, or one that is no folder above."""
        if stamp is not None and not stat.S_ISDIR(stamp[0]):
            return [path]
        if stamp is not None:
            return [
                os.path.relpath(f"{folder}/{name}", self._top)
                for folder, _, names in os.walk(f"{self._top}/{path}")
                for name in names
            ]
        above = os.path.dirname(path)
        while above:
            found = _stamp(f"{self._top}/{above}")
            if found is not None:
                return [] if stat.S_ISDIR(found[0]) else [above]
            above = os.path.dirname(above)
        return []

    def begun(self) -> list[Difference]:
        """Returns the paths at which something has happened since, and nobody but Git can have done it."""
        return [
            one
            for one, stamp in self._stamps.items()
            if _stamp(self._full(one)) != stamp and self._is_of_git(one)
        ]

    def go(self, begun: Sequence[Difference], place: Sequence[str], environ: dict[str, str]) -> bool:
        """Shows at these paths what was there; `environ` names the index to go by. Returns whether it could be."""
        try:
            for one in begun:  # first what only takes room
                discard(self._full(one))
                if one.old is None:
                    self._remove_empty(os.path.dirname(one.path))
            again = b"".join(os.fsencode(one.path) + b"\0" for one in begun if one.old is not None)
            if again:
                words = (*place, "checkout-index", "--force", "--index", "-z", "--stdin")
                self._repo.run(*words, input=again, env=environ)
        except (GitdeskError, OSError):
            return False
        return True

    def _remove_empty(self, folder: str) -> None:
        while folder:
            try:
                os.rmdir(f"{self._top}/{folder}")
            except OSError:
                return
            folder = os.path.dirname(folder)

    def _is_of_git(self, one: Difference) -> bool:
        """Tells whether a path shows nothing, or the new content as far as it was written."""
        full = self._full(one)
        if _stamp(full) is None:
            return True
        if one.new is None:
            return False
        if self._is_same(one):
            return True
        data = _content(full)
        return data is not None and self._repo.blob(one.new[1]).startswith(data)

    def _is_same(self, one: Difference) -> bool:
        data = _content(self._full(one))
        return (
            data is not None
            and one.new is not None
            and object_id(self._repo.hash_name, BLOB, data) == one.new[1]
        )

    def _full(self, one: Difference) -> str:
        return f"{self._top}/{one.path}"


def _is_submodule(one: Difference) -> bool:
    return any(spot is not None and spot[0] == _SUBMODULE for spot in (one.old, one.new))


def _stamp(full: str) -> Stamp:
    try:
        found = os.lstat(full)
    except OSError:
        return None
    if stat.S_ISDIR(found.st_mode):
        return (found.st_mode,)
    return found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _content(full: str) -> bytes | None:
    try:
        if os.path.islink(full):
            return os.fsencode(os.readlink(full))
        with open(full, "rb") as file:
            return file.read()
    except OSError:
        return None
