"""Rules: `check` of a whole desk, and of what a branch of 5,000 commits adds to its base.

python bench/checking.py [SIZE …]; exits 1 when a budget is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from clockwork import RUNS, environ, interleave, run, task
from desks import desk, git
from verdict import Row, conclude, tell

_WHOLE = {10_000: 3.0}  # seconds
_BRANCH, _BRANCH_SECONDS = 5_000, {10_000: 4.0}
_FEW = 5  # runs of what takes seconds


def rows(size: int, runs: int = RUNS) -> Iterator[Row]:
    """Yields the rows of a desk of some size."""
    tell(f"rules on {size:,} tickets …")
    folder = desk(size)
    line = git(folder, "rev-list", "--first-parent", "HEAD").decode("ascii").split()
    count = min(_BRANCH, len(line) - 1)
    whole = task("check", folder, "check")
    # What happens there by chance breaks promises, and nobody says why: 1 is how that ends.
    branch = task(
        f"check BASE..HEAD, {count:,} commits", folder, "check", f"{line[count]}..HEAD", codes=(0, 1)
    )
    one = task("check BASE..HEAD, 1 commit", folder, "check", f"{line[1]}..HEAD", codes=(0, 1))
    run(whole.command(0), environ(folder))
    interleave([whole, branch, one], min(runs, _FEW))
    for each, budget in ((whole, _WHOLE), (branch, _BRANCH_SECONDS), (one, {})):
        yield Row(
            what=each.name, size=size, budget=budget.get(size), unit="s", measured=each.seconds,
            seconds=each.seconds, mark="rules",
        )  # fmt: skip


if __name__ == "__main__":
    found = [row for size in map(int, sys.argv[1:] or ["1000", "10000"]) for row in rows(size)]
    raise SystemExit(conclude(found))
