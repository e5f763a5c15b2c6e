"""What the clocks of a ticket say of a change that is made at a moment: where they stood just before, and after it."""

from __future__ import annotations

from gitdesk.domain.sla_cycle import RESOLUTION
from gitdesk.domain.sla_history import Step
from gitdesk.domain.sla_past import Moment, change_at, changed, said
from gitdesk.domain.sla_promise import window_end
from gitdesk.domain.sla_replay import Replay
from gitdesk.domain.sla_watch import ENDED, RUN
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from gitdesk.domain.sla_history import Said, Story
    from gitdesk.domain.sla_policy import TermVersions
    from gitdesk.domain.sla_watch import Watch
    from gitdesk.domain.ticket import Ticket

NOWHERE = ""  # the mode, before the change, of a clock that the change starts


class Clock(Value):
    """One clock around a change, in epoch seconds and seconds.

    `before` and `after` are its modes (`sla_watch`); `due`, `paused`, `ran_since` and `target` are those just before,
    `next_target` is that of afterwards; `breached` and `late_by` count up to the change.
    """

    metric: str
    number: int
    before: str = NOWHERE
    after: str = ""
    started: int = 0
    due: int | None = None
    paused: int = 0
    ran_since: int | None = None
    target: int | None = None
    next_target: int | None = None
    breached: int | None = None
    late_by: int = 0
    no_reply: bool = False


class ClockFacts(Value):
    """The clocks of one ticket around a change at an instant.

    `ended` is when the resolution last ended, `reopen_until` until when the ticket could be reopened.
    """

    at: int
    clocks: tuple[Clock, ...]
    ended: int | None = None
    reopen_until: int | None = None


def facts_of(story: Story, terms: TermVersions, at: int, old: Ticket, new: Ticket) -> ClockFacts:
    """Returns the facts of a change from one version of a ticket to the next, on top of a story.

    A change counts no earlier than what it follows, as everywhere in history.
    """
    known = [story.position, *(one.position for one in story.changes)]
    known += (one.position for one in story.messages)
    return facts_on(Replay(story, terms), max(known), at, old, new, lambda: story)


def facts_on(
    replay: Replay, position: int, at: int, old: Ticket, new: Ticket, whole: Callable[[], Story]
) -> ClockFacts:
    """Returns the same on top of a replay, which goes on with it.

    `position` is the last place in history it knows of, `whole` tells the story, which is asked for if the change does
    not come last.
    """
    terms = replay.versions
    at = max(at, replay.last)
    newest = terms[-1].position if len(terms) else -1  # what is in force now, however old the ticket is
    moment = Moment(position=max(newest, position) + 1, at=at)
    values = changed(old, new)
    fresh = new.messages[len(old.messages) :] if new.messages[: len(old.messages)] == old.messages else ()
    heard = sorted((replace(one, at=min(one.at, at)) for one in said(fresh, moment)), key=lambda one: one.at)
    first = heard[0].at if heard else at
    for watch in replay.watches:
        if watch.is_live:
            watch.settle(first)
    last = next((one for one in reversed(replay.watches) if one.metric == RESOLUTION), None)
    if last is not None and last.mode != ENDED:
        last = None  # a message has opened it again
    before = {(one.metric, one.number): _before(one) for one in replay.watches}
    ended = None if last is None else last.stopped
    until = None if last is None else window_end(last.policy, last.calendar, last.at)
    if first >= replay.last:
        replay.go_on(_steps(heard, values, moment))
    else:  # what was said is dated before something else that is known: it counts there
        story = whole()
        changes = (*story.changes, change_at(moment, values))
        replay = Replay(replace(story, changes=changes, messages=(*story.messages, *heard)), terms)
    clocks = tuple(_after(before.get((one.metric, one.number)), one, at) for one in replay.watches)
    return ClockFacts(at=at, clocks=clocks, ended=ended, reopen_until=until)


def _steps(heard: Sequence[Said], values: Mapping[str, Any], moment: Moment) -> list[Step]:
    """Returns a change as steps: messages first, as they were said."""
    steps = [Step(at=one.at, position=moment.position, said=one, by=one.author) for one in heard]
    return [*steps, Step(at=moment.at, position=moment.position, values=values)]


def _before(watch: Watch) -> Clock:
    """Returns what is known of a clock that was brought up to the moment before the change."""
    runs = watch.mode == RUN
    return Clock(
        metric=watch.metric,
        number=watch.number,
        before=watch.mode,
        due=watch.due() if runs else None,
        paused=watch.paused,
        ran_since=watch.ran_since() if runs else None,
        target=watch.target,
    )


def _after(known: Clock | None, watch: Watch, at: int) -> Clock:
    """Returns a clock with what came of it."""
    if watch.is_live:
        watch.settle(at)
    late = watch.elapsed - watch.breach_target if watch.breach_target is not None else 0
    return replace(
        known or Clock(metric=watch.metric, number=watch.number),
        after=watch.mode,
        started=watch.started,
        next_target=watch.target,
        breached=watch.breached,
        late_by=max(0, late),
        no_reply=watch.no_reply,
    )
