"""A Watch: one clock of one ticket while history is replayed, and the Standing it is left in. All times are seconds.

Arithmetic as service levels define it: working time is calendar ∩ clock running, added up stretch by stretch, each
under the calendar in force then; breached is elapsed > target, so equal is met; a breach is never taken back.
"""

from __future__ import annotations

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.sla_policy import Policy, Terms

RUN, STAND, ENDED, VOIDED = "run", "stand", "ended", "voided"


class Stretch(Value):
    """A part of a clock's time in which nothing about it changed.

    `elapsed` is the working time of this part, `cause` the number of the step that began it; `target` is None when
    there was none, `calendar` None when no policy gave one.
    """

    start: int
    end: int
    running: bool
    elapsed: int
    calendar: Calendar | None
    policy: str
    terms: Terms
    priority: str
    target: int | None
    status: str
    cause: int


_Part = tuple[int, int, bool, int, "Calendar | None", "Policy | None", "Terms", str, "int | None", str, int]


class Watch:
    """One clock. `settle` brings it to an instant; whatever changes its course is called after that."""

    __slots__ = (
        "_parts", "at", "breach_policy", "breach_priority", "breach_target", "breached", "calendar", "cause", "closed",
        "elapsed", "ends", "first_stopped", "first_verdict", "loosened_by", "metric", "mode", "no_reply",
        "number", "paused", "policy", "priority", "remarks", "started", "status", "stopped", "target",
        "terms", "why_none",
    )  # fmt: skip

    def __init__(self, metric: str, number: int, at: int, terms: Terms, cause: int) -> None:
        self.metric, self.number, self.started, self.at = metric, number, at, at
        self.terms, self.cause = terms, cause
        self.mode = RUN
        self.policy: Policy | None = None
        self.calendar: Calendar | None = None
        self.priority = self.status = ""
        self.target: int | None = None
        self.why_none = ""
        self.elapsed = self.paused = self.closed = 0
        self.breached: int | None = None
        self.breach_target: int | None = None
        self.breach_policy = self.breach_priority = self.loosened_by = ""
        self.stopped: int | None = None
        self.ends: int | None = None  # while it is void: when what it waits for was done all the same
        self.no_reply = False
        self.first_verdict, self.first_stopped = "", None  # type: str, int | None
        self.remarks: list[str] = []
        # As plain tuples, for only explanations want to see them: start to gained, then the parts of a Stretch.
        self._parts: list[_Part] = []

    def copy(self) -> Watch:
        """Returns another one that stands where this one does and goes its own way from there."""
        other = Watch.__new__(Watch)
        for name in Watch.__slots__:
            setattr(other, name, getattr(self, name))
        other.remarks, other._parts = list(self.remarks), list(self._parts)
        return other

    @property
    def is_live(self) -> bool:
        """Tells whether it has neither ended nor been voided."""
        return self.mode in (RUN, STAND)

    def settle(self, at: int, cause: int = -1) -> None:
        """Accounts for the time up to an instant; what comes after it is because of step `cause`."""
        start = self.at
        if at > start:
            wall, gained = at - start, 0
            running, calendar, target = self.mode == RUN, self.calendar, self.target
            if not running:
                self.paused += wall
            elif calendar is None:
                self.closed += wall
            else:
                gained = calendar.elapsed(start, at)
                if target is not None and self.breached is None and self.elapsed + gained > target:
                    self._breach(calendar.due(start, target - self.elapsed))
                self.elapsed += gained
                self.closed += wall - gained
            self._parts.append(
                (start, at, running, gained, calendar, self.policy, self.terms, self.priority, target,
                 self.status, self.cause)
            )  # fmt: skip
            self.at = at
        if cause >= 0:
            self.cause = cause

    @property
    def stretches(self) -> list[Stretch]:
        """Returns the parts of its time in order, those that one step began as one."""
        told: list[Stretch] = []
        for (
            start,
            end,
            running,
            elapsed,
            calendar,
            policy,
            terms,
            priority,
            target,
            status,
            cause,
        ) in self._parts:
            if told and told[-1].running is running and told[-1].cause == cause:
                last = told.pop()
                start, elapsed = last.start, last.elapsed + elapsed
            told.append(
                Stretch(
                    start=start, end=end, running=running, elapsed=elapsed, calendar=calendar,
                    policy="" if policy is None else policy.id, terms=terms, priority=priority, target=target,
                    status=status, cause=cause,
                )
            )  # fmt: skip
        return told

    def hold(
        self,
        policy: Policy | None,
        calendar: Calendar | None,
        target: int | None,
        priority: str,
        by: str = "",
    ) -> None:
        """Holds it to a target from the instant it was settled to; a target that is over already is missed now."""
        if self.breach_target is not None and not self.loosened_by and by:
            loosened = target is None or target > self.breach_target
            self.loosened_by = by if loosened else ""
        self.policy, self.calendar, self.target, self.priority = policy, calendar, target, priority
        if target is not None and self.breached is None and self.elapsed > target:
            self._breach(self.at)

    def _breach(self, at: int | None) -> None:
        self.breached = self.at if at is None else at
        self.breach_target, self.breach_priority = self.target, self.priority
        self.breach_policy = self.policy.id if self.policy is not None else ""

    def pause(self, stands: bool) -> None:
        """Lets a live clock stand or run, from the instant it was settled to."""
        if self.is_live:
            self.mode = STAND if stands else RUN

    def stop(self, *, no_reply: bool = False) -> None:
        """Ends it at the instant it was settled to."""
        self.mode, self.stopped, self.no_reply = ENDED, self.at, no_reply

    def void(self) -> None:
        """Voids it at the instant it was settled to."""
        self.mode, self.stopped = VOIDED, self.at

    def revive(self, at: int, cause: int) -> bool:
        """Lets it go on after it ended or was voided; the time in between is left out, the first verdict is kept.

        Tells whether it goes on: not when what it waits for was done while it was void; then it ended there.
        """
        if self.mode == ENDED and self.first_stopped is None:
            self.first_stopped = self.stopped
            self.first_verdict = "met" if self.breached is None else "breached"
        end, self.ends = self.ends, None
        self.mode, self.stopped, self.no_reply = STAND, None, False
        self.settle(at if end is None else end, cause)
        if end is not None:
            self.stop()
        else:
            self.mode = RUN
        return end is None

    def ran_since(self) -> int:
        """Returns since when a running clock has run without a pause, closed hours included."""
        since = self.at
        for start, end, running, *_ in reversed(self._parts):
            if not running or end != since:
                break
            since = start
        return since

    def due(self) -> int | None:
        """Returns the latest instant at which elapsed ≤ target, of a running clock as of the last settling."""
        if self.target is None or self.calendar is None:
            return None
        if self.elapsed <= self.target:
            return self.calendar.due(self.at, self.target - self.elapsed)
        spent = 0
        for start, _, _, gained, calendar, *_ in self._parts:
            if calendar is not None and spent + gained > self.target:
                return calendar.due(start, self.target - spent)
            spent += gained
        return self.breached
