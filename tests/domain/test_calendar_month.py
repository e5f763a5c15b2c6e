"""A calendar in words: its usual week, and the dates that are worked otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk.domain.calendar_month import unusual, week
from gitdesk.domain.calendar_parse import calendar_of


def test_a_week_is_told_as_it_is_reckoned_with() -> None:
    office = calendar_of(
        "office", {"hours": {"mon-thu": ["08:00-12:00", "13:00-17:00"], "fri": ["08:00-14:00"]}}, None, "UTC"
    )
    assert week(office) == "mon-thu 08:00-12:00 13:00-17:00, fri 08:00-14:00"
    assert week(calendar_of("x", {"always": True}, None, "UTC")) == "always"


def test_unusual_dates_are_holidays_other_hours_and_changes_of_the_clocks() -> None:
    plain = {
        "timezone": "Europe/Zagreb",
        "hours": {"mon-sun": ["00:00-24:00"]},
        "holidays": {"dates": ["2026-10-23"]},
        "overrides": {"2026-10-27": ["08:00-12:00"]},
    }
    found = calendar_of("z", plain, None, "UTC")
    start, end = (int(datetime(2026, 10, day, tzinfo=UTC).timestamp()) for day in (20, 30))
    assert list(unusual(found, start, end)) == [
        "Fri 2026-10-23 closed",
        "Sun 2026-10-25 clocks went back, 60 min more",
        "Tue 2026-10-27 other hours, 08:00-12:00",
    ]
