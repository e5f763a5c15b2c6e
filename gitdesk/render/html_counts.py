"""Numbers over time and by day and hour as parts of an HTML page."""

from __future__ import annotations

from gitdesk.render.html_text import head, nothing, text
from gitdesk.render.shares import level
from gitdesk.render.svg_bars import bar_chart
from gitdesk.render.when import duration, worked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gitdesk.render.blocks import Bars, Heat

_LEVELS = 9  # shades, and none
_SHOWN: dict[str, Callable[[int], str]] = {"duration": duration, "worked": worked}


def render_bars(block: Bars, name: str) -> Iterator[str]:
    """Yields a section with a chart a series."""
    yield head(block.title, block.note, name)
    if not block.series:
        yield nothing(block.nothing)
        return
    yield '<div class="panels">\n'
    for series in block.series:
        shown = _SHOWN.get(series.kind, _plain)
        values = [value for value in series.values if value is not None]
        told = f"at most {shown(max(values))}" if values else "–"
        label = f"{series.name} by {block.bucket} from {block.labels[0]} to {block.labels[-1]}: {told}"
        yield (
            f"<figure><figcaption><h3>{text(series.name)}</h3><span>{text(told)}</span></figcaption>\n"
            f"{bar_chart(series.values, block.labels, label, shown)}\n</figure>\n"
        )
    yield "</div>\n</section>\n"


def render_heat(block: Heat, name: str) -> Iterator[str]:
    """Yields a section with a table whose cells are the darker the greater their numbers."""
    yield head(block.title, block.note, name)
    most = block.most
    if not most:
        yield nothing(block.nothing)
        return
    yield f'<div class="wide" tabindex="0" role="region" aria-labelledby="{name}">\n<table class="heat">\n'
    yield f"<caption>{text(block.title)}</caption>\n<thead><tr><th></th>"
    yield "".join(f'<th scope="col">{text(column)}</th>' for column in block.columns)
    yield '<th scope="col" class="number">all</th></tr></thead>\n<tbody>\n'
    for row, cells in zip(block.rows, block.cells, strict=True):
        yield f'<tr><th scope="row">{text(row)}</th>'
        yield "".join(f'<td class="h{level(cell, most, _LEVELS)}">{cell or ""}</td>' for cell in cells)
        yield f'<td class="number">{sum(cells):,}</td></tr>\n'
    yield "</tbody>\n</table>\n</div>\n</section>\n"


def _plain(value: int) -> str:
    return f"{value:,}"
