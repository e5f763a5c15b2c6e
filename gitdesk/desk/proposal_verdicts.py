"""Saying something of a proposal: an empty commit on its branch that names exactly what it is about."""

from __future__ import annotations

from gitdesk.desk import proposal_branch, proposal_remote, proposals, reviewing
from gitdesk.desk.proposal_remote import LostRace, Unreachable, Wanted, remote_of
from gitdesk.desk.proposal_sending import TRIES, pause, send
from gitdesk.domain.approval import APPROVES, REJECTS, WITHDRAWS, may_approve, trailers_for
from gitdesk.domain.change import render_message
from gitdesk.domain.change_words import shortened
from gitdesk.errors import Conflict, Refused
from gitdesk.store import merge_result
from gitdesk.store.identity import identity
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.desk.proposal_remote import Remote
    from gitdesk.desk.proposals import Proposal
    from gitdesk.desk.reviewing import Review
    from gitdesk.domain.approval import Standing, Verdict
    from gitdesk.domain.config import Config
    from gitdesk.domain.people import Person
    from gitdesk.store.identity import Identity

_VERBS = {APPROVES: "approve", REJECTS: "reject", WITHDRAWS: "withdraw a verdict on"}


class Said(Value):
    """What came of a verdict: its commit, None where it was said already, and how the proposal is now.

    `remote` is where it is known, "" for this clone alone; then `problem` says why it was not sent. `left` tells in
    words what of the proposal it could not be about. `is_trial`: it would be said, and was only asked for.
    """

    kind: str
    commit: str | None
    review: Review
    remote: str = ""
    problem: str = ""
    left: tuple[str, ...] = ()
    is_trial: bool = False


def say(
    desk: Desk, word: str, kind: str, text: str = "", *, sending: bool = True, dry_run: bool = False
) -> Said:
    """Says something of the proposal that a word names, for everybody where there is a remote.

    Raises Refused for what could not count, with the reason, and nothing is written. In a dry run nothing is anyway.
    """
    remote = remote_of(desk) if sending else None
    seen = {one.name: proposals.head_of(desk, one) for one in proposals.branches(desk, remote_of(desk))}
    for attempt in range(TRIES):
        problem = proposal_remote.fetched(desk.repo, remote)
        proposal = _whole(
            desk, None if dry_run else remote, proposals.find(desk, remote_of(desk), word), problem
        )
        if kind == APPROVES:
            _require_seen(desk, proposal, seen.get(proposal.name, proposal.head))
        try:
            return _say(desk, remote, proposal, kind, text, problem, dry_run=dry_run)
        except (LostRace, Conflict):
            if attempt == TRIES - 1:
                raise
            pause(attempt)
    raise AssertionError("unreachable")


def _require_seen(desk: Desk, proposal: Proposal, seen: str) -> None:
    """Raises Conflict for a proposal that says something else than the one this clone had when the call began."""
    if seen == proposal.head:
        return
    changed = {path for path, _, _ in merge_result.differences(desk.repo, seen, proposal.head)}
    if not changed.isdisjoint(proposal.paths):
        raise Conflict(
            f'"{proposal.name}" was changed since it was last fetched: nobody approves what they have not seen',
            hint=f"gitdesk review {proposal.branch.short} shows it; then the same once more",
        )


def _whole(desk: Desk, remote: Remote | None, proposal: Proposal, problem: str) -> Proposal:
    """Returns a proposal with what was said of it here, if others have said something else on the remote since."""
    here, there = proposal.branch.here, proposal.branch.there
    if not here or not there or proposals.is_one(desk, here, there):
        return proposal
    sent = send(desk, remote, proposal.branch) if remote is not None and not problem else None
    if sent is None or not sent.remote:
        raise Refused(
            f'"{proposal.name}" has gone one way here and another on {proposal.branch.remote}',
            hint=(sent.problem if sent is not None else problem) or "the same without --no-push",
        )
    return proposals.find(desk, remote, proposal.name)


def _say(
    desk: Desk,
    remote: Remote | None,
    proposal: Proposal,
    kind: str,
    text: str,
    problem: str,
    *,
    dry_run: bool,
) -> Said:
    author, committer = identity(desk.repo, desk.environ, desk.now)
    config = desk.config_at(proposal.tip)
    me = config.find_person(author.email)
    review = reviewing.review(desk, proposal, clocks=False)
    if me is None:
        raise Refused(
            f'nobody on this desk has the address "{author.email}", so your word would not count',
            hint="git config user.email ADDRESS; or somebody adds it to your entry under people in gitdesk.yaml",
        )
    standings, left = _concerned(review, kind, me, config)
    if not standings:
        return _known(desk, None if dry_run else remote, review, kind, problem)
    message = render_message(
        shortened(f"{_VERBS[kind]} {review.title}"), text, trailers_for(kind, [one.net for one in standings])
    )
    making = proposal_branch.Making(desk, config, None, author=author, committer=committer)
    commit = making.empty(proposal.head, message)
    now = proposals.Proposal(desk, proposal.tip, proposal.branch, commit)
    found = reviewing.review(desk, now, clocks=False)
    _require_counted(desk, found, kind, me, standings, commit)
    if dry_run:
        return Said(kind=kind, commit=None, review=found, left=left, is_trial=True)
    remote, problem = _publish(desk, remote, proposal, commit, committer, problem)
    return Said(
        kind=kind,
        commit=commit,
        review=found,
        remote=remote.name if remote is not None else "",
        problem=problem,
        left=left,
    )


def _publish(
    desk: Desk,
    remote: Remote | None,
    proposal: Proposal,
    commit: str,
    committer: Identity,
    problem: str,
) -> tuple[Remote | None, str]:
    """Puts a commit on a proposal's branch: on the remote, or in this clone where there is none to be reached."""
    branch = proposal.branch
    if remote is not None and not problem:
        try:
            wanted = Wanted(branch=branch.name, old=branch.there, new=commit)
            proposal_remote.push(desk.repo, remote, wanted)
        except Unreachable as error:
            problem = error.message
        else:
            if branch.here:
                proposal_branch.drop(desk, branch.name, branch.here)
            return remote, ""
    proposal_branch.move(desk, branch.name, branch.here, commit, "verdict", committer)
    return None, problem


def _known(desk: Desk, remote: Remote | None, review: Review, kind: str, problem: str) -> Said:
    """Returns what there is to say when the same was said already; what was not sent is sent now."""
    branch = review.proposal.branch
    where = branch.remote if branch.there else ""
    if remote is not None and not problem and branch.here and branch.here != branch.there:
        sent = send(desk, remote, branch)
        where, problem = sent.remote, sent.problem
    return Said(kind=kind, commit=None, review=review, remote=where, problem=problem)


# ---- what could count


def _concerned(
    review: Review, kind: str, me: Person, config: Config
) -> tuple[tuple[Standing, ...], tuple[str, ...]]:
    """Returns what is left for somebody to say it of, and why not of the rest; raises Refused if it could not count."""
    proposal = review.proposal
    proposal.require_common()
    if review.state == reviewing.DONE:
        raise Refused(f'"{proposal.name}" is on the desk already', hint="gitdesk review lists what is open")
    if not review.standings:
        raise Refused(
            f'nothing in "{proposal.name}" needs an approval',
            hint=f"gitdesk land {proposal.branch.short} brings it in",
        )
    if kind == WITHDRAWS:
        return tuple(one for one in review.standings if _spoke(one, me)), ()
    if kind == APPROVES and proposal.outdated:
        raise Refused(
            f"the desk has changed {', '.join(proposal.outdated)} since it was proposed: what lands would be "
            "something else",
            hint=f"gitdesk propose {proposal.branch.short} --update brings it up to date",
        )
    reasons = {one: why for one in review.standings if (why := _why_not(one, me))}
    if len(reasons) == len(review.standings):
        first, why = next(iter(reasons.items()))
        raise Refused(f"your word would not count for {first.need.why}: {why}", hint=_who_can(review, config))
    open_ = tuple(
        one
        for one in review.standings
        if one not in reasons and me.id not in {each.person for each in _already(one, kind)}
    )
    return open_, tuple(f"{one.need.path} ({one.need.why}): {why}" for one, why in reasons.items())


def _spoke(standing: Standing, me: Person) -> bool:
    return any(one.person == me.id for one in (*standing.blocking, *standing.counted))


def _already(standing: Standing, kind: str) -> Sequence[Verdict]:
    return standing.counted if kind == APPROVES else standing.blocking


def _why_not(standing: Standing, me: Person) -> str:
    """Returns why somebody's word cannot count, "" when it can."""
    wanted = standing.need.approvals
    if me.robot:
        return "a program approves nothing"
    if not may_approve(me, wanted):
        return f"it takes {' or '.join(wanted.roles)}, and {me.id} has not that role"
    if me.id in standing.need.excluded:
        return f"{me.id} is excluded from it"
    if any(one.person == me.id for one in standing.contributors):
        return "nobody approves what they made themselves"
    return ""


def _who_can(review: Review, config: Config) -> str:
    from gitdesk.domain.approval import approvers

    able = {
        one.id: None
        for standing in review.standings
        for one in approvers(standing.need, config, standing.contributors)
    }
    return f"{' or '.join(able)} can" if able else "nobody else can: see people in gitdesk.yaml"


def _require_counted(
    desk: Desk, found: Review, kind: str, me: Person, wanted: Sequence[Standing], commit: str
) -> None:
    """Raises Refused when a verdict that was made would not count: its key is not one of whom it is by, say."""
    paths = {one.need.path for one in wanted}
    for one in found.standings:
        if one.need.path not in paths:
            continue
        for verdict, why in one.ignored:
            if verdict.source == commit or (verdict.person == me.id and kind != WITHDRAWS):
                raise Refused(f"your word would not count: {why}", hint=_set_up(why))
        for verdict in one.blocking:
            if verdict.person == me.id and kind == WITHDRAWS:
                raise _said_elsewhere(desk, verdict.source)


def _said_elsewhere(desk: Desk, rejection: str) -> Refused:
    """Returns the refusal to take a rejection back where it was not said: only what stands on one takes it back."""
    holding = proposals.branches(desk, remote_of(desk), f"--contains={rejection}")
    name = holding[0].name if holding else rejection[:10]
    return Refused(
        f"you rejected it on {name}, and that stands: it is taken back there",
        hint=f"gitdesk reject {name} --withdraw",
    )


def _set_up(why: str) -> str | None:
    from gitdesk.desk.seals import SET_UP

    return SET_UP if "sign" in why or "key" in why else None
