"""Merges: whoever follows the events of a ticket arrives at what it is, also where a merge undid what a side did."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from histories import ANA, IVA, START, Stream, exported, facts_of, text_of

from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Message, Ticket, TicketId
from gitdesk.exporters import story
from gitdesk.store import codec
from gitdesk.value import replace

ONE = TicketId("GD-7K3QX4M2")
PATH = path_of(ONE)
AT = datetime.fromtimestamp(START, UTC)
TICKET = Ticket(id=ONE, title="Cannot log in", created=AT, status="new", requester=ANA)
LONG = "x" * 1_200  # more than a row of the index keeps


def said(number: int, text: str = "Hello") -> Message:
    return Message(at=AT + timedelta(hours=number), kind="reply", author=IVA, body=f"{text} {number}")


def merged(desk: Path, base: Ticket, ours: Ticket, theirs: Ticket, result: Ticket) -> None:
    """Makes a history in which two branches change a ticket and a merge decides."""
    stream = Stream()
    first = stream.commit({PATH: text_of(base)})
    one = stream.commit({PATH: text_of(ours)}, parents=[first])
    two = stream.commit({PATH: text_of(theirs)}, branch="side", parents=[first])
    stream.commit({PATH: text_of(result)}, parents=[one, two], message="merge")
    stream.run(desk)


def read_back(ticket: dict[str, Any]) -> dict[str, Any]:
    """Returns what the events of a ticket lead to, each told value taken as it is told."""
    state: dict[str, Any] = {}
    lists: dict[str, list[Any]] = {}
    thread = [_whole(one, ticket["created_event"]) for one in ticket.get("messages", ())]
    for event in ticket["events"]:
        if "message" in event:
            thread.append(_whole(event["message"], event))
        for key, change in event.get("changes", {}).items():
            if key == "messages":
                thread = change["to"]
            elif "add" in change:
                kept = [one for one in lists.setdefault(key, []) if one not in change["remove"]]
                lists[key] = [*kept, *(one for one in change["add"] if one not in kept)]
            elif isinstance(change["to"], list):
                lists[key] = change["to"]
            else:
                state[key] = change["to"]
    return {**state, **{key: sorted(value) for key, value in lists.items()}, "messages": thread}


def _whole(message: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    return {**message, "at": message.get("at") or event["at"], "author": message.get("author") or event["by"]}


def now_of(result: Ticket) -> dict[str, Any]:
    """Returns what a ticket is, by the keys of events."""
    ticket = codec.parse(text_of(result), PATH).ticket
    assert ticket is not None
    facts = facts_of(ticket)
    fields = facts.pop("fields", {})
    return {**facts, **{f"fields.{name}": value for name, value in fields.items()}}


def both_ways(desk: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Returns the ticket as the rows of the index tell it, and as its versions in Git do."""

    def unable(*_: object) -> None:
        raise story.Incomplete

    (one,) = exported(desk)
    with monkeypatch.context() as patch:
        patch.setattr(story, "of_rows", unable)
        (other,) = exported(desk)
    return [one, other]


@pytest.mark.parametrize(
    ("ours", "theirs", "keep"),
    [
        ({}, {"status": "open", "priority": "high"}, {}),
        ({"priority": "low"}, {"status": "open"}, {"priority": "low"}),
        ({"title": LONG[:400]}, {"fields": (("note", LONG),)}, {"title": LONG[:400]}),
        ({"fields": (("note", LONG),)}, {"fields": (("note", LONG + "y"),)}, {"fields": (("note", LONG),)}),
        ({"status": "open"}, {"tags": ("a", "b")}, {"status": "open"}),
        ({"messages": (said(1),)}, {"messages": (said(2),)}, {"messages": (said(1),)}),
        ({"messages": (said(1),)}, {"messages": (said(2), said(3))}, {"messages": (said(1), said(3))}),
        ({"description": "ours"}, {"description": LONG}, {"description": "ours", "status": "open"}),
    ],
)  # fmt: skip
def test_what_a_merge_undoes_is_told_at_the_merge(
    desk: Path, monkeypatch: pytest.MonkeyPatch, ours: Any, theirs: Any, keep: Any
) -> None:
    base = replace(TICKET, fields=(("note", "start"),))
    result = replace(base, **keep)
    merged(desk, base, replace(base, **ours), replace(base, **theirs), result)
    now = now_of(result)
    for ticket in both_ways(desk, monkeypatch):
        found = read_back(ticket)
        for key, value in found.items():
            assert value == now.get(key, [] if isinstance(value, list) else None), key


def test_random_merges_lead_to_what_the_ticket_is(
    tmp_path: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(11)

    def changed(ticket: Ticket) -> Ticket:
        for _ in range(chance.randint(1, 3)):
            part = chance.choice(("status", "priority", "tags", "fields", "messages"))
            value: Any = chance.choice(("open", "waiting", "high"))
            if part == "tags":
                value = tuple(sorted(chance.sample(("a", "b", "c"), chance.randint(0, 3))))
            elif part == "fields":
                value = (("note", chance.choice((LONG, "short", LONG + "z"))),)
            elif part == "messages":
                value = (*ticket.messages, said(chance.randint(1, 9)))
            ticket = replace(ticket, **{part: value})
        return ticket

    stream, results = Stream(), {}
    for number in range(25):
        ticket_id = TicketId(f"GD-{number:08}")
        base = replace(TICKET, id=ticket_id, fields=(("note", "start"),))
        path, parents = path_of(ticket_id), [f":{stream.count}"] if stream.count else []
        first = stream.commit({path: text_of(base)}, parents=parents)
        ours, theirs = changed(base), changed(base)
        one = stream.commit({path: text_of(ours)}, parents=[first])
        two = stream.commit({path: text_of(theirs)}, branch="side", parents=[first])
        result = chance.choice((ours, theirs, replace(ours, tags=theirs.tags, status=theirs.status)))
        stream.commit({path: text_of(result)}, parents=[one, two])
        results[str(ticket_id)] = result
    stream.run(desk)

    def unable(*_: object) -> None:
        raise story.Incomplete

    for exact in (False, True):
        with monkeypatch.context() as patch:
            if exact:
                patch.setattr(story, "of_rows", unable)
            tickets = exported(desk)
        assert len(tickets) == len(results)
        for ticket in tickets:
            now = now_of(results[ticket["id"]])
            for key, value in read_back(ticket).items():
                assert value == now.get(key, [] if isinstance(value, list) else None), (
                    exact,
                    ticket["id"],
                    key,
                )
