"""Laws of the service-level clocks on made-up histories: they agree with a plain second answer and with themselves."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sla_oracle import Oracle
from sla_worlds import stories, versions

from gitdesk.domain.sla_history import Change, Said, Story, steps_of
from gitdesk.domain.sla_replay import Replay
from gitdesk.domain.sla_standing import cycle, standings
from gitdesk.domain.ticket import TicketId
from gitdesk.value import replace

if TYPE_CHECKING:
    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.domain.sla_policy import Terms


def seconds(moment: Any) -> int | None:
    return None if moment is None else int(moment.timestamp())


def told(replay: Replay, now: int) -> list[Cycle]:
    found = []
    for one in standings(replay):
        terms = next((each for each in replay.versions if each.position == one.version), None)
        calendar = terms.calendars.get(one.calendar) if terms else None
        found.append(cycle(one, now, calendar, ticket="GD-1", title="t", assignee="", group=""))
    return found


def plain(cycles: list[Cycle]) -> list[dict[str, Any]]:
    return [
        {
            "metric": one.metric,
            "cycle": one.cycle,
            "state": one.state,
            "policy": one.policy,
            "priority": one.priority,
            "started": seconds(one.started_at),
            "stopped": seconds(one.stopped_at),
            "target": one.target,
            "elapsed": one.elapsed,
            "paused": one.paused,
            "closed": one.closed,
            "due": seconds(one.due_at),
            "breached": seconds(one.breached_at),
            "breach_target": one.breach_target,
            "breach_policy": one.breach_policy,
            "breach_priority": one.breach_priority,
            "late_by": one.late_by,
            "no_reply": one.no_reply,
            "first_verdict": one.first_verdict,
            "first_stopped": seconds(one.first_stopped_at),
        }
        for one in cycles
        if one.target is not None or one.breached_at is not None or one.state == "n/a"
    ]


def by_clock(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (row["metric"], row["cycle"]))


nows = st.integers(0, 400)


@settings(max_examples=120, deadline=None)
@given(stories(), versions(), nows)
def test_the_engine_says_what_a_walk_through_every_second_says(
    story: Story, terms: list[Terms], later: int
) -> None:
    now = story.created + later
    replay = Replay(story, terms, now)
    expected = Oracle(story, terms, now).rows()
    found = plain(told(replay, now))
    if not expected:
        assert {row["state"] for row in found} == {"n/a"}
        return
    known = {(row["metric"], row["cycle"]) for row in expected}
    # What is promised and cannot be counted has a row that says so.
    counted = [row for row in found if row["state"] != "n/a" or (row["metric"], row["cycle"]) in known]
    assert by_clock(counted) == by_clock(expected)


# ---- what holds of any history


def without_remarks(rows: list[Cycle]) -> list[dict[str, Any]]:
    return [{**row, "loosened_by": one.loosened_by} for row, one in zip(plain(rows), rows, strict=False)]


@settings(max_examples=80, deadline=None)
@given(stories(), versions(), nows)
def test_active_paused_and_closed_time_are_wall_time(story: Story, terms: list[Terms], later: int) -> None:
    now = story.created + later
    replay = Replay(story, terms, now)
    for one in told(replay, now):
        if one.state == "n/a":
            continue
        end = seconds(one.stopped_at) if one.stopped_at else now
        assert one.elapsed + one.paused + one.closed == end - seconds(one.started_at)
        assert min(one.elapsed, one.paused, one.closed) >= 0
    for watch in replay.watches:
        parts = watch.stretches
        assert sum(part.end - part.start for part in parts) == watch.at - watch.started
        assert sum(part.elapsed for part in parts) == watch.elapsed
        assert sum(part.end - part.start for part in parts if not part.running) == watch.paused
        assert all(a.end == b.start for a, b in pairwise(parts))


@settings(max_examples=80, deadline=None)
@given(stories(), versions(), nows, st.lists(st.integers(0, 300), max_size=4))
def test_steps_that_change_nothing_change_nothing(
    story: Story, terms: list[Terms], later: int, cuts: list[int]
) -> None:
    now = story.created + later
    nothing = [
        Said(at=story.created + cut, kind="note", author="marko", position=story.position) for cut in cuts
    ]
    split = replace(story, messages=[*story.messages, *nothing])
    assert plain(told(Replay(split, terms, now), now)) == plain(told(Replay(story, terms, now), now))
    again = [Change(at=one.at, position=one.position, values={}) for one in story.changes]
    doubled = replace(
        story, changes=[each for pair in zip(story.changes, again, strict=True) for each in pair]
    )
    assert plain(told(Replay(doubled, terms, now), now)) == plain(told(Replay(story, terms, now), now))


@settings(max_examples=80, deadline=None)
@given(stories(), versions(), nows, nows)
def test_in_time_means_stopped_by_the_instant_it_is_due(
    story: Story, terms: list[Terms], first: int, more: int
) -> None:
    replay = Replay(story, terms, story.created + first)
    now = max(replay.last, story.created + first)
    replay = Replay(story, terms, now)
    for before, after in zip(told(replay, now), told(replay, now + more), strict=True):
        if before.due_at is None or before.target is None:
            continue
        assert (now + more <= seconds(before.due_at)) == (after.elapsed <= before.target)
        if before.breached_at is None:
            assert (after.breached_at is not None) == (after.elapsed > before.target)


@settings(max_examples=100, deadline=None)
@given(stories(), versions(), st.integers(0, 12), st.integers(0, 60))
def test_a_replay_that_goes_on_is_the_replay_of_all_and_leaves_what_it_came_from_alone(
    story: Story, terms: list[Terms], cut: int, later: int
) -> None:
    terms = [replace(one, rebases=frozenset()) for one in terms]
    whole = Replay(story, terms)
    first = Replay(replace(story, changes=(), messages=()), terms)
    begun = first.fork()
    begun.go_on(whole.steps[:cut])
    now = whole.last + later
    before = plain(told(first, now)), plain(told(begun, now))
    end = begun.fork()
    end.go_on(whole.steps[cut:])
    assert end.last == whole.last
    assert plain(told(end, now)) == plain(told(whole, now))
    assert (plain(told(first, now)), plain(told(begun, now))) == before


@settings(max_examples=80, deadline=None)
@given(stories(), versions(), nows)
def test_replayed_twice_is_replayed_once(story: Story, terms: list[Terms], later: int) -> None:
    once = Replay(story, terms, story.created + later)
    assert standings(once) == standings(once)
    assert standings(once) == standings(Replay(story, terms, story.created + later))


@settings(max_examples=80, deadline=None)
@given(stories(), versions(), nows)
def test_what_comes_later_has_no_effect_before(story: Story, terms: list[Terms], later: int) -> None:
    now = story.created + later
    early = replace(
        story,
        changes=[one for one in story.changes if one.at <= now],
        messages=[one for one in story.messages if one.at <= now],
    )
    whole = Replay(story, terms, now)
    assert without_remarks(told(whole, now)) == without_remarks(told(Replay(early, terms, now), now))


@settings(max_examples=80, deadline=None)
@given(stories(), versions(), nows)
def test_standings_tell_every_later_moment(story: Story, terms: list[Terms], later: int) -> None:
    kept = Replay(story, terms)
    now = kept.last + later
    assert told(kept, now) == told(Replay(story, terms, now), now)


@settings(max_examples=80, deadline=None)
@given(stories(), versions(), st.integers(0, 200), st.sampled_from(("high", "low", "normal")))
def test_nothing_takes_a_breach_back(story: Story, terms: list[Terms], later: int, priority: str) -> None:
    kept = Replay(story, terms)
    now = kept.last + later
    was = {(one.metric, one.cycle): one for one in told(kept, now) if one.breached_at}
    change = Change(at=now, position=999, values={"priority": priority}, by="iva")
    changed = replace(story, changes=[*story.changes, change])
    again = {(one.metric, one.cycle): one for one in told(Replay(changed, terms, now), now)}
    for key, one in was.items():
        assert again[key].breached_at == one.breached_at
        assert again[key].breach_target == one.breach_target


@settings(max_examples=80, deadline=None)
@given(stories(), versions(), nows, st.integers(0, 50))
def test_time_only_grows(story: Story, terms: list[Terms], later: int, more: int) -> None:
    now = story.created + later
    after = {
        (one.metric, one.cycle, one.started_at): one
        for one in told(Replay(story, terms, now + more), now + more)
    }
    for one in told(Replay(story, terms, now), now):
        key = (one.metric, one.cycle, one.started_at)
        if key in after and "n/a" not in (one.state, after[key].state):
            assert after[key].elapsed >= one.elapsed
            assert after[key].paused >= one.paused
        if one.breached_at is not None and key in after:
            assert after[key].breached_at == one.breached_at


# ---- clocks of machines

moments = st.lists(
    st.integers(0, 20).map(lambda n: n * 43_200) | st.integers(0, 2**33), min_size=1, max_size=9
)


def counted(times: list[int]) -> tuple[list[int], list[str]]:
    remarks: list[str] = []
    changes = [Change(at=at, position=place, values={}) for place, at in enumerate(times)]
    story = Story(
        ticket=TicketId("GD-00000001"), title="t", created=0, came=0, position=0, first={}, changes=changes
    )
    return [step.at for step in steps_of(story, remarks)], remarks


@given(moments)
def test_steps_count_in_the_order_of_history_at_times_somebody_wrote(times: list[int]) -> None:
    found, remarks = counted(times)
    assert found == sorted(found)
    assert set(found) <= set(times)
    assert (found == times) == (times == sorted(times))
    assert bool(remarks) == any(abs(a - b) > 300 for a, b in zip(found, times, strict=True))


@given(moments.map(sorted), st.data())
def test_one_clock_that_is_behind_moves_only_its_own_step(times: list[int], data: st.DataObject) -> None:
    times = [0, *times, 2**33]
    place = data.draw(st.integers(1, len(times) - 1))
    wrong = data.draw(st.integers(0, times[place - 1]))
    found, _ = counted([*times[:place], wrong, *times[place:]])
    assert found == [*times[:place], times[place - 1], *times[place:]]


@given(moments.map(sorted), st.data())
def test_one_clock_that_is_ahead_moves_only_its_own_step(times: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(times) - 1))
    wrong = times[-1] + 86_401 + data.draw(st.integers(0, 2**30))
    found, _ = counted([*times[:place], wrong, *times[place:]])
    assert found == [*times[:place], times[place], *times[place:]]


def test_a_long_history_that_runs_backwards_is_put_in_order_at_once() -> None:
    found, remarks = counted([10**9 - step * 90_000 for step in range(5_000)])
    assert set(found) == {10**9 - 4_999 * 90_000}
    assert remarks
