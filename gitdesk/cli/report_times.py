"""`gitdesk report times`: how long answers and solutions took."""

from __future__ import annotations

from gitdesk.cli import reporting, spec
from gitdesk.cli.context import Context


@spec.command("report times", minus_words=True, reads=True)
@reporting.report_options
def command(context: Context, asked: reporting.Asked) -> int:
    """Report how long answers and solutions took, and who waited for whom.

    Median and 90 % within, in wall time and in working time, of what ended in the period.

    \b
      gitdesk report times --period 2026-11
      gitdesk report times --by agent priority:urgent
      gitdesk report times --by month -o times.html -o times.csv
      gitdesk report times --explain first_response
    """
    return reporting.run(context, asked, "times")
