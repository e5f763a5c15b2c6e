"""Merges of ticket files: what comes out, byte by byte, and that nothing a person wrote is lost."""

from __future__ import annotations

import os

import pytest

from gitdesk.store import codec, merge_file
from gitdesk.store.merge_file import MergedFile

PATH = "tickets/7K/GD-7K3QX4M2.md"
BASE = b"""\
---
id: GD-7K3QX4M2
title: Cannot log in
requester: Ana <ana@a.example>
created: 2026-11-22T09:14:03Z

status: open

priority: high

assignee: marko

tags:
  - login
---

It does not work.

Since Monday.

### 2026-11-22T10:15:00Z \xc2\xb7 reply \xc2\xb7 Iva <iva@acme.example>

Hello
"""


CONFLICT = BASE + b"\n<<<<<<< x\na\n=======\nb\n>>>>>>> y\n"


def message(minute: int, body: str) -> bytes:
    return f"\n### 2026-11-22T11:{minute:02}:00Z · reply · Iva <iva@acme.example>\n\n{body}\n".encode()


def merged(base: bytes, ours: bytes, theirs: bytes, path: str = PATH) -> MergedFile:
    return merge_file.merge(path, base, ours, theirs, os.environ)


def clean(base: bytes, ours: bytes, theirs: bytes) -> bytes:
    """Returns a merge without conflicts, which is the same whichever side is which and can be read."""
    found, back = merged(base, ours, theirs), merged(base, theirs, ours)
    assert not found.is_conflict, found.data.decode()
    assert not back.is_conflict
    here, there = codec.parse(found.data, PATH), codec.parse(back.data, PATH)
    assert here.problems == ()
    assert here.ticket == there.ticket
    return found.data


def test_changes_of_different_fields_and_replies_of_both_sides_come_together() -> None:
    ours = BASE.replace(b"open", b"waiting") + message(20, "ours")
    theirs = BASE.replace(b"marko", b"iva") + message(10, "theirs")
    expected = BASE.replace(b"open", b"waiting").replace(b"marko", b"iva")
    assert clean(BASE, ours, theirs) == expected + message(10, "theirs") + message(20, "ours")


def test_lists_that_git_cannot_merge_by_lines_are_merged_by_items() -> None:
    ours = BASE.replace(b"  - login\n", b"  - login\n  - sso\n")
    theirs = BASE.replace(b"  - login\n", b"  - login\n  - vip\n")
    assert clean(BASE, ours, theirs) == BASE.replace(b"  - login\n", b"  - login\n  - sso\n  - vip\n")


def test_a_conflict_has_markers_in_its_one_place_and_everything_else_is_settled() -> None:
    ours = BASE.replace(b"open", b"resolved") + message(20, "ours")
    theirs = BASE.replace(b"open", b"waiting").replace(b"marko", b"iva") + message(10, "theirs")
    found = merged(BASE, ours, theirs)
    assert found.is_conflict
    assert [one.field for one in found.conflicts] == ["status"]
    both = b"<<<<<<< ours\nstatus: resolved\n=======\nstatus: waiting\n>>>>>>> theirs\n"
    assert found.data == BASE.replace(b"status: open\n", both).replace(b"marko", b"iva") + message(
        10, "theirs"
    ) + message(20, "ours")
    told = codec.parse(found.data, PATH)
    assert [problem.code for problem in told.problems] == ["F007"]


def with_field(line: bytes) -> bytes:
    return BASE.replace(b"---\n\nIt", b"\nfields:\n  " + line + b"\n---\n\nIt")


IVA = BASE.replace(b"marko", b"iva")


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        pytest.param(
            BASE.replace(b"assignee: marko", b"assignee:"),
            IVA,
            b"<<<<<<< ours\nassignee:\n=======\nassignee: iva\n>>>>>>> theirs\n",
            id="a value that only one side still has",
        ),
        pytest.param(
            BASE.replace(b"\nassignee: marko\n", b""),
            IVA,
            b"<<<<<<< ours\n=======\nassignee: iva\n>>>>>>> theirs\n---\n",
            id="a key that is not there at all",
        ),
        pytest.param(
            with_field(b"region: eu"),
            with_field(b"region: us"),
            b"fields:\n<<<<<<< ours\n  region: eu\n=======\n  region: us\n>>>>>>> theirs\n---\n",
            id="a name under fields",
        ),
        pytest.param(
            BASE.replace(b"Monday", b"Tuesday"),
            BASE.replace(b"Monday", b"Sunday"),
            b"work.\n\n<<<<<<< ours\nSince Tuesday.\n=======\nSince Sunday.\n>>>>>>> theirs\n\n###",
            id="lines of the description",
        ),
    ],
)
def test_every_kind_of_conflict_stands_where_its_field_does(
    ours: bytes, theirs: bytes, expected: bytes
) -> None:
    found = merged(BASE, ours + message(20, "ours"), theirs + message(10, "theirs"))
    assert found.is_conflict
    assert expected in found.data, found.data.decode()
    assert found.data.endswith(message(10, "theirs") + message(20, "ours"))


def test_conflicts_between_the_same_brackets_are_marked_once() -> None:
    ours, theirs = (
        (with_field(b"x")).replace(b"fields:\n  x", b"fields: {region: eu, floor: 1}"),
        with_field(b"x"),
    )
    theirs = theirs.replace(b"fields:\n  x", b"fields: {region: us, floor: 2}")
    found = merged(BASE, ours, theirs)
    assert [one.field for one in found.conflicts] == ["fields.floor", "fields.region"]
    there = b"fields: {region: us, floor: 2}\n>>>>>>> theirs\n---\n"
    both = b"<<<<<<< ours\nfields: {region: eu, floor: 1}\n=======\n" + there
    assert both in found.data
    assert found.data.count(b"<<<<<<<") == 1


def test_a_list_in_lines_on_one_side_only_stands_whole_against_what_the_other_has() -> None:
    lines = with_field(b"region: us\n  floor: 2")
    others = {
        b"fields: {region: eu, floor: 1}\n": with_field(b"x").replace(
            b"fields:\n  x", b"fields: {region: eu, floor: 1}"
        ),
        b"": BASE,
    }
    base = with_field(b"region: x\n  floor: 0")
    for text, other in others.items():
        here, there = merged(base, lines, other).data, merged(base, other, lines).data
        whole = b"fields:\n  region: us\n  floor: 2\n"
        assert b"<<<<<<< ours\n" + whole + b"=======\n" + text + b">>>>>>> theirs\n---\n" in here
        assert b"<<<<<<< ours\n" + text + b"=======\n" + whole + b">>>>>>> theirs\n---\n" in there
        assert here.count(b"<<<<<<<") == there.count(b"<<<<<<<") == 1


def test_a_key_that_has_nothing_under_it_any_more_is_marked_below_it() -> None:
    base, ours, theirs = (
        with_field(b"region: eu"),
        with_field(b"region: us"),
        with_field(b"").replace(b"  \n", b""),
    )
    marked = b"fields:\n<<<<<<< ours\n  region: us\n=======\n>>>>>>> theirs\n---\n"
    assert marked in merged(base, ours, theirs).data
    assert (
        b"fields:\n<<<<<<< ours\n=======\n  region: us\n>>>>>>> theirs\n" in merged(base, theirs, ours).data
    )


def test_a_header_between_brackets_is_marked_whole_and_once() -> None:
    head = b'{"id": "GD-7K3QX4M2", "title": "T", "created": "2026-11-22T09:14:03Z", "status": "%s", "priority": "%s"}'
    versions = [
        b"---\n" + head % words + b"\n---\n\nIt does not work.\n"
        for words in ((b"open", b"high"), (b"waiting", b"low"), (b"resolved", b"urgent"))
    ]
    found = merged(*versions)
    assert [one.field for one in found.conflicts] == ["status", "priority"]
    assert found.data == (
        b"---\n<<<<<<< ours\n" + head % (b"waiting", b"low") + b"\n=======\n" + head % (b"resolved", b"urgent")
        + b"\n>>>>>>> theirs\n---\n\nIt does not work.\n"
    )  # fmt: skip


def test_a_conflict_in_another_editor_s_layout_keeps_line_ends_and_both_styles() -> None:
    base = BASE.replace(b"\n", b"\r\n")
    ours, theirs = base.replace(b"status: open", b"status: 'resolved'"), base.replace(b"open", b"waiting # ?")
    found = merged(base, ours, theirs)
    both = b"<<<<<<< ours\r\nstatus: 'resolved'\r\n=======\r\nstatus: waiting # ?\r\n>>>>>>> theirs\r\n"
    assert found.data == base.replace(b"status: open\r\n", both)


def test_remarks_between_the_lines_stay_when_git_can_merge_them() -> None:
    ours = BASE.replace(b"priority: high", b"# ours\npriority: high")
    theirs = BASE.replace(b"tags:", b"# theirs\ntags:").replace(b"open", b"waiting")
    found = clean(BASE, ours, theirs)
    assert b"# ours\n" in found
    assert b"# theirs\n" in found


def test_remarks_of_the_other_side_that_a_merge_by_field_would_drop_are_left_to_a_person() -> None:
    ours = BASE.replace(b"- login\n", b"- login\n  - sso\n")
    theirs = BASE.replace(b"- login\n", b"- login\n  - vip # since May\n")
    found = merged(BASE, ours, theirs)
    assert found.is_conflict
    assert b"# since May" in found.data
    assert b"- sso" in found.data


def test_without_a_base_what_both_have_stays_and_what_differs_is_told() -> None:
    ours, theirs = BASE.replace(b"  - login\n", b"  - sso\n"), BASE.replace(b"high", b"low")
    found = merged(b"", ours, theirs)
    assert [one.field for one in found.conflicts] == ["priority"]
    assert b"  - login\n  - sso\n" in found.data


@pytest.mark.parametrize(
    "broken",
    [
        BASE.replace(b"id:", b"id: ["),
        b"\xff\xfe",
        BASE + b"\n<<<<<<< x\na\n=======\nb\n>>>>>>> y\n",
        BASE.replace(b"priority", b"prio"),
    ],
)
@pytest.mark.parametrize("side", [0, 1, 2])
def test_a_version_that_cannot_be_read_whole_is_left_to_git(broken: bytes, side: int) -> None:
    versions = [BASE, BASE.replace(b"open", b"waiting"), BASE + message(10, "theirs")]
    if broken.startswith(b"\xff"):
        versions[side] = broken
    else:
        versions[side] = broken + versions[side][len(BASE) :]
    found = merged(*versions)
    if (
        side == 0 and b"<<<<<<<" in broken
    ):  # a base of two in conflict, of which neither side has anything left
        assert found == MergedFile(data=versions[1] + message(10, "theirs"))
    else:
        assert found == merge_file.text_merge(*versions, os.environ)


def test_what_is_no_ticket_is_left_to_git() -> None:
    ours, theirs = b"a\nb\nours\n", b"theirs\na\nb\n"
    path = "tickets/7K/GD-7K3QX4M2/notes.md"
    assert merged(b"a\nb\n", ours, theirs, path).data == b"theirs\na\nb\nours\n"
    assert merged(b"a\n", b"b\n", b"c\n", path).data == b"<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n"


def test_a_merge_of_lines_that_says_something_else_is_not_believed() -> None:
    # Both sides move the same reply's place: Git keeps it twice, which nobody said.
    ours = BASE.replace(b"status: open\n\n", b"").replace(b"  - login\n", b"  - login\n\nstatus: waiting\n")
    theirs = BASE.replace(b"priority: high", b"priority: low")
    found = clean(BASE, ours, theirs)
    ticket = codec.parse(found, PATH).ticket
    assert ticket is not None
    assert (ticket.status, ticket.priority) == ("waiting", "low")


def test_markers_are_as_wide_as_git_asks() -> None:
    ours, theirs = BASE.replace(b"open", b"resolved"), BASE.replace(b"open", b"waiting")
    found = merge_file.merge(PATH, BASE, ours, theirs, os.environ, size=9)
    assert b"<<<<<<<<< ours\nstatus: resolved\n=========\n" in found.data


def test_a_file_git_cannot_merge_as_text_is_refused_and_nothing_is_made_up() -> None:
    from gitdesk.errors import Unreadable

    with pytest.raises(Unreadable):
        merge_file.text_merge(b"a\0\n", b"b\0\n", b"c\0\n", os.environ)
