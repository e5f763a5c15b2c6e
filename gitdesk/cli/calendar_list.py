"""`gitdesk calendar list`: the calendars of a desk."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.render.table import Column
from gitdesk.render.text import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from gitdesk.render.table import Page

_COLUMNS = tuple(
    Column(name)
    for name in (
        "calendar", "timezone", "hours", "country", "subdivision", "years", "dates", "open", "changes",
        "description", "remark",
    )
)  # fmt: skip
_SHOWN = (
    Column("calendar"),
    Column("timezone", give_way=1),
    Column("hours", give_way=3, least=20),
    Column("holidays", give_way=2),
    Column("now"),
)


@spec.command("calendar list", reads=True)
@format_options("table", "json", "jsonl", "csv", "markdown")
def command(context: Context) -> None:
    """List the calendars: their hours, where their holidays are from and for which years, and whether they are open.

    \b
      gitdesk calendar list
      gitdesk calendar list --json
    """
    from gitdesk.desk import working_time

    nothing = "gitdesk.yaml defines no calendar"
    context.out.items("calendars", working_time.listed(context.desk), _COLUMNS, text=_table, nothing=nothing)


def _table(items: Iterable[Any], page: Page) -> Iterator[str]:
    from gitdesk.render.table import Table, render_table
    from gitdesk.render.text import safe

    remarks: list[str] = []

    def rows() -> Iterator[tuple[str, ...]]:
        for item in items:
            if item["remark"]:
                remarks.append(f"{page.paint('note', item['calendar'])}: {safe(item['remark'])}")
            state = {True: "open", False: "closed", None: "unusable"}[item["open"]]
            yield item["calendar"], item["timezone"], item["hours"], _holidays(item), state

    yield from render_table(Table(columns=_SHOWN, rows=rows()), page)
    yield from remarks


def _holidays(item: Any) -> str:
    country = "-".join(part for part in (item["country"], item["subdivision"]) if part)
    years = item["years"]
    known = f"{country} {years[0]}–{years[1]}" if years else f"{country}, no dates" if country else ""
    dates = counted(item["dates"], "date") if item["dates"] else ""
    return ", ".join(part for part in (known, dates) if part)
