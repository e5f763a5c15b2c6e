"""A document as Markdown: for a pull request, a wiki, the summary of a CI run."""

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
from gitdesk.render.markdown import escape
from gitdesk.render.shares import bar, percent
from gitdesk.render.when import duration, worked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from gitdesk.render.blocks import Document

_BAR = 10  # columns
_MARKS = {GOOD: "✅ ", BAD: "❌ ", CAREFUL: "⚠️ "}


def render_markdown_page(document: Document) -> Iterator[str]:
    """Yields the text, a block at a time; every text of a ticket is shown and nothing of it acts."""
    yield f"## {escape(document.title)} · {escape(document.subtitle)}\n\n"
    yield " · ".join(f"{escape(name)} **{escape(value)}**" for name, value in document.facts) + "\n"
    for block in document.blocks:
        yield from _block(block)
    if document.footer:
        yield f"\n<sub>{escape(document.footer)}</sub>\n"


def _block(block: Any) -> Iterator[str]:
    match block:
        case Figures():
            rows = [
                (
                    _MARKS.get(each.tone, "") + escape(each.label),
                    f"**{escape(each.value)}**",
                    escape(each.note),
                )
                for each in block.figures
            ]
            yield "\n" + _table(("", "", ""), "lrl", rows)
        case Notice():
            yield f"\n> [!{'CAUTION' if block.tone == BAD else 'WARNING'}]\n> **{escape(block.title)}**\n"
            yield "".join(f"> - {escape(each)}\n" for each in block.texts)
        case _:
            yield f"\n### {escape(block.title)}\n\n"
            yield from _body(block)


def _body(block: Any) -> Iterator[str]:
    match block:
        case Shares(rows=[_, *_]):
            rows = [
                (
                    escape(row.name),
                    f"`{bar(row.passed, row.passed + row.failed, _BAR)}`",
                    percent(row.passed, row.passed + row.failed),
                    f"{row.passed:,} of {row.passed + row.failed:,}"
                    + (f", {row.running:,} running" if row.running else ""),
                )
                for row in block.rows
            ]
            yield _table((escape(block.heading), "", "share", "met of all"), "llrr", rows)
        case Grid(rows=[_, *_]):
            heads = [escape(field.heading) for field in block.fields]
            align = "".join("l" if field.kind in ("id", "text", "time") else "r" for field in block.fields)
            cells = [
                [_cell(value, field) for value, field in zip(row, block.fields, strict=True)]
                for row in block.rows
            ]
            yield _table(heads, align, cells)
            if block.more:
                yield f"\nand {block.more:,} more\n"
        case Stack() if whole := sum(seconds for _, seconds in block.parts):
            rows = [
                (escape(name), f"`{bar(seconds, whole, _BAR)}`", percent(seconds, whole), duration(seconds))
                for name, seconds in block.parts
            ]
            yield _table((escape(block.heading), "", "share", "time"), "llrr", rows)
        case Trend(series=[_, *_]):
            heads = [escape(block.bucket), *(escape(series.name) for series in block.series)]
            yield _table(heads, "l" + "r" * len(block.series), _trend_rows(block))
        case Bars(series=[_, *_]):
            heads = [escape(block.bucket), *(escape(series.name) for series in block.series)]
            yield _table(heads, "l" + "r" * len(block.series), _bar_rows(block))
        case Heat() if block.most:
            heads = ["", *(escape(name) for name in block.rows)]
            hours = [
                [escape(name), *(f"{row[index]:,}" for row in block.cells)]
                for index, name in enumerate(block.columns)
                if any(row[index] for row in block.cells)
            ]
            yield _table(heads, "l" + "r" * len(block.rows), hours)
        case _:
            yield f"{escape(block.nothing)}\n"


def _trend_rows(block: Trend) -> Iterable[Sequence[str]]:
    for index, label in enumerate(block.labels):
        points = [series.points[index] for series in block.series]
        if any(map(any, points)):
            shown = [
                f"{percent(good, good + bad)} ({good} of {good + bad})" if good + bad else ""
                for good, bad in points
            ]
            yield [escape(label), *shown]


def _bar_rows(block: Bars) -> Iterable[Sequence[str]]:
    for index, label in enumerate(block.labels):
        yield [
            escape(label),
            *(_cell(series.values[index], Field(name="", kind=series.kind)) for series in block.series),
        ]


def _table(heads: Sequence[str], align: str, rows: Iterable[Sequence[str]]) -> str:
    """Returns a pipe table of cells that are Markdown already."""
    rule = ["--:" if each == "r" else ":--" for each in align]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (heads, rule, *rows))


def _cell(value: Any, field: Field) -> str:
    if value is None or value == "":
        return ""
    if field.kind == "id":
        return f"`{escape(str(value))}`" if str(value).replace("-", "").isalnum() else escape(str(value))
    if field.kind in ("duration", "worked"):
        return duration(value) if field.kind == "duration" else worked(value)
    if field.kind == "number":
        return f"{value:,}"
    if field.kind in ("used", "share"):
        return percent(*value)
    return escape(value.isoformat(" ")[:16] if isinstance(value, datetime) else str(value))
