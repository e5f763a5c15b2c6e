"""The breach report for people: figures, charts and lists, most urgent first."""

from __future__ import annotations

from gitdesk.domain.sla_cycle import PAUSED
from gitdesk.render.blocks import (
    BAD,
    CAREFUL,
    GOOD,
    Document,
    Field,
    Figure,
    Figures,
    Grid,
    Notice,
    Series,
    Share,
    Shares,
    Stack,
    Trend,
)
from gitdesk.render.shares import percent
from gitdesk.render.when import utc_minute
from gitdesk.reports.sla_findings import label
from gitdesk.reports.sla_summary import DIMENSIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.reports.sla import SlaReport

_ROWS, _BRIEF_ROWS = 500, 10  # of a list on a page, on a terminal
_REMARKS = 12  # that are listed
_NAMES = 40  # bars of one breakdown
_UNNAMED = {"group": "no group", "agent": "nobody", "policy": "no policy", "priority": "no priority"}
_WHO = (Field(name="assignee", title="agent", minor=True), Field(name="group", minor=True))


def document(report: SlaReport, *, brief: bool) -> Document:
    """Returns the report; `brief` has what a terminal has room for."""
    rows = _BRIEF_ROWS if brief else _ROWS
    blocks: list[Any] = []
    if report.problems:
        title = "These numbers are not whole: something could not be read"
        blocks.append(Notice(title=title, texts=tuple(report.problems), tone=BAD))
    if report.tally.remarks:
        blocks.append(_remarks(report))
    blocks.append(_figures(report))
    blocks += _brief(report, rows) if brief else _full(report, rows)
    return Document(
        title="Service levels",
        subtitle=report.desk_name,
        facts=_facts(report),
        blocks=tuple(blocks),
        footer="Working time, replayed from the history in Git; times in UTC. A breach stays a breach, whatever is"
        " changed afterwards. The same commit and arguments give the same page.",
    )


def _remarks(report: SlaReport) -> Notice:
    """Returns what is odd about numbers that are told all the same; of what does not apply, not why."""
    found = sorted(report.tally.remarks.items(), key=lambda item: (-item[1], item[0]))
    texts = [f"{text} ({count:,})" for text, count in found[:_REMARKS]]
    if len(found) > _REMARKS:
        texts.append(f"and {len(found) - _REMARKS:,} more, which the rows of the JSON and CSV formats carry")
    return Notice(title="Of some clocks there is something to know", texts=tuple(texts))


def _brief(report: SlaReport, rows: int) -> Iterator[Any]:
    yield _shares(report, report.by)
    yield _breaches(report, rows)
    yield _at_risk(report, rows)


def _full(report: SlaReport, rows: int) -> Iterator[Any]:
    """Yields everything; of what has nothing to show yet, only what a reader would look for."""
    whole = report.summary.whole()
    ended = bool(whole.passed + whole.failed)
    yield _trend(report)
    first = [name for name in ("metric", "priority", "group", "policy") if name != report.by]
    ordered = [report.by, *first[:3]] if ended else []
    yield from (_shares(report, name) for name in ordered)
    yield _at_risk(report, rows)
    yield _breaches(report, rows)
    if ended:
        yield _times(report)
    yield _statuses(report)
    yield from _pauses(report)
    if ended:
        yield from (_shares(report, name) for name in DIMENSIONS if name not in ordered)


def _facts(report: SlaReport) -> tuple[tuple[str, str], ...]:
    facts = [
        ("As of", f"{utc_minute(report.as_of)} UTC"),
        ("Commit", report.commit[:10]),
        ("Period", _period(report)),
        ("Query", report.query or "all tickets"),
        ("Policy", f"what if: {report.policy_file}" if report.policy_file else ""),
        ("Tickets", f"{report.tally.tickets:,}"),
        ("Clocks", f"{report.tally.rows:,}"),
    ]
    return tuple((name, value) for name, value in facts if value)


def _period(report: SlaReport) -> str:
    """Returns the period in the zone of the desk, in which it was asked for; the end is not in it."""
    from gitdesk.domain.query_time import zone_named

    zone = zone_named(report.config.time_zone)

    def words(moment: datetime) -> str:
        local = moment.astimezone(zone).replace(tzinfo=None)
        return local.isoformat(" ")[:16].removesuffix(" 00:00")

    start, end = report.period.start, report.period.end
    if not (start or end):
        return "everything"
    where = "" if report.config.time_zone == "UTC" else f" ({report.config.time_zone})"
    begin = f"{words(start)} to" if start else "up to"
    return f"{begin} before {words(end)}{where}" if end else f"{begin} now{where}"


def _figures(report: SlaReport) -> Figures:
    whole, states = report.summary.whole(), report.summary.states()
    pauses = report.summary.pauses()[0]
    total = whole.passed + whole.failed
    tone = (BAD if whole.failed else GOOD) if total else ""
    running = f"{whole.running:,} still running" if whole.running else ""
    figures = (
        Figure(
            label="compliance",
            value=percent(whole.passed, total),
            note=f"{whole.passed:,} of {total:,}" if total else "nothing has ended yet",
            tone=tone,
        ),
        Figure(label="breached", value=f"{whole.failed:,}", note=running, tone=BAD if whole.failed else ""),
        Figure(
            label="at risk",
            value=f"{len(report.at_risk):,}",
            note=f"{report.percent} % of the target used",
            tone=CAREFUL if report.at_risk else "",
        ),
        Figure(
            label="running",
            value=f"{states['running'] + states[PAUSED]:,}",
            note=f"{states[PAUSED]:,} of them paused" if states[PAUSED] else "",
        ),
        Figure(
            label="time paused",
            value=percent(pauses.paused, pauses.wall),
            note="of the time to resolution",
        ),
    )
    return Figures(figures=figures)


def _shares(report: SlaReport, dimension: str) -> Shares:
    shares = report.summary.by(dimension)
    rows = tuple(
        Share(
            name=_shown(share.name, dimension),
            passed=share.passed,
            failed=share.failed,
            running=share.running,
        )
        for share in shares[:_NAMES]
    )
    left = len(shares) - len(rows)
    return Shares(
        title=f"Compliance by {dimension}",
        heading=dimension,
        rows=rows,
        note=f"{left:,} more with fewer breaches are left out" if left else "",
        nothing="nothing has ended yet",
        half=True,
    )


def _shown(name: str, dimension: str) -> str:
    if dimension == "metric":
        return name.replace("_", " ")
    return name or _UNNAMED[dimension]


def _trend(report: SlaReport) -> Trend:
    drawn, series = report.summary.trend()
    note = f"Share of the clocks that ended in each {drawn.unit} (UTC) within their target; below, how many."
    note += " A breach that is still running counts in the last one."
    if drawn.left_out:
        note += f" {drawn.left_out:,} {drawn.unit}s before the first one are left out."
    return Trend(
        title="Compliance over time",
        bucket=drawn.unit,
        labels=drawn.labels,
        series=tuple(Series(name=each.name.replace("_", " "), points=each.points) for each in series),
        note=note if series else "",
        nothing="nothing has ended yet",
    )


def _at_risk(report: SlaReport, most: int) -> Grid:
    found = report.at_risk
    return Grid(
        title="At risk",
        fields=(
            Field(name="ticket", kind="id"),
            Field(name="metric"),
            Field(name="used", title="target used", kind="used"),
            Field(name="remaining", title="left", kind="worked"),
            Field(name="due", title="due (UTC)", kind="time", minor=True),
            Field(name="title"),
            Field(name="priority", minor=True),
            *_WHO,
        ),
        rows=tuple(_risk_row(cycle) for cycle in found[:most]),
        more=max(len(found) - most, 0),
        note=f"Not over, and at least {report.percent} % of the target is used; the least left first.",
        nothing="nothing is at risk",
    )


def _risk_row(cycle: Cycle) -> tuple[Any, ...]:
    target = cycle.target or 0
    return (
        cycle.ticket,
        label(cycle) + (" (paused)" if cycle.state == PAUSED else ""),
        (cycle.elapsed, target),
        target - cycle.elapsed,
        cycle.due_at,
        cycle.title,
        cycle.priority,
        cycle.assignee,
        cycle.group,
    )


def _breaches(report: SlaReport, most: int) -> Grid:
    worst, count = report.tally.worst[:most], report.summary.whole().failed
    return Grid(
        title="Breaches",
        fields=(
            Field(name="ticket", kind="id"),
            Field(name="metric"),
            Field(name="late_by", title="late by", kind="worked"),
            Field(name="target", kind="worked", minor=True),
            Field(name="breached_at", title="breached (UTC)", kind="time", minor=True),
            Field(name="title"),
            Field(name="priority", minor=True),
            *_WHO,
            Field(name="policy", minor=True),
        ),
        rows=tuple(_breach_row(cycle) for cycle in worst),
        more=count - len(worst),
        note="The latest first; lateness is working time over the target that was in force when it was missed.",
        nothing="nothing is breached",
    )


def _breach_row(cycle: Cycle) -> tuple[Any, ...]:
    return (
        cycle.ticket,
        label(cycle) + (" (running)" if cycle.is_live else ""),
        cycle.late_by,
        cycle.breach_target if cycle.breach_target is not None else cycle.target,
        cycle.breached_at,
        cycle.title,
        cycle.breach_priority or cycle.priority,
        cycle.assignee,
        cycle.group,
        f"{cycle.breach_policy or cycle.policy}@{cycle.commit[:7]}",
    )


def _times(report: SlaReport) -> Grid:
    return Grid(
        title="How long it took",
        fields=(
            Field(name="metric"),
            Field(name="count", title="ended", kind="number"),
            Field(name="median", kind="worked"),
            Field(name="average", kind="worked", minor=True),
            Field(name="p90", title="90 % within", kind="worked"),
            Field(name="no_reply", title="no reply", kind="number"),
        ),
        rows=tuple(
            (each.metric.replace("_", " "), each.count, each.median, each.average, each.p90, each.no_reply)
            for each in report.summary.times()
        ),
        note="Working time of clocks that ended in the period. Those that ended without a reply are counted beside,"
        " not averaged.",
        nothing="nothing has ended yet",
    )


def _statuses(report: SlaReport) -> Stack:
    return Stack(
        title="Time in status",
        heading="status",
        parts=report.time_in_status(),
        note="Wall time that the tickets have spent in each status up to the as-of time, over their whole history,"
        " until they were done.",
        nothing="no ticket has spent time in a status",
    )


def _pauses(report: SlaReport) -> Iterator[Any]:
    yield Grid(
        title="Paused the longest",
        fields=(
            Field(name="ticket", kind="id"),
            Field(name="paused", kind="duration"),
            Field(name="share", title="of its time", kind="share"),
            Field(name="title"),
            Field(name="state", minor=True),
            *_WHO,
        ),
        rows=tuple(
            (
                cycle.ticket,
                cycle.paused,
                (cycle.paused, cycle.paused + cycle.elapsed + cycle.closed),
                cycle.title,
                cycle.state.replace("_", ", "),
                cycle.assignee,
                cycle.group,
            )
            for cycle in report.tally.parked
        ),
        note="Resolution clocks that stood the longest, in wall time: parking a ticket stops its clock; it shows here.",
        nothing="no clock has been paused",
    )
    if report.tally.parked:
        yield from (_paused_by(report, dimension) for dimension in ("group", "agent"))


def _paused_by(report: SlaReport, dimension: str) -> Grid:
    found = [each for each in report.summary.pauses(dimension) if each.paused]
    return Grid(
        title=f"Time paused by {dimension}",
        fields=(
            Field(name=dimension),
            Field(name="paused", kind="duration"),
            Field(name="share", title="of their time to resolution", kind="share"),
        ),
        rows=tuple(
            (_shown(each.name, dimension), each.paused, (each.paused, each.wall)) for each in found[:_NAMES]
        ),
        more=max(len(found) - _NAMES, 0),
        nothing="no clock has been paused",
    )


def counts(report: SlaReport) -> Sequence[int]:
    """Returns how many breaches there are, and how many clocks are at risk."""
    return report.summary.whole().failed, len(report.at_risk)
