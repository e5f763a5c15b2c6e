"""What gitdesk.yaml says of a calendar becomes one: days, hours, and which of two words about a date counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gitdesk.domain.calendar import Calendar
from gitdesk.domain.calendar_parse import Holidays, calendar_of, month_day, span, weekdays
from gitdesk.domain.rules_holidays import check

WEEK = {"mon-fri": ["09:00-17:00"]}
CROATIA = Holidays(
    country="HR",
    years=(2026, 2026),
    dates={"2026-01-01": "Nova godina", "2026-05-30": "Dan državnosti", "2026-06-04": "Tijelovo"},
    subdivisions={"21": {"2026-05-31": "Sveti Vlaho"}},
    added={"2026-02-02": "Dan žalosti"},
)


def opens(calendar: Calendar, day: str, clock: str = "12:00") -> bool:
    at = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=calendar.zone.tz).astimezone(UTC)
    return calendar.is_open(int(at.timestamp()))


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("mon", (0,)),
        ("mon-thu", (0, 1, 2, 3)),
        ("sat,sun", (5, 6)),
        ("fri-mon", (4, 5, 6, 0)),
        ("mon-tue,fri", (0, 1, 4)),
        ("mon-sun", (0, 1, 2, 3, 4, 5, 6)),
        ("mon-tue-wed", ()),
        ("monday", ()),
        ("", ()),
    ],
)
def test_days_of_the_week_are_named_alone_in_a_row_or_with_commas(key: str, days: tuple[int, ...]) -> None:
    assert weekdays(key) == days


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("08:00-12:00", (28_800, 43_200)),
        ("00:00-24:00", (0, 86_400)),
        ("22:00-06:00", (79_200, 108_000)),
        ("22:00-00:00", (79_200, 86_400)),
        ("25:00-26:00", 'no such time of day: "25:00"'),
        ("24:30-25:00", 'no such time of day: "24:30"'),
        ("08:00-08:60", 'no such time of day: "08:60"'),
        ("08:00-08:00", '"08:00-08:00" has no length'),
        ("24:00-08:00", 'hours cannot begin at "24:00"; the next day begins at "00:00"'),
        ("08:00", 'no such time of day: "08:00"'),
    ],
)
def test_hours_are_spans_of_a_day_or_past_its_end(text: str, found: Any) -> None:
    assert span(text) == found


def test_the_29th_of_february_is_a_day_of_every_year_and_the_30th_is_not() -> None:
    assert month_day("02-29") == (2, 29)
    assert month_day("02-30") is None
    assert month_day("2-3") is None


def test_which_word_about_a_date_counts() -> None:
    found = calendar_of(
        "zagreb",
        {
            "timezone": "Europe/Zagreb",
            "hours": {**WEEK, "sat": ["10:00-14:00"]},
            "holidays": {
                "country": "HR",
                "dates": ["2026-12-24", "2026-12-28", {"every": "12-31"}],
                "except": ["2026-05-30"],
            },
            "overrides": {"2026-01-01": ["10:00-13:00"], "2026-12-31": ["09:00-13:00"], "2026-12-28": ["09:00-17:00"]},
        },
        CROATIA,
    )  # fmt: skip
    assert opens(found, "2026-01-01")  # an override beats the country's holiday
    assert not opens(found, "2026-01-01", "09:30")
    assert opens(found, "2026-05-30")  # except: the hours of a Saturday
    assert not opens(found, "2026-05-30", "15:00")
    assert not opens(found, "2026-06-04")
    assert not opens(found, "2026-02-02")  # added by hand to the country's file
    assert opens(found, "2026-12-31")  # an override beats a day of every year
    assert not opens(found, "2027-12-31")
    assert not opens(found, "2026-12-24")
    assert not opens(found, "2026-12-28")  # a date of one's own beats an override
    assert found.years == (2026, 2026)
    assert found.source == "HR"


def test_a_subdivision_has_its_own_list() -> None:
    plain = {"hours": {"mon-sun": ["09:00-17:00"]}, "holidays": {"country": "HR", "subdivision": "21"}}
    found = calendar_of("dubrovnik", plain, CROATIA)
    assert not opens(found, "2026-05-31")
    assert opens(found, "2026-05-30")
    assert not opens(found, "2026-02-02")
    assert found.source == "HR-21"
    unknown = calendar_of("x", {**plain, "holidays": {"country": "HR", "subdivision": "99"}}, CROATIA)
    assert unknown.gap(0, 0) == "the holidays of HR-99 are not in the desk"


def test_a_calendar_without_a_zone_has_the_desks() -> None:
    assert calendar_of("x", {"hours": WEEK}, None, "Asia/Tokyo").time_zone == "Asia/Tokyo"
    assert calendar_of("x", {"always": True}, None, "Asia/Tokyo").always


def told(calendars: dict[str, Any]) -> list[tuple[str, str]]:
    return [(found.code, found.message) for found in check(calendars, {"HR": CROATIA})]


def test_holidays_that_are_not_there_are_told() -> None:
    def with_(**holidays: Any) -> dict[str, Any]:
        return {"office": {"hours": WEEK, "holidays": holidays}}

    assert told(with_(country="HR")) == []
    assert told(with_(country="SI")) == [("H002", "calendars/SI.yaml is not there")]
    assert told(with_(country="HR", subdivision="99")) == [("H002", 'calendars/HR.yaml has no part "99"')]
    assert told({"x": {"always": True, "holidays": {"country": "SI"}}}) == []


def test_an_exception_of_nothing_is_told_with_the_holiday_beside_it() -> None:
    plain = {
        "hours": WEEK,
        "holidays": {"country": "HR", "except": ["2026-05-29", "2026-05-30", "2031-05-29"]},
    }
    (found,) = check({"office": plain}, {"HR": CROATIA})
    assert (found.code, found.pointer) == ("H003", ("calendars", "office", "holidays", "except", 0))
    assert found.hint == 'did you mean "2026-05-30" (Dan državnosti)?'
