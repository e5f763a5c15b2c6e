"""Edits: what each verb does to a ticket, and that doing it twice is doing it once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitdesk.domain import edit
from gitdesk.domain.ticket import Link, Message, Ticket, TicketId
from gitdesk.errors import Refused

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TICKET = Ticket(
    id=TicketId("GD-7K3QX4M2"), title="Cannot log in", created=AT, status="open", tags=("login", "vip")
)
OTHER = TicketId("GD-4F7K2M9T")


def say(at: datetime, body: str = "Hello") -> edit.Say:
    return edit.Say(message=Message(at=at, kind="reply", author="Marko <marko@acme.example>", body=body))


def test_assigning_an_agent_leaves_the_group_and_a_group_leaves_the_agent() -> None:
    given_to = edit.Assign(assignee="marko").apply(edit.Assign(group="support").apply(TICKET))
    assert (given_to.assignee, given_to.group) == ("marko", "support")
    assert edit.Assign(assignee="").apply(given_to).assignee == ""


def test_a_tag_is_sorted_in_where_the_tags_are_sorted() -> None:
    assert edit.Tag(add=("mail",)).apply(TICKET).tags == ("login", "mail", "vip")


def test_a_tag_goes_last_where_a_person_keeps_an_order_of_their_own() -> None:
    unsorted = edit.Tag(add=("a",)).apply(edit.Set(values=(("tags", ("vip", "login")),)).apply(TICKET))
    assert unsorted.tags == ("vip", "login", "a")


tags = st.lists(st.sampled_from("abcdef"), max_size=4).map(tuple)
EDITS = st.one_of(
    st.builds(
        edit.Assign, assignee=st.sampled_from([None, "", "marko"]), group=st.sampled_from([None, "support"])
    ),
    st.builds(edit.Tag, add=tags, remove=tags).filter(lambda one: not set(one.add) & set(one.remove)),
    st.builds(edit.Move, status=st.sampled_from(["open", "waiting"])),
    st.builds(edit.Set, fields=st.just((("region", "eu"),))),
    st.builds(edit.Relate, kind=st.just("blocks"), target=st.just(OTHER), remove=st.booleans()),
    st.builds(edit.MergeInto, target=st.just(OTHER), status=st.just("merged")),
)


@given(EDITS)
def test_every_edit_but_a_message_is_safe_to_repeat(one: edit.Edit) -> None:
    once = one.apply(TICKET)
    assert one.apply(once) == once


def test_leaving_a_snooze_forgets_its_date_and_a_new_date_replaces_it() -> None:
    asleep = edit.Move(status="snoozed", snoozed_until=AT + timedelta(days=1)).apply(TICKET)
    later = edit.Move(status="snoozed", snoozed_until=AT + timedelta(days=2)).apply(asleep)
    assert later.snoozed_until == AT + timedelta(days=2)
    assert edit.Move(status="open").apply(later).snoozed_until is None
    assert edit.Move(status="snoozed").apply(later) == later


def test_a_message_never_goes_before_the_last_one() -> None:
    thread = say(AT - timedelta(hours=2), "early").apply(say(AT + timedelta(hours=1)).apply(TICKET))
    assert [message.at for message in thread.messages] == [AT + timedelta(hours=1)] * 2


def test_an_empty_value_unsets_a_field() -> None:
    with_field = edit.Set(fields=(("region", "eu"), ("seats", "3"))).apply(TICKET)
    assert edit.Set(fields=(("region", ""),)).apply(with_field).fields == (("seats", "3"),)


def test_links_are_added_once_and_removed() -> None:
    linked = edit.Relate(kind="blocks", target=OTHER).apply(TICKET)
    assert linked.links == (Link(kind="blocks", target=OTHER),)
    assert edit.Relate(kind="blocks", target=OTHER, remove=True).apply(linked) == TICKET


@pytest.mark.parametrize(
    "one",
    [edit.Relate(kind="blocks", target=TICKET.id), edit.MergeInto(target=TICKET.id, status="merged")],
)
def test_a_ticket_is_neither_linked_to_nor_merged_into_itself(one: edit.Edit) -> None:
    with pytest.raises(Refused, match="itself"):
        one.apply(TICKET)


def test_unmerging_gives_back_what_merging_took() -> None:
    merged = edit.MergeInto(target=OTHER, status="merged").apply(TICKET)
    assert (merged.status, merged.merged_into) == ("merged", OTHER)
    assert edit.Unmerge(status="open").apply(merged) == TICKET
    with pytest.raises(Refused, match="is not merged"):
        edit.Unmerge(status="open").apply(TICKET)


def test_a_merged_ticket_is_not_merged_again_elsewhere() -> None:
    merged = edit.MergeInto(target=OTHER, status="merged").apply(TICKET)
    with pytest.raises(Refused, match="already"):
        edit.MergeInto(target=TicketId("GD-00000000"), status="merged").apply(merged)


def test_several_edits_are_done_in_order() -> None:
    both = edit.Several(edits=(edit.Move(status="waiting"), edit.Assign(assignee="iva"))).apply(TICKET)
    assert (both.status, both.assignee) == ("waiting", "iva")
