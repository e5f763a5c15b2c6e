"""`gitdesk edit`: the whole file in the editor."""

from __future__ import annotations

import os
import sys

from gitdesk.cli import outcome, spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import Writing, change_options, format_options
from gitdesk.cli.spec import Named, argument, option
from gitdesk.cli.terminal import is_terminal
from gitdesk.domain.format import MAX_FILE
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import GitdeskError, Place, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO


@spec.command("edit")
@format_options()
@change_options
@option("-F", "--file", "file", metavar="FILE", help='Take the new text from a file, "-": standard input.')
@option("--resume", is_flag=True, help="Go on with the text that was refused last time.")
@argument("ticket", metavar="ID", type=Named("id"))
def command(context: Context, ticket: str, file: str | None, resume: bool, writing: Writing) -> None:
    """Edit a whole ticket in your editor.

    The text is checked before it is committed. When it is refused it is kept, and --resume opens it again.
    """
    from gitdesk.desk import Rewrite
    from gitdesk.desk.reading import document
    from gitdesk.desk.writing import readable

    desk = context.desk
    ticket_id = desk.resolve(ticket)
    found, base, _ = document(desk, ticket_id)
    if found.ticket is None and not found.data:
        readable(found)  # a link or a folder has no text to edit
    why = writing.why(context)
    _ = desk.config  # where it cannot be used nothing can be changed: told before somebody writes, not after

    def change(data: bytes, base: str) -> None:
        wish = Rewrite(ticket_id=ticket_id, data=data, base=base)
        result = outcome.change(context, [wish], why, writing)
        outcome.report(context, result, dry_run=writing.dry_run)

    if file is not None or not is_terminal(sys.stdin):
        change(_given(file), base)
        return
    from gitdesk.cli.editor import Draft, drafts
    from gitdesk.desk.reading import together

    start, kept = found.data, None
    if resume:
        kept = next(iter(drafts(f"edit {ticket_id}", context.environ)), None)
        if kept is None:
            raise UsageError(f"nothing is kept of {ticket_id} to resume")
        start = together(desk, _base_of(kept, ticket_id), found.data, _read(kept))
    with Draft(f"edit {ticket_id} {base}", context.environ) as draft:
        try:
            text = draft.edit_whole(start, resumed=kept is not None)
            context.waited()
            change(text, base)
        except GitdeskError as error:
            again = f"gitdesk edit {ticket_id} --resume opens it again"
            error.hint = f"{error.hint}; {again}" if error.hint else again
            raise
        finally:
            if kept is not None:
                os.unlink(kept)  # the draft of this call holds what it held


def _given(file: str | None) -> bytes:
    if file is not None and file != "-":
        return _read(file)
    given = _within(sys.stdin.buffer, "standard input") if sys.stdin is not None else b""
    if not given.strip():
        raise UsageError(
            "no text on standard input", hint="edit at a terminal, or give the whole file with -F"
        )
    return given


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as opened:
            return _within(opened, path)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"cannot be read: {reason}", place=Place(path)) from error


def _within(opened: BinaryIO, name: str) -> bytes:
    """Returns what a file holds; raises UsageError for more than a ticket file may hold, without reading it all."""
    data = opened.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise UsageError(f"the text has more than {MAX_FILE:,} bytes", place=Place(name))
    return data


def _base_of(path: str, ticket_id: TicketId) -> str:
    """Returns the blob id a draft was started from, which its name carries."""
    name = os.path.basename(path).removeprefix(f"edit-{ticket_id}-")
    return name.partition("-")[0]
