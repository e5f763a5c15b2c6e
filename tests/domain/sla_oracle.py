"""A slow, plain second answer to what service-level clocks say: it walks through time tick by tick.

It is written from the rules in docs/service-levels.md and shares no code with the engine: it knows nothing of spans,
budgets or due instants, it only looks at one tick after the other and asks "does this clock run now, and is it open
now?". It reads `Policy` and `Terms` as data. `is_open` of a calendar is the only thing it asks calendars, and
`add_days` for targets in working days.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

RESPONSES = ("first_response", "next_response", "update")
PAUSING = ("resolution", "update")
SLEEPING = ("waiting", "snoozed", "resolved")
HORIZON = 400_000  # ticks after which a due instant is taken not to exist


@dataclass
class Clock:
    metric: str
    cycle: int
    started: int
    terms: Any
    policy: Any = None
    calendar: Any = None
    target: int | None = None
    priority: str = ""
    elapsed: int = 0
    paused: int = 0
    closed: int = 0
    left_out: int = 0  # time since it ended or was voided; paused time if it goes on
    ended: int | None = None
    voided: int | None = None
    ends_in_void: int | None = None
    for_good: bool = False  # a void that nothing undoes
    applies: bool = True
    no_reply: bool = False
    breached: int | None = None
    breach_target: int | None = None
    breach_policy: str = ""
    breach_priority: str = ""
    first_verdict: str = ""
    first_stopped: int | None = None
    position: int = -1  # of the step that started it
    record: list[tuple[int, int]] = field(default_factory=list)  # (instant, elapsed up to it)

    @property
    def live(self) -> bool:
        return self.applies and self.ended is None and self.voided is None


class Oracle:
    """The clocks of one story at `now`. Steps must lie on whole ticks after the creation."""

    def __init__(self, story: Any, versions: Any, now: int, tick: int = 1) -> None:
        self.story, self.versions, self.now, self.tick = story, versions, now, tick
        self.header = dict(story.first)
        self.clocks: list[Clock] = []
        self.terms = self.terms_at(story.position)
        self.position = story.position
        self.woken = self.responded = self.unanswered = self.regrouped = False
        self.category = self.category_now()
        if now < story.created:
            return
        steps = [(m.at, m.position, 0, n, m) for n, m in enumerate(story.messages)]
        steps += [(c.at, c.position, 1, n, c) for n, c in enumerate(story.changes)]
        steps += [
            (v.at, v.position, 2, n, v)
            for n, v in enumerate(versions)
            if v.rebases and v.position > story.position
        ]
        self.create(story.created)
        steps = sorted((max(at, story.created), *rest) for at, *rest in steps)
        for t in range(story.created, now + 1, tick):
            while steps and steps[0][0] == t:
                self.step(t, steps.pop(0)[-1])
            if t < now:
                self.pass_tick(t)

    # ---- one tick

    def pass_tick(self, t: int) -> None:
        for clock in self.clocks:
            clock.record.append((t, clock.elapsed))
            if not clock.live:
                clock.left_out += self.tick
            elif not self.runs(clock):
                clock.paused += self.tick
            elif clock.calendar is None or not clock.calendar.is_open(t):
                clock.closed += self.tick
            else:
                if clock.target is not None and clock.elapsed >= clock.target:
                    self.breach(clock, t)
                clock.elapsed += self.tick

    def runs(self, clock: Clock) -> bool:
        if clock.metric not in PAUSING or self.woken or not self.known or clock.policy is None:
            return True
        return not {self.category, self.header.get("status", "")} & set(clock.policy.pause_on)

    def breach(self, clock: Clock, t: int) -> None:
        if clock.breached is None:
            clock.breached, clock.breach_target = t, clock.target
            clock.breach_policy, clock.breach_priority = clock.policy.id, clock.priority

    # ---- what is promised

    def terms_at(self, position: int) -> Any:
        return next((v for v in reversed(self.versions) if v.position <= position), None)

    def look_up(self, clock: Clock, t: int) -> None:
        terms = clock.terms
        clock.priority = self.header.get("priority") or terms.default_priority
        clock.policy = next((p for p in terms.policies if p.when is None or p.when.holds(self.header)), None)
        clock.calendar = clock.target = None
        if clock.policy is not None:
            clock.calendar = terms.calendars.get(clock.policy.calendar)
            targets = clock.policy.targets.get(clock.priority)
            if clock.calendar is not None and targets and clock.metric in targets:
                clock.target = self.seconds(clock, targets[clock.metric])
        if clock.target is not None and clock.elapsed > clock.target:
            self.breach(clock, t)

    def seconds(self, clock: Clock, duration: Any) -> int | None:
        if not duration.days:
            return int(duration.seconds)
        end = clock.calendar.add_days(clock.started, duration.days)
        return None if end is None else sum(
            self.tick for t in range(clock.started, end, self.tick) if clock.calendar.is_open(t)
        )  # fmt: skip

    # ---- what the ticket is

    def category_now(self) -> str:
        terms = self.terms or (self.versions[0] if self.versions else None)
        self.known = terms is None or self.header.get("status", "") in terms.categories
        if self.header.get("merged_into"):
            return "cancelled"
        return terms.categories.get(self.header.get("status", ""), "open") if terms else "open"

    @property
    def phase(self) -> str:
        if self.woken:
            return "active"
        return {"resolved": "finished", "closed": "finished", "cancelled": "cancelled"}.get(
            self.category, "active"
        )

    def live(self, *metrics: str) -> list[Clock]:
        return [c for c in self.clocks if c.live and (not metrics or c.metric in metrics)]

    # ---- what happens

    def create(self, t: int) -> None:
        if self.terms is None:
            return
        first = self.start("first_response", t)
        resolution = self.start("resolution", t)
        if self.terms.is_agent(self.header.get("requester", "")):
            first.applies, self.responded = False, True
        if self.phase == "finished":
            first.applies = resolution.applies = False
            self.responded = True
            return
        assign = self.start("assign", t)
        if assign and self.header.get("assignee"):
            assign.ended = t
        if self.phase == "cancelled":
            self.cancel(t)

    def start(self, metric: str, t: int) -> Clock | None:
        if self.terms is None or not self.promised(metric):
            return None
        number = 1 + sum(c.metric == metric for c in self.clocks)
        clock = Clock(metric, number, t, self.terms, position=self.position)
        self.look_up(clock, t)
        self.clocks.append(clock)
        return clock

    def promised(self, metric: str) -> bool:
        """Cycles are counted from the first that somebody may be held to; two metrics are always there."""
        rebases = [v for v in self.versions if v.rebases and v.position > self.story.position]
        named = {
            m
            for v in (self.terms, *rebases)
            for p in v.policies
            for each in p.targets.values()
            for m in each or ()
        }
        return metric in ("first_response", "resolution") or metric in named

    def step(self, t: int, what: Any) -> None:
        if hasattr(what, "rebases"):
            for clock in self.live():
                if clock.policy and clock.policy.id in what.rebases and clock.terms.position < what.position:
                    clock.terms = what
                    self.look_up(clock, t)
            return
        if what.position >= 0:
            self.position = what.position
            self.terms = self.terms_at(what.position)
        if hasattr(what, "kind"):
            by_program = what.automatic or (self.terms is not None and self.terms.is_robot(what.author))
            if what.kind == "customer" and not by_program:
                self.asked(t)
            elif what.kind == "reply" and not by_program:
                self.answered(t)
        else:
            self.changed(t, what)

    def asked(self, t: int) -> None:
        if self.category in SLEEPING and not self.woken:
            if self.category != "resolved":
                self.woken = True
            elif self.within_window(t):
                self.woken = True
                self.reopen(t)
        self.unanswered = self.responded
        self.want_answer(t)

    def want_answer(self, t: int) -> None:
        if self.phase == "active" and self.unanswered and not self.live("next_response"):
            self.unanswered = False
            self.start("next_response", t)

    def answered(self, t: int) -> None:
        self.responded, self.unanswered = True, False
        for clock in self.clocks:
            if clock.metric in RESPONSES and clock.live:
                clock.ended = t
            elif clock.metric in RESPONSES and clock.voided is not None and clock.ends_in_void is None:
                clock.ends_in_void = t
        if self.phase == "active":
            self.start("update", t)

    def changed(self, t: int, change: Any) -> None:
        before, phase = dict(self.header), self.phase
        self.header.update(change.values)
        for clock in self.live():
            self.look_up(clock, t)
        if "status" in change.values or "merged_into" in change.values:
            self.woken, self.category = False, self.category_now()
            self.moved(t, phase, change)
        self.assigned(t, before)

    def moved(self, t: int, old: str, change: Any) -> None:
        new = self.phase
        if old == "cancelled" and new != "cancelled":
            for clock in self.clocks:
                if clock.voided is not None and not clock.for_good and clock.metric != "assign":
                    self.go_on(clock, t)
        if new == "cancelled" and old != "cancelled":
            self.cancel(t)
        elif new == "finished" and old != "finished":
            self.finish(t, change)
        elif new == "active" and old != "active":
            self.reopen(t)
        if new == "active":
            self.want_answer(t)

    def cancel(self, t: int) -> None:
        for clock in self.live():
            clock.voided, clock.left_out = t, 0

    def finish(self, t: int, change: Any) -> None:
        for clock in self.live():
            if clock.metric == "assign":
                clock.voided = t
            elif clock.metric == "update" and (clock.started == t or clock.position == change.position):
                self.clocks.remove(clock)
            else:
                clock.ended = t
                clock.no_reply = clock.metric in ("first_response", "next_response")
            clock.left_out = 0
        self.responded, self.unanswered = True, False

    def reopen(self, t: int) -> None:
        resolutions = [c for c in self.clocks if c.metric == "resolution"]
        if resolutions and not self.live("resolution"):
            last = resolutions[-1]
            if not last.applies or (last.policy is not None and last.policy.reopen == "new_cycle"):
                self.start("resolution", t)
            else:
                if last.first_stopped is None:
                    last.first_stopped = last.ended
                    last.first_verdict = "met" if last.breached is None else "breached"
                last.ended = None
                self.go_on(last, t)
        assigns = [c for c in self.clocks if c.metric == "assign"]
        if assigns and assigns[-1].voided is not None and not assigns[-1].for_good:
            self.go_on(assigns[-1], t)
        if self.regrouped and not self.header.get("assignee") and not self.live("assign"):
            self.start("assign", t)
        self.regrouped = False

    def go_on(self, clock: Clock, t: int) -> None:
        since, clock.voided = clock.voided, None
        if clock.ends_in_void is not None:
            clock.paused += clock.ends_in_void - since
            clock.ended = clock.ends_in_void
        else:
            clock.paused += clock.left_out
            self.look_up(clock, t)
        clock.left_out = 0

    def within_window(self, t: int) -> bool:
        ends = [c for c in self.clocks if c.metric == "resolution" and c.ended is not None]
        if not ends or ends[-1].policy is None or ends[-1].policy.reopen_window is None:
            return True
        window = ends[-1].policy.reopen_window
        return t <= ends[-1].ended + window.seconds

    def assigned(self, t: int, before: dict[str, Any]) -> None:
        group, old = self.header.get("group", ""), before.get("group", "")
        assigns = [c for c in self.clocks if c.metric == "assign"]
        if self.header.get("assignee") and not before.get("assignee"):
            for clock in assigns:
                if clock.live:
                    clock.ended = t
                elif clock.voided is not None and not clock.for_good and clock.ends_in_void is None:
                    clock.ends_in_void = t
        if group == old:
            return
        for clock in assigns:
            if old and clock.live:
                clock.voided, clock.for_good = t, True
            elif old and clock.voided is not None and clock.ends_in_void is None:
                clock.for_good = True
        if self.phase != "active":
            self.regrouped = self.regrouped or bool(old)
        elif not self.header.get("assignee") and not self.live("assign"):
            self.start("assign", t)

    # ---- what is told

    def rows(self) -> list[dict[str, Any]]:
        """Returns a dict for each clock that is held to a target, or was late for one."""
        found = [c for c in self.clocks if c.target is not None or c.breached is not None]
        return [self.row(clock) for clock in found]

    def row(self, clock: Clock) -> dict[str, Any]:
        runs = clock.live and self.runs(clock)
        late = clock.breached is not None
        if not clock.applies:
            state = "n/a"
        elif clock.voided is not None:
            state = "void"
        elif clock.ended is not None:
            state = "breached" if late else "met"
        elif late:
            state = "breached_running"
        else:
            state = "running" if runs else "paused"
        return {
            "metric": clock.metric,
            "cycle": clock.cycle,
            "state": state,
            "policy": clock.policy.id if clock.policy else "",
            "priority": clock.priority,
            "started": clock.started,
            "stopped": (clock.ended if clock.ended is not None else clock.voided)
            if clock.applies
            else clock.started,
            "target": clock.target if clock.applies else None,
            "elapsed": clock.elapsed,
            "paused": clock.paused,
            "closed": clock.closed,
            "due": self.due(clock) if runs else None,
            "breached": clock.breached,
            "breach_target": clock.breach_target,
            "breach_policy": clock.breach_policy,
            "breach_priority": clock.breach_priority,
            "late_by": max(0, clock.elapsed - clock.breach_target) if late else 0,
            "no_reply": clock.no_reply,
            "first_verdict": clock.first_verdict,
            "first_stopped": clock.first_stopped,
        }

    def due(self, clock: Clock) -> int | None:
        """Returns the latest instant at which elapsed ≤ target, walking there."""
        if clock.target is None or clock.calendar is None:
            return None
        if clock.elapsed > clock.target:
            return max(t for t, elapsed in clock.record if elapsed <= clock.target)
        t, elapsed = self.now, clock.elapsed
        for _ in range(HORIZON):
            if clock.calendar.is_open(t):
                if elapsed >= clock.target:
                    return t
                elapsed += self.tick
            t += self.tick
        return None
