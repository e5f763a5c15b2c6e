"""Makes a Calendar of what gitdesk.yaml says of one, and of the holidays of its country as the desk has them.

What closes or opens a single date, the strongest first: a date under `holidays.dates`; `overrides`; `except`; a day of
every year; a holiday of the country; the hours of its weekday.
"""

from __future__ import annotations

import re
from datetime import date

from gitdesk.domain.calendar import Calendar
from gitdesk.domain.calendar_days import Days, day_of
from gitdesk.domain.zone import DAY
from gitdesk.value import Value, fresh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from gitdesk.domain.calendar_days import Hours

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAY = "00:00-24:00"
FOLDER = "calendars/"  # where a desk keeps holidays, a file a country


def path_of(country: str) -> str:
    """Returns where a desk keeps the holidays of a country."""
    return f"{FOLDER}{country}.yaml"


class Holidays(Value):
    """The holidays of a country as a file of the desk has them: by date, and by date for each subdivision asked for.

    A subdivision's list is whole. `added` are dates that people wrote into the file; they count in every part of it.
    """

    country: str
    years: tuple[int, int]
    source: str = ""
    dates: Mapping[str, str]
    subdivisions: Mapping[str, Mapping[str, str]] = fresh(default_factory=dict)
    added: Mapping[str, str] = fresh(default_factory=dict)

    def of(self, subdivision: str) -> dict[str, str] | None:
        """Returns the holidays of the country or a part of it, by date; None for a part that is not there."""
        found = self.subdivisions.get(subdivision) if subdivision else self.dates
        return None if found is None else {**found, **self.added}


def weekdays(key: str) -> tuple[int, ...]:
    """Returns the days that `mon`, `mon-thu`, `fri-mon` or `sat,sun` names; none for what is no name of days."""
    found: list[int] = []
    for part in key.split(","):
        first, dash, last = part.partition("-")
        last = last if dash else first
        if first not in WEEKDAYS or last not in WEEKDAYS:
            return ()
        start = WEEKDAYS.index(first)
        length = (WEEKDAYS.index(last) - start) % 7 + 1
        found += [(start + step) % 7 for step in range(length)]
    return tuple(found)


def span(text: str) -> tuple[int, int] | str:
    """Returns the seconds of a day from which and to which `08:00-12:00` is open; what is wrong with another text."""
    marks = [_second(part) for part in text.split("-")]
    if len(marks) != 2 or None in marks:
        wrong = next((part for part in text.split("-") if _second(part) is None), text)
        return f'no such time of day: "{wrong}"'
    start, end = (mark or 0 for mark in marks)
    if start == DAY:
        return 'hours cannot begin at "24:00"; the next day begins at "00:00"'
    if start == end:
        return f'"{text}" has no length'
    return start, end if end > start else end + DAY


def hours(texts: list[str]) -> Hours:
    """Returns a day's opening hours in order, without those that are wrong."""
    return tuple(sorted(one for one in map(span, texts) if isinstance(one, tuple)))


def day(text: str) -> int | None:
    """Returns the number of a date written 2026-12-24; None for one that does not exist."""
    try:
        when = date.fromisoformat(text)
    except ValueError:
        return None
    return day_of(when) if when.isoformat() == text else None


def month_day(text: str) -> tuple[int, int] | None:
    """Returns month and day of `05-30`; 02-29 is one, 02-30 is None."""
    if not re.fullmatch(r"(?a)\d\d-\d\d", text) or day(f"2024-{text}") is None:
        return None
    return int(text[:2]), int(text[3:])


def calendar_of(
    name: str, plain: Mapping[str, Any], holidays: Holidays | None = None, time_zone: str = "UTC"
) -> Calendar:
    """Returns the calendar that checked data describes; `time_zone` is the desk's, for one that names none."""
    zone, described = plain.get("timezone", time_zone), plain.get("description", "")
    if plain.get("always"):
        return Calendar(name, zone, description=described)
    weekly = {
        weekday: hours(texts)
        for key, texts in (plain.get("hours") or {}).items()
        for weekday in weekdays(key)
    }
    closed = plain.get("holidays") or {}
    country, part = closed.get("country", ""), closed.get("subdivision", "")
    public = (holidays.of(part) if holidays is not None and country else None) or {}
    by_day: dict[int, Hours] = {}
    notes: dict[int | tuple[int, int], str] = {}
    for each, said in _numbered(public):
        by_day[each], notes[each] = (), said
    yearly = list(_yearly(closed.get("dates") or [], notes))
    for each, _ in _numbered(dict.fromkeys(closed.get("except") or [], "")):
        by_day[each] = weekly.get((each + 3) % 7, ())
        notes[each] = f"open on {notes[each]}" if each in notes else "open"
    for text, texts in (plain.get("overrides") or {}).items():
        if (each_day := day(text)) is not None:
            by_day[each_day] = hours(texts)
            before = notes.get(each_day)
            said = "other hours" if texts else "closed"
            notes[each_day] = f"{said} ({before})" if before else said
    for each, said in _numbered(dict.fromkeys(_single(closed.get("dates") or []), "closed")):
        by_day[each] = ()
        notes[each] = (
            notes[each] if each in notes and not notes[each].startswith(("open", "other", "closed")) else said
        )
    known = holidays.years if holidays is not None and holidays.of(part) is not None else None
    return Calendar(
        name,
        zone,
        Days(weekly, by_day, yearly),
        notes=notes,
        source=f"{country}-{part}" if part else country,
        years=known,
        description=described,
    )


def _second(text: str) -> int | None:
    match = re.fullmatch(r"(?a)(\d\d):(\d\d)", text)
    if match is None or int(match[2]) > 59:
        return None
    second = int(match[1]) * 3600 + int(match[2]) * 60
    return second if second <= DAY else None


def _numbered(dates: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    for text, said in dates.items():
        number = day(text)
        if number is not None:
            yield number, said


def _single(dates: list[Any]) -> list[str]:
    return [each for each in dates if isinstance(each, str)]


def _yearly(dates: list[Any], notes: dict[int | tuple[int, int], str]) -> Iterator[tuple[int, int]]:
    for each in dates:
        found = None if isinstance(each, str) else month_day(each["every"])
        if found is not None:
            notes[found] = each.get("description") or "closed every year"
            yield found
