"""What Git is in the middle of in a work tree: a merge, a rebase or the like, and the command that goes on with it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo

_GOES_ON = (  # by the file that is there until then; one that another one holds as a part comes after it
    ("rebase-merge", "git rebase --continue"),
    ("rebase-apply/applying", "git am --continue"),
    ("rebase-apply", "git rebase --continue"),
    ("CHERRY_PICK_HEAD", "git cherry-pick --continue"),
    ("REVERT_HEAD", "git revert --continue"),
    ("MERGE_HEAD", "git commit"),
)


def going_on(repo: Repo, git_dir: str | None = None) -> str | None:
    """Returns the command that goes on with what Git has begun, None when it is in the middle of nothing.

    In the work tree that belongs to a Git directory, ours unless it is named.
    """
    for name, command in _GOES_ON:
        if os.path.exists(os.path.join(git_dir or repo.git_dir, name)):
            return command
    return None
