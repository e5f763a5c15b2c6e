"""New ids are random, well formed and nobody's yet."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitdesk.domain.format import CODE_ALPHABET, parse_id
from gitdesk.errors import Conflict
from gitdesk.store.layout import new_id


@given(st.integers())
def test_every_id_is_canonical(seed: int) -> None:
    drawn = new_id("GD", lambda _: False, random.Random(seed).getrandbits)
    assert parse_id(drawn) == drawn


def test_a_taken_id_is_drawn_again() -> None:
    first = new_id("GD", lambda _: False, random.Random(1).getrandbits)
    second = new_id("GD", lambda candidate: candidate == first, random.Random(1).getrandbits)
    assert second != first


def test_every_character_occurs_and_no_two_ids_are_equal() -> None:
    drawn = {new_id("GD", lambda _: False) for _ in range(2000)}
    assert len(drawn) == 2000
    assert set("".join(drawn)) - set("GD-") >= set(CODE_ALPHABET) - set("GD")


def test_it_does_not_try_for_ever() -> None:
    with pytest.raises(Conflict, match="no free ticket id"):
        new_id("GD", lambda _: True)
