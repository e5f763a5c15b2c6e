"""Policies: what is promised to which tickets, as one version of gitdesk.yaml says it."""

from __future__ import annotations

from gitdesk.domain.duration import Duration, parse
from gitdesk.domain.query import Facts, Query
from gitdesk.domain.sla_cycle import METRICS
from gitdesk.domain.workflow import ANY, CANCELLED, PAUSING
from gitdesk.value import Value, fresh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any, Protocol

    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.query import Scope
    from gitdesk.domain.ticket import Ticket

    class TermVersions(Protocol):
        """The terms of a desk in the order of history; a list of them, or what reads them when they are asked for."""

        def __len__(self) -> int: ...

        def __getitem__(self, number: int, /) -> Terms: ...

        def __iter__(self) -> Iterator[Terms]: ...


__all__ = ["ANY", "CANCELLED", "Policy", "Terms", "policies_of"]

RESUME, NEW_CYCLE = "resume", "new_cycle"


class Policy(Value):
    """One promise: for the tickets of `when` (None: all), by priority and metric. `calendar` is "" for always.

    `targets` has no priority that the policy says nothing about, and None for one with `none`.
    """

    id: str
    when: Query | None = None
    calendar: str = ""
    pause_on: frozenset[str] = frozenset(PAUSING)
    reopen: str = RESUME
    reopen_window: Duration | None = None
    targets: Mapping[str, Mapping[str, Duration] | None]

    def pauses(self, status: str, category: str) -> bool:
        """Tells whether clocks that can pause stand in a status of a category."""
        return status in self.pause_on or category in self.pause_on


class Terms(Value, slots=False):
    """Everything a version of the desk's configuration says to the clocks; in force from a place in history on.

    `position` is that place, `commit` the commit and `at` its time in epoch seconds. `categories` maps statuses,
    `is_agent` and `is_robot` judge an author or requester as tickets write them. `matched_by` names the keys of
    queries that decide which policy a ticket has. `rebases` are the policies to which running cycles change over at
    this commit.
    """

    position: int
    commit: str
    at: int
    policies: tuple[Policy, ...]
    calendars: Mapping[str, Calendar]
    categories: Mapping[str, str]
    default_priority: str = ""
    is_agent: Callable[[str], bool] = lambda _: False
    is_robot: Callable[[str], bool] = lambda _: False
    scope: Scope | None = None
    rebases: frozenset[str] = frozenset()
    ignored: tuple[str, ...] = ()  # what a commit asked for and did not get, in words
    problems: Mapping[str, str] = fresh(default_factory=dict)  # calendar → why it cannot be used

    def policy_of(self, ticket: Ticket) -> Policy | None:
        """Returns the first policy whose query is true of a ticket, None when there is none."""
        for policy in self.policies:
            if policy.when is None:
                return policy
            assert self.scope is not None
            if policy.when.matches(Facts(ticket=ticket, path=""), self.scope):
                return policy
        return None

    def find(self, policy_id: str) -> Policy | None:
        """Returns the policy of that id, or None."""
        return next((one for one in self.policies if one.id == policy_id), None)

    @property
    def is_uniform(self) -> bool:
        """Tells whether every ticket has the same policy, whatever it says."""
        return not self.policies or self.policies[0].when is None


def policies_of(plain: Mapping[str, Any], query: Callable[[str], Query]) -> tuple[Policy, ...]:
    """Returns the policies that the `sla` section of a checked gitdesk.yaml lists; `query` parses a `when`."""
    return tuple(_policy(one, query) for one in plain.get("policies") or ())


def _policy(plain: Mapping[str, Any], query: Callable[[str], Query]) -> Policy:
    when, window = plain.get("when", "").strip(), plain.get("reopen_window")
    return Policy(
        id=plain["id"],
        when=query(when) if when else None,
        calendar=plain.get("calendar", ""),
        pause_on=frozenset(plain.get("pause_on", PAUSING)),
        reopen=plain.get("reopen", RESUME),
        reopen_window=parse(window, days=True) if window else None,
        targets={priority: _targets(given) for priority, given in plain["targets"].items()},
    )


def _targets(given: Mapping[str, str] | str) -> dict[str, Duration] | None:
    if isinstance(given, str):
        return None
    return {metric: parse(given[metric], days=True) for metric in METRICS if metric in given}
