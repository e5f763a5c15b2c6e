"""The versions of a ticket are rendered one after the other as if each were rendered alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.domain import format as grammar
from gitdesk.domain.ticket import Link, Message, Ticket, TicketId
from gitdesk.errors import Refused
from gitdesk.store import codec
from gitdesk.store.versions import Versions
from gitdesk.value import replace

ID = TicketId("GD-7K3QX4M2")
AT = datetime(2026, 1, 1, 9, tzinfo=UTC)
START = Ticket(id=ID, title="A", created=AT, status="new")

_texts = st.sampled_from(
    ["", "x", "yes", "17:00", "- a", "# b", "a: b", "ž", '"', "### 2026-01-01T09:00:00Z · note · x", "---",
     "\n\na\r\nb\n"]
) | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)  # fmt: skip
_lines = _texts.map(lambda text: " ".join(text.split()))
_messages = st.lists(
    st.builds(
        Message,
        at=st.integers(0, 9).map(lambda days: AT + timedelta(days=days)),
        kind=st.sampled_from(["reply", "customer", "note"]),
        author=st.just("Ana <ana@example.com>"),
        body=_texts,
        meta=st.sampled_from([(), (("via", "a; b"), ("x", "--"))]),
    ),
    max_size=3,
)
_parts: dict[str, Any] = {
    **dict.fromkeys(
        ("title", "requester", "channel", "status", "priority", "type", "group", "assignee", "source"), _lines
    ),
    "description": _texts,
    "snoozed_until": st.sampled_from([None, AT]),
    "merged_into": st.sampled_from(["", "GD-4F7K2M9T"]),
    "tags": st.lists(_lines, max_size=3).map(tuple),
    "watchers": st.lists(_lines, max_size=3).map(tuple),
    "links": st.sampled_from([(), (Link(kind="b", target=ID), Link(kind="a", target=ID))]),
    "fields": st.dictionaries(_lines, _lines | st.lists(_lines, max_size=2).map(tuple), max_size=3).map(
        lambda fields: tuple(fields.items())
    ),
    "messages": _messages.map(tuple),
}


@st.composite
def histories(draw: st.DrawFn) -> list[Ticket]:
    """Returns versions of a ticket: parts change, messages come, and now and then the past is another."""
    found = [START]
    for _ in range(draw(st.integers(1, 6))):
        ticket = found[-1]
        for name in draw(st.lists(st.sampled_from(sorted(_parts)), max_size=3)):
            ticket = replace(ticket, **{name: draw(_parts[name])})
        found.append(replace(ticket, messages=(*ticket.messages, *draw(_messages))))
    return found


@settings(max_examples=150)
@given(histories())
def test_each_version_is_rendered_as_if_it_were_the_only_one(versions: list[Ticket]) -> None:
    renderer = Versions()
    assert [renderer.render(one) for one in versions] == [codec.render(one) for one in versions]


def test_a_version_can_come_twice_and_the_ticket_can_go_back() -> None:
    said = Message(at=AT, kind="note", author="Ana <a@x>", body="x")
    longer = replace(START, description="D", messages=(said, said))
    renderer = Versions()
    for one in (START, longer, longer, START, replace(START, messages=(replace(said, body="y"),)), longer):
        assert renderer.render(one) == codec.render(one)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_what_no_file_can_hold_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        Versions().render(replace(START, description=text))


def test_a_header_or_a_ticket_over_the_limits_is_refused() -> None:
    fields = tuple((f"f{number}", "x" * 1_000) for number in range(70))
    with pytest.raises(Refused, match="header has more than"):
        Versions().render(replace(START, fields=fields))
    with pytest.raises(Refused, match="ticket has more than"):
        Versions().render(replace(START, description="x" * (grammar.MAX_FILE + 1)))
