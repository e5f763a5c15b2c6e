"""The story of a clock: every stretch of its time, whether it ran, and what began the stretch, in words."""

from __future__ import annotations

from gitdesk.domain.people import parse_author
from gitdesk.domain.sla_cycle import FIRST_RESPONSE, NEXT_RESPONSE, UPDATE
from gitdesk.domain.sla_standing import moment
from gitdesk.domain.sla_watch import RUN
from gitdesk.domain.ticket import CUSTOMER, NOTE
from gitdesk.domain.workflow import RESOLVED
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.sla_history import Step
    from gitdesk.domain.sla_replay import Replay
    from gitdesk.domain.sla_watch import Stretch, Watch

_UNSET = "nothing"
_ANSWERED = (FIRST_RESPONSE, NEXT_RESPONSE, UPDATE)  # clocks that a message ends
_TOLD = ("status", "priority", "group", "assignee", "merged_into", "type", "channel", "requester")
_NAMES = {"merged_into": "merged into"}


class Line(Value):
    """One stretch: `elapsed` is the working time in it, `total` that of the clock by its end, `closed` wall time in
    which the clock ran and the calendar was closed. `why` says what began it, `commit` and `by` where that stands.
    """

    start_at: datetime
    end_at: datetime
    running: bool
    elapsed: int
    total: int
    closed: int
    status: str
    calendar: str
    time_zone: str
    policy: str
    policy_commit: str
    priority: str
    target: int | None
    why: str
    by: str = ""
    commit: str = ""
    written_at: datetime | None = None  # what the commit or message says, where that is another instant


class Telling(Value):
    """The story of one clock, by its metric and cycle.

    `end` is what ended it, "" while it has not ended. `last_working_at` is there when it is due at an opening: the end
    of the working time before that, which is what people mean.
    """

    metric: str
    cycle: int
    lines: tuple[Line, ...]
    end: str = ""
    last_working_at: datetime | None = None
    promised: str = ""  # the target as the policy writes it
    calendars: tuple[Hours, ...] = ()


class Hours(Value):
    """The opening hours a clock ran by: the calendar in the version of a commit, and the unusual dates in that time."""

    calendar: str
    commit: str
    week: str
    unusual: tuple[str, ...]


def tell(replay: Replay, now: int) -> tuple[Telling, ...]:
    """Returns the stories of a replay's clocks up to an instant; the replay's live clocks are settled to it."""
    causes = _causes(replay)
    for watch in replay.watches:
        if watch.is_live:
            watch.settle(now)
    return tuple(_telling(watch, causes, replay) for watch in replay.watches)


def _telling(watch: Watch, causes: Mapping[int, str], replay: Replay) -> Telling:
    total = 0
    lines = []
    for part in watch.stretches:
        total += part.elapsed
        lines.append(_line(part, total, causes, replay))
    end = "" if watch.stopped is None else causes.get(_end_of(watch, replay), "")
    due = watch.due() if watch.mode == RUN else None
    last = watch.calendar.last_working(due) if due is not None and watch.calendar is not None else None
    return Telling(
        metric=watch.metric,
        cycle=watch.number,
        lines=tuple(lines),
        end=end,
        last_working_at=moment(last) if last != due else None,
        promised=_promised(watch),
        calendars=tuple(_hours(watch)),
    )


def _promised(watch: Watch) -> str:
    targets = watch.policy.targets.get(watch.priority) if watch.policy is not None else None
    duration = targets.get(watch.metric) if targets else None
    return duration.text if duration is not None else ""


def _hours(watch: Watch) -> Iterator[Hours]:
    """Yields the calendars a clock ran by, in the order in which it did."""
    from gitdesk.domain.calendar_month import unusual, week

    spans: dict[tuple[str, str], tuple[Calendar, int, int]] = {}
    for part in watch.stretches:
        if part.running and part.calendar is not None:
            key = (part.calendar.name, part.terms.commit)
            calendar, start, _ = spans.get(key, (part.calendar, part.start, part.end))
            spans[key] = (calendar, start, part.end)
    for (name, commit), (calendar, start, end) in spans.items():
        if name:
            yield Hours(
                calendar=name,
                commit=commit,
                week=week(calendar),
                unusual=tuple(unusual(calendar, start, end)),
            )


def _end_of(watch: Watch, replay: Replay) -> int:
    """Returns the number of the step at which a clock ended: at that instant the last one of the kind that ends it."""
    found = [n for n, step in enumerate(replay.steps[: replay.reached]) if step.at == watch.stopped]
    answers = watch.metric in _ANSWERED and not watch.no_reply
    fitting = [n for n in found if (replay.steps[n].said is not None) == answers]
    return max(fitting or found, default=-1)


def _line(part: Stretch, total: int, causes: Mapping[int, str], replay: Replay) -> Line:
    step = replay.steps[part.cause] if part.cause >= 0 else None
    why = causes.get(part.cause, "")
    if step is not None and step.said is not None and step.said.kind == CUSTOMER and _would_stand(part):
        why += "; it counts as open from here"
    start, end = moment(part.start), moment(part.end)
    assert start is not None
    assert end is not None
    written = step.written_at if step is not None else 0
    return Line(
        start_at=start,
        end_at=end,
        running=part.running,
        elapsed=part.elapsed,
        total=total,
        closed=part.end - part.start - part.elapsed if part.running else 0,
        status=part.status,
        calendar=part.calendar.name if part.calendar is not None else "",
        time_zone=part.calendar.time_zone if part.calendar is not None else "",
        policy=part.policy,
        policy_commit=part.terms.commit,
        priority=part.priority,
        target=part.target,
        why=why,
        by=step.by if step is not None else replay.story.by,
        commit=step.commit if step is not None else replay.story.commit,
        written_at=moment(written) if step is not None and written and written != step.at else None,
    )


def _would_stand(part: Stretch) -> bool:
    """Tells whether the clock runs in a status in which it usually stands."""
    policy = part.terms.find(part.policy)
    category = part.terms.categories.get(part.status, "")
    return part.running and (
        category == RESOLVED or (policy is not None and policy.pauses(part.status, category))
    )


def _causes(replay: Replay) -> dict[int, str]:
    """Returns what each step was, in words, by its number; the creation is -1."""
    header = dict(replay.story.first)
    told = {-1: "created"}
    for number, step in enumerate(replay.steps[: replay.reached]):
        told[number] = _cause(step, header)
        if step.said is None and step.terms is None:
            header.update(step.values)
    return told


def _cause(step: Step, header: Mapping[str, Any]) -> str:
    if step.terms is not None:
        return "running clocks changed over to this version of the policies"
    if step.said is not None:
        name = parse_author(step.said.author)[0] or step.said.author
        if step.said.kind == CUSTOMER:
            return f"{name} wrote"
        automatic = "automatic " if step.said.automatic else ""
        return f"{automatic}{'note' if step.said.kind == NOTE else 'reply'} by {name}"
    parts = [
        f"{_NAMES.get(key, key)} {header.get(key) or _UNSET} → {step.values[key] or _UNSET}"
        for key in _TOLD
        if key in step.values and step.values[key] != header.get(key, "")
    ]
    if "tags" in step.values:
        old, new = set(header.get("tags", ())), set(step.values["tags"])
        parts += [f"tag +{tag}" for tag in sorted(new - old)] + [f"tag -{tag}" for tag in sorted(old - new)]
    if "fields" in step.values:
        before, after = dict(header.get("fields", ())), dict(step.values["fields"])
        changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        parts += [f"{name} {_text(before.get(name))} → {_text(after.get(name))}" for name in changed]
    return ", ".join(parts) or "title changed"


def _text(value: Any) -> str:
    if not value:
        return _UNSET
    return value if isinstance(value, str) else ", ".join(value)
