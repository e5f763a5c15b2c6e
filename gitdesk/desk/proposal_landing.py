"""Landing: an approved proposal becomes part of the desk by a merge commit, on the remote first where there is one."""

from __future__ import annotations

from gitdesk.desk import judging_commits, proposal_branch, proposal_remote, proposals, reviewing
from gitdesk.desk.judging import is_desk_file
from gitdesk.desk.proposal_remote import LostRace, Unreachable, Wanted, remote_of
from gitdesk.desk.proposal_sending import TRIES, pause, take_away
from gitdesk.domain.change import APPROVED, render_message
from gitdesk.domain.people import author_of
from gitdesk.domain.violation import ERROR
from gitdesk.errors import Conflict, Place, Refused, SetupError
from gitdesk.store import history, write
from gitdesk.store.identity import identity
from gitdesk.store.misplaced import is_mark
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.desk.proposal_remote import Remote
    from gitdesk.desk.proposals import Proposal
    from gitdesk.desk.reviewing import Review
    from gitdesk.domain.approval import Standing
    from gitdesk.domain.config import Config
    from gitdesk.store.identity import Identity


class Landed(Value):
    """What came of landing: the merge, None where it was on the desk already, and what is left to be said.

    `remote` has it; "" for this clone alone. `behind` tells why the desk of this clone does not show it yet, `branch`
    why the proposal's branch is still there. `is_trial`: it would land, and was only asked for.
    """

    commit: str | None
    review: Review
    remote: str = ""
    behind: str = ""
    branch: str = ""
    is_trial: bool = False


def land(desk: Desk, word: str, *, sending: bool = True, dry_run: bool = False) -> Landed:
    """Brings the proposal that a word names into the desk; raises Refused where approvals are missing.

    With a remote, it lands there or nowhere. A race that is lost is run again on what the desk is then, as long as
    nobody has changed the same files. A dry run judges the merge, and no branch gets it.
    """
    remote = remote_of(desk) if sending else None
    for attempt in range(TRIES):
        if remote is not None:
            _look(desk, remote)
        proposal = _seen_from(desk, remote, proposals.find(desk, remote_of(desk), word, landed=True))
        review = reviewing.review(desk, proposal, clocks=False)
        if proposal.is_merged and not dry_run:
            return _landed(desk, remote, review, None)
        if (
            proposal.is_merged or review.state == reviewing.DONE
        ):  # by commits of its own: the branch is its maker's to take away
            return Landed(commit=None, review=review, remote=remote.name if remote is not None else "")
        _require_ready(review)
        author, committer = identity(desk.repo, desk.environ, desk.now)
        merge = _merge(desk, review, author, committer)
        if dry_run:
            return Landed(
                commit=None, review=review, remote=remote.name if remote is not None else "", is_trial=True
            )
        try:
            if remote is not None:
                wanted = Wanted(branch=remote.branch, old=proposal.tip, new=merge)
                proposal_remote.push(desk.repo, remote, wanted)
                return _landed(desk, remote, review, merge)
            _move(desk, proposal.tip, merge, author)
            return _landed(desk, None, review, merge)
        except (LostRace, write.Moved):
            if attempt == TRIES - 1:
                raise
            pause(attempt)
    raise AssertionError("unreachable")


def _look(desk: Desk, remote: Remote) -> None:
    try:
        proposal_remote.fetch(desk.repo, remote)
    except Unreachable as error:
        error.hint = "nothing has landed; the same command once more, when it can be reached"
        raise


def _seen_from(desk: Desk, remote: Remote | None, proposal: Proposal) -> Proposal:
    """Returns a proposal as seen from where it is to land: the remote's branch, else the one here."""
    tip = desk.repo.read_ref(remote.tracking(remote.branch)) if remote is not None else None
    if remote is not None and not tip:
        raise SetupError(
            f'{remote.name} has no branch "{remote.branch}"',
            hint=f"git push {remote.name} {remote.branch} brings the desk there",
        )
    tip = tip or desk.repo.read_ref(desk.location.ref or "HEAD") or desk.tip
    return proposals.Proposal(desk, tip, proposal.branch, proposal.head)


def _require_ready(review: Review) -> None:
    proposal = review.proposal
    short = proposal.branch.short
    proposal.require_common()
    if proposal.outdated:
        raise Conflict(
            f"the desk has changed {', '.join(proposal.outdated)} since it was proposed",
            hint=f"gitdesk propose {short} --update brings it up to date; approvals are then asked for anew",
        )
    foreign = [path for path, _, new in proposal.files if not is_desk_file(path) or is_mark(new)]
    if foreign:
        raise Refused(
            f'"{proposal.name}" changes {foreign[0]}, which is no file of the desk',
            hint="git merge brings in what is not the desk's",
        )
    unmet = [one for one in review.standings if not one.met]
    if unmet:
        raise _unmet(review, unmet)


def _unmet(review: Review, unmet: Sequence[Standing]) -> Refused:
    """Returns the refusal of what is not approved, each with how it stands."""
    lines = list(dict.fromkeys(_unmet_words(one) for one in unmet))
    short = review.proposal.branch.short
    if any(one.blocking for one in unmet):
        hint = f"who rejected it takes that back with gitdesk reject {short} --withdraw, or approves it"
    else:
        able = " or ".join(person.id for person in review.waits_for)
        hint = f"{able} can: gitdesk approve {short}" if able else f"gitdesk review {short} tells more"
        if any("not signed" in text for one in unmet for text in one.obstacles):
            hint = "who made it proposes it again with a key that gitdesk.yaml lists, or signs it: git rebase -f -S"
    return Refused("\n  ".join(lines), hint=hint, place=Place(unmet[0].need.path))


def _unmet_words(one: Standing) -> str:
    if one.blocking:
        return f"A009 {one.need.why}: {one.words}"
    return f"A008 {one.need.why} is not approved: {one.words}"


def _merge(desk: Desk, review: Review, author: Identity, committer: Identity) -> str:
    """Returns the merge commit, judged as the server would judge it; nothing points to it yet."""
    proposal = review.proposal
    config = desk.config_at(proposal.tip)
    files = {path: desk.repo.blob(new) if new else None for path, _, new in proposal.files}
    message = render_message(
        review.title, review.reason, [(APPROVED, one) for one in _approvers(review.standings, config)]
    )
    making = proposal_branch.Making(desk, config, None, author=author, committer=committer)
    merge = making.merge(proposal.tip, proposal.head, files, message)
    _require_lawful(desk, review, merge)
    return merge


def _approvers(standings: Iterable[Standing], config: Config) -> list[str]:
    """Returns who approved as `Name <address>`, each once."""
    people = (config.agent(verdict.person) for one in standings for verdict in one.counted)
    return list(dict.fromkeys(author_of(person) for person in people if person is not None))


def _require_lawful(desk: Desk, review: Review, merge: str) -> None:
    """Raises Refused with what a landing lacks, or else with what the rules have against it, commit by commit."""
    walk = judging_commits.between(desk, f"{review.proposal.tip}..{merge}")
    errors = [one for one in walk if one.severity == ERROR]
    unmet = [one for one in walk.told if not one.met]
    if unmet:
        raise _unmet(review, unmet)
    if errors:
        first = errors[0]
        lines = [f"{first.code} {first.message}"]
        lines += [f"  {one.path}: {one.code} {one.message}" for one in errors[1:5]]
        raise Refused("\n".join(lines), hint=first.hint, place=Place(first.path, first.line, first.column))


def _move(desk: Desk, tip: str, merge: str, who: Identity) -> None:
    with write.turn(desk.repo, desk.location) as turn:
        if turn.tip != tip:
            raise write.Moved(desk.location.branch)
        turn.move_to(merge, "land", who)


def _landed(desk: Desk, remote: Remote | None, review: Review, merge: str | None) -> Landed:
    """Lets the desk of this clone follow, and takes the proposal's branch away."""
    behind = _follow(desk, remote) if remote is not None else ""
    branch = take_away(desk, remote, review.proposal)
    return Landed(
        commit=merge,
        review=review,
        remote=remote.name if remote is not None else "",
        behind=behind,
        branch=branch,
    )


def _follow(desk: Desk, remote: Remote) -> str:
    """Brings the desk of this clone to what the remote has; returns why not, "" when it is there."""
    there = desk.repo.read_ref(remote.tracking(remote.branch)) or ""
    here = desk.repo.read_ref(desk.location.ref or "")
    if not here or here == there:
        return ""
    if not history.is_below(desk.repo, here, there):
        return f'"{desk.location.branch}" has commits that {remote.name} has not'
    author, _ = identity(desk.repo, desk.environ, desk.now)
    try:
        _move(desk, here, there, author)
    except (Refused, Conflict, SetupError) as error:
        return error.message
    return ""
