"""What there is to say of a proposal: who wants what, how it stands with approvals, and what is in the way."""

from __future__ import annotations

from gitdesk.desk import landings, proposals
from gitdesk.desk.proposal_clocks import effects
from gitdesk.desk.proposal_remote import remote_of
from gitdesk.domain.approval import approvers
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from gitdesk.desk.door import Desk
    from gitdesk.desk.proposal_clocks import Effect
    from gitdesk.desk.proposals import Proposal
    from gitdesk.domain.approval import Standing
    from gitdesk.domain.people import Person

# How a proposal is, the first that holds.
DONE, REJECTED, OUTDATED, APPROVED, FREE, WAITING = (
    "on the desk",
    "rejected",
    "outdated",
    "approved",
    "free",
    "waiting",
)


class Review(Value):
    """One proposal as people look at it.

    `standings` tell what needs whose approval; none are left where the desk has changed the same files since.
    `waits_for` are the people whose approval is still missing and would count.
    """

    proposal: Proposal
    state: str
    by: str
    at: datetime | None
    reason: str
    title: str
    standings: tuple[Standing, ...]
    waits_for: tuple[Person, ...]
    clocks: tuple[Effect, ...] = ()


def review(desk: Desk, proposal: Proposal, *, clocks: bool = True) -> Review:
    """Returns what there is to say of a proposal; raises GitdeskError where its files cannot be read."""
    first = proposal.first
    standings = landings.standings(desk, proposal.tip, proposal.head) if proposal.base else ()
    state = _state(proposal, standings)
    return Review(
        proposal=proposal,
        state=state,
        by=proposal.author,
        at=first.author.at if first is not None else None,
        reason=first.body if first is not None else "",
        title=first.subject if first is not None else proposal.name,
        standings=standings,
        waits_for=tuple(_missing(desk, standings)) if state in (WAITING, OUTDATED) else (),
        clocks=effects(desk, proposal) if clocks and state != DONE else (),
    )


def _state(proposal: Proposal, standings: Sequence[Standing]) -> str:
    if proposal.is_done:
        return DONE
    if any(one.blocking for one in standings):
        return REJECTED
    if proposal.outdated or not proposal.base:
        return OUTDATED
    if not standings:
        return FREE
    return APPROVED if all(one.met for one in standings) else WAITING


def _missing(desk: Desk, standings: Iterable[Standing]) -> Iterator[Person]:
    """Yields, each once, the people who could still give an approval that is missing."""
    told: set[str] = set()
    for one in standings:
        if not one.missing:
            continue
        have = {verdict.person for verdict in one.counted}
        for person in approvers(one.need, desk.config, one.contributors):
            if person.id not in have and person.id not in told:
                told.add(person.id)
                yield person


def hopeless(desk: Desk, standing: Standing) -> str:
    """Returns why a need can never be met by the people there are, "" where it can."""
    have = {verdict.person for verdict in standing.counted}
    left = [
        one.id for one in approvers(standing.need, desk.config, standing.contributors) if one.id not in have
    ]
    if len(left) >= standing.missing:
        return ""
    who = f"only {' and '.join(left)} can still approve it" if left else "nobody can approve it"
    return f"{who}, and {standing.missing} more must: somebody else has to propose it"


def reviews(
    desk: Desk, *, mine: bool = False, clocks: bool = False, left_out: list[str] | None = None
) -> Iterator[Review]:
    """Yields the open proposals, the oldest first; with `mine` those that wait for whoever is here.

    The names of branches that are too long to be read go to `left_out`.
    """
    me = desk.me.id if mine else ""
    for one in proposals.open_proposals(desk, remote_of(desk), left_out):
        found = review(desk, one, clocks=clocks)
        if not mine or any(person.id == me for person in found.waits_for):
            yield found
