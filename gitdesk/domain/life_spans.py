"""How long things took in the life of a ticket, in wall time and in working time: every wait a report averages."""

from __future__ import annotations

from gitdesk.domain.life import RESOLVED_FLOW, flows_of
from gitdesk.domain.sla_matching import ACTIVE, FINISHED, phase_of
from gitdesk.domain.workflow import SNOOZED, WAITING
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.life import Flow, Life

FIRST_RESPONSE, NEXT_RESPONSE = "first_response", "next_response"
FIRST_RESOLUTION, RESOLUTION, HANDLING = "first_resolution", "resolution", "handling"
FOR_US, FOR_CUSTOMER, PUT_ASIDE = "waited_for_us", "waited_for_customer", "put_aside"
WAITS = (
    FIRST_RESPONSE, NEXT_RESPONSE, FIRST_RESOLUTION, RESOLUTION, HANDLING, FOR_US, FOR_CUSTOMER, PUT_ASIDE,
)  # fmt: skip
_TURNS = {WAITING: FOR_CUSTOMER, SNOOZED: PUT_ASIDE}


class Wait(Value):
    """One wait that ended at an instant: seconds of wall time, and of working time where a calendar says it."""

    metric: str
    at: int
    wall: int
    worked: int | None = None


def waits_of(life: Life, calendar: Calendar | None) -> Iterator[Wait]:
    """Yields the waits of a ticket that have ended; the three parts of its handling add up to it."""

    def wait(metric: str, *spans: tuple[int, int]) -> Wait:
        worked = None if calendar is None else sum(calendar.elapsed(a, b) for a, b in spans)
        at = spans[-1][1]
        return Wait(metric=metric, at=at, wall=sum(b - a for a, b in spans), worked=worked)

    if life.first is not None:
        yield wait(FIRST_RESPONSE, (life.created, life.first))
    for asked, answered, by_reply in life.asked:
        if by_reply and answered is not None:
            yield wait(NEXT_RESPONSE, (asked, answered))
    if life.came_done:
        return
    ends = [flow.at for flow in flows_of(life) if flow.kind == RESOLVED_FLOW]
    if not ends:
        return
    yield wait(FIRST_RESOLUTION, (life.created, ends[0]))
    if phase_of(life.category) != FINISHED:
        return
    end = ends[-1]
    yield wait(RESOLUTION, (life.created, end))
    spans = open_spans(life, end)
    parts = [
        wait(part, *(span for span, whose in spans if whose == part), (end, end))
        for part in (FOR_US, FOR_CUSTOMER, PUT_ASIDE)
    ]
    yield Wait(
        metric=HANDLING,
        at=end,
        wall=sum(part.wall for part in parts),
        worked=None if calendar is None else sum(part.worked or 0 for part in parts),
    )
    yield from parts


def handling_of(life: Life, flows: Sequence[Flow], calendar: Calendar | None) -> Wait | None:
    """Returns the handling of a ticket that is finished, as `waits_of` has it, without the other waits."""
    ended = end_of(life, flows)
    if ended is None:
        return None
    spans = [span for span, _ in open_spans(life, ended.at)]
    worked = None if calendar is None else sum(calendar.elapsed(a, b) for a, b in spans)
    return Wait(metric=HANDLING, at=ended.at, wall=sum(b - a for a, b in spans), worked=worked)


def open_spans(life: Life, end: int) -> list[tuple[tuple[int, int], str]]:
    """Returns the stretches up to an instant in which a ticket was not done, with what it waited for."""
    ends = [at for at, _ in life.turns[1:]] + [max(end, life.turns[-1][0])]
    return [
        ((at, min(until, end)), _TURNS.get(category, FOR_US))
        for (at, category), until in zip(life.turns, ends, strict=True)
        if at < end and phase_of(category) == ACTIVE
    ]


class Ended(Value):
    """How a finished ticket came to its last end: how many answers of people it took, and whether it came back."""

    at: int
    replies: int
    reopened: bool

    @property
    def is_one_touch(self) -> bool:
        """Tells whether a single answer was enough."""
        return self.replies == 1 and not self.reopened


def end_of(life: Life, flows: Sequence[Flow]) -> Ended | None:
    """Returns the last end of a ticket that is finished, None of one that is not or whose end nobody knows.

    `flows` are the ticket's, here and below: who counts several things of a ticket finds them once.
    """
    if life.came_done or phase_of(life.category) != FINISHED:
        return None
    ends = [flow.at for flow in flows if flow.kind == RESOLVED_FLOW]
    replies = sum(at <= ends[-1] for at, _ in life.replies)
    return Ended(at=ends[-1], replies=replies, reopened=len(ends) > 1)


def resolutions_of(flows: Sequence[Flow]) -> list[tuple[int, bool]]:
    """Returns when a ticket was resolved, each time, and whether it was reopened or taken up again after it."""
    ends = [place for place, flow in enumerate(flows) if flow.kind == RESOLVED_FLOW]
    return [(flows[place].at, place + 1 < len(flows)) for place in ends]


def middle(ordered: list[int], percent: int) -> int | None:
    """Returns a percentile by nearest rank: the least value that so many percent do not exceed; None of nothing."""
    if not ordered:
        return None
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1]
