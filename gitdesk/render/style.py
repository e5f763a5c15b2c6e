"""Colour: names of what a piece of text is, and the sixteen colours of every terminal for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# A status is coloured by its category, a priority by its place in the desk's order (`priority_style`).
_CODES = {
    "bold": "1",
    "dim": "2",
    "heading": "1",
    "column": "2;4",
    "id": "1;36",
    "new": "1;35",
    "open": "32",
    "waiting": "33",
    "external": "33",
    "snoozed": "34",
    "resolved": "2",
    "closed": "2",
    "cancelled": "2;9",
    "highest": "1;31",
    "raised": "31",
    "ordinary": "",
    "lowered": "2",
    "error": "1;31",
    "warn": "33",
    "hint": "36",
    "good": "32",
    "note": "33",
    "added": "32",
    "removed": "31",
    "hunk": "36",
    "found": "1;33",
}


class Paint:
    """Puts colour on text, or leaves it alone when colour is off."""

    __slots__ = ("on",)

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, style: str, text: str) -> str:
        """Returns text in a style; an unknown or empty style changes nothing."""
        code = _CODES.get(style)
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and code and text else text


PLAIN = Paint(False)


def due_style(value: object, now: datetime) -> str:
    """Returns the style of what is due, RFC 3339 in UTC, or of the word in its place: late, within two hours, later."""
    text = str(value or "")
    if text[:1].isdigit():
        return "error" if text < _stored(now) else "warn" if text < _stored(now + timedelta(hours=2)) else ""
    return "error" if text == "breached" else "waiting" if text == "paused" else ""


def _stored(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def priority_style(rank: int, count: int) -> str:
    """Returns the style of a priority from its place (0 = lowest) among the desk's priorities."""
    if rank < 0 or count < 2:
        return "ordinary"
    if rank == count - 1:
        return "highest"
    if rank == 0:
        return "lowered"
    return "raised" if rank == count - 2 and count > 3 else "ordinary"
