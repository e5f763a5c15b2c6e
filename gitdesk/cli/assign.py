"""`gitdesk assign`: gives tickets to an agent or a group."""

from __future__ import annotations

from gitdesk.cli import outcome, spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import Selection, Writing, bulk_words, change_options, format_options
from gitdesk.errors import UsageError


@spec.command("assign")
@format_options()
@change_options
@bulk_words("whom")
def command(context: Context, selection: Selection, writing: Writing) -> None:
    """Give tickets to somebody.

    The last word says to whom: an agent, "me", "nobody", or "group:NAME" for a group's queue.

    \b
      gitdesk assign 7k3 marko
      gitdesk assign 7k3 9xq group:billing
      gitdesk assign --query 'no:assignee priority:urgent' me
    """
    from gitdesk.desk import Step, words
    from gitdesk.domain.edit import Assign

    if not selection.words or (len(selection.words) < 2 and selection.query is None):
        raise UsageError(
            "say which tickets and to whom",
            hint='gitdesk assign ID… WHO, where WHO is an agent, "me", "nobody" or "group:NAME"',
        )
    *named, who = selection.words
    desk = context.desk
    if who.startswith("group:"):
        edit = Assign(group=words.group(desk.config, who.removeprefix("group:")))
    else:
        edit = Assign(assignee=words.agent(desk.config, who, lambda: desk.me))
    ids = selection.ids(context, named)
    steps = [Step(ticket_id=ticket_id, edit=edit) for ticket_id in ids]
    result = outcome.change(context, steps, writing.why(context), writing)
    outcome.report(context, result, dry_run=writing.dry_run)
