"""Calendars: one `calendar due` over ten years against one over a day, as processes, and calls in a warm process.

python bench/working_time.py [RUNS]; exits 1 when a budget is missed.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from clockwork import GITDESK, RUNS, bare_python, environ, interleave, run, task
from desks import ENVIRON
from verdict import Row, conclude, tell

CONFIG = """\
desk: {name: Bench, prefix: GD}
workflow:
  statuses: [{name: new, category: new}, {name: open, category: open}, {name: closed, category: closed}]
priorities: [normal]
calendars:
  office:
    timezone: Europe/Zagreb
    hours: {mon-thu: ["08:00-12:00", "13:00-17:00"], fri: ["08:00-14:00"], sat: ["22:00-06:00"]}
    holidays: {dates: ["2027-12-24", {every: "01-01"}, {every: "05-30"}, {every: "12-25"}, {every: "12-26"}]}
"""
START, TEN_YEARS = "2026-11-02T09:30", "20800h"  # 40 working hours a week, 520 weeks


def rows(runs: int = RUNS) -> Iterator[Row]:
    """Yields the rows of calendars."""
    tell("calendars …")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "desk.yaml").write_text(CONFIG, encoding="utf-8")
        command = [GITDESK, "init", str(folder / "desk"), "--from", str(folder / "desk.yaml")]
        subprocess.run(command, env={**ENVIRON, **environ()}, check=True, capture_output=True)
        day = task("calendar due over one day", folder / "desk", "calendar", "due", "office", START, "2h")
        years = task(
            "calendar due over ten years", folder / "desk", "calendar", "due", "office", START, TEN_YEARS
        )
        unit = bare_python()
        run(day.command(0), day.environ)
        interleave([unit, day, years], runs)
    yield Row(
        what=day.name, size=0, budget=None, unit="P", measured=day.seconds / unit.seconds,
        seconds=day.seconds, mark="sla",
    )  # fmt: skip
    yield Row(
        what=years.name, size=0, budget=1.1, unit="days", measured=years.seconds / day.seconds,
        seconds=years.seconds, mark="sla",
    )  # fmt: skip
    yield from _calls()


def _calls() -> Iterator[Row]:
    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.calendar_days import Days

    hours = ((8 * 3600, 12 * 3600), (13 * 3600, 17 * 3600))
    found = Calendar("office", "Europe/Zagreb", Days(dict.fromkeys(range(5), hours), {}, [(1, 1), (12, 25)]))
    rng = random.Random("gitdesk bench")
    moments = [1_795_000_000 + rng.randrange(3 * 365 * 86_400) for _ in range(20_000)]
    for name, each in (
        ("elapsed", lambda at: found.elapsed(at, at + 604_800)),
        ("due", lambda at: found.due(at, 28_800)),
    ):
        for _ in range(2):  # the first round finds out, the second is measured
            started = time.perf_counter()
            for at in moments:
                each(at)
            taken = (time.perf_counter() - started) / len(moments)
        yield Row(
            what=f"Calendar.{name}, warm",
            size=0,
            budget=5,
            unit="µs",
            measured=taken * 1e6,
            seconds=taken,
            mark="sla",
        )


if __name__ == "__main__":
    found = list(rows(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))
    raise SystemExit(conclude(found))
