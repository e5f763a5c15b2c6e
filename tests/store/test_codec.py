"""Bytes to tickets and back: laws, tolerance, refusals with places, and what must not be imported."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import frontmatter
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from untidy import nasty

from gitdesk.domain import format as grammar
from gitdesk.domain import rules_file
from gitdesk.domain.ticket import MESSAGE_KINDS, Link, Message, Ticket, TicketId
from gitdesk.errors import Refused
from gitdesk.store import codec, quick
from gitdesk.store.amend import normal
from gitdesk.store.front_matter import TicketHandler
from gitdesk.store.source import Source, split

ID = TicketId("GD-7K3QX4M2")
PATH = grammar.path_of(ID)
CORPUS = Path(__file__).parent.parent / "data" / "tickets"
AT = datetime(2026, 11, 22, 9, 14, 3, tzinfo=UTC)

# ---- drawing tickets

_char = st.characters(exclude_categories=["Cs"], exclude_characters="\0\n")
values = st.text(_char, max_size=15).filter(lambda text: not text.isspace()) | st.sampled_from(
    ["no", "17:00", "0123", "~", "null", "a: b", "# x", "- x", "[x]", "'", '"', "2026-11-22", "{", "%",
    "x #y", "<<", "=", "\ufeffx"]
)  # fmt: skip
words = values.filter(bool)
times = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)).map(
    lambda each: each.replace(microsecond=0, tzinfo=UTC)
)
ids = st.text(grammar.CODE_ALPHABET, min_size=8, max_size=8).map(lambda code: TicketId(f"GD-{code}"))
links = st.builds(Link, kind=st.sampled_from(["blocks", "relates", "duplicates"]), target=ids)
authors = st.sampled_from(["Ana Horvat <a@b.example>", "Σοφία <s@b.example>", "x · y", "### <x>"])
metas = st.lists(
    st.tuples(st.sampled_from(["via", "message-id", "attachments"]), st.text(_char, max_size=10)), max_size=2
)
messages = st.builds(
    Message, at=times, kind=st.sampled_from(MESSAGE_KINDS), author=authors, body=nasty, meta=metas.map(tuple)
)  # fmt: skip
field_values = words | st.lists(words, min_size=1, max_size=3).map(tuple)
tickets = st.builds(
    Ticket,
    id=st.just(ID), title=words, created=times, status=words, requester=values, channel=values, source=values,
    snoozed_until=st.none() | times, priority=values, type=values, group=values, assignee=values,
    merged_into=st.just("") | ids, tags=st.lists(words, max_size=4).map(tuple),
    watchers=st.lists(words, max_size=3).map(tuple),
    links=st.lists(links, max_size=3).map(tuple),
    fields=st.dictionaries(words, field_values, max_size=3).map(lambda each: tuple(each.items())),
    description=nasty, messages=st.lists(messages, max_size=3).map(tuple),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(tickets)
def test_a_rendered_ticket_is_read_back_as_it_was(ticket):
    document = codec.parse(codec.render(ticket), PATH)
    assert document.ticket is not None, [str(each) for each in document.problems]
    assert normal(document.ticket) == normal(ticket)


@settings(max_examples=100, deadline=None)
@given(tickets, tickets)
@example(
    Ticket(id=ID, title="t", created=AT, status="s"),
    Ticket(id=ID, title="t", created=AT, status="s", description="---"),
)
def test_any_ticket_can_be_amended_into_any_other(before, after):
    document = codec.parse(codec.render(before), PATH)
    result = codec.parse(codec.amend(document, after), PATH)
    assert result.ticket is not None
    assert normal(result.ticket) == normal(after)


@settings(max_examples=50, deadline=None)
@given(tickets)
def test_to_change_nothing_changes_no_byte(ticket):
    data = codec.render(ticket)
    assert codec.amend(codec.parse(data, PATH), ticket) == data


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=60)
    | st.text(max_size=60).map(lambda text: f"---\n{text}\n---\n".encode("utf-8", "replace"))
)
def test_no_bytes_make_the_reader_fail(data):
    document = codec.parse(data, PATH)
    assert document.data == data
    assert document.ticket is not None or document.problems


LINES = [
    f"id: {ID}", "title: Cannot log in", "created: 2026-11-22T09:14:03Z", "status: new",
    "title: Žurno (1)", "title: a: b",
    "title: a #b", "title: a  ", "title: null", "title: 'x'", "title: -", "title:", "status:", "",
    "# c", "assignee: iva",
    "assignee:", "assignee: no", "snoozed_until: 2026-12-01T08:00:00Z", "snoozed_until: 2026-12-01T09:00:00+01:00",
    "snoozed_until:", "merged_into: GD-4F7K2M9T", "tags:", "  - a", "  - b c", "  - a: b", "  - a:",
    "   - a", "  - null",
    "- a", "links:", "  - blocks GD-4F7K2M9T", "  - blocks nothing", "fields:", "  region: eu", "  a-b: x", "  null: x",
    "  langs:", "   x: y", "  region : x", "watchers:", "group: a:", "group: [x]", "grup: x",
    "type: x\u200dy", "type: x\x07",
]  # fmt: skip
_TAILS = [
    "",
    "\nText\n",
    "\n### 2026-11-22T10:15:00Z · reply · Iva <i>\n\nx\n",
    "\n### 2026-11-22 10:15 · reply · x\n",
]


@settings(max_examples=400, deadline=None)
@given(st.booleans(), st.lists(st.sampled_from(LINES), max_size=7), st.sampled_from(_TAILS))
def test_the_quick_reader_says_what_the_careful_one_says_or_nothing(complete, lines, tail):
    text = "\n".join(["---", *(LINES[:4] if complete else []), *lines, "---", tail])
    source = split(text.encode(), PATH)
    assert isinstance(source, Source)
    ticket = quick.ticket(source, PATH)
    if ticket is not None:
        careful = codec._parse_with_care(b"", source, PATH)
        assert (careful.ticket, careful.problems) == (ticket, ())


def test_the_quick_reader_takes_what_gitdesk_writes():
    ticket = Ticket(
        id=ID, title="Cannot log in", created=AT, status="new", snoozed_until=AT, tags=("a", "b"), watchers=("iva",),
        links=(Link(kind="blocks", target=TicketId("GD-4F7K2M9T")),), fields=(("region", "eu"),), description="Text",
    )  # fmt: skip
    source = split(codec.render(ticket), PATH)
    assert isinstance(source, Source)
    assert quick.ticket(source, PATH) == ticket


# ---- the layout of a fresh ticket


def test_a_fresh_ticket_stands_in_the_layout_that_merges():
    ticket = Ticket(
        id=ID, title="Cannot log in", requester="Ana Horvat <a@b.example>", channel="email", created=AT, status="new",
        priority="high", tags=("vip", "login"), description="Text",
        messages=(Message(at=AT, kind="note", author="Iva <i@a.example>", body="Hm.", meta=(("via", "web"),)),),
    )  # fmt: skip
    assert codec.render(ticket).decode() == (
        "---\nid: GD-7K3QX4M2\ntitle: Cannot log in\nrequester: Ana Horvat <a@b.example>\nchannel: email\n"
        "created: 2026-11-22T09:14:03Z\n\nstatus: new\n\npriority: high\n\ntype:\n\ngroup:\n\nassignee:\n\n"
        "tags:\n  - login\n  - vip\n---\n\nText\n\n"
        "### 2026-11-22T09:14:03Z · note · Iva <i@a.example>\n<!-- via: web -->\n\nHm.\n"
    )


def test_what_no_file_can_hold_is_refused():
    ticket = Ticket(id=ID, title="x", created=AT, status="new", description="a\0b")
    with pytest.raises(Refused, match="NUL"):
        codec.render(ticket)
    with pytest.raises(Refused, match="surrogate"):
        codec.render(Ticket(id=ID, title="x", created=AT, status="new", description="\ud800"))
    document = codec.parse(codec.render(Ticket(id=ID, title="x", created=AT, status="new")), PATH)
    for text in ("a\0b", "\ud800"):
        with pytest.raises(Refused):
            codec.amend(document, Ticket(id=ID, title="x", created=AT, status="new", description=text))


def test_the_example_in_the_documentation_is_a_ticket_in_the_layout_of_a_fresh_one():
    page = (CORPUS.parent.parent.parent / "docs" / "format.md").read_text(encoding="utf-8")
    example = page.partition("```markdown\n")[2].partition("```")[0].encode()
    document = codec.parse(example, PATH)
    assert document.problems == ()
    assert document.ticket is not None
    assert codec.render(document.ticket) == example


def test_python_frontmatter_reads_tickets_through_our_handler():
    text = "\ufeff---\r\nid: 0123\r\non: no\r\ntags: [a, 17:00]\r\nnote: ~\r\n---\r\n\r\n---\r\nText\r\n"
    post = frontmatter.loads(text.removeprefix("\ufeff"), handler=TicketHandler())
    assert post.metadata == {"id": "0123", "on": "no", "tags": ["a", "17:00"], "note": None}
    assert post.content == "---\nText"
    assert frontmatter.loads("# no header", handler=TicketHandler()).metadata == {}


# ---- tolerance and problems


def header(*lines: str, body: str = "") -> bytes:
    given_keys = {line.partition(":")[0] for line in lines}
    base = {"id": ID, "title": "Cannot log in", "created": "2026-11-22T09:14:03Z", "status": "new"}
    top = [f"{key}: {value}" for key, value in base.items() if key not in given_keys]
    return "\n".join(["---", *top, *lines, "---", body]).encode()


@pytest.mark.parametrize("unset", ["", " null", " ~", " ''", ' ""', " # nobody", " NULL"])
def test_there_are_many_ways_to_say_nothing(unset):
    document = codec.parse(
        header(f"assignee:{unset}", f"tags:{unset}", f"fields:{unset}", f"snoozed_until:{unset}"), PATH
    )
    assert document.problems == ()
    assert document.ticket is not None
    assert (document.ticket.assignee, document.ticket.tags, document.ticket.fields) == ("", (), ())


@pytest.mark.parametrize(
    "lines",
    [
        ["tags: a"],
        ["tags: [a]"],
        ["tags:", "- a"],
        ["tags:", "  - a # x"],
        ["tags: [", "  'a'", "]"],
        ['tags: "a"'],
    ],
)
def test_a_list_may_be_written_in_any_style(lines):
    document = codec.parse(header(*lines), PATH)
    assert document.ticket is not None
    assert document.ticket.tags == ("a",)


def test_yaml_1_1_words_stay_text():
    lines = ["priority: no", "type: on", "group: 0123", "assignee: 17:00", "channel: 1e5"]
    ticket = codec.parse(header(*lines), PATH).ticket
    assert ticket is not None
    assert (ticket.priority, ticket.type, ticket.group, ticket.assignee, ticket.channel) == (
        "no",
        "on",
        "0123",
        "17:00",
        "1e5",
    )


@pytest.mark.parametrize(
    ("data", "code", "place", "readable"),
    [
        (header("assigne: marko"), "F020", (6, 1), True),
        (header('title: "\\e[31mred"'), "F027", (5, 8), True),
        (header("title: a\u202eb"), "F027", (5, 8), True),
        (header("id: GD-4F7K2M9T"), "F026", (2, 1), True),
        (header("title: " + "x" * 501), "F028", (5, 8), True),
        (header("links: [duplicates 4F7]"), "F029", (6, 9), True),
        (header("snoozed_until: tomorrow"), "F023", (6, 16), False),
        (header("created: now"), "F023", (5, 10), False),
        (header("title:"), "F021", (2, 1), False),
        (header("status: [a]"), "F022", (5, 9), False),
        (header("status: new", "status: new"), "F011", (6, 1), False),
        (header("group: &a x", "type: *a"), "F012", (6, 8), False),
        (header("group: !!str x"), "F013", (6, 8), False),
        (header("title: a: b"), "F010", (5, 9), False),
        (header("title: Cafe").replace(b"Cafe", b"Caf\xe9"), "F001", (5, 11), False),
        (header(body="a\n\0"), "F002", (8, 1), False),
        (b"\xed\xa0\x80", "F001", (1, 1), False),
        (b"# x\n", "F004", (1, 1), False),
        (b"---\nid: x\n", "F005", (1, 1), False),
        (header("# " + "x" * 66_000), "F006", (1, 1), False),
        (header(body="<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n"), "F007", (7, 1), False),
        (header(body="## 2026-11-22T10:15:00Z · reply · Marko\n"), "F031", (7, 1), True),
    ],
)  # fmt: skip
def test_problems_have_a_code_and_a_place(data, code, place, readable):
    document = codec.parse(data, PATH)
    found = [(problem.code, (problem.line, problem.column)) for problem in document.problems]
    assert (code, place) in found
    assert (document.ticket is not None) == readable


def test_a_near_miss_of_a_key_is_suggested():
    (problem,) = codec.parse(header("Assigne: marko"), PATH).problems
    assert problem.hint == 'did you mean "assignee"?'


def test_a_file_over_the_limit_is_not_read():
    document = codec.parse(b"---\n" + b" " * grammar.MAX_FILE, PATH)
    assert [problem.code for problem in document.problems] == ["F003"]


def test_an_alias_bomb_is_refused_at_once():
    bomb = ["fields:", "  a: &a [x, x, x, x, x, x, x, x, x, x]"]
    bomb += [
        f"  {new}: &{new} [{', '.join([f'*{old}'] * 10)}]"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    document = codec.parse(header(*bomb), PATH)  # expanded, it would never come back
    assert document.problems[0].code == "F012"


def test_controls_in_bodies_are_stored_as_given():
    body = "red \x1b[31m, turned \u202e, rung \x07, and \u2028 \x85 \x0c apart"
    ticket = Ticket(id=ID, title="x", created=AT, status="new", description=body)
    document = codec.parse(codec.render(ticket), PATH)
    assert document.problems == ()
    assert document.ticket == ticket


# ---- the rules table


def test_every_code_the_reader_gives_is_in_the_table():
    here = Path(codec.__file__).parent
    used = set()
    for name in ("source", "front_matter", "interpret", "yaml_tree"):
        used |= set(re.findall(r'"(F0\d\d)"', (here / f"{name}.py").read_text(encoding="utf-8")))
    codes = [rule.code for rule in rules_file.RULES]
    assert used <= set(codes)
    assert codes == sorted(set(codes))


_SPECIAL = {
    "F001": b"\xff",
    "F002": b"\0",
    "F003": None,
    "F006": None,
    "F016": None,
    "F028": None,
    "F032": None,
}


@pytest.mark.parametrize(
    "rule", [rule for rule in rules_file.RULES if rule.code < "F050"], ids=lambda rule: rule.code
)
def test_the_examples_of_the_rules_fail_and_pass(rule):
    if rule.code in _SPECIAL:  # told in words: what fails cannot stand in a text, or is too large
        assert rule.fails != rule.passes
        return
    assert rule.code in _codes(rule.fails)
    assert rule.code not in _codes(rule.passes)


def _codes(text: str) -> set[str]:
    text = text.replace("<1B>", "\x1b").partition("  (in ")[0]
    if text.startswith("###"):
        data = header(body=text)
    elif text.startswith("---") or "\ntitle: Printer" in text:
        data = text.encode()
    else:
        data = header(*text.split("\n"))
    return {problem.code for problem in codec.parse(data, PATH).problems}


@pytest.mark.parametrize(
    ("path", "mode", "size", "code"),
    [
        (PATH, "100644", 10, None),
        (PATH, "100755", 10, "F050"),
        (PATH, "120000", 10, "F050"),
        (PATH, "160000", 0, "F050"),
        (PATH, "100644", 30_000_000, "F003"),
        (PATH[:-3] + "/a.png", "100644", 10, None),
        (PATH[:-3] + "/a.png", "100644", 101, "F052"),
        (PATH[:-3] + "/CON", "100644", 10, "F051"),
        (PATH[:-3] + "/a;b", "100644", 10, "F051"),
        (PATH[:-3] + "/sub/a.png", "100644", 10, "F053"),
        ("tickets/GD-7K3QX4M2.md", "100644", 10, "F053"),
        ("tickets/7K/notes.txt", "100644", 10, "F053"),
    ],
)
def test_files_below_tickets_are_judged_by_path_mode_and_size(path, mode, size, code):
    found = rules_file.check_file(path, mode, size, attachment_limit=100)
    assert [violation.code for violation in found] == ([code] if code else [])


# ---- speed and imports


def test_reading_and_changing_a_plain_ticket_imports_no_yaml_library():
    script = (
        "import sys\n"
        "from gitdesk.value import replace\n"
        "from gitdesk.store import codec\n"
        "from tests_data import DATA, PATH\n"
        "document = codec.parse(DATA, PATH)\n"
        "data = codec.amend(document, replace(document.ticket, status='open', tags=('a', 'b')))\n"
        "assert b'status: open' in data\n"
        "print(sorted(set(sys.modules) & {'yaml', 'ruamel', 'frontmatter', 'git', 'difflib', 'subprocess'}))\n"
    ).replace("from tests_data import DATA, PATH\n", f"DATA = {header('tags: [a]')!r}\nPATH = {PATH!r}\n")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_the_c_parser_the_same_is_read():
    script = (
        "import sys, glob, yaml\n"
        "if {pure}:\n"
        "    del yaml.CSafeLoader\n"
        "from gitdesk.store import codec\n"
        "for name in sorted(glob.glob(sys.argv[1])):\n"
        "    found = codec.parse(open(name, 'rb').read(), '" + PATH + "')\n"
        "    print(name, found.ticket, [(each.code, each.line) for each in found.problems])\n"
    )
    by_c, pure = (
        subprocess.run(
            [sys.executable, "-c", script.format(pure=pure), f"{CORPUS}/*/*.md"],
            capture_output=True, text=True, check=True,
        ).stdout
        for pure in (False, True)
    )  # fmt: skip
    assert by_c.count("\n") > 90
    assert by_c == pure
