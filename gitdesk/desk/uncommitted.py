"""What lies in the work tree and is not in force: conflicts nobody settled, files nobody committed."""

from __future__ import annotations

import os
from contextlib import suppress

from gitdesk.domain.config import PATH
from gitdesk.errors import SetupError
from gitdesk.store import attributes, read, underway
from gitdesk.store.git import Repo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitdesk.desk.door import Desk
    from gitdesk.domain.violation import Violation

CONFIG_CHANGED = f"{PATH} has changes that are not committed; they are not in force"
CONFIG_UNSTAGED = f"{PATH} has changes that are not staged; `git add :/{PATH}` puts them into the next commit"
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
        if head is None or read.holds_desk(repo, head):
            return head is not None
        try:  # where the desk's gitdesk.yaml was deleted, and the desk is nowhere else
            return read.is_desk(repo, head) and read.locate(repo, environ).tip == head
        except SetupError:
            return False


def config_differs(desk: Desk, *, staged: bool = False) -> bool:
    """Tells whether gitdesk.yaml in the desk's work tree says something else than the last commit, or the index."""
    shown = _shown(desk)
    if shown is None:
        return False
    found = read.find_file(desk.repo, desk.tip, PATH)
    if staged:
        from gitdesk.store.staging import staged as staged_files

        for one in staged_files(desk.repo, desk.environ.get("GIT_INDEX_FILE")):
            if one.path == PATH:
                found = desk.repo.blob(one.new) if one.new is not None else None
    return shown.replace(b"\r\n", b"\n") != (found or b"").replace(b"\r\n", b"\n")


def judged(desk: Desk) -> tuple[Violation, ...]:
    """Returns what is wrong with the gitdesk.yaml of the desk's work tree, whether it is committed or not."""
    from gitdesk.store.config_file import parse_config

    shown = _shown(desk)
    return parse_config(shown)[1] if shown is not None else ()


def _shown(desk: Desk) -> bytes | None:
    """Returns the gitdesk.yaml of the desk's work tree, None where there is none to be read."""
    checkout = desk.location.checkout
    if checkout is None:
        return None
    try:
        with open(os.path.join(checkout.path, PATH), "rb") as file:
            return file.read()
    except OSError:
        return None


def conflicts(desk: Desk) -> tuple[str, ...]:
    """Returns the files of the desk that a merge in its work tree left for a person to settle, in order."""
    index = _index(desk)
    if index is None:
        return ()
    found: dict[str, None] = {}
    with suppress(FileNotFoundError):
        env = {"GIT_INDEX_FILE": index}
        for record in desk.repo.run(*_UNMERGED, desk.tip, "--", env=env).split(b"\0"):
            path = os.fsdecode(record)
            if path == PATH or path.startswith(("tickets/", "calendars/")):
                found[path] = None
    return tuple(found)


def _index(desk: Desk) -> str | None:
    """Returns the path of the index beside the desk's branch: here, where HEAD has left it for a while."""
    repo, location = desk.repo, desk.location
    if location.checkout is not None:
        return location.checkout.index
    if repo.work_tree is None:
        return None
    begun = underway.look(repo)
    is_here = location.ref is None or (begun is not None and begun.branch == location.branch)
    return f"{repo.git_dir}/index" if is_here else None


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
