"""`gitdesk report workload`: who has how much, and did what."""

from __future__ import annotations

from gitdesk.cli import reporting, spec
from gitdesk.cli.context import Context


@spec.command("report workload", minus_words=True, reads=True)
@reporting.report_options
def command(context: Context, asked: reporting.Asked) -> int:
    """Report who has how much against what they can take, and who did how much.

    Open tickets are those of the as-of time; what was done is of the period. By agent unless --by says otherwise.

    \b
      gitdesk report workload
      gitdesk report workload --by group --period 2026-W47
      gitdesk report workload --by week --from 2026-09 -o load.csv
      gitdesk report workload --explain capacity
    """
    return reporting.run(context, asked, "workload")
