"""`gitdesk reply`: answers the requester, or records what somebody outside wrote."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.message import MessageText
from gitdesk.cli.options import Writing, change_options, format_options, message_options
from gitdesk.cli.saying import say
from gitdesk.cli.spec import Named, argument, option
from gitdesk.domain.ticket import CUSTOMER, REPLY


@spec.command("reply")
@format_options()
@change_options
@message_options
@option(
    "--from", "sender", metavar="WHO", help='Record a message of "requester" or "Name <address>" instead.'
)
@option("--status", metavar="STATUS", type=Named("status"), help="Move the ticket too, in the same commit.")
@option("--attach", multiple=True, metavar="FILE", help="Send a file along.")
@argument("ticket", metavar="ID", type=Named("id"))
def command(
    context: Context,
    ticket: str,
    writing: Writing,
    message: MessageText,
    sender: str | None,
    status: str | None,
    attach: tuple[str, ...],
) -> None:
    """Answer the requester: a public message at the end of the thread.

    The text comes from -m, -F, standard input or, at a terminal, your editor. With --from, the message is one that
    came from outside, by telephone say, and is kept as theirs.

    \b
      gitdesk reply 7k3 -m 'Fixed, please try again.' --status resolved
      gitdesk reply 7k3 --from requester -m 'It works, thank you!'
    """
    kind = REPLY if sender is None else CUSTOMER
    say(context, ticket, kind, writing, message, attach=attach, status=status, sender=sender)
