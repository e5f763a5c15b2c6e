"""What Git is in the middle of in a work tree: a merge, a rebase or the like, and the commands that end it."""

from __future__ import annotations

import os
from contextlib import suppress

from gitdesk.errors import Refused, SetupError
from gitdesk.store import refs
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.errors import GitdeskError
    from gitdesk.store.git import Repo

_GOES_ON = (  # by the file that is there until then; one that another one holds as a part comes after it
    ("rebase-merge", "rebase", "git rebase --continue"),
    ("rebase-apply/applying", "am", "git am --continue"),
    ("rebase-apply", "rebase", "git rebase --continue"),
    ("CHERRY_PICK_HEAD", "cherry-pick", "git cherry-pick --continue"),
    ("REVERT_HEAD", "revert", "git revert --continue"),
    ("MERGE_HEAD", "merge", "git commit"),
)
_SETTLE = "gitdesk settle"


class Underway(Value):
    """What Git has begun: `verb` is its command, `command` goes on with it, `is_open` while paths are unmerged.

    `branch` is the one that is being rebased, whose place HEAD has left meanwhile; else "".
    """

    verb: str
    command: str
    is_open: bool
    branch: str = ""

    @property
    def named(self) -> str:
        """Returns what it is in words: "a merge"."""
        return f"{'an' if self.verb[0] in 'aeiou' else 'a'} {self.verb}"

    @property
    def way(self) -> str:
        """Returns in words how it ends: what is open first, what goes on with it, what takes it back."""
        first = f"{_SETTLE} for what is open, then " if self.is_open else ""
        return f"{first}{self.command}; or git {self.verb} --abort"


def going_on(repo: Repo, git_dir: str | None = None) -> str | None:
    """Returns the command that goes on with what Git has begun, None when it is in the middle of nothing.

    In the work tree that belongs to a Git directory, ours unless it is named.
    """
    found = _begun(git_dir or repo.git_dir)
    return found[1] if found is not None else None


def look(repo: Repo, git_dir: str | None = None) -> Underway | None:
    """Returns what Git is in the middle of in a work tree, ours unless another one's Git directory is named."""
    folder = git_dir or repo.git_dir
    found = _begun(folder)
    if found is None:
        return None
    from gitdesk.store.unmerged import is_open

    verb, command = found
    is_left = is_open(repo, f"{folder}/index")
    return Underway(verb=verb, command=command, is_open=is_left, branch=_rebased(repo, folder))


def _begun(git_dir: str) -> tuple[str, str] | None:
    for name, verb, command in _GOES_ON:
        if os.path.exists(os.path.join(git_dir, name)):
            return verb, command
    return None


def _rebased(repo: Repo, git_dir: str) -> str:
    for state in ("rebase-merge", "rebase-apply"):
        with suppress(OSError), open(f"{git_dir}/{state}/head-name", "rb") as file:
            name = os.fsdecode(file.read()).strip()
            if name.startswith(refs.BRANCHES):
                return refs.branch_behind(repo, name).removeprefix(refs.BRANCHES)
    return ""


def detached(repo: Repo, purpose: str) -> GitdeskError:
    """Returns the error for a HEAD that is on no branch `purpose` could be done with, and how it gets onto one."""
    found = look(repo)
    if found is not None and found.branch:
        return Refused(f'branch "{found.branch}" is being rebased', hint=f"finish that: {found.way}")
    return SetupError(
        f"HEAD is detached: there is no branch to {purpose}",
        hint="`git switch BRANCH`, or name the desk's branch: git config gitdesk.branch BRANCH",
    )
