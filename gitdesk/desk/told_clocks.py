"""The clocks of all tickets as the index has them ready for a report of today, and one by one only those that go on."""

from __future__ import annotations

from collections import namedtuple

from gitdesk.desk.kept_clocks import kept_cycles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.sla_count import Kind
    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.index.sla_rows import ClockRows

# A ticket whose clocks have all ended: of each clock the number of its kind, its figures and remarks; the rows as JSON;
# its seconds in each status.
Told = namedtuple("Told", ("ticket", "clocks", "rows", "spent"))


class ToldClocks:
    """What an index keeps of the clocks of a whole desk, as of now; `times` tells how long tickets were in a status."""

    def __init__(
        self,
        desk: Desk,
        rows: ClockRows,
        times: Callable[[Sequence[str]], Iterator[tuple[str, dict[str, int]]]],
    ) -> None:
        self._desk, self._rows, self._times = desk, rows, times
        self._going_on: list[str] = []

    def kinds(self) -> dict[int, Kind]:
        """Returns the kinds that the clocks of a Told are counted under, by number."""
        return self._rows.kinds()

    def cycles_of(self, tickets: Sequence[str]) -> Iterator[Cycle]:
        """Yields all cycles of some tickets, by ticket, metric and cycle."""
        return kept_cycles(self._desk, self._rows, tickets)

    def all(self, *, rows: bool) -> Iterator[Told | Cycle]:
        """Yields, by ticket, what has come to its end as a Told, with or without rows, and the cycles of the rest."""
        now = int(self._desk.now.timestamp())
        self._going_on = self._rows.untold(now)
        going_on = self.cycles_of(self._going_on)
        cycle: Any = next(going_on, None)
        for one in self._rows.told(now, rows=rows):
            while cycle is not None and cycle.ticket < one[0]:
                yield cycle
                cycle = next(going_on, None)
            yield Told._make(one)
        while cycle is not None:
            yield cycle
            cycle = next(going_on, None)

    def times_of_the_rest(self) -> Iterator[dict[str, int]]:
        """Yields the seconds in each status of the tickets that `all` told as cycles."""
        return (spent for _, spent in self._times(self._going_on))
