"""What a service-level clock says of a ticket: one Cycle a metric and cycle, as reports and lists show it."""

from __future__ import annotations

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

FIRST_RESPONSE, NEXT_RESPONSE, UPDATE = "first_response", "next_response", "update"
RESOLUTION, ASSIGN = "resolution", "assign"
METRICS = (FIRST_RESPONSE, NEXT_RESPONSE, UPDATE, RESOLUTION, ASSIGN)

NOT_APPLICABLE, RUNNING, PAUSED, MET = "n/a", "running", "paused", "met"
BREACHED_RUNNING, BREACHED, VOID = "breached_running", "breached", "void"
# The worst first: a ticket stands as its worst cycle does.
STATES = (BREACHED_RUNNING, BREACHED, RUNNING, PAUSED, MET, VOID, NOT_APPLICABLE)
LIVE = (RUNNING, PAUSED, BREACHED_RUNNING)  # the cycle has not ended


class Cycle(Value, kw_only=False):
    """One run of one clock of one ticket, as of a moment. Durations are whole seconds.

    `elapsed` is working time while the clock ran; `paused` is the wall time it stood, `closed` the wall time it ran
    while the calendar was closed: the three add up to the wall time since `started_at`. `target` is the one in force,
    None of a cycle that is n/a; `due_at` and `remaining` are there only while it is not over (`due_at` only while it
    runs, in the past once it is breached). A breach is for good: `breached_at`, with the target, policy and priority
    it was against, stays when the target is loosened later, and even on a void cycle. `late_by` is the working time
    over that target, 0 when there was no breach.
    `commit` is the commit of gitdesk.yaml that the cycle is held to. `no_reply` marks a response clock that ended
    without a response. `first_verdict` and `first_stopped_at` are those of the first time a resumed resolution ended.
    """

    ticket: str
    title: str
    metric: str
    cycle: int  # from 1
    state: str
    policy: str = ""
    commit: str = ""
    calendar: str = ""
    priority: str = ""
    assignee: str = ""
    group: str = ""
    started_at: datetime | None = None
    stopped_at: datetime | None = None
    target: int | None = None
    elapsed: int = 0
    paused: int = 0
    closed: int = 0
    due_at: datetime | None = None
    remaining: int | None = None
    breached_at: datetime | None = None
    breach_target: int | None = None
    breach_policy: str = ""
    breach_priority: str = ""
    late_by: int = 0
    loosened_by: str = ""  # who changed what the breach was against, after it
    no_reply: bool = False
    first_verdict: str = ""
    first_stopped_at: datetime | None = None
    remarks: tuple[str, ...] = ()  # what is odd about it, in words: a clock that went backwards …

    @property
    def ever_breached(self) -> bool:
        """Tells whether the target was ever missed, whatever came after."""
        return self.breached_at is not None

    @property
    def is_breached(self) -> bool:
        """Tells whether it counts as breached; a void cycle never does."""
        return self.state in (BREACHED, BREACHED_RUNNING)

    @property
    def is_live(self) -> bool:
        """Tells whether it has not ended."""
        return self.state in LIVE

    def is_at_risk(self, percent: int) -> bool:
        """Tells whether it is not over and at least that share of its target is used: integers, never rounded."""
        if self.state not in (RUNNING, PAUSED) or self.target is None:
            return False
        return self.elapsed * 100 >= self.target * percent


def worst(cycles: Iterable[Cycle]) -> Cycle | None:
    """Returns the cycle a ticket stands as: by state, then by what is due first, then by metric; None of none."""
    return min(
        cycles,
        key=lambda one: (
            STATES.index(one.state),
            one.due_at.timestamp() if one.due_at else float("inf"),
            METRICS.index(one.metric),
            -one.cycle,
        ),
        default=None,
    )
