"""A month of a calendar, day by day, and a calendar's hours in words."""

from __future__ import annotations

from datetime import date, timedelta

from gitdesk.domain.calendar_days import date_of, day_of
from gitdesk.domain.calendar_parse import WEEKDAYS, WHOLE_DAY
from gitdesk.domain.zone import DAY
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.calendar_days import Hours

_MOST_DAYS = 731


class DayOf(Value):
    """One date: the shifts that begin on it, when it is open between its midnights, and what is special about it.

    `open` is in seconds of the wall clock; `seconds` is real time, which a change of the clocks (`shift` seconds
    forward) makes longer or shorter. `exists` is false for a date that the zone left out.
    """

    date: date
    hours: tuple[str, ...]
    open: Hours
    seconds: int
    note: str = ""
    special: bool = False
    shift: int = 0
    exists: bool = True


def month(calendar: Calendar, year: int, number: int) -> tuple[DayOf, ...]:
    """Returns the days of a month."""
    found = []
    when = date(year, number, 1)
    while when.month == number:
        found.append(day(calendar, when))
        if when == date.max:
            break
        when += timedelta(days=1)
    return tuple(found)


def day(calendar: Calendar, when: date) -> DayOf:
    """Returns one date of a calendar."""
    number, zone = day_of(when), calendar.zone
    start, end = zone.instant(number * DAY), zone.instant((number + 1) * DAY)
    exists = end > start
    days = calendar.days
    own: Hours = ((0, DAY),) if calendar.always else days.own(number)
    usual = days.weekly[when.weekday()]
    note = calendar.notes.get(number) or (calendar.notes.get((when.month, when.day), "") if not own else "")
    return DayOf(
        date=when,
        hours=tuple(text(*each) for each in own) if exists else (),
        open=(((0, DAY),) if calendar.always else days.open_on(number)) if exists else (),
        seconds=calendar.elapsed(start, end) if exists else 0,
        note=note if exists else "this date was left out here",
        special=not calendar.always and own != usual,
        shift=DAY - (end - start) if exists else 0,
        exists=exists,
    )


def text(start: int, end: int) -> str:
    """Returns a span of a day as gitdesk.yaml writes it: 08:00-12:00."""
    return f"{_clock(start)}-{_clock(end if end <= DAY else end - DAY)}"


def in_words(plain: Mapping[str, Any]) -> str:
    """Returns the hours of a calendar in a line: mon-thu 08:00-12:00 13:00-17:00, fri 08:00-14:00."""
    if plain.get("always"):
        return "always"
    week = plain.get("hours") or {}
    if any(name in key for key in week for name in WEEKDAYS) and any(week.values()):
        return ", ".join(
            f"{key} {'all day' if each == [WHOLE_DAY] else ' '.join(each)}"
            for key, each in week.items()
            if each
        )
    return "only on single dates"


def week(calendar: Calendar) -> str:
    """Returns the usual hours of a week in a line, as `in_words` does, of a calendar as it is reckoned with."""
    if calendar.always:
        return "always"
    found: list[tuple[int, int, Hours]] = []
    for weekday, hours in enumerate(calendar.days.weekly):
        if found and found[-1][1:] == (weekday - 1, hours):
            found[-1] = (found[-1][0], weekday, hours)
        elif hours:
            found.append((weekday, weekday, hours))
    spans = []
    for first, last, hours in found:
        name = WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]}-{WEEKDAYS[last]}"
        spans.append(f"{name} {' '.join(text(*each) for each in hours)}")
    return ", ".join(spans) or "only on single dates"


def unusual(calendar: Calendar, start: int, end: int) -> Iterator[str]:
    """Yields in words the dates between two instants that are worked otherwise than usual, of two years at the most."""
    zone = calendar.zone
    first, last = date_of((start + zone.offset(start)) // DAY), date_of((end + zone.offset(end)) // DAY)
    for number in range(min((last - first).days + 1, _MOST_DAYS)):
        one = day(calendar, first + timedelta(days=number))
        hours = " ".join(one.hours) or "closed"
        name = f"{WEEKDAYS[one.date.weekday()].capitalize()} {one.date.isoformat()}"
        if one.special or (one.note and not one.exists):
            note = f"{one.note}, " if one.note not in ("", hours) else ""
            yield f"{name} {note}{hours}"
        more = one.seconds - sum(b - a for a, b in one.open)
        if one.exists and more:
            way = "back" if more > 0 else "forward"
            yield f"{name} clocks went {way}, {abs(more) // 60} min {'more' if more > 0 else 'less'}"


def _clock(second: int) -> str:
    return f"{second // 3600:02}:{second % 3600 // 60:02}"
