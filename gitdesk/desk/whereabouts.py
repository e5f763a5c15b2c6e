"""Where a clone stands: what is not shared, what is kept back, what is unfinished, and what waits for who is here."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime

from gitdesk.desk import outbox
from gitdesk.desk.configuration import promises
from gitdesk.domain.people import author_of
from gitdesk.errors import GitdeskError, SetupError, UsageError
from gitdesk.store import refs, remote, underway, unmerged, worktrees
from gitdesk.store.underway import Underway
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.desk.outbox import Waiting
    from gitdesk.desk.reviewing import Review
    from gitdesk.store.remote import Remote, Step

_MOST = 100  # tickets of one person that are listed; more are counted

Row = tuple["Any", ...]  # id, title, due


class Mine(Value):
    """What waits for a person of the desk: open tickets, those of them that are late, and the ones due next."""

    name: str
    open: int
    late: tuple[Row, ...] = ()
    next: tuple[Row, ...] = ()
    is_cut: bool = False  # there are more than were counted


class Proposed(Value):
    """Proposals by whose turn it is: they wait for who is here, are their own and wait for nobody, are not sent yet.

    With `problem`, which says why, not all of them could be read.
    """

    waiting: tuple[Review, ...] = ()
    own: tuple[Review, ...] = ()
    unsent: tuple[Review, ...] = ()
    problem: str = ""


class Whereabouts(Value):
    """One look at a clone. `remote` None: there is none, and `remote_problem` says so in words.

    `ahead` and `behind` are as of `fetched` (RFC 3339, "" for never); None where the branch is not over there.
    `begun` is what Git is in the middle of, None for nothing; `mine` is None of a stranger.
    """

    branch: str
    reason: str
    tip: str
    remote: Remote | None
    remote_problem: str
    ahead: int | None
    behind: int | None
    fetched: str
    outbox: tuple[Waiting, ...]
    conflicts: tuple[str, ...]
    begun: Underway | None
    proposals: Proposed
    mine: Mine | None
    not_fetched: str = ""  # why the remote could not be asked, which was wanted


def look(desk: Desk, *, fetch: bool = False, asking: bool = False, progress: bool = False) -> Whereabouts:
    """Returns where the desk's clone stands, as far as it knows; with `fetch` the remote is asked first."""
    other, problem = _remote(desk)
    not_fetched = ""
    if fetch:
        if other is not None:
            with desk.watch(f"fetching from {other.name}") as step:
                not_fetched = _fetch(desk, other, asking, step if progress else None)
        elif desk.location.ref is None:
            not_fetched = problem
        else:
            raise SetupError(problem)
    ahead, behind = _distance(desk, other)
    return Whereabouts(
        branch=desk.location.branch,
        reason=desk.location.reason,
        tip=desk.tip,
        remote=other,
        remote_problem=problem,
        ahead=ahead,
        behind=behind,
        fetched=_fetched(desk, other),
        outbox=outbox.listed(desk.repo, desk.tip),
        conflicts=_conflicts(desk),
        begun=_begun(desk),
        proposals=_proposals(desk, other),
        mine=_mine(desk),
        not_fetched=not_fetched,
    )


def _fetch(desk: Desk, other: Remote, asking: bool, step: Step | None) -> str:
    """Returns why the remote could not be asked, "" when it was."""
    try:
        remote.fetch(desk.repo, other, asking=asking, step=step)
    except remote.Unreachable as error:
        return error.message
    return ""


def _remote(desk: Desk) -> tuple[Remote | None, str]:
    if desk.location.ref is None:
        error = underway.detached(desk.repo, "share")
        return None, error.message
    try:
        return remote.choose(desk.repo, desk.location.branch), ""
    except (SetupError, UsageError) as error:
        return None, error.message


def _distance(desk: Desk, other: Remote | None) -> tuple[int | None, int | None]:
    """Returns how many commits are only here, and how many only there."""
    theirs = remote.known_tip(desk.repo, other) if other is not None else ""
    if not theirs:
        return None, None
    if theirs == desk.tip:
        return 0, 0
    words = ("rev-list", "--left-right", "--count", f"{desk.tip}...{theirs}", "--")
    ahead, behind = desk.repo.run(*words).split()
    return int(ahead), int(behind)


def _fetched(desk: Desk, other: Remote | None) -> str:
    """Returns when this clone last looked at the branch over there, as Git's own note of it tells."""
    path = f"{desk.repo.git_dir}/FETCH_HEAD"
    try:
        with open(path, "rb") as file:
            told = file.read(1 << 16)
        at = os.stat(path).st_mtime
    except OSError:
        return ""
    if other is None or f"branch '{other.branch}' of ".encode() not in told:
        return ""
    return datetime.fromtimestamp(int(at), UTC).isoformat()


def _conflicts(desk: Desk) -> tuple[str, ...]:
    if desk.repo.work_tree is None:
        return ()
    return tuple(one.path for one in unmerged.unmerged(desk.repo))


def _begun(desk: Desk) -> Underway | None:
    """Returns what Git is in the middle of where the desk is checked out, or was until a rebase began."""
    repo, location = desk.repo, desk.location
    if location.checkout is not None:
        return underway.look(repo, location.checkout.git_dir)
    begun = underway.look(repo) if repo.work_tree is not None else None
    if begun is not None and (location.ref is None or begun.branch == location.branch):
        return begun
    if location.ref is not None and worktrees.find_rebase(repo, location.ref):  # in another work tree
        return Underway(verb="rebase", command="git rebase --continue", is_open=False, branch=location.branch)
    return None


def _proposals(desk: Desk, other: Remote | None) -> Proposed:
    """Returns the proposals that are somebody's turn; where nothing is proposed, little is read."""
    if not desk.repo.run("for-each-ref", "--count=1", *refs.PROPOSED):
        return Proposed()
    from gitdesk.desk import reviewing
    from gitdesk.desk.proposal_keeping import is_unsent

    found: list[Review] = []
    problem = ""
    try:
        found.extend(reviewing.reviews(desk))
    except GitdeskError as error:
        problem = error.message
    me = None
    with suppress(GitdeskError):
        me = desk.me
    done = (reviewing.APPROVED, reviewing.FREE, reviewing.REJECTED, reviewing.OUTDATED)
    return Proposed(
        waiting=tuple(
            one
            for one in found
            if me is not None
            and one.state == reviewing.WAITING
            and any(person.id == me.id for person in one.waits_for)
        ),
        own=tuple(one for one in found if me is not None and one.by == author_of(me) and one.state in done),
        unsent=tuple(one for one in found if other is not None and is_unsent(desk, one.proposal.branch)),
        problem=problem,
    )


def _mine(desk: Desk) -> Mine | None:
    with suppress(GitdeskError):
        me = desk.me
        kept = promises(desk.config)
        columns = ("id", "title", "due") if kept else ("id", "title")
        found = desk.find("assignee:me is:new,open", columns=columns, limit=_MOST)
        rows = [row if kept else (*row, None) for row in found.rows]
        late: tuple[Row, ...] = ()
        if kept:
            overdue = desk.find("assignee:me sla:overdue", columns=columns, limit=_MOST)
            late = tuple(overdue.rows)
        gone = {row[0] for row in late}
        coming = tuple(row for row in rows if row[2] and row[0] not in gone)
        return Mine(
            name=me.id, open=found.total or len(rows), late=late, next=coming[:3], is_cut=bool(found.total)
        )
    return None
