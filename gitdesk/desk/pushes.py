"""Judging pushes: on the way out what the remote does not have yet, on a server every commit that comes in."""

from __future__ import annotations

from gitdesk.desk import judging_commits
from gitdesk.desk.door import Desk
from gitdesk.domain.violation import ERROR, Violation
from gitdesk.domain.workflow import PROPOSALS
from gitdesk.errors import Refused, Unreadable, UsageError
from gitdesk.store import history, read, refs
from gitdesk.store.git import Repo
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from gitdesk.desk.door import Watch
    from gitdesk.desk.judging_commits import Walk

SHOWN = 20  # violations that are told one by one
_WHOLE = frozenset(("A006", "A007", "A008", "A009"))  # what is wrong with a commit and with no line of it


class Verdict(Value):
    """What the judge found in a push to one branch: the first violations, errors first, and how many there are.

    `base` is what the branch stands on over there, as people call it, "" where all of it is new there. `hinted`: every
    error tells its own way out, and to edit the commits would lead nowhere.
    """

    branch: str
    base: str
    old: str  # "" where everything was judged
    new: str
    commits: int
    errors: int
    warnings: int
    shown: tuple[Violation, ...]
    hinted: bool


class _Move(Value):
    """One reference that is pushed: its name over there, and its commits before and after ("" for none).

    `lands`: it is the desk's branch, so that what others must approve has to be approved by now.
    """

    ref: str
    old: str
    new: str
    lands: bool = True

    @property
    def branch(self) -> str:
        return self.ref.removeprefix(refs.BRANCHES)


# On the way out


def outgoing(
    start: str, environ: Mapping[str, str], watch: Watch, remote: str, lines: Sequence[str]
) -> Iterator[Verdict]:
    """Yields what the judge finds in what a remote does not have of the desk's branch; nothing of other pushes.

    Lines are those that Git gives to `pre-push`. Where no branch is named as the desk's, every branch that holds a
    desk is one. What is deleted or forced is the server's to refuse.
    """
    moves = [_Move(ref=ref, old=old, new=new) for _, new, ref, old in _words(lines, 4)]
    moves = [one for one in moves if one.new and one.ref.startswith(refs.BRANCHES)]
    if not moves:
        return
    with Repo.discover(start, environ) as repo:
        named = environ.get("GITDESK_BRANCH") or repo.own_setting("gitdesk.branch")
        for move in moves:
            if (named and move.ref != refs.full_name(named)) or not _leaves_desk(repo, move):
                continue
            base = _known_there(repo, remote, move)
            if base != move.new:
                tracking = f"{remote}/{move.branch}"
                is_base = bool(base) and repo.read_ref(f"refs/remotes/{tracking}") == base
                name = tracking if is_base else base[:10]
                lands = bool(named) or _is_line(repo, remote, move)
                outgoing = _Move(ref=move.ref, old=base, new=move.new, lands=lands)
                yield _judged(repo, environ, watch, outgoing, None, name)


def _leaves_desk(repo: Repo, move: _Move) -> bool:
    """Tells whether a branch holds a desk, or its counterpart over there does, as far as this clone knows."""
    return read.is_desk(repo, move.new) or (
        bool(move.old) and repo.has(move.old) and read.holds_desk(repo, move.old)
    )


def _is_line(repo: Repo, remote: str, move: _Move) -> bool:
    """Tells whether a branch is the one of the desk over there: its HEAD, as far as this clone knows.

    Where nobody knows, it is every branch that is there already and holds no proposal.
    """
    if move.branch.startswith(PROPOSALS):
        return False
    head = refs.read_raw(repo, f"refs/remotes/{remote}/HEAD")
    if head is None or not head.startswith("ref: "):
        return bool(move.old)
    return head == f"ref: refs/remotes/{remote}/{move.branch}"


def _known_there(repo: Repo, remote: str, move: _Move) -> str:
    """Returns the newest commit below a push that the remote has, as far as this clone knows; "" for none."""
    if move.old and repo.has(move.old):
        return move.old
    listed = repo.run("for-each-ref", "--format=%(objectname)", f"refs/remotes/{remote}/")
    tips = [oid for oid in dict.fromkeys(listed.decode("ascii").split()) if repo.has(oid)]
    if not tips:
        return ""
    # With several commits behind it, Git looks for what the first has in common with a merge of the others.
    return repo.run("merge-base", move.new, *tips, check=False).decode("ascii").strip()


# On the server


def incoming(
    start: str, environ: Mapping[str, str], watch: Watch, lines: Sequence[str], *, now: datetime
) -> Iterator[Verdict]:
    """Yields what the judge finds in every push to the desk's branch, by the rules in force before it.

    Lines are those that Git gives to `pre-receive`. Raises Refused for what is no fast-forward and for a deletion.
    Other branches and tags pass. Which branch is the desk's, only the server's own settings say.
    """
    moves = [_Move(ref=ref, old=old, new=new) for old, new, ref in _words(lines, 3)]
    if not moves:
        return
    with Repo.discover(start, environ) as repo:
        if any(PROPOSALS in f"{one.ref}/" for one in moves):
            from gitdesk.desk.proposal_guard import require_kept

            require_kept(
                repo,
                [(refs.branch_behind(repo, one.ref), one.old, one.new) for one in moves],
                _desk_refs(repo),
            )
        for move in moves:
            ref = refs.branch_behind(repo, move.ref)
            if ref not in _desk_refs(repo) or not _concerns_desk(repo, move):
                continue
            _require_forward(repo, move)
            judged = _Move(ref=ref, old=move.old, new=move.new)
            yield _judged(repo, environ, watch, judged, now, move.old[:10])


def _desk_refs(repo: Repo) -> frozenset[str]:
    """Returns the branches that are the desk's when they hold one: the named one, else HEAD's and `desk`.

    Both, so that nobody makes another branch the desk's by pushing a gitdesk.yaml to it, and is free on the first.
    """
    named = repo.config("gitdesk.branch")
    if named:
        return frozenset((refs.branch_behind(repo, refs.full_name(named)),))
    head, _ = repo.head()
    return frozenset(filter(None, (head, refs.full_name(read.DEFAULT_BRANCH))))


def _concerns_desk(repo: Repo, move: _Move) -> bool:
    return any(oid and read.is_desk(repo, oid) for oid in (move.old, move.new))


def _require_forward(repo: Repo, move: _Move) -> None:
    if not move.new:
        raise Refused(
            f'"{move.branch}" is the branch of the desk and cannot be deleted',
            hint="its administrator can, on the server",
        )
    if move.old and not history.is_below(repo, move.old, move.new):
        raise Refused(
            f'"{move.branch}" is the branch of the desk: what is there cannot be taken away or rewritten',
            hint=f"git pull --rebase, then push without --force (it has {move.old[:10]}, the push has not)",
        )


# Both


def _words(lines: Sequence[str], count: int) -> Iterator[tuple[str, ...]]:
    """Yields the words of each line, an id of zeros as ""; raises UsageError for what Git would not have said."""
    for line in lines:
        words = line.rsplit(" ", count - 1)  # what is pushed may be an expression with blanks in it
        if len(words) != count:
            raise UsageError("this is no line of a push", hint="Git calls this, not people")
        yield tuple("" if len(word) >= 40 and not word.strip("0") else word for word in words)


def _location(move: _Move) -> read.Location:
    return read.Location(ref=move.ref, tip=move.new, checkout=None, remote_ref=None, reason="it is pushed")


def _judged(
    repo: Repo, environ: Mapping[str, str], watch: Watch, move: _Move, now: datetime | None, base: str
) -> Verdict:
    desk = Desk(repo, _location(move), environ, watch)
    walk = _walk(desk, move, now)
    walk.base = base or "--root"
    hinted = True
    errors: list[Violation] = []
    warnings: list[Violation] = []
    counts = {True: 0, False: 0}
    for one in walk:
        is_error = one.severity == ERROR
        hinted = hinted and (not is_error or one.code in _WHOLE)
        counts[is_error] += 1
        kept = errors if is_error else warnings
        if len(kept) < SHOWN:
            kept.append(one)
    return Verdict(
        branch=move.branch,
        base=base,
        old=move.old,
        new=move.new,
        commits=walk.commits,
        errors=counts[True],
        warnings=counts[False],
        shown=tuple((errors + warnings)[:SHOWN]),
        hinted=hinted,
    )


def _walk(desk: Desk, move: _Move, now: datetime | None) -> Walk:
    if not move.old:
        return judging_commits.everything(desk, now=now)
    try:
        landing = judging_commits.PUSH if move.lands else ""
        return judging_commits.between(desk, f"{move.old}..{move.new}", now=now, landing=landing)
    except Unreadable as error:
        error.hint = error.hint or "push a gitdesk.yaml that can be read"
        raise
