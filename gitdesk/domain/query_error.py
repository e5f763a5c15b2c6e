"""What is said about a query that cannot be read: the words, the text, a caret under the mistake, a near miss."""

from __future__ import annotations

from gitdesk.errors import UsageError

_SHOWN = 100  # characters of a long query that are shown around the mistake


class QueryError(UsageError):
    """A mistake in a query; `start` and `end` are its characters in `text`."""

    def __init__(self, what: str, text: str, start: int, end: int, hint: str | None = None) -> None:
        self.what, self.text, self.start, self.end = what, text, start, max(end, start + 1)
        super().__init__(f"{what}\n{_pointed(text, self.start, self.end)}", hint=hint)


def _pointed(text: str, start: int, end: int) -> str:
    left = max(0, min(start - _SHOWN // 2, len(text) - _SHOWN))
    shown = text[left : left + _SHOWN]
    before = shown[: start - left]
    marked = text[start : min(end, left + _SHOWN)]
    line = "".join(c if c.isprintable() else " " for c in shown)
    return f"  {line}\n  {' ' * _columns(before)}{'^' * max(1, _columns(marked))}"


def _columns(text: str) -> int:
    from unicodedata import category, east_asian_width

    wide = (2 if east_asian_width(c) in "WF" else 1 for c in text if category(c) not in ("Mn", "Me", "Cf"))
    return sum(wide)
