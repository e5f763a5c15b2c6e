"""Baselines: what is written is read again, leaves out as much as it lists, and tells what is gone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitdesk.domain.baseline import Sieve, parse, render
from gitdesk.domain.violation import Violation
from gitdesk.errors import Unreadable

VIOLATIONS = st.lists(
    st.builds(
        Violation,
        code=st.sampled_from(["F040", "T001"]),
        message=st.text(st.characters(codec="utf-8"), max_size=5),
        path=st.sampled_from(["tickets/a.md", "tickets/é\n.md"]),
        line=st.integers(1, 9),
        subject=st.sampled_from(["", "a", "b"]),
    ),
    max_size=12,
)


@given(VIOLATIONS)
def test_a_baseline_leaves_out_all_that_it_was_written_from_and_nothing_is_gone(
    found: list[Violation],
) -> None:
    sieve = Sieve(parse(render(found).encode(), "b.json"))
    assert all(sieve.takes(one) for one in found)
    assert sieve.left_out == len(found)
    assert sieve.gone() == ()


@given(VIOLATIONS, st.randoms())
def test_a_baseline_is_the_same_whatever_the_order(found: list[Violation], random: object) -> None:
    mixed = list(found)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert render(mixed) == render(found)


@given(VIOLATIONS, st.data())
def test_what_is_gone_and_what_is_left_out_make_up_the_list(
    found: list[Violation], data: st.DataObject
) -> None:
    kept = [one for one in found if data.draw(st.booleans())]
    sieve = Sieve(parse(render(found).encode(), "b.json"))
    assert all(sieve.takes(one) for one in kept)
    assert sum(entry.count for entry in sieve.gone()) == len(found) - len(kept)


def test_one_more_of_the_same_is_new() -> None:
    one = Violation(code="F040", message="m", path="p")
    sieve = Sieve(parse(render([one, one]).encode(), "b.json"))
    assert [sieve.takes(one) for _ in range(3)] == [True, True, False]


def test_a_line_that_moved_is_still_the_same() -> None:
    one = Violation(code="F040", message="m", path="p", line=3)
    sieve = Sieve(parse(render([one]).encode(), "b.json"))
    assert sieve.takes(Violation(code="F040", message="m", path="p", line=99))


ENTRY = {"fingerprint": "a", "code": "F040", "path": "p", "message": "m"}


def listed(*rows: object, schema: str = "gitdesk.baseline/1") -> bytes:
    text = ",\n".join(json.dumps(row) for row in rows)
    return f'{{"schema": "{schema}",\n"violations": [\n{text}\n]}}'.encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "b.json:1:1: not JSON"),
        (b'{"a": 1,\n ]', "b.json:2:2: not JSON"),
        (b"\xff", "b.json:1: not UTF-8"),
        (b"[]", "b.json:1:1: not a baseline"),
        (b"[" * 100_000, "b.json: nested too deep"),
        (listed(schema="gitdesk.baseline/2"), 'b.json:1:1: a baseline with the schema "gitdesk.baseline/2"'),
        (listed(ENTRY, 7), "b.json:4: entry 2 is no object"),
        (listed(ENTRY, ENTRY, {**ENTRY, "path": 1}), 'b.json:5: entry 3 has no text "path"'),
        (listed({**ENTRY, "count": 0}), 'b.json:3: entry 1 has a "count"'),
        (listed({**ENTRY, "count": True}), 'b.json:3: entry 1 has a "count"'),
    ],
)
def test_a_broken_baseline_is_told_with_its_place(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(data, "b.json")
    assert str(caught.value).startswith(said)
    assert caught.value.hint
    assert caught.value.exit_code == 5
