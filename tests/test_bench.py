"""The benchmark desks are desks: every step of a ticket is a sound file, always the same bytes."""

from __future__ import annotations

import hashlib
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from gitdesk.store import codec
from gitdesk.store.config_file import parse_config

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

import desks
from verdict import Row, table


def test_the_configuration_is_sound_and_has_fifty_agents() -> None:
    config, problems = parse_config(desks.config().encode())
    assert problems == ()
    assert config is not None
    assert len(config.people) == 50


@pytest.mark.parametrize("number", range(0, 1000, 97))
def test_every_step_of_a_ticket_is_a_sound_file(number: int) -> None:
    one = desks.case(number, 1000)
    seen = set()
    for step in range(desks.STEPS):
        desks.advance(one, step)
        text = one.text()
        document = codec.parse(text.encode(), one.path)
        assert document.problems == ()
        assert document.ticket is not None
        seen.add(text)
    assert len(seen) == desks.STEPS
    assert len(document.ticket.messages) == 3
    assert len(document.ticket.fields) + 11 == 20


def test_the_history_is_in_the_order_of_time_and_complete() -> None:
    steps = [(at, one.id, step) for at, one, step in desks.history(200)]
    assert len(steps) == 200 * desks.STEPS
    assert all(before[0] <= after[0] for before, after in pairwise(steps))
    assert len({(ticket, step) for _, ticket, step in steps}) == len(steps)


def test_a_desk_is_the_same_bytes_every_time() -> None:
    first, second = (hashlib.sha256(b"".join(desks.stream(30))).hexdigest() for _ in range(2))
    assert first == second


def test_a_missed_budget_is_called_missed() -> None:
    slow = Row(what="list", size=10_000, budget=9, unit="P", measured=9.5, seconds=0.1)
    few = Row(what="writers", size=0, budget=8, unit="commits/s", measured=7, seconds=1, more_is_better=True)
    assert [slow.verdict, few.verdict] == ["MISSED", "MISSED"]
    assert "MISSED" in table([slow]).splitlines()[-1]
