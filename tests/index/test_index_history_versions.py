"""A version read by what it lacks is the version that parsing finds, or it is not read that way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.domain.event import PARTS, events, part_events
from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Message, Ticket, TicketId
from gitdesk.index.history_versions import Version
from gitdesk.store import codec

AT = datetime(2026, 11, 22, 9, 14, 3, tzinfo=UTC)
ID = TicketId("GD-7K3QX4M2")
PATH = path_of(ID)
REST = "created: 2026-11-22T09:14:03Z\nstatus: new"
TICKET = Ticket(
    id=ID, title="Cannot log in", created=AT, status="new", assignee="marko", tags=("login", "vip"),
    fields=(("region", "eu"),), description="It says no.\n\nstatus: closed",
)  # fmt: skip
REPLY = Message(
    at=AT, kind="reply", author="Marko <m@x>", body="Hello\n\n- a\n\n--- b", meta=(("via", "email"),)
)
NOTE = Message(at=AT, kind="note", author="Iva <i@x>", body="")


def check(newer: bytes, before: bytes) -> bool:
    """Compares with parsing, both the version and what differs; tells whether the short way was taken."""
    known = Version(parsed := codec.parse(newer, PATH))
    found = known.before(before)
    if found is None:
        return False
    older, parts = found
    expected = codec.parse(before, PATH)
    assert older.document.ticket == expected.ticket
    assert older.document.data == before
    told = [event for part in PARTS if part in parts
            for event in part_events(ID, part, older.part(part), known.part(part))]  # fmt: skip
    assert tuple(replace(event, ticket_id=ID) for event in events(expected.ticket, parsed.ticket)) == tuple(
        told
    )
    return True


@pytest.mark.parametrize(
    "change",
    [
        {"status": "open"},
        {"assignee": ""},
        {"assignee": "", "priority": "high", "status": "closed"},
        {"tags": ()},
        {"tags": ("billing", "login", "vip")},
        {"messages": (REPLY,)},
        {"messages": (REPLY, NOTE), "status": "waiting", "tags": ("vip",)},
    ],
)
def test_the_usual_changes_are_read_the_short_way(change: dict[str, object]) -> None:
    after = replace(TICKET, **change)  # type: ignore[arg-type]
    assert check(codec.render(after), codec.render(TICKET))
    if "messages" in change:
        more = replace(after, messages=(*after.messages, REPLY))
        assert check(codec.render(more), codec.render(after))
    else:
        assert check(codec.render(TICKET), codec.render(after))


@pytest.mark.parametrize(
    ("newer", "before"),
    [
        ("status: new", "status: null"),
        ("status: new", "status: new # soon"),
        ("status: new", "status: [new]"),
        ("status: new", "status:"),
        ("status: new", "status: new\nstatus: open"),
        ("status: new\n", "status: new\nstate: open\n"),
        ("assignee: marko", "assignee: >\n  marko"),
        ("  - vip", "  - vip\n  - vip"),
        ("  - vip", "  - null"),
        ("  - vip", " - vip"),
        ("title: Cannot log in", "title: 'a\nassignee: marko\nb'"),
        ("title: Cannot log in", 'title: "a\nassignee:\nb"'),
        ("id: GD-7K3QX4M2", "id: GD-4F7K2M9T"),
        ("tags:\n  - login\n  - vip", "tags:\n  - login\n\n  - vip"),
        ("assignee: marko", "assignee: marko\n\n  polo"),
        ("It says no.", "It says yes."),
        ("---\n", "--- \n"),
        ("---\n", "---\r\n"),
        ("It says no.", "It says no.\n\n<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs"),
    ],
)
def test_anything_else_is_parsed_or_comes_out_the_same(newer: str, before: str) -> None:
    text = codec.render(TICKET).decode()
    changed = text.replace(newer, before, 1)
    assert changed != text
    check(text.encode(), changed.encode())
    check(changed.encode(), text.encode())


@pytest.mark.parametrize("key", ["assignee", "priority"])
@pytest.mark.parametrize("quote", ["'", '"', ""])
def test_a_title_over_several_lines_is_not_taken_for_keys(key: str, quote: str) -> None:
    rows = [f"---\nid: {ID}\ntitle: {quote}a\n{key}:{value}\nb{quote}\n{REST}\n---\n"
            for value in ("", " bob")]  # fmt: skip
    check(rows[0].encode(), rows[1].encode())
    check(rows[1].encode(), rows[0].encode())


@pytest.mark.parametrize("rest", ["  - more", "  more", "# more\n\n  - more", "more"])
@pytest.mark.parametrize("pair", [("tags:", "tags:\n  - a"), ("tags:\n  - a", "tags:\n  - b"), ("type: a", "type: b"),
                                  ("type:", "type: b")])  # fmt: skip
def test_a_value_that_goes_on_after_a_blank_line_is_read_whole(rest: str, pair: tuple[str, str]) -> None:
    rows = [f"---\nid: {ID}\ntitle: t\n{REST}\n\n{one}\n\n{rest}\n\ngroup: g\n---\n".encode() for one in pair]
    check(rows[0], rows[1])
    check(rows[1], rows[0])


@pytest.mark.parametrize(
    "title",
    [
        "Re: it's [urgent] {now}",
        "'quoted'",
        '"quoted"',
        "it's",
        "a\\b",
        "x: 'y",
        "# no",
        "[a",
        "%",
        "- 'a",
        "@x",
    ],
)
def test_quotes_and_brackets_that_close_on_their_line_do_not_stand_in_the_way(title: str) -> None:
    before = replace(TICKET, title=title, fields=(("region", title),), tags=("a", "it's"))
    after = replace(before, status="open", messages=(REPLY,))
    taken = check(codec.render(after), codec.render(before))
    assert taken or "\\" in title
    text = codec.render(before).decode()
    for quoted in (
        f'"{title}',
        f"'{title}",
        f"[{title}",
        f"{{{title}",
        f"|\n  {title}",
        f"{title}\n\n  it's",
    ):
        odd = text.replace(f"title: {title}", f"title: {quoted}", 1)
        check(odd.replace("status: new", "status: open").encode(), odd.encode())


def test_many_lines_before_a_quote_that_never_closes_take_no_time() -> None:
    lines = "\n".join(f"  key{number}: value" for number in range(500))
    text = f"---\nid: {ID}\ntitle: t\n{REST}\n\nfields:\n{lines}\n  last: a 'b\n  {{more: it's\n---\n"
    check(text.replace("status: new", "status: open").encode(), text.encode())


def test_a_header_that_ends_early_is_not_read_into_the_body() -> None:
    rows = [f"---\nid: {ID}\ntitle: t\n{REST}\n{end}\nassignee:{value}\n\n---\nrest\n"
            for end in ("--- ", "...", "---") for value in ("", " bob")]  # fmt: skip
    for one in rows:
        for other in rows:
            check(one.encode(), other.encode())


def test_a_version_read_the_short_way_leads_on_to_the_one_before_it() -> None:
    tickets = [TICKET, replace(TICKET, status="open"), replace(TICKET, status="open", messages=(REPLY,)),
               replace(TICKET, status="closed", tags=(), messages=(REPLY, NOTE))]  # fmt: skip
    files = [codec.render(ticket) for ticket in tickets]
    parsed = codec.parse(files[-1], PATH)
    version = Version(parsed)
    assert version.document is parsed
    for data in reversed(files[:-1]):
        found = version.before(data)
        assert found is not None
        version = found[0]
        assert version.document.ticket == codec.parse(data, PATH).ticket


lines = st.sampled_from(
    ["status: new", "status: open", "status:", "assignee:", "assignee: bob", "tags:", "  - a", "  - b", "- c", "", " x",
     "title: t", "title: 't", "title: \"t", "b'", 'b"', "fields:", "  region: eu", "# c", "type: >", "  y",
     "type: null", "---", "...", "links:", "  - duplicates GD-4F7K2M9T", "a: [", "]", "\r"]
)  # fmt: skip
bodies = st.lists(
    st.sampled_from(
        ["text", "", "### 2026-11-22T10:15:00Z · reply · Marko <m@x>", "### 2026-11-22T10:15:00Z · note · Iva <i@x>",
         "<!-- via: email -->", "---", "status: open", "\\### 2026-11-22T10:15:00Z · note · Iva <i@x>", " ", "\r"]
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
    st.lists(lines, max_size=8),
    st.lists(lines, max_size=3),
    st.integers(0, 8),
    st.integers(0, 3),
    bodies,
    bodies,
)
def test_any_two_files_come_out_as_parsing_reads_them(
    header: list[str], put: list[str], place: int, out: int, body: list[str], more: list[str]
) -> None:
    start = ["---", f"id: {ID}", "title: t", "created: 2026-11-22T09:14:03Z", "status: new"]
    other = header[:place] + put + header[place + out :]
    one = "\n".join([*start, *header, "---", *body, *more]).encode()
    two = "\n".join([*start, *other, "---", *body]).encode()
    check(one, two)
    check(two, one)
    check(one.replace(b"\nstatus: new", b"", 1), two.replace(b"\nstatus: new", b"", 1))
