"""Counts what comes in and what goes out: instants in sorted columns, so that any stretch of time is two look-ups."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from gitdesk.domain.life import FLOWS, backlog_of, flows_of, moves
from gitdesk.domain.life_spans import end_of, resolutions_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.life import Life

DAY = 86_400
# The ages of the backlog: up to so many days, the last ones older than all.
AGES = (
    ("backlog_1d", 0), ("backlog_3d", DAY), ("backlog_7d", 3 * DAY), ("backlog_30d", 7 * DAY),
    ("backlog_older", 30 * DAY),
)  # fmt: skip
UNDONE, REASSIGNED, REGROUPED = "undone", "reassigned", "regrouped"
ENDED, ONE_TOUCH, NO_REPLY = "ended", "one_touch", "no_reply"
COUNTED = (*FLOWS, UNDONE, REASSIGNED, REGROUPED, ENDED, ONE_TOUCH, NO_REPLY)


class Volume:
    """The tickets of one name: what happened to them when, and from when to when each was of an age in the backlog."""

    __slots__ = ("_ages", "_at", "_sorted")

    def __init__(self) -> None:
        self._at = {kind: array("q") for kind in COUNTED}
        # For each age the instants from which, and up to which, a ticket was so old and in the backlog.
        self._ages = [(array("q"), array("q")) for _ in AGES]
        self._sorted = True

    def add(self, life: Life) -> None:
        """Counts a ticket."""
        self._sorted = False
        at, created = self._at, life.created
        for flow in flows_of(life):
            at[flow.kind].append(flow.at)
        for moment, was_undone in resolutions_of(life):
            if was_undone:
                at[UNDONE].append(moment)
        at[REASSIGNED].extend(moves(life.holders))
        at[REGROUPED].extend(moves(life.groups))
        end = end_of(life)
        if end is not None:
            at[ENDED].append(end.at)
            if end.is_one_touch:
                at[ONE_TOUCH].append(end.at)
            elif not end.replies:
                at[NO_REPLY].append(end.at)
        for begin, until in backlog_of(life):
            for (starts, ends), (_, age) in zip(self._ages, AGES, strict=True):
                grown = max(begin, created + age)
                if until is None:
                    starts.append(grown)
                elif grown < until:
                    starts.append(grown)
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

    @property
    def first(self) -> int | None:
        """Returns when the first ticket was created, None when there is none."""
        self._sort()
        created = self._at[FLOWS[0]]
        return created[0] if created else None

    def _sort(self) -> None:
        if self._sorted:
            return
        for kind, at in self._at.items():
            self._at[kind] = array("q", sorted(at))
        self._ages = [(array("q", sorted(starts)), array("q", sorted(ends))) for starts, ends in self._ages]
        self._sorted = True
