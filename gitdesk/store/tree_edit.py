"""Trees with some paths changed, whatever stands at them: files of any mode, of the desk or beside it."""

from __future__ import annotations

import os

from gitdesk.errors import Refused
from gitdesk.store import objects
from gitdesk.store.objects import TreeEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitdesk.store.git import Repo
    from gitdesk.store.object_writer import ObjectWriter

Spot = tuple[str, str]  # mode and object id of what stands at a path


def find(repo: Repo, tree: str, path: str) -> Spot | None:
    """Returns what a tree has at a path, a folder too; None for nothing."""
    *folders, name = os.fsencode(path).split(b"/")
    for folder in folders:
        entry = objects.find_in_tree(repo.tree_data(tree), folder, repo.id_size)
        if entry is None or entry.mode != objects.TREE_MODE:
            return None
        tree = entry.oid
    entry = objects.find_in_tree(repo.tree_data(tree), name, repo.id_size)
    return (entry.mode, entry.oid) if entry is not None else None


def edited(repo: Repo, writer: ObjectWriter, tree: str, changes: Mapping[str, Spot | None]) -> str:
    """Returns the tree with the paths as given (None: nothing there); the new folders go to the writer.

    Raises Refused where a file would have to be a folder at once, or the other way round.
    """
    split = {tuple(os.fsencode(path).split(b"/")): spot for path, spot in changes.items()}
    return _folder(repo, writer, tree, split, "") or writer.add(objects.TREE, b"")


def _folder(
    repo: Repo, writer: ObjectWriter, tree: str, changes: dict[tuple[bytes, ...], Spot | None], above: str
) -> str:
    data = repo.tree_data(tree) if tree else b""
    changed: dict[bytes, TreeEntry | None] = {}
    below: dict[bytes, dict[tuple[bytes, ...], Spot | None]] = {}
    for parts, spot in changes.items():
        if len(parts) > 1:
            below.setdefault(parts[0], {})[parts[1:]] = spot
        else:
            changed[parts[0]] = TreeEntry(spot[0], parts[0], spot[1]) if spot is not None else None
    for name, inner in below.items():
        path = f"{above}{os.fsdecode(name)}"
        old = changed.get(name) if name in changed else objects.find_in_tree(data, name, repo.id_size)
        if old is not None and old.mode != objects.TREE_MODE:
            if all(spot is None for spot in inner.values()):
                continue
            raise Refused(f'"{path}" would be a folder and is a file')
        new = _folder(repo, writer, old.oid if old is not None else "", inner, f"{path}/")
        if old is None or new != old.oid:
            changed[name] = TreeEntry(objects.TREE_MODE, name, new) if new else None
    for name, entry in changed.items():
        there = objects.find_in_tree(data, name, repo.id_size)
        if (
            entry is not None
            and there is not None
            and (there.mode == objects.TREE_MODE) != (entry.mode == objects.TREE_MODE)
            and name not in below
        ):
            raise Refused(f'"{above}{os.fsdecode(name)}" would be a file and is a folder')
    data = objects.edit_tree(data, changed, repo.id_size) if changed else data
    if not data:
        return ""
    return writer.add(objects.TREE, data) if changed else tree
