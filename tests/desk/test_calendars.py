"""Calendars of a desk: read at any commit, judged with the files of holidays, kept when nothing changed."""

from __future__ import annotations

import pytest

from gitdesk.desk.calendars import calendar, calendars, holiday_files, of_plain
from gitdesk.errors import Unreadable, UsageError

from .conftest import Place

CONFIG = """
  zagreb:
    timezone: Europe/Zagreb
    hours: {mon-fri: ["08:00-16:00"]}
    holidays: {country: HR, except: ["2026-01-06"]}
"""
HR = "country: HR\nyears: [2026, 2027]\nholidays:\n  2026-01-01: Nova godina\n"


def extended(place: Place, holidays: str | None) -> None:
    path = place.path / "gitdesk.yaml"
    text = path.read_text()
    if CONFIG not in text:
        path.write_text(
            text.replace("\ncalendars:", "\ncalendars:" + "#" * 3, 1).replace(
                "calendars:###", "calendars:" + CONFIG.rstrip() + "\n#"
            )
        )
    if holidays is not None:
        (place.path / "calendars").mkdir(exist_ok=True)
        (place.path / "calendars" / "HR.yaml").write_text(holidays)
    place.git("add", "-A")


def commit(place: Place) -> None:
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "by hand")


def told(place: Place, *, staged: bool = False) -> list[str]:
    with place.open() as desk:
        return [str(one) for one in desk.check(staged=staged)]


def test_a_calendar_wants_its_countrys_file(place: Place) -> None:
    extended(place, None)
    (found,) = told(place, staged=True)
    assert "H002 warn calendars/HR.yaml is not there" in found
    commit(place)
    assert told(place) == [found]
    with place.open() as desk:
        assert calendar(desk, "zagreb").gap(0, 0) == "the holidays of HR are not in the desk"


def test_an_exception_of_nothing_and_a_broken_file_are_told_staged_and_committed(place: Place) -> None:
    extended(place, HR)
    (found,) = told(place, staged=True)
    assert 'H003 warn "2026-01-06" is no holiday of HR' in found
    commit(place)
    assert told(place) == [found]
    extended(place, HR + "  2026-02-30: Nikad\n")
    assert told(place, staged=True) == ['calendars/HR.yaml:5:3: H001 error no such date: "2026-02-30"']
    commit(place)
    assert told(place) == ['calendars/HR.yaml:5:3: H001 error no such date: "2026-02-30"']
    with place.open() as desk:
        with pytest.raises(Unreadable, match="no such date") as caught:
            calendar(desk, "zagreb")
        assert str(caught.value.place) == "calendars/HR.yaml:5:3"
        assert set(calendars(desk)) == {"office"}


def test_calendars_are_read_as_of_a_commit_and_kept(place: Place) -> None:
    with place.open() as desk:
        before = desk.tip
    extended(place, HR)
    commit(place)
    with place.open() as desk:
        assert set(calendars(desk, before)) == {"office"}
        now = calendars(desk)
        assert set(now) == {"office", "zagreb"}
        assert calendars(desk)["zagreb"] is now["zagreb"] is calendar(desk, "zagreb")
        assert holiday_files(desk.repo, before) == {}
        with pytest.raises(UsageError, match='unknown calendar "zagerb"') as caught:
            calendar(desk, "zagerb")
        assert caught.value.hint == 'did you mean "zagreb"?'


def test_plain_data_of_any_time_gives_calendars_or_the_reason_why_not() -> None:
    plain = {
        "good": {"hours": {"mon": ["08:00-16:00"]}},
        "bad": {"hours": {"mon": ["08:00-25:00"]}},
        "zone": {"timezone": "Europe/Nowhere", "hours": {"mon": ["08:00-16:00"]}},
        "holidays": {"hours": {"mon": ["08:00-16:00"]}, "holidays": {"country": "HR"}},
    }
    found, problems = of_plain(plain, {"calendars/HR.yaml": b"nonsense"}, "Europe/Zagreb")
    assert set(found) == {"good"}
    assert found["good"].time_zone == "Europe/Zagreb"
    assert problems == {
        "bad": 'calendar "bad": no such time of day: "25:00"',
        "zone": 'unknown time zone "Europe/Nowhere"',
        "holidays": "calendars/HR.yaml:1:1: the file is not a list of keys with values",
    }
