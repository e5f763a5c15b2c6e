"""`gitdesk new`: creates a ticket."""

from __future__ import annotations

from gitdesk.cli import outcome, spec
from gitdesk.cli.context import Context
from gitdesk.cli.files import read_files
from gitdesk.cli.message import MessageText
from gitdesk.cli.options import Writing, format_options, message_options, write_options
from gitdesk.cli.spec import Named, argument, option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@spec.command("new")
@format_options()
@write_options
@message_options
@option("--attach", multiple=True, metavar="FILE", help="Attach a file.")
@option("--created", metavar="TIME", help="When it was asked, if not now.")
@option("--field", "fields", multiple=True, metavar="KEY=VALUE", help="A field of the desk's own.")
@option("--channel", default="", metavar="NAME", help="How it came: email, phone, chat…")
@option("--group", metavar="GROUP", type=Named("group"), help="Whose queue.")
@option("--assignee", metavar="WHO", type=Named("assignee"), help='An agent, or "me".')
@option(
    "--tag", "tags", multiple=True, metavar="TAG", type=Named("tag"), help="A tag; give it again for more."
)
@option("--type", metavar="TYPE", type=Named("type"), help="What kind of request.")
@option("--priority", metavar="PRIORITY", type=Named("priority"), help="How urgent.")
@option("--requester", metavar="WHO", help='Who asks: "Ana Horvat <ana@example.com>"; default: you.')
@argument("title", nargs=-1, required=True)
def command(
    context: Context,
    /,
    title: tuple[str, ...],
    writing: Writing,
    message: MessageText,
    attach: tuple[str, ...],
    fields: tuple[str, ...],
    **given: Any,
) -> None:
    """Create a ticket and print its id.

    The description comes from -m, -F, standard input or, at a terminal, your editor; -m '' leaves it empty.

    \b
      gitdesk new 'Cannot log in' --requester 'Ana Horvat <ana@example.com>' --priority high -m 'Since this morning…'
      gitdesk new -q 'Disk full on db2' < report.txt
    """
    from gitdesk.desk import Fresh
    from gitdesk.desk.fresh import fresh
    from gitdesk.value import replace

    desk = context.desk
    ticket = fresh(desk, " ".join(title), fields=fields, now=context.now, **given)
    files = read_files(attach, desk.config.limits.attachment_bytes)
    why = writing.why(context)
    with message.text(context, about="new ticket", required=False) as text:
        wish = Fresh(ticket=replace(ticket, description=text), files=files)
        result = desk.change([wish], why, dry_run=writing.dry_run)
    outcome.report(context, result, dry_run=writing.dry_run, created=True)
    if ticket.requester and "@" not in ticket.requester:
        adds = f'; gitdesk set {result.ids[0]} requester="{ticket.requester} <…>" adds it'
        told = f'the requester "{ticket.requester}" has no address to answer to'
        context.out.note(told if writing.dry_run else f"{told}{adds}")
