"""A past told forwards: its story holds what each version changed, and the messages that still stand."""

from __future__ import annotations

from judging import IVA
from lives import ANA, Life, at, said

from gitdesk.domain.sla_history import Story


def told(life: Life) -> Story:
    return life.past.story()


def test_a_story_begins_with_the_first_header_and_holds_what_changed_since() -> None:
    story = told(Life().then(1, said(1), status="open").then(2, priority="high").then(3, title="Another"))
    assert (story.first["status"], story.first["priority"], story.created) == (
        "new",
        "normal",
        at(0).timestamp(),
    )
    changes = [(one.at, one.position, dict(one.values)) for one in story.changes]
    assert changes == [
        (at(1).timestamp(), 2, {"status": "open"}),
        (at(2).timestamp(), 3, {"priority": "high"}),
        (at(3).timestamp(), 4, {"title": "Another"}),
    ]
    assert [(one.author, one.position) for one in story.messages] == [(IVA, 2)]


def test_where_a_message_was_taken_out_those_that_stand_count_and_nobody_knows_when_they_came() -> None:
    life = Life().then(1, said(1)).then(2, said(2, "customer", ANA))
    del life.thread[0]
    story = told(life.then(3).then(4, said(4)))
    assert [(one.author, one.position) for one in story.messages] == [(ANA, -1), (IVA, 5)]


def test_a_message_of_a_program_is_marked() -> None:
    story = told(Life().then(1, said(1, meta="via: automation"), said(2)))
    assert [one.automatic for one in story.messages] == [True, False]
