"""Git's references: read from their files, or by Git where they are kept otherwise."""

from __future__ import annotations

import contextlib
import os

from gitdesk.domain.workflow import PROPOSALS
from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo

_PER_WORKTREE = ("refs/bisect/", "refs/worktree/", "refs/rewritten/")
_DEEPEST = 5
BRANCHES = "refs/heads/"
PROPOSED = (
    f"{BRANCHES}{PROPOSALS}**",
    f"refs/remotes/*/{PROPOSALS}**",
)  # here and on remotes, as this clone knows


def read(repo: Repo, name: str) -> str | None:
    """Returns the id a reference points to, symbolic ones followed; None when there is none."""
    if repo.odd_refs:
        done = repo.call("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        return done.output.decode("ascii").strip() or None
    for _ in range(_DEEPEST):
        found = read_raw(repo, name)
        if found is None or not found.startswith("ref: "):
            return found
        name = found[5:]
        if not _is_safe(name):
            return None
    return None


def branch_behind(repo: Repo, name: str) -> str:
    """Returns the branch that a symbolic reference leads to in the end; the name itself when there is none."""
    if repo.odd_refs:
        done = repo.call("symbolic-ref", "--quiet", name)
        return os.fsdecode(done.output).strip() or name
    last = name
    for _ in range(_DEEPEST):
        found = read_raw(repo, last)
        if found is None or not found.startswith("ref: "):
            return last if last.startswith(BRANCHES) else name
        last = found[5:]
        if not _is_safe(last):
            break
    return name


def _is_safe(name: str) -> bool:
    """Tells whether a name that stands in a file of the repository stays among its references."""
    return name.startswith("refs/") and not any(part in ("", ".", "..") for part in name.split("/"))


def read_raw(repo: Repo, name: str) -> str | None:
    """Returns what a reference holds: an id, or `ref: ` and another name."""
    private = "/" not in name or name.startswith(_PER_WORKTREE)
    try:
        text = read_file(f"{repo.git_dir if private else repo.common_dir}/{name}")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return packed(repo, name)
    return text if text.startswith("ref: ") else text[: 2 * repo.id_size] or None


def read_file(path: str) -> str:
    """Returns what the file of a reference says, `ref: ` and a name from a link too, as HEAD was one in old Gits."""
    with contextlib.suppress(OSError):
        target = os.readlink(path)
        if target.startswith("refs/"):
            return f"ref: {target}"
    with open(path, "rb") as file:
        text = file.read().decode("utf-8", "surrogateescape").strip()
    return f"ref: {text[4:].strip()}" if text.startswith("ref:") else text


def packed(repo: Repo, name: str) -> str | None:
    """Returns the id of a reference out of `packed-refs`."""
    try:
        with open(f"{repo.common_dir}/packed-refs", "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return None
    at = data.find(b" %s\n" % os.fsencode(name))
    return data[at - 2 * repo.id_size : at].decode("ascii") if at > 0 else None


def may_be_below(repo: Repo, folder: str) -> bool:
    """Tells whether there are references below a folder; where they are files, none is read and Git is not asked."""
    if repo.odd_refs or os.path.isdir(f"{repo.common_dir}/{folder}"):
        return True
    try:
        with open(f"{repo.common_dir}/packed-refs", "rb") as file:
            return b" %s/" % os.fsencode(folder) in file.read()
    except FileNotFoundError:
        return False


def head(repo: Repo) -> tuple[str | None, str | None]:
    """Returns the branch HEAD is on (None when detached) and the commit (None when unborn)."""
    if repo.odd_refs:
        done = repo.call("symbolic-ref", "--quiet", "HEAD")
        branch = os.fsdecode(done.output).strip() or None
        return branch, read(repo, branch or "HEAD")
    raw = read_raw(repo, "HEAD")
    if raw and raw.startswith("ref: "):
        return branch_behind(repo, raw[5:]), read(repo, raw[5:])
    return None, raw


def remote_branches(repo: Repo, branch: str) -> list[str]:
    """Returns the remote-tracking references of a branch name, `origin`'s first."""
    listed = repo.run("for-each-ref", "--format=%(refname)", f"refs/remotes/*/{branch}")
    names = os.fsdecode(listed).split()
    return sorted(names, key=lambda name: (not name.startswith("refs/remotes/origin/"), name))


def full_name(branch: str) -> str:
    """Returns a branch's full name; raises UsageError for what cannot be a branch's name."""
    short = branch.removeprefix("refs/heads/")
    parts = short.split("/")
    bad = (
        not short
        or short.startswith("-")
        or any(not part or part.startswith(".") or part.endswith((".", ".lock")) for part in parts)
        or any(mark in short for mark in ("..", "@{", *" ~^:?*[\\\x7f"))
        or any(ord(mark) < 32 for mark in short)
        or short in ("@", "HEAD")
    )
    if bad:
        raise UsageError(f'"{branch}" cannot be the name of a branch')
    return f"refs/heads/{short}"
