"""What the rows of a service-level report come to: compliance, times, pauses; docs/reports.md defines each number."""

from __future__ import annotations

from datetime import date

from gitdesk.domain.sla_cycle import BREACHED, BREACHED_RUNNING, MET, METRICS, STATES
from gitdesk.render.blocks import Series, Share
from gitdesk.reports.period import Buckets, buckets
from gitdesk.reports.sla_tally import NO_REPLY, PAUSED_TIME, WALL_TIME
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitdesk.domain.config import Config
    from gitdesk.reports.sla_tally import Tally

DIMENSIONS = ("metric", "priority", "group", "policy", "agent")
_MET, _MISSED, _MISSED_RUNNING = (STATES.index(state) for state in (MET, BREACHED, BREACHED_RUNNING))


class Times(Value):
    """Working time of the ended cycles of a metric, in seconds; `no_reply` of them are counted but not averaged."""

    metric: str
    count: int
    no_reply: int
    average: int | None = None
    median: int | None = None
    p90: int | None = None


class Pauses(Value):
    """How long resolution clocks stood, of all the time since they started; wall time in seconds."""

    name: str
    paused: int
    wall: int


class Summary:
    """The sums of a Tally, worked out when asked for."""

    def __init__(self, tally: Tally, config: Config) -> None:
        self._tally, self._config = tally, config

    def whole(self) -> Share:
        """Returns the compliance over everything."""
        return self._share("", tuple(self._tally.cells.values()))

    def by(self, dimension: str) -> tuple[Share, ...]:
        """Returns the compliance by metric, priority, group, policy or agent; names without any cycle are left out."""
        cells = self._grouped(dimension)
        shares = [self._share(name, cells[name]) for name in self._order(dimension, cells)]
        shares = [share for share in shares if share.passed + share.failed]
        if dimension == "agent":
            shares.sort(key=lambda share: (-share.failed, share.name))
        return tuple(shares)

    def states(self) -> dict[str, int]:
        """Returns how many cycles are in each state."""
        cells = self._tally.cells.values()
        return {state: sum(cell[place] for cell in cells) for place, state in enumerate(STATES)}

    def times(self) -> tuple[Times, ...]:
        """Returns average, median and 90th percentile of each metric; the latter two by nearest rank."""
        return tuple(self._times(metric, cells) for metric, cells in self._metrics())

    def pauses(self, dimension: str = "") -> tuple[Pauses, ...]:
        """Returns how long clocks stood, by agent or group, the greatest share first; "" for the whole."""
        cells = self._grouped(dimension) if dimension else {"": list(self._tally.cells.values())}
        found = [
            Pauses(
                name=name,
                paused=sum(cell[PAUSED_TIME] for cell in members),
                wall=sum(cell[WALL_TIME] for cell in members),
            )
            for name, members in cells.items()
        ]
        if dimension:
            found = [each for each in found if each.wall]
        return tuple(
            sorted(found, key=lambda each: (-each.paused * 1_000_000 // (each.wall or 1), each.name))
        )

    def trend(self) -> tuple[Buckets, tuple[Series, ...]]:
        """Returns met and breached of each metric in days, weeks or months (UTC), by the end of the cycle."""
        days = self._tally.days
        drawn = buckets(date.fromordinal(day) for counts in days.values() for day in counts)
        points = {metric: [[0, 0] for _ in drawn.starts] for metric, counts in days.items() if counts}
        for metric, counts in days.items():
            for day, (met, missed) in counts.items():
                place = drawn.place(date.fromordinal(day))
                if place is not None:
                    points[metric][place][0] += met
                    points[metric][place][1] += missed
        series = tuple(
            Series(name=metric, points=tuple((met, missed) for met, missed in points[metric]))
            for metric in METRICS
            if metric in points
        )
        return drawn, series

    def _metrics(self) -> list[tuple[str, list[list[int]]]]:
        cells = self._grouped("metric")
        return [(metric, cells[metric]) for metric in METRICS if metric in cells]

    def _times(self, metric: str, cells: list[list[int]]) -> Times:
        no_reply = sum(cell[NO_REPLY] for cell in cells)
        elapsed = sorted(self._tally.elapsed.get(metric, ()))
        count = len(elapsed)
        if not count:
            return Times(metric=metric, count=0, no_reply=no_reply)
        return Times(
            metric=metric,
            count=count,
            no_reply=no_reply,
            average=sum(elapsed) // count,
            median=_ranked(elapsed, 50),
            p90=_ranked(elapsed, 90),
        )

    def _grouped(self, dimension: str) -> dict[str, list[list[int]]]:
        place = DIMENSIONS.index(dimension)
        grouped: dict[str, list[list[int]]] = {}
        for key, cell in self._tally.cells.items():
            grouped.setdefault(key[place], []).append(cell)
        return grouped

    def _order(self, dimension: str, names: Iterable[str]) -> list[str]:
        known: Sequence[str] = {
            "metric": METRICS,
            "priority": self._config.priorities[::-1],
            "group": tuple(group.name for group in self._config.groups),
        }.get(dimension, ())
        return sorted(names, key=lambda name: (_rank(name, known), name))

    def _share(self, name: str, cells: Sequence[list[int]]) -> Share:
        running = sum(cell[_MISSED_RUNNING] for cell in cells)
        return Share(
            name=name,
            passed=sum(cell[_MET] for cell in cells),
            failed=running + sum(cell[_MISSED] for cell in cells),
            running=running,
        )


def _rank(name: str, names: Sequence[str]) -> int:
    """Returns the place of a name in the desk's order; after those come others, and nobody last."""
    return names.index(name) if name in names else len(names) + (not name)


def _ranked(ordered: Sequence[int], percent: int) -> int:
    """Returns a percentile by nearest rank: the least value that at least so many percent do not exceed."""
    return ordered[max(-(-len(ordered) * percent // 100), 1) - 1]
