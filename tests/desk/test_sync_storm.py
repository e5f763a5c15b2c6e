"""A small storm: clones that share every change at once through a server that judges, some of them being killed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "bench"))

from storm import Storm


@pytest.mark.parametrize(
    ("seed", "daemon", "disturbed"),
    [(1, False, ()), (2, True, ("kill", "cut")), (3, False, ("refuse", "full"))],
)
def test_nothing_is_lost_doubled_or_unequal(
    tmp_path: Path, seed: int, daemon: bool, disturbed: tuple[str, ...]
) -> None:
    made = Storm(tmp_path, clones=3, changes=4, seed=seed, daemon=daemon, disturbed=disturbed)
    told = made.rage()
    assert told.wrong == []
    assert told.commits + told.kept > 3
    if not (daemon or disturbed):  # clones of one machine wait for one another
        assert told.attempts <= 2 * told.commits
