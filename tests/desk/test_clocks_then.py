"""Clocks as of a commit are what was told when it was the tip, whatever became of the file later."""

from __future__ import annotations

from pathlib import Path

from gitdesk.desk.clocks import told

from .branches import ANA, IVA, ONE, START, H, History, config, said, text_of


def desk(path: Path) -> History:
    made = History(path / "desk")
    made.commit(START - 24 * H, {"gitdesk.yaml": config()})
    return made


def test_a_message_that_came_after_others_were_taken_out_does_not_count_before_it_came(
    tmp_path: Path,
) -> None:
    history = desk(tmp_path)
    first, second = said(START + 60, "note"), said(START + 120, "customer", ANA)
    history.commit(START, {ONE: text_of(ONE)})
    history.commit(START + 200, {ONE: text_of(ONE, [first, second])})
    mark = history.commit(START + H, {ONE: text_of(ONE, [second])})
    commit = history.write()[mark]
    at_the_time = history.rows(START + H)
    history.commit(START + 2 * H, {ONE: text_of(ONE, [second, said(START + 1800)])})
    history.write()
    assert history.rows(START + 9 * H, as_of=commit) == at_the_time
    assert [row.state for row in at_the_time if row.metric == "first_response"] == ["running"]


def test_what_a_ticket_was_before_it_was_gone_is_not_told_by_what_changed_after(tmp_path: Path) -> None:
    history = desk(tmp_path)
    mark = history.commit(START, {ONE: text_of(ONE, status="open")})
    here = history.commit(START + H, {"calendars/README": b"x"})
    commit = history.write()[here]
    at_the_time = history.rows(START + H), history.spent(START + H)
    gone = history.commit(START + 2 * H, {ONE: None}, parents=[here])
    side = history.commit(START + 3 * H, {ONE: text_of(ONE, status="open")}, parents=[gone], branch="side")
    side = history.commit(START + 4 * H, {ONE: text_of(ONE, status="waiting")}, parents=[side], branch="side")
    history.commit(
        START + 5 * H, {ONE: text_of(ONE, status="waiting")}, parents=[gone, side], by=IVA, message="merge"
    )
    history.commit(START + 6 * H, {ONE: text_of(ONE, status="closed")})
    history.write()
    assert mark
    assert (
        history.rows(START + 9 * H, as_of=commit),
        history.spent(START + 9 * H, as_of=commit),
    ) == at_the_time


def test_a_clock_stands_in_the_status_that_ended_it_until_the_ticket_is_reopened(tmp_path: Path) -> None:
    history = desk(tmp_path)
    history.commit(START, {ONE: text_of(ONE, status="open")})
    history.commit(START + H, {ONE: text_of(ONE, status="resolved")})
    history.commit(START + 2 * H, {ONE: text_of(ONE, status="open")})
    history.write()
    with history.desk(START + 3 * H) as opened:
        story = next(one for one in told(opened, ONE).tellings if one.metric == "resolution")
    assert [(line.running, line.status) for line in story.lines] == [
        (True, "open"),
        (False, "resolved"),
        (True, "open"),
    ]


def test_a_promise_nobody_can_count_is_told_beside_those_that_are_kept(tmp_path: Path) -> None:
    history = History(tmp_path / "desk")
    text = config("{first_response: 2h, resolution: 99999999bd}").replace(
        b"    - id: gold\n", b"    - id: gold\n      calendar: day\n"
    )
    text += b'calendars: {day: {hours: {mon-fri: ["09:00-17:00"]}}}\n'
    history.commit(START - 24 * H, {"gitdesk.yaml": text})
    history.commit(START, {ONE: text_of(ONE)})
    history.write()
    rows = {row.metric: row for row in history.rows(START + H)}
    assert rows["first_response"].state == "running"
    assert rows["resolution"].state == "n/a"
    assert "the calendar never opens" in rows["resolution"].remarks[0]
