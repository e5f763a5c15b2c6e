"""Laws of the service-level clocks on made-up histories: they agree with a plain second answer and with themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sla_oracle import Oracle
from sla_worlds import stories, versions

from gitdesk.domain.sla_replay import Replay
from gitdesk.domain.sla_standing import cycle, standings

if TYPE_CHECKING:
    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.domain.sla_history import Story
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


@settings(max_examples=400, deadline=None)
@given(stories(), versions(), nows)
def test_the_engine_says_what_a_walk_through_every_second_says(
    story: Story, terms: list[Terms], later: int
) -> None:
    now = story.created + later
    replay = Replay(story, terms, now)
    expected = Oracle(story, terms, now).rows()
    found = plain(told(replay, now))
    if not expected:
        assert [row["state"] for row in found] == ["n/a"]
        return
    assert by_clock(found) == by_clock(expected)
