"""Checks what gitdesk.yaml says of a calendar: its hours and dates must exist and not overlap, and it must open."""

from __future__ import annotations

from gitdesk.domain import calendar_parse as parse
from gitdesk.domain.finding import Finding
from gitdesk.domain.zone import DAY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from gitdesk.domain.finding import Pointer

HOURS, WEEKDAY, CLOSED, ALWAYS, NO_DATE, CONTRARY = "C040", "C041", "C042", "C043", "C044", "C045"
ERRORS = frozenset((HOURS, WEEKDAY, CLOSED, ALWAYS, NO_DATE))  # with these it is no calendar
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def check(at: Pointer, calendar: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields what is wrong with a calendar whose shape is right."""
    if calendar.get("always"):
        for key in ("hours", "holidays", "overrides"):
            if calendar.get(key):
                message = f'"always" leaves no room for "{key}"'
                yield Finding(
                    code=ALWAYS,
                    message=message,
                    pointer=(*at, key),
                    hint="take one of the two out",
                    at_key=True,
                )
        return
    week = calendar.get("hours") or {}
    owners: dict[int, str] = {}
    for key, texts in week.items():
        yield from _days((*at, "hours", key), key, owners)
        yield from _spans((*at, "hours", key), texts)
    for text, texts in (calendar.get("overrides") or {}).items():
        yield from _date((*at, "overrides", text), text, at_key=True)
        yield from _spans((*at, "overrides", text), texts)
    yield from _nights(at, week)
    yield from _single_nights(at, calendar)
    yield from _holidays((*at, "holidays"), calendar)
    if not any(week.values()) and not any((calendar.get("overrides") or {}).values()):
        message = "this calendar never opens"
        hint = 'give it hours, as in mon-fri: ["09:00-17:00"], or always: true'
        yield Finding(code=CLOSED, message=message, pointer=at, hint=hint, at_key=True)


def _days(at: Pointer, key: str, owners: dict[int, str]) -> Iterator[Finding]:
    days = parse.weekdays(key)
    if not days:
        hint = "write mon, mon-thu, or sat,sun"
        yield Finding(
            code=WEEKDAY, message=f'no days of the week: "{key}"', pointer=at, hint=hint, at_key=True
        )
    for weekday in days:
        if weekday in owners:
            message = f'{_NAMES[weekday]} is in "{owners[weekday]}" already'
            hint = "list a day's hours once, all of them together"
            yield Finding(code=WEEKDAY, message=message, pointer=at, hint=hint, at_key=True)
            return
        owners[weekday] = key


def _spans(at: Pointer, texts: list[str]) -> Iterator[Finding]:
    known: list[tuple[int, int, str]] = []
    for index, text in enumerate(texts):
        found = parse.span(text)
        if isinstance(found, str):
            hint = (
                f'a whole day is "{parse.WHOLE_DAY}"' if "length" in found else 'hours are like "08:00-16:30"'
            )
            yield Finding(code=HOURS, message=found, pointer=(*at, index), hint=hint)
            continue
        start, end = found
        other = next((said for first, last, said in known if start < last and first < end), None)
        if other is not None:
            hint = "hours of one day must not overlap"
            yield Finding(code=HOURS, message=f'"{text}" overlaps "{other}"', pointer=(*at, index), hint=hint)
        known.append((start, end, text))


def _nights(at: Pointer, week: Mapping[str, list[str]]) -> Iterator[Finding]:
    """Yields shifts past midnight that run into the hours of the next day of the week."""
    by_day = {weekday: parse.hours(texts) for key, texts in week.items() for weekday in parse.weekdays(key)}
    for key, texts in week.items():
        for index, text in enumerate(texts):
            found = parse.span(text)
            if isinstance(found, str) or found[1] <= DAY:
                continue
            for weekday in parse.weekdays(key):
                following = (weekday + 1) % 7
                if _runs_into(found[1] - DAY, by_day.get(following, ())):
                    message = f'"{text}" runs into the hours of {_NAMES[following]}'
                    hint = "let it end where the next day begins"
                    yield Finding(code=HOURS, message=message, pointer=(*at, "hours", key, index), hint=hint)
                    break


def _single_nights(at: Pointer, calendar: Mapping[str, Any]) -> Iterator[Finding]:
    """Yields overrides that run into the next day, or into which the day before runs."""
    overrides = calendar.get("overrides") or {}
    if not overrides:
        return
    plain = {key: value for key, value in calendar.items() if key != "timezone"}
    days = parse.calendar_of("", plain).days
    may_be_closed = bool(
        (calendar.get("holidays") or {}).get("country")
    )  # on days that only the desk's files know
    for text, texts in overrides.items():
        day = parse.day(text)
        if day is None or days.own(day) != parse.hours(texts):
            continue
        spot = (*at, "overrides", text)
        before = max((end - DAY for _, end in days.own(day - 1)), default=0)
        if _runs_into(before, days.own(day)) and not (may_be_closed and day - 1 not in days.by_day):
            message = "the shift of the day before runs into these hours"
            hint = "begin where it ends, or give the day before other hours too"
            yield Finding(code=HOURS, message=message, pointer=spot, hint=hint, at_key=True)
        after = max((end - DAY for _, end in days.own(day)), default=0)
        known = day + 1 in days.by_day or not may_be_closed
        if _runs_into(after, days.own(day + 1)) and known and day + 1 not in map(parse.day, overrides):
            message = "these hours run into those of the next day"
            hint = "let them end where the next day begins"
            yield Finding(code=HOURS, message=message, pointer=spot, hint=hint, at_key=True)


def _runs_into(end: int, hours: tuple[tuple[int, int], ...]) -> bool:
    return any(start < end for start, _ in hours)


def _holidays(at: Pointer, calendar: Mapping[str, Any]) -> Iterator[Finding]:
    closed = calendar.get("holidays") or {}
    single: dict[str, int] = {}
    yearly: set[tuple[int, int]] = set()
    for index, each in enumerate(closed.get("dates") or []):
        spot = (*at, "dates", index)
        if isinstance(each, str):
            yield from _date(spot, each)
            if each in single:
                yield Finding(code=CONTRARY, message=f'"{each}" stands here twice', pointer=spot)
            single[each] = index
        elif (found := parse.month_day(each["every"])) is None:
            message = f'no such day of the year: "{each["every"]}"'
            yield Finding(
                code=NO_DATE, message=message, pointer=(*spot, "every"), hint="write month-day, as in 05-30"
            )
        else:
            yearly.add(found)
    for text in calendar.get("overrides") or {}:
        if text in single:
            message = f'"{text}" is a holiday and has hours: it stays closed'
            hint = "take it out of one of the two"
            yield Finding(code=CONTRARY, message=message, pointer=(*at, "dates", single[text]), hint=hint)
    yield from _reopened((*at, "except"), calendar, single, yearly)
    if "subdivision" in closed and "country" not in closed:
        message, hint = "a subdivision without its country closes nothing", "add country: …"
        yield Finding(code=CONTRARY, message=message, pointer=(*at, "subdivision"), hint=hint, at_key=True)


def _reopened(
    at: Pointer, calendar: Mapping[str, Any], single: Mapping[str, int], yearly: set[tuple[int, int]]
) -> Iterator[Finding]:
    closed = calendar.get("holidays") or {}
    for index, text in enumerate(closed.get("except") or []):
        spot = (*at, index)
        yield from _date(spot, text)
        if text in single:
            message = f'"{text}" is closed by "dates" and opened by "except": it stays closed'
            yield Finding(code=CONTRARY, message=message, pointer=spot, hint="take it out of one of the two")
        elif text in (calendar.get("overrides") or {}):
            message = f'"{text}" has hours of its own in "overrides": "except" does nothing'
            yield Finding(code=CONTRARY, message=message, pointer=spot, hint="take it out of one of the two")
        elif "country" not in closed and parse.month_day(text[5:]) not in yearly:
            message = f'"{text}" is no holiday: "except" does nothing'
            hint = "holidays come from country and from days of every year"
            yield Finding(code=CONTRARY, message=message, pointer=spot, hint=hint)


def _date(at: Pointer, text: str, *, at_key: bool = False) -> Iterator[Finding]:
    if parse.day(text) is None:
        yield Finding(
            code=NO_DATE,
            message=f'no such date: "{text}"',
            pointer=at,
            hint="write year-month-day",
            at_key=at_key,
        )
