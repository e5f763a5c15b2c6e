"""What a commit has at many paths, and what everything under tickets/ is."""

from __future__ import annotations

import os

from gitdesk.store import objects, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitdesk.store.git import Repo
    from gitdesk.store.objects import TreeEntry


def find_files(repo: Repo, commit: str, paths: Iterable[str]) -> dict[str, str]:
    """Returns the blob ids of the plain files among the paths, each folder read once."""
    paths = tuple(paths)
    if len(paths) <= objects.FEW:
        looked_up = ((path, read.find_entry(repo, commit, path)) for path in paths)
        return {path: entry.oid for path, entry in looked_up if entry and entry.mode in objects.PLAIN_MODES}
    folders: dict[bytes, dict[bytes, TreeEntry]] = {
        b"": repo.tree(objects.tree_of_commit(repo.commit(commit)))
    }
    found: dict[str, str] = {}
    for path in paths:
        folder, _, name = os.fsencode(path).rpartition(b"/")
        entry = _folder(repo, folders, folder).get(name)
        if entry is not None and entry.mode in objects.PLAIN_MODES:
            found[path] = entry.oid
    return found


def _folder(repo: Repo, known: dict[bytes, dict[bytes, TreeEntry]], path: bytes) -> dict[bytes, TreeEntry]:
    if path not in known:
        above, _, name = path.rpartition(b"/")
        entry = _folder(repo, known, above).get(name)
        known[path] = repo.tree(entry.oid) if entry is not None and entry.mode == objects.TREE_MODE else {}
    return known[path]


def listed(repo: Repo, commit: str) -> Iterator[tuple[str, str, int]]:
    """Yields path, mode (`100644`) and size in bytes of everything under tickets/, folders too, in order."""
    words = ("ls-tree", "-r", "-t", "-l", "-z", "--full-tree", commit, "--", read.TICKETS)
    for record in read.records(repo, *words):
        facts, _, path = record.partition(b"\t")
        mode, _, _, size = facts.split()
        yield os.fsdecode(path), mode.decode("ascii").lstrip("0"), int(size) if size.isdigit() else 0
