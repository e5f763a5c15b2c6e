"""Settling by field what a merge left open, in a clone where Git merged lines."""

from __future__ import annotations

import os
import re
from collections import Counter
from shlex import quote

from gitdesk.domain.change import is_document
from gitdesk.domain.merge import told
from gitdesk.errors import SetupError, Unreadable
from gitdesk.store import merge_file, passing, underway, unmerged
from gitdesk.store.git import Repo, require_version
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitdesk.store.unmerged import Unmerged

SETTLED, CONFLICT, LEFT = "settled", "conflict", "left"
_MARKER = re.compile(rb"(?:<{7,}|\|{7,}|>{7,})(?: |$)|={7,}$")
_WHOLE = frozenset(
    (b"<", b"=", b">")
)  # the signs of a conflict; the base's is only there when Git is asked for it


class Settling(Value):
    """One path that was open: settled, with a conflict that is left for a person, or left alone for a reason."""

    path: str
    state: str
    detail: str
    hint: str | None = None


def settle(start: str, environ: Mapping[str, str]) -> tuple[tuple[Settling, ...], str | None]:
    """Settles what can be; returns what became of each open path, and the command that goes on when none is left.

    Raises SetupError where there is no work tree.
    """
    require_version(environ)
    with Repo.discover(start, environ) as repo:
        if repo.work_tree is None:
            raise SetupError("there is no work tree here, so nothing is open", hint="run it in the clone")
        found = tuple(_settlings(repo, repo.work_tree, environ))
        return found, None if any(one.state != SETTLED for one in found) else underway.going_on(repo)


def _settlings(repo: Repo, top: str, environ: Mapping[str, str]) -> Iterator[Settling]:
    settled: list[tuple[Unmerged, bytes]] = []
    for one in unmerged.unmerged(repo):
        if not is_document(one.path):
            yield _left(one, "no ticket, so lines are all there is to go by")
        elif one.ours is None or one.theirs is None or not one.is_plain:
            yield _one_sided(one)
        else:
            yield _settle(repo, os.path.join(top, one.path), one, environ, settled)
    unmerged.take_off(repo, settled)


def _settle(
    repo: Repo, file: str, one: Unmerged, environ: Mapping[str, str], settled: list[tuple[Unmerged, bytes]]
) -> Settling:
    try:
        base, ours, theirs = (repo.blob(oid) if oid else b"" for oid in (one.base, one.ours, one.theirs))
        merged = merge_file.merge(one.path, base, ours, theirs, environ)
    except Unreadable as error:
        return _left(one, error.message)
    if not _is_as_merged(_content(file), merged.data, base, ours, theirs):
        path = _named(one.path)
        hint = f"git add {path}, or git checkout --merge {path} for the merge as it was"
        return _left(one, "the file is not as the merge left it any more", hint)
    passing.replace(file, merged.data)
    if merged.is_conflict:
        detail = told(merged.conflicts) or "a version cannot be read whole, so it was merged line by line"
        return Settling(path=one.path, state=CONFLICT, detail=detail, hint=_by_hand(one.path))
    settled.append((one, merged.data))
    return Settling(path=one.path, state=SETTLED, detail="both sides are in it")


def _one_sided(one: Unmerged) -> Settling:
    if not one.is_plain:
        return _left(one, "one side has no plain file there")
    gone = "ours" if one.ours is None else "theirs"
    path = _named(one.path)
    hint = f"git add {path} keeps it, git rm {path} does not"
    return _left(one, f"deleted on one side ({gone}), changed on the other", hint)


def _left(one: Unmerged, detail: str, hint: str | None = None) -> Settling:
    return Settling(path=one.path, state=LEFT, detail=detail, hint=hint or _by_hand(one.path))


def _by_hand(path: str) -> str:
    return f"settle it in an editor, then git add {_named(path)}"


def _named(path: str) -> str:
    """Returns a path as a shell and Git take it from any folder of the work tree."""
    return quote(f":/{path}")


def _content(file: str) -> bytes | None:
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError:
        return None


def _is_as_merged(shown: bytes | None, merged: bytes, base: bytes, ours: bytes, theirs: bytes) -> bool:
    """Tells whether a file is what a merge made of it, however that compared lines and marked its conflicts.

    It is when it has markers, no line that is in no version, and each that a merge keeps: what either side added, and
    what both sides have. Lines alone cannot tell a file in which some were only moved.
    """
    if shown is None:
        return False
    if shown.replace(b"\r\n", b"\n") == merged.replace(b"\r\n", b"\n"):
        return True  # and a merge by field has been at it already
    there, marks = _lines(shown)
    if not marks >= _WHOLE:
        return False
    old, mine, other = (_lines(side)[0] for side in (base, ours, theirs))
    if not there.keys() <= old.keys() | mine.keys() | other.keys():
        return False
    added = (mine.keys() | other.keys()) - old.keys()
    same = {line: count for line, count in old.items() if mine[line] == other[line] == count}
    return (added | (mine.keys() & other.keys())) <= there.keys() and all(
        there[line] >= count for line, count in same.items()
    )


def _lines(data: bytes) -> tuple[Counter[bytes], frozenset[bytes]]:
    """Returns the lines of a file that say something, and the signs of which it has markers."""
    lines = [line.rstrip() for line in data.split(b"\n")]
    marks = frozenset(line[:1] for line in lines if _MARKER.match(line))
    return Counter(line for line in lines if line and not _MARKER.match(line)), marks
