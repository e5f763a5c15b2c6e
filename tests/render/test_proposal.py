"""Proposals as people read them: in a list and in full."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gitdesk.render.proposal import render_full, render_list
from gitdesk.render.style import Paint
from gitdesk.render.table import Page

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PAGE = Page(now=NOW, width=100)
IVA = {
    "who": "Iva Kralj <iva@acme.example>",
    "person": "iva",
    "at": NOW - timedelta(hours=2),
    "verified": True,
    "source": "0" * 40,
    "reason": "checked",
}
NEED = {
    "path": "tickets/7K/AC-7K3QX4M2.md", "why": "status resolved → closed", "count": 2, "roles": ["lead"],
    "not": ["author"], "digest": "sha256:00", "approved_by": [IVA], "rejected_by": [], "ignored": [], "obstacles": [],
    "missing": 1, "met": False, "text": "1 of 2 approvals by lead (iva)",
}  # fmt: skip
CLOCK = {
    "ticket": "AC-7K3QX4M2", "metric": "first_response", "now": "running", "due": NOW + timedelta(minutes=30),
    "effect": "ends in time", "target": 3600, "next_target": 3600, "late_by": 0,
}  # fmt: skip


def item(**given: Any) -> dict[str, Any]:
    """Returns a proposal that waits for marko."""
    change = {
        "ticket": "AC-7K3QX4M2",
        "title": "Board is dark",
        "path": "tickets/7K/AC-7K3QX4M2.md",
        "events": [{"text": "status resolved → closed"}],
        "text": "status resolved → closed",
    }
    plain = {
        "name": "propose/AC-7K3QX4M2/1a2b3c4d", "short": "1a2b3c4d", "where": "origin", "state": "waiting",
        "by": "Ana Horvat <ana@acme.example>", "at": NOW - timedelta(hours=3), "reason": "a day has passed",
        "tickets": ["AC-7K3QX4M2"], "files": [change["path"]],
        "changes": [change], "needs": [NEED], "waits_for": ["marko"], "clocks": [],
        "outdated": [], "next": ["gitdesk approve 1a2b3c4d"],
    }  # fmt: skip
    return {**plain, **given}


def test_a_list_tells_the_change_who_wants_it_and_whom_it_waits_for() -> None:
    assert list(render_list([item()], PAGE)) == [
        "AC-7K3QX4M2  Board is dark",
        "  status resolved → closed",
        "  waits for marko · by Ana Horvat, 3 h ago · propose/AC-7K3QX4M2/1a2b3c4d",
    ]


def test_one_in_full_tells_who_said_what_and_what_is_missing() -> None:
    assert list(render_full([item()], PAGE)) == [
        "AC-7K3QX4M2  Board is dark",
        "  status resolved → closed",
        "",
        "state      waits for marko",
        "branch     propose/AC-7K3QX4M2/1a2b3c4d (origin)",
        "by         Ana Horvat <ana@acme.example>, 3 h ago",
        "reason     a day has passed",
        "needs      status resolved → closed: 2 approvals by lead, not the author",
        "             approved by iva, 2 h ago: checked",
        "             1 missing",
        "next       gitdesk approve 1a2b3c4d",
    ]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("approved", "approved, can land"),
        ("free", "needs nobody's approval, can land"),
        ("outdated", "outdated: the desk has changed the same files since"),
        ("on the desk", "on the desk already"),
    ],
)
def test_each_state_has_its_words(state: str, words: str) -> None:
    assert words in "\n".join(render_list([item(state=state)], PAGE))


def test_a_rejection_and_a_word_that_does_not_count_are_told_with_the_reason() -> None:
    marko = {**IVA, "person": "marko", "verified": False, "reason": "not yet"}
    stranger = {**IVA, "person": None, "why": "nobody on the desk, as it was before this change"}
    need = {**NEED, "approved_by": [], "rejected_by": [marko], "ignored": [stranger], "obstacles": ["who?"]}
    text = "\n".join(render_full([item(state="rejected", needs=[need])], PAGE))
    assert "state      rejected by marko" in text
    assert "rejected by marko, unverified, 2 h ago: not yet" in text
    assert "what Iva Kralj <iva@acme.example> said does not count: nobody on the desk" in text
    assert "who?" in text
    assert "missing" not in text


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ({}, "first response: running, due in 30 min → ends in time"),
        (
            {"now": "late", "effect": "ends late", "late_by": 5400},
            "first response: late → ends 1 h 30 min late",
        ),
        ({"now": "paused", "effect": "runs on"}, "first response: paused → runs on"),
        ({"now": None, "due": None, "effect": "starts"}, "first response: starts"),
        (
            {"effect": "gets another target", "next_target": None},
            "running, due in 30 min → none instead of 1 h",
        ),
        ({"effect": "gets another target", "target": None}, "running, due in 30 min → 1 h instead of none"),
    ],
)
def test_what_becomes_of_a_clock_is_told_in_words(clock: dict[str, Any], words: str) -> None:
    lines = [line for line in render_full([item(clocks=[{**CLOCK, **clock}])], PAGE) if "clocks" in line]
    assert len(lines) == 1
    assert words in lines[0]


def test_rules_are_shown_line_by_line() -> None:
    change = {
        "ticket": None, "title": None, "path": "gitdesk.yaml", "events": [{"text": "gitdesk.yaml changed"}],
        "text": "gitdesk.yaml changed", "diff": "@@ -1 +1 @@\n-a: 1\n+a: \x1b[31m2\n",
    }  # fmt: skip
    lines = list(render_full([item(changes=[change], tickets=[])], PAGE))
    assert lines[:2] == ["gitdesk.yaml", "  changed"]
    assert "  -a: 1" in lines
    assert not any("\x1b" in line for line in lines)


def test_nothing_that_somebody_wrote_steers_the_terminal() -> None:
    bad = "\x1b]0;x\x07"
    need = {**NEED, "approved_by": [{**IVA, "reason": bad}], "obstacles": [bad], "why": bad}
    one = item(by=bad, reason=bad, name=bad, needs=[need], waits_for=[bad], next=[bad], where=bad)
    one["changes"][0] |= {"title": bad, "ticket": bad, "events": [{"text": bad}]}
    for paint in (Paint(False), Paint(True)):
        page = Page(now=NOW, width=100, paint=paint)
        for line in (*render_list([one], page), *render_full([one], page)):
            assert "\x1b]" not in line
            assert "\x07" not in line


def test_files_beside_the_desk_are_told() -> None:
    files = [*item()["files"], "src/a\x1b.c", "src/b.c"]
    for lines in (render_list([item(files=files)], PAGE), render_full([item(files=files)], PAGE)):
        told = [line for line in lines if "not of the desk" in line]
        assert len(told) == 1
        assert "and 1 more" in told[0]
        assert "\x1b" not in told[0]


def test_many_tickets_are_counted_in_a_list() -> None:
    changes = [{**item()["changes"][0], "ticket": f"AC-{number:08}"} for number in range(9)]
    assert "  … and 4 more" in list(render_list([item(changes=changes)], PAGE))
