"""How single values are stored, which writing and asking must agree on."""

from __future__ import annotations

from datetime import UTC

from gitdesk.domain.folding import fold
from gitdesk.domain.format import normal_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

LINK_MARK = "\x01"  # between kind and code in a link's key; folding leaves no control character


def instant(moment: datetime | None) -> str:
    """Returns a time as it is stored, RFC 3339 in UTC; "" for None."""
    if moment is None:
        return ""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat()[:19] + "Z"


def link_key(kind: str, target: str) -> str:
    """Returns the folded key of a link."""
    return f"{fold(kind)}{LINK_MARK}{normal_code(target).replace(LINK_MARK, '')}"
