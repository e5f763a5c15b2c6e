"""Measures the first index: the snapshot of every ticket and the events of every commit, out of nothing."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from clockwork import GITDESK, Ran, environ, run
from desks import bare, case, git
from verdict import Row, conclude, tell

BUDGET_SECONDS = {10_000: 8}
BUDGET_GIT = {100_000: 2.5}


def rows(size: int) -> Iterator[Row]:
    """Yields how long it takes, in seconds and against Git reading the same, and its peak of memory."""
    tell(f"first index, {size:,} tickets …")
    folder = bare(size).with_name("first-index.git")
    shutil.rmtree(folder, ignore_errors=True)
    git(folder.parent, "clone", "--quiet", "--bare", "--local", str(bare(size)), str(folder))
    try:
        snapshot = alone((GITDESK, "list", "--limit", "1"), environ(folder))
        history = alone((GITDESK, "log", case(0, size).id), environ(folder))
        floor = git_reading(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    total = snapshot.seconds + history.seconds
    yield _row("first index: tickets", size, None, snapshot)
    yield Row(
        what="first index: tickets and history", size=size, budget=BUDGET_SECONDS.get(size), unit="s",
        measured=total, seconds=total,
    )  # fmt: skip
    yield Row(
        what="… against git log --raw and cat-file of the same", size=size, budget=BUDGET_GIT.get(size), unit="G",
        measured=total / floor, seconds=floor,
    )  # fmt: skip
    peak = max(snapshot.memory, history.memory) / 1e6
    yield Row(what="… its peak of memory", size=size, budget=400, unit="MB", measured=peak, seconds=0)


def alone(command: Sequence[str], surroundings: Mapping[str, str]) -> Ran:
    """Runs a process to its end; the peak of memory is its own, without Git's, which maps whole packs."""
    started, peak = time.perf_counter(), 0
    process = subprocess.Popen(command, env=dict(surroundings), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
    while process.poll() is None:
        peak = max(peak, _high_water(process.pid))
        time.sleep(0.01)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Ran(seconds=time.perf_counter() - started, memory=peak)


def _high_water(pid: int) -> int:
    """Returns the peak so far of a process's resident memory in bytes, 0 where the system does not tell."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            return next((int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


def _row(what: str, size: int, budget: float | None, ran: Ran) -> Row:
    return Row(what=what, size=size, budget=budget, unit="s", measured=ran.seconds, seconds=ran.seconds)


def git_reading(folder: Path) -> float:
    """Returns the seconds Git takes to list every change and to read every blob of it."""
    script = (
        'cd "$0" && git log --raw --no-abbrev --format=%H%x00%an%x00%ae%x00%at%x00%B --root HEAD >log.tmp && '
        "sed -n 's/^:[0-9]* [0-9]* [0-9a-f]* \\([0-9a-f]*\\) .*/\\1/p' log.tmp | "
        "git cat-file --batch --buffer >/dev/null; rm -f log.tmp"
    )
    return run(("sh", "-c", script, str(folder)), environ()).seconds


def main() -> int:
    """Measures the sizes given; returns 1 when a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000])
    return conclude([row for size in parser.parse_args().sizes for row in rows(size)])


if __name__ == "__main__":
    raise SystemExit(main())
