"""Calendars: hand-reckoned answers, the clocks' changes in many zones, and the ends of time."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from calendar_reference import Hours

from gitdesk.domain.calendar import Calendar
from gitdesk.domain.calendar_days import Days, day_of
from gitdesk.domain.zone import EARLIEST, LATEST, Zone

H = 3600
OFFICE: Hours = ((9 * H, 17 * H),)
WEEK = dict.fromkeys(range(5), OFFICE)


def at(text: str) -> int:
    """Returns an instant, in UTC when the text names no zone."""
    when = datetime.fromisoformat(text)
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())


def said(instant: int | None) -> str:
    """Returns an instant as text."""
    return "never" if instant is None else datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def hours(*spans: tuple[int, int]) -> Hours:
    """Returns hours given in whole hours."""
    return tuple((start * H, end * H) for start, end in spans)


def calendar(zone: str = "UTC", weekly: dict[int, Hours] | None = None, **single: Hours) -> Calendar:
    """Returns a calendar; single days are given as d20261224."""
    by_day = {day_of(date.fromisoformat(name[1:])): spans for name, spans in single.items()}
    return Calendar("office", zone, Days(WEEK if weekly is None else weekly, by_day))


@pytest.mark.parametrize(
    ("start", "seconds", "due"),
    [
        ("2026-11-23T09:30", 2 * H, "2026-11-23T11:30:00"),
        ("2026-11-23T09:30", 8 * H, "2026-11-24T09:30:00"),
        ("2026-11-23T09:00", 8 * H, "2026-11-24T09:00:00"),  # ends at closing: the next opening
        ("2026-11-27T09:00", 8 * H, "2026-11-30T09:00:00"),
        ("2026-11-27T09:00", 8 * H - 1, "2026-11-27T16:59:59"),
        ("2026-11-28T12:00", 0, "2026-11-30T09:00:00"),
        ("2026-11-27T17:00", 0, "2026-11-30T09:00:00"),
        ("2026-11-27T12:00", 0, "2026-11-27T12:00:00"),
        ("2026-11-28T12:00", 45, "2026-11-30T09:00:45"),
        ("2026-11-23T09:30", -2 * H, "2026-11-20T15:30:00"),
    ],
)
def test_a_budget_is_used_up_at_the_latest_instant_it_allows(start: str, seconds: int, due: str) -> None:
    assert said(calendar().due(at(start), seconds)) == due


@pytest.mark.parametrize(
    ("end", "seconds", "start"),
    [
        ("2026-11-23T11:30", 2 * H, "2026-11-23T09:30:00"),
        ("2026-11-23T11:30", 3 * H, "2026-11-20T16:30:00"),
        ("2026-11-23T11:00", 2 * H, "2026-11-20T17:00:00"),  # back to an opening: the closing before
        ("2026-11-22T11:00", 0, "2026-11-20T17:00:00"),
        ("2026-11-23T11:00", 0, "2026-11-23T11:00:00"),
        ("2026-11-22T11:00", -8 * H, "2026-11-24T09:00:00"),
    ],
)
def test_going_back_is_the_mirror(end: str, seconds: int, start: str) -> None:
    assert said(calendar().before(at(end), seconds)) == start


def test_elapsed_is_negative_when_reversed_and_zero_while_closed() -> None:
    office = calendar()
    friday, monday = at("2026-11-27T12:00"), at("2026-11-30T12:00")
    assert office.elapsed(friday, monday) == 8 * H
    assert office.elapsed(monday, friday) == -8 * H
    assert office.elapsed(at("2026-11-28T00:00"), at("2026-11-29T23:59")) == 0
    assert office.elapsed(monday, monday) == 0


def test_what_falls_on_an_opening_had_to_be_done_by_the_closing_before() -> None:
    office = calendar()
    assert said(office.last_working(at("2026-11-30T09:00"))) == "2026-11-27T17:00:00"
    assert said(office.last_working(at("2026-11-30T09:01"))) == "2026-11-30T09:01:00"
    assert said(office.last_working(at("2026-11-29T09:00"))) == "2026-11-27T17:00:00"


def test_a_night_shift_is_one_and_belongs_to_the_day_it_begins() -> None:
    nights = calendar(weekly=dict.fromkeys(range(5), hours((22, 30))), d20261125=())
    assert said(nights.next_close(at("2026-11-23T23:00"))) == "2026-11-24T06:00:00"
    assert said(nights.last_open(at("2026-11-24T02:00"))) == "2026-11-23T22:00:00"
    # Tuesday's shift runs into the free Wednesday; Wednesday's own does not begin.
    assert nights.is_open(at("2026-11-25T05:59:59"))
    assert not nights.is_open(at("2026-11-25T23:00"))
    assert not nights.is_open(at("2026-11-26T03:00"))
    assert said(nights.add_days(at("2026-11-24T02:00"), 1)) == "2026-11-25T02:00:00"
    assert said(nights.add_days(at("2026-11-25T02:00"), 1)) == "2026-11-27T02:00:00"
    assert said(nights.add_days(at("2026-11-28T02:00"), 1)) == "2026-12-01T02:00:00"


def test_hours_that_meet_at_midnight_are_one_shift() -> None:
    split = calendar(weekly={0: hours((22, 24)), 1: hours((0, 6), (9, 17))})
    assert said(split.next_close(at("2026-11-23T22:30"))) == "2026-11-24T06:00:00"
    assert [
        (said(a), said(b)) for a, b in split.intervals(at("2026-11-23T00:00"), at("2026-11-24T12:00"))
    ] == [
        ("2026-11-23T22:00:00", "2026-11-24T06:00:00"),
        ("2026-11-24T09:00:00", "2026-11-24T12:00:00"),
    ]


@pytest.mark.parametrize(
    ("start", "count", "due"),
    [
        ("2026-11-23T10:15", 1, "2026-11-24T10:15:00"),
        ("2026-11-26T10:15", 2, "2026-11-30T10:15:00"),
        ("2026-11-28T12:00", 1, "2026-12-01T09:00:00"),  # Saturday rolls to Monday's opening
        ("2026-11-27T18:00", 1, "2026-12-01T09:00:00"),
        ("2026-11-23T06:00", 1, "2026-11-24T09:00:00"),
        ("2026-11-28T12:00", 0, "2026-11-30T09:00:00"),
        ("2026-12-23T12:00", 1, "2026-12-28T12:00:00"),  # Thursday 24 and Friday 25 are free
        ("2026-11-30T10:15", -1, "2026-11-27T10:15:00"),
        ("2026-11-29T10:15", -1, "2026-11-26T17:00:00"),
    ],
)
def test_working_days_keep_the_time_of_day(start: str, count: int, due: str) -> None:
    assert said(calendar(d20261224=(), d20261225=()).add_days(at(start), count)) == due


def test_a_time_of_day_at_which_that_day_is_closed_is_due_at_the_next_opening() -> None:
    short_friday = calendar(weekly={**WEEK, 4: hours((8, 14))})
    assert said(short_friday.add_days(at("2026-11-26T16:00"), 1)) == "2026-11-30T09:00:00"


# Wall times in a zone, and how long it is really open on that day.
CHANGES = [
    ("Europe/Zagreb", "2026-03-29", hours((0, 24)), 23 * H),
    ("Europe/Zagreb", "2026-10-25", hours((0, 24)), 25 * H),
    ("Europe/Zagreb", "2026-03-29", hours((1, 5)), 3 * H),
    ("Europe/Zagreb", "2026-10-25", hours((1, 5)), 5 * H),
    ("Europe/Zagreb", "2026-10-25", hours((1, 3)), 3 * H),  # it closes after the second 02:59
    ("Europe/Zagreb", "2026-10-25", ((1 * H, 9000),), 5400),  # 02:30 is the first one
    ("Europe/Zagreb", "2026-10-25", ((9000, 5 * H),), 12_600),
    ("Europe/Zagreb", "2026-03-29", ((1 * H, 9000),), 5400),  # 02:30 is 03:30
    ("Europe/Zagreb", "2026-03-29", ((9000, 5 * H),), 5400),
    ("Europe/Zagreb", "2026-03-29", ((9000, 9900),), 900),
    (
        "Europe/Zagreb",
        "2026-03-29",
        hours((2, 3)),
        0,
    ),  # the hour that is left out, from its beginning to its end
    ("America/New_York", "2026-03-08", hours((0, 8)), 7 * H),
    ("America/New_York", "2026-11-01", hours((0, 8)), 9 * H),
    ("Australia/Sydney", "2026-10-04", hours((0, 8)), 7 * H),
    ("Australia/Sydney", "2026-04-05", hours((0, 8)), 9 * H),
    ("Australia/Lord_Howe", "2026-10-04", hours((0, 8)), 27_000),
    ("Australia/Lord_Howe", "2026-04-05", hours((0, 8)), 30_600),
    ("America/Sao_Paulo", "2018-11-04", hours((0, 8)), 7 * H),  # midnight does not exist
    ("Pacific/Apia", "2011-12-30", hours((9, 17)), 0),  # nor does the day
    ("Pacific/Apia", "2011-12-31", hours((9, 17)), 8 * H),
    ("Asia/Kathmandu", "2026-03-29", hours((9, 17)), 8 * H),
]


@pytest.mark.parametrize(("zone", "day", "spans", "seconds"), CHANGES)
def test_time_is_real_across_a_change_of_the_clocks(zone: str, day: str, spans: Hours, seconds: int) -> None:
    single = Calendar("x", zone, Days({}, {day_of(date.fromisoformat(day)): spans}))
    noon = at(day + "T12:00")
    assert single.elapsed(noon - 3 * 86_400, noon + 3 * 86_400) == seconds


def test_a_night_shift_over_a_change_is_an_hour_longer_or_shorter() -> None:
    nights = calendar("Europe/Zagreb", dict.fromkeys(range(7), hours((22, 30))))
    assert nights.elapsed(at("2026-10-24T12:00+02:00"), at("2026-10-25T12:00+01:00")) == 9 * H
    assert nights.elapsed(at("2026-03-28T12:00+01:00"), at("2026-03-29T12:00+02:00")) == 7 * H
    assert said(nights.due(at("2026-10-24T22:00+02:00"), 8 * H)) == "2026-10-25T04:00:00"


def test_a_working_day_later_over_a_change_is_the_same_time_on_the_wall() -> None:
    office = calendar("Europe/Zagreb", dict.fromkeys(range(7), hours((0, 24))))
    assert said(office.add_days(at("2026-03-28T02:30+01:00"), 1)) == "2026-03-29T01:30:00"  # 03:30 there
    assert said(office.add_days(at("2026-10-24T02:30+02:00"), 1)) == "2026-10-25T00:30:00"  # the first 02:30
    assert said(office.add_days(at("2026-10-24T12:00+02:00"), 1)) == "2026-10-25T11:00:00"


def test_a_day_that_a_zone_left_out_is_no_working_day() -> None:
    samoa = calendar("Pacific/Apia")
    assert said(samoa.add_days(at("2011-12-29T10:00-10:00"), 1)) == said(at("2012-01-02T10:00+14:00"))
    assert said(samoa.add_days(at("2012-01-02T10:00+14:00"), -1)) == said(at("2011-12-29T10:00-10:00"))
    assert samoa.elapsed(at("2011-12-29T00:00-10:00"), at("2012-01-01T00:00+14:00")) == 8 * H


def test_yearly_days_are_closed_every_year_the_29th_of_february_too() -> None:
    office = Calendar("x", "UTC", Days(dict.fromkeys(range(7), OFFICE), {}, [(2, 29), (12, 25)]))
    assert not office.is_open(at("2024-02-29T12:00"))
    assert office.is_open(at("2025-02-28T12:00"))
    assert [office.is_open(at(f"{year}-12-25T12:00")) for year in (1850, 1970, 2026, 5000)] == [False] * 4
    assert office.elapsed(at("2000-01-01"), at("2400-01-01")) == (146_097 - 400 - 97) * 8 * H


def test_a_calendar_that_opens_once_or_never() -> None:
    once = calendar(weekly={}, d20261224=OFFICE)
    assert said(once.due(0, 8 * H - 1)) == "2026-12-24T16:59:59"
    assert once.due(0, 8 * H) is None
    assert once.next_open(at("2026-12-24T17:00")) is None
    assert said(once.before(at("9000-01-01"), 0)) == "2026-12-24T17:00:00"
    assert once.before(at("2026-12-24T09:00"), 0) is None
    assert once.add_days(0, 1) is None
    never = calendar(weekly={})
    assert (never.due(0, 0), never.before(0, 0), never.next_close(0), never.last_open(0)) == (None,) * 4
    assert (never.elapsed(0, 10**11), never.is_open(0), list(never.intervals(0, 10**9))) == (0, False, [])


def test_always_is_wall_time() -> None:
    always = Calendar("always")
    assert always.elapsed(5, 3) == -2
    assert always.due(100, 50) == 150
    assert always.before(100, 50) == 50
    assert always.next_close(0) is None
    assert always.last_open(0) is None
    assert always.last_close(0) is None
    assert always.last_working(7) == 7
    assert always.add_days(at("2026-11-28T12:00"), 2) == at("2026-11-30T12:00")
    assert list(always.intervals(5, 9)) == [(5, 9)]


def test_open_day_and_night_by_hours_never_closes_but_for_exceptions() -> None:
    full = calendar("Europe/Zagreb", dict.fromkeys(range(7), hours((0, 24))), d20261225=())
    assert said(full.next_close(at("2000-01-01"))) == "2026-12-24T23:00:00"
    assert full.next_close(at("2026-12-26T00:00")) is None
    assert full.last_open(at("2026-12-24T00:00")) is None
    assert said(full.last_open(at("2050-01-01"))) == "2026-12-25T23:00:00"
    assert full.elapsed(at("2027-01-01"), at("2037-01-01")) == at("2037-01-01") - at("2027-01-01")


@pytest.mark.parametrize("instant", [-(10**18), EARLIEST - 1, EARLIEST, LATEST, LATEST + 1, 10**18])
def test_the_ends_of_time_do_no_harm(instant: int) -> None:
    office = calendar("Europe/Zagreb")
    assert office.elapsed(instant, instant) == 0
    assert abs(office.elapsed(instant, 0)) > 0
    for found in (office.due(instant, H), office.before(instant, H), office.next_close(instant),
                  office.prev_open(instant), office.last_open(instant), office.last_close(instant),
                  office.add_days(instant, 1), office.add_days(instant, -1), office.next_open(instant)):  # fmt: skip
        assert found is None or EARLIEST <= found <= LATEST
    assert office.due(0, 10**30) is None
    assert office.add_days(0, 10**30) is None
    assert office.before(0, 10**30) is None


def test_a_gap_in_the_holidays_is_told() -> None:
    known = Calendar("x", "Europe/Zagreb", Days(WEEK, {}), source="HR", years=(2025, 2027))
    assert known.covers(at("2025-06-01"), at("2027-06-01"))
    assert known.gap(at("2027-06-01"), at("2028-01-01T12:00")) == (
        "the holidays of HR are known from 2025 to 2027, not for 2028"
    )
    assert known.gap(at("2024-06-01"), at("2026-01-01")).endswith("not for 2024")
    assert known.covers(at("2024-12-31T23:30"), at("2025-01-01"))  # by then it is 2025 in Zagreb
    assert (
        Calendar("x", "UTC", Days(WEEK, {}), source="HR").gap(0, 0)
        == "the holidays of HR are not in the desk"
    )
    assert calendar().covers(0, 10**11)


def test_zones_know_their_changes_in_any_order_of_asking() -> None:
    forward, backward = Zone("Europe/Zagreb"), Zone("Europe/Zagreb")
    marks = [at(f"{year}-{month:02}-15") for year in range(1880, 2140, 7) for month in (1, 7)]
    assert [forward.offset(mark) for mark in marks] == [backward.offset(mark) for mark in reversed(marks)][
        ::-1
    ]
    assert forward.changes(marks[0], marks[-1]) == backward.changes(marks[0], marks[-1])
    assert len(forward.changes(at("2000-01-01"), at("2020-01-01"))) == 40
    assert forward.changes(at("2026-03-29T01:00"), at("2026-03-29T01:01")) == [
        (at("2026-03-29T01:00"), H, 2 * H)
    ]


def test_the_last_years_have_their_changes_too() -> None:
    assert len(Zone("Europe/Zagreb").changes(at("9997-01-01"), LATEST)) == 6
    assert Zone("Europe/Zagreb").changes(EARLIEST, at("1800-01-01")) == []
    assert len(Zone("Africa/Freetown").changes(at("1939-08-01"), at("1939-10-01"))) == 2  # within four days
