"""Writes a desk: one turn at a time in a clone, one commit on top of the branch's tip or nothing."""

from __future__ import annotations

import os

from gitdesk.errors import GitdeskError, Refused, SetupError
from gitdesk.store import housekeeping, journal, objects, ref_update, worktrees
from gitdesk.store.identity import Identity, identity
from gitdesk.store.lock import Queue
from gitdesk.store.object_writer import ObjectWriter
from gitdesk.store.permissions import Sharing
from gitdesk.store.plan import make_plan
from gitdesk.store.recovery import recover
from gitdesk.store.ref_update import Moved
from gitdesk.store.worktree import WorkTree
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from gitdesk.store.git import Repo
    from gitdesk.store.plan import Plan
    from gitdesk.store.read import Location

__all__ = ["Identity", "Moved", "Turn", "identity", "is_pending", "turn"]


def turn(repo: Repo, location: Location) -> Turn:
    """Returns the turn to write to a desk, to be used in a `with` statement."""
    return Turn(repo, location)


def is_pending(repo: Repo) -> bool:
    """Tells whether a writer is at work or was killed; a turn finishes what a killed one left."""
    return os.path.exists(_journal(repo))


class Turn:
    """The right to write: nobody else of gitdesk's writes to this clone meanwhile, but Git may."""

    def __init__(self, repo: Repo, location: Location) -> None:
        if location.ref is None:
            raise SetupError(
                "HEAD is detached: there is no branch to commit to",
                hint="`git switch BRANCH`, or name the desk's branch: git config gitdesk.branch BRANCH",
            )
        self._repo, self._location, self._ref = repo, location, location.ref
        self._queue = Queue(f"{repo.common_dir}/gitdesk/lock", Sharing(repo.config("core.sharedRepository")))
        self.tip: str | None = None

    def __enter__(self) -> Turn:
        self._queue.enter()
        try:
            recover(self._repo, _journal(self._repo), self._hold)
            self.tip = self._current()
        except BaseException:
            self._queue.leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if problem is not None and is_pending(self._repo):
                recover(self._repo, _journal(self._repo), self._hold)
        except (GitdeskError, OSError):
            pass  # the first problem is the one to tell; the next turn tries again
        finally:
            self._queue.leave()

    def commit(
        self,
        files: Mapping[str, bytes | None],
        message: str,
        author: Identity,
        committer: Identity,
        *,
        sign: bool | str | None = None,
        allow_empty: bool = False,
    ) -> str:
        """Commits files (None removes one) on top of `tip`, which moves along; returns the commit's id.

        Index and work tree follow where the branch is checked out. `sign` (True, or a key) overrides
        `commit.gpgSign`. Raises Moved when somebody else moved the branch, Refused when a touched path has
        uncommitted changes or nothing would change; then nothing is written.
        """
        if worktrees.find_rebase(self._repo, self._ref):
            raise Refused(
                f'branch "{self._location.branch}" is being rebased',
                hint="finish that, or `git rebase --abort`",
            )
        writer = ObjectWriter(self._repo)
        plan = make_plan(self._repo, self.tip, files, writer)
        if not plan.touched and not allow_empty:
            raise Refused("there is nothing to commit")
        work_tree = self._work_tree()
        if work_tree is not None:
            work_tree.examine(plan.touched)
        new = self._write_objects(writer, plan, message, author, committer, sign)
        self._land(plan, new, message, committer, work_tree)
        self.tip = new
        housekeeping.count_commit(self._repo)
        return new

    @property
    def _hold(self) -> tuple[int, ...]:
        """Returns the descriptors that programs inherit: the turn lasts until they have ended, even if we die."""
        return (self._queue.descriptor,)

    def _current(self) -> str | None:
        return self._repo.read_ref(self._ref) or (
            self._repo.read_ref(self._location.remote_ref) if self._location.remote_ref else None
        )

    def _work_tree(self) -> WorkTree | None:
        checkout = worktrees.find_checkout(self._repo, self._ref)
        return WorkTree(self._repo, checkout, self._ref, self._hold) if checkout else None

    def _write_objects(
        self,
        writer: ObjectWriter,
        plan: Plan,
        message: str,
        author: Identity,
        committer: Identity,
        sign: bool | str | None,
    ) -> str:
        parents = [self.tip] if self.tip else []
        if sign is None:
            sign = self._repo.config_bool("commit.gpgSign")
        if not sign:
            content = objects.render_commit(plan.tree, parents, author.line, committer.line, message)
            new = writer.add(objects.COMMIT, content)
            writer.flush()
            return new
        writer.flush()
        return self._signed(plan.tree, parents, message, author, committer, sign)

    def _signed(
        self,
        tree: str,
        parents: list[str],
        message: str,
        author: Identity,
        committer: Identity,
        sign: bool | str,
    ) -> str:
        """Lets Git make the commit, so that its signature is made as the user's configuration wants it."""
        words = ["commit-tree", "-S" if sign is True else f"-S{sign}"]
        for parent in parents:
            words += ["-p", parent]
        env = {"GIT_TERMINAL_PROMPT": "1"}
        for role, who in (("AUTHOR", author), ("COMMITTER", committer)):
            env |= {
                f"GIT_{role}_NAME": who.name,
                f"GIT_{role}_EMAIL": who.email,
                f"GIT_{role}_DATE": who.date,
            }
        done = self._repo.call(*words, tree, input=message.encode("utf-8", "replace"), env=env)
        if done.status:
            said = done.error.decode("utf-8", "replace").strip().splitlines()
            reason = next((line for line in said if "gpg failed" not in line and line), "no reason given")
            raise Refused(
                f"the commit could not be signed: {reason.removeprefix('error: ').removeprefix('fatal: ')}",
                hint="see `git config --get-regexp '^(gpg|user\\.signingkey|commit\\.gpgsign)'`",
            )
        return done.output.decode("ascii").strip()

    def _land(
        self, plan: Plan, new: str, message: str, committer: Identity, work_tree: WorkTree | None
    ) -> None:
        """Moves the branch, work tree and index with it; the journal tells at every moment how far it is."""
        path, old = _journal(self._repo), self._repo.read_ref(self._ref) or ""
        if (old or self._current() or "") != (self.tip or ""):
            raise Moved(self._location.branch)
        checkout = work_tree.checkout if work_tree else None
        entry = journal.Entry(
            ref=self._ref,
            old=old,
            git_dir=checkout.git_dir if checkout else "",
            work_tree=checkout.path if checkout else "",
        )
        move = ref_update.kind_of_move(self._repo, self._ref, old)(
            self._repo,
            self._ref,
            old=old,
            new=new,
            why=f"gitdesk: {message.strip().partition(chr(10))[0]}",
            who=committer.line,
            git_dir=checkout.git_dir if checkout else self._repo.git_dir,
            keep_open=self._hold,
        )
        try:
            journal.write(path, entry)
            if work_tree is not None:
                work_tree.prepare(plan)
            move.lock()
            if work_tree is not None:
                touched = tuple((one.path, one.old, one.new) for one in plan.touched)
                journal.write(path, replace(entry, new=new, why=move.why, who=move.who, paths=touched))
        except GitdeskError:
            move.abort()
            if work_tree is not None:
                work_tree.abandon()
            journal.remove(path)
            raise
        self._carry_out(move, plan, work_tree)
        journal.remove(path)

    def _carry_out(self, move: ref_update.Move, plan: Plan, work_tree: WorkTree | None) -> None:
        """Does what cannot be refused any more, the index first: who sees the new commit never sees the old index."""
        try:
            if work_tree is not None:
                work_tree.follow(plan.touched)
            move.commit()
            if work_tree is not None:
                work_tree.release()
        except OSError as problem:
            move.abort()
            raise GitdeskError(
                f"the change could not be completed: {problem}",
                hint="the next command of gitdesk's completes it",
            ) from None
        if self._location.remote_ref and not move.old:
            self._track(self._location.remote_ref)

    def _track(self, remote_ref: str) -> None:
        """Lets Git know which remote's branch the new local one belongs to."""
        short = remote_ref.removeprefix("refs/remotes/")
        self._repo.call("branch", f"--set-upstream-to={short}", "--end-of-options", self._location.branch)


def _journal(repo: Repo) -> str:
    return f"{repo.common_dir}/gitdesk/journal"
