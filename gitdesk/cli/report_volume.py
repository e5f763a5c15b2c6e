"""`gitdesk report volume`: what came in, what went out, what is left."""

from __future__ import annotations

from gitdesk.cli import reporting, spec
from gitdesk.cli.context import Context


@spec.command("report volume", minus_words=True, reads=True)
@reporting.report_options
def command(context: Context, asked: reporting.Asked) -> int:
    """Report what came in and went out, the backlog and its age, and peak hours.

    All tickets, done ones too, unless a query says which. Days are the desk's. Several outputs come out of one run.

    \b
      gitdesk report volume --period 2026-11
      gitdesk report volume --by week --by group -o volume.html -o volume.csv
      gitdesk report volume --by agent --from 2026-09
      gitdesk report volume --explain reopen_rate
    """
    return reporting.run(context, asked, "volume")
