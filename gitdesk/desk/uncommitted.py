"""What lies in the work tree and is not in force: conflicts nobody settled, files nobody committed."""

from __future__ import annotations

import os
from contextlib import suppress

from gitdesk.domain.config import PATH
from gitdesk.store import attributes, read
from gitdesk.store.git import Repo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitdesk.desk.door import Desk

CONFIG_CHANGED = f"{PATH} has changes that are not committed; they are not in force"
# No paths behind it: they would be meant from the folder the person stands in.
_UNMERGED = (
    "diff-index",
    "--cached",
    "--name-only",
    "--diff-filter=U",
    "-z",
    "--no-renames",
    "--no-ext-diff",
)
# What Git ignores is no news.
_CHANGED = ("status", "--porcelain", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=all")
_FOLDERS = ("tickets", "calendars")


def goes_on_desk(start: str, environ: Mapping[str, str]) -> bool:
    """Tells whether the next commit of a work tree stands on a desk, and not on code beside one."""
    with Repo.discover(start, environ) as repo:
        _, head = repo.head()
        return head is not None and read.holds_desk(repo, head)


def config_differs(desk: Desk) -> bool:
    """Tells whether gitdesk.yaml in the desk's work tree says something else than the commit commands read."""
    checkout = desk.location.checkout
    if checkout is None:
        return False
    try:
        with open(os.path.join(checkout.path, PATH), "rb") as file:
            shown = file.read()
    except OSError:
        return False
    committed = read.find_file(desk.repo, desk.tip, PATH) or b""
    return shown.replace(b"\r\n", b"\n") != committed.replace(b"\r\n", b"\n")


def conflicts(desk: Desk) -> tuple[str, ...]:
    """Returns the files of the desk that a merge in its work tree left for a person to settle, in order."""
    checkout = desk.location.checkout
    if checkout is None:
        return ()
    found: dict[str, None] = {}
    with suppress(FileNotFoundError):
        env = {"GIT_INDEX_FILE": checkout.index}
        for record in desk.repo.run(*_UNMERGED, desk.tip, "--", env=env).split(b"\0"):
            path = os.fsdecode(record)
            if path == PATH or path.startswith(("tickets/", "calendars/")):
                found[path] = None
    return tuple(found)


def changed(desk: Desk) -> tuple[str, ...]:
    """Returns the tickets, attachments and holidays that the desk's work tree has otherwise than its last commit."""
    checkout = desk.location.checkout
    if checkout is None:
        return ()
    options, environ = attributes.filters_off(desk.repo)
    environ |= {"GIT_DIR": checkout.git_dir, "GIT_WORK_TREE": checkout.path}
    words = ("-C", checkout.path, *options, *_CHANGED, "--", *_FOLDERS)
    records = desk.repo.run(*words, env=environ).split(b"\0")
    return tuple(os.fsdecode(record[3:]) for record in records if record)


def changed_words(paths: tuple[str, ...]) -> str:
    """Returns changed files in words: the first path and how many more."""
    more = f" and {len(paths) - 1:,} more have" if len(paths) > 1 else " has"
    return f"{paths[0]}{more} changes that are not committed"


def conflict_words(paths: tuple[str, ...]) -> str:
    """Returns conflicts in words: the first path and how many more."""
    more = f" and {len(paths) - 1:,} more" if len(paths) > 1 else ""
    return f"{paths[0]}{more}: a merge left conflicts that are not settled"
