"""The queue: what an agent should take next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gitdesk.desk.queue import waiting
from gitdesk.errors import UsageError

from .conftest import NOW, Place


def first(place: Place, query: str = "") -> str | None:
    with place.open() as desk:
        row = waiting(desk, None, query, ["title"])
        return row[0] if row else None


def test_the_most_urgent_comes_first_then_the_oldest(place: Place) -> None:
    place.new("late")
    place.new("early", created=NOW - timedelta(days=1))
    assert first(place) == "early"
    place.new("urgent", priority="urgent")
    assert first(place) == "urgent"


def test_what_is_taken_waiting_or_done_is_not_offered(place: Place) -> None:
    place.new("taken", assignee="iva")
    place.new("waiting", status="waiting")
    place.new("done", status="closed")
    assert first(place) is None


def test_what_was_put_aside_is_offered_once_its_time_has_come(place: Place) -> None:
    place.new("later", status="snoozed", snoozed_until=NOW + timedelta(days=1))
    assert first(place) is None
    place.new("now", status="snoozed", snoozed_until=NOW - timedelta(minutes=1))
    assert first(place) == "now"


def test_a_mistake_in_the_query_is_shown_as_it_was_typed(place: Place) -> None:
    with pytest.raises(UsageError) as raised:
        first(place, "nope:x")
    assert "snoozed" not in str(raised.value)
