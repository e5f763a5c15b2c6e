"""Time zones in whole seconds: offsets, when they change, and the instant a wall time stands for.

A wall time that a change skips moves forward by what was skipped; one that happens twice is the first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta

from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

DAY = 86_400
BLOCK_BITS = 25  # time is looked at in blocks of 2^25 seconds, 388 days
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WALL = datetime(1970, 1, 1)
# A few days inside of what datetime can hold, so that no offset leads out of it.
EARLIEST = int((datetime(1, 1, 4, tzinfo=UTC) - _EPOCH).total_seconds())
LATEST = int((datetime(9999, 12, 28, tzinfo=UTC) - _EPOCH).total_seconds())
FIRST_BLOCK, LAST_BLOCK = EARLIEST >> BLOCK_BITS, LATEST >> BLOCK_BITS
# No zone has ever changed twice within 3.9 days, since 1970 not within 6.9: looking so often finds every change.
_QUARTER = 900
_OFTEN, _SINCE_1970 = 18, 19  # bits, too: 3.0 and 6.1 days


def zone_named(name: str) -> tzinfo:
    """Returns the time zone of a name such as Europe/Zagreb; raises UsageError for an unknown one."""
    if name in ("", "UTC", "Etc/UTC"):
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(f'unknown time zone "{name}"', hint="names look like Europe/Zagreb") from None


_RULES_ALONE = int(
    (datetime(2100, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()
)  # no change is listed so far ahead


class Zone:
    """The offsets of a zone, found out as far as somebody asks and kept."""

    __slots__ = ("_changes", "_high", "_low", "_offsets", "_rules", "_walls", "name", "tz")

    def __init__(self, name: str) -> None:
        self.name, self.tz = name, zone_named(name)
        self._changes: list[int] = []
        self._offsets: list[int] = []  # one more than changes: before the first, between, after the last
        self._walls: list[int] = []  # from which wall time on the offset behind a change holds
        self._low, self._high = 0, -1  # the blocks that are known
        self._rules: dict[tuple[int, int], list[tuple[int, int, int]]] = {}

    def offset(self, at: int) -> int:
        """Returns how many seconds the wall clock is ahead of UTC at an instant."""
        self._know(at >> BLOCK_BITS)
        return self._offsets[bisect_right(self._changes, at)]

    def instant(self, wall: int) -> int:
        """Returns the instant of a wall time, given as the seconds since 1970 that the wall clock would count."""
        self._know((wall >> BLOCK_BITS) - 1)
        self._know((wall >> BLOCK_BITS) + 1)
        return wall - self._offsets[bisect_right(self._walls, wall)]

    def changes(self, low: int, high: int) -> list[tuple[int, int, int]]:
        """Returns the changes at low or later and before high: instant, offset before, offset after."""
        self._know(low >> BLOCK_BITS)
        self._know(high >> BLOCK_BITS)
        first, last = bisect_left(self._changes, low), bisect_left(self._changes, high)
        return [(self._changes[i], self._offsets[i], self._offsets[i + 1]) for i in range(first, last)]

    def exists(self, day: int) -> bool:
        """Tells whether a date, counted from 1970, was lived through: Samoa had no 30 December 2011."""
        return self.instant((day + 1) * DAY) > self.instant(day * DAY)

    def _know(self, block: int) -> None:
        block = min(max(block, FIRST_BLOCK), LAST_BLOCK)
        if self._low <= block <= self._high:
            return
        if self._high < self._low:
            self._low, self._high = block, block - 1
            self._offsets = [self._asked(block << BLOCK_BITS)]
        while self._high < block:
            self._high += 1
            self._add(self._high, len(self._changes))
        while self._low > block:
            self._low -= 1
            self._add(self._low, 0)

    def _add(self, block: int, place: int) -> None:
        """Puts the changes of a block before the known ones (at 0) or behind them."""
        found = self._looked_up(block)
        self._changes[place:place] = [at for at, _, _ in found]
        self._walls[place:place] = [at + max(before, after) for at, before, after in found]
        if block == self._high:
            self._offsets += [after for _, _, after in found]
        else:
            self._offsets[:0] = [before for _, before, _ in found]

    def _looked_up(self, block: int) -> list[tuple[int, int, int]]:
        """Returns the changes in a block."""
        start, end = block << BLOCK_BITS, (block + 1) << BLOCK_BITS
        if start < _RULES_ALONE:
            return self._between(start, end)
        found = []
        for year in range(_year(start), _year(end) + 1):
            found += [each for each in self._by_rule(year) if start < each[0] <= end]
        return found

    def _by_rule(self, year: int) -> list[tuple[int, int, int]]:
        """Returns the changes of a year in which rules alone say when: those of a year with the same days."""
        first, after = _new_year(year), _new_year(year + 1)
        alike = (after - first, first // DAY % 7)
        if alike not in self._rules:
            self._rules[alike] = [(at - first, old, new) for at, old, new in self._between(first, after)]
        return [(first + at, before, behind) for at, before, behind in self._rules[alike]]

    def _between(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Returns the changes after start, up to end, found by asking often and then by halving."""
        found: list[tuple[int, int, int]] = []
        before = self._asked(start)
        for low, high, after in self._differences(start, end, before):
            low = max(low, found[-1][0] if found else start)
            found.append((self._halved(low, high, before), before, after))
            before = after
        return found

    def _differences(self, start: int, end: int, before: int) -> Iterator[tuple[int, int, int]]:
        """Yields instants around each change, and the offset behind it.

        Asks by wall times, which costs a third of asking by instants; at one that is skipped or comes twice the old
        offset still seems to hold, by a day at most.
        """
        step = 1 << (_SINCE_1970 if start >= 0 else _OFTEN)
        at, seconds = start, start + before
        if self.tz is not UTC and start >= EARLIEST and end <= LATEST:
            wall, stride, ahead = _WALL + timedelta(0, seconds), timedelta(0, step), self.tz.utcoffset
            known = ahead(wall)
            while at + step < end:
                wall += stride
                seconds += step
                seen = ahead(wall)
                if seen != known:
                    known, after = seen, _whole(seen)
                    if after != before:
                        yield at - DAY, seconds - after, after
                        before = after
                at = seconds - before
        after = self._asked(end)
        if after != before:
            yield at - DAY, end, after

    def _halved(self, low: int, high: int, before: int) -> int:
        """Returns the first instant behind low at which the offset is another than before.

        Clocks mostly change at a quarter of an hour: those are tried first.
        """
        for step in (_QUARTER, 1):
            first, last = low // step, -(-high // step)
            while last - first > 1:
                middle = (first + last) >> 1
                first, last = (middle, last) if self._asked(middle * step) == before else (first, middle)
            low, high = first * step, last * step
            if self._asked(high - 1) == before:
                break
        return high

    def _asked(self, at: int) -> int:
        if not EARLIEST <= at <= LATEST:
            at = min(max(at, EARLIEST), LATEST)
        return _whole(datetime.fromtimestamp(at, self.tz).utcoffset())


def _whole(ahead: timedelta | None) -> int:
    return 0 if ahead is None else ahead.days * DAY + ahead.seconds


def _year(at: int) -> int:
    return datetime.fromtimestamp(min(at, LATEST), UTC).year


def _new_year(year: int) -> int:
    return (date(year, 1, 1).toordinal() - _EPOCH.toordinal()) * DAY if year <= date.max.year else LATEST


_KNOWN: dict[str, Zone] = {}


def zone_of(name: str) -> Zone:
    """Returns the zone of a name, the same one every time: what one calendar found out serves the others."""
    if name not in _KNOWN:
        _KNOWN[name] = Zone(name)
    return _KNOWN[name]
