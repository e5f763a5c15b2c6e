"""Makes a work tree and Git's index follow a commit, for the touched paths and for no other."""

from __future__ import annotations

import os

from gitdesk.errors import Conflict, Refused
from gitdesk.store import neighbours, worktrees
from gitdesk.store.cache_tree import Folder
from gitdesk.store.index_file import IndexEntry, IndexFile, Unsettled, stat_numbers
from gitdesk.store.lock import FileLock, cannot
from gitdesk.store.object_writer import discard
from gitdesk.store.permissions import Sharing
from gitdesk.store.shown_files import ShownFiles, find_stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gitdesk.store.cache_tree import Known
    from gitdesk.store.git import Repo
    from gitdesk.store.git_index import GitIndex
    from gitdesk.store.index_file import NewIndex
    from gitdesk.store.plan import Plan, Touched
    from gitdesk.store.shown_files import Stamp
    from gitdesk.store.worktrees import Checkout

_MODE = 0o100644
_UNKNOWN = (0,) * 6 + (_MODE,) + (0,) * 3
NEW_INDEX = "gitdesk-index"


class WorkTree:
    """One checkout while a commit is made: examined first, then laid out and locked, then made to follow.

    Everything that needs space on the disk is laid out first; to follow is only to rename.
    """

    def __init__(self, repo: Repo, checkout: Checkout, ref: str, keep_open: tuple[int, ...]) -> None:
        self.checkout = checkout
        self._repo, self._ref, self._keep_open = repo, ref, keep_open
        self._lock = FileLock(f"{checkout.index}.lock", repo.lock_mark)
        self._files = ShownFiles(repo, checkout)
        self._index: IndexFile | GitIndex | None = None
        self._index_stamp: Stamp | None = None
        self._entries: dict[str, IndexEntry] = {}
        self._new: NewIndex | None = None
        self._descriptor = -1

    def hold(self) -> None:
        """Takes the index's lock early: until `abandon` nobody else commits from this work tree."""
        self._lock.take()

    # before anything is written

    def examine(self, touched: Sequence[Touched]) -> None:
        """Raises Refused when a touched path has changes that are not committed, or something is in its way."""
        self._load([one.path for one in touched])
        safe: set[str] = set()
        for one in touched:
            self._files.check_folders(one.path, safe)
            self._check_entry(one)
            if not self._is_skipped(one.path):
                self._files.check(one, self._entries.get(one.path), self._index_time)

    def _load(self, paths: list[str]) -> None:
        now = find_stamp(self.checkout.index)
        if self._index is None or now != self._index_stamp:
            self._index = self._find_index()
            self._index_stamp = now
        try:
            found = self._index.find([os.fsencode(path) for path in paths])
        except Unsettled as error:
            raise self._unsettled(error.path) from None
        self._entries = {os.fsdecode(path): entry for path, entry in found.items()}

    def _unsettled(self, path: str) -> Unsettled:
        from gitdesk.store import underway

        begun = underway.look(self._repo, self.checkout.git_dir)
        if begun is None:  # a stash that was taken out, say
            return Unsettled(path, hint="gitdesk settle, or settle it in an editor; then git add")
        return Unsettled(path, begun.verb, f"finish it: {begun.way}")

    def _find_index(self) -> IndexFile | GitIndex:
        repo = self._repo
        loaded = IndexFile.load(self.checkout.index, repo.hash_name, repo.id_size)
        if loaded is not None:
            return loaded
        from gitdesk.store.git_index import GitIndex

        return GitIndex(repo, self.checkout, self._keep_open)

    @property
    def _index_time(self) -> int:
        return self._index_stamp[1] if self._index_stamp else 0

    def _check_entry(self, one: Touched) -> None:
        entry = self._entries.get(one.path)
        restore = f"commit them, or `git restore --staged --worktree -- {one.path}`"
        if entry is None and not one.old:
            assert self._index is not None
            if self._index.has_folder(os.fsencode(one.path)):
                raise Refused(f'"{one.path}" is a folder in Git\'s index')
        elif entry is None or (entry.oid, entry.stat[6]) != (one.old, _MODE):
            if not one.old:
                raise Refused(
                    f'"{one.path}" is already staged', hint=f"commit it, or `git rm --cached -- {one.path}`"
                )
            raise Refused(f'"{one.path}" has staged changes', hint=restore)

    def _is_skipped(self, path: str) -> bool:
        """Tells whether a sparse checkout leaves a file out."""
        entry = self._entries.get(path)
        return entry is not None and entry.skip_worktree

    # while everything can still be taken back

    def prepare(self, plan: Plan) -> None:
        """Puts the new files and room for the new index on the disk, takes the index's lock, and looks again."""
        self._lay_out(plan.touched, plan.folders)
        self._lock.take()
        if not self._is_on_branch():
            raise Conflict(f'"{self.checkout.path}" has been switched to another branch', hint="try again")
        if not self._is_as_examined(plan.touched):
            self._discard()
            self.examine(plan.touched)
            self._lay_out(plan.touched, plan.folders)
        if self._index is not None and not isinstance(self._index, IndexFile):
            self._index.prepare(plan.touched, self._entries)

    def prepare_to_finish(self, touched: Sequence[Touched]) -> tuple[Touched, ...]:
        """Takes the index's lock and prepares what a killed writer left undone; returns that.

        Nobody is refused: what is neither as it was before nor as it will be is somebody's work and stays.
        """
        self._lock.take()
        if not self._is_on_branch():
            return ()
        self._load([one.path for one in touched])
        undone = tuple(one for one in touched if self._staged(one.path) in (one.old, one.new))
        for one in undone:
            if not self._is_skipped(one.path):
                self._files.judge(one)
        self._lay_out(undone, all_changed(one.path for one in undone))
        if self._index is not None and not isinstance(self._index, IndexFile):
            self._index.prepare(undone, self._entries)
        return undone

    def _is_on_branch(self) -> bool:
        return worktrees.branch_of(self._repo, self.checkout.git_dir) == self._ref

    def _staged(self, path: str) -> str:
        entry = self._entries.get(path)
        return entry.oid if entry else ""

    def _is_as_examined(self, touched: Sequence[Touched]) -> bool:
        """Tells whether index and files are still what they were, by their stamps."""
        return find_stamp(self.checkout.index) == self._index_stamp and all(
            self._is_skipped(one.path) or self._files.is_unchanged(one.path) for one in touched
        )

    def _lay_out(self, touched: Sequence[Touched], folders: Known) -> None:
        self._files.lay_out([one for one in touched if not self._is_skipped(one.path)])
        if isinstance(self._index, IndexFile):
            entries = {os.fsencode(one.path): self._entry(one) for one in touched}
            self._new = self._index.apply(entries, folders)
            self._reserve(self._new.size)

    def _entry(self, one: Touched) -> IndexEntry | None:
        """Returns a path's new entry, its stat still unknown."""
        if not one.new:
            return None
        old = self._entries.get(one.path)
        kept = old if old is not None and old.skip_worktree else None
        return IndexEntry(
            path=os.fsencode(one.path),
            oid=one.new,
            stat=_UNKNOWN,
            flags=kept.flags if kept else 0,
            more_flags=kept.more_flags if kept else 0,
        )

    def _reserve(self, size: int) -> None:
        """Opens the new index's file with all the room it needs."""
        path = f"{self.checkout.git_dir}/{NEW_INDEX}"
        try:
            discard(path)
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            Sharing(self._repo.config("core.sharedRepository")).apply(self._descriptor)
            os.posix_fallocate(self._descriptor, 0, size)
        except OSError as problem:
            raise cannot("write", path, problem) from None

    def abandon(self) -> None:
        """Removes what was laid out, and gives the lock back."""
        self._discard()
        self._lock.release()

    def _discard(self) -> None:
        self._files.discard()
        self._close_new_index()
        discard(f"{self.checkout.git_dir}/{NEW_INDEX}")

    def _close_new_index(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    # when nothing can be refused any more

    def follow(self, touched: Sequence[Touched]) -> None:
        """Renames the new files and the new index into place; the lock is kept until the branch has moved."""
        shown = [one for one in touched if not self._is_skipped(one.path)]
        # What is new comes first: a folder must not be removed as empty just before something is put into it.
        for one in sorted(shown, key=lambda one: not one.new):
            self._files.show(one)
        ours = [one.path for one in shown if one.new and one.path not in self._files.foreign]
        if self._index is not None and not isinstance(self._index, IndexFile):
            self._index.refresh(ours)
        else:
            self._write_index(ours)
        os.rename(f"{self.checkout.git_dir}/{NEW_INDEX}", self.checkout.index)

    def release(self) -> None:
        """Gives the lock back when branch, files and index agree again."""
        neighbours.wait(self.checkout.path)
        self.abandon()

    def _write_index(self, ours: Sequence[str]) -> None:
        assert self._new is not None
        for path in ours:
            self._new.set_stat(os.fsencode(path), stat_numbers(os.lstat(self._files.full(path)), _MODE))
        data = self._new.finish()
        os.pwrite(self._descriptor, data, 0)
        os.ftruncate(self._descriptor, len(data))
        if self._index_time:
            # With the old index's time, Git goes on looking at the content of what was modified in the same
            # instant as the old one was written, and of what we wrote: nothing can hide behind an equal time.
            os.utime(self._descriptor, ns=(self._index_time, self._index_time))
        self._close_new_index()


def all_changed(paths: Iterable[str]) -> dict[bytes, Folder]:
    """Returns the folders above files, marked so that Git makes their cached trees anew."""
    unknown = Folder(old="", new="?", added=0, moulded=True)
    folders = {b"": unknown}
    for path in paths:
        folder = os.path.dirname(os.fsencode(path))
        while folder:
            folders[folder] = unknown
            folder = os.path.dirname(folder)
    return folders
