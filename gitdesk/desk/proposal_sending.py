"""Sending proposals, and what is said of them, to the remote: nothing is lost when it does not answer."""

from __future__ import annotations

import os
import time

from gitdesk.desk import proposal_branch, proposal_pages, proposal_remote
from gitdesk.desk.proposal_remote import LostRace, RefusedThere, Remote, Unreachable, Wanted, remote_of
from gitdesk.desk.proposals import branches
from gitdesk.domain.approval import said_in
from gitdesk.store import history
from gitdesk.store.identity import identity
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.door import Desk
    from gitdesk.desk.proposals import Branch, Proposal
    from gitdesk.domain.change import Commit

TRIES = 12
_PAUSE = 0.05  # seconds, at first; longer each time


def pause(attempt: int) -> None:
    """Waits a little, at no fixed pace, after a race that was lost."""
    time.sleep(min(_PAUSE * 2**attempt, 2.0) * os.urandom(1)[0] / 255)


class Sent(Value):
    """What became of a branch: `remote` it is on, "" where it is in this clone only; then `problem` says why."""

    branch: str
    remote: str = ""
    head: str = ""
    problem: str = ""


def send(desk: Desk, remote: Remote | None, branch: Branch) -> Sent:
    """Pushes what this clone has of a proposal; from then on the remote's branch is the proposal.

    Raises RefusedThere when the remote does not take it. Without a remote, or when it cannot be reached, the branch
    stays here.
    """
    if remote is None or not branch.here:
        return Sent(branch=branch.name, remote=branch.remote, head=branch.here or branch.there)
    head, there = branch.here, branch.there
    try:
        for attempt in range(TRIES):
            try:
                proposal_remote.push(desk.repo, remote, Wanted(branch=branch.name, old=there, new=head))
                break
            except LostRace:
                if attempt == TRIES - 1:
                    raise
                there = desk.repo.read_ref(remote.tracking(branch.name)) or ""
                head = _on_top(desk, branch, head, there)
                pause(attempt)
    except Unreachable as error:
        return Sent(branch=branch.name, head=branch.here, problem=error.message)
    except LostRace as error:
        return Sent(branch=branch.name, head=branch.here, problem=error.message)
    proposal_branch.drop(desk, branch.name, branch.here)
    return Sent(branch=branch.name, remote=remote.name, head=head)


def send_named(desk: Desk, name: str, *, sending: bool = True) -> Sent:
    """Sends the proposal of a branch that this clone has; see `send`."""
    remote = remote_of(desk)
    found = next((one for one in branches(desk, remote) if one.name == name), None)
    if found is None:
        return Sent(branch=name)
    if not sending:
        return Sent(
            branch=name, remote=found.remote if found.here in ("", found.there) else "", head=found.here
        )
    return send(desk, remote, found)


def send_base(desk: Desk, commit: str) -> str:
    """Pushes the desk up to the commit that a proposal stands on, so that the proposal alone waits for anybody.

    Returns why it could not, "" when it is there. What an approval names is then the ticket as everybody has it.
    """
    try:
        push_base(desk, commit)
    except (Unreachable, RefusedThere, LostRace) as error:
        return error.message
    return ""


def push_base(desk: Desk, commit: str) -> None:
    """Does what `send_base` does, and raises LostRace where others were faster: the commit has to be made again."""
    remote = remote_of(desk)
    there = desk.repo.read_ref(remote.tracking(remote.branch)) if remote is not None else None
    if remote is None or there is None:
        return
    here = desk.repo.read_ref(desk.location.ref or "") or ""
    if not here or not history.is_below(desk.repo, commit, here):
        return  # it is nothing of this desk's branch
    if history.is_below(desk.repo, commit, there):
        return
    if not history.is_below(desk.repo, there, commit):
        raise LostRace(f"{remote.name} has commits that are not here")
    proposal_remote.push(desk.repo, remote, Wanted(branch=remote.branch, old=there, new=commit))


def _on_top(desk: Desk, branch: Branch, head: str, there: str) -> str:
    """Returns our own words once more, on top of what others have said meanwhile."""
    if not there:
        return head
    author, committer = identity(desk.repo, desk.environ, desk.now)
    mine = [
        record.commit
        for record in history.commits(desk.repo, head, since_commits=(there,), oldest_first=True)
    ]
    if any(str(one.author) != str(author) or not _is_verdict(desk, one) for one in mine):
        raise LostRace(
            f'"{branch.name}" has gone another way on the remote',
            hint=f"gitdesk propose {branch.short} --update brings both together",
        )
    making = proposal_branch.Making(desk, desk.config, None, author=author, committer=committer)
    for one in mine:
        there = making.empty(there, one.message)
    return there


def _is_verdict(desk: Desk, commit: Commit) -> bool:
    """Tells whether a commit changes nothing and says something of a proposal."""
    if len(commit.parents) != 1 or not said_in(commit.trailers):
        return False
    trees = [proposal_branch.tree_of(desk, one) for one in (commit.id, commit.parents[0])]
    return trees[0] == trees[1]


def take_away(desk: Desk, remote: Remote | None, proposal: Proposal) -> str:
    """Takes a proposal's branch away, on the remote first; returns why it is still there, "" when it is gone."""
    branch = proposal.branch
    if remote is not None and branch.there:
        try:
            proposal_remote.push(desk.repo, remote, Wanted(branch=branch.name, old=branch.there, new=""))
        except (Unreachable, RefusedThere, LostRace) as error:
            return error.message
    if branch.here and not proposal_branch.drop(desk, branch.name, branch.here):
        return f'"{branch.name}" is checked out'
    return ""


def page(desk: Desk, remote: Remote | None, branch: str, title: str) -> str:
    """Returns the address at which a pull request of a proposal is opened, "" where no site is known."""
    site = _site(desk, remote)
    return (
        proposal_pages.page(site, branch, remote.branch, title)
        if site is not None and remote is not None
        else ""
    )


def opening(desk: Desk, remote: Remote | None, branch: str, title: str, body: str) -> tuple[str, ...]:
    """Returns the words that have the site's own program open a pull request, () where there is none."""
    site = _site(desk, remote)
    if site is None or remote is None:
        return ()
    return proposal_pages.opening(site, branch, remote.branch, title, body)


def _site(desk: Desk, remote: Remote | None) -> proposal_pages.Site | None:
    if remote is None:
        return None
    kind = desk.repo.config("gitdesk.site")
    found = (proposal_pages.site_of(url, kind) for url in proposal_remote.urls_of(desk.repo, remote))
    return next(filter(None, found), None)
