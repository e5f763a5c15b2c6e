"""Working time: how much of it lies between two instants, and when a budget of it is used up.

Instants are whole seconds since 1970 in UTC. Opening hours are half-open: at its closing second a desk is closed.
Time is looked at in blocks of 388 days: how much is open in a block is reckoned from weeks, exceptions and changes of
the clocks, without looking at its days; only the blocks a question begins and ends in are spread out, and kept.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from gitdesk.domain.calendar_days import Days, date_of, merged, nth_working_day
from gitdesk.domain.zone import BLOCK_BITS, DAY, EARLIEST, FIRST_BLOCK, LAST_BLOCK, LATEST, Zone, zone_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_Block = tuple[
    list[int], list[int], list[int], int
]  # starts, ends, working seconds before each, and before the block


class Calendar:
    """Opening hours in a time zone. `notes` says of single days and of (month, day) why they are special.

    `source` names the country whose holidays are among the exceptions, and `years` the first and last year they are
    known for; None when they are not known at all.
    """

    def __init__(
        self,
        name: str,
        time_zone: str = "UTC",
        days: Days | None = None,
        *,
        notes: Mapping[int | tuple[int, int], str] | None = None,
        source: str = "",
        years: tuple[int, int] | None = None,
        description: str = "",
    ) -> None:
        self.name, self.time_zone, self.always = name, time_zone, days is None
        self.days = days or Days(dict.fromkeys(range(7), ((0, DAY),)), {})
        self.notes, self.source, self.years, self.description = dict(notes or {}), source, years, description
        self._zone: Zone | None = None  # not even the library of zones is loaded before it is asked something
        self._blocks: dict[int, _Block] = {}
        self._bases: dict[
            int, int
        ] = {}  # working seconds before a block, counted from the block first asked for
        self._low, self._high = 0, -1

    def __repr__(self) -> str:
        return f"Calendar({self.name!r}, {self.time_zone!r})"

    @property
    def zone(self) -> Zone:
        """Returns the time zone."""
        if self._zone is None:
            self._zone = zone_of(self.time_zone)
        return self._zone

    # ---- how much

    def elapsed(self, a: int, b: int) -> int:
        """Returns the working seconds from a to before b; negative when b is the earlier one."""
        return b - a if self.always else self._upto(b) - self._upto(a)

    def due(self, a: int, seconds: int) -> int | None:
        """Returns the latest instant up to which at most so many working seconds have passed since a.

        A budget that ends exactly at closing time is due at the next opening. None when it is never used up.
        """
        if self.always:
            return _within(a + seconds)
        if seconds < 0:
            return self.before(a, -seconds)
        if a + seconds > LATEST:
            return None
        target = self._upto(a) + seconds
        block = min(max(a >> BLOCK_BITS, FIRST_BLOCK), LAST_BLOCK)
        while self._base(block + 1) <= target:
            if block == LAST_BLOCK or self._never_opens_after(block + 1):
                return None
            block += 1
        starts, _, before, _ = self._block(block)
        index = bisect_right(before, target) - 1
        return starts[index] + target - before[index]

    def before(self, b: int, seconds: int) -> int | None:
        """Returns the earliest instant from which at most so many working seconds pass until b: the mirror of `due`.

        A budget that reaches back exactly to an opening goes back to the closing before it.
        """
        if self.always:
            return _within(b - seconds)
        if seconds < 0:
            return self.due(b, -seconds)
        if b - seconds < EARLIEST:
            return None
        target = self._upto(b) - seconds
        block = min(max(b >> BLOCK_BITS, FIRST_BLOCK), LAST_BLOCK)
        while self._base(block) >= target:
            if block == FIRST_BLOCK or self._never_opens_before(block):
                return None
            block -= 1
        starts, _, before, _ = self._block(block)
        index = bisect_left(before, target) - 1
        return starts[index] + target - before[index]

    # ---- open or not

    def is_open(self, at: int) -> bool:
        """Tells whether an instant is within opening hours."""
        return self.always or self._upto(at + 1) > self._upto(at)

    def next_open(self, at: int) -> int | None:
        """Returns the first open instant at or after one."""
        return self.due(at, 0)

    def next_close(self, at: int) -> int | None:
        """Returns the end of the shift an instant is in, or of the next one; None when it never closes again."""
        found = self._shift_from(at)
        return None if found is None else found[1]

    def prev_open(self, at: int) -> int | None:
        """Returns the last instant up to one at which it was open or just closing."""
        return at if self.is_open(at) else self.before(at, 0)

    def last_open(self, at: int) -> int | None:
        """Returns when the shift an instant is in began, else the last one before it; None when it always was open."""
        if self.always:
            return None
        closed = None if self.is_open(at) else self.before(at, 0)
        if closed is None and not self.is_open(at):
            return None
        return self._edge_before(at if closed is None else closed - 1)

    def last_close(self, at: int) -> int | None:
        """Returns the last closing at or before an instant."""
        if not self.is_open(at):
            return self.before(at, 0)
        opened = self.last_open(at)
        return None if opened is None else self.before(opened, 0)

    def last_working(self, at: int) -> int | None:
        """Returns the instant itself while working time runs up to it, else the closing before it.

        What is due at an opening had to be done before the closing of the day before.
        """
        return self.before(at, 0)

    def intervals(self, a: int, b: int) -> Iterator[tuple[int, int]]:
        """Yields the shifts from a to b in order, cut off at both; those that touch are one."""
        at, end = max(a, EARLIEST), min(b, LATEST)
        if self.always:
            yield from [(at, end)] if at < end else []
            return
        held: tuple[int, int] | None = None
        for block in range(at >> BLOCK_BITS, (end >> BLOCK_BITS) + 1):
            starts, ends, _, _ = self._block(block)
            for start, stop in zip(starts, ends, strict=True):
                start, stop = max(start, at), min(stop, end)
                if start >= stop:
                    continue
                if held and held[1] == start:
                    held = (held[0], stop)
                    continue
                if held:
                    yield held
                held = (start, stop)
        if held:
            yield held

    # ---- working days

    def add_days(self, a: int, count: int) -> int | None:
        """Returns the same time of day so many working days later, or earlier when negative.

        A closed moment counts as the next opening (going back: the closing before). A time of day at which that day is
        closed is due at the opening that follows, as every due is.
        """
        if self.always:
            moved = self._wall(a) + count * DAY
            return _within(self.zone.instant(moved)) if EARLIEST < moved < LATEST else None
        start = self.next_open(a) if count >= 0 else self.prev_open(a)
        if start is None or count == 0:
            return start
        day, wall = self._working_day(start, closing=count < 0)
        found = self._nth(day, count)
        if found is None:
            return None
        there = self.zone.instant(found * DAY + wall)
        return self.next_open(there) if count > 0 else self.prev_open(there)

    def _nth(self, day: int, count: int) -> int | None:
        """Returns the working day so many after another; a date that was skipped in the zone is none."""
        found = nth_working_day(self.days, day, count)
        while found is not None and (gone := self._skipped(day, found)):
            day, count = found, gone if count > 0 else -gone
            found = nth_working_day(self.days, day, count)
        return found

    def _skipped(self, day: int, found: int) -> int:
        """Returns how many of the working days behind a day, up to one found, the zone has left out."""
        low, high = sorted((day, found))
        return sum(
            bool(self.days.own(each)) and each != day and not self.zone.exists(each)
            for at, before, after in self.zone.changes((low - 1) * DAY, (high + 2) * DAY)
            if after - before >= DAY
            for each in range(max((at + before) // DAY, low), min((at + after) // DAY, high) + 1)
        )

    def _working_day(self, at: int, *, closing: bool) -> tuple[int, int]:
        """Returns the day whose shift an instant is in (or closes), and the wall time counted from its midnight."""
        wall = self._wall(at)
        for day in (wall // DAY, wall // DAY - 1, wall // DAY + 1):
            for start, end in self.days.own(day):
                opens, closes = self.zone.instant(day * DAY + start), self.zone.instant(day * DAY + end)
                if opens <= at < closes or (closing and at == closes > opens):
                    return day, wall - day * DAY
        return wall // DAY, wall % DAY

    def _wall(self, at: int) -> int:
        at = min(max(at, EARLIEST), LATEST)
        return at + self.zone.offset(at)

    # ---- what is known of holidays

    def covers(self, a: int, b: int) -> bool:
        """Tells whether the country's holidays are known for every day between two instants."""
        return not self.gap(a, b)

    def gap(self, a: int, b: int) -> str:
        """Returns what is not known of the holidays between two instants, in words; "" when all is."""
        if not self.source:
            return ""
        if self.years is None:
            return f"the holidays of {self.source} are not in the desk"
        first, last = sorted((date_of(self._wall(a) // DAY).year, date_of(self._wall(b) // DAY).year))
        if self.years[0] <= first and last <= self.years[1]:
            return ""
        missing = first if first < self.years[0] else last
        return f"the holidays of {self.source} are known from {self.years[0]} to {self.years[1]}, not for {missing}"

    # ---- blocks

    def _upto(self, at: int) -> int:
        """Returns the working seconds before an instant, counted from the same instant every time."""
        known = self._blocks.get(at >> BLOCK_BITS)
        starts, ends, before, base = known if known is not None else self._block(at >> BLOCK_BITS)
        index = bisect_right(starts, at) - 1
        if index < 0:
            return base
        end = ends[index]
        return before[index] + (at if at < end else end) - starts[index]

    def _block(self, block: int) -> _Block:
        known = self._blocks.get(block)
        if known is None:
            inside = min(max(block, FIRST_BLOCK), LAST_BLOCK)
            base = self._base(inside if inside >= block else inside + 1)
            spans = (
                merged(self._spans(block << BLOCK_BITS, (block + 1) << BLOCK_BITS)) if inside == block else []
            )
            before, total = [], base
            for start, end in spans:
                before.append(total)
                total += end - start
            known = ([start for start, _ in spans], [end for _, end in spans], before, base)
            if inside == block:
                self._blocks[block] = known
        return known

    def _base(self, block: int) -> int:
        """Returns the working seconds before a block."""
        if self._low <= block <= self._high:
            return self._bases[block]
        if self._high < self._low:
            self._low = self._high = block
            self._bases[block] = 0
        while self._high < block:
            self._bases[self._high + 1] = self._bases[self._high] + self._total(self._high)
            self._high += 1
        while self._low > block:
            self._low -= 1
            self._bases[self._low] = self._bases[self._low + 1] - self._total(self._low)
        return self._bases[block]

    def _total(self, block: int) -> int:
        """Returns the working seconds in a block, reckoned without its days."""
        found = 0
        for start, end, change in self._stretches(block << BLOCK_BITS, (block + 1) << BLOCK_BITS):
            if len(change) == 1:
                found += self.days.measure(start + change[0], end + change[0])
            else:
                found += sum(stop - begin for begin, stop in merged(self._around(start, end, *change)))
        return found

    def _spans(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        for start, end, change in self._stretches(low, high):
            if len(change) == 1:
                yield from self._plain(start, end, change[0])
            else:
                yield from self._around(start, end, *change)

    def _stretches(self, low: int, high: int) -> Iterator[tuple[int, int, tuple[int, ...]]]:
        """Yields pieces with one offset, and between them the times just behind a change: (change, before, after)."""
        at = max(low, EARLIEST)
        high = min(high, LATEST)
        for change, before, after in self.zone.changes(low - 2 * DAY, high):
            if at < change:
                yield at, change, (before,)
                at = change
            settled = min(change + abs(after - before), high)
            if at < settled:
                yield at, settled, (change, before, after)
                at = settled
        if at < high:
            yield at, high, (self.zone.offset(at),)

    def _plain(self, start: int, end: int, offset: int) -> Iterator[tuple[int, int]]:
        for day, hours in self.days.open_days((start + offset) // DAY, (end + offset - 1) // DAY):
            midnight = day * DAY - offset
            for opens, closes in hours:
                yield max(midnight + opens, start), min(midnight + closes, end)

    def _around(
        self, start: int, end: int, change: int, before: int, after: int
    ) -> Iterator[tuple[int, int]]:
        """Yields what is open just behind a change of the clocks.

        Set back: the hour that comes again belongs to the shift that was running, whole. Set forward: every shift goes
        from where its opening moved to where its closing did.
        """
        if after < before:
            day, second = divmod(change + before - 1, DAY)
            if any(opens <= second < closes for opens, closes in self.days.open_on(day)):
                yield start, end
            return
        for day in range((change + before) // DAY - 1, (end + after) // DAY + 1):
            if self.zone.exists(day):
                for opens, closes in self.days.own(day):
                    first, last = self.zone.instant(day * DAY + opens), self.zone.instant(day * DAY + closes)
                    yield max(first, start), min(last, end)

    # ---- ends

    def _never_opens_after(self, block: int) -> bool:
        return self.days.is_empty and (block << BLOCK_BITS) > (self.days.last + 3) * DAY

    def _never_opens_before(self, block: int) -> bool:
        return self.days.is_empty and (block << BLOCK_BITS) < (min(self.days.by_day, default=0) - 3) * DAY

    def _shift_from(self, at: int) -> tuple[int, int] | None:
        """Returns the shift an instant is in or that comes next, whole behind it; None when it never ends or comes."""
        start = None if self.always else self.due(at, 0)
        if start is None:
            return None
        block = start >> BLOCK_BITS
        starts, ends, _, _ = self._block(block)
        end = ends[bisect_right(starts, start) - 1]
        while end == (block + 1) << BLOCK_BITS or end >= LATEST:
            if end >= LATEST or (
                self.days.is_full and not self.days.yearly and end > (self.days.last + 3) * DAY
            ):
                return None
            block += 1
            starts, ends, _, _ = self._block(block)
            if not starts or starts[0] != end:
                break
            end = ends[0]
        return start, end

    def _edge_before(self, at: int) -> int | None:
        """Returns when the shift that an open instant is in began; None when it has always been open."""
        block = at >> BLOCK_BITS
        starts, _, _, _ = self._block(block)
        start = starts[bisect_right(starts, at) - 1]
        while start == block << BLOCK_BITS or start <= EARLIEST:
            first = min(self.days.by_day, default=0)
            if start <= EARLIEST or (
                self.days.is_full and not self.days.yearly and start < (first - 3) * DAY
            ):
                return None
            block -= 1
            starts, ends, _, _ = self._block(block)
            if not ends or ends[-1] != start:
                break
            start = starts[-1]
        return start


def _within(at: int) -> int | None:
    return at if EARLIEST <= at <= LATEST else None
