"""The story of a clock in a terminal: verdicts, stretches, and text that must not steer it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gitdesk.render.clock_story import render_story
from gitdesk.render.style import Paint
from gitdesk.render.table import Page

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PART = {
    "start": "2026-11-23T08:30:00Z", "end": "2026-11-24T08:30:00Z", "running": True, "elapsed": 27000, "total": 27000,
    "closed": 59400, "status": "new", "calendar": "office", "time_zone": "Europe/Zagreb", "policy": "gold",
    "policy_commit": "a" * 40, "priority": "high", "target": 7200, "why": "created", "by": None, "commit": "b" * 40,
    "written": None,
}  # fmt: skip
CLOCK = {
    "metric": "first_response", "cycle": 1, "policy": "gold", "policy_commit": "a" * 40, "priority": "high",
    "stopped": None, "target": 7200, "elapsed": 27000, "state": "breached_running", "due_at": "2026-11-23T10:30:00Z",
    "remaining": -19800, "breached_at": "2026-11-23T10:30:00Z", "late_by": 19800, "breach_policy": "gold",
    "breach_priority": "high", "breach_target": 7200, "no_reply": False, "calendar": "office", "ended_by": None,
    "last_working": None, "stretches": [PART],
}  # fmt: skip


def shown(width: int | None = 120, **changed: Any) -> str:
    story = {
        "ticket": "AC-1",
        "title": "x\x1b[31m",
        "as_of": NOW,
        "commit": "c" * 40,
        "clocks": [CLOCK | changed],
    }
    return "\n".join(render_story(story, Page(now=NOW, zone=UTC, width=width, paint=Paint(False))))


def test_times_are_those_of_the_calendar_and_closed_hours_are_told() -> None:
    text = shown()
    assert "missed at Mon 2026-11-23 11:30, 5 h 30 min late so far, 7 h 30 min of 2 h" in text
    assert "times in Europe/Zagreb" in " ".join(text.split())
    assert "Mon 2026-11-23 09:30  ran    16 h 30 min  7 h 30 min  7 h 30 min  bbbbbbbbbb  created" in text
    assert text.splitlines()[-1].endswith("the moment this was asked for")


def test_without_closed_hours_there_is_no_column_for_them() -> None:
    assert "CLOSED" in shown()
    assert "CLOSED" not in shown(stretches=[PART | {"closed": 0}])


def test_what_it_was_held_to_is_told_stretch_by_stretch_where_that_changed() -> None:
    assert "OF" not in shown().split()
    later = PART | {"why": "priority high → low", "target": None, "total": 30000}
    text = shown(stretches=[PART, later])
    assert "7 h 30 min      2 h  bbbbbbbbbb  created" in text
    assert "8 h 20 min  nothing  bbbbbbbbbb  priority high → low" in text


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_reason_is_told_whole_in_a_narrow_window(width: int) -> None:
    later = PART | {"why": "status waiting → resolved, priority high → urgent", "target": 60}
    text = shown(width, stretches=[PART, later])
    assert all(word in text for word in later["why"].replace(",", "").split())
    assert "…" not in text


def test_a_clock_that_does_not_apply_has_no_stretches() -> None:
    assert "FROM" not in shown(state="n/a", target=None)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"state": "n/a", "target": None}, "does not apply"),
        ({"state": "void", "breached_at": None}, "void, 7 h 30 min of 2 h"),
        ({"state": "void"}, "it had been missed at Mon 2026-11-23 11:30"),
        ({"state": "void", "target": None}, "void, 7 h 30 min used; it had been missed"),
        ({"state": "met", "breached_at": None}, "met, 7 h 30 min of 2 h"),
        ({"state": "met", "breached_at": None, "no_reply": True}, "ended without a reply"),
        ({"state": "breached", "stopped": "2026-11-24T08:30:00Z", "ended_by": "reply by Iva"}, "5 h 30 min late, 7 h"),
        ({"state": "paused", "remaining": 60, "breached_at": None}, "paused, 7 h 30 min of 2 h, 1 min left"),
        ({"state": "running", "breached_at": None}, "due Mon 2026-11-23 11:30, 7 h 30 min of 2 h"),
        (
            {"state": "running", "breached_at": None, "last_working": "2026-11-20T16:00:00Z"},
            "due Mon 2026-11-23 11:30 (that is, by Fri 2026-11-20 17:00)",
        ),
        ({"breach_priority": "low", "loosened_by": "Iva"}, "priority low), loosened later by Iva"),
        ({"first_verdict": "breached"}, "the first time it ended it was missed"),
        ({"cycle": 3}, "first response 3: "),
        ({"calendar": ""}, "2 h around the clock"),
        ({"remarks": ["clocks went backwards"]}, "  clocks went backwards"),
        ({"stretches": []}, "missed at Mon 2026-11-23 10:30"),
    ],
)  # fmt: skip
def test_a_verdict_says_what_came_of_it(changed: dict[str, Any], words: str) -> None:
    assert words in shown(**changed)


def test_what_a_commit_said_of_its_time_is_told_where_it_did_not_count() -> None:
    part = PART | {"written": "1970-01-01T00:00:00Z", "running": False, "status": "waiting"}
    text = shown(None, stretches=[part])
    assert "created (written Thu 1970-01-01 01:00)" in text
    assert "stood (waiting)" in text


@pytest.mark.parametrize("width", [40, 60, 80, 100, None])
def test_nothing_steers_the_terminal(width: int | None) -> None:
    remarks = ['the workflow has no status "\x1b[2J"']
    text = shown(width, remarks=remarks, stretches=[PART | {"why": "tag +\x1b[2J", "time_zone": "No/Where"}])
    assert "\x1b" not in text
