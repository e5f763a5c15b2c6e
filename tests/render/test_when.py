"""Times and durations as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from gitdesk.render.when import due, duration, exact, minute, moment

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ZAGREB = ZoneInfo("Europe/Zagreb")


@pytest.mark.parametrize(
    ("then", "text"),
    [
        ("2026-11-22T09:00:00Z", "just now"),
        ("2026-11-22T08:59:01Z", "just now"),
        ("2026-11-22T08:59:00Z", "1 min ago"),
        ("2026-11-22T08:00:01Z", "59 min ago"),
        ("2026-11-22T08:00:00Z", "1 h ago"),
        ("2026-11-21T22:00:00Z", "11 h ago"),
        ("2026-11-21T13:05:00Z", "yesterday 14:05"),
        ("2026-11-20T13:05:00Z", "Fri 14:05"),
        ("2026-11-16T13:05:00Z", "Mon 14:05"),
        ("2026-11-15T13:05:00Z", "15 Nov"),
        ("2026-01-01T13:05:00Z", "1 Jan"),
        ("2025-12-31T23:30:00Z", "1 Jan"),
        ("2025-12-31T22:30:00Z", "2025-12-31"),
        ("2025-03-01T12:00:00Z", "2025-03-01"),
        ("2026-11-22T09:00:30Z", "in a moment"),
        ("2026-11-22T09:30:00Z", "in 30 min"),
        ("2026-11-22T13:00:00Z", "in 4 h"),
        ("2026-11-22T22:00:00Z", "today 23:00"),
        ("2026-11-23T12:00:00Z", "tomorrow 13:00"),
        ("2026-11-25T12:00:00Z", "Wed 13:00"),
        ("2027-02-01T12:00:00Z", "2027-02-01"),
    ],
)
def test_a_time_is_relative_when_it_is_near_and_a_date_when_it_is_not(then: str, text: str) -> None:
    assert moment(then, NOW, ZAGREB) == text


def test_the_system_zone_is_the_readers_unless_another_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert minute(NOW) == "Sun 2026-11-22 04:00"
        assert moment(NOW - timedelta(hours=13), NOW) == "yesterday 15:00"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_times_in_full_carry_their_offset() -> None:
    assert exact(NOW, ZAGREB) == "2026-11-22 10:00:00 +01:00"
    assert exact("2026-07-01T09:00:00Z", ZAGREB) == "2026-07-01 11:00:00 +02:00"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (12000, "3 h 20 min"),
        (86400, "1 d"), (187200, "2 d 4 h"), (86400 * 400, "400 d"), (-5400, "-1 h 30 min"),
        (timedelta(minutes=5), "5 min"),
    ],
)  # fmt: skip
def test_durations_have_their_two_largest_units(seconds: float | timedelta, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-30, "in a moment"), (1, "seconds late"), (59, "seconds late"), (60, "1 min late"), (7200, "2 h late")],
)
def test_what_is_due_says_how_late_it_is(seconds: int, text: str) -> None:
    assert due(NOW - timedelta(seconds=seconds), NOW) == text
