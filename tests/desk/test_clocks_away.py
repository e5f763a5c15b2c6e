"""Tickets whose file was gone or broken for a while: a report as of then says what one of then said."""

from __future__ import annotations

import pytest

from gitdesk.desk.clocks import report_rows, told
from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import NotFound, Unreadable

from .conftest import Place


def commit(place: Place, second: int, ticket: TicketId, text: str | None) -> str:
    """Commits a ticket's file, None without it, at a second after nine; returns the commit."""
    file = place.path / path_of(ticket)
    if text is None:
        file.unlink()
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    place.environ |= dict.fromkeys(
        ("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"2026-11-22T09:00:{second:02}Z"
    )
    place.environ["GITDESK_NOW"] = f"2026-11-22T09:00:{second:02}Z"
    place.git("add", "-A")
    place.git("commit", "-qnm", "by hand")
    return place.git("rev-parse", "HEAD").strip()


def said(place: Place, as_of: str | None = None) -> tuple[list[str], tuple[str, ...]]:
    """Returns the tickets a report has rows of, and what it says it could not read."""
    with place.open() as desk:
        found = report_rows(desk, as_of=as_of)
        return sorted({row.ticket for row in found.cycles}), found.problems


@pytest.fixture
def away(place: Place) -> tuple[TicketId, str]:
    """Returns a ticket and its file."""
    ticket = place.new()
    return ticket, (place.path / path_of(ticket)).read_text(encoding="utf-8")


def test_a_ticket_that_was_gone_for_a_while_has_no_row_as_of_then(
    place: Place, away: tuple[TicketId, str]
) -> None:
    ticket, text = away
    before = place.git("rev-parse", "HEAD").strip()
    gone = commit(place, 10, ticket, None)
    at_the_time = said(place)
    back = commit(place, 20, ticket, text)
    assert said(place, gone) == at_the_time == ([], ())
    assert said(place, before) == said(place, back) == ([ticket], ())
    with place.open() as desk:
        assert told(desk, ticket, before).cycles
        with pytest.raises(NotFound):
            told(desk, ticket, gone)


def test_a_ticket_that_was_broken_for_a_while_is_named_as_of_then(
    place: Place, away: tuple[TicketId, str]
) -> None:
    ticket, text = away
    broken = commit(place, 10, ticket, text.replace("status: new", "status: [new"))
    at_the_time = said(place)
    commit(place, 20, ticket, text)
    assert said(place, broken) == at_the_time
    assert at_the_time[0] == []
    assert path_of(ticket) in at_the_time[1][0]
    assert said(place) == ([ticket], ())


def test_the_story_of_a_file_nobody_can_read_says_where_it_is_broken(
    place: Place, away: tuple[TicketId, str]
) -> None:
    ticket, text = away
    broken = commit(place, 10, ticket, text.replace("status: new", "status: [new"))
    for as_of in (None, broken):
        with place.open() as desk, pytest.raises(Unreadable) as raised:
            told(desk, ticket, as_of)
        assert raised.value.place is not None
        assert raised.value.place.path == path_of(ticket)


def test_time_in_a_status_stops_at_a_moment_before_the_last_change(place: Place) -> None:
    ticket = place.new()
    text = (place.path / path_of(ticket)).read_text(encoding="utf-8")
    commit(place, 50, ticket, text.replace("status: new", "status: waiting"))
    place.environ["GITDESK_NOW"] = "2026-11-22T09:00:20Z"
    with place.open() as desk:
        found = report_rows(desk)
        tuple(found.cycles)
        assert list(found.status_times) == [(ticket, {"new": 20})]
