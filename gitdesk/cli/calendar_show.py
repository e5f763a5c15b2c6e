"""`gitdesk calendar show`: a month of a calendar as a picture, or the months of a year."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.calendar_lines import Question
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Named, argument, option
from gitdesk.errors import UsageError
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_COLUMNS = tuple(
    Column(name) for name in ("calendar", "timezone", "month", "working_days", "seconds", "remark")
)


@spec.command("calendar show", reads=True)
@format_options("table", "json", "jsonl", "csv", "markdown")
@option("--year", "year", metavar="YYYY", help="The months of a year, each in a line.")
@option("--month", "month", metavar="YYYY-MM", help="Another month than this one.")
@argument("name", type=Named("calendar"), required=False, metavar="NAME")
def command(context: Context, name: str | None, month: str | None, year: str | None) -> int:
    """Draw a month of a calendar: a line a day with its hours, holidays, other hours and changes of the clocks.

    With "-" names are read from standard input, each perhaps with a month behind it.

    \b
      gitdesk calendar show office
      gitdesk calendar show office --month 2026-12
      gitdesk calendar show office --year 2027
    """
    from gitdesk.desk import working_time
    from gitdesk.render.month import render_line, render_month

    if year is not None:
        if month is not None or name in (None, "-"):
            raise UsageError(
                "--year takes one calendar and no month", hint="gitdesk calendar show NAME --year 2027"
            )
        assert name is not None
        found = working_time.year(context.desk, name, year)
        context.out.items(
            "calendar_month", found, _COLUMNS, text=lambda items, _: [render_line(item) for item in items]
        )
        return 0

    def answer(name: str, of: str | None = None) -> dict[str, Any]:
        return working_time.months(context.desk, name, of or month)

    question = Question("calendar_month", ("NAME", "MONTH"), 1, answer, text=render_month, line=render_line)
    return question.ask(context, (name,), _COLUMNS)
