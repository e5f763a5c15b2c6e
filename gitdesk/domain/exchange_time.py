"""Times as other systems write them, read as aware moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gitdesk.domain.exchange import Malformed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Moment = Callable[[object], datetime]

_KEPT = 10_000  # texts whose times are remembered: many events share one


def moment_reader(zone: Callable[[datetime], datetime] | None, doubtful: Callable[[str], None]) -> Moment:
    """Returns the function that reads times: RFC 3339, other ISO forms, seconds or milliseconds since 1970.

    `zone` makes a time without one aware, None when nobody said which it is. It raises Malformed.
    """
    known: dict[object, datetime] = {}

    def read(value: object) -> datetime:
        if isinstance(value, str):
            found = known.get(value)
            if found is None and (found := _usual(value)) is not None:
                known[value] = found
                if len(known) > _KEPT:
                    known.clear()
        else:
            found = None
        if found is None:
            doubts = 0

            def doubt(what: str) -> None:
                nonlocal doubts
                doubts += 1
                doubtful(what)

            found, is_plain = _moment(value, zone, doubt)
            if isinstance(value, str) and is_plain and not doubts:  # what is doubtful is told each time
                if len(known) > _KEPT:
                    known.clear()
                known[value] = found
        return found

    return read


def _usual(text: str) -> datetime | None:
    """Returns a time that is written as most are, in UTC with `Z`, if there is nothing to say about it."""
    if text[-1:] != "Z" or text[:2] not in ("19", "20"):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year >= 1970 and found.tzinfo is UTC else None


def _moment(
    value: object, zone: Callable[[datetime], datetime] | None, doubtful: Callable[[str], None]
) -> tuple[datetime, bool]:
    """Returns a time, and whether it named its zone itself."""
    is_plain = True
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError
        if isinstance(value, str):
            found = datetime.fromisoformat(_iso(value))
            if found.tzinfo is None:
                if zone is None:
                    hint = "--timezone says which it is: --timezone Europe/Zagreb"
                    raise Malformed("", f'the time "{value}" has no time zone', hint)
                found, is_plain = zone(found), False
            offset = found.utcoffset()
            if offset is None or offset % timedelta(minutes=1):
                found = found.astimezone(UTC)
        else:
            found = datetime.fromtimestamp(value / 1000 if abs(value) >= 1e11 else value, UTC)
        if not 1 < found.astimezone(UTC).year < 9999:
            raise ValueError
    except (ValueError, OverflowError, OSError):
        raise Malformed("", f"{shown(value)} is no time", "write it as 2026-11-22T09:14:03Z") from None
    if found.astimezone(UTC).year < 1970:
        doubtful("times before 1970, dated 1970-01-01 in Git")
    return found, is_plain


def _iso(text: str) -> str:
    plain = text.strip()
    if plain.endswith(" UTC"):
        plain = plain[:-4] + "Z"
    if len(plain) > 19 and plain[-6:-5] == " " and plain[-5] in "+-":  # 2013-05-01 10:00:00 +0200
        plain = plain[:-6] + plain[-5:]
    return plain.replace("/", "-", 2) if plain[4:5] == "/" else plain


def shown(value: object) -> str:
    """Returns a value as a message may quote it."""
    text = str(value)
    return f'"{text[:60]}…"' if len(text) > 60 else f'"{text}"'
