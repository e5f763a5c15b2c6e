"""A ticket to read: nothing is lost, notes are seen to be internal, code stays whole."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gitdesk.render.style import Paint
from gitdesk.render.table import Page
from gitdesk.render.text import width
from gitdesk.render.thread import body, render_thread

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TICKET = {
    "id": "GD-7K3QX4M2",
    "title": "Cannot log in",
    "status": "waiting",
    "category": "waiting",
    "priority": "high",
    "type": "technical",
    "group": "support",
    "assignee": "marko",
    "requester": "Ana Horvat <ana@example.com>",
    "channel": "email",
    "created": "2026-11-22T09:14:03Z",
    "updated": "2026-11-22T11:02:10Z",
    "tags": ["login", "vip"],
    "links": [{"kind": "duplicates", "target": "GD-4F7K2M9T", "title": "Old one", "status": "closed"}],
    "fields": {"region": "eu"},
    "attachments": [{"name": "log.txt", "size": 12345}, {"name": "b", "size": 9}],
    "description": "It says no.",
    "messages": [
        {
            "at": "2026-11-22T10:15:00Z",
            "kind": "reply",
            "author": "Marko <m@a>",
            "body": "Hello",
            "attachments": ["a.png"],
        },
        {"at": "2026-11-22T11:02:10Z", "kind": "note", "author": "Iva <i@a>", "body": "LDAP\n\nagain"},
    ],
}


def shown(ticket: dict[str, object], room: int | None = 72, *, colour: bool = False) -> list[str]:
    return list(
        render_thread([ticket], Page(now=NOW, width=room, zone=UTC, paint=Paint(colour)), lambda _: "highest")
    )


def test_a_ticket_reads_from_top_to_bottom() -> None:
    assert shown(TICKET) == [
        "GD-7K3QX4M2  Cannot log in",
        "waiting · high · technical · support · marko",
        "",
        "requester  Ana Horvat <ana@example.com> by email",
        "created    2 h ago (Sun 2026-11-22 09:14)",
        "updated    57 min ago (Sun 2026-11-22 11:02)",
        "tags       login, vip",
        "link       duplicates GD-4F7K2M9T  Old one · closed",
        "region     eu",
        "file       log.txt (12 kB)",
        "file       b (9 B)",
        "",
        "It says no.",
        "",
        "── → reply · Marko <m@a> · 1 h ago (Sun 2026-11-22 10:15) ──────────────",
        "Hello",
        "file  a.png",
        "",
        "┃ ── internal note · Iva <i@a> · 57 min ago (Sun 2026-11-22 11:02) ─────",
        "┃ LDAP",
        "┃",
        "┃ again",
    ]


def test_a_channel_without_a_requester_is_called_a_channel() -> None:
    lines = shown({**TICKET, "requester": ""})
    assert "channel  email" in lines
    assert not any(line.startswith("requester") for line in lines)


def test_a_merge_is_told_once_with_what_it_went_into() -> None:
    other = {"kind": "merged into", "target": "GD-4F7K2M9T", "title": "Old one", "status": "open"}
    lines = shown({**TICKET, "merged_into": "GD-4F7K2M9T", "links": [other]})
    assert [line for line in lines if "GD-4F7K2M9T" in line] == ["merged into  GD-4F7K2M9T  Old one · open"]
    elsewhere = {**other, "target": "GD-0000000A"}
    lines = shown({**TICKET, "merged_into": "GD-4F7K2M9T", "links": [elsewhere]})
    assert "merged into  GD-4F7K2M9T" in lines
    assert "link         merged into GD-0000000A  Old one · open" in lines


@pytest.mark.parametrize("room", [20, 34, 50, 80, 100, None])
@pytest.mark.parametrize("kind", ["reply", "customer", "note", "unheard-of"])
@pytest.mark.parametrize(
    "author",
    [
        "Maximiliana Konstantinopolitanski-Featherstonehaugh <maximiliana.konstantinopolitanski@supplier.example>",
        "<maximiliana.konstantinopolitanski-featherstonehaugh@a-very-long-name-of-a-supplier.example>",
        "森春香" * 20 + " <haruka@plovak.example>",
        "x",
    ],
)
def test_the_head_of_a_message_is_one_line(author: str, kind: str, room: int | None) -> None:
    message = {"at": "2026-11-22T10:15:00Z", "kind": kind, "author": author, "body": "Hello"}
    lines = shown({**TICKET, "messages": [message]}, room)
    head, text = lines[-2:]
    assert text.removeprefix("┃ ") == "Hello"
    assert head.removeprefix("┃ ").startswith("── ")
    assert width(head) <= (room or 100)
    assert author[:2] in head or (room or 100) < 34


def test_where_room_is_short_the_address_of_a_message_goes_before_the_name() -> None:
    author = "Branimir Zvonimirović-Petković <branimir.zvonimirovic@supplier.example>"
    message = {"at": "2026-11-22T10:15:00Z", "kind": "reply", "author": author, "body": "Hello"}
    heads = [shown({**TICKET, "messages": [message]}, room)[-2] for room in (130, 80, 50)]
    assert heads[0].startswith("── → reply · Branimir Zvonimirović-Petković · 1 h ago")  # pages stop at 100
    assert heads[1].startswith(
        "── → reply · Branimir Zvonimirović-Petković · 1 h ago (Sun 2026-11-22 10:15) ─"
    )
    assert heads[2] == "── → reply · Branimir Zvonimirović-Pet… · 1 h ago"


def test_several_tickets_are_kept_apart() -> None:
    lines = list(render_thread([TICKET, TICKET], Page(now=NOW, width=30)))
    assert lines.count("═" * 30) == 1
    assert sum(line.startswith("GD-7K3QX4M2") for line in lines) == 2


def test_an_unreadable_ticket_says_why() -> None:
    lines = shown({"id": "GD-7K3QX4M2", "path": "x", "problem": 'duplicate key "status"\x1b'})
    assert lines[0] == "GD-7K3QX4M2  (no title)"
    assert 'this file cannot be read: duplicate key "status"␛' in lines
    assert "nobody" not in lines


def test_nothing_in_a_ticket_steers_the_terminal() -> None:
    evil = "a\x1b[2J\u202e\x9b\u200b"
    message = {"at": evil, "kind": evil, "author": evil, "body": evil, "attachments": [evil]}
    ticket = {
        **{name: evil for name in TICKET if isinstance(TICKET[name], str)},
        "tags": [evil],
        "links": [{"kind": evil, "target": evil, "title": evil, "status": evil}],
        "fields": {evil: evil},
        "attachments": [{"name": evil, "size": 1}],
        "messages": [message],
    }
    assert not set("\x1b\u202e\x9b\u200b") & set("".join(shown(ticket)))


def test_prose_is_broken_to_the_page_and_notes_keep_their_bar() -> None:
    message = {"at": "2026-11-22T10:15:00Z", "kind": "note", "author": "I", "body": "word " * 60}
    lines = shown({**TICKET, "messages": [message]}, 50)
    assert max(map(width, lines)) <= 50
    tail = lines[lines.index("") :]
    assert sum(line.startswith("┃ word") for line in tail) > 3


def test_no_page_width_means_no_breaking() -> None:
    text = "word " * 100
    assert list(body(text, Page(now=NOW))) == [text]


def test_code_tables_and_lists_keep_their_shape() -> None:
    long = "x " * 40
    text = f"```py\n{long}\n~~~\n  {long}\n```\n    {long}\n| {long}|\n- {long}\n> {long}\n"
    lines = list(body(text, Page(now=NOW, width=40)))
    assert lines[:7] == ["```py", long, "~~~", f"  {long}", "```", f"    {long}", f"| {long}|"]
    rest = lines[7:-1]
    assert max(map(width, rest)) <= 40
    listed = [line for line in rest if not line.startswith(">")]
    assert listed[0].startswith("- x")
    assert all(line.startswith("  x") for line in listed[1:])
    assert sum(line.startswith("> x") for line in rest) >= 2


def test_a_fence_ends_only_with_a_mark_as_long_as_its_own() -> None:
    long = "x " * 40
    text = f"````\n```\n{long}\n````\n{long}"
    lines = list(body(text, Page(now=NOW, width=40)))
    assert lines[2] == long
    assert width(lines[4]) <= 40


def test_colour_is_only_added() -> None:
    import re

    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in shown(TICKET, colour=True)] == shown(TICKET)
    assert any("\x1b[1;31mhigh" in line for line in shown(TICKET, colour=True))
