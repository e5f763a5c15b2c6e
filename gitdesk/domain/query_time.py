"""Times in a query: durations, days, weeks, months and instants, and the stretch of time each stands for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from gitdesk.domain.zone import zone_named as zone_named
from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import tzinfo

_UNITS = {
    "s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400, "mo": 30 * 86400, "y": 365 * 86400,
}  # fmt: skip
_DURATION = pattern(r"(?a)(?:\d{1,9}(?:mo|min|[smhdwy]))+")
_PART = pattern(r"(?a)(\d+)(mo|min|[smhdwy])")
_DATE = pattern(r"(?a)(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_WEEK = pattern(r"(?ai)(\d{4})-W(\d{2})")
_INSTANT = pattern(r"(?ai)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?")
_OFFSET = pattern(r"[+-]\d{2}:\d{2}$")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Every day of the week, early and late: what holds with each of them as "today" always holds.
_ANY_DAY = tuple(datetime(year, 6, day, tzinfo=UTC) for year in (1, 9000) for day in range(1, 8))
_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
EXAMPLES = (
    "write it like 7d, 36h, today, yesterday, monday, 2026-11-01, 2026-11, 2026-W47 or 2026-11-01T09:00"
)

BEGIN = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(microsecond=0, tzinfo=UTC)  # a stretch that goes so far has no end

Stretch = tuple[datetime, datetime]  # from, up to but without; UTC


def duration(text: str) -> timedelta | None:
    """Returns the length of `7d`, `36h`, `1d12h`; None when the text is none. A month is 30 days, a year 365."""
    if not _DURATION.fullmatch(text.lower()):
        return None
    seconds = sum(int(count) * _UNITS[unit] for count, unit in _PART.findall(text.lower()))
    return timedelta(seconds=min(seconds, 86400 * 999_999))


def is_time(text: str) -> bool:
    """Tells whether a text can be used with a key that holds a time."""
    return duration(text) is not None or stretch(text, datetime(2026, 6, 15, tzinfo=UTC), "UTC") is not None


def is_relative(text: str) -> bool:
    """Tells whether a time means another one tomorrow: a length, today, monday, or a range with one of them."""
    words = (*_DAYS, *_WEEKDAYS, "now")
    return duration(text) is not None or any(part.lower() in words for part in text.split(".."))


def is_reversed(text: str) -> bool:
    """Tells whether a text is an `A..B` that ends before it begins, whenever it is asked."""
    if ".." not in text:
        return False
    found = [stretch(text, moment, "UTC") for moment in _ANY_DAY]
    return all(one is not None and one[1] <= one[0] for one in found)


def stretch(text: str, now: datetime, zone: str) -> Stretch | None:
    """Returns the stretch a day, week, month, year, instant or `A..B` covers in a zone; None for other texts."""
    if ".." in text:
        left, _, right = text.partition("..")
        first, last = stretch(left, now, zone), stretch(right, now, zone)
        return (first[0], last[1]) if first and last else None
    if text.lower() == "now":
        return now, shifted(now, timedelta(seconds=1))
    if _INSTANT.fullmatch(text):
        return _instant(text, zone)
    days = _days(text, now, zone)
    if days is None:
        return None
    where = zone_named(zone)
    return _midnight(days[0], where), _after(days[1], where)


def days(text: str, now: datetime, zone: str) -> tuple[date, date] | None:
    """Returns the first and the last day a text covers, for fields that hold a date."""
    left, dots, right = text.partition("..")
    first, last = _days(left, now, zone), _days(right if dots else left, now, zone)
    return (first[0], last[1]) if first and last else None


def shifted(moment: datetime, by: timedelta) -> datetime:
    """Returns a moment moved by a length, stopping at the ends of the calendar."""
    try:
        return moment + by
    except OverflowError:
        return END if by > timedelta() else BEGIN


def _days(text: str, now: datetime, zone: str) -> tuple[date, date] | None:
    word = text.lower()
    try:
        if word in _DAYS or word in _WEEKDAYS:
            today = now.astimezone(zone_named(zone)).date()
            back = (today.weekday() - _WEEKDAYS.index(word)) % 7 if word in _WEEKDAYS else -_DAYS[word]
            first = today - timedelta(days=back)
            return first, first
        if week := _WEEK.fullmatch(text):
            first = date.fromisocalendar(int(week[1]), int(week[2]), 1)
            return first, first + timedelta(days=6)
        if given := _DATE.fullmatch(text):
            return _calendar(given[1], given[2], given[3])
    except (ValueError, OverflowError):
        return None
    return None


def _calendar(year: str, month: str | None, day: str | None) -> tuple[date, date]:
    first = date(int(year), int(month or 1), int(day or 1))
    if day:
        return first, first
    if not month:
        return first, date(first.year, 12, 31)
    if first.month == 12:
        return first, date(first.year, 12, 31)
    return first, date(first.year, first.month + 1, 1) - timedelta(days=1)


def _instant(text: str, zone: str) -> Stretch | None:
    try:
        moment = datetime.fromisoformat(text.upper())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone_named(zone))
    except ValueError:
        return None
    try:
        start = moment.astimezone(UTC)
    except OverflowError:  # in UTC it is in a year that no calendar has
        start = END if moment.year > 5000 else BEGIN
    has_seconds = text.count(":") - (1 if _OFFSET.search(text) else 0) == 2
    return start, shifted(start, timedelta(seconds=1 if has_seconds else 60))


def _after(last: date, zone: tzinfo) -> datetime:
    """Returns when the day after a last one begins; after the last day of all, the end of the calendar."""
    if last == date.max:
        return shifted(_midnight(last, zone), timedelta(days=1))
    return _midnight(last + timedelta(days=1), zone)


def _midnight(day: date, zone: tzinfo) -> datetime:
    try:
        return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return END if day.year > 5000 else BEGIN
