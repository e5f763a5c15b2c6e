"""What a sync comes to: where the branch goes, what is pushed in which steps, and what has to be kept back.

Made from what the clone has after a fetch. Nothing refers to what is made here until the sync moves the branch.
"""

from __future__ import annotations

import os

from gitdesk.desk import judging_commits, outbox
from gitdesk.desk.configuration import Configurations
from gitdesk.desk.door import Desk
from gitdesk.desk.reapplying import Made, Reapplied, Reapplying
from gitdesk.desk.revisions import shallow_ids
from gitdesk.desk.sync_steps import ILLEGAL, Plan, Stopped
from gitdesk.domain import rules, rules_approvals
from gitdesk.domain.change import is_config
from gitdesk.domain.config import PATH
from gitdesk.domain.rules_approvals import UNAPPROVED
from gitdesk.domain.violation import ERROR
from gitdesk.errors import Refused, SetupError, Unreadable
from gitdesk.store import local_commits, objects, read, signed_commit
from gitdesk.store.identity import identity
from gitdesk.store.object_writer import ObjectWriter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.desk.reapplying import Make
    from gitdesk.domain.violation import Violation
    from gitdesk.store.local_commits import LocalCommit
    from gitdesk.store.remote import Remote

_SHOWN = 5  # violations that are told one by one


class Planning:
    """Makes the plan of one desk."""

    def __init__(self, desk: Desk, remote: Remote) -> None:
        self._desk, self._repo, self._remote = desk, desk.repo, remote
        self._writer = ObjectWriter(desk.repo)

    def plan(self, tip: str, theirs: str, known: Sequence[str]) -> Plan:
        """Returns the plan for a branch at `tip`, which `theirs` is not; the remote is known to have been at `known`.

        Raises Stopped where nobody but a person may decide.
        """
        repo = self._repo
        ahead = local_commits.ahead(repo, tip, theirs)
        self._require_no_rewrite(set(ahead).intersection(known))
        if not theirs:
            return self._forward(tip, "", ahead)
        base = self._fork(tip, theirs)
        if base == theirs:
            return self._forward(tip, theirs, ahead)
        received = len(local_commits.ahead(repo, theirs, tip))
        if base == tip:
            return Plan(tip=tip, theirs=theirs, target=theirs, received=received)
        commits = local_commits.read(repo, ahead)
        if any(one.is_merge for one in commits):
            return self._merge(tip, theirs, base, received, len(ahead))
        try:
            return self._again(tip, theirs, commits, received)
        except Unreadable as error:
            raise self._is_theirs(error, theirs) from None

    # What only a person may decide

    def _require_no_rewrite(self, gone: set[str]) -> None:
        if gone:
            name, lost = self._remote.short, next(iter(gone))[:10]
            raise Stopped(
                f"{name} was rewritten: it once had {lost}, which this clone builds on, and has it no more",
                hint=f"ask who did it. To take it as it is: git branch mine && git reset --keep {name}; "
                "then bring over what is only yours: git cherry-pick COMMIT",
            )

    def _fork(self, tip: str, theirs: str) -> str:
        found = self._repo.call("merge-base", tip, theirs).output.decode("ascii", "replace").split()
        if found:
            return found[0]
        name = self._remote.short
        if shallow_ids(self._repo):
            raise SetupError(
                f"this clone is shallow: it does not reach where {name} and the branch parted",
                hint="git fetch --unshallow",
            )
        raise Stopped(
            f"{name} and this branch have no commit in common: they are two desks",
            hint="is it the right remote? `git remote -v` shows it, `gitdesk sync --remote NAME` takes another one",
        )

    def _is_theirs(self, error: Unreadable, theirs: str) -> Unreadable:
        """Returns the error for a gitdesk.yaml over there that nobody can go by, any other one as it is."""
        if error.missing or error.commit != theirs or error.place is None or error.place.path != PATH:
            return error
        name = self._remote.short
        words = ("log", "--max-count=1", "--format=%h by %an", theirs, "--", PATH)
        commit = os.fsdecode(self._repo.run(*words)).strip()
        error.message = f"{error.message} (in {name}, commit {commit}, not in your file)"
        mend = f"mend {PATH}"
        if error.deletion:
            mend = f"git checkout {error.deletion[:10]}^ -- {PATH}"
        error.hint = (
            "until it is mended nothing can be judged. Its author mends it there; or you do, with the right to: "
            f"git rebase {name}, {mend}, git commit -a, gitdesk sync"
        )
        return error

    # Only ours is new

    def _forward(self, tip: str, theirs: str, ahead: Sequence[str]) -> Plan:
        """Returns the plan for a branch that only has to be pushed: as far as the judge lets it."""
        found: tuple[Violation, ...] = ()
        if not theirs:
            found = self._errors("", tip)
            pushes = [] if found else [tip]
            return Plan(tip=tip, theirs="", target=tip, ahead=len(ahead), pushes=tuple(pushes), illegal=found)
        commits = local_commits.read(self._repo, ahead)
        is_line = not any(one.is_merge for one in commits)
        ends = _segments([Made(commit=one, new=one.id) for one in commits]) if is_line else [tip]
        pushes = []
        base = theirs
        for end in ends:
            found = self._errors(base, end)
            if found:
                good = _before(commits, found, base) if is_line else base
                pushes += [good] if good != base else []
                break
            pushes.append(end)
            base = end
        return Plan(tip=tip, theirs=theirs, target=tip, ahead=len(ahead), pushes=tuple(pushes), illegal=found)

    # Both sides have something new

    def _again(self, tip: str, theirs: str, commits: Sequence[LocalCommit], received: int) -> Plan:
        """Returns the plan by which local commits are made again on top of what the others have shared."""
        again = Reapplying(self._repo, self._writer, self._desk.environ, self._maker(theirs))
        refused: dict[str, tuple[str, str]] = {}
        with self._desk.watch("bringing changes together") as step:
            while True:
                found = again.run(commits, theirs, refused)
                step(len(refused), None)
                bad = self._refused(found, theirs)
                if not bad:
                    break
                refused |= bad
        self._writer.settle()
        made = [one for one in found.made if one.new]
        return Plan(
            tip=tip,
            theirs=theirs,
            target=found.tip,
            pushes=tuple(_segments(made)),
            received=received,
            ahead=len(made),
            made=found.made,
            held=outbox.groups(found.held),
            renamed=found.renamed,
        )

    def _refused(self, found: Reapplied, theirs: str) -> dict[str, tuple[str, str]]:
        """Returns the local commits that the judge refuses in their new place, and why.

        All of one step are held at once; the next step goes by rules that the first one has to bring.
        """
        made = [one for one in found.made if one.new]
        origins = {one.new: one.commit.id for one in made}
        base = theirs
        for end in _segments(made):
            errors = self._errors(base, end, most=0)
            bad: dict[str, tuple[str, str]] = {}
            for one in errors:
                origin = origins.get(one.commit or end)
                if origin is not None:
                    bad.setdefault(origin, (f"{ILLEGAL}{one.code} {one.message}", _way_on(one, origin)))
            if errors and not bad:
                raise Stopped(f"{errors[0].path}: {errors[0].code} {errors[0].message}", hint=errors[0].hint)
            if bad:
                return bad
            base = end
        return {}

    def _maker(self, theirs: str) -> Make:
        desk, repo = self._desk, self._repo
        _, committer = identity(repo, desk.environ, desk.now)
        signs = repo.config_bool("commit.gpgSign") or self._asks(theirs)

        def make(commit: LocalCommit, tree: str, parent: str, message: str) -> str:
            if signs:
                self._writer.flush()
                return signed_commit.make(repo, tree, (parent,), message, commit.who, committer, sign=True)
            content = objects.render_commit(tree, (parent,), commit.author, committer.line, message)
            made = self._writer.add(objects.COMMIT, content)
            self._writer.flush()
            return made

        return make

    def _asks(self, commit: str) -> bool:
        try:
            return rules.asks_for_signatures(Configurations(self._repo).at(commit))
        except (Unreadable, SetupError):
            return False

    # Ours has merges, whose commits must stay the ones they are

    def _merge(self, tip: str, theirs: str, base: str, received: int, ahead: int) -> Plan:
        """Returns the plan that joins both by a merge: commits that a merge has brought together stay as they are."""
        repo, desk = self._repo, self._desk
        again = Reapplying(repo, self._writer, desk.environ, self._maker(theirs))
        way = (
            f"git merge {self._remote.short}, then gitdesk settle for what is open, git commit, gitdesk sync"
        )
        try:
            tree = again.merged(
                local_commits.between(repo, base, tip), objects.tree_of_commit(repo.commit(theirs))
            )
        except (Refused, Unreadable) as error:
            raise Stopped(
                f"your merge and {self._remote.short} do not fit: {error.message}", hint=way
            ) from None
        author, committer = identity(repo, desk.environ, desk.now)
        message = f"Merge {desk.location.branch} into {self._remote.short}\n"
        if repo.config_bool("commit.gpgSign") or self._asks(theirs):
            new = signed_commit.make(repo, tree, (theirs, tip), message, author, committer, sign=True)
        else:
            content = objects.render_commit(tree, (theirs, tip), author.line, committer.line, message)
            new = self._writer.add(objects.COMMIT, content)
        self._writer.flush()
        self._writer.settle()
        found = self._errors(theirs, new)
        if found:
            first = found[0]
            raise Stopped(
                f"your merge and {self._remote.short} do not fit: {first.path}: {first.code} {first.message}",
                hint=first.hint or way,
            )
        return Plan(
            tip=tip,
            theirs=theirs,
            target=new,
            pushes=(new,),
            received=received,
            ahead=ahead + 1,
        )

    # The judge

    def _errors(self, base: str, tip: str, most: int = _SHOWN) -> tuple[Violation, ...]:
        """Returns what the law will refuse in the commits from `base` to `tip`, the first few, 0 for all."""
        location = read.Location(ref=None, tip=tip, checkout=None, remote_ref=None, reason="it is pushed")
        desk = Desk(self._repo, location, self._desk.environ, self._desk.watch, self._desk.now)
        if base:
            walk = judging_commits.between(desk, f"{base}..{tip}", landing=judging_commits.PUSH)
            walk.base = self._remote.short
        else:
            walk = judging_commits.everything(desk)
        found = []
        for one in walk:
            if one.severity == ERROR:
                found.append(one)
                if len(found) == most:
                    break
        return tuple(found)


def _way_on(found: Violation, origin: str) -> str:
    """Returns what to do about a commit that is refused, and off the branch already."""
    if found.code != UNAPPROVED:
        return found.hint or ""
    return f"it lands by the merge of a proposal: {rules_approvals.proposing(found.path, origin)}"


def _segments(made: Sequence[Made]) -> list[str]:
    """Returns up to where each push goes: one that changes rules comes before those who go by them."""
    ends = [one.new for one in made[:-1] if any(is_config(change.path) for change in one.commit.changes)]
    return [*ends, made[-1].new] if made else []


def _before(commits: Sequence[LocalCommit], found: Sequence[Violation], base: str) -> str:
    """Returns the last commit before the first one that is refused, `base` when that is the first."""
    bad = {one.commit for one in found}
    at = next((number for number, one in enumerate(commits) if one.id in bad), 0)
    return commits[at - 1].id if at else base
