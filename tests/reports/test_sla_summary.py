"""The numbers of the breach report: who counts, who does not, and what is made of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cycles import AS_OF, START, config, cycle, read

from gitdesk.domain.sla_cycle import METRICS, STATES, Cycle
from gitdesk.domain.workflow import Status, Workflow
from gitdesk.reports.period import Period
from gitdesk.reports.sla_summary import DIMENSIONS, _ranked
from gitdesk.reports.sla_tally import PARKED, WORST

HOUR = timedelta(hours=1)


def share(*cycles: Cycle, **settings: object) -> tuple[int, int, int]:
    """Returns met, breached and, of these, running."""
    found = read(*cycles, **settings).summary.whole()
    return found.passed, found.failed, found.running


# Who counts


def test_compliance_is_met_of_met_and_breached() -> None:
    assert share(cycle("met"), cycle("met"), cycle("breached")) == (2, 1, 0)


def test_a_running_breach_counts_as_breached_and_is_named() -> None:
    running = cycle("breached_running")
    assert share(cycle("met"), running) == (1, 1, 1)
    assert read(running).running == (running,)


@pytest.mark.parametrize("state", ["n/a", "void", "running", "paused"])
def test_what_has_no_verdict_is_kept_out(state: str) -> None:
    assert share(cycle(state), cycle("met")) == (1, 0, 0)


def test_a_void_cycle_never_counts_even_if_it_was_breached_before() -> None:
    assert share(cycle("void", breached_at=START, late_by=60)) == (0, 0, 0)


def test_a_breach_counts_for_the_priority_and_policy_it_was_against() -> None:
    lowered = cycle(
        "breached", priority="low", policy="bronze", breach_priority="urgent", breach_policy="gold"
    )
    summary = read(lowered).summary
    assert [(each.name, each.failed) for each in summary.by("priority")] == [("urgent", 1)]
    assert [(each.name, each.failed) for each in summary.by("policy")] == [("gold", 1)]


def test_names_come_in_the_order_of_the_desk_and_nobody_last() -> None:
    cycles = [
        cycle(priority=name, group=group) for name in ("low", "odd", "urgent") for group in ("", "billing")
    ]
    summary = read(*cycles).summary
    assert [each.name for each in summary.by("priority")] == ["urgent", "low", "odd"]
    assert [each.name for each in summary.by("group")] == ["billing", ""]


def test_agents_come_with_the_most_breaches_first() -> None:
    cycles = [cycle(assignee="ana"), cycle("breached", assignee="zoe"), cycle("breached", assignee="bo")]
    assert [each.name for each in read(*cycles).summary.by("agent")] == ["bo", "zoe", "ana"]


cycles_ = st.builds(
    cycle,
    st.sampled_from(STATES),
    ticket=st.sampled_from(["GD-00000001", "GD-00000002"]),
    metric=st.sampled_from(METRICS),
    priority=st.sampled_from(["low", "high", ""]),
    group=st.sampled_from(["support", ""]),
    assignee=st.sampled_from(["iva", "bo", ""]),
    policy=st.sampled_from(["gold", "bronze"]),
    elapsed=st.integers(0, 40000),
    paused=st.integers(0, 40000),
)


@settings(deadline=None)
@given(st.lists(cycles_))
def test_every_breakdown_adds_up_to_the_whole(cycles: list[Cycle]) -> None:
    made = read(*cycles)
    whole = made.summary.whole()
    for dimension in DIMENSIONS:
        found = made.summary.by(dimension)
        assert (
            sum(each.passed for each in found),
            sum(each.failed for each in found),
            sum(each.running for each in found),
        ) == (whole.passed, whole.failed, whole.running)
    assert sum(made.summary.states().values()) == made.tally.rows == len(cycles)
    points = [point for each in made.summary.trend()[1] for point in each.points]
    assert (sum(good for good, _ in points), sum(bad for _, bad in points)) == (whole.passed, whole.failed)


@settings(deadline=None)
@given(st.lists(cycles_), st.integers(-3, 6))
def test_a_moment_parts_what_has_ended_without_loss(cycles: list[Cycle], days: int) -> None:
    moment = START + days * 24 * HOUR
    before, after = (
        share(*cycles, period=Period(end=moment)),
        share(*cycles, period=Period(start=moment)),
    )
    assert tuple(map(sum, zip(before, after, strict=True))) == share(*cycles)


# The period


def test_a_cycle_belongs_to_the_period_in_which_it_ended() -> None:
    ended = cycle(started_at=START, stopped_at=START + 9 * HOUR)
    assert share(ended, period=Period(start=START + HOUR)) == (1, 0, 0)
    assert share(ended, period=Period(start=START + 9 * HOUR)) == (1, 0, 0)
    assert share(ended, period=Period(end=START + 9 * HOUR)) == (0, 0, 0)
    assert share(ended, period=Period(end=START + 10 * HOUR)) == (1, 0, 0)


def test_what_is_running_belongs_to_the_present() -> None:
    running = cycle("breached_running")
    assert share(running, period=Period(start=AS_OF)) == (0, 1, 1)
    assert share(running, period=Period(end=AS_OF)) == (0, 0, 0)
    assert read(cycle("running"), period=Period(end=AS_OF)).tally.rows == 0


def test_rows_outside_the_period_are_no_rows() -> None:
    made = read(cycle(), cycle("n/a", stopped_at=None, started_at=None), period=Period(start=AS_OF))
    assert (made.tally.rows, made.tally.tickets) == (0, 0)


# At risk


def test_at_risk_compares_integers_and_never_a_rounded_share() -> None:
    def at_risk(elapsed: int) -> bool:
        return bool(read(cycle("running", elapsed=elapsed, target=10_001)).at_risk)

    assert [at_risk(elapsed) for elapsed in (7500, 7501)] == [False, True]


def test_at_risk_is_ordered_by_what_is_left_then_by_ticket_and_metric() -> None:
    cycles = [
        cycle("running", "GD-B", elapsed=9, target=10),
        cycle("paused", "GD-A", elapsed=9, target=10),
        cycle("running", "GD-A", metric="first_response", elapsed=9, target=10),
        cycle("running", "GD-C", elapsed=99, target=100),
        cycle("running", "GD-D", elapsed=98, target=100),
    ]
    found = [(each.ticket, each.metric) for each in read(*cycles).at_risk]
    assert found == [
        ("GD-A", "first_response"),
        ("GD-A", "resolution"),
        ("GD-B", "resolution"),
        ("GD-C", "resolution"),
        ("GD-D", "resolution"),
    ]


def test_what_is_breached_is_not_at_risk_any_more() -> None:
    assert read(cycle("breached_running"), cycle("breached"), cycle("met", elapsed=28800)).at_risk == ()


def test_the_percentage_can_be_chosen() -> None:
    half = cycle("running", elapsed=5, target=10)
    assert [bool(read(half, percent=percent).at_risk) for percent in (50, 51, 100)] == [True, False, False]


# Times


def test_average_median_and_90th_percentile_are_whole_seconds_that_exist() -> None:
    made = read(*(cycle(elapsed=elapsed) for elapsed in (10, 20, 30, 41)), cycle("breached", elapsed=100))
    (times,) = made.summary.times()
    assert (times.count, times.average, times.median, times.p90) == (5, 40, 30, 100)


def test_what_ended_without_a_reply_is_counted_beside_the_averages() -> None:
    made = read(
        cycle(metric="first_response", elapsed=10),
        cycle(metric="first_response", elapsed=9999, no_reply=True),
        cycle("breached", metric="first_response", elapsed=9999, no_reply=True),
    )
    (times,) = made.summary.times()
    assert (times.count, times.no_reply, times.average) == (1, 2, 10)
    assert made.summary.whole().passed == 2  # it was met all the same


def test_what_is_running_or_void_has_no_time_yet() -> None:
    made = read(cycle("running"), cycle("breached_running"), cycle("void"))
    assert [(each.count, each.average, each.median, each.p90) for each in made.summary.times()] == [
        (0, None, None, None)
    ]


@settings(deadline=None)
@given(st.lists(st.integers(0, 1000), min_size=1), st.integers(1, 100))
def test_a_percentile_is_the_least_value_that_enough_do_not_exceed(values: list[int], percent: int) -> None:
    found = _ranked(sorted(values), percent)
    assert sum(value <= found for value in values) * 100 >= percent * len(values)
    assert sum(value < found for value in values) * 100 < percent * len(values)


# Pauses


def test_the_share_of_paused_time_is_of_wall_time_of_resolution_clocks() -> None:
    made = read(
        cycle(elapsed=100, closed=200, paused=300),
        cycle("running", elapsed=0, closed=0, paused=400, assignee="bo"),
        cycle("void", paused=9999),
        cycle(metric="first_response", elapsed=5000),
    )
    (whole,) = made.summary.pauses()
    assert (whole.paused, whole.wall) == (700, 1000)
    assert [(each.name, each.paused, each.wall) for each in made.summary.pauses("agent")] == [
        ("bo", 400, 400),
        ("iva", 300, 600),
    ]
    assert [each.paused for each in made.tally.parked] == [400, 300]


def test_the_worst_are_kept_and_memory_does_not_grow() -> None:
    many = WORST + 100
    made = read(*(cycle("breached", f"GD-{n:08}", late_by=n % 7, paused=1 + n) for n in range(many)))
    worst, parked = made.tally.worst, made.tally.parked
    assert (len(worst), len(parked)) == (WORST, PARKED)
    assert [each.late_by for each in worst] == sorted((n % 7 for n in range(many)), reverse=True)[:WORST]
    assert [each.ticket for each in worst[:2]] == ["GD-00000006", "GD-00000013"]  # of equals the first
    assert parked[0].paused == many


# Over time and in status


def test_weeks_are_weeks_of_utc_whatever_zone_the_reader_is_in() -> None:
    sunday = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
    made = read(
        *(cycle(stopped_at=moment) for moment in (sunday, sunday + timedelta(minutes=1))),
        cycle("breached", stopped_at=sunday - timedelta(days=60)),
    )
    drawn, (series,) = made.summary.trend()
    assert (drawn.unit, drawn.labels[0], drawn.labels[-2:]) == ("week", "2026-W39", ("2026-W47", "2026-W48"))
    assert series.points[-2:] == ((1, 0), (1, 0))
    assert series.points[0] == (0, 1)


def test_time_in_status_leaves_done_statuses_out_and_keeps_unknown_ones() -> None:
    times = [
        ("GD-A", {"open": 10, "new": 1}),
        ("GD-B", {"open": 5, "closed": 999, "gone": 3}),
    ]
    assert read(status_times=times).time_in_status() == (("new", 1), ("open", 15), ("gone", 3))
    none = config(workflow=Workflow(statuses=(Status(name="new", category="new"),)))
    assert read(config=none).time_in_status() == ()
