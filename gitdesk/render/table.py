"""Tables: plain rows under named columns, drawn to fit a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta

from gitdesk.render.style import PLAIN
from gitdesk.render.text import cut, pad, safe, width
from gitdesk.render.when import due, duration, moment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import tzinfo
    from typing import Any

    from gitdesk.render.style import Paint

GAP = "  "


# Plain classes: as dataclasses these three would add 4 ms to every start, more than drawing a screenful takes.


class Column:
    """One column: `name` is the public JSON name, `title` what people read above it.

    `kind` says how people read the value: text, id, time (relative), due (a time to come, or late), duration (seconds).
    `give_way` orders who is cut first when the table is too wide (highest first, 0 never), down to `least` columns.
    `style` names the style of a value; `emphasis` says how many characters of an id's code to show in bold.
    """

    __slots__ = ("align", "emphasis", "give_way", "kind", "least", "name", "style", "title")

    def __init__(
        self,
        name: str,
        title: str = "",
        *,
        kind: str = "text",
        align: str = "left",
        give_way: int = 0,
        least: int = 6,
        style: Callable[[Any], str] | None = None,
        emphasis: Callable[[Any], int] | None = None,
    ) -> None:
        self.name, self.title, self.kind, self.align = name, title, kind, align
        self.give_way, self.least, self.style, self.emphasis = give_way, least, style, emphasis

    @property
    def heading(self) -> str:
        """Returns what stands above the column."""
        return self.title or self.name.replace("_", " ").replace(".", " ")


class Table:
    """Columns and rows of plain values: text, numbers, True/False, None, tuples of text, aware times, timedeltas."""

    __slots__ = ("columns", "row_style", "rows")

    def __init__(
        self,
        *,
        columns: tuple[Column, ...],
        rows: Iterable[Sequence[Any]],
        row_style: Callable[[Sequence[Any]], str] | None = None,
    ) -> None:
        self.columns, self.rows, self.row_style = columns, rows, row_style


class Page:
    """Who reads: columns of the screen (None = any number), colour, the present and the reader's zone."""

    __slots__ = ("now", "paint", "width", "zone")

    def __init__(
        self, *, now: datetime, width: int | None = None, paint: Paint = PLAIN, zone: tzinfo | None = None
    ) -> None:
        self.now, self.width, self.paint, self.zone = now, width, paint, zone


def plain(value: Any) -> str:
    """Returns a value as text without looking at who reads it."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(plain(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}={plain(part)}" for key, part in value.items())
    return str(value)


def cell(value: Any, column: Column, page: Page) -> str:
    """Returns a value as people read it, safe for one line of a terminal."""
    if value is None or value == "":
        return ""
    if column.kind == "due":
        return _due(value, page)
    if column.kind == "time" or isinstance(value, datetime):
        return _moment(value, page)
    if column.kind == "duration" or isinstance(value, timedelta):
        return duration(value) if isinstance(value, int | float | timedelta) else safe(plain(value))
    return safe(plain(value))


def _due(value: Any, page: Page) -> str:
    """Returns when something is due; a word that stands in the place of a time is shown as it is."""
    try:
        return due(value, page.now, page.zone)
    except (TypeError, ValueError, OverflowError):
        return safe(plain(value))


def _moment(value: Any, page: Page) -> str:
    try:
        return moment(value, page.now, page.zone)
    except (TypeError, ValueError, OverflowError):
        return safe(plain(value))


def render_table(table: Table, page: Page) -> list[str]:
    """Returns the lines of a table, heading first; nothing at all when there is no row."""
    rows = [tuple(row) for row in table.rows]
    if not rows:
        return []
    cells = [
        [cell(value, column, page) for value, column in zip(row, table.columns, strict=True)] for row in rows
    ]
    headings = [safe(column.heading).upper() for column in table.columns]
    sizes = [max(map(width, parts)) for parts in zip(headings, *cells, strict=True)]
    if page.width is not None:
        sizes = fit(sizes, table.columns, page.width)
    lines = [_line(headings, sizes, table.columns, ["column"] * len(headings), None, page.paint)]
    for row, texts in zip(rows, cells, strict=True):
        whole = table.row_style(row) if table.row_style else ""
        styles = [
            whole or (column.style(value) if column.style else "")
            for value, column in zip(row, table.columns, strict=True)
        ]
        lines.append(_line(texts, sizes, table.columns, styles, None if whole else row, page.paint))
    return lines


def fit(sizes: Sequence[int], columns: Sequence[Column], room: int) -> list[int]:
    """Returns column widths that fit the room: who gives way most readily goes down to its least first."""
    sizes = list(sizes)
    excess = sum(sizes) + len(GAP) * (len(sizes) - 1) - room
    order = sorted(range(len(sizes)), key=lambda index: (-columns[index].give_way, -index))
    for floor in ("least", "hard"):
        for index in order:
            if excess <= 0:
                return sizes
            column = columns[index]
            if column.kind == "id" or (floor == "least" and not column.give_way):
                continue
            least = column.least if floor == "least" else 3
            given = max(min(excess, sizes[index] - least), 0)
            sizes[index] -= given
            excess -= given
    return sizes


def _line(
    texts: Sequence[str],
    sizes: Sequence[int],
    columns: Sequence[Column],
    styles: Sequence[str],
    row: Sequence[Any] | None,
    paint: Paint,
) -> str:
    parts = []
    last = len(texts) - 1
    for index, (text, size, column, style) in enumerate(zip(texts, sizes, columns, styles, strict=True)):
        shown = cut(text, size)
        filled = shown if index == last and column.align == "left" else pad(shown, size, column.align)
        if paint.on:
            painted = _painted(shown, row[index] if row is not None else None, column, style, paint)
            filled = filled.replace(shown, painted, 1) if shown else filled
        parts.append(filled)
    return GAP.join(parts).rstrip() if not paint.on else GAP.join(parts)


def _painted(shown: str, value: Any, column: Column, style: str, paint: Paint) -> str:
    if column.emphasis is None or value is None:
        return paint(style, shown)
    return emphasised(shown, column.emphasis(value), paint)


def emphasised(ticket_id: str, count: int, paint: Paint) -> str:
    """Returns an id with the part of its code that is enough to name it in bold."""
    start = ticket_id.find("-") + 1
    return ticket_id[:start] + paint("id", ticket_id[start : start + count]) + ticket_id[start + count :]
