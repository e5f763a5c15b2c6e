"""Times in queries: what each way of writing covers, in the zone of who asks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitdesk.domain.query import Facts, Query, Scope, Vocabulary
from gitdesk.domain.query_time import days, duration, is_time, stretch, zone_named
from gitdesk.domain.ticket import Ticket, TicketId
from gitdesk.errors import UsageError

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # a Sunday
ZAGREB = "Europe/Zagreb"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("5m", 300),
        ("5min", 300),
        ("36h", 129600),
        ("7D", 604800),
        ("2w", 1209600),
        ("1d12h", 129600),
        ("1mo", 2592000),
        ("1y", 31536000),
    ],
)
def test_durations(text: str, seconds: int) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "7", "d7", "7 d", "-7d", "7x", "٧d", "1.5h", "7d " * 2, "9999999999d"])
def test_what_is_no_duration(text: str) -> None:
    assert duration(text) is None


@pytest.mark.parametrize(
    ("text", "zone", "start", "end"),
    [
        ("2026-11-01", "UTC", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"),
        ("2026-11-01", ZAGREB, "2026-10-31T23:00:00Z", "2026-11-01T23:00:00Z"),
        ("2026-10-25", ZAGREB, "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),  # 25 hours: summer time ends
        ("2026-11", ZAGREB, "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z"),
        ("2026-12", "UTC", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2026", "UTC", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("2026-W47", "UTC", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("2026-w01", "UTC", "2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"),
        ("today", "UTC", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"),
        ("Today", "Pacific/Auckland", "2026-11-21T11:00:00Z", "2026-11-22T11:00:00Z"),
        ("yesterday", "UTC", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z"),
        ("tomorrow", "UTC", "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"),
        ("sunday", "UTC", "2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z"),  # today is one
        ("monday", "UTC", "2026-11-16T00:00:00Z", "2026-11-17T00:00:00Z"),
        ("now", "UTC", "2026-11-22T10:00:00Z", "2026-11-22T10:00:01Z"),
        ("2026-11-01T09:00", ZAGREB, "2026-11-01T08:00:00Z", "2026-11-01T08:01:00Z"),
        ("2026-11-01T09:00:30", ZAGREB, "2026-11-01T08:00:30Z", "2026-11-01T08:00:31Z"),
        ("2026-11-01T09:00Z", ZAGREB, "2026-11-01T09:00:00Z", "2026-11-01T09:01:00Z"),
        ("2026-11-01t09:00:00z", ZAGREB, "2026-11-01T09:00:00Z", "2026-11-01T09:00:01Z"),
        ("2026-11-01T09:00:00+05:30", "UTC", "2026-11-01T03:30:00Z", "2026-11-01T03:30:01Z"),
        ("2026-11-01T09:00+05:30", "UTC", "2026-11-01T03:30:00Z", "2026-11-01T03:31:00Z"),
        ("2026-11-01..2026-11-07", "UTC", "2026-11-01T00:00:00Z", "2026-11-08T00:00:00Z"),
        ("2026-10..yesterday", "UTC", "2026-10-01T00:00:00Z", "2026-11-22T00:00:00Z"),
        ("0001-01-01", "Pacific/Auckland", "0001-01-01T00:00:00Z", None),
        ("9999-12-30", "UTC", "9999-12-30T00:00:00Z", "9999-12-31T00:00:00Z"),
        ("9999-12-31", "UTC", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59Z"),
        ("9999-12-31", "America/New_York", "9999-12-31T05:00:00Z", "9999-12-31T23:59:59Z"),
        ("9999-12-31", "Asia/Tokyo", "9999-12-30T15:00:00Z", "9999-12-31T15:00:00Z"),
        ("9999-12", "UTC", "9999-12-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        ("9999", "UTC", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59Z"),
        ("2024-02", "UTC", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("9999-12-31T23:59", "America/New_York", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("0001-01-01T00:00", "Asia/Tokyo", "0001-01-01T00:00:00Z", None),
    ],
)
def test_stretches(text: str, zone: str, start: str, end: str | None) -> None:
    found = stretch(text, NOW, zone)
    assert found is not None
    assert found[0] == datetime.fromisoformat(start)
    assert end is None or found[1] == datetime.fromisoformat(end)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-13",
        "2026-02-30",
        "2026-W54",
        "20261101",
        "26-11-01",
        "2026-11-01T25:00",
        "..",
        "2026..",
        "a..b",
    ],
)
def test_what_is_no_stretch(text: str) -> None:
    assert stretch(text, NOW, "UTC") is None
    assert not is_time(text)


def test_fields_with_dates_cover_days() -> None:
    assert [str(day) for day in days("2026-11..2026-12", NOW, "UTC") or ()] == ["2026-11-01", "2026-12-31"]
    assert [str(day) for day in days("9999-12", NOW, "UTC") or ()] == ["9999-12-01", "9999-12-31"]
    assert days("2026-11-01T09:00", NOW, "UTC") is None


def test_an_unknown_zone_is_an_error_of_use() -> None:
    with pytest.raises(UsageError, match='unknown time zone "Mars/Base"'):
        zone_named("Mars/Base")


def true(text: str, created: datetime, **snoozed: datetime) -> bool:
    ticket = Ticket(
        id=TicketId("GD-7K3QX4M2"),
        title="t",
        created=created,
        status="open",
        snoozed_until=snoozed.get("until"),
    )
    facts = Facts(ticket=ticket, path="tickets/7K/GD-7K3QX4M2.md", updated_at=created)
    return Query.parse(text, Vocabulary()).matches(
        facts, Scope(now=NOW, vocabulary=Vocabulary(), time_zone=ZAGREB)
    )


WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("operator", "younger", "exactly", "older"),
    [
        ("<", True, False, False),
        ("<=", True, True, False),
        (">", False, False, True),
        (">=", False, True, True),
        (":", True, True, False),
    ],
)
def test_a_duration_is_an_age(operator: str, younger: bool, exactly: bool, older: bool) -> None:
    query = f"updated{operator}7d"
    assert [true(query, NOW - WEEK + by) for by in (SECOND, timedelta(), -SECOND)] == [
        younger,
        exactly,
        older,
    ]


@pytest.mark.parametrize(
    ("operator", "before", "first", "last", "after"),
    [
        ("<", True, False, False, False),
        ("<=", True, True, True, False),
        (">", False, False, False, True),
        (">=", False, True, True, True),
        (":", False, True, True, False),
    ],
)
def test_a_date_is_compared_as_the_stretch_it_covers(
    operator: str, before: bool, first: bool, last: bool, after: bool
) -> None:
    start = datetime(2026, 10, 31, 23, tzinfo=UTC)  # midnight in Zagreb
    moments = (start - SECOND, start, start + timedelta(days=1) - SECOND, start + timedelta(days=1))
    assert [true(f"created{operator}2026-11-01", moment) for moment in moments] == [
        before,
        first,
        last,
        after,
    ]


def test_for_a_snooze_a_duration_is_the_way_ahead() -> None:
    assert true("snoozed<2d", NOW, until=NOW + timedelta(days=1))
    assert not true("snoozed<2d", NOW, until=NOW + timedelta(days=2))
    assert true("snoozed>=2d", NOW, until=NOW + timedelta(days=2))
    assert not true("snoozed<2d", NOW)


@given(st.integers(0, 10**9 - 1))
def test_no_duration_falls_off_the_calendar(count: int) -> None:
    assert true(f"created<{count}y" if count else "created<1s", NOW)


def test_the_table_in_the_documentation_is_true() -> None:
    text = (Path(__file__).parents[2] / "docs" / "query.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`(?:created|updated)[<>=:].*?) \| (\S.*?) \| (\S.*?) \|$", text, re.MULTILINE)
    assert len(rows) >= 15
    for queries, start, end in rows:
        for query in re.findall(r"`(.*?)`", queries):
            for edge, inside in ((start, True), (end, False)):
                if edge == "–":
                    continue
                moment = datetime.fromisoformat(edge.removesuffix(" UTC")).replace(tzinfo=UTC)
                assert (true(query, moment), true(query, moment - SECOND)) == (inside, not inside), (
                    query,
                    edge,
                )
            assert start != "–" or true(query, datetime(2000, 1, 1, tzinfo=UTC))
            assert end != "–" or true(query, datetime(2030, 1, 1, tzinfo=UTC))
