"""Whatever the hours, the zone and the exceptions: a calendar agrees with laying out every shift one by one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from calendar_reference import Hours, Slow, both
from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.domain.calendar import Calendar

H = 3600
ZONES = (
    "UTC", "Europe/Zagreb", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca",
    "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Freetown", "Antarctica/Troll", "Pacific/Kwajalein", "America/Juneau",
)  # fmt: skip
# A day left out, changes at midnight, changes days apart, the end of what is written down.
STARTS = (date(2011, 10, 1), date(2018, 10, 1), date(2026, 1, 1), date(1993, 7, 1), date(1939, 7, 1), date(2037, 6, 1),
          date(1867, 9, 1), date(2100, 1, 1), date(1, 2, 1))  # fmt: skip
SPAN = 500

edges = st.one_of(
    st.integers(0, 24).map(lambda hour: hour * H), st.integers(0, 1440).map(lambda minute: minute * 60)
)


@st.composite
def hours(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Up to three stretches of a day that do not overlap, the last perhaps past midnight."""
    marks = sorted(set(draw(st.lists(edges, min_size=0, max_size=6))))
    found = [(start, end) for start, end in zip(marks[::2], marks[1::2], strict=False)]
    if found and found[0][0] > H and draw(st.booleans()):
        found[-1] = (found[-1][0], 86_400 + draw(st.integers(1, found[0][0])))
    return tuple(found)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Calendar, Slow, int, int]:
    """A calendar both ways and the instants between which the slow way knows everything."""
    first = draw(st.sampled_from(STARTS))
    last = first + timedelta(days=SPAN)
    one = draw(hours())
    weekly = {
        day: draw(st.one_of(st.just(one), hours())) for day in draw(st.sets(st.integers(0, 6), min_size=1))
    }
    days = st.integers(0, SPAN).map(lambda offset: first + timedelta(days=offset))
    single = draw(st.dictionaries(days, st.one_of(st.just(()), hours()), max_size=6))
    yearly = tuple(draw(st.sets(st.sampled_from([(1, 1), (2, 29), (3, 29), (12, 25), (12, 31)]))))
    fast, slow = both(draw(st.sampled_from(ZONES)), weekly, first, last, single, yearly)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    low = int((datetime(first.year, first.month, first.day, tzinfo=UTC) - epoch).total_seconds()) + 3 * 86_400
    return fast, slow, low, low + (SPAN - 6) * 86_400


def moment(draw: st.DrawFn, slow: Slow, low: int, high: int) -> int:
    """Any moment, often an opening or closing or a second beside one."""
    marks = [mark for stretch in slow.open for mark in stretch if low < mark < high]
    anywhere = st.integers(low, high)
    if not marks:
        return draw(anywhere)
    beside = st.builds(int.__add__, st.sampled_from(marks), st.sampled_from([0, 0, -1, 1]))
    return draw(st.one_of(anywhere, beside))


@settings(max_examples=150, deadline=None)
@given(data=st.data(), case=cases())
def test_a_calendar_agrees_with_laying_out_every_shift(
    data: st.DataObject, case: tuple[Calendar, Slow, int, int]
) -> None:
    fast, slow, low, high = case
    for _ in range(4):
        a, b = (moment(data.draw, slow, low, high) for _ in range(2))
        passed = slow.elapsed(a, b)
        assert fast.elapsed(a, b) == passed
        assert fast.is_open(a) == any(start <= a < end for start, end in slow.open)
        budget = data.draw(st.one_of(st.just(abs(passed)), st.integers(0, abs(passed) + H)))
        due = slow.due(a, budget)
        if due is not None and due < high:
            assert fast.due(a, budget) == due
        back = slow.before(a, budget)
        if back is not None and back > low:
            assert fast.before(a, budget) == back


@settings(max_examples=100, deadline=None)
@given(data=st.data(), case=cases())
def test_shifts_openings_and_closings_are_those_laid_out(
    data: st.DataObject, case: tuple[Calendar, Slow, int, int]
) -> None:
    fast, slow, low, high = case
    a = moment(data.draw, slow, low, high)
    inside = [(max(s, a), min(e, high)) for s, e in slow.open if max(s, a) < min(e, high)]
    assert list(fast.intervals(a, high)) == inside
    following = [(start, end) for start, end in slow.open if end > a]
    if following and following[0][1] < high:
        assert fast.next_open(a) == max(a, following[0][0])
        assert fast.next_close(a) == following[0][1]
    earlier = [(start, end) for start, end in slow.open if start <= a]
    if earlier and earlier[-1][0] > low:
        start, end = earlier[-1]
        assert fast.prev_open(a) == min(a, end)
        assert fast.last_open(a) == start
        closed = end if end <= a else earlier[-2][1] if len(earlier) > 1 else None
        if closed is not None and closed > low:
            assert fast.last_close(a) == closed


@settings(max_examples=150, deadline=None)
@given(data=st.data(), case=cases())
def test_laws_of_working_time(data: st.DataObject, case: tuple[Calendar, Slow, int, int]) -> None:
    fast, slow, low, high = case
    a, b, c = sorted(moment(data.draw, slow, low, high) for _ in range(3))
    assert fast.elapsed(a, b) + fast.elapsed(b, c) == fast.elapsed(a, c)
    assert fast.elapsed(c, a) == -fast.elapsed(a, c)
    assert 0 <= fast.elapsed(a, b) <= b - a
    seconds = data.draw(st.integers(0, 40 * H))
    due = fast.due(a, seconds)
    if due is not None:
        assert fast.elapsed(a, due) == seconds
        assert fast.elapsed(a, due + 1) > seconds
        for stop in (b, c, due, due + 1):
            assert (stop <= due) == (fast.elapsed(a, stop) <= seconds)
        worked = fast.last_working(due)
        if worked is not None:  # None when it had never been open before
            assert fast.elapsed(worked, due) == 0
    back = fast.before(c, seconds)
    if back is not None:
        assert fast.elapsed(back, c) == seconds
        assert fast.elapsed(back - 1, c) > seconds


@settings(max_examples=100, deadline=None)
@given(data=st.data(), case=cases())
def test_working_days_are_counted_as_laid_out(
    data: st.DataObject, case: tuple[Calendar, Slow, int, int]
) -> None:
    fast, slow, low, high = case
    if len(slow.working) < 9:
        return
    a = moment(data.draw, slow, low + 10 * 86_400, high - 40 * 86_400)
    start = fast.next_open(a)
    count = data.draw(st.integers(1, 5))
    found = fast.add_days(a, count)
    if start is None or found is None or start >= high - 40 * 86_400 or found >= high:
        return
    day, wall = fast._working_day(start, closing=False)
    working = [(one - date(1970, 1, 1)).days for one in slow.working]
    behind = [one for one in working if one > day]
    then = slow.instant(date.fromordinal(behind[count - 1] + date(1970, 1, 1).toordinal()), wall)
    assert found == fast.next_open(then)
    assert fast.is_open(found)


@settings(max_examples=100, deadline=None)
@given(case=cases())
def test_a_block_has_the_time_its_shifts_add_up_to(case: tuple[Calendar, Slow, int, int]) -> None:
    fast, _, low, high = case
    for block in range((low >> 25) - 1, (high >> 25) + 2):
        shifts = list(fast.intervals(block << 25, (block + 1) << 25))
        assert sum(end - start for start, end in shifts) == fast._total(block)
        assert all(one[1] < two[0] for one, two in pairwise(shifts))


@settings(max_examples=40, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    weekly=st.dictionaries(st.integers(0, 6), hours(), min_size=1),
    single=st.dictionaries(st.dates(date(1965, 1, 1), date(2045, 1, 1)), hours(), max_size=8),
    start=st.integers(-200_000_000, 200_000_000),
    years=st.integers(1, 60),
)
def test_decades_add_up_to_their_shifts_whichever_end_is_asked_first(
    zone: str, weekly: dict[int, Hours], single: dict[date, Hours], start: int, years: int
) -> None:
    end = start + years * 31_556_952
    forward, _ = both(zone, weekly, date(2000, 1, 1), date(2000, 1, 2), single, ((2, 29), (12, 25)))
    backward, _ = both(zone, weekly, date(2000, 1, 1), date(2000, 1, 2), single, ((2, 29), (12, 25)))
    passed = forward.elapsed(start, end)
    assert passed == sum(closes - opens for opens, closes in forward.intervals(start, end))
    assert backward.elapsed(end, start) == -passed
    due = backward.due(start, passed)
    assert due is None or due >= end
