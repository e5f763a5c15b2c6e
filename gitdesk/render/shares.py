"""Shares of a whole as people read them: percentages that never round up to all, and bars of text."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_SHADES = "·░▒▓█"
_HEIGHTS = "▁▂▃▄▅▆▇█"


def tenths(part: int, whole: int) -> int | None:
    """Returns a share in tenths of a percent, rounded down, so that 100 % means all of it; None of nothing."""
    return part * 1000 // whole if whole else None


def percent(part: int, whole: int) -> str:
    """Returns a share as `97.4 %`, rounded down; `–` of nothing."""
    found = tenths(part, whole)
    if found is None:
        return "–"
    return f"{found // 10} %" if found % 10 == 0 else f"{found // 10}.{found % 10} %"


def bar(part: int, whole: int, columns: int) -> str:
    """Returns a bar of so many columns, filled by the share; a full one only for all of it."""
    if not whole:
        return "·" * columns
    eighths = min(part, whole) * columns * 8 // whole
    full, rest = divmod(eighths, 8)
    filled = "█" * full + (_EIGHTHS[rest] if rest else "")
    return filled + "░" * (columns - len(filled))


def level(value: int, most: int, levels: int) -> int:
    """Returns which of so many levels a number is on, 0 for none of it alone, the last for the greatest."""
    return 0 if value <= 0 or most <= 0 else -(-value * (levels - 1) // most)


def shade(value: int, most: int) -> str:
    """Returns a character that is the darker the greater a number is."""
    return _SHADES[level(value, most, len(_SHADES))]


def sparkline(values: Sequence[int | None]) -> str:
    """Returns a character for each number, the higher the greater; a dot for none."""
    most = max((value for value in values if value is not None), default=0)
    return "".join("·" if value is None else _HEIGHTS[level(value, most, len(_HEIGHTS))] for value in values)
