"""`gitdesk merge-driver`: what Git calls for a ticket that both sides of a merge changed."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.output import say
from gitdesk.cli.spec import Path, argument

_MOST_SIZE = 1_000  # of a marker; Git asks for a few more than seven while it merges several bases


@spec.command("merge-driver", hidden=True)
@argument("base", type=Path())
@argument("ours", type=Path())
@argument("theirs", type=Path())
@argument("size", required=False)
@argument("path", required=False)
def command(context: Context, base: str, ours: str, theirs: str, size: str | None, path: str | None) -> int:
    """Merge three versions of a ticket into the file OURS, for Git: %O %A %B %L %P; ends with 8 on a conflict."""
    from gitdesk.domain.merge import told
    from gitdesk.render.text import safe
    from gitdesk.store import merge_file, passing

    width = int(size) if size and size.isdecimal() else merge_file.MARKER_SIZE
    name = path or ours
    found = merge_file.merge(
        name,
        _read(base),
        _read(ours),
        _read(theirs),
        context.environ,
        size=min(width or merge_file.MARKER_SIZE, _MOST_SIZE),
    )
    passing.replace(ours, found.data)
    if found.conflicts:
        say(safe(f"{name}: {told(found.conflicts)}"), "gitdesk: ")
    return merge_file.STATUS_OF_CONFLICT if found.is_conflict else 0


def _read(path: str) -> bytes:
    from gitdesk.errors import Place, Unreadable

    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Unreadable(
            f"the file cannot be read: {(error.strerror or str(error)).lower()}", place=Place(path)
        ) from None
