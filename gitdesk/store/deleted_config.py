"""A gitdesk.yaml that was deleted from a desk: which commit did it, and how it comes back."""

from __future__ import annotations

import os

from gitdesk.store import objects, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo


def find_deletion(repo: Repo, commit: str) -> str | None:
    """Returns the commit that deleted gitdesk.yaml from a desk whose tickets are still there, None for anything else.

    Tickets tell a desk from code whose branch once held one; only where there are some is history asked.
    """
    if read.holds_desk(repo, commit) or not has_tickets(repo, commit):
        return None
    words = ("rev-list", "-1", "--first-parent", commit, "--", read.CONFIG_PATH)
    return repo.run(*read.at_top(repo), *words).decode("ascii").strip() or None


def has_tickets(repo: Repo, commit: str) -> bool:
    """Tells whether a commit has a file where that of a ticket belongs."""
    from gitdesk.domain.format import id_of

    top = read.find_entry(repo, commit, read.TICKETS)
    if top is None or top.mode != objects.TREE_MODE:
        return False
    for folder, entry in repo.tree(top.oid).items():
        if entry.mode == objects.TREE_MODE:
            path = f"{read.TICKETS}/{os.fsdecode(folder)}/"
            if any(id_of(path + os.fsdecode(name)) is not None for name in repo.tree(entry.oid)):
                return True
    return False


def way_back(deletion: str) -> str:
    """Returns in words how a deleted gitdesk.yaml comes back."""
    return f"`git checkout {deletion[:10]}^ -- :/{read.CONFIG_PATH}` and `git commit` bring it back"
