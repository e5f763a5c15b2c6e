"""What is staged for the next commit: the desk's files in Git's index that differ from HEAD."""

from __future__ import annotations

import os

from gitdesk.store import objects
from gitdesk.store.read import CONFIG_PATH, TICKETS, at_top
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo

CALENDARS = "calendars/"  # where a desk keeps holidays


class Staged(Value):
    """One path: blob ids before and after (None where there is no plain file), and its mode afterwards."""

    path: str
    old: str | None
    new: str | None
    mode: str

    @property
    def deleted(self) -> bool:
        """Tells whether nothing is left at the path."""
        return not self.mode.strip("0")


def staged(repo: Repo, index_file: str | None = None, base: str | None = None) -> tuple[Staged, ...]:
    """Returns the staged differences under tickets/ and calendars/ and of gitdesk.yaml, in the order of their paths.

    `index_file` is the index Git is about to commit when it is not the usual one, as for `git commit -a`; `base` the
    commit to compare it with when that is not HEAD.
    """
    env = {"GIT_INDEX_FILE": os.path.abspath(index_file)} if index_file else None
    base = base or repo.head()[1] or repo.run("hash-object", "-t", "tree", "--stdin").decode("ascii").strip()
    words = ("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff")
    fields = repo.run(*at_top(repo), *words, base, "--", TICKETS, CONFIG_PATH, CALENDARS, env=env).split(
        b"\0"
    )
    found = []
    for facts, path in zip(fields[::2], fields[1::2], strict=False):
        old_mode, new_mode, old, new, _ = facts[1:].decode("ascii").split(" ")
        found.append(
            Staged(
                path=os.fsdecode(path),
                old=old if old_mode in objects.PLAIN_MODES else None,
                new=new if new_mode in objects.PLAIN_MODES else None,
                mode=new_mode,
            )
        )
    return tuple(found)
