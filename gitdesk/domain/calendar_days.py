"""The days of a calendar: which hours each date has, and how much working time lies between two wall times.

A day is counted from 1970-01-01, a wall time in seconds from there, as if every day had 24 hours; what a change of the
clocks makes of it is the business of `calendar`.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date

from gitdesk.domain.zone import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Hours = tuple[
    tuple[int, int], ...
]  # (from, to) in seconds of a day; `to` is beyond 86,400 for a shift past midnight

EPOCH = date(1970, 1, 1).toordinal()
FIRST_DAY, LAST_DAY = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH
_YEARS = (date.min.year, date.max.year)


def day_of(when: date) -> int:
    """Returns the number of a date."""
    return when.toordinal() - EPOCH


def date_of(day: int) -> date:
    """Returns the date of a number, the nearest there is for one beyond the years 1 to 9999."""
    return date.fromordinal(min(max(day, FIRST_DAY), LAST_DAY) + EPOCH)


def merged(hours: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Returns stretches in order, with those that touch or overlap made one, without those of no length."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(hours):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


class Days:
    """Hours by weekday (Monday is 0), by single day, and the days of every year that are closed."""

    __slots__ = (
        "_corrections",
        "_exceptions",
        "_pattern",
        "_prefix",
        "_working",
        "by_day",
        "last",
        "weekly",
        "yearly",
    )

    def __init__(
        self, weekly: Mapping[int, Hours], by_day: Mapping[int, Hours], yearly: Iterable[tuple[int, int]] = ()
    ) -> None:
        self.weekly = tuple(weekly.get(weekday, ()) for weekday in range(7))
        self.by_day, self.yearly = dict(by_day), tuple(yearly)
        self.last = max(self.by_day, default=FIRST_DAY)
        self._pattern = tuple(_open(self.weekly[day], self.weekly[day - 1]) for day in range(7))
        self._prefix = [0]
        for hours in self._pattern:
            self._prefix.append(self._prefix[-1] + _length(hours))
        self._exceptions: dict[int, dict[int, Hours]] = {}
        self._working: dict[int, list[int]] = {}
        self._corrections: dict[int, tuple[list[int], list[int]]] = {}

    @property
    def is_full(self) -> bool:
        """Tells whether every ordinary week is open day and night."""
        return self._prefix[7] == 7 * DAY

    @property
    def is_empty(self) -> bool:
        """Tells whether ordinary weeks have no hours."""
        return self._prefix[7] == 0

    def own(self, day: int) -> Hours:
        """Returns the shifts that begin on a day."""
        special = self._exception(day)
        return self.weekly[(day + 3) % 7] if special is None else special

    def open_on(self, day: int) -> Hours:
        """Returns the hours of a day from midnight to midnight, the rest of yesterday's last shift among them."""
        today, yesterday = self._exception(day), self._exception(day - 1)
        if today is None and yesterday is None:
            return self._pattern[(day + 3) % 7]
        return _open(self.own(day), self.own(day - 1))

    def open_days(self, first: int, last: int) -> Iterator[tuple[int, Hours]]:
        """Yields the days from one to another with their hours, as `open_on` has them."""
        while first <= last:
            year = date_of(first).year
            until = min(last, day_of(date(year, 12, 31)))
            special = set(self._corrections_of(year)[0])
            for day in range(first, until + 1):
                yield day, self.open_on(day) if day in special else self._pattern[(day + 3) % 7]
            first = until + 1

    def exceptions(self, year: int) -> dict[int, Hours]:
        """Returns the days of a year that are not as their weekday, with the shifts that begin on them."""
        known = self._exceptions.get(year)
        if known is None:
            first, after = day_of(date(year, 1, 1)), day_of(date(year, 12, 31)) + 1
            known = {day_of(date(year, *each)): () for each in self.yearly if _is_date(year, *each)}
            known.update((day, hours) for day, hours in self.by_day.items() if first <= day < after)
            self._exceptions[year] = known
        return known

    def measure(self, start: int, end: int) -> int:
        """Returns the working seconds between two wall times; whole weeks are not looked at one by one."""
        first, last = start // DAY, end // DAY
        whole = self._nominal(last) - self._nominal(first) + self._corrected(first, last)
        return whole + self._part(last, end % DAY) - self._part(first, start % DAY)

    def working_days(self, year: int) -> list[int]:
        """Returns the days of a year on which a shift begins, in order."""
        known = self._working.get(year)
        if known is None:
            special = self.exceptions(year)
            first, after = day_of(date(year, 1, 1)), day_of(date(year, 12, 31)) + 1
            known = [day for day in range(first, after) if special.get(day, self.weekly[(day + 3) % 7])]
            self._working[year] = known
        return known

    def count(self, year: int) -> int:
        """Returns how many working days a year has, without looking at each."""
        first, after = day_of(date(year, 1, 1)), day_of(date(year, 12, 31)) + 1
        weeks, rest = divmod(after - first, 7)
        working = [bool(hours) for hours in self.weekly]
        found = weeks * sum(working) + sum(working[(first + extra + 3) % 7] for extra in range(rest))
        for day, hours in self.exceptions(year).items():
            found += bool(hours) - working[(day + 3) % 7]
        return found

    def _exception(self, day: int) -> Hours | None:
        return self.exceptions(date_of(day).year).get(day)

    def _nominal(self, day: int) -> int:
        weeks, weekday = divmod(day + 3, 7)
        return weeks * self._prefix[7] + self._prefix[weekday]

    def _part(self, day: int, second: int) -> int:
        return sum(min(end, second) - start for start, end in self.open_on(day) if start < second)

    def _corrected(self, first: int, last: int) -> int:
        """Returns by how much the days from first to before last differ from their weekdays."""
        found = 0
        for year in range(date_of(first).year, date_of(last).year + 1):
            days, prefix = self._corrections_of(year)
            found += prefix[bisect_left(days, last)] - prefix[bisect_left(days, first)]
        return found

    def _corrections_of(self, year: int) -> tuple[list[int], list[int]]:
        known = self._corrections.get(year)
        if known is None:
            special = set(self.exceptions(year))
            special.update(
                day + 1 for day in self.exceptions(year)
            )  # a shift past midnight goes or comes with its day
            if year > _YEARS[0] and day_of(date(year - 1, 12, 31)) in self.exceptions(year - 1):
                special.add(day_of(date(year, 1, 1)))
            days = sorted(day for day in special if date_of(day).year == year)
            prefix = [0]
            for day in days:
                usual = self._prefix[(day + 3) % 7 + 1] - self._prefix[(day + 3) % 7]
                prefix.append(prefix[-1] + _length(self.open_on(day)) - usual)
            known = self._corrections[year] = (days, prefix)
        return known


def nth_working_day(days: Days, day: int, count: int) -> int | None:
    """Returns the working day so many after a day (before it, when negative); None where the years end."""
    step = 1 if count > 0 else -1
    left, year = abs(count), date_of(day).year
    inside = days.working_days(year)
    low, high = (bisect_right(inside, day), len(inside)) if step > 0 else (0, bisect_left(inside, day))
    while high - low < left:
        left -= high - low
        year += step
        while _YEARS[0] <= year <= _YEARS[1] and days.count(year) < left:
            if days.is_empty and not days.count(year) and not _YEARS[0] < year <= date_of(days.last).year:
                return None
            left -= days.count(year)
            year += step
        if not _YEARS[0] <= year <= _YEARS[1]:
            return None
        inside = days.working_days(year)
        low, high = 0, len(inside)
    return inside[low + left - 1] if step > 0 else inside[high - left]


def _open(own: Hours, yesterday: Hours) -> Hours:
    hours = [(start, min(end, DAY)) for start, end in own]
    hours += [(max(start - DAY, 0), end - DAY) for start, end in yesterday if end > DAY]
    return tuple(merged(hours))


def _length(hours: Hours) -> int:
    return sum(end - start for start, end in hours)


def _is_date(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
