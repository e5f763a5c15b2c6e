"""Periods and the buckets of a chart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.reports.period import Period, buckets

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def test_a_period_is_half_open() -> None:
    period = Period(start=NOON, end=NOON + timedelta(hours=1))
    assert [period.holds(NOON + timedelta(minutes=minutes)) for minutes in (-1, 0, 59, 60)] == [
        False,
        True,
        True,
        False,
    ]
    assert Period().is_everything
    assert Period().holds(NOON)


def test_the_span_decides_between_days_weeks_and_months() -> None:
    first = date(2026, 1, 1)
    units = [buckets([first, first + timedelta(days=days)]).unit for days in (0, 30, 31, 181, 182)]
    assert units == ["day", "day", "week", "week", "month"]


def test_nothing_has_no_buckets() -> None:
    assert buckets([]).labels == ()


def test_buckets_are_named_for_people() -> None:
    assert buckets([date(2026, 12, 31)]).labels == ("2026-12-31",)
    assert buckets([date(2026, 12, 1), date(2027, 1, 3)]).labels[-1] == "2026-W53"
    assert buckets([date(2025, 12, 1), date(2026, 12, 1)]).labels[:2] == ("2025-12", "2026-01")


days = st.dates(date(1, 1, 1), date.max)


@settings(deadline=None)
@given(st.lists(days, min_size=1, max_size=20))
def test_every_day_is_in_the_bucket_that_begins_last_before_it(found: list[date]) -> None:
    drawn = buckets(found)
    assert list(drawn.starts) == sorted(set(drawn.starts))
    assert len(drawn.labels) == len(set(drawn.labels)) <= 60
    for day in found:
        place = drawn.place(day)
        if place is None:
            assert drawn.left_out
            continue
        assert drawn.starts[place] <= day
        assert place + 1 == len(drawn.starts) or day < drawn.starts[place + 1]
