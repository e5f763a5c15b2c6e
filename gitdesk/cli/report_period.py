"""The stretch of time that --from, --to and --period of a report name."""

from __future__ import annotations

from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from gitdesk.reports.period import Period

_TIMES = "write it like 7d, monday, 2026-11-01, 2026-11, 2026-W47 or 2026-11-01T09:00"


def check_time(text: str | None) -> None:
    """Raises UsageError for a text that names no time."""
    from gitdesk.domain import query_time

    if text is not None and not query_time.is_time(text.strip()):
        raise UsageError(f'"{text}" is not a time', hint=_TIMES)


def period_of(from_: str | None, to: str | None, as_of: datetime, zone: str) -> Period:
    """Returns the stretch that two checked texts name: relative to the as-of time, days in a zone."""
    from gitdesk.reports.period import Period

    start = _stretch(from_, as_of, zone)[0] if from_ else None
    end = _stretch(to, as_of, zone)[1] if to else None
    if start and end and end <= start:
        raise UsageError(f'--to "{to}" is before --from "{from_}"')
    return Period(start=start, end=end)


def _stretch(text: str, as_of: datetime, zone: str) -> tuple[datetime, datetime]:
    from gitdesk.domain import query_time

    word = text.strip()
    length = query_time.duration(word)
    if length is not None:
        moment = query_time.shifted(as_of, -length)
        return moment, moment
    found = query_time.stretch(word, as_of, zone)
    assert found is not None  # check_time has seen it
    return found
