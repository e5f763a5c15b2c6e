"""`gitdesk report audit`: who did what, and who approved what."""

from __future__ import annotations

from gitdesk.cli import reporting, spec
from gitdesk.cli.context import Context
from gitdesk.cli.spec import option


@spec.command("report audit", minus_words=True, reads=True)
@option("--verify", is_flag=True, help="Ask Git whether signatures are good.")
@reporting.report_options
def command(context: Context, asked: reporting.Asked, verify: bool) -> int:
    """Report who did what, who approved what, and what was done by hand, late, for others or to the record.

    Everything on the desk unless a query says which tickets. Days are the desk's.

    \b
      gitdesk report audit --period 2026-11
      gitdesk report audit tag:billing --verify -o audit.html -o audit.csv
      gitdesk report audit --by week --json
    """
    return reporting.run(context, asked, "audit", lambda given: {"desk": given.desk, "verify": verify})
