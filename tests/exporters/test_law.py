"""The law of an export: taking its events back, one by one, gives every version there was, whoever made it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from histories import ANA, IVA, START, Stream, exported, facts_of, make_desk, text_of, versions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Link, Message, Ticket, TicketId
from gitdesk.exporters import story
from gitdesk.store import codec
from gitdesk.value import replace

ONE, TWO = TicketId("GD-7K3QX4M2"), TicketId("GD-4F7K2M9T")
AT = datetime.fromtimestamp(START, UTC)

_word = st.sampled_from(["alpha", "beta", "gamma", "delta", "zeta"])
_text = st.sampled_from(
    ["", "short", "a, b", '"quoted"', "[x]", "back\\slash", "… ends in dots", "long " * 100]
)
_value = st.one_of(
    st.sampled_from(["eu", "a, b", '"', "[1, 2]", "17:00", "x" * 1_200, "y…" * 600]),
    st.lists(st.sampled_from(["a", "b, c", '"', "[", "\\", "e\\\\f", " g "]), min_size=1, max_size=3).map(
        tuple
    ),
)
_messages = st.lists(
    st.builds(
        Message,
        at=st.integers(0, 5).map(lambda seconds: AT + timedelta(seconds=seconds)),
        kind=st.sampled_from(["reply", "note", "customer"]),
        author=st.sampled_from([IVA, ANA]),
        body=st.sampled_from(["", "Hello", "Hello " * 100, "### no start", "Hello\n\nthere"]),
        meta=st.sampled_from([(), (("via", "email"),), (("via", "email"), ("attachments", "a.png"))]),
    ),
    max_size=4,
).map(tuple)
_parts: dict[str, Any] = {
    "title": st.sampled_from(["Cannot log in", "Cannot log in at all", "= 1 + 1"]),
    "status": st.sampled_from(["new", "open", "waiting", "closed"]),
    "priority": st.sampled_from(["", "low", "high"]),
    "assignee": st.sampled_from(["", "iva"]),
    "requester": st.sampled_from(["", ANA]),
    "created": st.integers(0, 3).map(lambda days: AT - timedelta(days=days)),
    "snoozed_until": st.sampled_from([None, AT + timedelta(days=9)]),
    "merged_into": st.sampled_from(["", TWO]),
    "description": _text,
    "tags": st.lists(_word, unique=True, max_size=4).map(tuple),
    "watchers": st.lists(_word, unique=True, max_size=3).map(tuple),
    "links": st.lists(
        st.sampled_from([Link(kind="relates", target=TWO), Link(kind="blocks", target=TWO)]), unique=True
    ).map(tuple),
    "fields": st.dictionaries(st.sampled_from(["a", "b", "c"]), _value, max_size=3).map(
        lambda d: tuple(d.items())
    ),
    "messages": _messages,
}


@st.composite
def histories(draw: st.DrawFn) -> list[Ticket | bytes | None]:
    """Returns the versions of a ticket: None where it was deleted, bytes where it could not be read."""
    ticket = Ticket(id=ONE, title="Cannot log in", created=AT, status="new")
    found: list[Ticket | bytes | None] = []
    for _ in range(draw(st.integers(1, 6))):
        for name in draw(st.lists(st.sampled_from(sorted(_parts)), max_size=4)):
            ticket = replace(ticket, **{name: draw(_parts[name])})
        if draw(st.booleans()):  # as commands do it
            ticket = replace(ticket, messages=(*ticket.messages, *draw(_messages)[:1]))
        found.append(ticket)
        if draw(st.integers(0, 9)) == 0:
            found.append(draw(st.sampled_from([None, b"---\nno end"])))
    return found if isinstance(found[-1], Ticket) else [*found, ticket]


@pytest.fixture(scope="module")
def desk() -> Iterator[Path]:
    """One desk for all examples: each adds a ticket of its own."""
    with tempfile.TemporaryDirectory() as folder:
        yield make_desk(Path(folder) / "desk")


_codes = count()


@given(history=histories())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_version_comes_back(desk: Path, history: list[Ticket | bytes | None]) -> None:
    ticket_id = TicketId(f"GD-{next(_codes):08}")
    path = path_of(ticket_id)
    stream, told, before = Stream(), [], b""
    seen: list[bytes | None] = []
    for version in history:
        data = text_of(replace(version, id=ticket_id)) if isinstance(version, Ticket) else version
        if data == (seen[-1] if seen else None):
            continue
        seen.append(data)
        stream.commit({path: data}, message=f"hand edit {stream.count}")
        if isinstance(version, Ticket) and data is not None:
            read = codec.parse(data, path).ticket
            assert read is not None, data
            if data != before:
                told.append(facts_of(read))
            before = data
    stream.run(desk)
    (ticket,) = exported(desk, f"id:{ticket_id}")
    expected = [one for place, one in enumerate(told) if not place or one != told[place - 1]]
    found = versions(ticket)
    assert [one for place, one in enumerate(found) if not place or one != found[place - 1]] == expected
    assert "deleted" not in ticket["created_event"]
    gone = sum(event.get("deleted", False) for event in ticket["events"])
    assert gone == sum(event.get("restored", False) for event in ticket["events"]) == seen.count(None)
    _agrees_with_git(desk, ticket)


def _agrees_with_git(desk: Path, ticket: dict[str, Any]) -> None:
    """Sees that what the index alone tells is what the versions in Git tell."""

    def unable(*_: object) -> None:
        raise story.Incomplete

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(story, "of_rows", unable)
        assert exported(desk, f"id:{ticket['id']}") == [ticket]
