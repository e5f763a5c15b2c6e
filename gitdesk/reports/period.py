"""The stretch of time a report is about, and the days, weeks or months it is drawn in; all in UTC."""

from __future__ import annotations

from datetime import date

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

DAY, WEEK, MONTH = "day", "week", "month"
_MOST_DAYS, _MOST_WEEKS = 31, 26 * 7  # days that a chart of days, and one of weeks, spans at most
_MOST_MONTHS = 60  # of a chart; what is older is left out of it


class Period(Value):
    """Half open: from `start` up to but without `end`; None for no bound."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """Tells whether it has no bound at all."""
        return self.start is None and self.end is None

    def holds(self, moment: datetime) -> bool:
        """Tells whether a moment is in it."""
        return not (self.start and moment < self.start) and not (self.end and moment >= self.end)


class Buckets(Value):
    """Days, weeks or months without a gap; `starts` are the first days."""

    unit: str
    starts: tuple[date, ...]
    left_out: int = 0  # buckets before the first

    @property
    def labels(self) -> tuple[str, ...]:
        """Returns the names: 2026-11-22 for a day, 2026-W47 for a week, 2026-11 for a month."""
        return tuple(label(start, self.unit) for start in self.starts)

    def place(self, day: date) -> int | None:
        """Returns which bucket a day is in; None for one before the first."""
        from bisect import bisect_right

        found = bisect_right(self.starts, day) - 1
        return found if found >= 0 else None


def buckets(days: Iterable[date]) -> Buckets:
    """Returns what suits the days: days up to a month, weeks up to half a year, months beyond."""
    known = sorted(set(days))
    if not known:
        return Buckets(unit=DAY, starts=())
    first, last = known[0], known[-1]
    span = (last - first).days + 1
    if span > _MOST_WEEKS:
        return _months(first, last)
    unit, step = (DAY, 1) if span <= _MOST_DAYS else (WEEK, 7)
    begin = first.toordinal() - (first.weekday() if unit == WEEK else 0)
    starts = (date.fromordinal(max(number, 1)) for number in range(begin, last.toordinal() + 1, step))
    return Buckets(unit=unit, starts=tuple(starts))


def _months(first: date, last: date) -> Buckets:
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    shown = numbers[-_MOST_MONTHS:]
    starts = tuple(date(number // 12, number % 12 + 1, 1) for number in shown)
    return Buckets(unit=MONTH, starts=starts, left_out=len(numbers) - len(shown))


def label(day: date, unit: str) -> str:
    """Returns the name of the day, week or month that begins on a day."""
    if unit == WEEK:
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    return day.isoformat()[:7] if unit == MONTH else day.isoformat()
