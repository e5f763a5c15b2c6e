"""`gitdesk merge` and `gitdesk unmerge`: two tickets about one thing, and the way back."""

from __future__ import annotations

from gitdesk.cli import outcome, spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import Writing, change_options, format_options
from gitdesk.cli.spec import Named, argument


@spec.command("merge")
@format_options()
@change_options
@argument("ticket", metavar="ID", type=Named("id"))
@argument("into", metavar="INTO", type=Named("id"))
def command(context: Context, ticket: str, into: str, writing: Writing) -> None:
    """Merge a ticket into another one.

    The first is closed as merged and points to the second; the second says what was merged into it. Nothing is
    copied and nothing is lost: both threads stay where they are, and `unmerge` takes it back.
    """
    from gitdesk.desk.merging import merge_steps

    desk = context.desk
    steps = merge_steps(desk, desk.resolve(ticket), desk.resolve(into))
    result = outcome.change(context, steps, writing.why(context), writing)
    outcome.report(context, result, dry_run=writing.dry_run)


@spec.command("unmerge")
@format_options()
@change_options
@argument("ticket", metavar="ID", type=Named("id"))
def unmerge(context: Context, ticket: str, writing: Writing) -> None:
    """Take a merge back: the ticket stands for itself again, in the status it had before."""
    from gitdesk.desk.merging import unmerge_steps

    desk = context.desk
    steps = unmerge_steps(desk, desk.resolve(ticket))
    result = outcome.change(context, steps, writing.why(context), writing)
    outcome.report(context, result, dry_run=writing.dry_run)
