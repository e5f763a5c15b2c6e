"""What `reply` and `note` share: one message, perhaps with files and a new status, in one commit."""

from __future__ import annotations

from gitdesk.cli import outcome
from gitdesk.cli.files import read_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.cli.context import Context
    from gitdesk.cli.message import MessageText
    from gitdesk.cli.options import Writing
    from gitdesk.domain.edit import Edit


def say(
    context: Context,
    word: str,
    kind: str,
    writing: Writing,
    message: MessageText,
    *,
    attach: tuple[str, ...],
    status: str | None = None,
    sender: str | None = None,
) -> None:
    """Appends a message to a ticket and reports it."""
    from gitdesk.desk import Step, words
    from gitdesk.desk.speech import outsider, spoken
    from gitdesk.domain.edit import Move, Several

    desk = context.desk
    ticket_id = desk.resolve(word)
    wanted = words.status(desk.config, status) if status is not None else None
    author = outsider(desk, ticket_id, sender) if sender is not None else ""
    files = read_files(attach, desk.config.limits.attachment_bytes)
    why = writing.why(context)
    with message.text(context, about=f"{kind} {ticket_id}", required=not files) as text:
        edit: Edit = spoken(desk, text, now=context.now, why=why, kind=kind, author=author, files=bool(files))
        if wanted is not None:
            edit = Several(edits=(edit, Move(status=wanted)))
        step = Step(ticket_id=ticket_id, edit=edit, files=files)
        result = outcome.change(context, [step], why, writing)
    outcome.report(context, result, dry_run=writing.dry_run)
