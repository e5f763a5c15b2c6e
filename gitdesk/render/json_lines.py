"""JSON: the envelope of schema/output.schema.json, and one object a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from json import JSONEncoder

from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

SCHEMA = "gitdesk.output/1"
BETWEEN = b",\n"  # the rows of a report: inside of one, JSON has no such line end
KINDS = (
    "tickets",
    "ticket",
    "events",
    "hits",
    "violations",
    "outcome",
    "rows",
    "doctor",
    "import",
    "sla_report",
    "volume_report",
    "workload_report",
    "times_report",
    "tags_report",
    "audit_report",
    "metrics",
    "sla_status",
    "sla_explanation",
    "sla_policies",
    "calendars",
    "calendar_month",
    "calendar_due",
    "calendar_elapsed",
    "calendar_open",
    "calendar_intervals",
    "holidays",
    "hooks",
    "settled",
    "sync",
    "status",
    "changes",
    "codeowners",
    "proposals",
)

# What JSON may carry as it is but a terminal must not see; JSON reads the escape as the same character.
_UNSAFE = pattern("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def _fallback(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()[:19] + "Z"  # strftime writes the year 7 as 7
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"no JSON for {type(value).__name__}")


_encode = JSONEncoder(
    ensure_ascii=False, separators=(", ", ": "), default=_fallback, check_circular=False, allow_nan=False
).encode


def render_object(value: Any) -> str:
    """Returns one value on one line; times in UTC, durations in seconds, null for what is no number."""
    try:
        return _encode(value)
    except ValueError:
        return _encode({key: None if _is_no_number(part) else part for key, part in value.items()})


def _is_no_number(value: Any) -> bool:
    return isinstance(value, float) and value - value != 0


def render_lines(items: Iterable[Any]) -> Iterator[str]:
    """Yields one object a line, with its line end."""
    for item in items:
        yield render_object(item) + "\n"


def render_envelope(kind: str, items: Iterable[Any]) -> Iterator[str]:
    """Yields `{"schema": …, "kind": …, "items": [` , the items as they come, one a line, and `]}`."""
    yield f'{{"schema": "{SCHEMA}", "kind": "{kind}", "items": ['
    between = "\n"
    for item in items:
        yield between + render_object(item)
        between = ",\n"
    yield "]}\n" if between == "\n" else "\n]}\n"


def objects(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yields rows as objects under their names; a name that comes twice gets a number, as SQL may have it."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    names = unique
    for row in rows:
        yield dict(zip(names, row, strict=True))


def for_terminal(text: str) -> str:
    """Returns the same JSON with everything a terminal must not see escaped."""
    return _UNSAFE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
