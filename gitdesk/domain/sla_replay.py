"""Replays a ticket's history into the standing of its clocks: a pure function of steps, terms and calendars.

The metrics and what starts, pauses, stops and voids them are those of docs/service-levels.md.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime

from gitdesk.domain.sla_cycle import ASSIGN, FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION, UPDATE
from gitdesk.domain.sla_history import Step, header_ticket, steps_of
from gitdesk.domain.sla_policy import NEW_CYCLE
from gitdesk.domain.sla_promise import promise, window_end
from gitdesk.domain.sla_watch import VOIDED, Watch
from gitdesk.domain.ticket import CUSTOMER, REPLY
from gitdesk.domain.workflow import CANCELLED, CLOSED, FINAL, OPEN, RESOLVED, SNOOZED, WAITING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gitdesk.domain.sla_history import Story
    from gitdesk.domain.sla_policy import Policy, Terms

WOKEN = frozenset((WAITING, SNOOZED, RESOLVED))  # a customer's message opens a ticket that is one of these
_FINISHED = frozenset((RESOLVED, CLOSED))
_PAUSING = (RESOLUTION, UPDATE)
_ORDER = (FIRST_RESPONSE, NEXT_RESPONSE, UPDATE, RESOLUTION, ASSIGN)


class Replay:
    """The replay of one story up to an instant; `watches` are its clocks as they stood after the last step until then.

    `last` is the instant of the last step there is, whether or not it was reached; `now` None replays all of them.
    """

    def __init__(self, story: Story, versions: Sequence[Terms], now: int | None = None) -> None:
        self.story, self.versions = story, versions
        self.remarks: list[str] = list(story.remarks)
        self.steps = steps_of(story, self.remarks)
        self.last = max([story.created, *(step.at for step in self.steps)])
        self.watches: list[Watch] = []
        self.header: dict[str, Any] = dict(story.first)
        self.status_spans: list[tuple[int, str]] = []
        self._live: dict[str, Watch] = {}
        self._voided: dict[str, Watch] = {}
        self._count = dict.fromkeys(_ORDER, 0)
        self._matched: dict[tuple[int, str], Policy | None] = {}
        self._category = OPEN
        self._woken = self._responded = self._unanswered = False
        self._position = story.position
        self._terms = self._terms_at(story.position)
        self._rebases = [terms for terms in versions if terms.rebases and terms.position > story.position]
        self._cause = -1
        self.reached = 0  # steps that were replayed
        if now is None or now >= story.created:
            self._begin()
            self._run(now)

    def spent(self, now: int) -> dict[str, int]:
        """Returns the seconds the ticket was in each status, up to an instant."""
        found: dict[str, int] = {}
        ends = [at for at, _ in self.status_spans[1:]] + [max(now, self.story.created)]
        for (at, status), end in zip(self.status_spans, ends, strict=False):
            found[status] = found.get(status, 0) + end - at
        return found

    # ---- the course of time

    def _run(self, now: int | None) -> None:
        steps = self._with_rebases() if self._rebases else self.steps
        for number, step in enumerate(steps):
            if now is not None and step.at > now:
                self.remarks.append(_ahead(step))
                break
            self._cause = number
            self.reached = number + 1
            if step.position > self._position:
                self._position = step.position
                self._terms = self._terms_at(step.position)
            if step.said is not None:
                self._hear(step)
            elif isinstance(step.values, _Rebase):
                self._rebase(step.at, step.values.terms)
            else:
                self._change(step)

    def _with_rebases(self) -> list[Step]:
        """Returns the steps with the commits at which running cycles change over to new terms."""
        for terms in self._rebases:
            step = Step(
                at=max(terms.at, self.story.created), position=terms.position, values=_Rebase(terms),
                commit=terms.commit,
            )  # fmt: skip
            self.steps.append(step)
        self.steps.sort(key=lambda step: (step.at, step.position, step.said is None))
        self.last = max(self.last, *(step.at for step in self.steps))
        return self.steps

    def _terms_at(self, position: int) -> Terms | None:
        found = bisect_right(self.versions, position, key=lambda terms: terms.position)
        return self.versions[found - 1] if found else None

    def _begin(self) -> None:
        """Starts the clocks that run from the creation."""
        story, terms = self.story, self._terms
        status = self.header.get("status", "")
        self._category = self._category_of(status)
        self.status_spans.append((story.created, status))
        if terms is None:
            return
        at = story.created
        if not terms.is_agent(self.header.get("requester", "")):
            self._start(FIRST_RESPONSE, at)
        else:
            self._responded = True
            self._none(FIRST_RESPONSE, "the desk opened it itself")
        self._start(RESOLUTION, at)
        if self._category in _FINISHED:
            for metric in (FIRST_RESPONSE, RESOLUTION):
                watch = self._live.get(metric)
                if watch is not None:
                    watch.why_none = "it came here finished, and what happened before is not known"
            self._finish(at)
        elif self._category == CANCELLED:
            self._void(at)
        if self._category not in (*_FINISHED, CANCELLED):
            self._start(ASSIGN, at)
            if self.header.get("assignee"):
                self._stop(ASSIGN, at)

    # ---- what happens

    def _change(self, step: Step) -> None:
        at, values, header = step.at, step.values, self.header
        before = dict(header)
        header.update(values)
        if "priority" in values or not self._is_uniform():
            self._rematch(at, step.by)
        if "status" in values or "merged_into" in values:
            self._move(at)
        if before.get("group") and values.get("group", before["group"]) != before["group"]:
            self._regroup(at)
        if values.get("assignee") and not before.get("assignee"):
            self._stop(ASSIGN, at)

    def _move(self, at: int) -> None:
        """Follows the ticket into another status."""
        status = self.header.get("status", "")
        old = OPEN if self._woken else self._category
        self._woken = False
        self._category = new = self._category_of(status)
        if self.status_spans[-1][1] != status:
            self.status_spans.append((at, status))
        if old == CANCELLED and new != CANCELLED:
            self._unvoid(at)
        if new == CANCELLED:
            self._void(at)
        elif new in _FINISHED:
            if old not in _FINISHED:
                self._finish(at)
        else:
            if old in _FINISHED or (old == CANCELLED and RESOLUTION not in self._live):
                self._reopen(at, by_customer=False)
            self._pause(at)
            if self._unanswered:
                self._ask(at)

    def _hear(self, step: Step) -> None:
        """Takes in a message."""
        said, at = step.said, step.at
        assert said is not None
        if said.kind == CUSTOMER:
            self._wake(at)
            self._unanswered = self._responded
            if self._category not in FINAL:
                self._ask(at)
            return
        if (
            said.kind != REPLY
            or said.automatic
            or (self._terms is not None and self._terms.is_robot(said.author))
        ):
            return
        self._unanswered = False
        self._stop(FIRST_RESPONSE, at)
        self._responded = True
        self._stop(NEXT_RESPONSE, at)
        self._stop(UPDATE, at)
        if (OPEN if self._woken else self._category) not in (*_FINISHED, CANCELLED):
            self._start(UPDATE, at)
            self._pause(at)

    def _wake(self, at: int) -> None:
        """Counts a ticket as open from a customer's message on, whatever its status says."""
        if self._woken or self._category not in WOKEN:
            return
        if self._category == RESOLVED and not self._reopen(at, by_customer=True):
            return
        self._woken = True
        self._pause(at)

    def _ask(self, at: int) -> None:
        """Starts the clock of the oldest unanswered message, unless it runs."""
        if self._responded and NEXT_RESPONSE not in self._live:
            self._unanswered = False
            self._start(NEXT_RESPONSE, at)

    # ---- clocks

    def _start(self, metric: str, at: int) -> None:
        if self._terms is None:
            return
        self._count[metric] += 1
        watch = Watch(metric, self._count[metric], at, self._terms, self._cause)
        watch.status = self.header.get("status", "")
        self.watches.append(watch)
        self._live[metric] = watch
        self._hold(watch)
        if metric in _PAUSING:
            watch.pause(self._stands(watch))

    def _none(self, metric: str, why: str) -> None:
        """Notes that a clock does not apply, where the policy would have it."""
        self._start(metric, self.story.created)
        watch = self._live.pop(metric)
        watch.why_none = why
        watch.stop()

    def _stop(self, metric: str, at: int, *, no_reply: bool = False) -> None:
        watch = self._live.pop(metric, None)
        if watch is not None:
            watch.settle(at, self._cause)
            watch.stop(no_reply=no_reply)

    def _finish(self, at: int) -> None:
        """Ends what ends when a ticket is resolved or closed."""
        self._stop(FIRST_RESPONSE, at, no_reply=True)
        self._stop(NEXT_RESPONSE, at, no_reply=True)
        self._responded, self._unanswered = True, False
        self._stop(RESOLUTION, at)
        update = self._live.get(UPDATE)
        self._stop(UPDATE, at)
        if update is not None and update.started == at:
            self.watches.remove(update)  # the reply that resolved it promises no other
            self._count[UPDATE] -= 1
        assign = self._live.pop(ASSIGN, None)
        if assign is not None:
            assign.settle(at, self._cause)
            assign.void()
            assign.remarks.append("finished without an assignee")

    def _void(self, at: int) -> None:
        for watch in self._live.values():
            watch.settle(at, self._cause)
            watch.void()
        self._voided = dict(self._live)
        self._live.clear()

    def _unvoid(self, at: int) -> None:
        """Lets what was voided go on: the ticket is no longer cancelled."""
        for metric, watch in self._voided.items():
            if watch.mode == VOIDED and metric not in self._live:
                watch.revive(at, self._cause)
                self._live[metric] = watch
        self._voided = {}
        if not self._count[ASSIGN] and not self.header.get("assignee"):
            self._start(ASSIGN, at)

    def _reopen(self, at: int, *, by_customer: bool) -> bool:
        """Lets the resolution go on, or begins a new one; a message after the window does not."""
        last = next((one for one in reversed(self.watches) if one.metric == RESOLUTION), None)
        if last is None or last.stopped is None or self._terms is None:
            return True
        policy = last.policy
        end = window_end(policy, last.calendar, last.stopped)
        if end is not None and at > end:
            if by_customer:
                last.remarks.append("the customer wrote after the reopen window; it stays resolved")
                return False
            last.remarks.append("reopened after the reopen window")
        unknown = bool(last.why_none) and last.stopped == last.started
        if unknown or (policy is not None and policy.reopen == NEW_CYCLE):
            self._start(RESOLUTION, at)
        else:
            last.revive(at, self._cause)
            self._live[RESOLUTION] = last
        if not self.header.get("assignee") and ASSIGN not in self._live:
            assign = next((one for one in reversed(self.watches) if one.metric == ASSIGN), None)
            if assign is not None and assign.mode == VOIDED:
                assign.revive(at, self._cause)
                assign.remarks.clear()
                self._live[ASSIGN] = assign
        return True

    def _pause(self, at: int) -> None:
        """Lets clocks that can pause stand or run, as the status says."""
        status = self.header.get("status", "")
        for metric in _PAUSING:
            watch = self._live.get(metric)
            if watch is not None:
                watch.settle(at, self._cause)
                watch.status = status
                watch.pause(self._stands(watch))
        for metric in (FIRST_RESPONSE, NEXT_RESPONSE, ASSIGN):
            if metric in self._live:
                self._live[metric].status = status

    def _stands(self, watch: Watch) -> bool:
        if self._woken or watch.policy is None:
            return False
        return watch.policy.pauses(self.header.get("status", ""), self._category)

    def _regroup(self, at: int) -> None:
        """Voids the clock of a group that has it no longer, and starts that of the next."""
        watch = self._live.pop(ASSIGN, None)
        if watch is not None:
            watch.settle(at, self._cause)
            watch.void()
            watch.remarks.append("the group changed")
        if not self.header.get("assignee") and self._category not in (*_FINISHED, CANCELLED):
            self._start(ASSIGN, at)

    # ---- which target

    def _is_uniform(self) -> bool:
        return all(watch.terms.is_uniform for watch in self._live.values())

    def _rematch(self, at: int, by: str) -> None:
        """Holds running clocks to what their terms promise the ticket as it is now."""
        self._matched.clear()
        for watch in self._live.values():
            if self._policy(watch.terms) is watch.policy and self._priority(watch.terms) == watch.priority:
                continue
            watch.settle(at, self._cause)
            self._hold(watch, by)
            if watch.metric in _PAUSING:
                watch.pause(self._stands(watch))

    def _rebase(self, at: int, terms: Terms) -> None:
        """Changes running clocks of the policies named over to new terms."""
        for watch in self._live.values():
            if (
                watch.policy is not None
                and watch.policy.id in terms.rebases
                and watch.terms.position < terms.position
            ):
                watch.settle(at, self._cause)
                watch.terms = terms
                self._hold(watch, f"commit {terms.commit[:10]}")
                if watch.metric in _PAUSING:
                    watch.pause(self._stands(watch))

    def _hold(self, watch: Watch, by: str = "") -> None:
        terms = watch.terms
        policy, priority = self._policy(terms), self._priority(terms)
        if policy is not None and priority and not self.header.get("priority"):
            self._remark(f'it has no priority; counted as "{priority}", the desk\'s default')
        promised = promise(terms, policy, priority, watch.metric)
        target = promised.target(watch.started)
        watch.why_none = promised.why
        if target is None and promised.duration is not None:
            watch.why_none = (
                f"there are no {promised.duration.text} after it started: the calendar never opens"
            )
        watch.hold(policy, promised.calendar, target, priority, by)

    def _priority(self, terms: Terms) -> str:
        return str(self.header.get("priority") or terms.default_priority)

    def _remark(self, text: str) -> None:
        if text not in self.remarks:
            self.remarks.append(text)

    def _policy(self, terms: Terms) -> Policy | None:
        if terms.is_uniform:
            return terms.policies[0] if terms.policies else None
        key = (terms.position, terms.commit)
        if key not in self._matched:
            created = datetime.fromtimestamp(self.story.created, UTC)
            ticket = header_ticket(self.story.ticket, self.story.title, created, self.header)
            self._matched[key] = terms.policy_of(ticket)
        return self._matched[key]

    def _category_of(self, status: str) -> str:
        """Returns what a status means to the desk at this step; one it does not know lets clocks run, and is told."""
        if self.header.get("merged_into"):
            return CANCELLED
        terms = self._terms
        category = terms.categories.get(status) if terms is not None else None
        if category is None:
            if terms is not None:
                self._remark(f'the workflow has no status "{status}"; its clocks run')
            return OPEN
        return category


class _Rebase(dict):  # type: ignore[type-arg]
    """Stands in the place of changed values: a commit that changes running cycles over to its terms."""

    def __init__(self, terms: Terms) -> None:
        super().__init__()
        self.terms = terms


def _ahead(step: Step) -> str:
    when = datetime.fromtimestamp(step.at, UTC).isoformat()[:19] + "Z"
    what = "a message" if step.said is not None else "a change"
    return f"{what} is dated {when}, after the moment asked for; it does not count yet"
