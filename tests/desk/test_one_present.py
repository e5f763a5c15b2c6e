"""One call has one present: what it says is said when it is committed, however slowly the machine works."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest

from gitdesk import clock
from gitdesk.cli.context import Context
from gitdesk.cli.main import main
from gitdesk.domain.ticket import timestamp

from .conftest import Place

_CALLS = {
    "a bulk answer": ("resolve", "--query", "title:slow", "-m", "Done.", "--yes", "-q"),
    "a reply": ("reply", "{id}", "-m", "Done.", "--status", "resolved", "-q"),
    "a note": ("note", "{id}", "-m", "Done.", "-q"),
    "an answer": ("wait", "{id}", "-m", "Done.", "-q"),
}


@pytest.fixture
def moving(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """A clock that goes on by a minute whenever somebody looks at it."""
    looked: list[datetime] = []

    def now(_: object = None) -> datetime:
        looked.append(datetime(2026, 11, 22, 10, len(looked), 59, tzinfo=UTC))
        return looked[-1]

    monkeypatch.setattr(clock, "now", now)
    return looked


@pytest.mark.parametrize("words", _CALLS.values(), ids=_CALLS)
def test_a_message_is_as_old_as_its_commit(
    place: Place, words: tuple[str, ...], moving: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket_id = place.new("slow", requester="Ana <ana@example.com>")
    monkeypatch.chdir(place.path)
    moving.clear()
    assert main([word.format(id=ticket_id) for word in words]) == 0
    assert moving, "nobody looked at the clock that moves"
    committed = datetime.fromisoformat(place.git("log", "-1", "--format=%cI").strip())
    with place.open() as desk:
        assert desk.ticket(ticket_id).messages[-1].at == committed


def test_who_was_waited_for_says_it_when_the_text_is_there(moving: list[datetime], place: Place) -> None:
    context = Context({**os.environ, "GITDESK_DIR": str(place.path)})
    before = context.desk.now
    assert context.now == before
    context.waited()
    assert context.now == context.desk.now == before + timedelta(minutes=1)
    context.close()


def test_a_new_ticket_is_not_younger_than_its_commit(
    place: Place, moving: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place.path)
    assert main(["new", "slow", "--requester", "Ana <ana@example.com>", "-m", "It is.", "-q"]) == 0
    committed = datetime.fromisoformat(place.git("log", "-1", "--format=%cI").strip())
    with place.open() as desk:
        (ticket_id,) = desk.select("title:slow")
        assert timestamp(desk.ticket(ticket_id).created) == timestamp(committed)
