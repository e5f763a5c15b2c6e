"""Text in HTML: whatever a ticket says, it is shown and does nothing."""

from __future__ import annotations

from gitdesk.render.text import safe

_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def text(value: str) -> str:
    """Returns text for an element or a quoted attribute, on one line; what hides or reorders text is shown."""
    return safe(value).translate(_MARKUP)


def head(title: str, note: str, name: str, extra: str = "") -> str:
    """Returns the beginning of a section: its heading and a note."""
    told = f'<p class="note">{text(note)}</p>\n' if note else ""
    return f'<section{extra} aria-labelledby="{name}">\n<h2 id="{name}">{text(title)}</h2>\n{told}'


def nothing(words: str) -> str:
    """Returns what ends a section that has nothing to show."""
    return f'<p class="nothing">{text(words)}</p>\n</section>\n'
