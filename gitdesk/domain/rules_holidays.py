"""The H family: what can be wrong with calendars/XX.yaml, the holidays of a country, and with what asks for them."""

from __future__ import annotations

from gitdesk.domain.calendar_parse import Holidays, day, path_of
from gitdesk.domain.finding import Finding
from gitdesk.domain.violation import WARN, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

MALFORMED, MISSING, NO_HOLIDAY = "H001", "H002", "H003"

RULES = (
    Rule(
        code=MALFORMED,
        name="holidays-malformed",
        summary="a file of holidays is no such file, is of another country than its name says, or has impossible dates",
        why="a clock would run on a holiday, or stand on a working day",
        fails="country: HR\nyears: [2026, 2026]\nholidays:\n  2026-02-30: Nobody's Day",
        passes="country: HR\nyears: [2026, 2026]\nholidays:\n  2026-05-30: Dan državnosti",
    ),
    Rule(
        code=MISSING,
        name="holidays-missing",
        summary="a calendar names a country or a part of one whose holidays are not in the desk",
        why="due times in it would take holidays for working days; `gitdesk calendar refresh` brings the dates",
        severity=WARN,
        fails='calendars: {office: {hours: {mon: ["08:00-16:00"]}, holidays: {country: HR}}}',
        passes='calendars: {office: {hours: {mon: ["08:00-16:00"]}}}',
    ),
    Rule(
        code=NO_HOLIDAY,
        name="holidays-except-nothing",
        summary="a calendar opens on a holiday that is none",
        why="the date is probably mistyped, and the day that was meant stays closed",
        severity=WARN,
        fails="holidays: {country: HR, except: [2026-05-31]}",
        passes="holidays: {country: HR, except: [2026-05-30]}",
    ),
)


def check(
    calendars: Mapping[str, Any], known: Mapping[str, Holidays], unreadable: frozenset[str] = frozenset()
) -> Iterator[Finding]:
    """Yields what calendars want of the holidays the desk has and do not find; files that are broken tell so alone."""
    for name, calendar in calendars.items():
        closed = calendar.get("holidays") or {}
        country, part = closed.get("country"), closed.get("subdivision", "")
        if country is None or calendar.get("always") or country in unreadable:
            continue
        at = ("calendars", name, "holidays")
        public = known[country].of(part) if country in known else None
        if public is None:
            what = (
                f'{path_of(country)} has no part "{part}"'
                if country in known
                else f"{path_of(country)} is not there"
            )
            spot = (*at, "subdivision") if country in known else (*at, "country")
            yield Finding(
                code=MISSING, message=what, pointer=spot, hint="gitdesk calendar refresh brings the dates"
            )
            continue
        yearly = {each["every"] for each in closed.get("dates") or [] if isinstance(each, dict)}
        first, last = known[country].years
        for index, text in enumerate(closed.get("except") or []):
            if (
                text not in public
                and text[5:] not in yearly
                and first <= int(text[:4]) <= last
                and day(text) is not None
            ):
                message = f'"{text}" is no holiday of {country}: "except" does nothing'
                yield Finding(
                    code=NO_HOLIDAY, message=message, pointer=(*at, "except", index), hint=_near(text, public)
                )


def _near(text: str, public: Mapping[str, str]) -> str | None:
    """Returns the holiday nearest to a date, when one is within three days."""
    wanted = day(text)
    days = {day(each): each for each in public}
    for step in (1, -1, 2, -2, 3, -3):
        found = days.get((wanted or 0) + step)
        if found is not None:
            return f'did you mean "{found}" ({public[found]})?'
    return None
