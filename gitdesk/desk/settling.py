"""Settling by field what a merge left open, in a clone where Git merged lines."""

from __future__ import annotations

import os
import re
from contextlib import suppress

from gitdesk.domain.change import is_document
from gitdesk.domain.merge import told
from gitdesk.errors import SetupError
from gitdesk.store import merge_file, unmerged
from gitdesk.store.git import Repo, require_version
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gitdesk.store.unmerged import Unmerged

SETTLED, CONFLICT, LEFT = "settled", "conflict", "left"
_MARKER = re.compile(rb"(?m)^(?:<{7,} .*|\|{7,}.*|={7,}|>{7,} .*)\r?\n?")
_JOINING = (
    ("rebase-merge", "git rebase --continue"),
    ("rebase-apply", "git rebase --continue"),
    ("CHERRY_PICK_HEAD", "git cherry-pick --continue"),
    ("REVERT_HEAD", "git revert --continue"),
    ("MERGE_HEAD", "git commit"),
)


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
        return found, None if any(one.state != SETTLED for one in found) else _next(repo)


def _settlings(repo: Repo, top: str, environ: Mapping[str, str]) -> Iterator[Settling]:
    for one in unmerged.unmerged(repo):
        if is_document(one.path):
            yield _settle(repo, os.path.join(top, one.path), one, environ)
        else:
            detail = "no ticket, so lines are all there is to go by"
            yield Settling(path=one.path, state=LEFT, detail=detail, hint=_by_hand(one.path))


def _settle(repo: Repo, file: str, one: Unmerged, environ: Mapping[str, str]) -> Settling:
    if one.ours is None or one.theirs is None or not one.is_plain:
        return _one_sided(one)
    base, ours, theirs = (repo.blob(oid) if oid else b"" for oid in (one.base, one.ours, one.theirs))
    merged = merge_file.merge(one.path, base, ours, theirs, environ)
    if not _is_as_merged(file, merged.data, merge_file.text_merge(base, ours, theirs, environ).data):
        detail = "the file is not as the merge left it any more"
        hint = f"git add {one.path}, or git checkout --merge -- {one.path} for the merge as it was"
        return Settling(path=one.path, state=LEFT, detail=detail, hint=hint)
    _replace(file, merged.data)
    if merged.is_conflict:
        detail = told(merged.conflicts) or "a version cannot be read whole, so it was merged line by line"
        return Settling(path=one.path, state=CONFLICT, detail=detail, hint=_by_hand(one.path))
    unmerged.take_off(repo, one, merged.data)
    return Settling(path=one.path, state=SETTLED, detail="both sides are in it")


def _one_sided(one: Unmerged) -> Settling:
    if not one.is_plain:
        return Settling(
            path=one.path, state=LEFT, detail="one side has no plain file there", hint=_by_hand(one.path)
        )
    gone = "ours" if one.ours is None else "theirs"
    return Settling(
        path=one.path,
        state=LEFT,
        detail=f"deleted on one side ({gone}), changed on the other",
        hint=f"git add {one.path} keeps it, git rm {one.path} does not",
    )


def _by_hand(path: str) -> str:
    return f"settle it in an editor, then git add {path}"


def _is_as_merged(file: str, *made: bytes) -> bool:
    """Tells whether a file is what a merge made of it, whatever the markers are called."""
    try:
        with open(file, "rb") as opened:
            shown = _plain(opened.read())
    except OSError:
        return False
    return any(shown == _plain(one) for one in made)


def _plain(data: bytes) -> bytes:
    return _MARKER.sub(b"", data).replace(b"\r\n", b"\n")


def _replace(file: str, data: bytes) -> None:
    beside = f"{file}.gitdesk-settling"
    with suppress(FileNotFoundError):
        os.unlink(beside)  # of one that was killed
    with open(beside, "xb") as opened:
        opened.write(data)
    os.chmod(beside, os.stat(file).st_mode)
    os.replace(beside, file)


def _next(repo: Repo) -> str | None:
    """Returns what Git waits for once nothing is open."""
    for name, command in _JOINING:
        if os.path.exists(os.path.join(repo.git_dir, name)):
            return command
    return None
