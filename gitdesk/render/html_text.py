"""Text in HTML: whatever a ticket says, it is shown and does nothing."""

from __future__ import annotations

from gitdesk.render.text import safe

_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def text(value: str) -> str:
    """Returns text for an element or a quoted attribute, on one line; what hides or reorders text is shown."""
    return safe(value).translate(_MARKUP)
