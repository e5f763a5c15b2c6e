"""Sharing a desk: a sync with nothing to do, against Git's own fetch, and one that brings both sides together.

python bench/sharing.py [SIZE …]; exits 1 when a budget is missed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from clockwork import GITDESK, RUNS, Task, bare_python, environ, interleave, task
from desks import case, copy, git
from verdict import Row, conclude, tell

ABOVE_FETCH = 4  # P that a sync with nothing to do may take longer than `git fetch`


def rows(size: int, runs: int = RUNS) -> Iterator[Row]:
    """Yields the rows of a desk of some size."""
    tell(f"sharing, {size:,} tickets …")
    folder = copy(size, "sharing")
    server, other = folder.with_name("sharing.git"), folder.with_name("sharing-other")
    for made in (server, other):
        shutil.rmtree(made, ignore_errors=True)
    try:
        git(folder, "clone", "--quiet", "--bare", "--local", str(folder), str(server))
        git(folder, "config", "remote.origin.url", str(server))
        git(folder, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
        git(folder, "fetch", "--quiet", "origin")
        git(folder, "branch", "--quiet", "--set-upstream-to=origin/main", "main")
        git(folder, "clone", "--quiet", str(server), str(other))
        fetch = Task(
            name="git fetch", command=lambda _: ("git", "-C", str(folder), "fetch"), environ=environ(folder)
        )
        idle = task("sync, nothing to do", folder, "sync")
        standing = task("status", folder, "status")
        both = task("sync, a change on both sides", folder, "sync")
        both.before = lambda number: _part(folder, other, size, number)
        unit = bare_python()
        interleave([unit, fetch, idle, standing], runs)
        interleave([both], 5)
        yield Row(
            what=f"{idle.name}, over git fetch", size=size, budget=ABOVE_FETCH, unit="P",
            measured=(idle.seconds - fetch.seconds) / unit.seconds, seconds=idle.seconds, mark="together",
        )  # fmt: skip
        for one in (standing, both):
            yield Row(
                what=one.name, size=size, budget=None, unit="P", measured=one.seconds / unit.seconds,
                seconds=one.seconds, mark="together",
            )  # fmt: skip
    finally:
        for made in (folder, server, other):
            shutil.rmtree(made, ignore_errors=True)


def _part(folder: Path, other: Path, size: int, number: int) -> None:
    """Shares a note from another clone, and makes one here."""
    ticket = case(number, size).id
    for place, more in ((other, ("--push",)), (folder, ())):
        words = (GITDESK, "note", ticket, "-m", f"note {number} in {place}", *more)
        subprocess.run(words, env=environ(place), check=True, capture_output=True)


if __name__ == "__main__":
    found = [row for size in map(int, sys.argv[1:] or ["1000", "10000"]) for row in rows(size)]
    raise SystemExit(conclude(found))
