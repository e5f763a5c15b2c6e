"""Merges: what is slipped in, what is left out, and what is none of the merge's doing."""

from __future__ import annotations

import pytest

from .attacking import CONFIG, ID, IVA, MARKO, PATH, Desk, attack, said, text

ATTACHED = f"tickets/7K/{ID}/bill.txt"


def answered(desk: Desk, *words: str, **header: str) -> str:
    """Returns the ticket as it is at the base, with more answers of the minute after."""
    return text(said(desk.at), *(said(desk.at + 60, each) for each in words), **header)


def merge(desk: Desk, files: dict[str, str | None], *parents: str, author: str = MARKO) -> str:
    return desk.commit({"side": "1", **files}, parents=parents, at=desk.at + 600, author=author)


@pytest.fixture
def side(desk: Desk) -> str:
    """Returns a commit off the base that touches no file of the desk."""
    return desk.commit({"side": "1"})


@attack("A violation on a side branch, merged cleanly")
def test_every_commit_of_a_side_branch_is_judged_though_the_last_one_mends_it(desk: Desk) -> None:
    bad = desk.commit({PATH: answered(desk, priority="normla")})
    mended = desk.commit({PATH: answered(desk)}, parents=(bad,), at=desk.at + 120)
    assert desk.refused(merge(desk, {}, desk.base, mended)) == ["F041"]


@attack("An evil merge that slips something in")
def test_what_no_parent_of_a_merge_has_is_judged(desk: Desk, side: str) -> None:
    evil = text(said(desk.at, "By Friday."))
    assert desk.refused(merge(desk, {PATH: evil}, desk.base, side)) == ["A001"]
    assert desk.refused(merge(desk, {PATH: None}, desk.base, side)) == ["A004"]
    assert desk.refused(merge(desk, {}, desk.base, side)) == []


@attack("An octopus merge")
def test_a_merge_of_many_is_judged_against_every_one(desk: Desk, side: str) -> None:
    older = desk.git("rev-parse", f"{desk.base}^")
    more = desk.commit({PATH: answered(desk, "And more.")}, at=desk.at + 60)
    whole = {PATH: answered(desk, "And more.")}
    assert desk.refused(merge(desk, whole, desk.base, side, more)) == []
    for left_out in (answered(desk), answered(desk, priority="high"), text(priority="low")):
        parents = (desk.base, side, more, older)
        assert desk.refused(merge(desk, {PATH: left_out}, *parents)) == ["A001"], left_out


@attack("A merge that brings an older version of a ticket back")
def test_a_merge_that_leaves_out_what_one_side_has_got_is_refused(desk: Desk, side: str) -> None:
    tip = desk.commit({PATH: answered(desk, "It works again.")})
    for parents in ((tip, side), (side, tip)):
        found = desk.judged(merge(desk, {PATH: answered(desk)}, *parents), tip)
        assert [one.code for one in found] == ["A001"]
        assert found[0].message.endswith("removed, by how the merge was made")
    # Also under a change of one's own, and when both sides have changed the ticket.
    assert desk.refused(merge(desk, {PATH: answered(desk, priority="low")}, tip, side), tip) == ["A001"]
    other = desk.commit({PATH: answered(desk, priority="high")})
    for taken in (answered(desk, priority="high"), answered(desk, priority="low")):
        assert desk.refused(merge(desk, {PATH: taken}, tip, other), tip) == ["A001"]
    both = answered(desk, "It works again.", priority="high")
    assert desk.refused(merge(desk, {PATH: both}, tip, other), tip) == []
    spam = desk.commit({PATH: answered(desk, status="spam")}, author=IVA)
    assert desk.refused(merge(desk, {PATH: answered(desk)}, spam, side), spam) == ["W001"]


@attack("A merge that loses a ticket or an attachment")
def test_a_merge_with_what_has_no_such_file_takes_none_away(desk: Desk, side: str) -> None:
    stranger = desk.commit({"other": "1"}, parents=(), at=desk.at + 10)
    assert desk.refused(merge(desk, {PATH: None}, desk.base, stranger)) == ["A004"]
    tip = desk.commit({ATTACHED: "100 EUR"})
    assert desk.refused(merge(desk, {ATTACHED: None}, tip, side), tip) == ["A004"]
    assert desk.refused(merge(desk, {ATTACHED: "100 EUR"}, side, tip), tip) == []


@attack("A merge that brings older rules back")
def test_a_merge_that_takes_the_rules_of_an_older_side_is_a_change_of_the_rules(
    desk: Desk, side: str
) -> None:
    stricter = CONFIG.replace("tags: {open: true}", "tags: {open: false}")
    tip = desk.commit({"gitdesk.yaml": stricter}, author=IVA)
    older = merge(desk, {"gitdesk.yaml": CONFIG}, tip, side)
    assert desk.refused(older, tip) == ["P005"]
    assert desk.refused(merge(desk, {"gitdesk.yaml": CONFIG}, tip, side, author=IVA), tip) == []
    assert desk.refused(merge(desk, {"gitdesk.yaml": stricter}, side, tip), tip) == []


@attack("Somebody else's rightful step, held against who merges it")
def test_who_merges_is_not_judged_for_what_others_did_rightly(desk: Desk) -> None:
    tip = desk.commit({PATH: answered(desk, "Nothing for us.")})
    spam = desk.commit({PATH: answered(desk, status="spam")}, author=IVA)
    assert (
        desk.refused(merge(desk, {PATH: answered(desk, "Nothing for us.", status="spam")}, tip, spam), tip)
        == []
    )
    assert desk.refused(merge(desk, {PATH: answered(desk, status="spam")}, desk.base, spam)) == []
    sooner = desk.commit({PATH: answered(desk, "Seen.")}, at=desk.at + 60)
    later = desk.commit(
        {PATH: text(said(desk.at), said(desk.at + 7200, "Nothing for us."))}, at=desk.at + 7200
    )
    both = text(said(desk.at), said(desk.at + 60, "Seen."), said(desk.at + 7200, "Nothing for us."))
    for parents in ((sooner, later), (later, sooner)):
        joined = desk.commit({PATH: both}, parents=parents, at=desk.at + 9000)
        assert desk.judged(joined, parents[0]) == []
    corrected = text(said(desk.at, "By Friday."))
    lawful = desk.commit({PATH: corrected}, author=IVA, message="wrong day\n\nThe customer asked for Friday.")
    both = text(said(desk.at, "By Friday."), said(desk.at + 60, "Nothing for us."))
    assert desk.refused(merge(desk, {PATH: both}, tip, lawful), tip) == []
    assert desk.refused(merge(desk, {PATH: corrected}, tip, lawful), tip) == ["A001"]
    assert desk.refused(merge(desk, {PATH: answered(desk, "Nothing for us.")}, tip, lawful), tip) == ["A001"]
