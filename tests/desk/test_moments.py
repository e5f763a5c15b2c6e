"""Times as people name them."""

from __future__ import annotations

import pytest

from gitdesk.desk.moments import beginning, commit_at, upcoming
from gitdesk.domain.ticket import timestamp
from gitdesk.errors import NotFound, UsageError

from .conftest import Place

# The desk's present is Sunday, 2026-11-22 09:00 UTC, 10:00 in Zagreb.


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3d", "2026-11-25T09:00:00Z"),
        ("2h", "2026-11-22T11:00:00Z"),
        ("tomorrow", "2026-11-23T07:00:00Z"),
        ("monday", "2026-11-23T07:00:00Z"),
        ("sunday", "2026-11-29T07:00:00Z"),
        ("2026-12-01", "2026-12-01T07:00:00Z"),
        ("2026-12-01T09:00", "2026-12-01T08:00:00Z"),
        ("2026-12-01 09:00", "2026-12-01T08:00:00Z"),
        ("2026-12-01T09:00:30", "2026-12-01T08:00:30Z"),
        ("2026-12-01T09:00Z", "2026-12-01T09:00:00Z"),
        ("tomorrow 14:30", "2026-11-23T13:30:00Z"),
    ],
)
def test_a_time_to_come_is_the_readers(place: Place, text: str, meant: str) -> None:
    with place.open(TZ="Europe/Zagreb") as desk:
        assert timestamp(upcoming(desk, text)) == meant


@pytest.mark.parametrize(
    "text", ["yesterday", "2026-11-21", "soon", "", "2026-12", "25:00", "2026-11-22T08:00Z"]
)
def test_what_is_no_time_to_come_is_refused(place: Place, text: str) -> None:
    with place.open(TZ="Europe/Zagreb") as desk, pytest.raises(UsageError):
        upcoming(desk, text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("7d", "2026-11-15T09:00:00Z"),
        ("3 hours ago", "2026-11-22T06:00:00Z"),
        ("5 seconds ago", "2026-11-22T08:59:55Z"),
        ("today", "2026-11-21T23:00:00Z"),
        ("2026-11-01", "2026-10-31T23:00:00Z"),
        ("2026-11", "2026-10-31T23:00:00Z"),
        ("monday", "2026-11-15T23:00:00Z"),
    ],
)
def test_a_stretch_of_the_past_begins_where_the_readers_day_does(place: Place, text: str, meant: str) -> None:
    with place.open(TZ="Europe/Zagreb") as desk:
        assert timestamp(beginning(desk, text)) == meant


def test_a_day_means_its_end_where_the_desk_is_asked_for_as_it_was(place: Place) -> None:
    place.environ["GIT_COMMITTER_DATE"] = "2026-11-22T20:00:00Z"
    place.new()
    with place.open() as desk:
        assert commit_at(desk, "2026-11-22") == commit_at(desk, "today") == desk.tip
        assert commit_at(desk, "HEAD~1") == commit_at(desk, "2026-11-22T19:00Z") != desk.tip
        with pytest.raises(NotFound):
            commit_at(desk, "yesterday")
        with pytest.raises(UsageError):
            commit_at(desk, "-x")


@pytest.mark.parametrize(
    "text", ["9999w", "999999y", "57 years ago", "1970-01-01", "1969", "1960-01-01T00:00Z", "0001-01-01"]
)
def test_before_the_first_commit_there_was_no_desk(place: Place, text: str) -> None:
    with place.open() as desk, pytest.raises(NotFound):
        commit_at(desk, text)
