"""Finishes, or takes back, what a killed writer was in the middle of."""

from __future__ import annotations

import os

from gitdesk.store import journal, read, ref_update
from gitdesk.store.lock import remove_stale
from gitdesk.store.object_writer import discard
from gitdesk.store.plan import Touched
from gitdesk.store.shown_files import WAITING
from gitdesk.store.worktree import NEW_INDEX, WorkTree
from gitdesk.store.worktrees import Checkout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo


def recover(repo: Repo, path: str, keep_open: tuple[int, ...]) -> None:
    """Brings a clone in order after a killed writer; the queue must be held. Does nothing when there was none.

    A commit whose files may already be in the work tree is completed; anything less leaves no trace.
    """
    if not os.path.exists(path):
        return
    left = journal.load(path)
    if left is not None:
        remove_stale(f"{repo.common_dir}/{left.ref}.lock")
        if left.git_dir:
            _clear(left)
        if left.new:
            _finish(repo, left, keep_open)
    journal.remove(path)


def _clear(left: journal.Entry) -> None:
    """Removes the locks and waiting files of a dead writer."""
    remove_stale(f"{left.git_dir}/index.lock")
    discard(f"{left.git_dir}/{NEW_INDEX}")
    for folder in (left.git_dir, left.work_tree):
        if os.path.isdir(folder):
            for name in os.listdir(folder):
                if name.startswith(WAITING):
                    discard(f"{folder}/{name}")


def _finish(repo: Repo, left: journal.Entry, keep_open: tuple[int, ...]) -> None:
    """Moves the branch if it has not moved, and makes the work tree show what the branch then holds."""
    move = ref_update.kind_of_move(repo, left.ref, left.old)(
        repo,
        left.ref,
        old=left.old,
        new=left.new,
        why=left.why,
        who=left.who,
        git_dir=left.git_dir,
        keep_open=keep_open,
    )
    work_tree = WorkTree(repo, Checkout(path=left.work_tree, git_dir=left.git_dir), left.ref, keep_open)
    there = os.path.isdir(left.work_tree)
    try:
        tip = repo.read_ref(left.ref) or ""
        waiting = tip == left.old
        if waiting:
            move.lock()
        touched = _towards(repo, left.new if waiting else tip, left) if waiting or tip else []
        undone = work_tree.prepare_to_finish(touched) if there else ()
        if undone:
            work_tree.follow(undone)
        if waiting:
            move.commit()
    finally:
        move.abort()
        work_tree.abandon()


def _towards(repo: Repo, commit: str, left: journal.Entry) -> list[Touched]:
    """Returns the touched paths with what a commit holds there as the aim, and the other version as what may be."""
    touched = []
    for path, old, new in left.paths:
        aim = _blob_at(repo, commit, path)
        if aim in (old, new):  # else a later commit changed it again: that is not ours to show
            other = old if aim == new else new
            touched.append(Touched(path=path, old=other, new=aim, content=repo.blob(aim) if aim else b""))
    return touched


def _blob_at(repo: Repo, tip: str, path: str) -> str:
    entry = read.find_entry(repo, tip, path)
    return entry.oid if entry else ""
