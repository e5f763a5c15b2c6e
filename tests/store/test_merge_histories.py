"""Merging by field over made-up histories: what two people did one after the other on either side, as files."""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.domain import merge as merging
from gitdesk.domain.edit import Assign, Move, Relate, Say, Set, Tag
from gitdesk.domain.ticket import Message, Ticket, TicketId
from gitdesk.store import codec, merge_file
from gitdesk.store.amend import normal
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.edit import Edit

PATH = "tickets/7K/GD-7K3QX4M2.md"
OTHER = TicketId("GD-4F7K2M9T")
START = datetime(2026, 11, 22, 9, tzinfo=UTC)
TICKET = Ticket(
    id=TicketId("GD-7K3QX4M2"),
    title="Cannot log in",
    requester="Ana <ana@a.example>",
    created=START,
    status="open",
    priority="high",
    assignee="marko",
    tags=("login",),
    description="It does not work.\n\nSince Monday.\n\nOn both machines.",
)
LINES = ("It does not work.", "Since Monday.", "Since Tuesday.", "On both machines.", "<<<<<<< a", "Again.")


class Rewrite:
    """Another description, which no verb of the desk writes: people do it in an editor."""

    def __init__(self, description: str) -> None:
        self.description = description

    def __repr__(self) -> str:
        return f"Rewrite({self.description!r})"

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(ticket, description=self.description)


def say(minutes: int, body: str, kind: str) -> Say:
    at = START + timedelta(minutes=minutes)
    return Say(message=Message(at=at, kind=kind, author="Iva <iva@acme.example>", body=body))


tags = st.sets(st.sampled_from(["login", "sso", "vip", "zz"]), max_size=2).map(
    lambda found: tuple(sorted(found))
)
edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(Move, status=st.sampled_from(["open", "waiting", "resolved"])),
    st.builds(
        Assign, assignee=st.sampled_from(["", "iva", "marko"]), group=st.sampled_from([None, "", "support"])
    ),
    st.builds(Tag, add=tags, remove=tags),
    st.builds(
        lambda key, value: Set(values=((key, value),)),
        st.sampled_from(["priority", "type", "channel"]),
        st.sampled_from(["low", "high", "urgent"]),
    ),
    st.builds(
        lambda name, value: Set(fields=((name, value),)),
        st.sampled_from(["region", "floor"]),
        st.sampled_from(["", "eu", "us"]),
    ),
    st.builds(
        Relate, kind=st.sampled_from(["blocks", "relates"]), target=st.just(OTHER), remove=st.booleans()
    ),
    st.builds(
        say,
        st.integers(10, 30),
        st.sampled_from(["Hello", "=======", "a\n\nb"]),
        st.sampled_from(["note", "reply"]),
    ),
    st.builds(Rewrite, st.lists(st.sampled_from(LINES), min_size=1, max_size=4).map("\n\n".join)),
)
histories = st.lists(edits, max_size=5)
law = settings(max_examples=150, deadline=None)


def done(data: bytes, history: list[Edit]) -> bytes:
    """Returns the file after a history, each step written as a command would."""
    for edit in history:
        document = codec.parse(data, PATH)
        assert document.ticket is not None
        after = edit.apply(document.ticket)
        data = codec.amend(document, after) if after != document.ticket else data
    return data


def read(data: bytes) -> Ticket:
    document = codec.parse(data, PATH)
    assert document.problems == (), data.decode()
    assert document.ticket is not None
    return document.ticket


def merged(base: bytes, ours: bytes, theirs: bytes) -> merge_file.MergedFile:
    return merge_file.merge(PATH, base, ours, theirs, os.environ)


def chosen(data: bytes, side: int) -> bytes:
    """Returns a file with one side of every conflict, as a person settles it who takes all from one."""
    conflict = re.compile(rb"^<<<<<<< ours\n(.*?)^=======\n(.*?)^>>>>>>> theirs\n", re.MULTILINE | re.DOTALL)
    return conflict.sub(lambda found: found[side], data)


@law
@given(histories, histories)
def test_who_did_nothing_takes_what_the_other_did_byte_for_byte(
    before: list[Edit], history: list[Edit]
) -> None:
    base = done(codec.render(TICKET), before)
    side = done(base, history)
    for found in (merged(base, side, base), merged(base, base, side), merged(base, side, side)):
        assert found == merge_file.MergedFile(data=side)


@law
@given(histories, histories, histories)
def test_what_comes_out_can_be_read_and_says_what_the_judge_says(
    before: list[Edit], ours: list[Edit], theirs: list[Edit]
) -> None:
    base = done(codec.render(TICKET), before)
    mine, other = done(base, ours), done(base, theirs)
    found, back = merged(base, mine, other), merged(base, other, mine)
    assert found.is_conflict == back.is_conflict
    assert [(one.field, one.ours, one.theirs) for one in found.conflicts] == [
        (one.field, one.theirs, one.ours) for one in back.conflicts
    ]
    if not found.is_conflict:
        assert normal(read(found.data)) == normal(read(back.data))
        lines = merging.merge(
            read(base), read(mine), read(other), lambda *_: (read(found.data).description, True)
        )
        assert normal(read(found.data)) == normal(lines.ticket)


@law
@given(histories, histories, histories)
def test_nothing_said_on_either_side_is_lost_or_doubled(
    before: list[Edit], ours: list[Edit], theirs: list[Edit]
) -> None:
    base = done(codec.render(TICKET), before)
    mine, other = done(base, ours), done(base, theirs)
    data = merged(base, mine, other).data
    old, first, second = (Counter(read(one).messages) for one in (base, mine, other))
    for side in (1, 2):
        result = read(chosen(data, side))
        assert Counter(result.messages) == old + ((first - old) | (second - old))
        gone = set(read(base).tags) - (set(read(mine).tags) & set(read(other).tags))
        assert (
            set(result.tags) == (set(read(base).tags) | set(read(mine).tags) | set(read(other).tags)) - gone
        )


@law
@given(histories, histories, histories)
def test_a_conflict_settled_from_one_side_is_a_ticket_that_says_what_that_side_said(
    before: list[Edit], ours: list[Edit], theirs: list[Edit]
) -> None:
    base = done(codec.render(TICKET), before)
    mine, other = done(base, ours), done(base, theirs)
    found = merged(base, mine, other)
    for side, data in ((1, mine), (2, other)):
        result, said = read(chosen(found.data, side)), read(data)
        for one in found.conflicts:
            name, _, inner = one.field.partition(".")
            if inner:
                assert dict(result.fields).get(inner) == dict(said.fields).get(inner)
            elif name != merging.DESCRIPTION:  # of which lines are in conflict, and not the whole
                assert getattr(result, name) == getattr(said, name)


@law
@given(histories, histories, histories, histories)
def test_work_goes_on_after_a_merge_and_the_next_one_brings_the_rest(
    before: list[Edit], ours: list[Edit], theirs: list[Edit], later: list[Edit]
) -> None:
    base = done(codec.render(TICKET), before)
    mine, other = done(base, ours), done(base, theirs)
    both = chosen(merged(base, mine, other).data, 1)
    further = done(mine, later)
    data = chosen(merged(mine, further, both).data, 1)
    everything = Counter(read(both).messages) | Counter(read(further).messages)
    assert Counter(read(data).messages) == everything
    assert chosen(merged(mine, both, mine).data, 1) == both
