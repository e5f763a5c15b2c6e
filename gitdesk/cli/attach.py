"""`gitdesk attach`: puts files beside a ticket."""

from __future__ import annotations

from gitdesk.cli import outcome, spec
from gitdesk.cli.context import Context
from gitdesk.cli.files import read_files
from gitdesk.cli.options import Writing, change_options, format_options
from gitdesk.cli.spec import Named, Path, argument
from gitdesk.errors import UsageError


@spec.command("attach")
@format_options()
@change_options
@argument("ticket", metavar="ID", type=Named("id"))
@argument("files", nargs=-1, metavar="FILE…", type=Path())
def command(context: Context, ticket: str, files: tuple[str, ...], writing: Writing) -> None:
    """Attach files to a ticket.

    They are kept under safe names in the ticket's own folder; the same file twice is kept once.
    """
    from gitdesk.desk import Step
    from gitdesk.domain.edit import Several

    if not files:
        raise UsageError("no file named", hint="gitdesk attach ID FILE…")
    desk = context.desk
    ticket_id = desk.resolve(ticket)
    step = Step(
        ticket_id=ticket_id,
        edit=Several(edits=()),
        files=read_files(files, desk.config.limits.attachment_bytes),
    )
    result = outcome.change(context, [step], writing.why(context), writing)
    outcome.report(context, result, dry_run=writing.dry_run)
