"""What a merge of Git's left open in the index: the three versions of each path, and how one is taken off the list."""

from __future__ import annotations

import os

from gitdesk.store import objects
from gitdesk.store.object_writer import ObjectWriter
from gitdesk.store.read import at_top
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

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


def is_open(repo: Repo, index: str) -> bool:
    """Tells whether a merge left anything open in an index."""
    return bool(repo.run(*at_top(repo), "ls-files", "--unmerged", "-z", env={"GIT_INDEX_FILE": index}))


def take_off(repo: Repo, settled: Sequence[tuple[Unmerged, bytes]]) -> None:
    """Puts the settled content of paths into the index, in place of their versions."""
    if not settled:
        return
    writer = ObjectWriter(repo)
    lines = []
    for one, data in settled:
        oid, path = writer.add("blob", data).encode("ascii"), os.fsencode(one.path)
        lines.append(b"0 %s\t%s\0" % (b"0" * len(oid), path))
        lines.append(b"%s %s 0\t%s\0" % (one.mode.encode("ascii"), oid, path))
    writer.flush()
    writer.settle()
    repo.run(*at_top(repo), "update-index", "-z", "--index-info", input=b"".join(lines))
