"""Durations: what can be written, what cannot, and how they are said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitdesk.domain.duration import Duration, parse, words
from gitdesk.errors import UsageError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("15m", 900), ("4h", 14_400), ("1h30m", 5_400), ("1h1s", 3_601), ("90m", 5_400), ("0h5m", 300)],
)  # fmt: skip
def test_hours_minutes_and_seconds_are_added_up(text: str, seconds: int) -> None:
    assert parse(text) == Duration(text=text, seconds=seconds)


def test_bd_counts_working_days() -> None:
    assert parse("2bd") == Duration(text="2bd", days=2)


def test_plain_days_are_taken_only_where_allowed() -> None:
    assert parse("2d", days=True) == Duration(text="2d", calendar_days=2)
    with pytest.raises(UsageError, match='"2d" could mean calendar days or working days') as caught:
        parse("2d")
    assert caught.value.hint == "write 2bd for working days, or 48h"


@pytest.mark.parametrize("text", ["0h", "0", "0bd", "0d", "0h0m0s", "", " "])
def test_nothing_is_no_duration(text: str) -> None:
    with pytest.raises(UsageError):
        parse(text, days=True)


@pytest.mark.parametrize(
    "text", ["4", "h", "4 h", "4H", "30m1h", "1.5h", "-4h", "1bd4h", "1w", "none", "٤h", "9" * 10 + "h"]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="not a duration") as caught:
        parse(text)
    assert caught.value.hint is not None
    assert "1h30m" in caught.value.hint


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0m"), (45, "45s"), (5400, "1h 30m"), (3601, "1h 1s"), (-1800, "-30m"), (360_000, "100h")],
)
def test_seconds_are_said_in_words(seconds: int, said: str) -> None:
    assert words(seconds) == said


@given(st.integers(1, 10**9))
def test_what_is_said_reads_back_the_same(seconds: int) -> None:
    assert parse(words(seconds).replace(" ", "")).seconds == seconds
