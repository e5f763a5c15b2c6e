"""Finishes, or takes back, what a killed writer was in the middle of."""

from __future__ import annotations

import os

from gitdesk.store import journal, process, read, ref_update, worktrees
from gitdesk.store.lock import remove_stale
from gitdesk.store.object_writer import discard
from gitdesk.store.plan import Touched
from gitdesk.store.shown_files import is_waiting
from gitdesk.store.worktree import NEW_INDEX, WorkTree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo
    from gitdesk.store.worktrees import Checkout


def recover(repo: Repo, path: str, keep_open: tuple[int, ...]) -> None:
    """Brings a clone in order after a killed writer; the queue must be held. Does nothing when there was none.

    A commit whose files may already be in the work tree is completed; anything less leaves no trace.
    """
    if not os.path.lexists(path):
        return
    try:
        left = journal.load(path)
        checkout = _checkout(repo, left) if left else None
    except journal.BadJournal:
        aside = journal.put_aside(path)
        process.warn(
            f'the journal of this clone is none that gitdesk has written; it is put aside as "{aside}"'
        )
        return
    if left is not None:
        remove_stale(f"{repo.common_dir}/{left.ref}.lock")
        if checkout is not None:
            _clear(checkout)
        if left.new:
            _finish(repo, left, checkout, keep_open)
    journal.remove(path)


def _checkout(repo: Repo, left: journal.Entry) -> Checkout | None:
    """Returns the work tree to finish, None for none or one that has gone; raises BadJournal for what can be none."""
    if left.checkout and not worktrees.is_name(left.checkout):
        raise journal.BadJournal
    return worktrees.find_named(repo, left.checkout)


def _clear(checkout: Checkout) -> None:
    """Removes the locks and waiting files of a dead writer."""
    remove_stale(f"{checkout.git_dir}/index.lock")
    for name in (NEW_INDEX, f"{NEW_INDEX}.lock"):
        discard(f"{checkout.git_dir}/{name}")
    for folder in (checkout.git_dir, checkout.path):
        if os.path.isdir(folder):
            for name in os.listdir(folder):
                if is_waiting(folder, name):
                    discard(f"{folder}/{name}")


def _finish(repo: Repo, left: journal.Entry, checkout: Checkout | None, keep_open: tuple[int, ...]) -> None:
    """Moves the branch if it has not moved, and makes the work tree show what the branch then holds."""
    move = ref_update.kind_of_move(repo, left.ref, left.old)(
        repo,
        left.ref,
        old=left.old,
        new=left.new,
        why=left.why,
        who=left.who,
        git_dir=checkout.git_dir if checkout else repo.git_dir,
        keep_open=keep_open,
    )
    work_tree = WorkTree(repo, checkout, left.ref, keep_open) if checkout else None
    try:
        tip = repo.read_ref(left.ref) or ""
        waiting = tip == left.old
        if waiting:
            move.lock()
        touched = _towards(repo, left.new if waiting else tip, left) if waiting or tip else []
        if work_tree is not None:
            undone = work_tree.prepare_to_finish(touched)
            if undone:
                work_tree.follow(undone)
        if waiting:
            move.commit()
    finally:
        move.abort()
        if work_tree is not None:
            work_tree.abandon()
    if checkout is not None and left.old and repo.read_ref(left.ref) == left.new:
        from gitdesk.store import switch

        switch.complete_odd(repo, checkout, left.old, left.new, keep_open)


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
