"""The summary of a service-level report as JSON-able data: definition `sla_summary` of schema/output.schema.json."""

from __future__ import annotations

from gitdesk.domain.sla_cycle import METRICS
from gitdesk.reports.sla_summary import DIMENSIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.render.blocks import Share
    from gitdesk.reports.sla import SlaReport
    from gitdesk.reports.sla_summary import Pauses


def plain(report: SlaReport) -> dict[str, Any]:
    """Returns the whole of what the rows came to; durations in seconds, shares between 0 and 1, rounded down."""
    summary, tally = report.summary, report.tally
    drawn, series = summary.trend()
    statuses = report.time_in_status()
    return {
        "desk": report.desk_name,
        "as_of": report.as_of,
        "commit": report.commit,
        "query": report.query,
        "from": report.period.start,
        "to": report.period.end,
        "policy_file": report.policy_file or None,
        "at_risk_percent": report.percent,
        "tickets": tally.tickets,
        "rows": tally.rows,
        "states": summary.states(),
        "compliance": {
            "all": _share(summary.whole()),
            **{name: [_named(share) for share in summary.by(name)] for name in DIMENSIONS},
        },
        "over_time": {
            "bucket": drawn.unit,
            "starts": [start.isoformat() for start in drawn.starts],
            "left_out": drawn.left_out,
            "metrics": [
                {
                    "metric": each.name,
                    "met": [met for met, _ in each.points],
                    "breached": [missed for _, missed in each.points],
                }
                for each in series
            ],
        },
        "times": [
            {
                "metric": each.metric,
                "count": each.count,
                "no_reply": each.no_reply,
                "average": each.average,
                "median": each.median,
                "p90": each.p90,
            }
            for each in summary.times()
        ],
        "paused": {
            "all": _pauses(summary.pauses()[0]),
            **{
                name: [{"name": each.name or None, **_pauses(each)} for each in summary.pauses(name)]
                for name in ("agent", "group")
            },
            "longest": [
                {**_named_row(each), "paused": each.paused, "wall": each.elapsed + each.closed + each.paused}
                for each in tally.parked
            ],
        },
        "at_risk": [
            {**_named_row(each), "remaining": left(each), "elapsed": each.elapsed, "target": each.target}
            for each in report.at_risk
        ],
        "running_breaches": [{**_named_row(each), "late_by": each.late_by} for each in report.running],
        "time_in_status": [{"status": name, "seconds": seconds} for name, seconds in statuses],
        "problems": list(report.problems),
    }


def left(cycle: Cycle) -> int:
    """Returns the working time that is left of the target of a cycle that is not over."""
    return (cycle.target or 0) - cycle.elapsed


def order(cycle: Cycle) -> tuple[str, int, int]:
    """Returns what rows of one rank are ordered by."""
    return cycle.ticket, METRICS.index(cycle.metric), cycle.cycle


def _share(share: Share) -> dict[str, Any]:
    whole = share.passed + share.failed
    return {
        "met": share.passed,
        "breached": share.failed,
        "running": share.running,
        "compliance": _part(share.passed, whole),
    }


def _named(share: Share) -> dict[str, Any]:
    return {"name": share.name or None, **_share(share)}


def _pauses(pauses: Pauses) -> dict[str, Any]:
    return {"paused": pauses.paused, "wall": pauses.wall, "share": _part(pauses.paused, pauses.wall)}


def _part(part: int, whole: int) -> float | None:
    return part * 10_000 // whole / 10_000 if whole else None


def _named_row(cycle: Cycle) -> dict[str, Any]:
    return {"ticket": cycle.ticket, "metric": cycle.metric, "cycle": cycle.cycle}
