"""The only reader of the wall clock."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from gitdesk.errors import UsageError


def now(environ: dict[str, str] | None = None) -> datetime:
    """Returns the present in UTC to the second; `GITDESK_NOW` (RFC 3339) stands in for it."""
    given = (os.environ if environ is None else environ).get("GITDESK_NOW")
    if not given:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(
            f'GITDESK_NOW is not a time with a zone: "{given}"', hint="write it like 2026-11-22T09:00:00Z"
        )
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        raise UsageError(f'GITDESK_NOW is beyond the calendar: "{given}"') from None
