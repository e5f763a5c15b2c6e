"""The quick editor gives exactly what the careful one gives, or nothing; it takes what people do all day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.domain.ticket import Message, Ticket, TicketId
from gitdesk.store import amend, codec
from gitdesk.store.amend_line import amended
from gitdesk.value import replace

ID = TicketId("GD-7K3QX4M2")
PATH = "tickets/7K/GD-7K3QX4M2.md"
AT = datetime(2026, 11, 22, 9, 14, 3, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
REPLY = Message(
    at=LATER, kind="reply", author="Iva <i@a.example>", body="Done.\n\n### 2026-11-22T10:15:00Z · note · x"
)
TICKET = Ticket(
    id=ID, title="Cannot log in", created=AT, status="new", assignee="iva", tags=("login", "vip"),
    fields=(("region", "eu"), ("site", "pier 3")), description="It says:\n\nassignee: iva\nNo.",
    messages=(Message(at=AT, kind="note", author="Ana <a@b.example>", body="Hm."),),
)  # fmt: skip
VALUES = (
    "", "iva", "new", "eu", "agent07", "two words", "two  blanks", "on-hold", "on_hold", "no", "Yes", "ON", "null", "~",
    "y", "12", "0x1f", "1e3", "2026-11-22", "-", "a:", "a: b", "a #b", "#a", "Žurno", "a\u200db", "it's", '"', " a",
    "a ", "a-",
)  # fmt: skip


def rendered(ticket: Ticket) -> str:
    return codec.render(ticket).decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"assignee": "marko"},
        {"status": "waiting"},
        {"group": "billing"},
        {"title": "Cannot log in from home"},
        {"fields": (("region", "eu"), ("site", "pier 4"))},
        {"messages": (*TICKET.messages, REPLY)},
        {"status": "resolved", "assignee": "marko", "messages": (*TICKET.messages, REPLY)},
    ],
)
def test_the_plain_edits_of_a_plain_ticket_need_no_care(changes: dict[str, Any]) -> None:
    document = codec.parse(codec.render(TICKET), PATH)
    after = replace(TICKET, **changes)
    assert amended(document, after) == rendered(after) == amend.amend(document, after, codec.parse)


@pytest.mark.parametrize(
    "changes",
    [
        {"assignee": ""},
        {"assignee": "no"},
        {"group": "17"},
        {"tags": ("login",)},
        {"description": "Another one."},
        {"snoozed_until": AT},
        {"fields": (("region", "eu"),)},
        {"messages": ()},
        {"messages": (REPLY, *TICKET.messages)},
        {"messages": (*TICKET.messages, replace(REPLY, body="\nDone.\n"))},
    ],
)
def test_every_other_edit_is_left_to_the_careful_editor(changes: dict[str, Any]) -> None:
    document = codec.parse(codec.render(TICKET), PATH)
    assert amended(document, replace(TICKET, **changes)) is None


@pytest.mark.parametrize(
    "data",
    [
        codec.render(TICKET).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + codec.render(TICKET),
        codec.render(TICKET).replace(b"assignee: iva\n\n", b"assignee: iva # since Monday\n\n"),
        codec.render(TICKET).replace(b"assignee: iva\n\n", b"assignee: 'iva'\n\n"),
        codec.render(TICKET).replace(b"\n---\n", b"\n...\n"),
        b"no ticket at all \xff",
    ],
)
def test_an_unusual_file_is_left_to_the_careful_editor(data: bytes) -> None:
    assert amended(codec.parse(data, PATH), replace(TICKET, assignee="marko")) is None


LINES = [
    f"id: {ID}", "title: Cannot log in", "created: 2026-11-22T09:14:03Z", "status: new", "", "# c", "assignee: iva",
    "assignee:", "assignee:  iva", "assignee: iva ", "assignee: 'iva'", "assignee: no", "group: new", "priority: |",
    "  status: new", "tags:", "  - a", "  - assignee: iva", "fields:", "  region: eu", "  assignee: iva", "...",
]  # fmt: skip
TAILS = [
    "",
    "\nText\n",
    "\nText",
    "\nassignee: iva\n",
    "\n### 2026-11-22T09:15:00Z · reply · Iva <i>\n\nx\n",
    "\n\n",
]
EDITS = st.dictionaries(st.sampled_from(("assignee", "status", "group", "title")), st.sampled_from(VALUES))


@settings(max_examples=400, deadline=None)
@given(
    st.lists(st.sampled_from(LINES), max_size=7),
    st.sampled_from(TAILS),
    EDITS,
    st.sampled_from(VALUES),
    st.booleans(),
)
def test_the_quick_editor_gives_what_the_careful_one_gives_or_nothing(lines, tail, edits, region, answers):
    text = "\n".join(["---", *LINES[:4], *lines, "---", tail])
    document = codec.parse(text.encode(), PATH)
    if document.ticket is None:
        assert amended(document, TICKET) is None
        return
    own = {**dict(document.ticket.fields), "region": region}
    after = replace(
        document.ticket,
        **edits,
        fields=tuple(own.items()) if region else document.ticket.fields,
        messages=(*document.ticket.messages, REPLY) if answers else document.ticket.messages,
    )
    quick = amended(document, after)
    if quick is not None:
        assert quick == amend.amend(document, after, codec.parse)
