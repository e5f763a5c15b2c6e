"""Laws of lives on made-up histories: a plain walk, tick by tick, and the service-level clocks say the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from sla_worlds import calendars, stories, versions

from gitdesk.domain.life import INTO, OUT_OF, backlog_of, flows_of, life_of
from gitdesk.domain.life_spans import FOR_CUSTOMER, FOR_US, HANDLING, PUT_ASIDE, handling_of, waits_of
from gitdesk.domain.sla_history import Story, steps_of
from gitdesk.domain.sla_policy import Terms
from gitdesk.domain.sla_replay import Replay
from gitdesk.domain.sla_watch import ENDED

_DONE = ("resolved", "closed", "cancelled")


def is_open(story: Story, terms: list[Terms], t: int) -> bool:
    """Says whether a ticket is in the backlog at a tick: its last status until then, as the desk meant it there."""

    def meant(status: str, position: int) -> str:
        known = [one for one in terms if one.position <= position] or terms[:1]
        return known[-1].categories.get(status, "open") if known else "open"

    if t < story.created:
        return False
    status, merged = story.first.get("status", ""), story.first.get("merged_into", "")
    category = "cancelled" if merged else meant(status, story.position)
    for step in steps_of(story, []):
        if step.at > t:
            break
        if step.said is None and ("status" in step.values or "merged_into" in step.values):
            status = step.values.get("status", status)
            merged = step.values.get("merged_into", merged)
            category = "cancelled" if merged else meant(status, step.position)
    return category not in _DONE


@settings(max_examples=150, deadline=None)
@given(stories(), versions())
def test_the_backlog_is_what_a_walk_through_history_finds_at_every_tick(
    story: Story, terms: list[Terms]
) -> None:
    life = life_of(story, terms)
    assert life is not None
    spans = backlog_of(flows_of(life))
    for t in range(story.created - 1, life.last + 2):
        inside = any(begin <= t and (end is None or t < end) for begin, end in spans)
        assert inside == is_open(story, terms, t), t


@settings(max_examples=150, deadline=None)
@given(stories(), versions())
def test_what_goes_in_goes_out_before_it_goes_in_again(story: Story, terms: list[Terms]) -> None:
    life = life_of(story, terms)
    assert life is not None
    kinds = [flow.kind for flow in flows_of(life)]
    assert all(kind in INTO for kind in kinds[::2])
    assert all(kind in OUT_OF for kind in kinds[1::2])
    instants = [flow.at for flow in flows_of(life)]
    assert instants == sorted(instants)


@settings(max_examples=150, deadline=None)
@given(stories(), versions(), calendars())
def test_the_parts_of_handling_add_up_in_wall_and_in_working_time(
    story: Story, terms: list[Terms], calendar: object
) -> None:
    life = life_of(story, terms)
    assert life is not None
    found = {one.metric: one for one in waits_of(life, calendar)}  # type: ignore[arg-type]
    if HANDLING not in found:
        return
    end = found[HANDLING].at
    inside = sum(
        any(begin <= t and (until is None or t < until) for begin, until in backlog_of(flows_of(life)))
        for t in range(life.created, end)
    )
    parts = [found[part] for part in (FOR_US, FOR_CUSTOMER, PUT_ASIDE)]
    assert found[HANDLING].wall == sum(part.wall for part in parts) == inside
    assert found[HANDLING].worked == sum(part.worked or 0 for part in parts)
    assert handling_of(life, flows_of(life), calendar) == found[HANDLING]  # type: ignore[arg-type]


@settings(max_examples=150, deadline=None)
@given(stories(), versions())
def test_the_first_response_is_the_one_its_clock_ends_with(story: Story, terms: list[Terms]) -> None:
    replay = Replay(story, terms)
    clock = next((one for one in replay.watches if one.metric == "first_response"), None)
    life = life_of(story, terms)
    assert life is not None
    if clock is None or clock.why_none or replay.watches[0].started != story.created:
        return
    if clock.mode == ENDED and not clock.no_reply:
        assert life.first == clock.stopped


@settings(max_examples=100, deadline=None)
@given(stories(), versions(), st.integers(0, 200))
def test_a_life_up_to_a_moment_is_the_beginning_of_the_whole_one(
    story: Story, terms: list[Terms], now: int
) -> None:
    part, whole = life_of(story, terms, now), life_of(story, terms)
    assert whole is not None
    if part is None:
        assert now < story.created
        return
    assert part.turns == tuple(one for one in whole.turns if one[0] <= now)
    assert part.replies == tuple(one for one in whole.replies if one[0] <= now)
    assert part.holders == tuple(one for one in whole.holders if one[0] <= now)
