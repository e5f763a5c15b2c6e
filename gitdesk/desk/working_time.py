"""Answers about working time, as plain data: when something is due, how much has passed, whether it is open."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from gitdesk.desk.calendars import calendar, holiday_files, of_config
from gitdesk.domain import query_time
from gitdesk.domain.calendar_days import day_of
from gitdesk.domain.calendar_month import day, in_words, month
from gitdesk.domain.duration import parse
from gitdesk.domain.zone import DAY, EARLIEST, LATEST
from gitdesk.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.calendar_month import DayOf

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = "write it like 2026-11-23T09:30+01:00; without a zone it is the calendar's, as in 2026-11-23T09:30"
_REFRESH = "gitdesk calendar refresh brings the dates"
Answer = dict[str, "Any"]


def listed(desk: Desk) -> Iterator[Answer]:
    """Yields every calendar: zone, hours in words, where its holidays are from, and whether it is open now."""
    found, problems = of_config(desk.config, holiday_files(desk.repo, desk.config_commit))
    now = _seconds(desk.now)
    for name, plain in desk.config.calendars.items():
        one = found.get(name)
        closed = plain.get("holidays") or {}
        yield {
            "calendar": name,
            "description": plain.get("description", ""),
            "timezone": plain.get("timezone", desk.config.time_zone),
            "hours": in_words(plain),
            "country": closed.get("country"),
            "subdivision": closed.get("subdivision"),
            "years": list(one.years) if one is not None and one.years else None,
            "dates": len(closed.get("dates") or []) + len(plain.get("overrides") or {}),
            "open": one.is_open(now) if one is not None else None,
            "changes": _time(one.next_close(now) if one.is_open(now) else one.next_open(now))
            if one
            else None,
            "remark": problems.get(name) or _remark(one, now, now) if one is not None else problems.get(name),
        }


def due(desk: Desk, name: str, start: str, duration: str, *, back: bool = False) -> Answer:
    """Returns when a duration of working time from a start is used up, or with `back` when it must have begun.

    Raises UsageError for words it does not know, Refused when the calendar does not open for so long.
    """
    found = _found(desk, name)
    at = instant(desk, found, start)
    back, length = back != duration.startswith("-"), duration.removeprefix("-").removeprefix("+")
    wanted = parse(length, days=found.always, nothing=True)
    count, sign = wanted.days or wanted.calendar_days, -1 if back else 1
    if count or re.search("[bd]", length):
        reached = found.add_days(at, sign * count)
        if back and not count:
            reached = found.prev_open(at)
    else:
        reached = found.before(at, wanted.seconds) if back else found.due(at, wanted.seconds)
    if reached is None:
        message = (
            f'"{name}" has no {length} of working time {"before" if back else "after"} {shown(at, found)}'
        )
        raise Refused(message, hint=found.gap(at, at) or None)
    return {
        **_about(found),
        "start": _time(at),
        "duration": ("-" if back else "") + length,
        "due": _time(reached),
        "last_working": _time(found.last_working(reached)),
        "seconds": found.elapsed(at, reached),
        "wall_seconds": reached - at,
        "remark": _remark(found, at, reached),
    }


def elapsed(desk: Desk, name: str, start: str, end: str) -> Answer:
    """Returns the working time between two moments; negative when the second is the earlier one."""
    found = _found(desk, name)
    first, last = instant(desk, found, start), instant(desk, found, end)
    return {
        **_about(found),
        "start": _time(first),
        "end": _time(last),
        "seconds": found.elapsed(first, last),
        "wall_seconds": last - first,
        "remark": _remark(found, first, last),
    }


def open_at(desk: Desk, name: str, at: str = "now") -> Answer:
    """Returns whether a calendar is open at a moment, since when, and what comes before and after."""
    found = _found(desk, name)
    moment = instant(desk, found, at)
    is_open, closes = found.is_open(moment), found.next_close(moment)
    return {
        **_about(found),
        "at": _time(moment),
        "open": is_open,
        "since": _time(found.last_open(moment) if is_open else found.last_close(moment)),
        "next_open": _time(found.next_open(moment)),
        "next_close": _time(closes),
        "opens_again": _time(None if closes is None else found.next_open(closes)),
        "previous_open": _time(found.prev_open(moment)),
        "previous_close": _time(found.last_close(moment)),
        "note": day(found, _date(found, moment)).note or None,
        "remark": _remark(found, moment, moment),
    }


def shifts(
    desk: Desk, name: str, start: str, end: str | None = None, *, count: int | None = None, back: bool = False
) -> Iterator[Answer]:
    """Yields the opening hours from a start to an end, or so many of them; `back` yields those before the start."""
    found = _found(desk, name)
    first = instant(desk, found, start)
    last = instant(desk, found, end) if end is not None else None
    spans = _backwards(found, first, last) if back else _forwards(found, first, last)
    for number, (opens, closes) in enumerate(spans):
        if count is not None and number >= count:
            return
        yield {
            **_about(found),
            "open": _time(opens),
            "close": _time(closes),
            "seconds": closes - opens,
            "remark": _remark(found, opens, closes),
        }


def months(desk: Desk, name: str, text: str | None) -> Answer:
    """Returns a month (2026-11; None: the present one) of a calendar, day by day."""
    found = _found(desk, name)
    year, number = _month(text) if text else (_now(desk, found).year, _now(desk, found).month)
    return {**_about(found), "month": f"{year:04}-{number:02}", **_summed(found, month(found, year, number))}


def year(desk: Desk, name: str, text: str) -> Iterator[Answer]:
    """Yields the months of a year."""
    if not re.fullmatch(r"(?a)\d{4}", text) or text == "0000":
        raise UsageError(f'not a year: "{text}"', hint="write it like 2026")
    for number in range(1, 13):
        yield months(desk, name, f"{text}-{number:02}")


def instant(desk: Desk, found: Calendar, text: str) -> int:
    """Returns the moment a text names in epoch seconds: a time, in the calendar's zone unless it names one; a day: its
    beginning; now, yesterday, monday. Raises UsageError for another text.
    """
    word = text.strip()
    if word == "now":
        return _seconds(desk.now)
    moment = _exact(word, found)
    if moment is None:
        stretch = query_time.stretch(word.replace(" ", "T", 1), desk.now, found.time_zone)
        if stretch is None:
            raise UsageError(f'not a time: "{text}"', hint=_TIMES)
        moment = _seconds(stretch[0])
    if not EARLIEST <= moment <= LATEST:
        raise UsageError(f'"{text}" is too near to the ends of the years 1 to 9999')
    return moment


def shown(at: int, found: Calendar) -> str:
    """Returns a moment for people, in the calendar's zone: Mon 2026-11-23 09:30 +01:00."""
    from gitdesk.render.when import exact

    when = _time(at)
    assert when is not None
    return exact(when, found.zone.tz)


@lru_cache(maxsize=16)
def _found(desk: Desk, name: str) -> Calendar:
    return calendar(desk, name)


def _exact(word: str, found: Calendar) -> int | None:
    if not re.match(r"(?a)\d{4}-?\d\d-?\d\d|\d{4}-?W\d\d-?\d", word):
        return None
    try:
        when = datetime.fromisoformat(word.upper())
    except ValueError:
        return None
    if when.microsecond:
        raise UsageError(f'"{word}" is not a whole second', hint="calendars reckon in whole seconds")
    if when.tzinfo is not None:
        return _seconds(when)
    return found.zone.instant(day_of(when.date()) * DAY + when.hour * 3600 + when.minute * 60 + when.second)


def _seconds(when: datetime) -> int:
    return (when - _EPOCH) // timedelta(seconds=1)


def _time(at: int | None) -> datetime | None:
    return None if at is None else _EPOCH + timedelta(seconds=at)


def _about(found: Calendar) -> Answer:
    return {"calendar": found.name, "timezone": found.time_zone}


def _remark(found: Calendar, a: int, b: int) -> str | None:
    gap = found.gap(a, b)
    return f"{gap}; {_REFRESH}" if gap else None


def _now(desk: Desk, found: Calendar) -> datetime:
    return desk.now.astimezone(found.zone.tz)


def _date(found: Calendar, at: int) -> date:
    return (_EPOCH + timedelta(seconds=at)).astimezone(found.zone.tz).date()


def _forwards(found: Calendar, first: int, last: int | None) -> Iterator[tuple[int, int]]:
    at = found.next_open(first)
    while at is not None and (last is None or at < last):
        closes = found.next_close(at)
        end = LATEST if closes is None else closes
        yield at, end if last is None else min(end, last)
        if closes is None:
            return
        at = found.next_open(closes)


def _backwards(found: Calendar, first: int, last: int | None) -> Iterator[tuple[int, int]]:
    at = found.before(first, 0)
    while at is not None and (last is None or at > last):
        opened = found.last_open(at - 1)
        begin = EARLIEST if opened is None else opened
        yield begin if last is None else max(begin, last), at
        if opened is None:
            return
        at = found.before(opened, 0)


def _month(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(?a)(\d{4})-(\d\d)", text)
    if match is None or not 1 <= int(match[2]) <= 12 or match[1] == "0000":
        raise UsageError(f'not a month: "{text}"', hint="write it like 2026-11")
    return int(match[1]), int(match[2])


def _summed(found: Calendar, days: tuple[DayOf, ...]) -> Answer:
    first, last = (found.zone.instant(day_of(each) * DAY) for each in (days[0].date, days[-1].date))
    return {
        "working_days": sum(bool(each.hours) for each in days),
        "seconds": sum(each.seconds for each in days),
        "days": [
            {
                "date": each.date.isoformat(),
                "hours": list(each.hours),
                "open": [list(span) for span in each.open],
                "seconds": each.seconds,
                "note": each.note or None,
                "special": each.special,
                "clocks": each.shift,
            }
            for each in days
        ],
        "remark": _remark(found, first, last),
    }
