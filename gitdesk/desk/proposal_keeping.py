"""Proposals and verdicts that were kept in this clone: they are sent when there is a way, on what the desk is then."""

from __future__ import annotations

from gitdesk.desk import proposal_branch, proposals
from gitdesk.desk.proposal_remote import RefusedThere, remote_of
from gitdesk.desk.proposal_sending import Sent, send
from gitdesk.desk.proposal_update import merged_file
from gitdesk.errors import Conflict, Refused
from gitdesk.store import entries, history, merge_result
from gitdesk.store.identity import identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.door import Desk
    from gitdesk.desk.proposal_remote import Remote
    from gitdesk.desk.proposals import Branch


def send_kept(desk: Desk) -> tuple[Sent, ...]:
    """Sends what this clone has of proposals and the remote does not; forced is nothing, and nothing is lost."""
    remote = remote_of(desk)
    if remote is None:
        return ()
    return tuple(_sent(desk, remote, one) for one in proposals.branches(desk, remote) if _is_kept(desk, one))


def refit_named(desk: Desk, name: str) -> None:
    """Makes the proposal of a branch anew where it has to be; see `refitted`."""
    for one in proposals.branches(desk, remote_of(desk)):
        if one.name == name:
            refitted(desk, one)


def _sent(desk: Desk, remote: Remote, branch: Branch) -> Sent:
    try:
        return send(desk, remote, refitted(desk, branch))
    except (RefusedThere, Refused, Conflict) as error:
        return Sent(branch=branch.name, head=branch.here, problem=error.message)


def is_unsent(desk: Desk, branch: Branch) -> bool:
    """Tells whether a branch has something of this clone's own that the remote does not have."""
    if not branch.here or branch.here == branch.there:
        return False
    if branch.there:
        return not history.is_below(desk.repo, branch.here, branch.there)
    # Else it was checked out from a remote that does not have it any more.
    return not desk.repo.config(f"branch.{branch.name}.remote")


def _is_kept(desk: Desk, branch: Branch) -> bool:
    """Tells whether a branch has something of this clone's own that is neither on the remote nor on the desk."""
    return is_unsent(desk, branch) and bool(branch.there or not proposals.seen(desk, branch).is_done)


def refitted(desk: Desk, branch: Branch) -> Branch:
    """Makes a proposal that nobody else has anew on the desk, where what it stood on has become another commit there.

    Else a message that went ahead of it would come to the desk twice. What does not fit any more stays as it is.
    """
    if branch.there or not branch.here:
        return branch
    found = proposals.seen(desk, branch)
    first = found.first
    if first is None or not found.base or found.head != first.id:
        return branch
    [stood] = first.parents
    now = desk.repo.read_ref(desk.location.ref or "HEAD") or found.tip
    if any(history.is_below(desk.repo, stood, tip) for tip in (now, found.tip)):
        return branch
    author, committer = identity(desk.repo, desk.environ, desk.now)
    if str(first.author) != str(author):
        return branch
    changed = merge_result.differences(desk.repo, stood, first.id)
    rows = [(path, old, new) for path, old, new in changed]
    there = entries.find_files(desk.repo, found.tip, [path for path, _, _ in rows])
    try:
        files = {
            path: merged_file(desk, found, path, old, there.get(path, ""), new) for path, old, new in rows
        }
    except (Conflict, Refused):
        return branch
    making = proposal_branch.Making(desk, desk.config_at(found.tip), None, author=author, committer=committer)
    made = making.files(found.tip, files, first.message)
    proposal_branch.move(desk, branch.name, branch.here, made, "proposed anew", committer)
    return proposals.Branch(name=branch.name, here=made, remote=branch.remote)
