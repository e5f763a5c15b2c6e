"""Which policy each ticket has and why: by today's gitdesk.yaml, and by the version its running clocks are held to."""

from __future__ import annotations

from gitdesk.desk.clock_index import with_clocks
from gitdesk.desk.terms import Book, terms_of
from gitdesk.domain.query import Facts, Query
from gitdesk.domain.query_match import matches
from gitdesk.domain.query_tree import And
from gitdesk.domain.sla_standing import Standing as Kept
from gitdesk.domain.sla_standing import moment
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.sla_policy import Policy, Terms
    from gitdesk.domain.ticket import TicketId

_COLUMNS = ("id", "title", "priority")
_LIVE = ("running", "paused")


class Held(Value):
    """Terms that running clocks of a ticket are held to: the policy in the version of a commit, and since when."""

    policy: str
    commit: str
    at: datetime | None
    metrics: tuple[str, ...]


class Standing(Value):
    """The policy of one ticket. `policy` is "" when none matches today; `held` is what its running clocks go by."""

    ticket: str
    title: str
    priority: str
    policy: str
    when: str
    calendar: str
    targets: Mapping[str, str] | None
    held: tuple[Held, ...]
    steps: tuple[
        tuple[str, bool, tuple[tuple[str, bool], ...]], ...
    ] = ()  # policy, whether it matches, its terms
    ignored: tuple[str, ...] = ()


def listed(desk: Desk, query: str = "") -> Iterator[Standing]:
    """Yields the policy of each ticket a query selects, of those that are not done without one."""
    index = with_clocks(desk, always=True)
    rows = index.clock_rows()
    terms = current(desk)
    if query.strip():
        Query.parse(query, desk.scope(query).vocabulary)  # a mistake is shown in the words of the person
    base = f"({query})" if query.strip() else "-is:done"
    found = {row[0]: row for row in desk.find(f"{base} sort:id", columns=_COLUMNS, everything=True).rows}
    chosen: dict[str, Policy] = {}
    for policy in terms.policies:
        left = found.keys() - chosen.keys()
        if policy.when is None:
            chosen |= dict.fromkeys(left, policy)
            break
        asked = desk.find(f"{base} ({policy.when}) sort:id", columns=("id",), everything=True)
        chosen |= {row[0]: policy for row in asked.rows if row[0] in left}
    held = _held(Book(desk, rows), rows.kept(tuple(found)))
    for ticket, row in found.items():
        yield _standing(row, chosen.get(ticket), terms, held.get(ticket, ()))


def explained(desk: Desk, ticket_id: TicketId) -> Standing:
    """Returns the policy of one ticket, with every policy that was asked before it and which of its terms held."""
    index = with_clocks(desk, always=True)
    rows = index.clock_rows()
    terms, book = current(desk), Book(desk, rows)
    ticket = desk.ticket(ticket_id)
    facts, steps, chosen = Facts(ticket=ticket, path=""), [], None
    for policy in terms.policies:
        assert terms.scope is not None
        parts: tuple[tuple[str, bool], ...] = ()
        fits = True
        if policy.when is not None:
            tree = policy.when.tree
            nodes = tree.nodes if isinstance(tree, And) else (tree,)
            parts = tuple((str(node), matches(node, facts, terms.scope)) for node in nodes)
            fits = policy.when.matches(facts, terms.scope)
        steps.append((policy.id, fits, parts))
        if fits:
            chosen = policy
            break
    held = _held(book, rows.kept((ticket_id,))).get(ticket_id, ())
    row = (ticket_id, ticket.title, ticket.priority)
    return replace(_standing(row, chosen, terms, held), steps=tuple(steps), ignored=book.ignored())


def current(desk: Desk) -> Terms:
    """Returns what gitdesk.yaml promises at the tip."""
    from gitdesk.desk.calendars import holiday_files

    return terms_of(desk.config, holiday_files(desk.repo, desk.config_commit), commit=desk.config_commit)


def _held(book: Book, kept: Iterator[Any]) -> dict[str, tuple[Held, ...]]:
    """Returns by ticket the versions of policies its running clocks are held to."""
    found: dict[str, dict[tuple[str, str, int], list[str]]] = {}
    for _, _, row in kept:
        ticket, one = row[0], Kept(*row[1:-3])
        if one.state in _LIVE:
            key = (one.policy, one.commit, one.version)
            found.setdefault(ticket, {}).setdefault(key, []).append(one.metric)
    times = book.times()
    return {
        ticket: tuple(
            Held(policy=policy, commit=commit, at=moment(times.get(version)), metrics=tuple(metrics))
            for (policy, commit, version), metrics in held.items()
        )
        for ticket, held in found.items()
    }


def _standing(row: Any, policy: Policy | None, terms: Terms, held: tuple[Held, ...]) -> Standing:
    ticket, title, priority = row
    counted = priority or terms.default_priority
    given = policy.targets.get(counted) if policy is not None else None
    return Standing(
        ticket=ticket,
        title=title or "",
        priority=priority or "",
        policy="" if policy is None else policy.id,
        when="" if policy is None or policy.when is None else str(policy.when),
        calendar="" if policy is None else policy.calendar,
        targets=None if given is None else {metric: target.text for metric, target in given.items()},
        held=held,
    )
