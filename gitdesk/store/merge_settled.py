"""What a merge by field settles of what Git's merge of lines leaves open, in a merge that nobody has made yet."""

from __future__ import annotations

from gitdesk.domain.change import is_document
from gitdesk.domain.merge import told
from gitdesk.store import merge_file, read, tree_edit
from gitdesk.store.object_writer import ObjectWriter
from gitdesk.store.objects import BLOB, FILE_MODE, PLAIN_MODES
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitdesk.store.git import Repo
    from gitdesk.store.tree_edit import Spot


class Settled(Value):
    """A tree, the paths that only the merge by field has settled in it, and what the sides do not agree on elsewhere.

    `conflicts` has a path for every file that needs a person: in words, "" where there are only lines to go by.
    """

    tree: str
    paths: tuple[str, ...]
    conflicts: Mapping[str, str]


def settle(other: Repo, tree: str, left: Mapping[str, str], one: str, two: str) -> Settled:
    """Returns what becomes of the files Git could not settle: `left` has them with the base's blob ids, "" for none.

    `other` is the repository beside the one of the commits `one` and `two`, which gets the new objects.
    """
    writer = ObjectWriter(other)
    wanted: dict[str, Spot | None] = {}
    conflicts: dict[str, str] = {}
    for path, base in left.items():
        sides = [read.find_entry(other, commit, path) for commit in (one, two)]
        plain = [side.oid for side in sides if side is not None and side.mode in PLAIN_MODES]
        if not is_document(path) or len(plain) < len(sides):
            conflicts[path] = ""
            continue
        ours, theirs = (other.blob(oid) for oid in plain)
        merged = merge_file.merge(path, other.blob(base) if base else b"", ours, theirs, other.environ)
        if merged.is_conflict:
            conflicts[path] = told(merged.conflicts)
            continue
        wanted[path] = FILE_MODE, writer.add(BLOB, merged.data)
    if wanted:
        tree = tree_edit.edited(other, writer, tree, wanted)
        writer.flush()
        writer.wait()
    return Settled(tree=tree, paths=tuple(wanted), conflicts=conflicts)
