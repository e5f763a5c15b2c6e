"""The grammar of a ticket file: ids, paths, titles, times, names of attachments, messages and their escapes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from untidy import START, nasty

from gitdesk.domain import format as grammar
from gitdesk.domain.ticket import Message
from gitdesk.errors import Refused, UsageError

AT = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)

# ---- ids and paths


def test_a_full_id_is_taken_and_anything_else_is_not():
    assert grammar.parse_id("GD-7K3QX4M2") == "GD-7K3QX4M2"
    assert grammar.parse_id("A1B2C3-00000000") == "A1B2C3-00000000"
    for bad in [
        "gd-7K3QX4M2",
        "G-7K3QX4M2",
        "1D-7K3QX4M2",
        "GD-7K3QX4M",
        "GD-7K3QX4MU",
        "GD-7K3QX4MI",
        "GD7K3QX4M2",
        "GD-7K3QX4M2\n",
        "",
    ]:
        assert grammar.parse_id(bad) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("7k3", "7K3"), ("gd-7k3qx4m2", "7K3QX4M2"), ("GD-olI", "011"), (" 7k3 ", "7K3"), ("", "")],
)
def test_codes_are_read_as_people_type_them(typed, meant):
    assert grammar.normal_code(typed) == meant


@given(st.text(grammar.CODE_ALPHABET, min_size=8, max_size=8))
def test_a_path_and_its_id_follow_from_each_other(code):
    path = grammar.path_of(f"GD-{code}")
    assert path == f"tickets/{code[:2]}/GD-{code}.md"
    assert grammar.id_of(path) == f"GD-{code}"
    assert grammar.attachment_dir(f"GD-{code}") == path[:-3] + "/"


@pytest.mark.parametrize(
    "path",
    [
        "tickets/7K/GD-4F7K2M9T.md",
        "tickets/GD-7K3QX4M2.md",
        "tickets/7K/GD-7K3QX4M2.txt",
        "x/tickets/7K/GD-7K3QX4M2.md",
        "tickets/7K/GD-7K3QX4M2.md/a",
    ],
)  # fmt: skip
def test_other_paths_are_no_tickets(path):
    assert grammar.id_of(path) is None


# ---- attachments


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../x", "x"),
        ("C:\\temp\\log.txt", "log.txt"),
        (".bashrc", "bashrc"),
        ("my file (1).png", "my_file_1_.png"),
        ("račun;,.pdf", "račun_.pdf"),
        ("cafe\u0301.txt", "café.txt"),
        ("τιμολόγιο.pdf", "τιμολόγιο.pdf"),
        ("aux.pdf", "file_aux.pdf"),
        ("a\x1b[31m\u202eb.txt", "a_31m_b.txt"),
        ("trailing. ", "trailing"),
        ("-rf", "rf"),
    ],
)
def test_names_of_attachments_become_portable(given_name, kept):
    assert grammar.safe_name(given_name) == kept


@pytest.mark.parametrize("name", ["CON", "nul", "..", ".", "", "///", "com1", "LPT\u00b9", "\x00"])
def test_names_of_which_nothing_is_left_are_refused(name):
    with pytest.raises(UsageError, match="cannot be the name of an attachment"):
        grammar.safe_name(name)


@given(st.text(max_size=300))
@example("x" * 500 + ".tar.gz")
@example("é" * 200 + ".pdf")
def test_a_safe_name_is_safe_and_stays_as_it_is(name):
    try:
        safe = grammar.safe_name(name)
    except UsageError:
        return
    assert grammar.safe_name(safe) == safe
    assert grammar.is_safe_name(safe)
    assert len(safe.encode()) <= grammar.MAX_ATTACHMENT_NAME
    assert not set(safe) & set('/\\:*?"<>|,; \n\r\t\0')
    assert safe[0] not in ".-"


def test_a_long_name_keeps_its_extension():
    assert grammar.safe_name("x" * 500 + ".pdf").endswith("x.pdf")


# ---- titles and times


def test_a_title_loses_the_blanks_around_it_and_keeps_the_rest():
    assert grammar.check_title("  Ne mogu se prijaviti 👩‍🚀 ") == "Ne mogu se prijaviti 👩‍🚀"
    assert len(grammar.check_title("x" * 500)) == 500


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("a\nb", "one line"),
        ("a\rb", "one line"),
        ("x" * 501, "501 characters"),
        ("x" * 10_000_000, "10,000,000 characters"),
        ("\x1b[31mred", "U\\+001B"),
        ("a\u202eb", "U\\+202E"),
        ("a\u2028b", "U\\+2028"),
        ("a\0b", "U\\+0000"),
        ("a\x9bb", "U\\+009B"),
        ("a\ud800b", "U\\+D800"),
    ],
)
def test_titles_that_cannot_be_are_refused(title, reason):
    with pytest.raises(UsageError, match=reason):
        grammar.check_title(title)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T09:14:03Z", datetime(2026, 11, 22, 9, 14, 3, tzinfo=UTC)),
        ("2026-11-22t09:14:03z", datetime(2026, 11, 22, 9, 14, 3, tzinfo=UTC)),
        ("2026-11-22 09:14:03.999+01:00", datetime(2026, 11, 22, 8, 14, 3, tzinfo=UTC)),
        ("2026-11-22T09:14:03", None),
        ("2026-11-22", None),
        ("20261122T091403Z", None),
        ("2026-W47-7T09:14:03Z", None),
        ("2026-02-30T09:14:03Z", None),
        ("0001-01-01T00:00:00+23:00", None),
        ("2026-11-22T24:14:03Z", None),
        ("", None),
    ],
)
def test_times_are_rfc_3339_with_a_zone(text, moment):
    assert grammar.parse_time(text) == moment


def test_a_value_is_quoted_in_a_message_without_its_controls_and_not_too_long():
    assert grammar.shown("a\x1b[31m\n\u202e") == "a\\x1b[31m\\n\\u202e"
    assert grammar.shown("x" * 100) == "x" * 60 + "…"


# ---- messages


@given(nasty)
def test_what_is_escaped_reads_back_and_holds_no_message_start_and_no_conflict(text):
    escaped = grammar.escape(text)
    assert grammar.unescape(escaped) == text
    assert grammar.message_starts(escaped) == ()
    assert grammar.near_starts(escaped, 0) == ()
    assert not any(line.startswith(("<<<<<<< ", ">>>>>>> ")) for line in escaped.split("\n"))


@given(nasty, nasty, nasty)
def test_bodies_come_back_as_they_were_and_forge_nothing(description, first, second):
    messages = tuple(
        Message(at=AT, kind="customer", author="Ana <a@b.example>", body=grammar.normal_text(body))
        for body in (first, second)
    )
    description = grammar.normal_text(description)
    blocks = [grammar.escape(description), *map(grammar.render_message, messages)]
    assert grammar.parse_body("\n\n".join(blocks) + "\n") == (description, messages)


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
            | st.sampled_from(["a-->b", "--", "; x: y", "100%", "%41", " a "]),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_the_comment_line_of_a_message_holds_any_value(pairs):
    message = Message(at=AT, kind="note", author="Iva <i@a.example>", body="x", meta=tuple(pairs))
    text = grammar.render_message(message)
    assert text.count("-->") == (1 if pairs else 0)
    assert grammar.parse_body(text) == ("", (message,))


@pytest.mark.parametrize(
    "line",
    [
        "## 2026-11-22T10:15:00Z · reply · Marko",
        "### 2026-11-22T10:15:00 · reply · Marko",
        "### 2026-11-22 10:15 · reply · Marko",
        "### 2026-11-22T10:15:00Z · answer · Marko",
        "### 2026-11-22T10:15:00Z · reply · ",
        " ### 2026-11-22T10:15:00Z · reply · Marko",
        "### 2026-02-31T10:15:00Z · reply · Marko",
        "### 2026-11-22 13:00 reply Iva",
        "### 2026-11-22T13:00:00Z - reply - Iva Kralj <iva@acme.example>",
        "## 2026-11-22 13:00 Note: Iva",
        "### 2026-11-22T13:00:00Z customer Ana <ana@b.example>",
    ],
)
def test_what_is_almost_a_message_start_is_text_and_is_noticed(line):
    assert grammar.parse_body(f"{line}\n\nx") == (f"{line}\n\nx", ())
    assert grammar.near_starts(f"a\n{line}\n", 0) == (2,)


@pytest.mark.parametrize(
    "line",
    [
        "### 2026-11-22 meeting with the supplier",
        "### 2026-11-22 13:00 replying, notebooks and customers",
        "### reply 2026-11-22 13:00 Iva",
        "2026-11-22 13:00 reply Iva",
    ],
)
def test_a_heading_with_a_date_that_names_no_kind_of_message_is_let_be(line):
    assert grammar.near_starts(f"a\n{line}\n", 0) == ()


def test_a_hyphenated_start_behind_a_message_is_noticed_and_stays_its_text():
    line = "### 2026-11-22T13:00:00Z - reply - Iva Kralj <iva@acme.example>"
    body = f"{START}\n\nhello\n\n{line}\n\nbye\n"
    _, (message,) = grammar.parse_body(body)
    assert message.body == f"hello\n\n{line}\n\nbye"
    assert grammar.near_starts(body, 1) == (body.index(line),)


def test_a_message_time_with_an_offset_is_read_as_utc():
    _, (message,) = grammar.parse_body("### 2026-11-22T11:15:00+01:00 · reply · Marko <m@a.example>\n")
    assert message.at == AT


def test_a_comment_is_about_the_message_only_right_below_its_start():
    description, (message,) = grammar.parse_body(f"<!-- via: web -->\n\n{START}\n\n<!-- via: email -->\n")
    assert description == "<!-- via: web -->"
    assert message.meta == ()
    assert message.body == "<!-- via: email -->"
    _, (message,) = grammar.parse_body(f"{START}\n<!-- just a remark -->\ntext")
    assert message.body == "<!-- just a remark -->\ntext"


def test_attachments_are_listed_in_the_comment_line():
    _, (message,) = grammar.parse_body(f"{START}\n<!-- via: email; attachments: a.png, b.log -->\n\nx\n")
    assert message.meta == (("via", "email"), ("attachments", "a.png, b.log"))
    assert message.attachments == ("a.png", "b.log")


@pytest.mark.parametrize(
    "change",
    [
        {"author": "Ma\n### x"},
        {"author": "  "},
        {"author": "a\x1b[2J"},
        {"kind": "answer"},
        {"meta": (("Bad Key", "x"),)},
    ],
)  # fmt: skip
def test_messages_that_cannot_be_written_are_refused(change):
    values = {"at": AT, "kind": "note", "author": "Iva <i@a.example>", "body": "x"} | change
    with pytest.raises(Refused):
        grammar.render_message(Message(**values))


def test_line_ends_of_a_body_become_lf():
    assert grammar.normal_text("\r\n\na\r\nb\rc\n\r\n") == "a\nb\nc"
    assert grammar.parse_body(f"a\r\nb\r\n{START}\r\n\r\nc\r\n") == grammar.parse_body(
        f"a\nb\n{START}\n\nc\n"
    )
