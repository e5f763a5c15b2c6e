"""How dates of foreign files are read: ISO in its many spellings, numbers since 1970, and formats the map names."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

MILLISECONDS_FROM = 1e11  # as numbers of seconds these would be years after 5138
_EPOCH = datetime(1970, 1, 1)
_EPOCH_UTC = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = "(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_DIRECTIVES = {
    "d": r"(?P<day>\d{1,2})",
    "m": r"(?P<month>\d{1,2})",
    "b": r"(?P<name>[a-z]{3})[a-z]*\.?",
    "B": r"(?P<name>[a-z]{3})[a-z]*\.?",
    "Y": r"(?P<year>\d{4})",
    "y": r"(?P<short>\d{2})",
    "H": r"(?P<hour>\d{1,2})",
    "I": r"(?P<hour>\d{1,2})",
    "M": r"(?P<minute>\d{1,2})",
    "S": r"(?P<second>\d{1,2})",
    "f": r"(?P<part>\d{1,9})",
    "p": r"(?P<half>[ap])\.?m\.?",
    "z": r"(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})",
    "a": _DAYS,
    "A": _DAYS,
    "%": "%",
}
_FRACTION = r"(?:[.,](?P<part>\d{1,9}))?"
_ZONE = r"(?:\s*(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2}))?"
_COMPACT = re.compile(r"(?:19|20)\d{12}")
_NUMBER = re.compile(r"-?\d{9,13}(?:\.\d+)?")

# Where a time stands in the order (seconds since 1970, one without a zone as if in UTC), and how it is told.
Moment = tuple[float, "str | int | float"]


def reader(formats: str | Sequence[str] = ()) -> Callable[[Any], Moment]:
    """Returns what reads one value as a time, or raises ValueError: by the formats in turn, then as ISO or a number.

    Formats are those of strptime, with English names of months. After seconds a fraction, and at the end a zone, may
    follow unasked. Raises UsageError for a format that cannot be.
    """
    made = [_compiled(one) for one in ([formats] if isinstance(formats, str) else formats) if one]

    @lru_cache(maxsize=8192)
    def of_format(text: str) -> Moment:
        for form in made:
            if matched := form.fullmatch(text):
                return _told(_built(matched))
        return _iso(text)

    of_text = of_format if made else _iso

    def read(value: Any) -> Moment:
        if value.__class__ is str:
            return of_text(value.strip())
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _since(value)
        raise ValueError("is no time")

    return read


def _told(moment: datetime) -> Moment:
    origin = _EPOCH if moment.tzinfo is None else _EPOCH_UTC
    return (moment - origin).total_seconds(), moment.isoformat()


def _since(number: int | float) -> Moment:
    if abs(number) >= MILLISECONDS_FROM:
        return number / 1000, number
    return float(number), number


def _iso(text: str) -> Moment:
    """Reads ISO 8601, also with slashes, `UTC`, or all digits in one, and numbers since 1970."""
    if text[4:5] == "-" and len(text) >= 16:  # what nearly all are: told as it stands
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            told = moment.isoformat() if " " in text[11:] else text
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp(), told
    if _COMPACT.fullmatch(text):
        return _told(datetime.strptime(text, "%Y%m%d%H%M%S"))
    if _NUMBER.fullmatch(text):
        return _since(float(text) if "." in text else int(text))
    if text[-3:] in ("UTC", "GMT"):
        text = text[:-3].rstrip() + "+00:00"
    elif text[-6:-5] == " ":  # "2012-03-15 11:53:52 +0100"
        text = text[:-6] + text[-5:]
    if text[4:5] == "/" and text[7:8] == "/":
        text = text.replace("/", "-")
    return _told(datetime.fromisoformat(text))


def _compiled(form: str) -> re.Pattern[str]:
    """Returns the pattern of a format."""
    pieces, seen = [], set()
    form = form.replace("%T", "%H:%M:%S").replace("%F", "%Y-%m-%d").replace("%R", "%H:%M")
    for plain, directive in re.findall(r"([^%]+)|%(.?)", form):
        if plain:
            pieces.append(re.sub(r"(?:\\\s|\s)+", lambda _: r"\s+", re.escape(plain)))
            continue
        known = _DIRECTIVES.get(directive)
        if known is None or directive in seen:
            raise UsageError(
                f'the date format "{form}" cannot be read at "%{directive}"',
                hint='it is written as in "%d.%m.%Y %H:%M:%S"; directives are '
                + " ".join(f"%{d}" for d in _DIRECTIVES),
            )
        seen.add(directive)
        pieces.append(known)
        if directive == "S" and "%f" not in form:
            pieces.append(_FRACTION)
    if not ({"d"} <= seen and seen & {"m", "b", "B"} and seen & {"Y", "y"}):
        raise UsageError(
            f'the date format "{form}" has no day, month and year',
            hint='as in "%d.%m.%Y %H:%M:%S" or "%m/%d/%Y %I:%M %p"',
        )
    return re.compile("".join(pieces) + ("" if "z" in seen else _ZONE), re.IGNORECASE)


def _built(matched: re.Match[str]) -> datetime:
    """Returns the time that a format's pattern found; raises ValueError for the 31st of February."""
    found = matched.groupdict()
    short = found.get("short")
    year = int(found["year"]) if short is None else int(short) + (1900 if int(short) >= 69 else 2000)
    name = found.get("name")
    month = int(found["month"]) if name is None else 1 + _MONTHS.index(name.lower())
    hour = int(found.get("hour") or 0)
    if half := found.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError("hour must be in 1..12")
        hour = hour % 12 + (12 if half in "pP" else 0)
    part = (found.get("part") or "").ljust(6, "0")[:6]
    return datetime(
        year,
        month,
        int(found["day"]),
        hour,
        int(found.get("minute") or 0),
        int(found.get("second") or 0),
        int(part),
        tzinfo=_zone(found.get("zone")),
    )


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    digits = text[1:].replace(":", "")
    away = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-away if text[0] == "-" else away)
