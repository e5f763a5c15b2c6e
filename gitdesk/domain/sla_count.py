"""What a report counts of a clock: the kind it is counted under, and its figures."""

from __future__ import annotations

from gitdesk.domain.sla_cycle import BREACHED, MET, NOT_APPLICABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.sla_cycle import Cycle

    Kind = tuple[str, str, str, str, str, str, str]
    Figures = tuple[int, int, int, int, int]

# The parts of a Kind. A breach counts for what was promised when it came about, whatever the ticket was made into.
KIND = ("metric", "priority", "group", "policy", "agent", "state", "no_reply")


def kind_of(cycle: Cycle) -> Kind:
    """Returns what a clock is counted under, in the order of KIND; `no_reply` is "yes" or ""."""
    return (
        cycle.metric,
        cycle.breach_priority or cycle.priority,
        cycle.group,
        cycle.breach_policy or cycle.policy,
        cycle.assignee,
        cycle.state,
        "yes" if cycle.no_reply else "",
    )


def figures_of(cycle: Cycle) -> Figures:
    """Returns the ordinal day (UTC) on which it ended, 0 for none, and seconds: elapsed, paused, on the wall, late."""
    ended = cycle.stopped_at if cycle.state in (MET, BREACHED) else None
    elapsed, paused = cycle.elapsed, cycle.paused
    return (
        0 if ended is None else ended.toordinal(),
        elapsed,
        paused,
        elapsed + cycle.closed + paused,
        cycle.late_by,
    )


def told_remarks(cycle: Cycle) -> tuple[str, ...]:
    """Returns what is odd about it; nothing of a clock that does not apply, which says why, and that is all."""
    return () if cycle.state == NOT_APPLICABLE else cycle.remarks
