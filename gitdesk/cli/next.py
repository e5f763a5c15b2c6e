"""`gitdesk next`: the one ticket to take now."""

from __future__ import annotations

from gitdesk.cli import outcome, spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import Writing, format_options, write_options
from gitdesk.cli.spec import Named, option
from gitdesk.errors import Conflict
from gitdesk.render.table import Column

_TRIES = 50  # each lost to another agent who took the same ticket a moment before
_KINDS = {"created": "time", "due": "due"}
_COLUMNS = tuple(
    Column(name, kind=_KINDS.get(name, "text"), give_way=2 if name == "title" else 0)
    for name in ("id", "priority", "status", "group", "title", "requester", "due", "created")
)


@spec.command("next", reads=True)
@format_options()
@write_options
@option("--take", is_flag=True, help="Assign it to you (or to --as AGENT).")
@option(
    "--query", default="", metavar="QUERY", type=Named("query"), help="Only among the tickets that match."
)
def command(context: Context, take: bool, query: str, writing: Writing) -> int:
    """Show the one ticket to take now: unassigned, new or open, in one of your groups; the most urgent, the oldest.

    With --take it is yours at once; two agents never take the same one. Ends with 1 when there is nothing to take.
    """
    from gitdesk.desk import Step
    from gitdesk.desk.configuration import promises
    from gitdesk.desk.queue import waiting
    from gitdesk.domain.edit import Take

    context.reads = not take
    why = writing.why(context)
    columns = [one for one in _COLUMNS if one.name != "due" or promises(context.desk.config)]
    for attempt in range(_TRIES):
        desk = context.fresh_desk() if attempt else context.desk
        agent = why.behalf or (desk.me if take else None)
        row = waiting(desk, agent, query, [column.name for column in columns])
        if row is None:
            context.out.table("tickets", columns, (), nothing="nothing to take")
            return 1
        if not take:
            context.out.table("tickets", columns, [row])
            return 0
        assert agent is not None
        try:
            step = Step(ticket_id=desk.resolve(row[0]), edit=Take(assignee=agent.id))
            result = desk.change([step], why, dry_run=writing.dry_run)
        except Conflict:
            continue
        outcome.report(context, result, dry_run=writing.dry_run)
        return 0
    raise Conflict("others took every ticket first", hint="try again in a moment")
