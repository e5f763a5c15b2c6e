"""The texts of events and the values they stand for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gitdesk.domain.event import value_text
from gitdesk.exporters import values

_item = st.text(st.sampled_from('ab ,[]"\\\nč'), max_size=6)


@given(st.one_of(st.none(), _item, st.lists(_item, max_size=4).map(tuple)))
def test_a_fields_text_gives_its_value_back(value: str | tuple[str, ...] | None) -> None:
    found = values.field_value(value_text(value))
    assert (tuple(found) if isinstance(found, list) else found) == value


def test_a_cut_text_is_not_taken_for_a_value() -> None:
    assert values.is_exact("[a, b]")
    assert not values.is_exact('[a, "b…')


def test_a_list_goes_back_by_places() -> None:
    assert values.before(["b", "x", "a"], [(0, 2, "a"), (None, 1, "x"), (2, None, "c")]) == ["a", "b", "c"]


def test_places_of_another_branch_do_not_fit() -> None:
    assert values.before(["a"], [(None, 1, "b")]) is None
    assert values.before(["a"], [(7, None, "b")]) is None


def test_times_keep_the_zone_of_their_commit() -> None:
    assert values.moment("2026-11-22T23:30:00Z", "+0100") == "2026-11-23T00:30:00+01:00"
    assert values.moment("2026-11-22T01:30:00Z", "-0330") == "2026-11-21T22:00:00-03:30"
    assert values.moment("2026-11-22T01:30:00Z", "+0000") == "2026-11-22T01:30:00Z"
