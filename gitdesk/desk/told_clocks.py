"""The clocks of all tickets as the index has them ready for a report of today, and one by one only those that go on."""

from __future__ import annotations

from collections import namedtuple

from gitdesk.desk.kept_clocks import kept_cycles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.sla_count import Kind
    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.index.sla_rows import ClockRows

# A ticket whose clocks have all ended: of each clock the number of its kind, its figures and remarks; the rows as JSON.
Told = namedtuple("Told", ("ticket", "clocks", "rows"))


class ToldClocks:
    """What an index keeps of the clocks of a whole desk, as of now."""

    def __init__(self, desk: Desk, rows: ClockRows) -> None:
        self._desk, self._rows = desk, rows

    def kinds(self) -> dict[int, Kind]:
        """Returns the kinds that the clocks of a Told are counted under, by number."""
        return self._rows.kinds()

    def cycles_of(self, tickets: Sequence[str]) -> Iterator[Cycle]:
        """Yields all cycles of some tickets, by ticket, metric and cycle."""
        return kept_cycles(self._desk, self._rows, tickets)

    def all(self, *, rows: bool) -> Iterator[Told | Cycle]:
        """Yields, by ticket, what has come to its end as a Told, with or without rows, and the cycles of the rest."""
        now = int(self._desk.now.timestamp())
        going_on = self.cycles_of(self._rows.untold(now))
        cycle: Any = next(going_on, None)
        for one in self._rows.told(now, rows=rows):
            while cycle is not None and cycle.ticket < one[0]:
                yield cycle
                cycle = next(going_on, None)
            yield Told._make(one)
        while cycle is not None:
            yield cycle
            cycle = next(going_on, None)
