"""`gitdesk report tags`: what tickets are about."""

from __future__ import annotations

from gitdesk.cli import reporting, spec
from gitdesk.cli.context import Context


@spec.command("report tags", minus_words=True, reads=True)
@reporting.report_options
def command(context: Context, asked: reporting.Asked) -> int:
    """Report what tickets are about: how many each tag has, how long they took, what goes together.

    Tags are those of the as-of time; a ticket counts under each of its tags.

    \b
      gitdesk report tags --period 2026-11
      gitdesk report tags --by customer --json
      gitdesk report tags --by month -o tags.html
    """
    return reporting.run(context, asked, "tags")
