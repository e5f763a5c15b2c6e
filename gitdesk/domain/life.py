"""The life of a ticket as a team lead counts it: whose turn it was, who had it, who answered; a pure function of steps.

What starts and ends a wait is what starts and ends a clock (docs/service-levels.md), but nothing is promised here: a
life is there on a desk without policies too.
"""

from __future__ import annotations

from bisect import bisect_right

from gitdesk.domain.sla_history import HEADER, steps_of
from gitdesk.domain.sla_matching import ACTIVE, DROPPED, FINISHED, phase_of
from gitdesk.domain.ticket import CUSTOMER, REPLY
from gitdesk.domain.workflow import CANCELLED, OPEN, RESOLVED, SNOOZED, WAITING
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gitdesk.domain.sla_history import Step, Story
    from gitdesk.domain.sla_policy import Terms, TermVersions

# Why a ticket has no first response.
OWN, UNANSWERED, CAME_DONE = "own", "unanswered", "came_done"
_WOKEN = (WAITING, SNOOZED)  # a customer's message makes these the desk's turn, whatever the status says


class Life(Value, kw_only=False):
    """What happened to one ticket; instants in epoch seconds. `header` has what HEADER lists, fields maybe as JSON.

    `turns` are (from when, category) from the creation on; `holders` and `groups` (from when, whose, "" for nobody's).
    `first` is the first response; without one `silent` says why there can be none. `asked` are (asked, answered or
    None, whether an answer ended it) of what customers wrote after it. `replies` are (when, author) of people's public
    answers, `heard` when customers wrote. `last` is the instant of the last step there is.
    """

    ticket: str
    title: str
    created: int
    header: Mapping[str, Any]
    turns: Sequence[tuple[int, str]]
    holders: Sequence[tuple[int, str]] = ()
    groups: Sequence[tuple[int, str]] = ()
    first: int | None = None
    silent: str = ""
    asked: Sequence[tuple[int, int | None, bool]] = ()
    replies: Sequence[tuple[int, str]] = ()
    heard: Sequence[int] = ()
    last: int = 0

    @property
    def came_done(self) -> bool:
        """Tells whether it was finished or cancelled in its first version, so that nobody knows when that was."""
        return phase_of(self.turns[0][1]) != ACTIVE

    @property
    def category(self) -> str:
        """Returns what its last status means; that of a ticket that was merged away is `cancelled`."""
        return self.turns[-1][1]


def life_of(story: Story, versions: TermVersions, now: int | None = None) -> Life | None:
    """Returns the life of a story up to an instant, None of a ticket that begins after it; `now` None for all of it."""
    if now is not None and now < story.created:
        return None
    return _Course(story, versions).run(now)


class _Course:
    """A life while it is followed."""

    def __init__(self, story: Story, versions: TermVersions) -> None:
        self._story, self._versions = story, versions
        self._header: dict[str, Any] = dict(story.first)
        self._terms: Terms | None = None
        self._from = self._until = -1
        self._enter(story.position)
        category = self._categorise()
        self._category, self._phase = category, phase_of(category)
        at = story.created
        self._turns = [(at, category)]
        self._holders, self._groups = [(at, self._said("assignee"))], [(at, self._said("group"))]
        self._first: int | None = None
        self._silent = ""
        if self._phase == FINISHED:
            self._silent = CAME_DONE
        if self._terms is not None and self._terms.is_agent(self._said("requester")):
            self._silent = OWN
        self._asked: list[tuple[int, int | None, bool]] = []
        self._waits: int | None = None  # since when a customer's message waits for an answer
        self._pending = False  # one does, of a ticket that was not open when it came
        self._replies: list[tuple[int, str]] = []
        self._heard: list[int] = []

    def run(self, now: int | None) -> Life:
        story = self._story
        steps = steps_of(story, [])
        for step in steps:
            if now is not None and step.at > now:
                break
            if step.position >= 0 and not self._from <= step.position < self._until:
                self._enter(step.position)
            if step.said is not None:
                self._hear(step)
            else:
                self._change(step)
        header = {name: self._header.get(name, unset) for name, unset in HEADER.items()}
        asked = [*self._asked, (self._waits, None, False)] if self._waits is not None else self._asked
        return Life(
            ticket=story.ticket,
            title=self._header.get("title", story.title),
            created=story.created,
            header=header,
            turns=tuple(self._turns),
            holders=tuple(self._holders),
            groups=tuple(self._groups),
            first=self._first,
            silent=self._silent,
            asked=tuple(asked),
            replies=tuple(self._replies),
            heard=tuple(self._heard),
            last=steps[-1].at if steps else story.created,
        )

    def _enter(self, position: int) -> None:
        """Finds the terms in force at a place in history; before the first ones those."""
        versions = self._versions
        found = bisect_right(versions, position, key=lambda terms: terms.position)
        self._terms = versions[max(found - 1, 0)] if len(versions) else None
        self._from = versions[found - 1].position if found else 0
        self._until = versions[found].position if found < len(versions) else 1 << 62

    def _said(self, name: str) -> str:
        text: str = self._header.get(name, "")
        return text

    def _categorise(self) -> str:
        """Returns what the status means to the desk at this step; one it does not know counts as open."""
        if self._header.get("merged_into"):
            return CANCELLED
        known = self._terms.categories if self._terms is not None else {}
        return known.get(self._said("status"), OPEN)

    def _change(self, step: Step) -> None:
        at, values = step.at, step.values
        self._header.update(values)
        if "assignee" in values:
            _follow(self._holders, at, self._said("assignee"))
        if "group" in values:
            _follow(self._groups, at, self._said("group"))
        if "status" in values or "merged_into" in values:
            self._turn(at, self._categorise())

    def _turn(self, at: int, category: str) -> None:
        phase = phase_of(category)
        if phase == FINISHED and (self._phase != FINISHED or self._waits is not None):
            self._finish(at)
        self._category, self._phase = category, phase
        _follow(self._turns, at, category)
        if phase == ACTIVE and self._pending:
            self._waits, self._pending = at if self._waits is None else self._waits, False

    def _finish(self, at: int) -> None:
        """Ends what waits for an answer when a ticket is resolved or closed."""
        if self._first is None and not self._silent:
            self._silent = UNANSWERED
        if self._waits is not None:
            self._asked.append((self._waits, at, False))
        self._waits, self._pending = None, False

    def _hear(self, step: Step) -> None:
        """Takes in a message; what a program wrote neither asks nor answers."""
        said, at = step.said, step.at
        assert said is not None
        if said.automatic or (self._terms is not None and self._terms.is_robot(said.author)):
            return
        if said.kind == CUSTOMER:
            self._heard.append(at)
            if self._category in _WOKEN:
                self._category = OPEN
                _follow(self._turns, at, OPEN)
            if self._first is not None or self._silent:
                if self._phase == ACTIVE or self._category == RESOLVED:
                    self._waits = at if self._waits is None else self._waits
                else:
                    self._pending = True
        elif said.kind == REPLY:
            self._replies.append((at, said.author))
            if self._first is None and not self._silent:
                self._first = at
            if self._waits is not None:
                self._asked.append((self._waits, at, True))
            self._waits, self._pending = None, False


def _follow(known: list[tuple[int, str]], at: int, value: str) -> None:
    """Notes a value from an instant on, unless it is the one there was."""
    if known[-1][1] != value:
        known.append((at, value))


# What comes out of it


class Flow(Value):
    """One step into the backlog or out of it; `holder` had the ticket then."""

    at: int
    kind: str
    holder: str = ""


CREATED, REOPENED, RESTORED = "created", "reopened", "restored"
RESOLVED_FLOW, CANCELLED_FLOW, ARRIVED_DONE = "resolved", "cancelled", "came_done"
INTO, OUT_OF = (CREATED, REOPENED, RESTORED), (RESOLVED_FLOW, CANCELLED_FLOW, ARRIVED_DONE)
FLOWS = (*INTO, *OUT_OF)


def flows_of(life: Life) -> list[Flow]:
    """Returns the steps of a ticket into the backlog and out of it, in order: they always alternate.

    A ticket that came finished goes out as it comes in. One that is resolved out of a cancelled status goes in first.
    """
    found = [Flow(at=life.created, kind=CREATED)]
    before = phase_of(life.turns[0][1])
    if before != ACTIVE:
        found.append(Flow(at=life.created, kind=ARRIVED_DONE))
    for at, category in life.turns[1:]:
        phase = phase_of(category)
        if phase == before:
            continue
        if before == DROPPED:
            found.append(Flow(at=at, kind=RESTORED))
        elif before == FINISHED and phase == ACTIVE:
            found.append(Flow(at=at, kind=REOPENED))
        if phase == FINISHED:
            found.append(Flow(at=at, kind=RESOLVED_FLOW, holder=held_at(life.holders, at)))
        elif phase == DROPPED and before == ACTIVE:
            found.append(Flow(at=at, kind=CANCELLED_FLOW))
        before = phase
    return found


def held_at(known: Sequence[tuple[int, str]], at: int) -> str:
    """Returns the value that held at an instant, the later one of those that came in it."""
    value = ""
    for since, name in known:
        if since > at:
            break
        value = name
    return value


def backlog_of(flows: Sequence[Flow]) -> list[tuple[int, int | None]]:
    """Returns from when to when a ticket of such steps was in the backlog, None for still."""
    spans: list[tuple[int, int | None]] = []
    for flow in flows:
        if flow.kind in INTO:
            spans.append((flow.at, None))
        else:
            spans[-1] = (spans[-1][0], flow.at)
    return spans


def moves(known: Sequence[tuple[int, str]]) -> list[int]:
    """Returns when a ticket went from one to another; to be given to a first one, or taken away, is no move."""
    found, had = [], ""
    for at, name in known:
        if name and had and name != had:
            found.append(at)
        had = name or had
    return found
