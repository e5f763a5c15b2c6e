"""What a merge of Git's left open in the index: the three versions of each path, and how one is taken off the list."""

from __future__ import annotations

import os

from gitdesk.store import objects
from gitdesk.store.read import at_top
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo

_STAGES = ("base", "ours", "theirs")


class Unmerged(Value):
    """A path and its blob on each side, None where there is none; `mode` is that of our side, or else theirs.

    `is_plain` tells whether all that is there are plain files.
    """

    path: str
    mode: str
    base: str | None = None
    ours: str | None = None
    theirs: str | None = None
    is_plain: bool = True


def unmerged(repo: Repo) -> tuple[Unmerged, ...]:
    """Returns what is open in the index of the work tree, in the order of the paths."""
    sides: dict[str, dict[str, tuple[str, str]]] = {}
    for record in repo.run(*at_top(repo), "ls-files", "--unmerged", "-z").split(b"\0"):
        if record:
            facts, _, name = record.partition(b"\t")
            mode, oid, stage = facts.decode("ascii").split(" ")
            sides.setdefault(os.fsdecode(name), {})[_STAGES[int(stage) - 1]] = (mode, oid)
    found = []
    for path, known in sides.items():
        modes = [mode for mode, _ in known.values()]
        mode = known.get("ours", known.get("theirs", next(iter(known.values()))))[0]
        plain = all(each in objects.PLAIN_MODES for each in modes)
        found.append(
            Unmerged(path=path, mode=mode, is_plain=plain, **{side: oid for side, (_, oid) in known.items()})
        )
    return tuple(found)


def take_off(repo: Repo, one: Unmerged, data: bytes) -> None:
    """Puts the settled content of a path into the index, in place of its versions."""
    words = ("hash-object", "-w", "-t", "blob", "--no-filters", "--stdin")
    oid = repo.run(*words, input=data).decode("ascii").strip()
    path = os.fsencode(one.path)
    lines = b"0 %s\t%s\0%s %s 0\t%s\0" % (
        b"0" * len(oid), path, one.mode.encode("ascii"), oid.encode("ascii"), path,
    )  # fmt: skip
    repo.run(*at_top(repo), "update-index", "-z", "--index-info", input=lines)
