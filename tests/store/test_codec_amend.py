"""Edits of untidy ticket files, line by line: what a diff shows, what is refused, and where."""

from __future__ import annotations

import difflib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gitdesk.domain.document import Document
from gitdesk.domain.ticket import Link, Message, Ticket, TicketId
from gitdesk.errors import GitdeskError, Refused, Unreadable
from gitdesk.store import amend, amend_list, codec
from gitdesk.store.amend import normal, set_list, set_scalar
from gitdesk.store.sheet import Sheet
from gitdesk.value import replace

PATH = "tickets/7K/GD-7K3QX4M2.md"
CORPUS = Path(__file__).parent.parent / "data" / "tickets"
AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OTHER = Link(kind="blocks", target=TicketId("GD-4F7K2M9T"))
REPLY = Message(
    at=AT, kind="reply", author="Iva <i@a.example>", body="Done.\n\n### 2026-11-22T10:15:00Z · note · x"
)
BASE = ["id: GD-7K3QX4M2", "title: Cannot log in", "created: 2026-11-22T09:14:03Z", "status: waiting"]


def file(*lines: str, body: str = "", end: str = "\n") -> bytes:
    given = {line.partition(":")[0].strip("\"' ") for line in lines}
    top = [line for line in BASE if line.partition(":")[0] not in given]
    return end.join(["---", *top, *lines, "---", *body.split("\n")]).encode()


def changed(data: bytes, **values: Any) -> tuple[list[str], bytes]:
    """Returns the lines of the diff (`-old`, `+new`) that a change of some values makes, and the result."""
    document = codec.parse(data, PATH)
    assert document.ticket is not None, [str(problem) for problem in document.problems]
    after = replace(document.ticket, **values)
    result = codec.amend(document, after)
    again = codec.parse(result, PATH)
    assert again.ticket is not None
    assert normal(again.ticket) == normal(after)
    return diff(data, result), result


def diff(old: bytes, new: bytes) -> list[str]:
    lines = difflib.ndiff(old.decode().split("\n"), new.decode().split("\n"))
    return [line[0] + line[2:] for line in lines if line[0] in "+-"]


# ---- one text


@pytest.mark.parametrize(
    ("line", "new"),
    [
        ("assignee: marko", "assignee: iva"),
        ("assignee:   marko   ", "assignee:   iva   "),
        ("assignee: marko # since Monday", "assignee: iva # since Monday"),
        ("assignee: 'marko'  # x", "assignee: 'iva'  # x"),
        ('assignee: "marko"', 'assignee: "iva"'),
        ("assignee:", "assignee: iva"),
        ("assignee: # nobody", "assignee: iva # nobody"),
        ("assignee: ~", "assignee: iva"),
        ("assignee: null # x", "assignee: iva # x"),
        ('assignee: ""', 'assignee: "iva"'),
        ('"assignee": marko', '"assignee": iva'),
        ("'assignee' : marko", "'assignee' : iva"),
        ("assignee:\tmarko\t# tab", "assignee:\tiva\t# tab"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_one_text_is_one_line_and_its_quotes_and_comment_stay(line, new, end):
    data = file("# above", line, "group: support", body="\n---\nassignee: no\n", end=end)
    cr = end[:-1]
    assert changed(data, assignee="iva")[0] == [f"-{line}{cr}", f"+{new}{cr}"]


@pytest.mark.parametrize(
    ("line", "new"),
    [
        ("assignee: marko", "assignee:"),
        ("assignee: marko # x", "assignee: # x"),
        ("assignee: 'marko'", "assignee:"),
        ("assignee:   marko  ", "assignee:  "),
    ],
)
def test_unsetting_keeps_the_key_and_its_comment(line, new):
    assert changed(file(line, "group: x"), assignee="")[0] == [f"-{line}", f"+{new}"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("no", "'no'"), ("17:00", "'17:00'"), ("0123", "'0123'"), ("1_000", "'1_000'"), ("1e5",
        "'1e5'"), ("null", "'null'"),
        ("2026-11-22", "'2026-11-22'"), ("a: b", "'a: b'"), ("a #b", "'a #b'"), ("it's", "it's"), ("'x", '"\'x"'),
        ("a:b#c", "a:b#c"), ("- x", "'- x'"), ("-x", "-x"), ("@iva", "'@iva'"), ("3.7.0", "3.7.0"),
        ("x\u202ey", '"x\\u202Ey"'),
        ("Ärger 👩‍🚀", "Ärger 👩‍🚀"), ("Re: [x]", "'Re: [x]'"), ("y", "'y'"), ("=", "'='"), ("tail:", "'tail:'"),
    ],
)  # fmt: skip
def test_quotes_are_set_only_where_a_reader_would_be_misled(value, written):
    assert changed(file("group: support"), group=value)[0] == ["-group: support", f"+group: {written}"]


def test_times_stand_without_quotes_and_keep_those_they_have():
    until = datetime(2026, 12, 1, 8, tzinfo=UTC)
    assert (
        changed(file("snoozed_until:"), snoozed_until=until)[0][1] == "+snoozed_until: 2026-12-01T08:00:00Z"
    )
    lines = changed(file("snoozed_until: '2026-11-30T08:00:00Z'"), snoozed_until=until)[0]
    assert lines[1] == "+snoozed_until: '2026-12-01T08:00:00Z'"


@pytest.mark.parametrize(
    ("lines", "gone", "come"),
    [
        (["title: >-", "  Cannot", "  log in", "", "group: x"], ["  Cannot", "  log in"], ["  New title"]),
        (
            ["title: | # why", "    Cannot log in", "  # below", "group: x"],
            ["    Cannot log in"],
            ["    New title"],
        ),
        (
            ["title: Cannot", "  log", "  in # c", "group: x"],
            ["title: Cannot", "  log", "  in # c"],
            ["title: New title # c"],
        ),
        (
            ['title: "Cannot', '  log in"', "group: x"],
            ['title: "Cannot', '  log in"'],
            ['title: "New title"'],
        ),
        (["title:", "  Cannot log in", "group: x"], ["  Cannot log in"], ["  New title"]),
        (["title: >+", "   Cannot log in", "", "", "group: x"], ["   Cannot log in"], ["   New title"]),
    ],
)
def test_a_text_on_several_lines_changes_those_lines(lines, gone, come):
    result = changed(file(*lines), title="New title")[0]
    assert [line for line in result if line[0] == "-"] == [f"-{line}" for line in gone]
    assert [line for line in result if line[0] == "+"] == [f"+{line}" for line in come]


def test_a_folded_text_that_cannot_hold_the_value_becomes_a_quoted_one():
    lines = changed(file("channel: >- # how", "  by mail", "group: x"), channel="a\u202eb")[0]
    assert sorted(lines) == ['+channel: "a\\u202Eb" # how', "-  by mail", "-channel: >- # how"]


# ---- keys that are not there


def test_a_missing_key_gets_a_block_of_its_own_where_a_fresh_ticket_has_it():
    data = codec.render(codec.parse(file("tags: [a]", "priority: high"), PATH).ticket)  # type: ignore[arg-type]
    until = datetime(2026, 12, 1, 8, tzinfo=UTC)
    lines, result = changed(data, snoozed_until=until)
    assert [line for line in lines if line.strip("+")] == ["+snoozed_until: 2026-12-01T08:00:00Z"]
    assert "status: waiting\n\nsnoozed_until: 2026-12-01T08:00:00Z\n\npriority: high\n" in result.decode()


def test_in_a_compact_header_the_new_block_stands_between_blank_lines():
    data = file("# the type", "type: bug", "tags: [a]")
    lines, result = changed(data, priority="high")
    assert "status: waiting\n\npriority: high\n\n# the type\ntype: bug\n" in result.decode()
    assert lines == ["+", "+priority: high", "+"]


def test_a_key_that_rarely_changes_joins_the_first_block():
    lines, result = changed(file("tags: [a]"), requester="Ana <a@b.example>")
    assert lines == ["+requester: Ana <a@b.example>"]
    assert "title: Cannot log in\nrequester: Ana <a@b.example>\ncreated:" in result.decode()


def test_before_the_first_key_comments_stay_with_the_key_they_are_about():
    data = b"---\n# the list\ntags: [a]\ncreated: 2026-11-22T09:14:03Z\ntitle: x\nid: GD-7K3QX4M2\nstatus: new\n---"
    assert changed(data, requester="Ana")[0] == ["+requester: Ana"]


def test_new_lists_and_fields_come_in_block_style_and_crlf_where_the_file_has_it():
    lines, _ = changed(
        file("group: x", end="\r\n"), links=(OTHER,), fields=(("region", "eu"), ("langs", ("en", "no")))
    )
    assert lines == [
        "+\r", "+links:\r", "+  - blocks GD-4F7K2M9T\r", "+\r",
        "+fields:\r", "+  langs:\r", "+    - en\r", "+    - 'no'\r", "+  region: eu\r",
    ]  # fmt: skip


# ---- lists


@pytest.mark.parametrize(
    ("lines", "tags", "expected"),
    [
        (["tags:", "  - a", "  - c"], "a b c", ["+  - b"]),
        (["tags:", "- a", "", "- c  # x"], "a b c", ["+- b"]),
        (["tags:", "    -   a", "    -   b"], "a b c", ["+    -   c"]),
        (["tags:", "  - c", "  - a"], "c a b", ["+  - b"]),
        (["tags:", "  # about b", "  - b"], "a b", ["+  - a"]),
        (["tags:", "  - 'a'", "  - 'c'"], "a b c", ["+  - 'b'"]),
        (["tags:", "  - 'x: y'", "  - '#z'"], "#z b x:_y", ["+  - b"]),
        (["tags:", "  - a", "  - b # x", "  - c"], "a c", ["-  - b # x"]),
        (["tags:", "  - a"], "", ["-  - a"]),
        (["tags:", "  - a"], "b", ["-  - a", "+  - b"]),
        (["tags: [a, c]"], "a b c", ["-tags: [a, c]", "+tags: [a, b, c]"]),
        (["tags: [ c ,a ]  # x"], "c a b", ["-tags: [ c ,a ]  # x", "+tags: [ c ,a, b ]  # x"]),
        (["tags: [a, 'b, c', d]"], "a d", ["-tags: [a, 'b, c', d]", "+tags: [a, d]"]),
        (["tags: [a, b]"], "a", ["-tags: [a, b]", "+tags: [a]"]),
        (["tags: [a]"], "", ["-tags: [a]", "+tags: []"]),
        (["tags: []"], "a", ["-tags: []", "+tags: [a]"]),
        (["tags:"], "a", ["+  - a"]),
        (["tags: # none"], "a b", ["+  - a", "+  - b"]),
        (["tags: ~"], "a", ["-tags: ~", "+tags:", "+  - a"]),
        (["tags: b"], "a b", ["-tags: b", "+tags: [a, b]"]),
        (["tags: b # x"], "", ["-tags: b # x", "+tags: # x"]),
        (["tags: [", "  a,", "  c,", "]"], "a b c", ["+  b,"]),
        (["tags: [", "  a,", "  b,  # x", "]"], "b", ["-  a,"]),
        (["tags: [", "  b,", "]"], "a b", ["-  b,", "+  a, b,"]),
        (["tags: [a,", "  b]"], "a b c", ["-  b]", "+  b, c]"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_changes_by_a_line_and_keeps_its_order_and_style(lines, tags, expected, end):
    wanted = tuple(tag.replace("_", " ") for tag in tags.split())
    result = changed(file(*lines, "group: x", end=end), tags=wanted)[0]
    assert result == [line + end[:-1] for line in expected]


def test_the_order_somebody_chose_stays_when_a_tag_comes():
    _, result = changed(file("tags: [zeta, alpha]"), tags=("alpha", "beta", "zeta"))
    assert b"tags: [zeta, alpha, beta]\n" in result


def test_a_link_that_cannot_be_read_stays_when_another_one_comes():
    data = file("links:", "  - nonsense", "group: x")
    assert changed(data, links=(OTHER,))[0] == ["+  - blocks GD-4F7K2M9T"]


# ---- fields


@pytest.mark.parametrize(
    ("lines", "fields", "expected"),
    [
        (["fields:", "  region: eu"], {"region": "us"}, ["-  region: eu", "+  region: us"]),
        (["fields:", "   a: 1 # x", "   c: 2"], {"a": "1", "b": "no", "c": "2"}, ["+   b: 'no'"]),
        (["fields:", "  a: 1", "  b: 2"], {"a": "1"}, ["-  b: 2"]),
        (["fields:", "  a: 1"], {}, ["-  a: 1"]),
        (["fields:", "  a: 1"], {"a": "2"}, ["-  a: 1", "+  a: 2"]),
        (["fields:"], {"a": "b"}, ["+  a: b"]),
        (["fields: {}"], {"a": "b"}, ["-fields: {}", "+fields:", "+  a: b"]),
        (["fields: {a: b, c: d}"], {"a": "x, y", "c": "d"}, ["-fields: {a: b, c: d}", "+fields: {a: 'x, y', c: d}"]),
        (["fields: {a: b}"], {"a": "b", "c": "d"}, ["-fields: {a: b}", "+fields: {a: b, c: d}"]),
        (["fields: {a: b, c: d}"], {"c": "d"}, ["-fields: {a: b, c: d}", "+fields: {c: d}"]),
        (["fields:", "  langs:", "    - en"], {"langs": ("de", "en")}, ["+    - de"]),
        (["fields:", "  langs: [en]"], {"langs": ("de", "en")}, ["-  langs: [en]", "+  langs: [de, en]"]),
        (["fields:", "  langs: [en]"], {"langs": "en"}, ["-  langs: [en]", "+  langs: en"]),
        (["fields:", "  langs:", "  - en", "  - de", "  b: 1"], {"b": "1"}, ["-  langs:", "-  - en", "-  - de"]),
    ],
)  # fmt: skip
def test_fields_come_change_and_go_by_their_own_lines(lines, fields, expected):
    assert changed(file(*lines, "group: x"), fields=tuple(fields.items()))[0] == expected


# ---- headers in brackets


def test_a_header_in_brackets_is_edited_in_place_and_by_round_trip():
    data = b'---\n{id: GD-7K3QX4M2, title: "x", created: "2026-11-22T09:14:03Z", status: waiting, tags: [a]}\n---\n'
    lines, result = changed(data, status="open", tags=("a", "no"), title='say "x"')
    assert len(lines) == 2
    assert (
        b'title: "say \\"x\\"", created: "2026-11-22T09:14:03Z", status: open, tags: [a, \'no\']}' in result
    )
    assert b"status: waiting, tags: [a], assignee: iva}" in changed(data, assignee="iva")[1]


def test_a_header_in_brackets_on_several_lines_changes_one_of_them():
    data = (
        b'---\n{\n  "id": "GD-7K3QX4M2",\n  "title": "x",\n  "created": "2026-11-22T09:14:03Z",\n'
        b'  "status": "new"\n}\n---\n'
    )
    assert changed(data, status="open")[0] == ['-  "status": "new"', '+  "status": "open"']
    assert changed(data, tags=("a", "b"))[0] == [
        '-  "status": "new"',
        '+  "status": "new", "tags": ["a", "b"]',
    ]
    assert changed(data, fields=(("a", "b"),))[0][1] == '+  "status": "new", "fields": {"a": "b"}'
    data = data.replace(b'"new"\n', b'"new",\n  "group": "x"\n')
    assert changed(data, group="")[0] == ['-  "group": "x"', '+  "group": null']


def test_the_proof_notices_whatever_an_edit_must_not_do():
    text = "---\na: 1\nb: [x]\nc:\n  d: e\n---\nbody\n"
    sheet = Sheet(text, "x.md")
    objection = amend._objection
    assert objection(sheet, text.replace("1", "2"), ("a",), "2") is None
    assert objection(sheet, text.replace("1", "2"), ("a",), "3") == "it would not say what was asked for"
    assert objection(sheet, text.replace("x", "y"), ("b",), ["z"]) == "it would not say what was asked for"
    assert objection(sheet, text.replace("e\n", "f\n"), ("a",), "1") == "another key would change"
    assert objection(sheet, text.replace("[x]", "[x, y]"), ("a",), "1") == "another key would change"
    assert objection(sheet, text, ("c", "d"), None) == "it would not go away"
    assert (
        objection(sheet, text.replace("body", "b"), ("a",), "1") == "the text below the header would change"
    )
    assert objection(sheet, text.replace("1", "[1"), ("a",), "[1") is not None
    refusal = amend._refusal(sheet, ("c", "d"), "why")
    assert (refusal.message, str(refusal.place)) == ('"c.d" cannot be changed safely here: why', "x.md:5:3")


def test_round_trips_that_touch_other_lines_are_not_taken():
    data = file("tags: [a, # one", "  b]", "group:   'x'")
    with pytest.raises(Refused):
        changed(data, tags=("b",))
    text = "---\ntags: [ # none\n]\n---\n"
    with pytest.raises(Refused, match="a comment stands inside"):
        set_list(text.replace("]\n", "]\nx:   'y'\n"), "tags", ["a"])
    assert "# none" in set_list(text, "tags", ["a"])


def test_json_takes_a_space_before_a_plain_value():
    data = b'---\n{"id":"GD-7K3QX4M2","title":"x","created":"2026-11-22T09:14:03Z","status":"new"}\n---\n'
    assert b'"status":"open"}' in changed(data, status="open")[1]


# ---- bodies


@pytest.mark.parametrize(
    ("body", "gap"),
    [("", b"\n"), ("\nText\n", b"\n"), ("\nText\n\n", b""), ("\n```\nopen fence\n", b"\n")],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_message_is_added_at_the_end_and_nothing_above_is_touched(body, gap, end):
    data = file(body=body, end=end)
    _, result = changed(data, messages=(REPLY,))
    assert result.startswith(data)
    assert result[len(data) :].replace(b"\r", b"").startswith(gap + b"### 2026-11-22T12:00:00Z")
    assert result.count(b"\n") == result.count(end.encode())
    assert result.endswith(b"\\### 2026-11-22T10:15:00Z \xc2\xb7 note \xc2\xb7 x" + end.encode())


def test_a_file_without_a_final_newline_gets_one_when_a_message_follows():
    data = file(body="\nText")
    assert changed(data, messages=(REPLY,))[1].startswith(data + b"\n\n### 2026")
    assert changed(file().rstrip(b"\n"), messages=(REPLY,))[1].startswith(file() + b"\n### 2026")


def test_a_header_edit_leaves_a_missing_final_newline_missing():
    data = file("group: x", body="\nText  ")
    assert changed(data, group="z")[1].endswith(b"\nText  ")
    assert changed(file("group: x").rstrip(b"\n"), group="z")[1].endswith(b"group: z\n---")


THREAD = "\n".join(
    [
        "", "First line", "second line", "",
        "### 2026-11-22T10:00:00+01:00 · customer · Ana <a@b.example>  ", "<!-- via: email -->",
        "", "one", "two  ", "three", "", "", "### 2026-11-22T11:00:00Z · note · Iva <i@a.example>", "", "note", "",
    ]
)  # fmt: skip


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_correcting_one_message_touches_its_changed_lines_only(end):
    data, cr = file(body=THREAD, end=end), end[:-1]
    ticket = codec.parse(data, PATH).ticket
    assert ticket is not None
    first, second = ticket.messages
    lines, _ = changed(data, messages=(replace(first, body="one\n2\nthree"), second))
    assert lines == [f"-two  {cr}", f"+2{cr}"]
    lines, _ = changed(data, messages=(first, replace(second, kind="reply")))
    assert lines == [
        f"-### 2026-11-22T11:00:00Z · note · Iva <i@a.example>{cr}",
        f"+### 2026-11-22T11:00:00Z · reply · Iva <i@a.example>{cr}",
    ]
    lines, _ = changed(data, messages=(second,))
    assert {line[0] for line in lines} == {"-"}
    lines, _ = changed(data, messages=(first, REPLY, second))
    assert {line[0] for line in lines} == {"+"}
    lines, _ = changed(data, messages=())
    assert {line[0] for line in lines} == {"-"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("First line\nnew\nsecond line", ["+new"]),
        ("First line", ["-second line"]),
        ("First line\nsecond line\n---", ["+---"]),
        ("", ["-", "-First line", "-second line"]),
    ],
)
def test_the_description_changes_by_its_changed_lines(text, expected):
    assert changed(file(body=THREAD), description=text)[0] == expected


def test_a_description_where_there_was_none():
    assert changed(file(), description="a\nb")[1] == file() + b"\na\nb\n"
    data = file(body="### 2026-11-22T11:00:00Z · note · Iva <i@a.example>")
    assert b"---\n\na\n\n### 2026" in changed(data, description="a")[1]


# ---- every file of the corpus, every variant

CHANGES: dict[str, dict[str, Any]] = {
    "status": {"status": "resolved"}, "priority": {"priority": "low"}, "assignee": {"assignee": "zoe"},
    "nobody": {"assignee": ""},
    "title": {"title": "Another: title"}, "tags": {"tags": ("login", "new", "vip")},
    "no tags": {"tags": ()}, "links": {"links": (OTHER,)},
    "fields": {"fields": (("region", "us"), ("new", "x"))}, "reply": {"messages": None},
}  # fmt: skip
VARIANTS = {
    "as it is": lambda data: data,
    "CRLF": lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
    "BOM": lambda data: b"\xef\xbb\xbf" + data.removeprefix(b"\xef\xbb\xbf"),
    "no final newline": lambda data: data.rstrip(b"\r\n"),
}
KEY_OF = {"nobody": "assignee", "no tags": "tags"}


def amended(document: Document, after: Ticket) -> bytes | None:
    """Returns what an edit gives; None when it is refused, which must name a place."""
    try:
        return codec.amend(document, after)
    except GitdeskError as error:
        if error.place is None:
            raise
        return None


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("path", sorted((CORPUS / "valid").glob("*.md")), ids=lambda path: path.stem)
def test_every_valid_file_takes_every_edit_on_its_own_lines_or_refuses_it_with_a_place(path, variant):
    data = VARIANTS[variant](path.read_bytes())
    document = codec.parse(data, PATH)
    assert document.ticket is not None
    for name, values in CHANGES.items():
        values = {"messages": (*document.ticket.messages, REPLY)} if name == "reply" else values
        after = replace(document.ticket, **values)
        result = amended(document, after)
        if result is None:
            continue
        again = codec.parse(result, PATH).ticket
        assert again is not None
        assert normal(again) == normal(after), name
        removed = [line[1:] for line in diff(data, result) if line[0] == "-" and line.strip("-\r")]
        key = KEY_OF.get(name, name)
        if name == "reply":
            assert removed in ([], [data.decode().split("\n")[-1]]), name
        elif not path.stem.endswith(("flow-header", "json-header")):
            assert removed == [line for line in _lines_of(data, key) if line in removed], name


def _lines_of(data: bytes, key: str) -> list[str]:
    """Returns the lines of a top-level key: the one with the key, and what is indented or listed below it."""
    found: list[str] = []
    inside = False
    for line in data.decode().split("\n")[1:]:
        bare = line.strip("\r ")
        if bare in ("---", "..."):
            break
        name = bare.partition(":")[0].strip("\"'")
        is_key = name in (
            "id",
            "title",
            "created",
            "status",
            "requester",
            "channel",
            "source",
            "snoozed_until",
            "priority",
            "type",
        )
        is_key = is_key or name in ("group", "assignee", "merged_into", "tags", "watchers", "links", "fields")
        inside = name == key if is_key else inside
        if inside:
            found.append(line)
    return found


# ---- refusals


@pytest.mark.parametrize(
    ("lines", "values", "place"),
    [
        (["assignee: [marko, iva]"], {"assignee": "zoe"}, (6, 11)),
        (["fields: eu"], {"fields": (("a", "b"),)}, (6, 9)),
        (["fields: [a]"], {"fields": (("a", "b"),)}, (6, 9)),
        (["tags: {a: b}"], {"tags": ("c",)}, (6, 7)),
        (["tags: [[a], b]"], {"tags": ("c",)}, (6, 8)),
        (["tags: [a, # one", "  b]"], {"tags": ("b",)}, (6, 8)),
    ],
)
def test_what_cannot_be_edited_safely_is_refused_with_its_place(lines, values, place):
    data = file(*lines)
    document = codec.parse(data, PATH)
    assert document.ticket is not None
    with pytest.raises(Refused) as refusal:
        codec.amend(document, replace(document.ticket, **values))
    assert refusal.value.place is not None
    assert refusal.value.hint
    if place:
        assert (refusal.value.place.line, refusal.value.place.column) == place


def test_an_unreadable_document_cannot_be_amended():
    document = codec.parse(file("status: new", "status: old"), PATH)
    with pytest.raises(Unreadable) as refusal:
        codec.amend(document, Ticket(id=TicketId("GD-7K3QX4M2"), title="x", created=AT, status="new"))
    assert str(refusal.value.place) == f"{PATH}:6:1"


# ---- front-matter of other programs


@pytest.mark.parametrize(
    ("header", "key", "value", "new"),
    [
        ("nav_order: 2\nx: y", "nav_order", "3", "nav_order: 3\nx: y"),
        ("draft: false", "draft", "true", "draft: true"),
        ("draft: maybe", "draft", "true", "draft: 'true'"),
        ("draft: false", "draft", "no", "draft: 'no'"),
        ("draft: yes", "draft", "no", "draft: no"),
        ("date: 2018-01-02 11:21:40 +0100", "date", "2019-01-02", "date: 2019-01-02"),
        ("ms.date: 09/27/2021 \nms.topic: x", "ms.date", "10/01/2021", "ms.date: 10/01/2021 \nms.topic: x"),
        ("# beans-18db\ntitle: a", "title", "b", "# beans-18db\ntitle: b"),
        ("expiry: '2028-02-18' # gone", "expiry", "2029-02-18", "expiry: '2029-02-18' # gone"),
        ("a: 1\ncontact:\nb: 2", "contact", "me", "a: 1\ncontact: me\nb: 2"),
        ("f: (src) ->\n  src.split('').reverse()\nx: y", "f", "z", "f: z\nx: y"),
        ("d: '''\n  Front matter\n  '''\nx: y", "d", "z", "d: 'z'\nx: y"),
        ("a: 1\nparams:\n  deep:\n    list: [x]", "a", "2", "a: 2\nparams:\n  deep:\n    list: [x]"),
        ("params:\n  deep: x", "more", "1", "params:\n  deep: x\nmore: '1'"),
        ("", "title", "x", "title: x"),
        ("a: b", "c", "", "a: b"),
        ("a: |\n  one\n  two\nb: c", "a", "three\nfour", "a: |\n  three\n  four\nb: c"),
    ],
)
def test_a_key_of_any_front_matter_can_be_set(header, key, value, new):
    assert set_scalar(wrapped(header), key, value) == wrapped(new)


def wrapped(header: str) -> str:
    return "\n".join(["---", *([header] if header else []), "---", "", "body"])


@pytest.mark.parametrize(
    ("header", "items", "new"),
    [
        ("tags: [a, b]", ["b", "c"], "tags: [b, c]"),
        ("tags: []", ["x"], "tags: [x]"),
        ("tags:\n- '@codex'\nx: y", ["@codex", "zoe"], "tags:\n- '@codex'\n- zoe\nx: y"),
        ("x: y", ["1"], "x: y\n\ntags:\n  - '1'"),
        ("tags: [a, a, b]", ["b"], "tags: [b]"),
    ],
)
def test_a_list_of_any_front_matter_can_be_set(header, items, new):
    assert set_list(f"---\n{header}\n---\n", "tags", items) == f"---\n{new}\n---\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("no header", "x.md:1:1"),
        ("---\nnever closed\n", "x.md:1:1"),
        ("---\nsomething\n---\n", "x.md:2:1"),
        ("---\na: !!js/regexp /x/\n---\n", "x.md:2:4"),
        ("---\ntitle:\n  a: b\n---\n", "x.md:3:3"),
        ("---\ntitle: [a]\n---\n", "x.md:2:8"),
        ("---\na: 1\na: 2\n---\n", "x.md:3:1"),
    ],
)
def test_other_front_matter_is_refused_with_a_place(text, place):
    with pytest.raises(GitdeskError) as refusal:
        set_scalar(text, "title", "x", path="x.md")
    assert str(refusal.value.place) == place


# ---- lists that somebody left half written


@pytest.mark.parametrize(
    ("items", "new"),
    [
        (["  - vip", "  -", "  - login # keep"], "  - x"),
        (["  - vip", "  - ~", "  - login"], "  - x"),
        (["  - vip", "  -", "    login # keep"], "  - x"),
        (["  -", "    vip", "  - login # keep"], "  - x"),
        (["    -   vip", "    -", "    -   login"], "    -   x"),
        (["  -"], "  - x"),
        (["  -", "  -"], "  - x"),
        (["- vip", "- # later"], "- x"),
    ],
)
def test_one_more_tag_is_one_more_line_in_a_list_with_an_empty_item(items: list[str], new: str) -> None:
    text = "\n".join(["---", "tags:", *items, "status: new", "---", ""])
    sheet = Sheet(text, PATH)
    found = sheet.find("tags")
    assert found is not None
    result = set_list(text, "tags", [*amend_list.items_of(sheet, found), "x"])
    assert diff(text.encode(), result.encode()) == [f"+{new}"]


@pytest.mark.parametrize("change", [["vip", "login", "x"], ["login"]])
def test_a_list_that_only_a_reformat_could_change_is_refused_with_its_place(change: list[str]) -> None:
    text = "---\ntags:\n  -\n    vip # a\n  -\n    login # b\n---\n"
    with pytest.raises(Refused) as raised:
        set_list(text, "tags", change)
    assert str(raised.value.place).startswith("<text>:")
