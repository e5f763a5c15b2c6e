"""`gitdesk set`: sets any value of tickets."""

from __future__ import annotations

from gitdesk.cli import outcome, spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import Selection, Writing, bulk_words, change_options, format_options
from gitdesk.errors import UsageError


@spec.command("set")
@format_options()
@change_options
@bulk_words("pair")
def command(context: Context, selection: Selection, writing: Writing) -> None:
    """Set values with KEY=VALUE; nothing after the = unsets.

    KEY is title, requester, channel, priority, type, group, assignee, watchers, or a field of the desk's own
    (region or fields.region). The status has its own command, `move`; tags have `tag`.

    \b
      gitdesk set 7k3 priority=high type=incident
      gitdesk set 7k3 region=eu title='Cannot log in'
    """
    from gitdesk.desk import Step, words
    from gitdesk.domain.edit import Set

    pairs = [word for word in selection.words if "=" in word]
    ids = [word for word in selection.words if "=" not in word]
    if not pairs:
        raise UsageError("nothing to set", hint="gitdesk set ID… KEY=VALUE…")
    values, fields = words.assignments(context.desk.config, pairs, lambda: context.desk.me)
    edit = Set(values=values, fields=fields)
    steps = [Step(ticket_id=one, edit=edit) for one in selection.ids(context, ids)]
    result = outcome.change(context, steps, writing.why(context), writing)
    outcome.report(context, result, dry_run=writing.dry_run)
