"""`gitdesk sla status`: where clocks stand now."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options, with_input
from gitdesk.cli.spec import Named, argument, option
from gitdesk.errors import UsageError
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.render.table import Page


@spec.command("sla status", reads=True)
@format_options("table", "json", "jsonl", "csv", "markdown")
@option("--query", default="", metavar="QUERY", type=Named("query"), help="The tickets that match.")
@option("--all", "everything", is_flag=True, help="Clocks that have ended too, and tickets that are done.")
@argument("tickets", nargs=-1, metavar="[ID]…", type=Named("id"))
def command(context: Context, tickets: tuple[str, ...], query: str, everything: bool) -> None:
    """Show where service-level clocks stand: what is due next comes first.

    Of tickets that are not done and of clocks that have not ended, unless tickets are named or --all is given.
    `gitdesk sla explain ID` tells the whole story of one ticket's clocks.

    \b
      gitdesk sla status
      gitdesk sla status 7k3
      gitdesk sla status --query 'assignee:me sla:due<4h' --json
    """
    from gitdesk.desk.kept_clocks import of_tickets

    desk = context.desk
    if tickets and query:
        raise UsageError("name tickets or give a --query, not both")
    ids: list[str] | None = None
    if tickets:
        ids = [desk.resolve(word) for word in with_input(tickets)]
    elif query or not everything:
        found = desk.find(query, columns=("id",), everything=everything)
        ids = [str(row[0]) for row in found.rows]
    chosen = [one for one in of_tickets(desk, ids) if everything or tickets or one.is_live]
    chosen.sort(key=_urgency)
    context.out.items("sla_status", _plain(chosen), _columns(), text=_table, nothing="no clock runs")
    if context.out.format == "table":
        for line in remarked(chosen):
            context.out.note(f"note: {line}")


def remarked(cycles: Iterable[Cycle]) -> list[str]:
    """Returns what is odd about clocks in words, with how many of them it is said of."""
    counts: dict[str, int] = {}
    for one in cycles:
        for remark in () if one.state == "n/a" else one.remarks:
            counts[remark] = counts.get(remark, 0) + 1
    return [f"{remark} ({count:,} {'clock' if count == 1 else 'clocks'})" for remark, count in counts.items()]


def _urgency(one: Cycle) -> tuple[bool, float, str, str, int]:
    due = one.due_at
    return (due is None, due.timestamp() if due else 0.0, one.ticket, one.metric, one.cycle)


def _plain(cycles: Iterable[Cycle]) -> Iterator[dict[str, Any]]:
    from json import loads

    from gitdesk.render.clock_row import json_writer

    row = json_writer()
    return (loads(row(cycle)) for cycle in cycles)


def _columns() -> tuple[Column, ...]:
    from gitdesk.render.clock_row import NAMES

    return tuple(Column(name) for name in NAMES)


def _table(items: Iterable[Mapping[str, Any]], page: Page) -> list[str]:
    from gitdesk.render.style import due_style
    from gitdesk.render.table import Table, render_table
    from gitdesk.render.when import worked

    columns = (
        Column("ticket", kind="id"),
        Column("metric"),
        Column("state", style=lambda value: "error" if value in ("late", "missed") else ""),
        Column("due", kind="due", style=lambda value: due_style(value, page.now)),
        Column("used", align="right"),
        Column("of", align="right"),
        Column("policy"),
        Column("title", give_way=2, least=12),
    )
    words = {"breached_running": "late", "breached": "missed"}
    rows = [
        (
            one["ticket"], one["metric"].replace("_", " "), words.get(one["state"], one["state"]), one["due_at"],
            worked(one["elapsed"]), "" if one["target"] is None else worked(one["target"]), one["policy"], one["title"],
        )
        for one in items
    ]  # fmt: skip
    return render_table(Table(columns=columns, rows=rows), page)
