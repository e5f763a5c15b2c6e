"""Rows of one key come together in their order, in memory or through files, and nothing is lost."""

from __future__ import annotations

import random

import pytest

from gitdesk.importers.grouping import grouped


@pytest.mark.parametrize("room", [1, 5_000, 1 << 30])
def test_rows_come_together_in_their_order_however_little_room_there_is(room: int) -> None:
    random.seed(3)
    keys = [f"k{random.randrange(40)}" for _ in range(2000)]
    rows = [(key, number, [key, None, "\ud800", {"n": [1.5, number]}]) for number, key in enumerate(keys)]
    if room == 1:
        rows = rows[:60]
    found = list(grouped(rows, room=room))
    assert [key for key, _ in found] == sorted({key for key, _, _ in rows})
    assert dict(found) == {
        key: [(number, row) for other, number, row in rows if other == key] for key, _ in found
    }


def test_nothing_gives_nothing() -> None:
    assert list(grouped([])) == []
