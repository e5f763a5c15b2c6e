"""Charts of numbers over time as inline SVG, a bar a bucket; the numbers stand in a table beside them."""

from __future__ import annotations

from gitdesk.render.html_text import text
from gitdesk.render.svg import LEFT, PLOT, RIGHT, TOP, WIDE, axis, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_HIGH = TOP + PLOT + 26
_LEAST = 1.5  # height of a bar that stands for something


def bar_chart(
    values: Sequence[int | None], labels: Sequence[str], name: str, shown: Callable[[int], str]
) -> str:
    """Returns a chart of bars; `shown` writes a number, as on the axis and in what a bar says of itself."""
    most = max((value for value in values if value is not None), default=0)
    step = (WIDE - LEFT - RIGHT) / max(len(labels), 1)
    size = min(step * 0.7, 26)
    base = TOP + PLOT
    parts = [
        f'<path class="grid" d="M{LEFT} {TOP}H{WIDE - RIGHT}"/><path class="base" d="M{LEFT} {base}H{WIDE - RIGHT}"/>',
        f'<text x="{LEFT}" y="{TOP - 2}">{text(shown(most))}</text>',
    ]
    for index, value in enumerate(values):
        if not value:
            continue
        high = max(PLOT * value / most, _LEAST)
        left = LEFT + step * (index + 0.5) - size / 2
        parts.append(
            f'<rect class="accent" x="{number(left)}" y="{number(base - high)}" width="{number(size)}"'
            f' height="{number(high)}"><title>{text(f"{labels[index]}: {shown(value)}")}</title></rect>'
        )
    parts += axis(labels, step, base)
    return (
        f'<svg class="trend" viewBox="0 0 {WIDE} {_HIGH}" role="img" aria-label="{text(name)}">'
        + "".join(parts)
        + "</svg>"
    )
