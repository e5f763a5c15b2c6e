"""Lengths of time as promises name them: `30m`, `1h30m`, `2bd`; read, and said in words."""

from __future__ import annotations

from gitdesk.errors import UsageError
from gitdesk.lazy import pattern
from gitdesk.value import Value

_CLOCK = pattern(r"(?a)(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?")
_DAYS = pattern(r"(?a)(\d{1,9})(bd|d)")
HINT = "write it like 30m, 4h, 1h30m, or 2bd for two working days"


class Duration(Value):
    """A length of working time. One of the three is more than 0: `seconds`, `days` (working), `calendar_days`.

    `text` is how it was written.
    """

    text: str
    seconds: int = 0
    days: int = 0
    calendar_days: int = 0


def parse(text: str, *, days: bool = False, nothing: bool = False) -> Duration:
    """Returns the duration a text names; raises UsageError for none, for `2d` unless `days`, for 0 unless `nothing`."""
    given = text.strip()
    in_days = _DAYS.fullmatch(given)
    if in_days:
        found = _of_days(text, int(in_days[1]), in_days[2], days)
    elif given and (clock := _CLOCK.fullmatch(given)):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        found = Duration(text=text, seconds=hours * 3600 + minutes * 60 + seconds)
    else:
        raise UsageError(f'not a duration: "{text}"', hint=HINT)
    if not nothing and not (found.seconds or found.days or found.calendar_days):
        raise UsageError(f'a duration of nothing: "{text}"', hint=HINT)
    return found


def _of_days(text: str, count: int, unit: str, allowed: bool) -> Duration:
    if unit == "bd":
        return Duration(text=text, days=count)
    if not allowed:
        hint = f"write {count}bd for working days, or {count * 24}h"
        raise UsageError(f'"{text}" could mean calendar days or working days', hint=hint)
    return Duration(text=text, calendar_days=count)


def words(seconds: int) -> str:
    """Returns a length for people, to the second: 5400 is `1h 30m`, 0 is `0m`; hours are not made into days."""
    sign, rest = ("-" if seconds < 0 else ""), abs(seconds)
    parts = ((rest // 3600, "h"), (rest % 3600 // 60, "m"), (rest % 60, "s"))
    return sign + (" ".join(f"{count}{unit}" for count, unit in parts if count) or "0m")
