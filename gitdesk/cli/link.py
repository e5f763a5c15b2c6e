"""`gitdesk link`: relates a ticket to another."""

from __future__ import annotations

from gitdesk.cli import outcome, spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import Writing, change_options, format_options
from gitdesk.cli.spec import Named, OneOf, argument, option
from gitdesk.domain.edit import LINK_KINDS, MERGED_LINK

KINDS = tuple(kind for kind in LINK_KINDS if kind != MERGED_LINK)


@spec.command("link")
@format_options()
@change_options
@option("--remove", is_flag=True, help="Take the link away.")
@argument("ticket", metavar="ID", type=Named("id"))
@argument("kind", metavar="KIND", type=OneOf("kind of link", *KINDS))
@argument("other", metavar="OTHER", type=Named("id"))
def command(context: Context, ticket: str, kind: str, other: str, remove: bool, writing: Writing) -> None:
    """Relate a ticket to another: blocks, relates, duplicates, parent, causes, follows.

    The link is kept on the first ticket; `show` tells it on both.

    \b
      gitdesk link 7k3 duplicates 4f7
      gitdesk link 7k3 blocks 9xq --remove
    """
    from gitdesk.desk import Step
    from gitdesk.domain.edit import Relate

    desk = context.desk
    edit = Relate(kind=kind, target=desk.resolve(other), remove=remove)
    step = Step(ticket_id=desk.resolve(ticket), edit=edit)
    result = outcome.change(context, [step], writing.why(context), writing)
    outcome.report(context, result, dry_run=writing.dry_run)
