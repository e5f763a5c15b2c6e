"""Times and durations as people read them: the reader's zone, relative when recent."""

from __future__ import annotations

from datetime import datetime, timedelta

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, tzinfo

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def parse(value: str | datetime) -> datetime:
    """Returns an aware time from RFC 3339 text, or the time itself."""
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def moment(value: str | datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """Returns a time in a few characters: `3 h ago`, `yesterday 14:05`, `Mon 09:00`, `12 Nov`, `2025-03-01`.

    `zone` None is the system's own zone.
    """
    then = parse(value)
    seconds = (now - then).total_seconds()
    local, today = then.astimezone(zone), now.astimezone(zone).date()
    if abs(seconds) < 12 * _HOUR:
        return _near(int(seconds))
    days = (local.date() - today).days
    clock = f"{local.hour:02}:{local.minute:02}"
    named = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days)
    if named:
        return f"{named} {clock}"
    if -6 <= days <= 6:
        return f"{_DAYS[local.weekday()]} {clock}"
    return _calendar(local.date(), today)


def due(value: str | datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """Returns when something is due: `in 3 h`, `Mon 09:00`, and of what is late by how much wall time: `2 d late`."""
    late = int((now - parse(value)).total_seconds())
    if late <= 0:
        return moment(value, now, zone)
    if late < _MINUTE:
        return "seconds late"
    unit, name = next(
        (size, name) for size, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")) if late >= size
    )
    return f"{late // unit} {name} late"


def _near(seconds: int) -> str:
    away = abs(seconds)
    if away < _MINUTE:
        return "just now" if seconds >= 0 else "in a moment"
    size = f"{away // _MINUTE} min" if away < _HOUR else f"{away // _HOUR} h"
    return f"{size} ago" if seconds > 0 else f"in {size}"


def _calendar(day: date, today: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}" if day.year == today.year else day.isoformat()


def exact(value: str | datetime, zone: tzinfo | None = None) -> str:
    """Returns a time in full in the reader's zone: `2026-11-22 10:14:03 +01:00`."""
    local = parse(value).astimezone(zone)
    offset = local.strftime("%z")
    return f"{local.isoformat(' ')[:19]} {offset[:3]}:{offset[3:5]}"


def minute(value: str | datetime, zone: tzinfo | None = None) -> str:
    """Returns a time to the minute in the reader's zone: `Sun 2026-11-22 10:14`."""
    local = parse(value).astimezone(zone)
    return f"{_DAYS[local.weekday()]} {local.isoformat(' ')[:16]}"


def utc_minute(value: datetime) -> str:
    """Returns a time that is in UTC to the minute, `2026-11-22 10:14`: the same for every reader."""
    return value.isoformat(" ")[:16]


def worked(seconds: int) -> str:
    """Returns a length of working time: `45 s`, `3 h 20 min`, `71 h`. Hours never make a day: whose day would it be?"""
    sign, total = ("-" if seconds < 0 else ""), abs(seconds)
    if total < _HOUR:
        return sign + (f"{total // _MINUTE} min" if total >= _MINUTE else f"{total} s")
    hours, rest = divmod(total // _MINUTE, 60)
    return f"{sign}{hours:,} h" + (f" {rest} min" if rest else "")


def duration(value: float | timedelta) -> str:
    """Returns a duration (seconds or timedelta) in its two largest units: `45 s`, `3 h 20 min`, `2 d 4 h`."""
    total = int(value.total_seconds() if isinstance(value, timedelta) else value)
    sign, total = ("-" if total < 0 else ""), abs(total)
    if total < _MINUTE:
        return f"{sign}{total} s"
    for size, unit, part, smaller in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min")):
        if total >= size:
            rest = total % size // part
            return f"{sign}{total // size} {unit}" + (f" {rest} {smaller}" if rest else "")
    return f"{sign}{total // _MINUTE} min"
