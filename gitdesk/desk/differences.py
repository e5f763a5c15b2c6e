"""What differs between two commits of a desk, or between its last one and the work tree, as Changes."""

from __future__ import annotations

import os

from gitdesk.desk import uncommitted
from gitdesk.desk.revisions import commit, parts
from gitdesk.domain.change import Change, is_document, with_moves
from gitdesk.domain.config import PATH
from gitdesk.errors import SetupError
from gitdesk.store import codec, objects, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.document import Document

_HINT = "two commits can be compared everywhere: gitdesk diff A..B"


def between(desk: Desk, text: str) -> list[Change]:
    """Returns what differs from A to B of `A..B`; "" of either is the desk's last commit.

    Raises SetupError for a commit that this clone does not have.
    """
    first, _, last = parts(text)
    old, new = (commit(desk.repo, name) if name else desk.tip for name in (first, last))
    found = list(desk.source.diff(old, new))
    documents = _documents(desk, found)
    return with_moves(
        Change(
            path=path,
            before=documents.get((path, before or "")),
            after=documents.get((path, after or "")),
            old=before or "",
            new=after or "",
        )
        for path, before, after in found
    )


def not_committed(desk: Desk) -> list[Change]:
    """Returns what the work tree has otherwise than the desk's last commit, new files too.

    Raises SetupError for a desk that is checked out nowhere.
    """
    checkout = desk.location.checkout
    if checkout is None:
        raise SetupError("the desk is not checked out here, so nothing can differ from it", hint=_HINT)
    paths = [*uncommitted.changed(desk)]
    if uncommitted.config_differs(desk):
        paths.append(PATH)
    return with_moves(_shown(desk, checkout.path, path) for path in sorted(paths))


def _documents(
    desk: Desk, found: Sequence[tuple[str, str | None, str | None]]
) -> dict[tuple[str, str], Document]:
    wanted = {(path, oid) for path, *sides in found if is_document(path) for oid in sides if oid}
    order = sorted(wanted)
    read_ = desk.source.documents(order)
    return {key: document for key, (_, _, document) in zip(order, read_, strict=True)}


def _shown(desk: Desk, top: str, path: str) -> Change:
    """Returns the change from the last commit to the file that is there."""
    entry = read.find_entry(desk.repo, desk.tip, path)
    old = entry.oid if entry is not None and entry.mode in objects.PLAIN_MODES else ""
    after = _content(os.path.join(top, path))
    if not is_document(path):
        new = objects.object_id(desk.repo.hash_name, "blob", after) if after is not None else ""
        return Change(path=path, old=old, new=new)
    before = desk.repo.blob(old) if old else None
    return Change(path=path, before=_parsed(before, path), after=_parsed(after, path))


def _parsed(data: bytes | None, path: str) -> Document | None:
    return codec.parse(data, path) if data is not None else None


def _content(file: str) -> bytes | None:
    """Returns what a plain file holds, None for anything else."""
    if os.path.islink(file) or not os.path.isfile(file):
        return None
    try:
        with open(file, "rb") as opened:
            return opened.read()
    except OSError as error:
        raise SetupError(f"cannot read {file}: {(error.strerror or str(error)).lower()}") from None


def told_quietly(changes: Sequence[Change]) -> Iterator[tuple[str, str]]:
    """Yields path and words of files that changed without saying anything else."""
    from gitdesk.domain.change import quiet, told_of

    for change in changes:
        words = quiet(change) if not told_of(change) else ""
        if words:
            yield change.path, words
