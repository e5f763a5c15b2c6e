"""The days, weeks or months of a report in a time zone: without a gap, so that an empty one is there as zero."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta

from gitdesk.errors import UsageError
from gitdesk.reports.period import DAY, MONTH, WEEK, Buckets, buckets, label
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

    from gitdesk.reports.period import Period

UNITS = (DAY, WEEK, MONTH)
WHOLE = "period"  # the unit of a timeline that is one piece
_MOST = 20_000  # pieces: half a century of days


class Timeline(Value):
    """Pieces of time: piece n begins at `edges[n]` and ends before `edges[n + 1]`, in epoch seconds.

    `starts` are the first days. The first and the last edge are those of the period or of the present where these are
    nearer: what is counted in a piece that a period cuts through is what the period has of it.
    """

    unit: str
    starts: tuple[date, ...]
    edges: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def labels(self) -> tuple[str, ...]:
        """Returns the names: 2026-11-22, 2026-W47 or 2026-11; of the whole none."""
        if self.unit == WHOLE:
            return ("",)
        return Buckets(unit=self.unit, starts=self.starts).labels

    def label(self, index: int) -> str:
        """Returns the name of one piece."""
        return "" if self.unit == WHOLE else label(self.starts[index], self.unit)

    def place(self, at: int) -> int | None:
        """Returns which piece an instant is in, None for one outside of all."""
        found = bisect_right(self.edges, at) - 1
        return found if 0 <= found < len(self.starts) else None

    def spans(self) -> Iterator[tuple[int, int]]:
        """Yields begin and end of each piece."""
        return zip(self.edges, self.edges[1:], strict=False)


def timeline(unit: str, first: int, now: int, period: Period, zone: tzinfo) -> Timeline:
    """Returns the pieces from the beginning of a period, else from the first thing that happened, up to the present.

    `unit` "" is what suits the stretch, WHOLE one piece. A period that has not begun has one piece, which begins
    and ends at the present, so that what stands at its end is what stands by now.
    """
    begin = first if period.start is None else int(period.start.timestamp())
    end = now + 1 if period.end is None else min(int(period.end.timestamp()), now + 1)
    if begin > now:
        return Timeline(unit=unit or DAY, starts=(_day(begin, zone),), edges=(now + 1, now + 1))
    end = max(end, begin + 1)
    if unit == WHOLE:
        return Timeline(unit=WHOLE, starts=(_day(begin, zone),), edges=(begin, end))
    days = (_day(begin, zone), _day(end - 1, zone))
    found = unit or buckets(days).unit
    starts = tuple(_starts(found, *days))
    edges = [_midnight(day, zone) for day in starts[1:]]
    return Timeline(unit=found, starts=starts, edges=(begin, *edges, end))


def _starts(unit: str, first: date, last: date) -> Iterator[date]:
    count = (last - first).days
    if count // {DAY: 1, WEEK: 7, MONTH: 28}[unit] > _MOST:
        raise UsageError(
            f"that is {count:,} days by the {unit}", hint="--from and --to say which stretch is meant"
        )
    if unit == MONTH:
        for number in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
            yield date(number // 12, number % 12 + 1, 1)
        return
    begin = first.toordinal() - (first.weekday() if unit == WEEK else 0)
    for number in range(begin, last.toordinal() + 1, 7 if unit == WEEK else 1):
        yield date.fromordinal(max(number, 1))


def _day(at: int, zone: tzinfo) -> date:
    from gitdesk.domain.sla_standing import moment

    found = moment(at)
    assert found is not None
    try:
        return found.astimezone(zone).date()
    except OverflowError:
        return found.date()


def _midnight(day: date, zone: tzinfo) -> int:
    """Returns the instant a day begins at; where a change of the clocks skips midnight, that of the change."""
    try:
        return (datetime.combine(day, time(), tzinfo=zone) - _EPOCH) // timedelta(seconds=1)
    except OverflowError:
        return (datetime.combine(day, time()) - _EPOCH.replace(tzinfo=None)) // timedelta(seconds=1)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
