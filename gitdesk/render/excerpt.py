"""The offending line with a caret under the column, as compilers show it."""

from __future__ import annotations

from gitdesk.render.text import cut, safe, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.render.style import Paint

_ROOM, _BEFORE = 100, 60  # columns of a line that are shown, and of them at most so many before the caret


def render_excerpt(
    text: str, line: int, column: int | None, paint: Paint, room: int | None = None
) -> Iterator[str]:
    """Yields `9 | priority: urgnet` and the caret below; of a long line what stands around the column.

    The number in front also keeps a line of a file from being read as a command by the log of a CI server.
    """
    text = text.replace("\t", " ")
    number = str(line)
    room = max((room or _ROOM) - len(number) - 7, 20)
    start = 0
    if column is not None and column - 1 <= len(text):
        before = text[: column - 1]
        if width(safe(before)) > min(_BEFORE, room - 10):
            start = max(column - 1 - min(_BEFORE, room - 10) // 2, 0)
    lead = "…" if start else ""
    yield f"    {paint('dim', f'{number} |')} {cut(lead + safe(text[start:]), room)}"
    if column is not None and column - 1 <= len(text):
        indent = width(lead + safe(text[start : column - 1]))
        yield f"    {' ' * len(number)} {paint('dim', '|')} {' ' * indent}{paint('error', '^')}"
