"""A document as one HTML page that needs nothing else: no network, no font, no picture; light, dark and on paper."""

from __future__ import annotations

from datetime import datetime

from gitdesk.render import svg
from gitdesk.render.blocks import Bars, Figures, Grid, Heat, Notice, Shares, Stack, Trend
from gitdesk.render.html_counts import render_bars, render_heat
from gitdesk.render.html_style import SCRIPT, STYLE
from gitdesk.render.html_text import head, nothing, text
from gitdesk.render.shares import percent
from gitdesk.render.when import duration, utc_minute, worked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitdesk.render.blocks import Document, Field

_NUMBERS = ("duration", "worked", "number")


def render_page(document: Document) -> Iterator[str]:
    """Yields the parts of the page; the same document gives the same bytes."""
    yield (
        f'<!DOCTYPE html>\n<html lang="{text(document.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{text(document.title)} · {text(document.subtitle)}</title>\n"
        f"<style>{STYLE}</style>\n</head>\n<body>\n{svg.DEFINITIONS}\n"
    )
    yield f'<header class="top">\n<h1>{text(document.title)}</h1>\n'
    yield f'<p class="subtitle">{text(document.subtitle)}</p>\n<dl class="facts">\n'
    for name, value in document.facts:
        yield f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>\n"
    yield "</dl>\n</header>\n<main>\n"
    yield from _blocks(document)
    yield f"</main>\n<footer><p>{text(document.footer)}</p></footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"


def _policy() -> str:
    """Returns a policy under which the page may load nothing, and run and look like nothing but its own two parts."""
    return (
        f"default-src 'none'; style-src '{_digest(STYLE)}'; script-src '{_digest(SCRIPT)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(part: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    return "sha256-" + b64encode(sha256(part.encode()).digest()).decode("ascii")


def _blocks(document: Document) -> Iterator[str]:
    halves: list[Shares] = []
    for number, block in enumerate(document.blocks):
        half = isinstance(block, Shares) and block.half
        if halves and (not half or len(halves) == 2):
            yield from _pair(halves, number)
            halves = []
        if half:
            halves.append(block)
        else:
            yield from _block(block, f"b{number}")
    if halves:
        yield from _pair(halves, len(document.blocks))


def _pair(blocks: list[Shares], number: int) -> Iterator[str]:
    yield '<div class="pair">\n'
    for index, block in enumerate(blocks):
        yield from _shares(block, f"b{number}-{index}")
    yield "</div>\n"


def _block(block: Any, name: str) -> Iterator[str]:
    match block:
        case Figures():
            yield from _figures(block)
        case Shares():
            yield from _shares(block, name)
        case Trend():
            yield from _trend(block, name)
        case Stack():
            yield from _stack(block, name)
        case Grid():
            yield from _grid(block, name)
        case Bars():
            yield from render_bars(block, name)
        case Heat():
            yield from render_heat(block, name)
        case Notice():
            yield from _notice(block, name)


def _figures(block: Figures) -> Iterator[str]:
    yield '<ul class="figures" aria-label="Totals">\n'
    for figure in block.figures:
        more = f' <span class="more">{text(figure.note)}</span>' if figure.note else ""
        yield (
            f'<li class="{figure.tone}"><span class="label">{text(figure.label)}</span> '
            f'<span class="value">{text(figure.value)}</span>{more}</li>\n'
        )
    yield "</ul>\n"


def _notice(block: Notice, name: str) -> Iterator[str]:
    yield head(block.title, "", name, f' class="notice {block.tone}"')
    yield "<ul>\n" + "".join(f"<li>{text(each)}</li>\n" for each in block.texts) + "</ul>\n</section>\n"


def _shares(block: Shares, name: str) -> Iterator[str]:
    yield head(block.title, block.note, name)
    if not block.rows:
        yield nothing(block.nothing)
        return
    yield f'<div class="wide" tabindex="0" role="region" aria-labelledby="{name}">\n<table>\n'
    yield f"<caption>{text(block.title)}</caption>\n<thead><tr>"
    yield f'<th scope="col">{text(block.heading)}</th><th scope="col" class="chart"></th>'
    yield '<th scope="col" class="number">share</th><th scope="col" class="number">met of all</th></tr></thead>\n'
    yield "<tbody>\n"
    for row in block.rows:
        whole = row.passed + row.failed
        yield (
            f'<tr><th scope="row">{text(row.name)}</th>'
            f'<td class="chart">{svg.share_bar(row.passed, row.failed, row.running)}</td>'
            f'<td class="number">{percent(row.passed, whole)}</td>'
            f'<td class="number">{row.passed:,} of {whole:,}</td></tr>\n'
        )
    yield "</tbody>\n</table>\n</div>\n</section>\n"


def _trend(block: Trend, name: str) -> Iterator[str]:
    yield head(block.title, block.note, name)
    if not block.series:
        yield nothing(block.nothing)
        return
    yield '<div class="panels">\n'
    for series in block.series:
        passed = sum(each for each, _ in series.points)
        whole = passed + sum(each for _, each in series.points)
        told = f"{percent(passed, whole)} of {whole:,}"
        label = f"{series.name}: {told} met, by {block.bucket} from {block.labels[0]} to {block.labels[-1]}"
        yield (
            f"<figure><figcaption><h3>{text(series.name)}</h3><span>{told}</span></figcaption>\n"
            f"{svg.trend_chart(series, block.labels, label)}\n</figure>\n"
        )
    yield "</div>\n" + _KEY + "</section>\n"


_KEY = (
    '<ul class="key" aria-label="Key">'
    '<li><svg viewBox="0 0 22 10" aria-hidden="true"><path class="line" d="M0 5H22"/>'
    '<circle class="dot" cx="11" cy="5" r="3"/></svg>share met, in percent</li>'
    '<li><svg viewBox="0 0 22 10" aria-hidden="true"><path class="dot some" d="M11 0L16 5L11 10L6 5Z"/></svg>'
    "something was missed</li>"
    '<li><svg viewBox="0 0 22 10" aria-hidden="true"><rect class="good" width="22" height="10"/></svg>met</li>'
    '<li><svg viewBox="0 0 22 10" aria-hidden="true"><rect class="bad" width="22" height="10"/>'
    '<rect class="hatch" width="22" height="10" fill="url(#hatch)"/></svg>breached</li></ul>\n'
)


def _stack(block: Stack, name: str) -> Iterator[str]:
    yield head(block.title, block.note, name)
    whole = sum(seconds for _, seconds in block.parts)
    if not whole:
        yield nothing(block.nothing)
        return
    yield svg.stack_bar(block.parts)
    yield f"\n<table>\n<caption>{text(block.title)}</caption>\n<thead><tr>"
    yield f'<th scope="col">{text(block.heading)}</th><th scope="col" class="number">time</th>'
    yield '<th scope="col" class="number">share</th></tr></thead>\n<tbody>\n'
    for index, (part, seconds) in enumerate(block.parts):
        yield (
            f'<tr><th scope="row">{svg.swatch(index)}{text(part)}</th>'
            f'<td class="number">{duration(seconds)}</td><td class="number">{percent(seconds, whole)}</td></tr>\n'
        )
    yield "</tbody>\n</table>\n</section>\n"


def _grid(block: Grid, name: str) -> Iterator[str]:
    yield head(block.title, block.note, name)
    if not block.rows:
        yield nothing(block.nothing)
        return
    yield f'<div class="wide" tabindex="0" role="region" aria-labelledby="{name}">\n<table class="grid sortable">\n'
    yield f"<caption>{text(block.title)}</caption>\n<thead><tr>"
    yield "".join(f'<th scope="col"{_class(field)}>{text(field.heading)}</th>' for field in block.fields)
    yield "</tr></thead>\n<tbody>\n"
    for row in block.rows:
        cells = (_cell(value, field) for value, field in zip(row, block.fields, strict=True))
        yield f"<tr>{''.join(cells)}</tr>\n"
    yield "</tbody>\n</table>\n</div>\n"
    if block.more:
        yield f'<p class="note">and {block.more:,} more, which this page leaves out</p>\n'
    yield "</section>\n"


def _class(field: Field) -> str:
    names = ["minor"] if field.minor else []
    if field.kind in _NUMBERS:
        names.append("number")
    elif field.kind in ("used", "share"):
        names.append("chart")
    elif field.kind in ("id", "time"):
        names.append(field.kind)
    elif field.name == "title":
        names.append("title")
    return f' class="{" ".join(names)}"' if names else ""


def _cell(value: Any, field: Field) -> str:
    kind = _class(field)
    if field.kind in _NUMBERS and not field.minor:
        kind += f' data-label="{text(field.heading)}"'  # where a narrow screen has no heads
    if field.kind == "id":
        return f'<th scope="row"{kind}>{text(value)}</th>'
    if value is None or value == "":
        return f'<td{kind} data-sort="">–</td>' if field.kind != "text" else f"<td{kind}>–</td>"
    if field.kind in ("duration", "worked"):
        shown = duration(value) if field.kind == "duration" else worked(value)
        return f'<td{kind} data-sort="{value}">{shown}</td>'
    if field.kind == "number":
        return f'<td{kind} data-sort="{value}">{value:,}</td>'
    if field.kind in ("used", "share"):
        part, whole = value
        tone = "accent" if field.kind == "share" else "bad" if part > whole else "careful"
        bar, order = svg.progress_bar(part, whole, tone), part * 1000 // max(whole, 1)
        return f'<td{kind} data-sort="{order}">{bar}<span class="small">{percent(part, whole)}</span></td>'
    if isinstance(value, datetime):
        instant = f"{value.isoformat()[:19]}Z"
        return f'<td{kind} data-sort="{instant}"><time datetime="{instant}">{utc_minute(value)}</time></td>'
    return f"<td{kind}>{text(str(value))}</td>"
