"""Counts what comes in and what goes out: instants in sorted columns, so that any stretch of time is two look-ups."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from gitdesk.domain.life import FLOWS, backlog_of, flows_of, moves
from gitdesk.domain.life_spans import end_of, resolutions_of
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.domain.life import Flow, Life

DAY = 86_400
# The ages of the backlog: up to so many days, the last ones older than all.
AGES = (
    ("backlog_1d", 0), ("backlog_3d", DAY), ("backlog_7d", 3 * DAY), ("backlog_30d", 7 * DAY),
    ("backlog_older", 30 * DAY),
)  # fmt: skip
UNDONE, REASSIGNED, REGROUPED = "undone", "reassigned", "regrouped"
ENDED, ONE_TOUCH, NO_REPLY = "ended", "one_touch", "no_reply"
COUNTED = (*FLOWS, UNDONE, REASSIGNED, REGROUPED, ENDED, ONE_TOUCH, NO_REPLY)


class Happened(Value):
    """What one ticket adds to every volume it counts in.

    `counted` are what happened and when, `aged` the place of an age, since when the ticket was so old in the backlog,
    and until when, None for still. `flows` are what both were found by.
    """

    flows: Sequence[Flow]
    counted: Sequence[tuple[str, int]]
    aged: Sequence[tuple[int, int, int | None]]


def happened(life: Life) -> Happened:
    """Returns what a ticket adds to a volume."""
    flows = flows_of(life)
    counted = [(flow.kind, flow.at) for flow in flows]
    counted += [(UNDONE, at) for at, was_undone in resolutions_of(flows) if was_undone]
    counted += [(REASSIGNED, at) for at in moves(life.holders)]
    counted += [(REGROUPED, at) for at in moves(life.groups)]
    end = end_of(life, flows)
    if end is not None:
        counted.append((ENDED, end.at))
        if end.is_one_touch:
            counted.append((ONE_TOUCH, end.at))
        elif not end.replies:
            counted.append((NO_REPLY, end.at))
    aged: list[tuple[int, int, int | None]] = []
    for begin, until in backlog_of(flows):
        for place, (_, age) in enumerate(AGES):
            grown = max(begin, life.created + age)
            if until is None or grown < until:
                aged.append((place, grown, until))
    return Happened(flows=flows, counted=counted, aged=aged)


class Volume:
    """The tickets of one name: what happened to them when, and from when to when each was of an age in the backlog."""

    __slots__ = ("_ages", "_at", "_sorted")

    def __init__(self) -> None:
        self._at = {kind: array("q") for kind in COUNTED}
        # For each age the instants from which, and up to which, a ticket was so old and in the backlog.
        self._ages = [(array("q"), array("q")) for _ in AGES]
        self._sorted = True

    def add(self, one: Happened) -> None:
        """Counts a ticket."""
        self._sorted = False
        for kind, at in one.counted:
            self._at[kind].append(at)
        for place, grown, until in one.aged:
            starts, ends = self._ages[place]
            starts.append(grown)
            if until is not None:
                ends.append(until)

    def counts(self, begin: int, end: int) -> dict[str, int]:
        """Returns how often each thing happened from an instant up to but without another."""
        self._sort()
        return {kind: bisect_left(at, end) - bisect_left(at, begin) for kind, at in self._at.items()}

    def backlog(self, end: int) -> dict[str, int]:
        """Returns how many tickets were in the backlog just before an instant, and how many of each age."""
        self._sort()
        older = [bisect_left(starts, end) - bisect_left(ends, end) for starts, ends in self._ages]
        ages = {
            name: count - next_ for (name, _), count, next_ in zip(AGES, older, [*older[1:], 0], strict=True)
        }
        return {"backlog": older[0], **ages}

    def _sort(self) -> None:
        if self._sorted:
            return
        for kind, at in self._at.items():
            self._at[kind] = array("q", sorted(at))
        self._ages = [(array("q", sorted(starts)), array("q", sorted(ends))) for starts, ends in self._ages]
        self._sorted = True
