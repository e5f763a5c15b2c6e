"""Charts as inline SVG: bars of shares, shares over time, a stacked bar; numbers always stand beside them in text."""

from __future__ import annotations

from gitdesk.render.html_text import text
from gitdesk.render.shares import tenths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.render.blocks import Series

WIDE, HIGH = 360, 190  # of a trend, in the units of its view box, about a pixel each
LEFT, RIGHT, TOP = 34, 10, 12
PLOT, _STRIP, _GAP = 104, 30, 14  # heights: the line, the counts under it, what is between
_LETTER = 6.2  # how wide a letter of a label is, about
PATTERNS = 4  # ways to fill a part beside its colour
PARTS = 8  # colours


def share_bar(passed: int, failed: int, running: int = 0) -> str:
    """Returns a bar: passed, then failed (hatched), of which the running ones end it with a mark."""
    whole = passed + failed
    if not whole:
        return _bar('<rect class="track" width="200" height="12" rx="3"/>')
    good = passed * 200 / whole
    bad = max(200 - good, 1.5) if failed else 0.0
    live = running * 200 / whole
    parts = [f'<rect class="good" width="{number(200 - bad)}" height="12"/>']
    if failed:
        parts.append(f'<rect class="bad" x="{number(200 - bad)}" width="{number(bad)}" height="12"/>')
        parts.append(
            f'<rect class="hatch" x="{number(200 - bad)}" width="{number(bad)}" height="12" fill="url(#hatch)"/>'
        )
    if live:
        parts.append(
            f'<rect class="live" x="{number(200 - max(live, 1.5))}" width="{number(max(live, 1.5))}" y="9" height="3"/>'
        )
    return _bar("".join(parts))


def progress_bar(used: int, whole: int, tone: str) -> str:
    """Returns how much of a target is used, with a mark where the target is; more than all runs over the mark."""
    scale = max(used, whole, 1)
    mark = whole * 200 / scale
    filled = used * 200 / scale
    parts = ['<rect class="track" width="200" height="12"/>']
    parts.append(f'<rect class="{tone}" width="{number(filled)}" height="12"/>')
    if used > whole:
        parts.append(f'<rect class="mark" x="{number(max(mark - 1, 0))}" width="2" height="12"/>')
    return _bar("".join(parts))


def _bar(inside: str) -> str:
    return (
        '<svg class="bar" viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        f"{inside}</svg>"
    )


def stack_bar(parts: Sequence[tuple[str, int]]) -> str:
    """Returns one bar made of parts in seconds, each told by colour, by pattern and, where it fits, by its number."""
    whole = sum(seconds for _, seconds in parts) or 1
    drawn, place = [], 0.0
    for index, (name, seconds) in enumerate(parts):
        size = seconds * 1000 / whole
        drawn.append(
            f'<g class="part part{index % PARTS}"><rect x="{number(place)}" width="{number(size)}" height="56">'
            f"<title>{text(name)}</title></rect>"
        )
        if pattern := _pattern(index):
            drawn.append(
                f'<rect x="{number(place)}" width="{number(size)}" height="56" fill="url(#pattern{pattern})"/>'
            )
        drawn.append(f'<rect class="seam" x="{number(place + size - 2)}" width="2" height="56"/></g>')
        place += size
    return (
        '<svg class="stack" viewBox="0 0 1000 56" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        + "".join(drawn)
        + "</svg>"
    )


def _pattern(index: int) -> int:
    """Returns the pattern of a part, 0 for none; no two of the first 32 parts share both colour and pattern."""
    return (index + index // PARTS) % PATTERNS


def swatch(index: int) -> str:
    """Returns the sample of a part for a legend."""
    which = _pattern(index)
    pattern = f'<rect width="14" height="14" rx="3" fill="url(#pattern{which})"/>' if which else ""
    return (
        f'<svg class="swatch part part{index % PARTS}" viewBox="0 0 14 14" aria-hidden="true" focusable="false">'
        f'<rect width="14" height="14" rx="3"/>{pattern}</svg>'
    )


DEFINITIONS = (
    '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="2.2" height="6" class="ink"/></pattern>'
    '<pattern id="pattern1" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="2" height="7" class="ink"/></pattern>'
    '<pattern id="pattern2" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<circle cx="3.5" cy="3.5" r="1.4" class="ink"/></pattern>'
    '<pattern id="pattern3" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
    '<rect width="2" height="7" class="ink"/></pattern>'
    "</defs></svg>"
)


def trend_chart(series: Series, labels: Sequence[str], name: str) -> str:
    """Returns a chart: the share of each bucket as a line, and under it how many passed and failed."""
    step = (WIDE - LEFT - RIGHT) / max(len(labels), 1)
    most = max((passed + failed for passed, failed in series.points), default=0) or 1
    parts = [_grid()]
    line: list[list[str]] = [[]]
    dots = []
    for index, (passed, failed) in enumerate(series.points):
        x = LEFT + step * (index + 0.5)
        parts.append(_counts(x, min(step * 0.7, 26), passed, failed, most))
        share = tenths(passed, passed + failed)
        if share is None:
            line.append([])
            continue
        y = TOP + PLOT * (1000 - share) / 1000
        line[-1].append(f"{number(x)} {number(y)}")
        tip = f"{labels[index]}: {passed} of {passed + failed}"
        dots.append(_dot(x, y, failed, tip, len(labels)))
    parts += [f'<path class="line" d="M{" L".join(points)}"/>' for points in line if len(points) > 1]
    parts += dots
    parts += axis(labels, step)
    return (
        f'<svg class="trend" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{text(name)}">'
        + "".join(parts)
        + "</svg>"
    )


def _grid() -> str:
    parts = []
    for share in (100, 75, 50, 25, 0):
        y = TOP + PLOT * (100 - share) / 100
        kind = "grid" if share else "base"
        parts.append(f'<path class="{kind}" d="M{LEFT} {number(y)}H{WIDE - RIGHT}"/>')
        if share % 50 == 0:
            parts.append(f'<text x="{LEFT - 6}" y="{number(y + 4)}" class="end">{share}</text>')
    base = TOP + PLOT + _GAP + _STRIP
    parts.append(f'<path class="base" d="M{LEFT} {base}H{WIDE - RIGHT}"/>')
    return "".join(parts)


def _counts(x: float, size: float, passed: int, failed: int, most: int) -> str:
    base = TOP + PLOT + _GAP + _STRIP
    good, bad = (_STRIP * count / most for count in (passed, failed))
    if failed:
        bad = max(bad, 1.5)
    parts = []
    left = number(x - size / 2)
    if passed:
        parts.append(
            f'<rect class="good" x="{left}" y="{number(base - good)}" width="{number(size)}" height="{number(good)}"/>'
        )
    if failed:
        place = f'x="{left}" y="{number(base - good - bad)}" width="{number(size)}" height="{number(bad)}"'
        parts.append(f'<rect class="bad" {place}/><rect class="hatch" {place} fill="url(#hatch)"/>')
    return "".join(parts)


def _dot(x: float, y: float, failed: int, tip: str, count: int) -> str:
    size = 3.2 if count <= 32 else 2.2
    title = f"<title>{text(tip)}</title>"
    if failed:  # a lozenge; a bucket without a failure is a circle
        reach = size * 1.35
        up, down, left, right = (number(place) for place in (y - reach, y + reach, x - reach, x + reach))
        middle, level = number(x), number(y)
        lozenge = f"M{middle} {up}L{right} {level}L{middle} {down}L{left} {level}Z"
        return f'<path class="dot some" d="{lozenge}">{title}</path>'
    return f'<circle class="dot" cx="{number(x)}" cy="{number(y)}" r="{number(size)}">{title}</circle>'


def axis(labels: Sequence[str], step: float, base: int = TOP + PLOT + _GAP + _STRIP) -> list[str]:
    """Returns the names of some buckets, as many as have room, the last one always among them."""
    room = max((len(label) for label in labels), default=1) * _LETTER + 12
    every = max(-int(-room // step), 1)
    y = base + 16
    parts = []
    for index in range((len(labels) - 1) % every, len(labels), every):
        half = len(labels[index]) * _LETTER / 2
        x = min(max(LEFT + step * (index + 0.5), half), WIDE - half)
        parts.append(f'<text x="{number(x)}" y="{y}" class="middle">{text(labels[index])}</text>')
    return parts


def number(value: float) -> str:
    """Returns a number in its shortest form, to a tenth, the same on every machine."""
    shown = f"{value:.1f}"
    return shown[:-2] if shown.endswith(".0") else shown
