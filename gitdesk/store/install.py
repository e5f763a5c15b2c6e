"""Sets Git up for a desk: the repository when there is none, what `.gitattributes` says, the settings of a clone."""

from __future__ import annotations

import os

from gitdesk.errors import SetupError
from gitdesk.store import process, refs
from gitdesk.store.discover import NoRepositoryError
from gitdesk.store.git import Repo, require_version
from gitdesk.store.lock import cannot
from gitdesk.store.read import ATTRIBUTES_PATH as ATTRIBUTES_PATH
from gitdesk.store.read import branch_location

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitdesk.store.read import Location

ATTRIBUTES = "tickets/**/*.md merge=gitdesk diff=gitdesk"


def open_or_create(folder: str, environ: Mapping[str, str], *, branch: str | None = None) -> Repo:
    """Returns the repository around a folder, made in it when there is none; Git is proved recent enough."""
    require_version(environ)
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as problem:
        raise cannot("make a repository", folder, problem) from None
    try:
        return Repo.discover(folder, environ)
    except NoRepositoryError:
        pass
    _create(folder, environ, branch)
    return Repo.discover(folder, environ)


def _create(folder: str, environ: Mapping[str, str], branch: str | None) -> None:
    import git

    if branch is None and not process.run(["git", "config", "init.defaultBranch"], environ).output:
        branch = "main"
    named = {"initial_branch": refs.full_name(branch).removeprefix("refs/heads/")} if branch else {}
    try:
        git.Git(folder).init(env=dict(environ), **named)
    except git.GitCommandError as problem:
        said = str(problem.stderr).strip().splitlines()
        raise SetupError(f'cannot make a repository in "{folder}"', hint=said[-1] if said else None) from None


def place(repo: Repo, branch: str | None) -> Location:
    """Returns where a new desk goes: the current branch, or one of its own beside the code.

    Raises SetupError when HEAD is detached and no branch is named.
    """
    if branch is None:
        ref, _ = repo.head()
        if ref is None:
            raise SetupError("HEAD is detached", hint="`git switch BRANCH` first, or name one: --branch desk")
        return branch_location(repo, ref, "it is the current branch")
    return branch_location(repo, branch, "it was named")


def use_branch(repo: Repo, location: Location) -> None:
    """Makes this clone use a branch as its desk's, whatever is checked out."""
    set_config(repo, "gitdesk.branch", location.branch)


def set_config(repo: Repo, key: str, value: str) -> None:
    """Sets a setting of this clone's."""
    repo.run("config", "--local", key, value)
    repo.forget_settings()


def attributes_with_ours(existing: bytes | None) -> bytes:
    """Returns `.gitattributes` with the desk's line, everything that is there kept."""
    line = ATTRIBUTES.encode()
    if existing is None or not existing.strip():
        return line + b"\n"
    newline = b"\r\n" if b"\r\n" in existing else b"\n"
    if line in (present.strip() for present in existing.splitlines()):
        return existing
    separator = b"" if existing.endswith(b"\n") else newline
    return existing + separator + line + newline
