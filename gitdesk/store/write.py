"""Writes a desk: one turn at a time in a clone, one commit on top of the branch's tip or nothing."""

from __future__ import annotations

import os
import time

from gitdesk.errors import GitdeskError, Refused, SetupError
from gitdesk.store import entries, housekeeping, journal, objects, ref_update, refs, worktrees
from gitdesk.store.identity import Identity, identity
from gitdesk.store.lock import Queue, cannot
from gitdesk.store.object_writer import ObjectWriter
from gitdesk.store.permissions import Sharing
from gitdesk.store.plan import make_plan
from gitdesk.store.read import CONFIG_PATH
from gitdesk.store.ref_update import Moved
from gitdesk.store.worktree import WorkTree
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    from gitdesk.store.git import Repo
    from gitdesk.store.plan import Plan
    from gitdesk.store.read import Location

__all__ = ["Identity", "Moved", "Turn", "identity", "is_pending", "turn"]


_PATIENCE = 4.0  # seconds in which a commit goes on top of others'
_FREE = 2  # attempts that leave the index to others until all is prepared
_PAUSE = 0.1


def turn(repo: Repo, location: Location) -> Turn:
    """Returns the turn to write to a desk, to be used in a `with` statement."""
    return Turn(repo, location)


def is_pending(repo: Repo) -> bool:
    """Tells whether a writer is at work or was killed; a turn finishes what a killed one left."""
    return os.path.lexists(_journal(repo))


class Turn:
    """The right to write: nobody else of gitdesk's writes to this clone meanwhile, but Git may."""

    def __init__(self, repo: Repo, location: Location) -> None:
        if location.ref is None:
            from gitdesk.store import underway

            raise underway.detached(repo, "commit to")
        if not location.ref.startswith(refs.BRANCHES) or not _is_plain(repo, location.ref):
            raise SetupError(
                f'"{location.branch}" cannot be committed to: it stands for something that is no branch',
                hint=f"see `git symbolic-ref {location.ref}`",
            )
        self._repo, self._location, self._ref = repo, location, location.ref
        self._queue = Queue(f"{repo.common_dir}/gitdesk/lock", Sharing(repo.config("core.sharedRepository")))
        self._writer = ObjectWriter(repo)
        self.tip: str | None = None

    def __enter__(self) -> Turn:
        self._queue.enter()
        try:
            self._recover()
            self.tip = self._current()
        except BaseException:
            self._queue.leave()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if problem is not None:
                self._recover()
        except (GitdeskError, OSError):
            pass  # the first problem is the one to tell; the next turn tries again
        finally:
            self._queue.leave()

    def _recover(self) -> None:
        """Brings in order what a killed writer, or we, left behind; mostly there is nothing."""
        if is_pending(self._repo):
            from gitdesk.store.recovery import recover

            recover(self._repo, _journal(self._repo), self._hold)

    def commit(
        self,
        files: Mapping[str, bytes | None],
        message: str,
        author: Identity,
        committer: Identity,
        *,
        sign: bool | str | None = None,
        allow_empty: bool = False,
        accept: Callable[[str], None] | None = None,
    ) -> str:
        """Commits files (None removes one) on top of `tip`, which moves along; returns the commit's id.

        Index and work tree follow where the branch is checked out. `sign` (True, or a key) overrides
        `commit.gpgSign`; `accept` is shown a commit that Git has signed before anything moves to it. Commits of
        others that touch neither these files nor the desk's settings are gone on top of, for some seconds. Raises
        Moved when others touched those, Refused when a touched path has uncommitted
        changes or nothing would change; then nothing is written.
        """
        deadline, attempts = time.monotonic() + _PATIENCE, 0
        while True:
            attempts += 1
            work_tree = self._work_tree()
            try:
                if attempts > _FREE and work_tree is not None:
                    self._hold_back_others(work_tree, files)
                return self._commit(files, message, author, committer, sign, allow_empty, work_tree, accept)
            except (Moved, Refused) as problem:
                if work_tree is not None:
                    work_tree.abandon()
                journal.remove(_journal(self._repo))
                # What is refused may be refused because files already show what the branch has moved to.
                if isinstance(problem, Refused) and self._current() == self.tip:
                    raise
                if time.monotonic() > deadline or not self._moves_along(files):
                    raise Moved(self._location.branch) from None
            except OSError as problem:  # noticed where nothing says better what was tried
                path = problem.filename if isinstance(problem.filename, str) else self._repo.common_dir
                raise cannot("write", path, problem) from None
            # At no fixed pace: whoever commits in a loop is not met at the same moment again and again.
            time.sleep(_PAUSE * os.urandom(1)[0] / 255)

    def _hold_back_others(self, work_tree: WorkTree, files: Iterable[str]) -> None:
        """Keeps those who commit from the work tree waiting while ours is made anew, and looks where the branch is."""
        checkout = worktrees.name_of(self._repo, work_tree.checkout)
        journal.write(_journal(self._repo), journal.Entry(ref=self._ref, old="", checkout=checkout))
        work_tree.hold()
        if self._current() != self.tip and not self._moves_along(files):
            raise Moved(self._location.branch)

    def _moves_along(self, paths: Iterable[str]) -> bool:
        """Takes the branch's new commit for the tip if it leaves be what the commit is made from."""
        old, new = self.tip, self._current()
        if old is None or new is None:
            return False
        watched = (*paths, CONFIG_PATH)
        if entries.find_files(self._repo, old, watched) != entries.find_files(self._repo, new, watched):
            return False
        self.tip = new
        return True

    def _commit(
        self,
        files: Mapping[str, bytes | None],
        message: str,
        author: Identity,
        committer: Identity,
        sign: bool | str | None,
        allow_empty: bool,
        work_tree: WorkTree | None,
        accept: Callable[[str], None] | None,
    ) -> str:
        if worktrees.find_rebase(self._repo, self._ref):
            raise Refused(
                f'branch "{self._location.branch}" is being rebased',
                hint="finish that, or `git rebase --abort`",
            )
        writer = self._writer
        plan = make_plan(self._repo, self.tip, files, writer)
        if not plan.touched and not allow_empty:
            raise Refused("there is nothing to commit")
        if work_tree is not None:
            work_tree.examine(plan.touched)
        try:
            new = self._write_objects(writer, plan, message, author, committer, sign)
            if accept is not None:
                accept(new)
            self._land(plan, new, message, committer, work_tree)
        finally:
            writer.wait()
        self.tip = new
        housekeeping.count_commit(self._repo)
        return new

    def move_to(self, new: str, why: str, who: Identity) -> None:
        """Moves the branch to a commit made elsewhere on top of `tip`; Git's index and work tree follow.

        Raises Moved when somebody else moved the branch, Refused when changed files are in the way; then nothing is.
        """
        from gitdesk.store import switch

        checkout = worktrees.find_checkout(self._repo, self._ref)
        path, old = _journal(self._repo), self._repo.read_ref(self._ref) or ""
        if (old or self._current() or "") != (self.tip or ""):
            raise Moved(self._location.branch)
        move = ref_update.kind_of_move(self._repo, self._ref, old)(
            self._repo,
            self._ref,
            old=old,
            new=new,
            why=f"gitdesk: {why}",
            who=who.line,
            git_dir=checkout.git_dir if checkout else self._repo.git_dir,
            keep_open=self._hold,
        )
        followed = False
        try:
            move.lock()
            if checkout is None:
                move.commit()
            else:
                switch.announce(self._repo, path, self._ref, self.tip or "", move, checkout)
                with switch.following(self._repo, checkout, self.tip or "", new, self._hold):
                    followed = True
                    move.commit()
        except (GitdeskError, OSError) as error:
            move.abort()
            if not followed and not isinstance(error, switch.Unfinished):  # else the next turn completes it
                journal.remove(path)
            raise
        journal.remove(path)
        self.tip = new
        if self._location.remote_ref and not old:
            self._track(self._location.remote_ref)

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
        from gitdesk.store import signed_commit

        return signed_commit.make(self._repo, plan.tree, parents, message, author, committer, sign)

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
            checkout=worktrees.name_of(self._repo, checkout) if checkout else "",
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
            self._writer.settle()  # from here on somebody may refer to the new objects
            if work_tree is not None:
                touched = tuple((one.path, one.old, one.new) for one in plan.touched)
                journal.write(path, replace(entry, new=new, why=move.why, who=move.who, paths=touched))
        except (GitdeskError, OSError):
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
            raise SetupError(
                f"the change could not be completed: {problem}",
                hint="the next command of gitdesk's completes it",
            ) from None
        if self._location.remote_ref and not move.old:
            self._track(self._location.remote_ref)

    def _track(self, remote_ref: str) -> None:
        """Lets Git know which remote's branch the new local one belongs to."""
        short = remote_ref.removeprefix("refs/remotes/")
        self._repo.call("branch", f"--set-upstream-to={short}", "--end-of-options", self._location.branch)


def _is_plain(repo: Repo, ref: str) -> bool:
    return repo.odd_refs or not (refs.read_raw(repo, ref) or "").startswith("ref: ")


def _journal(repo: Repo) -> str:
    return f"{repo.common_dir}/gitdesk/journal"
