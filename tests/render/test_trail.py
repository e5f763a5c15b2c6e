"""The audit trail to read: one block a commit, with everything an auditor asks for."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk.render.style import Paint
from gitdesk.render.table import Page
from gitdesk.render.text import width
from gitdesk.render.trail import render_trail

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = Page(now=NOW, width=80, zone=UTC)
FIRST = {
    "ticket": "GD-7K3QX4M2",
    "kind": "status",
    "from": "open",
    "to": "waiting",
    "text": "status open → waiting",
    "at": "2026-11-22T10:15:00Z",
    "author": {"name": "Marko Babić", "email": "m@a"},
    "commit": "0123456789abcdef",
    "reason": "asked for the log\nof Friday",
    "via": "email",
    "automation": None,
    "on_behalf_of": "Iva",
    "approved_by": ["Ana", "Jan"],
    "signature": {"status": "good", "signer": "Marko"},
}


def test_who_when_what_why_and_by_what_authority() -> None:
    second = {**FIRST, "text": "", "kind": "field", "field": "region", "from": None, "to": "eu"}
    third = {
        **FIRST,
        "commit": "fedcba98765",
        "reason": "",
        "via": None,
        "on_behalf_of": "",
        "approved_by": [],
        "signature": None,
    }
    assert list(render_trail([FIRST, second, third], PAGE)) == [
        "Marko Babić  Sun 2026-11-22 10:15 (1 h ago)  0123456789",
        "  GD-7K3QX4M2  status open → waiting",
        "               region none → eu",
        "  why: asked for the log",
        "       of Friday",
        "  via email · on behalf of Iva · approved by Ana, Jan · signed by Marko",
        "",
        "Marko Babić  Sun 2026-11-22 10:15 (1 h ago)  fedcba9876",
        "  GD-7K3QX4M2  status open → waiting",
    ]


def test_a_bad_signature_cannot_be_overlooked() -> None:
    bad = {**FIRST, "signature": {"status": "bad", "signer": "Marko"}}
    assert "BAD signature of Marko" in "\n".join(render_trail([bad], PAGE))
    unknown = {**FIRST, "signature": {"status": "unknown", "signer": None, "key": "SHA256:abc"}}
    assert "not known here: SHA256:abc" in "\n".join(render_trail([unknown], PAGE))
    none = {**FIRST, "signature": {"status": "none"}}
    assert "sign" not in "\n".join(render_trail([none], PAGE))


def test_no_text_of_a_commit_steers_the_terminal() -> None:
    evil = "a\x1b[2J\u202e"
    event = {
        **dict.fromkeys(FIRST, evil),
        "author": {"name": evil, "email": evil},
        "approved_by": [evil],
        "signature": {"status": "bad", "signer": evil},
    }
    assert not set("\x1b\u202e") & set("".join(render_trail([event], PAGE)))


def test_long_changes_are_broken_below_themselves() -> None:
    lines = list(render_trail([{**FIRST, "text": "title " + "word " * 40, "reason": ""}], PAGE))
    assert max(map(width, lines)) <= 80
    assert lines[2].startswith(" " * 17 + "word")


def test_nothing_happened_is_nothing() -> None:
    assert list(render_trail([], PAGE)) == []


def test_a_commit_of_nobody_is_still_shown() -> None:
    event = {**FIRST, "author": {"name": "", "email": ""}}
    page = Page(now=NOW, zone=UTC, paint=Paint(True))
    assert next(render_trail([event], page)).startswith("\x1b[1msomebody\x1b[0m")
