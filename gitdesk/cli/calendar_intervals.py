"""`gitdesk calendar intervals`: the opening hours of a stretch of time, one by one."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.calendar_lines import moment, zone_of
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Named, Whole, argument, option
from gitdesk.domain.duration import words
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from gitdesk.render.table import Page

_COLUMNS = tuple(Column(name) for name in ("calendar", "timezone", "open", "close", "seconds", "remark"))
_USUAL = 10


@spec.command("calendar intervals", reads=True)
@format_options("table", "json", "jsonl", "csv", "markdown")
@option("--before", "back", is_flag=True, help="Those before START, the nearest first.")
@option(
    "-n", "--count", "count", type=Whole(1), metavar="N", help="At most so many; 10 when there is no END."
)
@argument("name", type=Named("calendar"), metavar="NAME")
@argument("start", metavar="START")
@argument("end", required=False, metavar="END")
def command(context: Context, name: str, start: str, end: str | None, count: int | None, back: bool) -> None:
    """List the shifts from START on, up to END or so many; what sticks out is cut off.

    Times without a zone are in the calendar's zone. Hours that touch, also at midnight, are one shift.

    \b
      gitdesk calendar intervals office now
      gitdesk calendar intervals office 2026-12-21 2027-01-01 --json
    """
    from gitdesk.desk import working_time

    if count is None and end is None:
        count = _USUAL
    found = working_time.shifts(context.desk, name, start, end, count=count, back=back)
    context.out.items("calendar_intervals", found, _COLUMNS, text=_lines, nothing="no opening hours")


def _lines(items: Iterable[Any], _: Page) -> Iterator[str]:
    for item in items:
        zone = zone_of(item)
        remark = f"  ({item['remark']})" if item["remark"] else ""
        yield f"{moment(item['open'], zone)}  to  {moment(item['close'], zone)}  {words(item['seconds'])}{remark}"
