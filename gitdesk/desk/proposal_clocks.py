"""What a proposal would do to the clocks of its tickets if it landed now."""

from __future__ import annotations

from datetime import datetime

from gitdesk.desk.configuration import promises
from gitdesk.desk.knowledge import clock_facts
from gitdesk.domain.sla_facts import NOWHERE
from gitdesk.domain.sla_standing import moment
from gitdesk.domain.sla_watch import ENDED, RUN, STAND, VOIDED
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.desk.door import Desk
    from gitdesk.desk.proposals import Proposal
    from gitdesk.domain.sla_facts import Clock, ClockFacts

STANDS, LATE, RUNS = "paused", "late", "running"  # how a clock is now
GOES_ON, STOPS, ENDS, ENDS_LATE, VOID, STARTS, RUNS_ON, CHANGES = (
    "goes on",
    "stops",
    "ends in time",
    "ends late",
    "is void",
    "starts",
    "runs on",
    "gets another target",
)


class Effect(Value):
    """One clock: how it is now, when it is due, and what becomes of it; targets and `late_by` in seconds."""

    ticket: str
    metric: str
    now: str
    due: datetime | None
    effect: str
    target: int | None
    next_target: int | None
    late_by: int


def effects(desk: Desk, proposal: Proposal) -> tuple[Effect, ...]:
    """Returns what a proposal does to clocks that have not ended, one after the other."""
    if not promises(desk.config):
        return ()
    changes = [one for one in proposal.changes if one.before is not None and one.after is not None]
    if not changes:
        return ()
    at = int(desk.now.timestamp())
    facts = clock_facts(desk, at, changes, proposal.tip)
    return tuple(effect for change in changes for effect in _of(change.ticket_id, facts(change), at))


def _of(ticket: str, found: ClockFacts | None, at: int) -> Iterator[Effect]:
    for clock in found.clocks if found is not None else ():
        if clock.before in (ENDED, VOIDED):
            continue
        late = clock.breached is not None or (clock.due is not None and clock.due < at)
        yield Effect(
            ticket=ticket,
            metric=clock.metric,
            now="" if clock.before == NOWHERE else LATE if late else RUNS if clock.before == RUN else STANDS,
            due=moment(clock.due),
            effect=_effect(clock),
            target=clock.target,
            next_target=clock.next_target,
            late_by=clock.late_by,
        )


def _effect(clock: Clock) -> str:
    if clock.after == VOIDED:
        return VOID
    if clock.after == ENDED:
        return ENDS_LATE if clock.late_by else ENDS
    if clock.before == NOWHERE:
        return STARTS
    if clock.target != clock.next_target:
        return CHANGES
    if (clock.before, clock.after) == (RUN, STAND):
        return STOPS
    return RUNS_ON if (clock.before, clock.after) == (STAND, RUN) else GOES_ON
