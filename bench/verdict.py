"""What was measured against what was promised: rows of one table."""

from __future__ import annotations

import sys
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One promise of docs/performance.md. `ratio` is measured in units of the budget's own (P, G, s, µs …)."""

    what: str
    size: int
    budget: float | None  # None: measured for comparison only
    unit: str
    measured: float
    seconds: float
    mark: str = "desk"
    more_is_better: bool = False

    @property
    def verdict(self) -> str:
        """Returns whether the promise is kept."""
        if self.budget is None:
            return ""
        kept = self.measured >= self.budget if self.more_is_better else self.measured <= self.budget
        return "ok" if kept else "MISSED"


def table(rows: list[Row]) -> str:
    """Returns the rows as a Markdown table with even columns."""
    head = ("mark", "what", "tickets", "budget", "measured", "ms", "verdict")
    cells = [head, tuple("-" * len(name) for name in head)]
    for row in rows:
        sign = "≥" if row.more_is_better else "≤"
        budget = f"{sign} {row.budget:g} {row.unit}" if row.budget is not None else ""
        cells.append((
            row.mark, row.what, f"{row.size:,}" if row.size else "", budget,
            f"{row.measured:.2f} {row.unit}", f"{row.seconds * 1000:,.1f}", row.verdict,
        ))  # fmt: skip
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    right = (False, False, True, True, True, True, False)
    lines = []
    for number, line in enumerate(cells):
        if number == 1:
            parts = [
                "-" * (width - 1) + ":" if to_right else "-" * width
                for width, to_right in zip(widths, right, strict=True)
            ]
        else:
            parts = [
                cell.rjust(width) if to_right else cell.ljust(width)
                for cell, width, to_right in zip(line, widths, right, strict=True)
            ]
        lines.append(f"| {' | '.join(parts)} |")
    return "\n".join(lines)


def conclude(rows: list[Row]) -> int:
    """Prints the rows and returns the exit code: 1 when a budget is missed."""
    print(table(rows))
    return int(any(row.verdict == "MISSED" for row in rows))


def tell(text: str) -> None:
    """Says on standard error what is being measured."""
    print(text, file=sys.stderr, flush=True)
