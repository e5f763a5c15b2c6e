"""Lives of tickets, from histories written as people tell them, every figure reckoned by hand."""

from __future__ import annotations

from sla_scripts import CALENDARS, H, Script

from gitdesk.domain.life import (
    CAME_DONE,
    OWN,
    UNANSWERED,
    Flow,
    Life,
    backlog_of,
    flows_of,
    life_of,
    moves,
)
from gitdesk.domain.life_spans import end_of, middle, resolutions_of, waits_of
from gitdesk.domain.sla_history import Story
from gitdesk.domain.ticket import TicketId

M = 60


def told(text: str, now: str = "") -> tuple[Life, Script]:
    script = Script(text)
    story = Story(
        ticket=TicketId("GD-00000001"), title="It hums", created=script.created, came=script.created, position=10,
        first=script.first, changes=script.changes, messages=script.messages,
    )  # fmt: skip
    life = life_of(story, script.versions(), script.instant(now) if now else None)
    assert life is not None
    return life, script


def waits(life: Life, calendar: str = "office") -> dict[str, tuple[int, int | None]]:
    return {one.metric: (one.wall, one.worked) for one in waits_of(life, CALENDARS[calendar])}


def flows(life: Life, script: Script) -> list[tuple[str, str]]:
    named = {
        script.instant(f"{day} {hour:02}:00"): f"{day} {hour:02}"
        for day in ("Mon", "Tue", "Wed")
        for hour in range(24)
    }
    return [(named[flow.at], flow.kind) for flow in flows_of(life)]


WORKED_EXAMPLE = """
    Mon 09:30 created high
    Mon 11:00 reply
    Mon 12:00 waiting
    Tue 10:00 customer
    Tue 10:30 urgent
    Tue 11:15 reply
    Tue 12:00 resolved
"""


def test_the_worked_example_of_service_levels_takes_what_its_clocks_say() -> None:
    life, script = told(WORKED_EXAMPLE)
    assert life.first == script.instant("Mon 11:00")
    assert life.asked == ((script.instant("Tue 10:00"), script.instant("Tue 11:15"), True),)
    assert waits(life) == {
        "first_response": (90 * M, 90 * M),
        "next_response": (75 * M, 75 * M),
        # Monday 09:30 to Tuesday 12:00; open Monday 7 h 30 and Tuesday 3 h.
        "first_resolution": (26 * H + 30 * M, 10 * H + 30 * M),
        "resolution": (26 * H + 30 * M, 10 * H + 30 * M),
        "handling": (26 * H + 30 * M, 10 * H + 30 * M),
        # Monday 09:30 to 12:00 and, since the customer wrote, Tuesday 10:00 to 12:00.
        "waited_for_us": (4 * H + 30 * M, 4 * H + 30 * M),
        # Monday 12:00 to Tuesday 10:00; open Monday 5 h and Tuesday 1 h.
        "waited_for_customer": (22 * H, 6 * H),
        "put_aside": (0, 0),
    }


def test_programs_and_notes_are_no_response() -> None:
    life, script = told("""
        Mon 09:00 created
        Mon 09:01 robot
        Mon 09:02 auto-reply
        Mon 09:30 note
        Mon 10:00 reply
    """)
    assert life.first == script.instant("Mon 10:00")
    assert [at for at, _ in life.replies] == [script.instant("Mon 10:00")]


def test_what_programs_write_for_customers_asks_nothing() -> None:
    life, _ = told("""
        Mon 09:00 created
        Mon 10:00 reply
        Mon 10:01 auto-customer
    """)
    assert life.asked == ()
    assert life.heard == ()


def test_a_ticket_resolved_unanswered_has_no_first_response_whatever_is_written_later() -> None:
    life, _ = told("""
        Mon 09:00 created
        Mon 10:00 resolved
        Mon 11:00 open
        Mon 12:00 reply
    """)
    assert (life.first, life.silent) == (None, UNANSWERED)
    assert "first_response" not in waits(life)


def test_nobody_waits_for_the_first_response_to_a_ticket_of_the_desks_own() -> None:
    life, script = told("""
        Mon 09:00 created requester=marko
        Mon 10:00 reply
        Mon 11:00 customer
        Mon 11:30 reply
    """)
    assert (life.first, life.silent) == (None, OWN)
    assert life.asked == ((script.instant("Mon 11:00"), script.instant("Mon 11:30"), True),)


def test_a_ticket_that_came_finished_is_in_no_time() -> None:
    life, script = told("""
        Mon 09:00 created closed
        Mon 10:00 open
        Mon 11:00 reply & resolved
    """)
    assert life.silent == CAME_DONE
    assert flows(life, script) == [
        ("Mon 09", "created"), ("Mon 09", "came_done"), ("Mon 10", "reopened"), ("Mon 11", "resolved"),
    ]  # fmt: skip
    assert waits(life) == {}
    assert end_of(life, flows_of(life)) is None


def test_a_ticket_counts_at_each_reopening_and_each_resolution() -> None:
    life, script = told("""
        Mon 09:00 created
        Mon 10:00 resolved
        Mon 12:00 open
        Mon 13:00 resolved
        Mon 14:00 closed
        Tue 09:00 open
    """)
    assert flows(life, script) == [
        ("Mon 09", "created"), ("Mon 10", "resolved"), ("Mon 12", "reopened"), ("Mon 13", "resolved"),
        ("Tue 09", "reopened"),
    ]  # fmt: skip
    at = script.instant
    assert resolutions_of(flows_of(life)) == [(at("Mon 10:00"), True), (at("Mon 13:00"), True)]
    assert backlog_of(flows_of(life)) == [
        (at("Mon 09:00"), at("Mon 10:00")), (at("Mon 12:00"), at("Mon 13:00")), (at("Tue 09:00"), None),
    ]  # fmt: skip
    # It is open: no full resolution, and the first one was an hour after the creation.
    assert waits(life) == {"first_resolution": (H, H)}


def test_time_between_two_solutions_is_in_the_full_resolution_and_not_in_the_handling() -> None:
    life, _ = told("""
        Mon 09:00 created
        Mon 10:00 reply & resolved
        Tue 09:00 open
        Tue 11:00 resolved
    """)
    found = waits(life)
    assert found["first_resolution"] == (H, H)
    assert found["resolution"] == (26 * H, 8 * H + 2 * H)
    assert found["handling"] == (3 * H, 3 * H)
    end = end_of(life, flows_of(life))
    assert end is not None
    assert (end.replies, end.reopened, end.is_one_touch) == (1, True, False)


def test_cancelled_and_merged_tickets_leave_the_backlog_and_come_back() -> None:
    life, script = told("""
        Mon 09:00 created
        Mon 10:00 spam
        Mon 11:00 open
        Mon 12:00 merged_into=GD-00000002
        Mon 13:00 merged_into=
        Mon 14:00 resolved
        Mon 15:00 spam
        Mon 16:00 resolved
    """)
    assert flows(life, script) == [
        ("Mon 09", "created"), ("Mon 10", "cancelled"), ("Mon 11", "restored"), ("Mon 12", "cancelled"),
        ("Mon 13", "restored"), ("Mon 14", "resolved"), ("Mon 16", "restored"), ("Mon 16", "resolved"),
    ]  # fmt: skip


def test_a_customers_message_wakes_a_snoozed_ticket_until_the_status_changes_next() -> None:
    life, _ = told("""
        Mon 09:00 created
        Mon 10:00 reply
        Mon 10:00 snoozed
        Mon 12:00 customer
        Mon 13:00 reply
        Mon 14:00 resolved
    """)
    found = waits(life)
    assert (found["waited_for_us"], found["put_aside"]) == ((3 * H, 3 * H), (2 * H, 2 * H))


def test_a_message_on_a_closed_ticket_waits_from_the_reopening_on_and_on_a_resolved_one_at_once() -> None:
    life, script = told("""
        Mon 09:00 created
        Mon 10:00 reply & closed
        Mon 11:00 customer
        Mon 13:00 open
        Mon 14:00 reply & resolved
        Mon 15:00 customer
        Mon 16:00 reply
    """)
    at = script.instant
    assert life.asked == (
        (at("Mon 13:00"), at("Mon 14:00"), True), (at("Mon 15:00"), at("Mon 16:00"), True),
    )  # fmt: skip


def test_a_message_that_is_resolved_without_an_answer_is_in_no_time() -> None:
    life, script = told("""
        Mon 09:00 created
        Mon 10:00 reply
        Mon 11:00 customer
        Mon 12:00 resolved
    """)
    assert life.asked == ((script.instant("Mon 11:00"), script.instant("Mon 12:00"), False),)
    assert "next_response" not in waits(life)


def test_one_touch_is_a_single_answer_and_no_reopening() -> None:
    one, _ = told("Mon 09:00 created\nMon 10:00 reply & resolved")
    two, _ = told("Mon 09:00 created\nMon 10:00 reply\nMon 11:00 reply & resolved")
    none, _ = told("Mon 09:00 created\nMon 10:00 resolved")
    after, _ = told("Mon 09:00 created\nMon 10:00 reply & resolved\nMon 11:00 reply")
    found = [end_of(life, flows_of(life)) for life in (one, two, none, after)]
    assert [(end.replies, end.is_one_touch) for end in found if end] == [
        (1, True),
        (2, False),
        (0, False),
        (1, True),
    ]


def test_going_to_another_agent_is_a_move_and_the_first_one_and_the_same_again_are_none() -> None:
    life, script = told("""
        Mon 09:00 created
        Mon 10:00 assignee=iva
        Mon 11:00 assignee=
        Mon 12:00 assignee=iva
        Mon 13:00 assignee=marko group=a
        Mon 14:00 assignee=iva group=b
    """)
    at = script.instant
    assert moves(life.holders) == [at("Mon 13:00"), at("Mon 14:00")]
    assert moves(life.groups) == [at("Mon 14:00")]


def test_a_resolution_counts_for_whoever_had_the_ticket_then() -> None:
    life, script = told("""
        Mon 09:00 created
        Mon 10:00 assignee=iva
        Mon 11:00 resolved
        Mon 12:00 assignee=marko
    """)
    assert flows_of(life)[-1] == Flow(at=script.instant("Mon 11:00"), kind="resolved", holder="iva")


def test_a_life_up_to_a_moment_knows_nothing_of_what_came_later() -> None:
    life, _ = told(WORKED_EXAMPLE, "Mon 12:30")
    assert life.category == "waiting"
    assert life.asked == ()
    assert waits(life) == {"first_response": (90 * M, 90 * M)}
    script = Script(WORKED_EXAMPLE)
    story = Story(
        ticket=TicketId("GD-00000001"), title="", created=script.created, came=script.created, position=10,
        first=script.first,
    )  # fmt: skip
    assert life_of(story, script.versions(), script.created - 1) is None


def test_a_status_the_desk_does_not_know_counts_as_open() -> None:
    life, _ = told("with without=waiting\nMon 09:00 created\nMon 10:00 waiting\nMon 12:00 resolved")
    found = waits(life)
    assert (found["waited_for_us"], found["waited_for_customer"]) == ((3 * H, 3 * H), (0, 0))


def test_working_time_is_that_of_the_calendar_across_a_change_of_the_clocks() -> None:
    # The clocks of Zagreb go back on 2026-10-25: the night shift has the hour from 02:00 twice.
    life, _ = told("""
        with calendar=zagreb-nights
        2026-10-24 23:00 created
        2026-10-25 05:00 reply & resolved
    """)
    found = waits(life, "zagreb-nights")
    assert found["first_response"] == (7 * H, 6 * H)


def test_percentiles_are_by_nearest_rank_and_of_nothing_there_is_none() -> None:
    assert middle([], 50) is None
    assert [middle([7], percent) for percent in (50, 90)] == [7, 7]
    assert [middle([1, 2, 3, 4], percent) for percent in (50, 90)] == [2, 4]
    assert [middle(list(range(1, 11)), percent) for percent in (50, 90)] == [5, 9]
    assert [middle([1, 2, 3], percent) for percent in (50, 90)] == [2, 3]
