"""Finds the work tree, main or linked, in which a branch is checked out."""

from __future__ import annotations

import contextlib
import os

from gitdesk.store import discover, refs, settings
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo


class Checkout(Value):
    """A work tree that shows a branch: its root, and the Git directory with its HEAD and index."""

    path: str
    git_dir: str

    @property
    def index(self) -> str:
        """Returns the path of Git's index."""
        return f"{self.git_dir}/index"


def find_checkout(repo: Repo, ref: str) -> Checkout | None:
    """Returns the work tree that has a branch checked out, ours first; None when none has."""
    if repo.work_tree is not None and branch_of(repo, repo.git_dir) == ref:
        return Checkout(path=repo.work_tree, git_dir=repo.git_dir)
    for path, git_dir in _others(repo):
        if branch_of(repo, git_dir) == ref and os.path.isdir(path) and _belongs(repo, path, git_dir):
            return Checkout(path=path, git_dir=git_dir)
    return None


def name_of(repo: Repo, checkout: Checkout) -> str:
    """Returns what a work tree is called inside its clone: ".", or `worktrees/NAME`; "" for neither."""
    name = (
        "." if checkout.git_dir == repo.common_dir else checkout.git_dir.removeprefix(f"{repo.common_dir}/")
    )
    return name if is_name(name) else ""


def is_name(name: str) -> bool:
    """Tells whether a text can be the name of a work tree."""
    folder, _, last = name.rpartition("/")
    return name == "." or (folder == "worktrees" and last not in ("", ".", ".."))


def find_named(repo: Repo, name: str) -> Checkout | None:
    """Returns the work tree of a name, None when there is none, or none any more."""
    if name == ".":
        path = repo.work_tree if repo.git_dir == repo.common_dir else None
        path = path or _main(repo)
        return Checkout(path=path, git_dir=repo.common_dir) if path and os.path.isdir(path) else None
    for path, git_dir in _linked(repo):
        if git_dir == f"{repo.common_dir}/{name}" and _belongs(repo, path, git_dir):
            return Checkout(path=path, git_dir=git_dir)
    return None


def _belongs(repo: Repo, path: str, git_dir: str) -> bool:
    """Tells whether a work tree takes itself for one of this clone's.

    A clone that was copied, or comes from a stranger, may name a folder that knows nothing of it.
    """
    if git_dir == repo.common_dir:
        return True
    try:
        back = discover.pointed(path, f"{path}/.git")
        common = discover.common_dir_of(git_dir)
    except OSError:
        return False
    return back == os.path.realpath(git_dir) and common == os.path.realpath(repo.common_dir)


def branch_of(repo: Repo, git_dir: str) -> str | None:
    """Returns the branch that a work tree's HEAD is on, None when detached."""
    if repo.odd_refs:
        done = repo.call("symbolic-ref", "--quiet", "HEAD", env={"GIT_DIR": git_dir})
        return os.fsdecode(done.output).strip() or None
    try:
        line = refs.read_file(f"{git_dir}/HEAD")
    except OSError:
        return None
    return refs.branch_behind(repo, line[5:]) if line.startswith("ref: ") else None


def find_rebase(repo: Repo, ref: str) -> bool:
    """Tells whether a branch is being rebased in some work tree: HEAD is detached there, and will come back."""
    for git_dir in (repo.common_dir, *(git_dir for _, git_dir in _linked(repo))):
        for state in ("rebase-merge", "rebase-apply"):
            with contextlib.suppress(OSError), open(f"{git_dir}/{state}/head-name", "rb") as file:
                if refs.branch_behind(repo, os.fsdecode(file.read()).strip()) == ref:
                    return True
    return False


def _others(repo: Repo) -> list[tuple[str, str]]:
    found = _linked(repo)
    main = _main(repo) if repo.git_dir != repo.common_dir else None
    return [(main, repo.common_dir), *found] if main else found


def _linked(repo: Repo) -> list[tuple[str, str]]:
    folder = f"{repo.common_dir}/worktrees"
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    found = []
    for name in names:
        git_dir = f"{folder}/{name}"
        try:
            with open(f"{git_dir}/gitdir", "rb") as file:
                entry = os.path.join(git_dir, os.fsdecode(file.read().strip(b"\r\n")))
        except OSError:
            continue
        found.append((os.path.dirname(os.path.normpath(entry)), git_dir))
    return found


def _main(repo: Repo) -> str | None:
    """Returns the main work tree's root as seen from a linked one, None for a bare repository."""
    try:
        with open(f"{repo.common_dir}/config", "rb") as file:
            own = settings.parse_file(file.read())
    except OSError:
        return None
    if own is None:
        own = repo.settings()
    if settings.parse_bool(own.get("core.bare")):
        return None
    if "core.worktree" in own:
        return os.path.realpath(os.path.join(repo.common_dir, own["core.worktree"]))
    return os.path.dirname(repo.common_dir) if os.path.basename(repo.common_dir) == ".git" else None
