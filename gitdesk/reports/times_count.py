"""Keeps waits as they end, and tells median and 90th percentile of those that ended in a stretch of time."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from gitdesk.domain.life_spans import WAITS, middle
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitdesk.domain.life_spans import Wait

_UNKNOWN = -1


class Taken(Value):
    """How long one kind of wait took, in seconds; None of nothing. `no_calendar` have no working time."""

    count: int = 0
    median: int | None = None
    p90: int | None = None
    sum: int = 0
    worked_count: int = 0
    worked_median: int | None = None
    worked_p90: int | None = None
    no_calendar: int = 0


class Waits:
    """The waits of the tickets of one name."""

    __slots__ = ("_at", "_sorted", "_wall", "_worked")

    def __init__(self) -> None:
        self._at = {metric: array("q") for metric in WAITS}
        self._wall = {metric: array("q") for metric in WAITS}
        self._worked = {metric: array("q") for metric in WAITS}
        self._sorted = True

    def add(self, waits: Iterable[Wait]) -> None:
        """Takes in waits of a ticket."""
        self._sorted = False
        for one in waits:
            self._at[one.metric].append(one.at)
            self._wall[one.metric].append(one.wall)
            self._worked[one.metric].append(_UNKNOWN if one.worked is None else one.worked)

    def count(self, metric: str, begin: int, end: int) -> int:
        """Returns how many ended from an instant up to but without another."""
        first, last = self._found(metric, begin, end)
        return last - first

    def taken(self, metric: str, begin: int, end: int) -> Taken:
        """Returns how long those took that ended from an instant up to but without another."""
        first, last = self._found(metric, begin, end)
        wall = sorted(self._wall[metric][first:last])
        worked = sorted(self._worked[metric][first:last])
        unknown = bisect_left(worked, 0)
        known = worked[unknown:]
        return Taken(
            count=len(wall),
            median=middle(wall, 50),
            p90=middle(wall, 90),
            sum=sum(wall),
            worked_count=len(known),
            worked_median=middle(known, 50),
            worked_p90=middle(known, 90),
            no_calendar=unknown,
        )

    def _found(self, metric: str, begin: int, end: int) -> tuple[int, int]:
        if not self._sorted:
            for one in WAITS:
                self._sort(one)
            self._sorted = True
        at = self._at[metric]
        return bisect_left(at, begin), bisect_left(at, end)

    def _sort(self, metric: str) -> None:
        at = self._at[metric]
        order = sorted(range(len(at)), key=at.__getitem__)
        for columns in (self._at, self._wall, self._worked):
            column = columns[metric]
            columns[metric] = array("q", [column[place] for place in order])
