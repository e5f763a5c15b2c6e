"""Counts the cycles of a service-level report as they pass, in one look at each and in a memory that does not grow."""

from __future__ import annotations

from array import array
from heapq import heappush, heappushpop

from gitdesk.domain.sla_cycle import (
    BREACHED,
    BREACHED_RUNNING,
    LIVE,
    MET,
    NOT_APPLICABLE,
    PAUSED,
    RESOLUTION,
    RUNNING,
    STATES,
    VOID,
)
from gitdesk.reports.period import Period

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from gitdesk.domain.sla_cycle import Cycle

WORST = 500  # breaches that are kept whole, those that are latest
PARKED = 25  # paused cycles that are kept whole

# A cell counts the cycles of one metric, priority, group, policy and agent: their states, in the order of STATES, then
# how many of the met ones ended without a response, then the seconds of their clocks.
NO_REPLY, PAUSED_TIME, WALL_TIME = len(STATES), len(STATES) + 1, len(STATES) + 2
_ZERO = [0] * (len(STATES) + 3)
_PLACES = {state: place for place, state in enumerate(STATES)}
_ENDED, _OPEN, _OUT = (MET, BREACHED), (RUNNING, PAUSED), (VOID, NOT_APPLICABLE)

Key = tuple[str, str, str, str, str]  # metric, priority, group, policy, agent


class Tally:
    """What has been counted so far; `cells` by Key, `days` by metric and ordinal day, `elapsed` by metric."""

    def __init__(self, period: Period, as_of: datetime, percent: int) -> None:
        self.cells: dict[Key, list[int]] = {}
        self.days: dict[tuple[str, int], list[int]] = {}
        self.elapsed: dict[str, array[int]] = {}
        self.at_risk: list[Cycle] = []
        self.running: list[Cycle] = []  # breached, not over
        self.rows = self.tickets = 0
        self.remarks: dict[str, int] = {}  # what is odd, and of how many clocks
        self._worst: list[tuple[int, int, Cycle]] = []
        self._parked: list[tuple[int, int, Cycle]] = []
        self._percent, self._ticket = percent, ""
        self._period = None if period.is_everything else period
        self._present = period.holds(as_of)
        self._today = as_of.toordinal()

    def add(self, cycle: Cycle) -> bool:
        """Counts a cycle; tells whether it belongs to the period at all."""
        state, metric = cycle.state, cycle.metric
        if self._period is not None and not self._belongs(cycle, state):
            return False
        self.rows += 1
        if state != NOT_APPLICABLE:  # which says why, and that is all there is to know
            for remark in cycle.remarks:
                self.remarks[remark] = self.remarks.get(remark, 0) + 1
        if cycle.ticket != self._ticket:
            self._ticket = cycle.ticket
            self.tickets += 1
        # A breach counts for what was promised when it came about, whatever the ticket was made into afterwards.
        key = (
            metric,
            cycle.breach_priority or cycle.priority,
            cycle.group,
            cycle.breach_policy or cycle.policy,
            cycle.assignee,
        )
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = _ZERO.copy()
        cell[_PLACES[state]] += 1
        if state in _ENDED:
            self._ended(cycle, state, metric, cell)
        elif state == BREACHED_RUNNING:
            self.running.append(cycle)
            self._count_day(metric, self._today, 1)
            self._late(cycle)
        elif state in _OPEN and cycle.is_at_risk(self._percent):
            self.at_risk.append(cycle)
        if metric == RESOLUTION and state not in _OUT:
            self._pauses(cycle, cell)
        return True

    def _belongs(self, cycle: Cycle, state: str) -> bool:
        """Tells whether a cycle ended in the period, or is not over while the period reaches the present."""
        if state in LIVE:
            return self._present
        moment = cycle.stopped_at or cycle.started_at
        return moment is not None and self._period is not None and self._period.holds(moment)

    def _ended(self, cycle: Cycle, state: str, metric: str, cell: list[int]) -> None:
        if cycle.stopped_at is not None:
            self._count_day(metric, cycle.stopped_at.toordinal(), state == BREACHED)
        if cycle.no_reply:
            cell[NO_REPLY] += 1
        else:
            times = self.elapsed.get(metric)
            if times is None:
                times = self.elapsed[metric] = array("q")
            times.append(cycle.elapsed)
        if state == BREACHED:
            self._late(cycle)

    def _count_day(self, metric: str, day: int, missed: int) -> None:
        counts = self.days.get((metric, day))
        if counts is None:
            counts = self.days[metric, day] = [0, 0]
        counts[missed] += 1

    def _late(self, cycle: Cycle) -> None:
        # The number makes earlier rows win among equals, and keeps cycles from being compared.
        _keep(self._worst, (cycle.late_by, -self.rows, cycle), WORST)

    def _pauses(self, cycle: Cycle, cell: list[int]) -> None:
        paused = cycle.paused
        cell[WALL_TIME] += cycle.elapsed + cycle.closed + paused
        if paused:
            cell[PAUSED_TIME] += paused
            _keep(self._parked, (paused, -self.rows, cycle), PARKED)

    @property
    def worst(self) -> tuple[Cycle, ...]:
        """Returns the latest breaches, the latest first."""
        return tuple(cycle for _, _, cycle in sorted(self._worst, key=_order, reverse=True))

    @property
    def parked(self) -> tuple[Cycle, ...]:
        """Returns the resolution clocks that stood the longest, the longest first."""
        return tuple(cycle for _, _, cycle in sorted(self._parked, key=_order, reverse=True))


def _order(item: tuple[int, int, Cycle]) -> tuple[int, int]:
    return item[:2]


def _keep(heap: list[tuple[int, int, Cycle]], item: tuple[int, int, Cycle], most: int) -> None:
    if len(heap) < most:
        heappush(heap, item)
    elif item[0] > heap[0][0]:
        heappushpop(heap, item)
