"""The story of a clock: every stretch of its time adds up, and says in words what began it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sla_scripts import Script
from test_sla_histories import HISTORIES

from gitdesk.domain.sla_history import Story
from gitdesk.domain.sla_replay import Replay
from gitdesk.domain.sla_standing import cycle, standings
from gitdesk.domain.sla_telling import Telling, tell
from gitdesk.domain.ticket import TicketId


def replayed(script: Script, now: int) -> Replay:
    """Returns the replay of a script up to a moment."""
    story = Story(
        ticket=TicketId("GD-00000001"), title="It hums", created=script.created, came=script.created, position=10,
        first=script.first, changes=script.changes, messages=script.messages,
    )  # fmt: skip
    return Replay(story, script.versions(), now)


def told(text: str, now: str, metric: str) -> Telling:
    script = Script(text)
    at = script.instant(now)
    return next(one for one in tell(replayed(script, at), at) if one.metric == metric)


WORKED = """
    Mon 09:30 created high
    Mon 11:00 reply
    Mon 12:00 waiting
    Tue 10:00 customer
    Tue 10:30 urgent
    Tue 11:15 reply
    Tue 12:00 resolved
"""


def test_the_worked_example_line_by_line() -> None:
    story = told(WORKED, "Tue 13:00", "resolution")
    assert [(line.running, line.elapsed // 60, line.total // 60, line.why) for line in story.lines] == [
        (True, 150, 150, "created"),
        (False, 0, 150, "status new → waiting"),
        (True, 30, 180, "ana wrote; it counts as open from here"),
        (True, 90, 270, "priority high → urgent"),
    ]
    assert story.end == "status waiting → resolved"
    assert [line.priority for line in story.lines] == ["high", "high", "high", "urgent"]
    assert [line.target for line in story.lines] == [8 * 3600] * 3 + [4 * 3600]


def test_a_reply_ends_a_clock_that_waits_for_one() -> None:
    assert told(WORKED, "Tue 13:00", "first_response").end == "reply by marko"
    assert told(WORKED, "Tue 13:00", "next_response").end == "reply by marko"


def test_a_clock_that_has_not_ended_has_no_end() -> None:
    assert told(WORKED, "Tue 11:30", "resolution").end == ""


def test_a_budget_that_ends_at_closing_time_tells_the_last_working_instant() -> None:
    story = told("Mon 15:00 created high", "Mon 15:30", "first_response")
    assert story.last_working_at is not None
    assert story.last_working_at.isoformat() == "2026-11-23T17:00:00+00:00"
    assert told("Mon 14:00 created high", "Mon 14:30", "first_response").last_working_at is None


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("urgent group=support", "priority high → urgent, group nothing → support"),
        ("urgent assignee=marko", "priority high → urgent, assignee nothing → marko"),
        ("urgent waiting", "status new → waiting, priority high → urgent"),
    ],
)
def test_what_a_commit_changed_is_told_in_words(words: str, why: str) -> None:
    text = f"Mon 09:00 created high\nMon 10:00 {words}\nMon 11:00 open low"
    assert why in [line.why for line in told(text, "Mon 12:00", "resolution").lines]


@pytest.mark.parametrize("history", [text for _, text in HISTORIES], ids=[name for name, _ in HISTORIES])
def test_stretches_leave_no_gap_and_add_up_to_the_clock(history: str) -> None:
    script = Script(history)
    for moment, _ in script.checks:
        now = moment if moment is not None else max([script.created, *(one.at for one in script.changes)])
        replay = replayed(script, now)
        if now < script.created:
            continue
        rows = {
            (one.metric, one.cycle): cycle(
                one,
                now,
                next(t for t in script.versions() if t.position == one.version).calendars[one.calendar]
                if one.state == "running"
                else None,
                ticket="",
                title="",
                assignee="",
                group="",
            )
            for one in standings(replay)
        }
        for story in tell(replay, now):
            row = rows.get((story.metric, story.cycle))
            if row is None or row.state == "n/a":
                continue
            lines = story.lines
            assert all(one.end_at == other.start_at for one, other in pairwise(lines))
            assert sum(line.elapsed for line in lines) == row.elapsed
            assert sum(line.closed for line in lines) == row.closed
            wall = sum((line.end_at - line.start_at).total_seconds() for line in lines)
            assert wall == row.elapsed + row.closed + row.paused
            assert not lines or (lines[0].start_at, lines[-1].total) == (row.started_at, row.elapsed)
