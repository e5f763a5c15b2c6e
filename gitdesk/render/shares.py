"""Shares of a whole as people read them: percentages that never round up to all, and bars of text."""

from __future__ import annotations

_EIGHTHS = " ▏▎▍▌▋▊▉█"


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
