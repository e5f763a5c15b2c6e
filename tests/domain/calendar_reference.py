"""Working time the slow way: every shift of every date, laid out one by one; what `Calendar` must agree with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from gitdesk.domain.calendar import Calendar
from gitdesk.domain.calendar_days import Days, day_of

Hours = tuple[tuple[int, int], ...]


class Slow:
    """A calendar that knows only what is between two dates, as one list of stretches."""

    def __init__(
        self,
        zone: str,
        weekly: Mapping[int, Hours],
        single: Mapping[date, Hours],
        yearly: tuple[tuple[int, int], ...],
        first: date,
        last: date,
    ) -> None:
        self.zone = ZoneInfo(zone)
        found: list[tuple[int, int]] = []
        self.working: list[date] = []
        day = first
        while day <= last:
            hours = single.get(day, () if (day.month, day.day) in yearly else weekly.get(day.weekday(), ()))
            if hours and self.instant(day, 86_400) > self.instant(day, 0):
                self.working.append(day)
                found += [(self.instant(day, start), self.instant(day, end)) for start, end in hours]
            day += timedelta(days=1)
        self.open: list[tuple[int, int]] = []
        for start, end in sorted(one for one in found if one[0] < one[1]):
            if self.open and start <= self.open[-1][1]:
                self.open[-1] = (self.open[-1][0], max(end, self.open[-1][1]))
            else:
                self.open.append((start, end))

    def instant(self, day: date, second: int) -> int:
        """Returns the instant of a wall time."""
        wall = datetime(day.year, day.month, day.day) + timedelta(seconds=second)
        return int(wall.replace(tzinfo=self.zone).astimezone(UTC).timestamp())

    def elapsed(self, a: int, b: int) -> int:
        """Returns the working seconds from a to b."""
        if b < a:
            return -self.elapsed(b, a)
        return sum(max(0, min(end, b) - max(start, a)) for start, end in self.open)

    def due(self, a: int, seconds: int) -> int | None:
        """Returns the latest instant with so much elapsed."""
        for start, end in self.open:
            if end <= a:
                continue
            start = max(start, a)
            if seconds < end - start:
                return start + seconds
            seconds -= end - start
        return None

    def before(self, b: int, seconds: int) -> int | None:
        """Returns the earliest instant with so much to go."""
        if seconds == 0 and any(start < b <= end for start, end in self.open):
            return b
        for start, end in reversed(self.open):
            if start >= b:
                continue
            end = min(end, b)
            if seconds < end - start or (seconds == 0 and end == b):
                return end - seconds
            seconds -= end - start
        return None


def both(
    zone: str,
    weekly: Mapping[int, Hours],
    first: date,
    last: date,
    single: Mapping[date, Hours] | None = None,
    yearly: tuple[tuple[int, int], ...] = (),
) -> tuple[Calendar, Slow]:
    """Returns the same hours as a calendar and the slow way."""
    single = single or {}
    days = Days(weekly, {day_of(day): hours for day, hours in single.items()}, yearly)
    return Calendar("test", zone, days), Slow(zone, weekly, single, yearly, first, last)
