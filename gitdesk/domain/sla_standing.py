"""Where a ticket's clocks stand after its last step, and what that says at any moment from then on."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk.domain.sla_cycle import (
    BREACHED,
    BREACHED_RUNNING,
    MET,
    NOT_APPLICABLE,
    PAUSED,
    RESOLUTION,
    RUNNING,
    VOID,
    Cycle,
)
from gitdesk.domain.sla_watch import ENDED, RUN, VOIDED
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.sla_replay import Replay
    from gitdesk.domain.sla_watch import Watch

_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799  # the years 1 and 9999


class Standing(Value, kw_only=False):
    """One clock as its last step left it. `state` is running, paused, met, breached, void or n/a.

    `settled` is the instant up to which `elapsed`, `paused` and `closed` count. `due` is there while it runs.
    `version` is the place in history of the terms it is held to.
    """

    metric: str
    cycle: int
    state: str
    policy: str
    version: int
    commit: str
    calendar: str
    priority: str
    started: int
    stopped: int | None
    settled: int
    target: int | None
    elapsed: int
    paused: int
    closed: int
    due: int | None
    breached: int | None
    breach_target: int | None
    breach_policy: str
    breach_priority: str
    loosened_by: str
    no_reply: int
    first_verdict: str
    first_stopped: int | None
    remarks: str  # one a line


def standings(replay: Replay) -> tuple[Standing, ...]:
    """Returns the clocks of a replay that are held to something; of a ticket without any, one that says why."""
    told = "\n".join(dict.fromkeys(replay.remarks))
    found = [one for one in replay.watches if one.breached is not None or _is_promised(one)]
    if not found:
        watch = next((one for one in replay.watches if one.metric == RESOLUTION), None)
        return (_nothing(replay, told) if watch is None else _standing(watch, told),)
    return tuple(_standing(watch, told) for watch in found)


def spent(replay: Replay, now: int) -> dict[str, int]:
    """Returns the seconds a ticket was in each status, up to an instant."""
    found: dict[str, int] = {}
    spans = replay.status_spans
    ends = [*(at for at, _ in spans[1:]), max(now, replay.story.created)]
    for (at, status), end in zip(spans, ends, strict=False):
        found[status] = found.get(status, 0) + end - at
    return found


def _is_promised(watch: Watch) -> bool:
    """Tells whether a policy promises something for a clock, be it that nobody can count it, which is told then."""
    policy = watch.policy
    return watch.target is not None or (
        policy is not None and watch.metric in (policy.targets.get(watch.priority) or ())
    )


def _nothing(replay: Replay, told: str) -> Standing:
    why = "no policy was in force when it was created" if replay.status_spans else ""  # or it has not begun
    return Standing(
        metric=RESOLUTION, cycle=1, state=NOT_APPLICABLE, policy="", version=-1, commit="", calendar="", priority="",
        started=replay.story.created, stopped=None, settled=replay.story.created, target=None, elapsed=0, paused=0,
        closed=0, due=None, breached=None, breach_target=None, breach_policy="", breach_priority="", loosened_by="",
        no_reply=0, first_verdict="", first_stopped=None, remarks=f"{why}\n{told}".strip("\n"),
    )  # fmt: skip


def _standing(watch: Watch, told: str) -> Standing:
    applies = not watch.why_none or watch.breached is not None
    if not applies:
        state = NOT_APPLICABLE
    elif watch.mode == VOIDED:
        state = VOID
    elif watch.mode == ENDED:
        state = MET if watch.breached is None else BREACHED
    else:
        state = RUNNING if watch.mode == RUN else PAUSED
    remarks = told
    gap = watch.calendar.gap(watch.started, watch.at) if watch.calendar is not None else ""
    if watch.why_none or watch.remarks or gap:
        lines = [watch.why_none, *watch.remarks, gap, told]
        remarks = "\n".join(dict.fromkeys(line for line in lines if line))
    return Standing(
        metric=watch.metric,
        cycle=watch.number,
        state=state,
        policy="" if watch.policy is None else watch.policy.id,
        version=watch.terms.position,
        commit=watch.terms.commit,
        calendar="" if watch.policy is None else watch.policy.calendar,
        priority=watch.priority,
        started=watch.started,
        stopped=watch.stopped,
        settled=watch.at,
        target=watch.target if applies else None,
        elapsed=watch.elapsed,
        paused=watch.paused,
        closed=watch.closed,
        due=watch.due() if state == RUNNING else None,
        breached=watch.breached,
        breach_target=watch.breach_target,
        breach_policy=watch.breach_policy,
        breach_priority=watch.breach_priority,
        loosened_by=watch.loosened_by,
        no_reply=int(watch.no_reply and applies),
        first_verdict=watch.first_verdict,
        first_stopped=watch.first_stopped,
        remarks=remarks,
    )


def cycle(
    one: Standing,
    now: int,
    calendar: Calendar | None,
    *,
    ticket: str,
    title: str,
    assignee: str,
    group: str,
) -> Cycle:
    """Returns what a standing says at a moment that is not before its last step.

    `calendar` is the one it is held to, needed only of one that runs.
    """
    state, elapsed, paused, closed = one.state, one.elapsed, one.paused, one.closed
    breached, due, late_by = one.breached, one.due, 0
    target, breach_target = one.target, one.breach_target
    breach_policy, breach_priority = one.breach_policy, one.breach_priority
    remarks = tuple(one.remarks.split("\n")) if one.remarks else ()
    wall = max(0, now - one.settled)
    if state == RUNNING:
        gained = calendar.elapsed(one.settled, one.settled + wall) if calendar is not None else 0
        elapsed += gained
        closed += wall - gained
        if breached is None and target is not None and elapsed > target:
            breached, breach_target = due, target
            breach_policy, breach_priority = one.policy, one.priority
        if breached is not None:
            state = BREACHED_RUNNING
        if calendar is not None and (gap := calendar.gap(one.started, max(now, due or now))) not in remarks:
            remarks = (*remarks, gap) if gap else remarks
    elif state == PAUSED:
        paused += wall
        if breached is not None:
            state = BREACHED_RUNNING
    if breached is not None and breach_target is not None:
        late_by = max(0, elapsed - breach_target)
    live = state in (RUNNING, PAUSED, BREACHED_RUNNING)
    # In the order of the parts of a Cycle: names cost half as much again, and a report has hundreds of thousands.
    return Cycle(
        ticket, title, one.metric, one.cycle, state, one.policy, one.commit, one.calendar, one.priority, assignee,
        group, moment(one.started), moment(one.stopped), target, elapsed, paused, closed,
        moment(due) if one.state == RUNNING else None,
        target - elapsed if live and target is not None else None,
        moment(breached), breach_target, breach_policy, breach_priority, late_by, one.loosened_by,
        bool(one.no_reply), one.first_verdict, moment(one.first_stopped), remarks,
    )  # fmt: skip


def orphaned(status: str, known: Container[str]) -> str:
    """Returns what is odd about a status that the workflow has no longer, "" for one it has."""
    if not status or status in known:
        return ""
    return f'the workflow has no status "{status}" any more; its clocks go on as when it was set'


def marked(one: Cycle, remark: str) -> Cycle:
    """Returns a cycle that has not ended with one remark more, unless it says so already."""
    if not remark or not one.is_live or any("has no status" in known for known in one.remarks):
        return one
    return replace(one, remarks=(*one.remarks, remark))


def moment(seconds: int | None) -> datetime | None:
    """Returns an instant of epoch seconds as an aware time, None for None; beyond the calendar its last moments."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(min(max(seconds, _EARLIEST), _LATEST), UTC)
