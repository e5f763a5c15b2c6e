"""`gitdesk note`: leaves an internal note."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.message import MessageText
from gitdesk.cli.options import Writing, change_options, format_options, message_options
from gitdesk.cli.saying import say
from gitdesk.cli.spec import Named, argument, option
from gitdesk.domain.ticket import NOTE


@spec.command("note")
@format_options()
@change_options
@message_options
@option("--status", metavar="STATUS", type=Named("status"), help="Move the ticket too, in the same commit.")
@option("--attach", multiple=True, metavar="FILE", help="Attach a file.")
@argument("ticket", metavar="ID", type=Named("id"))
def command(
    context: Context,
    ticket: str,
    writing: Writing,
    message: MessageText,
    status: str | None,
    attach: tuple[str, ...],
) -> None:
    """Leave an internal note, which the requester never sees.

    The text comes from -m, -F, standard input or, at a terminal, your editor.
    """
    say(context, ticket, NOTE, writing, message, attach=attach, status=status)
