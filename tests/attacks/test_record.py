"""What was said and done: messages, origins, tickets and files that ought to stay."""

from __future__ import annotations

import pytest

from .attacking import EVE, ID, IVA, PATH, START, Desk, H, attack, said, text

OTHER = "AC-8M3QX4M2"
ATTACHED = f"tickets/7K/{ID}/bill.txt"


@attack("A past message changed")
def test_a_message_that_stood_there_stays_as_it_was(desk: Desk) -> None:
    assert desk.refused(desk.commit({PATH: text(said(desk.at, "By Friday."))})) == ["A001"]
    assert desk.refused(desk.commit({PATH: text(said(desk.at, kind="note"))})) == ["A001"]


@attack("A past message removed")
def test_a_message_stays_there(desk: Desk) -> None:
    assert desk.refused(desk.commit({PATH: text()})) == ["A001"]


@attack("A past message given to another author or time")
def test_a_message_keeps_its_author_and_time(desk: Desk) -> None:
    assert desk.refused(desk.commit({PATH: text(said(desk.at, author=IVA))})) == ["A001"]
    assert desk.refused(desk.commit({PATH: text(said(desk.at + 30))})) == ["A001"]


@attack("A past message moved, or hidden in the text above")
def test_a_message_stays_a_message_in_its_place(desk: Desk) -> None:
    two = text(said(desk.at), said(desk.at + 60, "Done."))
    tip = desk.commit({PATH: two})
    swapped = desk.commit(
        {PATH: text(said(desk.at + 60, "Done."), said(desk.at))}, parents=(tip,), at=desk.at + 120
    )
    assert "A001" in desk.refused(swapped, tip)
    escaped = text(said(desk.at)).replace("\n### ", "\n\\### ")
    assert desk.refused(desk.commit({PATH: escaped})) == ["A001"]


@attack("A message put in before others, or dated after its commit")
def test_what_is_written_now_is_dated_now(desk: Desk) -> None:
    early = text(said(desk.at - 3600, "First!"), said(desk.at), created=START)
    assert "A003" in desk.refused(desk.commit({PATH: early}))
    assert desk.refused(desk.commit({PATH: text(said(desk.at), said(desk.at + 3600))})) == ["A003"]


@attack("A message that only looks like one")
def test_a_line_that_is_almost_a_message_is_told(desk: Desk) -> None:
    almost = f"\n### 2026-09-21 14:05 · reply · {IVA}\n\nPaid."
    assert desk.told(desk.commit({PATH: text(said(desk.at), almost)})) == ["F031"]


@attack("A ticket deleted")
@pytest.mark.parametrize("path", [PATH, "tickets/7K", "tickets"])
def test_a_ticket_stays_there(desk: Desk, path: str) -> None:
    assert desk.refused(desk.commit({path: None})) == ["A004"]


@attack("A ticket deleted and made anew")
def test_a_ticket_that_comes_back_has_been_away(desk: Desk) -> None:
    gone = desk.commit({PATH: None})
    back = desk.commit({PATH: text()}, parents=(gone,), at=desk.at + 120)
    assert desk.refused(back) == ["A004"]


@attack("A ticket renamed")
def test_a_ticket_stays_at_its_path(desk: Desk) -> None:
    moved = desk.commit({PATH: None, f"tickets/8M/{OTHER}.md": text(said(desk.at))})
    assert desk.refused(moved) == ["F026"]
    renamed = desk.commit({PATH: None, f"tickets/8M/{OTHER}.md": text(said(desk.at), ticket=OTHER)})
    assert desk.refused(renamed) == ["A004"]


@attack("The id of a ticket changed")
def test_an_id_stays(desk: Desk) -> None:
    assert desk.refused(desk.commit({PATH: text(said(desk.at), ticket=OTHER)})) == ["A002", "F026"]


@attack("`created` changed")
def test_the_time_of_creation_stays(desk: Desk) -> None:
    assert desk.refused(desk.commit({PATH: text(said(desk.at), created=START + 30)})) == ["A002"]


@attack("A ticket created in the future")
def test_a_ticket_is_not_created_after_its_commit(desk: Desk) -> None:
    later = text(ticket=OTHER, created=desk.at + 10 * H)
    assert desk.refused(desk.commit({f"tickets/8M/{OTHER}.md": later})) == ["A003"]


@attack("The requester rewritten")
def test_the_requester_stays(desk: Desk) -> None:
    assert desk.refused(desk.commit({PATH: text(said(desk.at), requester=EVE)})) == ["A002"]
    assert desk.refused(desk.commit({PATH: text(said(desk.at), requester=None)})) == ["A002"]


@attack("An attachment replaced or deleted")
def test_a_file_that_was_sent_stays(desk: Desk) -> None:
    tip = desk.commit({ATTACHED: "100 EUR"})
    for content in ("10 EUR", None):
        changed = desk.commit({ATTACHED: content}, parents=(tip,), at=desk.at + 120)
        assert desk.refused(changed, tip) == ["A004"]


@attack("A correction without the right or the reason")
def test_a_correction_takes_both(desk: Desk) -> None:
    changed = {PATH: text(said(desk.at, "By Friday."))}
    reasoned = "wrong day\n\nThe customer asked for Friday."
    assert desk.refused(desk.commit(changed, author=IVA)) == ["A001"]
    assert desk.refused(desk.commit(changed, message=reasoned)) == ["A001"]
    assert desk.refused(desk.commit(changed, author=IVA, message=reasoned)) == []


@attack("A file made unreadable, to do in the next commit what rules forbid")
def test_a_file_that_cannot_be_read_is_refused_before_the_next_step(desk: Desk) -> None:
    broken = desk.commit({PATH: "no ticket any more\n"})
    assert desk.refused(broken) == ["F004"]
    anew = desk.commit({PATH: text(requester=EVE)}, parents=(broken,), at=desk.at + 120)
    assert "F004" in desk.refused(anew)
