"""Values behave as frozen, slotted, keyword-only dataclasses do, the first ones of a class and all later ones."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from gitdesk.value import _FEW, Value, fresh, parts_of, replace

MANY = 3 * _FEW  # enough for both ways a value is made


class Spot(Value):
    """A value with everything a value can have."""

    line: int
    name: str = "here"
    seen: dict[str, int] = fresh(default_factory=dict)

    @property
    def next(self) -> int:
        return self.line + 1


class Pair(Value, kw_only=False):
    """A value that takes its parts in order."""

    one: str
    two: str = ""


def test_values_are_equal_by_their_parts_and_hash_so() -> None:
    for _ in range(MANY):
        assert Pair("a") == Pair("a", "") == Pair(one="a", two="")
        assert hash(Pair("a")) == hash(Pair("a", ""))
        assert Pair("a") != Pair("b")
        assert Pair("a") != ("a", "")
    assert Spot(line=1) != Pair("a")


def test_defaults_that_change_are_made_anew() -> None:
    for _ in range(MANY):
        one, two = Spot(line=1), Spot(line=1)
        assert one.seen == {}
        assert one.seen is not two.seen
        assert Spot(line=1, seen=one.seen).seen is one.seen


@pytest.mark.parametrize(
    "wrong", [{}, {"name": "x"}, {"line": 1, "colour": "red"}, {"line": 1, "seen": {}, "x": 1}]
)
def test_wrong_arguments_are_refused(wrong: dict[str, Any]) -> None:
    for _ in range(MANY):
        with pytest.raises(TypeError):
            Spot(**wrong)
    with pytest.raises(TypeError):
        Spot(1)  # type: ignore[call-arg]


def test_a_fresh_class_refuses_wrong_arguments_too() -> None:
    class New(Value):
        line: int

    with pytest.raises(TypeError, match="line"):
        New()  # type: ignore[call-arg]
    assert New(line=1).line == 1


def test_nothing_can_be_set_or_deleted_or_added() -> None:
    spot: Any = Spot(line=1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        spot.line = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del spot.line
    with pytest.raises(AttributeError):
        spot.other = 2
    assert not hasattr(spot, "__dict__")


def test_parts_are_replaced_and_the_original_stays() -> None:
    spot = Spot(line=1, name="there")
    assert replace(spot, line=2) == Spot(line=2, name="there") == dataclasses.replace(spot, line=2)
    assert spot.line == 1
    with pytest.raises(TypeError):
        replace(spot, colour="red")  # type: ignore[call-arg]


def test_they_are_shown_copied_and_read_as_dataclasses_are() -> None:
    spot = Spot(line=1)
    assert repr(spot) == f"{Spot.__qualname__}(line=1, name='here', seen={{}})"
    assert copy.deepcopy(spot) == spot
    assert pickle.loads(pickle.dumps(spot)) == spot
    assert parts_of(Spot) == parts_of(spot) == tuple(field.name for field in dataclasses.fields(Spot))
    assert dataclasses.asdict(spot) == {"line": 1, "name": "here", "seen": {}}
    assert spot.next == 2
