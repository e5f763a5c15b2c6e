"""Sixteen processes change one clone at once: nothing may be lost, none may fail, and it should not take long."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from clockwork import GITDESK, environ, run
from desks import case, copy, git
from verdict import Row, conclude, tell

PROCESSES, CHANGES = 16, 25
COMMITS_A_SECOND = 8


def rows(size: int) -> Iterator[Row]:
    """Yields how many changes were lost or failed, and commits a second."""
    tell(f"{PROCESSES} processes × {CHANGES} changes, {size:,} tickets …")
    folder = copy(size, "writers")
    try:
        run((GITDESK, "list"), environ(folder))
        before = _count(folder)
        started = time.perf_counter()
        crowd = [_writer(folder, size, number) for number in range(PROCESSES)]
        failed = sum(process.wait() for process in crowd)
        seconds = time.perf_counter() - started
        made = _count(folder) - before
        dirty = len(git(folder, "status", "--porcelain").splitlines())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    wanted = PROCESSES * CHANGES
    what = f"{PROCESSES} processes × {CHANGES} changes"
    yield Row(what=f"{what}: lost, failed or dirty", size=size, budget=0, unit="", seconds=seconds,
              measured=wanted - made + failed + dirty)  # fmt: skip
    yield Row(what=what, size=size, budget=COMMITS_A_SECOND, unit="commits/s", more_is_better=True,
              measured=made / seconds, seconds=seconds)  # fmt: skip


def _count(folder: Path) -> int:
    return int(git(folder, "rev-list", "--count", "HEAD"))


def _writer(folder: Path, size: int, number: int) -> subprocess.Popen[bytes]:
    """Starts a process that makes its changes one after the other; it exits with how many failed."""
    me = [sys.executable, __file__, "--write", str(folder), str(size), str(number)]
    return subprocess.Popen(me, env=environ())


def write(folder: Path, size: int, number: int) -> int:
    """Makes the changes of one process, half of them on tickets that others change too; returns how many failed."""
    failed = 0
    for change in range(CHANGES):
        which = change if change % 2 else (number * CHANGES + change) % size
        command = (GITDESK, "note", case(which, size).id, "-m", f"note {change} of process {number}")
        done = subprocess.run(
            command, env=environ(folder), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False
        )
        failed += done.returncode != 0
    return failed


def main() -> int:
    """Measures, or is one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000)
    parser.add_argument("--write", nargs=3, metavar=("DESK", "SIZE", "NUMBER"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.write:
        folder, size, number = args.write
        return write(Path(folder), int(size), int(number))
    return conclude(list(rows(args.size)))


if __name__ == "__main__":
    raise SystemExit(main())
