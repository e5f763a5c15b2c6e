"""Times as people name them: for something to come, for a stretch of history, for the desk as it was."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from gitdesk.desk.places import local_zone
from gitdesk.domain import query_time
from gitdesk.errors import UsageError
from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.door import Desk

MORNING = time(8, 0)  # a day without a time, still to come, begins when people come to work
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AGO = pattern(r"(?i)(\d{1,6}) ?(second|minute|hour|day|week|month|year)s? ago")
_UNITS = {"second": "s", "minute": "min", "hour": "h", "day": "d", "week": "w", "month": "mo", "year": "y"}
_YEAR = pattern(r"\d{4}")
_PAST = "write it like 7d, yesterday, monday, 2026-11-01 or 2026-11-01T09:00"


def upcoming(desk: Desk, text: str) -> datetime:
    """Returns a time to come, in UTC: 3d, tomorrow, monday (the next one), a date (08:00 there) or a time.

    Days are the reader's. Raises UsageError for what is no time or not to come.
    """
    moment = _upcoming(desk, text.strip().lower())
    if moment is None:
        raise UsageError(
            f'"{text}" is not a time',
            hint="write it like 3d, tomorrow, monday, 2026-12-01 or 2026-12-01T09:00",
        )
    if moment <= desk.now:
        raise UsageError(f'"{text}" is not in the future')
    return moment


def _upcoming(desk: Desk, word: str) -> datetime | None:
    length = query_time.duration(word.removeprefix("in ").replace(" ", ""))
    if length is not None:
        return query_time.shifted(desk.now, length)
    day, _, clock = word.replace("t", " ", 1).partition(" ") if word[:1].isdigit() else word.partition(" ")
    zone = query_time.zone_named(local_zone(desk.environ))
    today = desk.now.astimezone(zone).date()
    if day in _WEEKDAYS:
        day = (today + timedelta(days=(_WEEKDAYS.index(day) - today.weekday() - 1) % 7 + 1)).isoformat()
    elif day == "tomorrow":
        day = (today + timedelta(days=1)).isoformat()
    found = query_time.stretch(f"{day}T{clock}" if clock else day, desk.now, local_zone(desk.environ))
    if found is None or (not clock and found[1] - found[0] > timedelta(hours=30)):
        return None
    if clock:
        return found[0]
    return datetime.combine(found[0].astimezone(zone).date(), MORNING, tzinfo=zone).astimezone(UTC)


def beginning(desk: Desk, text: str) -> datetime:
    """Returns the beginning, in UTC, of what a text names: a day, a week, a month, a time, so long ago.

    Raises UsageError for what is no time.
    """
    word = text.strip()
    length = _ago(word)
    if length is not None:
        return query_time.shifted(desk.now, -length)
    found = query_time.stretch(word, desk.now, local_zone(desk.environ))
    if found is None:
        raise UsageError(f'"{text}" is not a time', hint=_PAST)
    return found[0]


def commit_at(desk: Desk, text: str) -> str:
    """Returns the commit that `--at` names: the last one up to a time (a day means its end), or a revision."""
    from gitdesk.store import read

    at = _moment(desk, text.strip(), local_zone(desk.environ))
    return (
        read.revision(desk.repo, text.strip()) if at is None else read.commit_before(desk.repo, desk.tip, at)
    )


def as_of(desk: Desk, text: str, zone: str) -> tuple[str, datetime | None]:
    """Returns the commit that `--as-of` names, and the time when it names one: to the second, a day means its end.

    Days and times without a zone are those of a zone.
    """
    from gitdesk.store import read

    at = _moment(desk, text.strip(), zone, exact=True)
    if at is None:
        return read.revision(desk.repo, text.strip()), None
    return read.commit_before(desk.repo, desk.tip, at), at


def _moment(desk: Desk, word: str, zone: str, *, exact: bool = False) -> datetime | None:
    """Returns the last second of what a text names, None for no time; four digits alone may begin a commit's id.

    `exact`: 09:00 is nine o'clock and not the last second of that minute.
    """
    length = _ago(word)
    if length is not None:
        return query_time.shifted(desk.now, -length)
    found = None if _YEAR.fullmatch(word) else query_time.stretch(word, desk.now, zone)
    if found is None:
        return None
    return (
        found[0] if exact and found[1] - found[0] <= timedelta(minutes=1) else found[1] - timedelta(seconds=1)
    )


def _ago(word: str) -> timedelta | None:
    ago = _AGO.fullmatch(word)
    return query_time.duration(f"{ago[1]}{_UNITS[ago[2].lower()]}" if ago else word)
