"""`gitdesk sla explain`: the story of a ticket's clocks, good enough to settle an argument."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Named, OneOf, argument, option
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitdesk.desk.clocks import Told
    from gitdesk.domain.sla_telling import Line, Telling

_METRICS = ("first_response", "next_response", "update", "resolution", "assign")
_COLUMNS = tuple(
    Column(name)
    for name in (
        "ticket", "metric", "cycle", "start", "end", "running", "elapsed", "total", "closed", "status", "calendar",
        "time_zone", "policy", "policy_commit", "priority", "target", "why", "by", "commit",
    )
)  # fmt: skip


@spec.command("sla explain", reads=True)
@format_options("table", "json", "jsonl", "csv", "markdown")
@option("--as-of", metavar="TIME|COMMIT", help="As it was then.")
@option("--metric", type=OneOf("metric", *_METRICS), help="Only this clock.")
@argument("ticket", required=True, metavar="ID", type=Named("id"))
def command(context: Context, ticket: str, as_of: str | None, metric: str | None) -> None:
    """Tell the story of a ticket's clocks: every stretch of time, why it ran or stood, and what was promised.

    Times are those of the policy's calendar. Each line says what began the stretch and in which commit that stands, so
    that anybody can look it up.

    \b
      gitdesk sla explain 7k3
      gitdesk sla explain 7k3 --metric resolution --as-of 2026-11-23T17:00
    """
    from gitdesk.desk import clocks
    from gitdesk.desk.naming import recall

    desk = context.desk
    told = clocks.told(desk, desk.resolve(ticket) if as_of is None else recall(desk, ticket), as_of)
    rows = list(_rows(told, metric))

    def text(_: Any, page: Any) -> Iterator[str]:
        from gitdesk.render.clock_story import render_story

        return render_story(_story(told, metric), page)

    if context.out.format == "json" or context.out.format == "jsonl":
        context.out.items("sla_explanation", [_story(told, metric)], _COLUMNS)
    elif context.out.format == "table":
        context.out.items("sla_explanation", rows, _COLUMNS, text=text)
        for line in told.ignored:
            context.out.note(f"note: {line}")
    else:
        context.out.items("sla_explanation", rows, _COLUMNS)


def _story(told: Told, metric: str | None) -> dict[str, Any]:
    """Returns the clocks as plain data: what the breach report says of each, and the stretches."""
    from json import loads

    from gitdesk.render.clock_row import json_writer

    write = json_writer()
    stories = {(one.metric, one.cycle): one for one in told.tellings}
    return {
        "ticket": told.ticket,
        "title": told.title,
        "as_of": told.as_of,
        "commit": told.commit,
        "clocks": [
            {**loads(write(cycle)), **_telling(stories.get((cycle.metric, cycle.cycle)))}
            for cycle in told.cycles
            if metric in (None, cycle.metric)
        ],
        "ignored": list(told.ignored),
    }


def _telling(one: Telling | None) -> dict[str, Any]:
    return {
        "ended_by": None if one is None or not one.end else one.end,
        "last_working": None if one is None else one.last_working_at,
        "promised": None if one is None or not one.promised else one.promised,
        "hours": []
        if one is None
        else [
            {
                "calendar": each.calendar,
                "commit": each.commit,
                "week": each.week,
                "unusual": list(each.unusual),
            }
            for each in one.calendars
        ],
        "stretches": [] if one is None else [_line(line) for line in one.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "start": line.start_at,
        "end": line.end_at,
        "running": line.running,
        "elapsed": line.elapsed,
        "total": line.total,
        "closed": line.closed,
        "status": line.status or None,
        "calendar": line.calendar or None,
        "time_zone": line.time_zone or None,
        "policy": line.policy or None,
        "policy_commit": line.policy_commit or None,
        "priority": line.priority or None,
        "target": line.target,
        "why": line.why,
        "by": line.by or None,
        "commit": line.commit or None,
        "written": line.written_at,
    }


def _rows(told: Told, metric: str | None) -> Iterator[dict[str, Any]]:
    for one in told.tellings:
        if metric in (None, one.metric):
            for line in one.lines:
                yield {"ticket": told.ticket, "metric": one.metric, "cycle": one.cycle, **_line(line)}
