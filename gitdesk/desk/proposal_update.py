"""Bringing a proposal up to what the desk is by now, and giving one up."""

from __future__ import annotations

from gitdesk.desk import proposal_branch, proposal_remote, proposals
from gitdesk.desk.proposal_remote import remote_of
from gitdesk.desk.proposal_sending import Sent, send, take_away
from gitdesk.domain import rules
from gitdesk.domain.change import Change, is_document
from gitdesk.domain.merge import told
from gitdesk.errors import Conflict, Place, Refused
from gitdesk.store import codec, entries, merge_file
from gitdesk.store.identity import identity
from gitdesk.store.misplaced import is_mark
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.door import Desk
    from gitdesk.desk.proposals import Branch, Proposal


class Updated(Value):
    """What came of an update: the merge, None where there was nothing to do, and where it was sent."""

    proposal: Proposal
    commit: str | None
    sent: Sent


def update(desk: Desk, word: str, *, sending: bool = True) -> Updated:
    """Merges the desk into a proposal field by field; raises Conflict with the fields that both changed."""
    remote = remote_of(desk) if sending else None
    problem = proposal_remote.fetched(desk.repo, remote)
    proposal = proposals.find(desk, remote_of(desk), word)
    proposal.require_common()
    head = _joined(desk, proposal)
    seen = proposals.Proposal(desk, proposal.tip, proposal.branch, head)
    commit = None
    if seen.outdated:
        head = commit = _merged(desk, proposal.tip, head, seen, f"{seen.name}: brought up to date", flip=True)
    branch = _moved(desk, proposal.branch, head)
    sent = (
        send(desk, remote, branch)
        if not problem
        else Sent(branch=branch.name, head=branch.here or branch.there, problem=problem)
    )
    updated = proposals.Proposal(desk, proposal.tip, branch, head)
    return Updated(proposal=updated, commit=commit, sent=sent)


def _joined(desk: Desk, proposal: Proposal) -> str:
    """Returns the head of a proposal, both sides of it where it has gone one way here and another on the remote."""
    here, there = proposal.branch.here, proposal.branch.there
    if not here or not there or proposals.is_one(desk, here, there):
        return proposal.head
    side = proposals.Proposal(desk, there, proposal.branch, here)
    return _merged(desk, there, here, side, f"{proposal.name}: both sides of it")


def _merged(desk: Desk, onto: str, head: str, seen: Proposal, subject: str, *, flip: bool = False) -> str:
    """Returns a merge whose files are those of a commit with what a proposal changes; `flip`: the head comes first."""
    author, committer = identity(desk.repo, desk.environ, desk.now)
    config = desk.config_at(seen.tip)
    there = entries.find_files(desk.repo, onto, [path for path, _, _ in seen.files])
    files: dict[str, bytes | None] = {}
    changes: list[Change] = []
    for path, old, new in seen.files:
        ours = there.get(path, "")
        files[path] = merged_file(desk, seen, path, old, ours, new)
        if is_document(path) and ours and files[path] is not None:
            before = codec.parse(desk.repo.blob(ours), path)
            changes.append(Change(path=path, before=before, after=codec.parse(files[path] or b"", path)))
    rules.enforce(changes, config)
    making = proposal_branch.Making(desk, config, None, author=author, committer=committer)
    return making.merge(onto, head, files, f"{subject}\n", flip=flip)


def goes_together(desk: Desk, seen: Proposal) -> bool:
    """Tells whether a proposal can be brought up to date, as far as its files go."""
    there = entries.find_files(desk.repo, seen.tip, [path for path, _, _ in seen.files])
    try:
        for path, old, new in seen.files:
            merged_file(desk, seen, path, old, there.get(path, ""), new)
    except (Conflict, Refused):
        return False
    return True


def merged_file(desk: Desk, seen: Proposal, path: str, old: str, ours: str, theirs: str) -> bytes | None:
    """Returns a file of the desk with what a proposal changes in it, None for none; raises Conflict."""
    if any(is_mark(one) for one in (old, ours, theirs)):
        raise Refused("one side has no plain file there", place=Place(path))
    if ours in (old, theirs):
        return desk.repo.blob(theirs) if theirs else None
    if not ours or not theirs:
        raise Conflict(
            "deleted on one side, changed on the other",
            place=Place(path),
            hint=f"gitdesk propose {seen.branch.short} --withdraw gives the proposal up",
        )
    base = desk.repo.blob(old) if old else b""
    merged = merge_file.merge(path, base, desk.repo.blob(ours), desk.repo.blob(theirs), desk.environ)
    if merged.is_conflict:
        what = told(merged.conflicts) or "both sides changed the same lines"
        raise Conflict(
            f"the desk and the proposal do not go together: {what}",
            place=Place(path),
            hint=f"gitdesk propose {seen.branch.short} --withdraw gives it up; then propose it anew",
        )
    return merged.data


def _moved(desk: Desk, branch: Branch, head: str) -> Branch:
    """Moves the branch of this clone to a new head, which the remote need not have yet."""
    if head in (branch.here, branch.there):
        return branch
    _, committer = identity(desk.repo, desk.environ, desk.now)
    proposal_branch.move(desk, branch.name, branch.here, head, "brought up to date", committer)
    return proposals.Branch(name=branch.name, here=head, there=branch.there, remote=branch.remote)


# ---- giving one up


class Withdrawn(Value):
    """A proposal that is given up; `problem` says why its branch is still there, "" when it is gone."""

    proposal: Proposal
    problem: str = ""


def withdraw(desk: Desk, word: str, *, sending: bool = True) -> Withdrawn:
    """Takes a proposal back; raises Refused for one of somebody else's, Unreachable when the remote cannot be asked."""
    remote = remote_of(desk)
    if sending and remote is not None and proposal_remote.heads(desk.repo, remote.tracking("propose/")):
        proposal_remote.fetch(desk.repo, remote)
    proposal = proposals.find(desk, remote, word, landed=True)
    author, _ = identity(desk.repo, desk.environ, desk.now)
    mine = {desk.config.find_person(author.email), author.email.casefold()}
    made = [
        one for one in proposal.made if len(one.parents) < 2
    ] or proposal.made  # merges bring it up to date
    by = [(desk.config.find_person(one.author.email), one.author.email.casefold()) for one in made]
    if by and not proposal.is_done and not any(mine & {person or address, address} for person, address in by):
        raise Refused(
            f'"{proposal.name}" is {proposal.author}\'s to withdraw',
            hint=f"gitdesk reject {proposal.branch.short} --reason TEXT says no to it",
        )
    if not sending and proposal.branch.there:
        raise Refused(
            f'"{proposal.name}" is on {proposal.branch.remote}, so it cannot be withdrawn here alone',
            hint="the same without --no-push",
        )
    problem = take_away(desk, remote if sending else None, proposal)
    return Withdrawn(proposal=proposal, problem=problem)
