"""Making a desk where there is none: its files, its first commit, and the hooks that check hand edits."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress

from gitdesk.desk.configuration import parsed
from gitdesk.desk.places import local_zone
from gitdesk.domain.config import PATH
from gitdesk.domain.people import Person, id_for
from gitdesk.errors import Place, Refused, SetupError, UsageError
from gitdesk.store import deleted_config, hook_files, install, merge_setup, read, write
from gitdesk.store.identity import identity
from gitdesk.store.worktrees import find_checkout
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gitdesk.store.git import Repo
    from gitdesk.store.identity import Identity

PREFIX = "GD"


class Founded(Value):
    """A desk just made: its name, its branch, where it is, and what a person should know."""

    name: str
    branch: str
    place: str
    remarks: tuple[str, ...]


def found_desk(
    directory: str,
    environ: Mapping[str, str],
    *,
    now: datetime,
    prefix: str | None,
    name: str | None,
    branch: str | None,
    template: str | None,
) -> Founded:
    """Makes a desk with one commit; raises Refused where there is one, and then changes nothing."""
    given = _template(template) if template is not None else None
    if given is not None and (prefix or name):
        raise UsageError("--from takes the whole file; --prefix and --name have no place beside it")
    try:
        folder = os.path.abspath(directory)
    except FileNotFoundError as error:
        raise SetupError("the current folder is not there any more", hint="cd somewhere else") from error
    existed, had_repository = os.path.isdir(folder), os.path.lexists(os.path.join(folder, ".git"))
    _make_folder(folder)
    repo = install.open_or_create(folder, environ)
    with repo:
        try:
            author, committer = identity(repo, environ, now)
            data = given if given is not None else _default(folder, author, environ, prefix, name)
            config = parsed(data)
            location, remarks = _commit(
                repo, folder, branch, data, author, committer, given=given is not None
            )
        except BaseException:
            if not had_repository and repo.git_dir == os.path.join(folder, ".git"):
                _undo(folder, existed)
            raise
        return Founded(
            name=config.name,
            branch=location.branch,
            place=repo.work_tree or repo.git_dir,
            remarks=tuple(remarks),
        )


def _commit(
    repo: Repo,
    folder: str,
    branch: str | None,
    data: bytes,
    author: Identity,
    committer: Identity,
    *,
    given: bool,
) -> tuple[read.Location, list[str]]:
    location = install.place(repo, branch)
    if location.tip is not None and read.holds_desk(repo, location.tip):
        raise Refused(f'there is a desk on branch "{location.branch}" already', hint="gitdesk list shows it")
    if location.tip is not None:
        _require_no_tickets(repo, location.branch, location.tip, given=given)
    if location.checked_out and os.path.lexists(os.path.join(repo.work_tree or folder, PATH)):
        raise Refused(
            f"there is a {PATH} here that is not committed",
            hint="move it away and give it back with --from FILE",
        )
    with write.turn(repo, location) as turn:
        old = read.find_file(repo, turn.tip, install.ATTRIBUTES_PATH) if turn.tip else None
        files = {PATH: data, install.ATTRIBUTES_PATH: install.attributes_with_ours(old)}
        turn.commit(
            {path: new for path, new in files.items() if new != old}, "desk: make a desk\n", author, committer
        )
    merge_setup.put_in(repo)
    remarks = []
    if branch is not None:
        install.use_branch(repo, location)
        remarks.append(f"git push origin {location.branch} shares it")
    elif find_checkout(repo, location.ref or "") is not None:
        remarks += _hooks(repo)
    return location, remarks


def _require_no_tickets(repo: Repo, branch: str, tip: str, *, given: bool) -> None:
    """Raises Refused where a desk has lost its gitdesk.yaml: another one would not fit the tickets that are there."""
    deletion = deleted_config.find_deletion(repo, tip)
    if deletion is not None:
        raise Refused(
            f'branch "{branch}" holds the tickets of a desk whose {PATH} was deleted in commit {deletion[:10]}',
            hint=f"{deleted_config.way_back(deletion)}, with the people, roles and fields the tickets go by",
        )
    if not given and deleted_config.has_tickets(repo, tip):
        raise Refused(
            f'branch "{branch}" holds tickets and no {PATH}, and a new one would not fit them',
            hint="--from FILE takes the one they were made by",
        )


def _make_folder(folder: str) -> None:
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SetupError(f"the folder cannot be made: {reason}", place=Place(folder)) from error


def _template(path: str) -> bytes:
    from gitdesk.store.config_file import MAX_BYTES

    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"cannot be read: {reason}", place=Place(path)) from error
    if len(data) > MAX_BYTES:
        raise UsageError(f"the file has more than {MAX_BYTES:,} bytes", place=Place(path))
    return data


def _default(
    folder: str, author: Identity, environ: Mapping[str, str], prefix: str | None, name: str | None
) -> bytes:
    from gitdesk.store.config_file import default_config

    person = Person(id=id_for(author.name, author.email), name=author.name, addresses=(author.email,))
    return default_config(
        name=name or os.path.basename(folder) or "desk",
        prefix=prefix or PREFIX,
        time_zone=local_zone(environ),
        person=person,
    )


def _hooks(repo: Repo) -> list[str]:
    """Puts in the hooks that judge commits by hand, unless the clone has such or keeps its hooks elsewhere."""
    folder = os.path.join(repo.common_dir, "hooks")
    if repo.config("core.hooksPath") or any(
        hook_files.state(folder, name) == hook_files.THEIRS for name in hook_files.COMMITTING
    ):
        return [
            "this clone has hooks of its own: `gitdesk hooks install` puts the check of hand edits behind them"
        ]
    try:
        for name in hook_files.COMMITTING:
            hook_files.put_in(folder, name)
    except SetupError as error:
        return [f"no hook judges commits by hand here: {error.message}"]
    return []


def _undo(folder: str, existed: bool) -> None:
    """Takes away the repository that was made a moment ago."""
    shutil.rmtree(os.path.join(folder, ".git"), ignore_errors=True)
    if not existed:
        with suppress(OSError):
            os.rmdir(folder)
