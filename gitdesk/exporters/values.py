"""The texts of events back into values: fields, links, lists as they were before, and moments with their zone."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from functools import lru_cache

from gitdesk.domain.event import parse_value_text, value_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    # One entry of a list that went (place, None), came (None, place) or moved (both), and its text.
    Shift = tuple[int | None, int | None, str]


def field_value(text: str) -> str | list[str] | None:
    """Returns the value that `value_text` gave this text for, as JSON has it; None for an absent one."""
    value = parse_value_text(text)
    return list(value) if isinstance(value, tuple) else value


def is_exact(text: str) -> bool:
    """Tells whether a text of a field says its value, as `value_text` would say it again."""
    value = field_value(text)
    return value_text(tuple(value) if isinstance(value, list) else value) == text


def link(text: str) -> dict[str, str]:
    """Returns a link as the neutral format has it: `duplicates GD-4F7K2M9T`."""
    kind, _, target = text.partition(" ")
    return {"kind": kind, "to": target}


def is_set(items: Sequence[str]) -> bool:
    """Tells whether a list is sorted without repetition, so that what came and went says it all."""
    return len(items) < 2 or list(items) == sorted(set(items))


def before(after: Sequence[str], shifts: Iterable[Shift]) -> list[str] | None:
    """Returns a list as it was before what happened to it; None when that does not fit together.

    It does not where branches were joined: each told what it did to a list of its own.
    """
    left: list[str | None] = list(after)
    back: list[tuple[int, str]] = []
    for was, place, text in shifts:
        if place is not None:
            if place >= len(left) or left[place] != text:
                return None
            left[place] = None
        if was is not None:
            back.append((was, text))
    found = [item for item in left if item is not None]
    for was, text in sorted(back):
        if was > len(found):
            return None
        found.insert(was, text)
    return found


def moment(utc: str, zone: str) -> str:
    """Returns a time of a commit, `…Z`, in the zone the commit was made in."""
    return utc if zone == "+0000" else datetime.fromisoformat(utc).astimezone(_offset(zone)).isoformat()


@lru_cache(maxsize=100)
def _offset(zone: str) -> timezone:
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def names(text: str) -> list[str]:
    """Returns the people of one text, `Name <address>, Name <address>`; a name may hold a comma."""
    parts = [part.strip() for part in text.split(">,") if part.strip()]
    return [part if part.endswith(">") or "<" not in part else f"{part}>" for part in parts]


def source_of(text: str, ticket: str) -> Any:
    """Returns where a ticket came from: what it says of itself, else this desk."""
    system, colon, number = text.partition(":")
    if colon and system and number:
        return {"system": system, "id": number}
    return {"system": "gitdesk", "id": ticket}
