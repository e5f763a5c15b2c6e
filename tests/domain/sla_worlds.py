"""Small worlds made up by hypothesis: calendars of 24 ticks a day, policies, and histories of one ticket in them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from hypothesis import strategies as st

from gitdesk.domain.duration import Duration
from gitdesk.domain.sla_history import Change, Said, Story
from gitdesk.domain.sla_policy import Policy, Terms
from gitdesk.domain.ticket import TicketId

DAY, WEEK = 24, 7
STATUSES = {
    "new": "new", "open": "open", "waiting": "waiting", "external": "external", "snoozed": "snoozed",
    "resolved": "resolved", "closed": "closed", "cancelled": "cancelled", "spam": "cancelled",
}  # fmt: skip
AGENTS, ROBOTS = ("marko", "iva"), ("bot",)


class Ticks:
    """A calendar that looks at every tick: open by the tick of the week, shut on some days."""

    def __init__(self, open_ticks: frozenset[int], holidays: frozenset[int] = frozenset()) -> None:
        self.open_ticks, self.holidays = open_ticks, holidays

    def __repr__(self) -> str:
        return f"Ticks({sorted(self.open_ticks)}, {sorted(self.holidays)})"

    def is_open(self, t: int) -> bool:
        return t % (DAY * WEEK) in self.open_ticks and t // DAY not in self.holidays

    @cached_property
    def _end(self) -> int:
        return (max(self.holidays, default=0) + 1) * DAY + DAY * WEEK * 200

    def elapsed(self, a: int, b: int) -> int:
        return sum(self.is_open(t) for t in range(a, b))

    def due(self, a: int, seconds: int) -> int | None:
        if not self.open_ticks:
            return None
        t = a
        while not self.is_open(t) or seconds:
            seconds -= self.is_open(t)
            t += 1
        return t

    def add_days(self, a: int, count: int) -> int | None:
        if not self.open_ticks:
            return None
        while not self.is_open(a):
            a += 1
        while count:
            a += DAY
            count -= self.elapsed(a // DAY * DAY, (a // DAY + 1) * DAY) > 0
        return a

    def gap(self, _: int, __: int) -> str:
        return ""


class Tagged:
    """A query for a tag, as the engine asks it and as the oracle does."""

    decides_by_header = True

    def __init__(self, tag: str) -> None:
        self.tag = tag

    def __repr__(self) -> str:
        return f"Tagged({self.tag})"

    def matches(self, facts: Any, _: Any) -> bool:
        return self.tag in facts.ticket.tags

    def holds(self, header: dict[str, Any]) -> bool:
        return self.tag in header.get("tags", ())


@st.composite
def calendars(draw: st.DrawFn) -> Ticks:
    """A week with a few shifts, some past midnight, and a few holidays; now and then one that never opens."""
    ticks: set[int] = set()
    for _ in range(draw(st.integers(0, 7)) if draw(st.booleans()) else 5):
        start = draw(st.integers(0, DAY * WEEK - 1))
        ticks.update(t % (DAY * WEEK) for t in range(start, start + draw(st.integers(1, 30))))
    return Ticks(frozenset(ticks), frozenset(draw(st.sets(st.integers(0, 30), max_size=3))))


durations = st.one_of(
    st.integers(1, 60).map(lambda n: Duration(text=f"{n}s", seconds=n)),
    st.integers(1, 3).map(lambda n: Duration(text=f"{n}bd", days=n)),
)
PRIORITIES = (("high", "low", "normal"), ("high", "low", "normal"), ("high", "normal"))
METRICS = ("first_response", "next_response", "update", "resolution", "assign")
every_metric = st.fixed_dictionaries(dict.fromkeys(METRICS, durations))
promises = st.one_of(
    every_metric,
    every_metric,
    every_metric,
    st.none(),
    st.fixed_dictionaries({}, optional=dict.fromkeys(METRICS, durations)),
)


@st.composite
def policies(draw: st.DrawFn, name: str, query: Tagged | None) -> Policy:
    return Policy(
        id=name,
        when=query,  # type: ignore[arg-type]
        calendar=draw(st.sampled_from((*"aaaabbbb", "missing"))),
        pause_on=draw(
            st.sampled_from(
                (
                    frozenset(("waiting", "snoozed")),
                    frozenset(("waiting",)),
                    frozenset(("external", "snoozed", "gone")),
                    frozenset(),
                )
            )
        ),
        reopen=draw(st.sampled_from(("resume", "new_cycle"))),
        reopen_window=draw(st.none() | st.integers(1, 40).map(lambda n: Duration(text="", seconds=n))),
        targets={name: draw(promises) for name in draw(st.sampled_from(PRIORITIES))},
    )


@st.composite
def versions(draw: st.DrawFn) -> list[Terms]:
    """One to three versions of the configuration; the first may come after the ticket."""
    shared = {"a": draw(calendars()), "b": draw(calendars())}
    found = []
    for number in range(draw(st.integers(1, 3))):
        kinds = draw(
            st.sampled_from(((None,), (None,), ("gold", None), ("vip", "gold", None), ("gold",), ()))
        )
        listed = tuple(
            draw(policies(f"p{place}", Tagged(kind) if kind else None)) for place, kind in enumerate(kinds)
        )
        found.append(
            Terms(
                position=draw(st.sampled_from((0, 0, 0, 3))) if not number else 6 + number * 5,
                commit=f"{number}" * 40,
                at=draw(st.integers(0, 200)),
                rebases=draw(st.sampled_from((frozenset(), frozenset(), frozenset(("p0", "p1"))))),
                policies=listed,
                calendars=shared,  # type: ignore[arg-type]
                categories=STATUSES,
                default_priority=draw(st.sampled_from(("normal", ""))),
                is_agent=lambda name: name in AGENTS,
                is_robot=lambda name: name in ROBOTS,
                scope=object(),  # type: ignore[arg-type]
            )
        )
    return found


headers = st.fixed_dictionaries(
    {"status": st.sampled_from((*["new"] * 9, *["open"] * 9, "waiting", *STATUSES, "gone"))},
    optional={
        "priority": st.sampled_from(("high", "low", "normal", "")),
        "assignee": st.sampled_from(("", "marko")),
        "group": st.sampled_from(("", "support", "net")),
        "requester": st.sampled_from(("ana", "", "marko")),
        "tags": st.sampled_from(((), ("gold",), ("vip", "gold"))),
    },
)
values = st.one_of(
    st.sampled_from(("open", "waiting", "resolved", *STATUSES, "gone")).map(lambda s: {"status": s}),
    st.sampled_from(("high", "low", "normal", "")).map(lambda s: {"priority": s}),
    st.sampled_from(((), ("gold",), ("vip",))).map(lambda s: {"tags": s}),
    st.fixed_dictionaries({"status": st.sampled_from(("open", "resolved", "waiting"))}, optional={
        "priority": st.sampled_from(("high", "low")), "assignee": st.sampled_from(("", "iva")),
        "tags": st.sampled_from(((), ("gold",))), "group": st.sampled_from(("", "net")),
    }),
    st.sampled_from(("", "marko", "iva")).map(lambda s: {"assignee": s}),
    st.sampled_from(("", "support", "net")).map(lambda s: {"group": s}),
    st.sampled_from(("", "GD-00000002")).map(lambda s: {"merged_into": s}),
)  # fmt: skip


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A ticket with up to twelve steps; a message may have come in with a change, or be dated before older steps."""
    created = draw(st.integers(0, DAY * 3))
    at, position = created, 1
    changes, messages = [], []
    for _ in range(draw(st.integers(0, 12))):
        at += draw(st.sampled_from((0, 0, 1, 2, 5, 9, 24, 40)))
        position += draw(st.integers(1, 2))
        kind = draw(st.sampled_from(("change", "change", "say", "both")))
        if kind != "change":
            messages.append(
                Said(
                    at=max(created, at - draw(st.sampled_from((0, 0, 0, 1, 7)))),
                    kind=draw(st.sampled_from(("reply", "reply", "customer", "customer", "note"))),
                    author=draw(st.sampled_from(("marko", "marko", "ana", "bot"))),
                    automatic=draw(st.sampled_from((False, False, False, True))),
                    position=position,
                )
            )
        if kind != "say":
            changes.append(Change(at=at, position=position, values=draw(values), by="marko"))
    return Story(
        ticket=TicketId("GD-00000001"),
        title="t",
        created=created,
        came=created,
        position=1,
        first=draw(headers),
        changes=changes,
        messages=messages,
    )
