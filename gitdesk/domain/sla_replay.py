"""Replays a ticket's history into the standing of its clocks: a pure function of steps, terms and calendars.

The metrics and what starts, pauses, stops and voids them are those of docs/service-levels.md.
"""

from __future__ import annotations

from bisect import bisect_right

from gitdesk.domain.sla_cycle import ASSIGN, FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION, UPDATE
from gitdesk.domain.sla_history import moment_text, steps_of, with_rebases
from gitdesk.domain.sla_matching import ACTIVE, DROPPED, FINISHED, Matching, phase_of
from gitdesk.domain.sla_policy import NEW_CYCLE
from gitdesk.domain.sla_promise import metrics_of, promise, window_end
from gitdesk.domain.sla_watch import ENDED, Watch
from gitdesk.domain.ticket import CUSTOMER, REPLY
from gitdesk.domain.workflow import CANCELLED, OPEN, RESOLVED, SNOOZED, WAITING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gitdesk.domain.sla_history import Step, Story
    from gitdesk.domain.sla_policy import Terms, TermVersions

WOKEN = frozenset((WAITING, SNOOZED, RESOLVED))  # a customer's message opens a ticket that is one of these
_PAUSING = (RESOLUTION, UPDATE)
_ANSWERED = (FIRST_RESPONSE, NEXT_RESPONSE, UPDATE)
_ALWAYS = frozenset((FIRST_RESPONSE, RESOLUTION))  # clocks that are there even if nothing is promised
_ORDER = (FIRST_RESPONSE, NEXT_RESPONSE, UPDATE, RESOLUTION, ASSIGN)
_CAME_FINISHED = "it came here finished, and what happened before is not known"
_UNASSIGNED = "finished without an assignee"


class Replay:
    """The replay of one story up to an instant; `watches` are its clocks as they stood after the last step until then.

    `last` is the instant of the last step there is, whether or not it was reached; `now` None replays all of them.
    `tell_ahead` asks for remarks on steps after `now`.
    """

    def __init__(
        self, story: Story, versions: TermVersions, now: int | None = None, *, tell_ahead: bool = True
    ) -> None:
        self.story, self.versions = story, versions
        self.remarks: list[str] = list(story.remarks)
        self.steps = steps_of(story, self.remarks)
        self.watches: list[Watch] = []
        self.header: dict[str, Any] = dict(story.first)
        self.status_spans: list[tuple[int, str]] = []
        self._live: dict[str, Watch] = {}
        self._voided: dict[str, Watch] = {}  # those that go on when the ticket does
        self._count = dict.fromkeys(_ORDER, 0)
        self._matching = Matching(story)
        self._category, self._phase = OPEN, ACTIVE
        self._woken = self._responded = self._unanswered = self._regrouped = self._strange = False
        self._terms: Terms | None = None
        self._from = self._until = -1  # the places in history between which those terms are in force
        self._position, self._update_position = story.position, -1
        later = bisect_right(versions, story.position, key=lambda terms: terms.position)
        self._rebases = [versions[n] for n in range(later, len(versions)) if versions[n].rebases]
        # Whether a policy may go by more than the priority, and what any of them promises something for.
        self._selects = not all(terms.is_uniform for terms in self._rebases)
        self._promised: frozenset[str] = frozenset()
        self._enter(story.position)
        if self._rebases:
            self.steps = with_rebases(story, self.steps, self._rebases)
        self.last = self.steps[-1].at if self.steps else story.created
        self._cause = -1
        self.reached = 0  # steps that were replayed
        if now is None or now >= story.created:
            self._begin()
            self._run(now, tell_ahead)
        elif tell_ahead:
            self._ahead("it", story.created)

    # ---- the course of time

    def fork(self) -> Replay:
        """Returns another one that stands where this one does and can go on by itself."""
        other = Replay.__new__(Replay)
        other.__dict__.update(self.__dict__)
        twins = {one: one.copy() for one in {*self.watches, *self._live.values(), *self._voided.values()}}
        other.watches = [twins[one] for one in self.watches]
        other._live = {metric: twins[one] for metric, one in self._live.items()}
        other._voided = {metric: twins[one] for metric, one in self._voided.items()}
        other.remarks, other.status_spans = list(self.remarks), list(self.status_spans)
        other.header, other._count = dict(self.header), dict(self._count)
        other._matching = self._matching.copy()
        return other

    def go_on(self, steps: Sequence[Step]) -> None:
        """Replays steps on top, none of them before the last one, if all there were are replayed; `story` stays."""
        first = len(self.steps)
        self.steps = [*self.steps, *steps]
        if steps:
            self.last = steps[-1].at
        self._run(None, False, first)

    def _run(self, now: int | None, tell_ahead: bool, first: int = 0) -> None:
        for number, step in enumerate(self.steps[first:] if first else self.steps, first):
            if now is not None and step.at > now:
                if tell_ahead:
                    self._ahead("a change" if step.said is None else "a message", step.at)
                break
            self._cause = number
            self.reached = number + 1
            if step.terms is not None:
                self._rebase(step.at, step.terms)
                continue
            if step.position >= 0:
                self._position = step.position
                if not self._from <= step.position < self._until:
                    self._enter(step.position)
            if step.said is not None:
                self._hear(step)
            else:
                self._change(step)

    def _enter(self, position: int) -> None:
        """Comes to a place in history, and to the terms in force there: cycles that start now are held to them."""
        versions = self.versions
        found = bisect_right(versions, position, key=lambda terms: terms.position)
        self._terms = terms = versions[found - 1] if found else None
        self._from = 0 if terms is None else terms.position
        self._until = versions[found].position if found < len(versions) else 1 << 62
        if terms is not None:
            self._selects = self._selects or not terms.is_uniform
            self._promised = metrics_of(terms).union(_ALWAYS, *map(metrics_of, self._rebases))

    def _begin(self) -> None:
        """Starts the clocks that run from the creation."""
        at, terms, header = self.story.created, self._terms, self.header
        status = header.get("status", "")
        self._categorise(status)
        self.status_spans.append((at, status))
        if terms is None:
            return
        first = self._start(FIRST_RESPONSE, at)
        resolution = self._start(RESOLUTION, at)
        assert first is not None
        assert resolution is not None
        if self._phase == FINISHED:
            first.why_none = resolution.why_none = _CAME_FINISHED
        if terms.is_agent(header.get("requester", "")):
            self._responded, first.why_none = True, "the desk opened it itself"
            del self._live[FIRST_RESPONSE]
            first.stop()
        if self._phase == FINISHED:
            self._finish(at)
            return
        self._start(ASSIGN, at)
        if header.get("assignee"):
            self._stop(ASSIGN, at)
        if self._phase == DROPPED:
            self._void(at)

    # ---- what happens

    def _change(self, step: Step) -> None:
        at, values, header = step.at, step.values, self.header
        assignee, group = header.get("assignee", ""), header.get("group", "")
        header.update(values)
        if self._selects or "priority" in values:
            self._matching.forget()
            self._rematch(at, step.by)
        if "status" in values or "merged_into" in values:
            self._move(at)
        if not assignee and header.get("assignee"):
            self._stop(ASSIGN, at)
        if header.get("group", "") != group:
            self._regroup(at, group)

    def _move(self, at: int) -> None:
        """Follows the ticket into another status."""
        status, old = self.header.get("status", ""), self._phase
        self._woken = False
        self._categorise(status)
        new = self._phase
        if self.status_spans[-1][1] != status:
            self.status_spans.append((at, status))
        if new != old:
            if old == DROPPED:
                self._unvoid(at)
            if new == DROPPED:
                self._void(at)
            elif new == FINISHED:
                self._finish(at)
            else:
                self._reopen(at, by_customer=False)
        if new == ACTIVE:
            self._pause(at)
            self._ask(at)

    def _hear(self, step: Step) -> None:
        """Takes in a message; what a program wrote neither asks nor answers."""
        said, at, terms = step.said, step.at, self._terms
        assert said is not None
        if said.automatic or (terms is not None and terms.is_robot(said.author)):
            return
        if said.kind == CUSTOMER:
            self._wake(at)
            self._unanswered = self._responded
            if self._phase == ACTIVE:
                self._ask(at)
        elif said.kind == REPLY:
            self._unanswered, self._responded = False, True
            for metric in _ANSWERED:
                if metric in self._live or metric in self._voided:
                    self._stop(metric, at)
            if self._phase == ACTIVE:
                self._start(UPDATE, at)
                self._update_position = step.position

    def _wake(self, at: int) -> None:
        """Counts a ticket as open from a customer's message on, whatever its status says."""
        if self._woken or self._category not in WOKEN:
            return
        if self._category == RESOLVED and not self._reopen(at, by_customer=True):
            return
        self._woken, self._phase = True, ACTIVE
        self._pause(at)

    def _ask(self, at: int) -> None:
        """Starts the clock of the oldest unanswered message, unless it runs."""
        if self._unanswered and NEXT_RESPONSE not in self._live:
            self._unanswered = False
            self._start(NEXT_RESPONSE, at)

    # ---- clocks

    def _start(self, metric: str, at: int) -> Watch | None:
        terms = self._terms
        if terms is None or metric not in self._promised:
            return None
        self._count[metric] += 1
        watch = Watch(metric, self._count[metric], at, terms, self._cause)
        watch.status = self.header.get("status", "")
        self.watches.append(watch)
        self._live[metric] = watch
        self._hold(watch)
        return watch

    def _stop(self, metric: str, at: int, *, no_reply: bool = False) -> None:
        watch = self._live.pop(metric, None)
        if watch is not None:
            watch.settle(at, self._cause)
            watch.status = self.header.get("status", "")  # in which it stands if it goes on one day
            watch.stop(no_reply=no_reply)
        elif metric in self._voided and self._voided[metric].ends is None:
            self._voided[metric].ends = at

    def _finish(self, at: int) -> None:
        """Ends what ends when a ticket is resolved or closed."""
        self._stop(FIRST_RESPONSE, at, no_reply=True)
        self._stop(NEXT_RESPONSE, at, no_reply=True)
        self._responded, self._unanswered = True, False
        self._stop(RESOLUTION, at)
        update = self._live.get(UPDATE)
        if update is not None:
            self._stop(UPDATE, at)
            if update.started == at or self._update_position == self._position:
                self.watches.remove(update)  # the reply that came with the end promises no other
                self._count[UPDATE] -= 1
        if ASSIGN in self._live:
            self._live[ASSIGN].remarks.append(_UNASSIGNED)
            self._void(at)

    def _void(self, at: int) -> None:
        """Voids the clocks that run, until the ticket goes on."""
        for watch in self._live.values():
            watch.settle(at, self._cause)
            watch.status = self.header.get("status", "")
            watch.void()
        self._voided.update(self._live)
        self._live.clear()

    def _unvoid(self, at: int) -> None:
        """Lets go on what was voided when the ticket was cancelled; whom to assign it to is asked when it is open."""
        for metric in [one for one in self._voided if one != ASSIGN]:
            self._go_on(self._voided.pop(metric), at)

    def _go_on(self, watch: Watch, at: int) -> None:
        """Lets a clock go on, under what is promised now, unless what it waits for was done while it was void."""
        if watch.revive(at, self._cause):
            self._live[watch.metric] = watch
            watch.status = self.header.get("status", "")
            self._hold(watch)

    def _reopen(self, at: int, *, by_customer: bool) -> bool:
        """Lets the resolution go on, or begins a new one; a message after the window does not."""
        last = next((one for one in reversed(self.watches) if one.metric == RESOLUTION), None)
        if last is not None and last.mode == ENDED:
            known, policy = last.why_none != _CAME_FINISHED, last.policy
            end = window_end(policy, last.calendar, last.at) if known else None
            if end is not None and at > end:
                if by_customer:
                    last.remarks.append("the customer wrote after the reopen window; it stays resolved")
                    return False
                last.remarks.append("reopened after the reopen window")
            if known and (policy is None or policy.reopen != NEW_CYCLE):
                self._go_on(last, at)
            else:
                self._start(RESOLUTION, at)
        assign = self._voided.pop(ASSIGN, None)
        if assign is not None:
            if _UNASSIGNED in assign.remarks:
                assign.remarks.remove(_UNASSIGNED)
            self._go_on(assign, at)
        if self._regrouped and not self.header.get("assignee") and ASSIGN not in self._live:
            self._start(ASSIGN, at)
        self._regrouped = False
        return True

    def _pause(self, at: int) -> None:
        """Lets clocks that can pause stand or run, as the status says."""
        status = self.header.get("status", "")
        for metric, watch in self._live.items():
            if metric in _PAUSING:
                watch.settle(at, self._cause)
                watch.pause(self._stands(watch))
            watch.status = status

    def _stands(self, watch: Watch) -> bool:
        if self._woken or self._strange or watch.policy is None:
            return False
        return watch.policy.pauses(self.header.get("status", ""), self._category)

    def _regroup(self, at: int, before: str) -> None:
        """Voids the clock of a group that has it no longer, and starts that of the next."""
        if before:
            watch = self._live.pop(ASSIGN, None)
            if watch is not None:
                watch.settle(at, self._cause)
                watch.void()
            elif ASSIGN in self._voided and self._voided[ASSIGN].ends is None:
                watch = self._voided.pop(ASSIGN)
            if watch is not None:
                watch.remarks.append("the group changed")
        if self._phase != ACTIVE:
            self._regrouped = self._regrouped or bool(before)
        elif not self.header.get("assignee") and ASSIGN not in self._live:
            self._start(ASSIGN, at)

    # ---- which target

    def _rematch(self, at: int, by: str) -> None:
        """Holds running clocks to what their terms promise the ticket as it is now."""
        given = self.header.get("priority")
        for watch in self._live.values():
            terms, policy = watch.terms, self._matching.policy(watch.terms, self.header)
            if policy is not watch.policy or (given or terms.default_priority) != watch.priority:
                watch.settle(at, self._cause)
                self._hold(watch, by)

    def _rebase(self, at: int, terms: Terms) -> None:
        """Changes running clocks of the policies named over to new terms."""
        for watch in self._live.values():
            policy = watch.policy
            if policy is None or policy.id not in terms.rebases or watch.terms.position >= terms.position:
                continue
            watch.settle(at, self._cause)
            watch.terms = terms
            self._hold(watch, f"commit {terms.commit[:10]}")

    def _hold(self, watch: Watch, by: str = "") -> None:
        """Holds a clock to what its terms promise now, from the instant it was settled to."""
        terms = watch.terms
        policy, given = self._matching.policy(terms, self.header), self.header.get("priority")
        priority = given or terms.default_priority
        if policy is not None and priority and not given:
            self._remark(f'it has no priority; counted as "{priority}", the desk\'s default')
        promised = promise(terms, policy, priority, watch.metric)
        target, why = promised.target(watch.started), promised.why
        if target is None and promised.duration is not None:
            why = f"there are no {promised.duration.text} after it started: the calendar never opens"
        watch.why_none = why
        watch.hold(policy, promised.calendar, target, priority, by)
        if watch.metric in _PAUSING:
            watch.pause(self._stands(watch))

    def _categorise(self, status: str) -> None:
        """Finds what a status means to the desk at this step; one it does not know lets clocks run, and is told."""
        terms = self._terms or (self.versions[0] if len(self.versions) else None)
        category = terms.categories.get(status) if terms is not None else OPEN
        self._strange = category is None  # whatever `pause_on` says of its name
        if category is None:
            self._remark(f'the workflow has no status "{status}"; its clocks run')
            category = OPEN
        self._category = CANCELLED if self.header.get("merged_into") else category
        self._phase = phase_of(self._category)

    def _remark(self, text: str) -> None:
        if text not in self.remarks:
            self.remarks.append(text)

    def _ahead(self, what: str, at: int) -> None:
        self._remark(f"{what} is dated {moment_text(at)}, after the moment asked for; it does not count yet")
