"""A document for a terminal: within eighty columns, charts as bars of text."""

from __future__ import annotations

from datetime import datetime

from gitdesk.render.blocks import (
    BAD,
    CAREFUL,
    GOOD,
    Bars,
    Field,
    Figures,
    Grid,
    Heat,
    Notice,
    Shares,
    Stack,
    Trend,
)
from gitdesk.render.shares import bar, percent, shade, sparkline
from gitdesk.render.table import Column, Page, Table, render_table
from gitdesk.render.text import cut, pad, safe, width, wrap
from gitdesk.render.when import duration, worked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from gitdesk.render.blocks import Document, Share
    from gitdesk.render.style import Paint

_WIDTH = 80  # where no terminal sets a bound
_NAME, _BAR = 22, 20  # columns
STYLES = {GOOD: "good", BAD: "error", CAREFUL: "warn"}


def render_lines(document: Document, page: Page) -> Iterator[str]:
    """Yields the lines; ends of blocks are empty lines."""
    room = page.width or _WIDTH
    yield page.paint("heading", cut(safe(f"{document.title} · {document.subtitle}"), room))
    yield from (page.paint("dim", line) for line in _facts(document, room))
    for block in document.blocks:
        lines = list(_block(block, page, room))
        if lines:
            yield ""
            yield from lines


def _facts(document: Document, room: int) -> Iterator[str]:
    """Yields the facts, as many on a line as fit; one that is too long by itself is cut."""
    line = ""
    for name, value in document.facts:
        fact = cut(safe(f"{name} {value}"), room)
        if line and width(line) + width(fact) + 3 > room:
            yield line
            line = ""
        line += f" · {fact}" if line else fact
    if line:
        yield line


def _block(block: Any, page: Page, room: int) -> Iterator[str]:
    match block:
        case Figures():
            yield from _figures(block, page.paint, room)
        case Shares():
            yield page.paint("heading", cut(safe(block.title), room))
            yield from (
                _shares(block.rows, page.paint, room) if block.rows else wrap(safe(block.nothing), room)
            )
        case Grid():
            yield page.paint("heading", cut(safe(_counted(block)), room))
            yield from _grid(block, page, room) if block.rows else wrap(safe(block.nothing), room)
        case Stack():
            yield page.paint("heading", cut(safe(block.title), room))
            yield from (
                _stack(block) if any(each for _, each in block.parts) else wrap(safe(block.nothing), room)
            )
        case Trend():
            yield page.paint("heading", cut(safe(block.title), room))
            yield from _trend(block) if block.series else wrap(safe(block.nothing), room)
        case Bars():
            yield page.paint("heading", cut(safe(block.title), room))
            yield from _bars(block, room) if block.series else wrap(safe(block.nothing), room)
        case Heat():
            yield page.paint("heading", cut(safe(block.title), room))
            yield from _heat(block, room) if block.most else wrap(safe(block.nothing), room)
        case Notice():
            yield page.paint(STYLES.get(block.tone, ""), cut(safe(block.title), room))
            for each in block.texts:
                yield from wrap(f"  {safe(each)}", room, "    ")


def _counted(block: Grid) -> str:
    return f"{block.title} ({len(block.rows) + block.more:,})" if block.rows else block.title


def _figures(block: Figures, paint: Paint, room: int) -> Iterator[str]:
    values = [safe(figure.value) for figure in block.figures]
    size = max(map(width, values))
    for figure, value in zip(block.figures, values, strict=True):
        shown = paint(STYLES.get(figure.tone, ""), pad(value, size, "right"))
        label = cut(safe(figure.label), room - size - 4)
        note = cut(safe(figure.note), max(room - size - width(label) - 6, 0))
        yield f"  {shown}  {label}" + (paint("dim", f"  {note}") if note else "")


def _name(text: str) -> str:
    """Returns what begins a line; in quotes where the log of a CI server could take the line for a command."""
    return cut(f'"{safe(text)}"' if text.lstrip().startswith("::") else safe(text), _NAME)


def _shares(rows: Sequence[Share], paint: Paint, room: int) -> Iterator[str]:
    names = [_name(row.name) for row in rows]
    size = max(map(width, names))
    length = max(min(_BAR, room - size - 32), 5)
    for name, row in zip(names, rows, strict=True):
        whole = row.passed + row.failed
        share = pad(percent(row.passed, whole), 6, "right")
        style = "good" if whole and not row.failed else "error" if row.failed else ""
        told = f"{row.passed:,} of {whole:,}" + (f", {row.running:,} running" if row.running else "")
        yield f"  {pad(name, size)}  {paint(style, bar(row.passed, whole, length))}  {share}  {told}"


def _stack(block: Stack) -> Iterator[str]:
    whole = sum(seconds for _, seconds in block.parts)
    names = [_name(name) for name, _ in block.parts]
    size = max(map(width, names))
    for name, (_, seconds) in zip(names, block.parts, strict=True):
        share = pad(percent(seconds, whole), 6, "right")
        yield f"  {pad(name, size)}  {bar(seconds, whole, _BAR)}  {share}  {duration(seconds)}"


def _trend(block: Trend) -> Iterator[str]:
    for series in block.series:
        yield f"  {safe(series.name)}"
        for label, (passed, failed) in zip(block.labels, series.points, strict=True):
            if whole := passed + failed:
                share = pad(percent(passed, whole), 6, "right")
                yield f"    {pad(label, 10)}  {bar(passed, whole, _BAR)}  {share}  {passed:,} of {whole:,}"


def _bars(block: Bars, room: int) -> Iterator[str]:
    """Yields a line a series: its latest numbers as far as there is room, and the greatest of them."""
    names = [_name(series.name) for series in block.series]
    size = max(map(width, names))
    count = max(min(room - size - 26, len(block.labels)), 1)
    for name, series in zip(names, block.series, strict=True):
        values = series.values[-count:]
        most = max((value for value in values if value is not None), default=None)
        told = "" if most is None else f"  at most {_value(most, Field(name='', kind=series.kind))}"
        yield f"  {pad(name, size)}  {sparkline(values)}{told}"
    first, last = safe(block.labels[-count]), safe(block.labels[-1])
    yield f"  {pad('', size)}  {first if first == last else f'{first} … {last}'}"


def _heat(block: Heat, room: int) -> Iterator[str]:
    size = max(map(width, block.rows))
    wide = 2 if size + 2 * len(block.columns) + 12 <= room else 1
    every = 3
    heads = [pad(safe(name), every * wide) for name in block.columns[::every]]
    yield f"  {pad('', size)}  {''.join(heads)}".rstrip()
    most = block.most
    for name, cells in zip(block.rows, block.cells, strict=True):
        yield f"  {pad(safe(name), size)}  {''.join(shade(cell, most) * wide for cell in cells)}  {sum(cells):,}"


def _grid(block: Grid, page: Page, room: int) -> Iterator[str]:
    places = [index for index, field in enumerate(block.fields) if not field.minor]
    columns = tuple(_column(block.fields[index]) for index in places)
    rows = [tuple(_value(row[index], block.fields[index]) for index in places) for row in block.rows]
    inner = Page(now=page.now, width=room - 2, paint=page.paint, zone=page.zone)
    yield from (f"  {line}" for line in render_table(Table(columns=columns, rows=rows), inner))
    if block.more:
        yield f"  and {block.more:,} more"


def _column(field: Field) -> Column:
    if field.kind == "id":
        return Column(field.name, field.title, kind="id", style=lambda _: "id")
    right = field.kind in ("number", "duration", "worked", "used", "share")
    return Column(
        field.name,
        field.title,
        align="right" if right else "left",
        give_way=0 if right else 2 if field.name == "title" else 1,
        least=10,
    )


def _value(value: Any, field: Field) -> Any:
    if value is None:
        return ""
    if field.kind in ("duration", "worked"):
        return duration(value) if field.kind == "duration" else worked(value)
    if field.kind in ("used", "share"):
        return percent(*value)
    if field.kind == "number":
        return f"{value:,}"
    return value.isoformat(" ")[:16] if isinstance(value, datetime) else value
