"""Public holidays are brought into the desk as data: once, all of them or nothing, and what people added stays."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gitdesk.desk.refreshing import refresh
from gitdesk.errors import Refused, SetupError, Unreadable, UsageError
from gitdesk.store.holiday_file import parse_holidays

from .conftest import Place

pytest.importorskip("holidays")
HOURS = 'hours: {mon-fri: ["08:00-16:00"]}'


def with_calendars(place: Place, *holidays: str) -> Path:
    path = place.path / "gitdesk.yaml"
    head, _, rest = path.read_text().partition("\ncalendars:")
    lines = [f"  c{number}: {{{HOURS}, holidays: {each}}}" for number, each in enumerate(holidays)]
    tail = rest[rest.index("\nsla:") :] if "\nsla:" in rest else ""
    office = f"\n  office: {{{HOURS}}}\n"
    path.write_text(head + "\ncalendars:" + office + "\n".join(lines) + "\n" + tail)
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "calendars")
    return place.path / "calendars" / "HR.yaml"


def count(place: Place) -> int:
    return int(place.git("rev-list", "--count", "HEAD"))


def test_the_dates_of_every_country_come_in_one_commit(place: Place) -> None:
    file = with_calendars(place, "{country: HR}", "{country: DE, subdivision: BY}", "{country: DE}")
    before = count(place)
    with place.open() as desk:
        found = refresh(desk, None, None)
    assert [one.path for one in found.countries] == ["calendars/DE.yaml", "calendars/HR.yaml"]
    assert count(place) == before + 1
    assert place.git("log", "-1", "--format=%s").strip() == "calendars: holidays of DE, HR"
    assert place.git("status", "--short") == ""
    croatia, violations = parse_holidays(file.read_bytes(), "calendars/HR.yaml")
    assert violations == ()
    assert croatia is not None
    assert croatia.years == (2024, 2029)
    assert croatia.dates["2026-06-04"] == "Tijelovo"  # in the country's language, whatever the machine's is
    germany, _ = parse_holidays((file.parent / "DE.yaml").read_bytes(), "calendars/DE.yaml")
    assert germany is not None
    assert "2026-01-06" in germany.subdivisions["BY"]
    assert "2026-01-06" not in germany.dates
    with place.open() as desk:
        assert list(desk.check()) == []
        assert refresh(desk, None, None).commit is None
    assert count(place) == before + 1


def test_years_that_are_there_stay_and_gaps_between_are_filled(place: Place) -> None:
    file = with_calendars(place, "{country: HR}")
    with place.open() as desk:
        refresh(desk, 2020, 2021)
    text = file.read_text().replace("2020-01-01: Nova godina", "2020-01-01: By hand")
    file.write_text(text.replace("\nholidays:", "\nadded:\n  2026-02-02: Dan žalosti\n\nholidays:"))
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "by hand")
    with place.open() as desk:
        refresh(desk, 2024, 2025)
    found, _ = parse_holidays(file.read_bytes(), "calendars/HR.yaml")
    assert found is not None
    assert found.years == (2020, 2025)
    assert found.dates["2020-01-01"] == "By hand"
    assert {text[:4] for text in found.dates} == {str(year) for year in range(2020, 2026)}
    assert found.added == {"2026-02-02": "Dan žalosti"}


def test_a_dry_run_writes_nothing_and_shows_the_file(place: Place) -> None:
    file = with_calendars(place, "{country: HR}")
    before = count(place)
    with place.open() as desk:
        (found,) = refresh(desk, 2026, 2026, dry_run=True).countries
    assert "+  2026-01-01: Nova godina" in found.diff
    assert found.changed
    assert (count(place), file.exists()) == (before, False)


@pytest.mark.parametrize(
    ("holidays", "message"),
    [
        ("{country: XX}", 'knows no country "XX"'),
        ("{country: DE, subdivision: BX}", 'knows no part "BX" of DE'),
    ],
)
def test_what_the_library_does_not_know_is_told_and_nothing_is_written(
    place: Place, holidays: str, message: str
) -> None:
    file = with_calendars(place, "{country: HR}", holidays)
    with place.open() as desk, pytest.raises(UsageError, match=message) as caught:
        refresh(desk, None, None)
    assert caught.value.hint
    assert not file.exists()


def test_years_are_those_the_library_has(place: Place) -> None:
    with_calendars(place, "{country: HR}")
    with place.open() as desk:
        with pytest.raises(UsageError, match="--from 2030 is after --to 2020"):
            refresh(desk, 2030, 2020)
        with pytest.raises(UsageError, match=r"knows HR from 1992 to \d+, not for 1950"):
            refresh(desk, 1950, 2020)


def test_without_a_country_there_is_nothing_to_bring(place: Place) -> None:
    with_calendars(place)
    with place.open() as desk, pytest.raises(Refused, match="no calendar names a country"):
        refresh(desk, None, None)


def test_a_file_that_is_broken_or_not_committed_is_not_overwritten(place: Place) -> None:
    file = with_calendars(place, "{country: HR}")
    with place.open() as desk:
        refresh(desk, 2026, 2026)
    file.write_text(file.read_text() + "  nonsense: x\n")
    with place.open() as desk, pytest.raises(Refused, match="has uncommitted changes"):
        refresh(desk, 2026, 2027)
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "broken")
    with place.open() as desk, pytest.raises(Unreadable, match='no such date: "nonsense"'):
        refresh(desk, 2026, 2027)


def test_without_the_library_the_extra_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with_calendars(place, "{country: HR}")
    monkeypatch.setitem(sys.modules, "holidays", None)
    with place.open() as desk, pytest.raises(SetupError) as caught:
        refresh(desk, None, None)
    assert caught.value.hint == "pip install 'gitdesk[calendars]'"
