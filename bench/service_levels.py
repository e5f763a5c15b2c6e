"""Service levels and reports: those of a whole desk, one ticket's clocks and their story, on a warm index.

python bench/service_levels.py [SIZE …]; exits 1 when a budget is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from clockwork import RUNS, bare_python, environ, interleave, run, task
from desks import case, desk
from verdict import Row, conclude, tell

_SECONDS = {1_000: None, 10_000: 0.6, 100_000: 3.0}  # of a whole report as JSON
_FEW = 7  # runs of what takes seconds


def rows(size: int, runs: int = RUNS) -> Iterator[Row]:
    """Yields the rows of a desk of some size."""
    tell(f"service levels of {size:,} tickets …")
    folder = desk(size)
    ticket = case(size // 2, size).id
    report = task("sla report --json", folder, "sla", "report", "--json")
    quick = [
        task("sla status ID", folder, "sla", "status", ticket),
        task("sla explain ID", folder, "sla", "explain", ticket),
        task("next", folder, "next", codes=(0, 1)),
    ]
    lead = [
        task(f"report {name} --json", folder, "report", name, "--json")
        for name in ("volume", "times", "audit")
    ]
    for one in (report, *lead):
        run(one.command(0), environ(folder))  # replays what has never been
    unit = bare_python()
    interleave([unit, *quick], runs)
    for one in quick:
        yield Row(
            what=one.name, size=size, budget=None, unit="P", measured=one.seconds / unit.seconds,
            seconds=one.seconds, mark="sla",
        )  # fmt: skip
    interleave([report, *lead], min(runs, _FEW))
    for one in lead:
        yield Row(
            what=one.name, size=size, budget=None, unit="s", measured=one.seconds, seconds=one.seconds, mark="sla",
        )  # fmt: skip
    yield Row(
        what=report.name, size=size, budget=_SECONDS.get(size), unit="s", measured=report.seconds,
        seconds=report.seconds, mark="sla",
    )  # fmt: skip


if __name__ == "__main__":
    found = [row for size in map(int, sys.argv[1:] or ["1000", "10000"]) for row in rows(size)]
    raise SystemExit(conclude(found))
