"""Counts the cycles of a service-level report as they pass, in one look at each and in a memory that does not grow."""

from __future__ import annotations

from array import array
from heapq import heappush, heappushpop

from gitdesk.domain.sla_count import figures_of, kind_of, told_remarks
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
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from gitdesk.domain.sla_count import Kind
    from gitdesk.domain.sla_cycle import Cycle

WORST = 500  # breaches that are kept whole, those that are latest
PARKED = 25  # paused cycles that are kept whole

# A cell counts the cycles of one metric, priority, group, policy and agent: their states, in the order of STATES, then
# how many of the met ones ended without a response, then the seconds of their clocks.
NO_REPLY, PAUSED_TIME, WALL_TIME = len(STATES), len(STATES) + 1, len(STATES) + 2
_ZERO = [0] * (len(STATES) + 3)
_PLACES = {state: place for place, state in enumerate(STATES)}
_ENDED, _MISSED = (MET, BREACHED), (BREACHED, BREACHED_RUNNING)
_OPEN, _OUT = (RUNNING, PAUSED), (VOID, NOT_APPLICABLE)

Key = tuple[str, str, str, str, str]  # metric, priority, group, policy, agent
# Of an ended clock that was counted without being looked at: its ticket, and its place among the ticket's clocks.
Mark = tuple[str, int]


class Tally:
    """What has been counted so far; `cells` by Key, `days` by metric and ordinal day, `elapsed` by metric."""

    def __init__(self, period: Period, as_of: datetime, percent: int) -> None:
        self.cells: dict[Key, list[int]] = {}
        self.days: dict[str, dict[int, list[int]]] = {}
        self.elapsed: dict[str, array[int]] = {}
        self.at_risk: list[Cycle] = []
        self.running: list[Cycle] = []  # breached, not over
        self.rows = self.tickets = 0
        self.remarks: dict[str, int] = {}  # what is odd, and of how many clocks
        # Heaps: the figure, the row, what it is of.
        self._worst: list[tuple[int, int, Cycle | Mark]] = []
        self._parked: list[tuple[int, int, Cycle | Mark]] = []
        self._least_late = self._least_parked = -1  # what a figure must exceed to be kept
        self._counters: dict[Kind, _Counter] = {}
        self._percent, self._ticket = percent, ""
        self._period = None if period.is_everything else period
        self._present = period.holds(as_of)
        self._today = as_of.toordinal()

    def add(self, cycle: Cycle) -> bool:
        """Counts a cycle; tells whether it belongs to the period at all."""
        state = cycle.state
        if self._period is not None and not self._belongs(cycle, state):
            return False
        if cycle.ticket != self._ticket:
            self._ticket = cycle.ticket
            self.tickets += 1
        day, *figures = figures_of(cycle)
        if state == BREACHED_RUNNING:
            self.running.append(cycle)
            day = self._today
        self._count(((0, day, *figures, *told_remarks(cycle)),), {0: self.counter(kind_of(cycle))}, cycle)
        if state in _OPEN and cycle.is_at_risk(self._percent):
            self.at_risk.append(cycle)
        return True

    def add_ended(
        self, ticket: str, clocks: Iterable[Sequence[Any]], counters: Mapping[int, _Counter]
    ) -> None:
        """Counts all clocks of a ticket: of each the number of its counter, its figures and, if any, its remarks."""
        self.tickets += 1
        self._count(clocks, counters, (ticket, 0))

    def counter(self, kind: Kind) -> _Counter:
        """Returns what counts the clocks of a kind."""
        found = self._counters.get(kind)
        if found is None:
            found = self._counters[kind] = self._new_counter(kind)
        return found

    def _new_counter(self, kind: Kind) -> _Counter:
        metric, priority, group, policy, agent, state, no_reply = kind
        cell = self.cells.setdefault((metric, priority, group, policy, agent), _ZERO.copy())
        counter = _Counter(cell, _PLACES[state])
        counter.days = self.days.setdefault(metric, {})
        counter.missed = int(state in _MISSED)
        if state in _ENDED:
            counter.is_silent = bool(no_reply)
            counter.times = None if no_reply else self.elapsed.setdefault(metric, array("q")).append
        counter.stood = metric == RESOLUTION and state not in _OUT
        return counter

    def _belongs(self, cycle: Cycle, state: str) -> bool:
        """Tells whether a cycle ended in the period, or is not over while the period reaches the present."""
        if state in LIVE:
            return self._present
        moment = cycle.stopped_at or cycle.started_at
        return moment is not None and self._period is not None and self._period.holds(moment)

    def _count(
        self, clocks: Iterable[Sequence[Any]], counters: Mapping[int, _Counter], one: Cycle | Mark
    ) -> None:
        """Counts clocks that are `one`, or follow each other from that mark on: the inner loop of the report."""
        number = self.rows
        for which, day, elapsed, paused, wall, late, *remarks in clocks:
            number += 1
            counter = counters[which]
            cell = counter.cell
            cell[counter.place] += 1
            if day:
                counts = counter.days.get(day)
                if counts is None:
                    counts = counter.days[day] = [0, 0]
                counts[counter.missed] += 1
            if counter.times is not None:
                counter.times(elapsed)
            elif counter.is_silent:
                cell[NO_REPLY] += 1
            # The number makes earlier rows win among equals, and keeps cycles from being compared.
            if counter.missed and late > self._least_late:
                self._least_late = _keep(
                    self._worst, (late, -number, _at(one, number - self.rows - 1)), WORST
                )
            if counter.stood:
                cell[WALL_TIME] += wall
                if paused:
                    cell[PAUSED_TIME] += paused
                    if paused > self._least_parked:
                        self._least_parked = _keep(
                            self._parked, (paused, -number, _at(one, number - self.rows - 1)), PARKED
                        )
            for remark in remarks:
                self.remarks[remark] = self.remarks.get(remark, 0) + 1
        self.rows = number

    def look(self, cycles_of: Callable[[Sequence[str]], Iterable[Cycle]]) -> None:
        """Turns the marks among what is kept whole into cycles: `cycles_of` yields all those of some tickets."""
        heaps = (self._worst, self._parked)
        wanted = {one[0] for heap in heaps for _, _, one in heap if one.__class__ is tuple}
        found: dict[str, list[Cycle]] = {}
        for cycle in cycles_of(sorted(wanted)) if wanted else ():
            found.setdefault(cycle.ticket, []).append(cycle)
        for heap in heaps:
            for place, (figure, number, one) in enumerate(heap):
                if one.__class__ is tuple:
                    ticket, which = one
                    heap[place] = (figure, number, found[ticket][which])

    @property
    def worst(self) -> tuple[Cycle, ...]:
        """Returns the latest breaches, the latest first."""
        return _kept(self._worst)

    @property
    def parked(self) -> tuple[Cycle, ...]:
        """Returns the resolution clocks that stood the longest, the longest first."""
        return _kept(self._parked)


class Counters(dict[int, "_Counter"]):
    """The counters of kinds by their numbers, each made when a clock of its kind comes."""

    def __init__(self, tally: Tally, kinds: Mapping[int, Kind]) -> None:
        self._tally, self._kinds = tally, kinds

    def __missing__(self, number: int) -> _Counter:
        counter = self[number] = self._tally.counter(self._kinds[number])
        return counter


class _Counter:
    """Where the clocks of one kind are counted, looked up once."""

    __slots__ = ("cell", "days", "is_silent", "missed", "place", "stood", "times")

    def __init__(self, cell: list[int], place: int) -> None:
        self.cell, self.place = cell, place
        self.days: dict[int, list[int]] = {}
        self.times: Callable[[int], None] | None = None
        self.missed, self.is_silent, self.stood = 0, False, False


def _at(one: Cycle | Mark, place: int) -> Cycle | Mark:
    return (one[0], place) if one.__class__ is tuple else one


def _kept(heap: list[tuple[int, int, Any]]) -> tuple[Cycle, ...]:
    return tuple(cycle for _, _, cycle in sorted(heap, key=_order, reverse=True))


def _order(item: tuple[int, int, Any]) -> tuple[int, int]:
    return item[:2]


def _keep(heap: list[tuple[int, int, Any]], item: tuple[int, int, Any], most: int) -> int:
    """Keeps the greatest items; returns what the figure of another must exceed to be among them."""
    if len(heap) < most:
        heappush(heap, item)
    else:
        heappushpop(heap, item)
    return heap[0][0] if len(heap) == most else -1
