"""Merging by field: its laws over made-up pairs of sides, and what each kind of field does."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.domain.merge import SETS, SINGLE, Merged, agreed, merge, merge_messages, told
from gitdesk.domain.ticket import Link, Message, Ticket, TicketId
from gitdesk.value import replace

START = datetime(2026, 11, 22, 9, tzinfo=UTC)
BASE = Ticket(
    id=TicketId("GD-7K3QX4M2"),
    title="Cannot log in",
    created=START,
    status="open",
    priority="high",
    assignee="marko",
    tags=("login", "vip"),
    description="It does not work.",
)


def text(base: str, ours: str, theirs: str) -> tuple[str, bool]:
    """Merges a text as a whole: enough for the laws, which Git's own merge of lines obeys too."""
    return "|".join(sorted((ours, theirs))) + f" ({base})", False


def merged(base: Ticket | None, ours: Ticket, theirs: Ticket) -> Merged:
    return merge(base, ours, theirs, text)


def message(minutes: int, body: str = "Hello", **parts: Any) -> Message:
    given = {"kind": "reply", "author": "Iva <iva@acme.example>", **parts}
    return Message(at=START + timedelta(minutes=minutes), body=body, **given)


# ---- laws


VALUES: dict[str, Any] = {
    "title": st.sampled_from(["Cannot log in", "Login", "Password"]),
    "requester": st.sampled_from(["", "Ana <ana@a.example>", "Bo <bo@b.example>"]),
    "channel": st.sampled_from(["", "email", "web"]),
    "source": st.sampled_from(["", "zendesk:1"]),
    "status": st.sampled_from(["open", "waiting", "resolved"]),
    "snoozed_until": st.sampled_from([None, START, START + timedelta(days=1)]),
    "priority": st.sampled_from(["", "low", "high"]),
    "type": st.sampled_from(["", "question"]),
    "group": st.sampled_from(["", "support"]),
    "assignee": st.sampled_from(["", "iva", "marko"]),
    "merged_into": st.sampled_from(["", "GD-4F7K2M9T"]),
    "tags": st.sets(st.sampled_from("abc")).map(lambda found: tuple(sorted(found))),
    "watchers": st.sets(st.sampled_from(["iva", "bo"])).map(lambda found: tuple(sorted(found))),
    "links": st.sets(
        st.sampled_from([Link(kind=kind, target=TicketId("GD-4F7K2M9T")) for kind in ("blocks", "relates")])
    ).map(lambda found: tuple(sorted(found, key=str))),
    "fields": st.dictionaries(
        st.sampled_from(["region", "areas"]),
        st.one_of(st.sampled_from(["eu", "us"]), st.sampled_from([("a",), ("a", "b"), ("c",)])),
    ).map(lambda found: tuple(sorted(found.items()))),
    "description": st.sampled_from(["", "It does not work.", "It works.", "Other"]),
    "messages": st.lists(
        st.builds(message, st.integers(0, 5), st.sampled_from(["Hello", "Bye"])), max_size=4
    ).map(lambda found: tuple(sorted(found, key=lambda one: one.at))),
}
tickets = st.builds(lambda parts: replace(BASE, **parts), st.fixed_dictionaries({}, optional=VALUES))
law = settings(max_examples=300, deadline=None)


@law
@given(tickets, tickets)
def test_a_side_that_changed_nothing_lets_the_other_have_its_way(base: Ticket, side: Ticket) -> None:
    assert merged(base, side, base) == merged(base, base, side) == Merged(ticket=side)


@law
@given(st.none() | tickets, tickets)
def test_what_both_sides_made_alike_stays(base: Ticket | None, side: Ticket) -> None:
    assert merged(base, side, side) == Merged(ticket=side)


@law
@given(st.none() | tickets, tickets, tickets)
def test_it_does_not_matter_which_side_is_which(base: Ticket | None, one: Ticket, other: Ticket) -> None:
    here, there = merged(base, one, other), merged(base, other, one)
    assert [(each.field, each.ours, each.theirs) for each in here.conflicts] == [
        (each.field, each.theirs, each.ours) for each in there.conflicts
    ]
    split = {each.field for each in here.conflicts}
    for name in (*SINGLE, *SETS, "messages"):
        if name not in split:
            assert getattr(here.ticket, name) == getattr(there.ticket, name), name
    here_fields, there_fields = dict(here.ticket.fields), dict(there.ticket.fields)
    for name in {*here_fields, *there_fields}:
        if f"fields.{name}" not in split:
            assert here_fields.get(name) == there_fields.get(name), name


@law
@given(st.none() | tickets, tickets, tickets)
def test_nothing_that_a_side_said_is_lost_without_a_word(
    base: Ticket | None, one: Ticket, other: Ticket
) -> None:
    found = merged(base, one, other)
    split = {each.field for each in found.conflicts}
    for name in SINGLE:
        old = getattr(base, name) if base is not None else None
        for side, against in ((one, other), (other, one)):
            said = getattr(side, name)
            if said and said != old and name not in split:
                assert getattr(found.ticket, name) == said, name
            assert getattr(found.ticket, name) in (getattr(side, name), getattr(against, name))
    for name in (*SETS, "messages"):
        old, mine, theirs, result = (
            Counter(getattr(side, name)) if side is not None else Counter()
            for side in (base, one, other, found.ticket)
        )
        assert not (mine - old) - result, name
        assert not (theirs - old) - result, name
        assert result == (old & mine & theirs) + ((mine - old) | (theirs - old)), name


@law
@given(VALUES["messages"], VALUES["messages"], VALUES["messages"])
def test_threads_in_the_order_of_their_times_stay_so(
    base: tuple[Message, ...], one: tuple[Message, ...], other: tuple[Message, ...]
) -> None:
    found = merge_messages(base, one, other)
    assert [each.at for each in found] == sorted(each.at for each in found)


@law
@given(tickets, tickets)
def test_what_two_bases_do_not_agree_on_is_settled_by_nobody_but_a_person(one: Ticket, other: Ticket) -> None:
    base = agreed(one, other)
    assert base == agreed(one, base)
    assert agreed(one, one) == one
    found = merged(base, one, other)
    different = {name for name in SINGLE if getattr(one, name) != getattr(other, name)}
    assert {each.field for each in found.conflicts if each.field in SINGLE} == different
    assert merged(base, one, one) == Merged(ticket=one)
    for name in (*SETS, "messages"):
        assert Counter(getattr(found.ticket, name)) == Counter(getattr(one, name)) | Counter(
            getattr(other, name)
        )


@law
@given(*[st.lists(st.builds(message, st.integers(0, 3), st.sampled_from("abcdef")), max_size=4)] * 3)
def test_what_stood_on_a_side_is_not_moved_by_what_comes_in(
    base: list[Message], one: list[Message], other: list[Message]
) -> None:
    """Not even when the times are equal, or not in order: a past message that moves is refused by the law."""
    known = dict.fromkeys(base)
    ours, theirs = (
        [*known, *(each for each in dict.fromkeys(side) if each not in known)] for side in (one, other)
    )
    found = merge_messages(tuple(known), tuple(ours), tuple(theirs))
    assert merge_messages(tuple(known), tuple(theirs), tuple(ours)) == found
    alike = [each for each in ours if each in theirs]
    if alike == [each for each in theirs if each in ours]:
        for side in (ours, theirs):
            assert [each for each in found if each in side] == side


# ---- fields


def test_different_fields_of_both_sides_come_together() -> None:
    ours = replace(BASE, status="waiting", tags=("login", "vip", "sso"))
    theirs = replace(BASE, assignee="iva", tags=("login",), fields=(("region", "eu"),))
    found = merged(BASE, ours, theirs)
    assert found.conflicts == ()
    assert found.ticket == replace(
        BASE, status="waiting", assignee="iva", tags=("login", "sso"), fields=(("region", "eu"),)
    )


def test_one_field_changed_to_two_values_is_a_conflict_and_the_rest_is_settled() -> None:
    ours, theirs = replace(BASE, status="resolved"), replace(BASE, status="waiting", priority="low")
    found = merged(BASE, ours, theirs)
    assert told(found.conflicts) == 'status: "resolved" or "waiting"'
    assert found.ticket.priority == "low"


def test_a_value_taken_out_against_one_changed_is_a_conflict() -> None:
    found = merged(BASE, replace(BASE, assignee=""), replace(BASE, assignee="iva"))
    assert told(found.conflicts) == 'assignee: none or "iva"'
    fielded = replace(BASE, fields=(("region", "eu"),))
    found = merged(fielded, BASE, replace(BASE, fields=(("region", "us"),)))
    assert told(found.conflicts) == 'fields.region: none or "us"'


def test_lists_in_fields_are_merged_as_sets_and_texts_are_not() -> None:
    base = replace(BASE, fields=(("areas", ("a", "b")),))
    ours = replace(BASE, fields=(("areas", ("a", "b", "c")),))
    theirs = replace(BASE, fields=(("areas", ("b",)),))
    assert merged(base, ours, theirs).ticket.fields == (("areas", ("b", "c")),)
    mixed = merged(base, ours, replace(BASE, fields=(("areas", "all"),)))
    assert [one.field for one in mixed.conflicts] == ["fields.areas"]


def test_replies_of_both_sides_stand_in_the_order_of_their_times() -> None:
    base = (message(0),)
    ours, theirs = (*base, message(10, "ours"), message(30, "late")), (*base, message(20, "theirs"))
    assert [one.body for one in merge_messages(base, ours, theirs)] == ["Hello", "ours", "theirs", "late"]


def test_one_reply_that_both_sides_have_comes_once_and_two_alike_of_one_side_twice() -> None:
    both = message(10, "same")
    assert merge_messages((), (both,), (both, message(20))) == (both, message(20))
    assert merge_messages((), (both, both), (message(5),)) == (message(5), both, both)


def test_a_message_corrected_on_one_side_is_corrected_and_one_taken_out_is_gone() -> None:
    base = (message(0, "typpo"), message(5, "spam"))
    ours, theirs = (message(0, "typo"), message(5, "spam")), (message(0, "typpo"), message(9, "new"))
    assert [one.body for one in merge_messages(base, ours, theirs)] == ["typo", "new"]


@pytest.mark.parametrize("base", [None, BASE])
def test_two_tickets_that_came_by_one_id_do_not_become_one_in_silence(base: Ticket | None) -> None:
    other = replace(BASE, title="Other", created=START + timedelta(days=1), description="Other")
    ours = replace(BASE, title="Ours", created=START + timedelta(days=2), description="Ours")
    found = merged(base, ours, other)
    assert [one.field for one in found.conflicts] == ["title", "created", "description"]
    assert told(found.conflicts).endswith("description: changed in the same lines")
