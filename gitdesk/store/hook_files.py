"""The hooks of a clone as files: where Git looks for them, ours put in before what was there, and taken out again."""

from __future__ import annotations

import os
from contextlib import suppress

from gitdesk import resources
from gitdesk.errors import Refused
from gitdesk.store.lock import cannot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo

COMMITTING = ("pre-commit", "commit-msg")  # what a commit by hand goes through
CLIENT, SERVER = (*COMMITTING, "pre-push"), ("pre-receive",)
OURS, CHAINED, OUTDATED, THEIRS, NONE = "ours", "chained", "outdated", "theirs", "none"
KEPT = ".before-gitdesk"  # behind the name of a hook that was there; our shims run it first

_MARKS = (
    b"# gitdesk hook: ",
    b"# Judges staged ticket files by hand before they are committed",  # as it began before there was a mark
)


def is_bare(repo: Repo) -> bool:
    """Tells whether a repository is one that people push to: without any work tree."""
    return repo.work_tree is None and repo.config_bool("core.bare")


def directory(repo: Repo) -> str:
    """Returns the folder in which Git looks for hooks: `core.hooksPath`, else what all work trees share."""
    path = repo.config("core.hooksPath")
    if path:
        home = repo.environ.get("HOME")
        if path.startswith("~/") and home:
            path = os.path.join(home, path[2:])
        return os.path.join(repo.work_tree or repo.git_dir, path)
    return os.path.join(repo.common_dir, "hooks")


def state(folder: str, name: str) -> str:
    """Returns whose a hook is: ours, chained (ours before another), outdated (ours of old), theirs or none."""
    path = os.path.join(folder, name)
    data = content(path)
    if data is None:
        return NONE
    if not _is_ours(data):
        return THEIRS
    if data != _shim(name) or not os.access(path, os.X_OK):
        return OUTDATED
    return CHAINED if os.path.lexists(path + KEPT) else OURS


def put_in(folder: str, name: str) -> str:
    """Puts our hook in and returns what was done; one that was there is kept beside it, to be run first.

    Raises Refused when there is no room to keep it, SetupError when the folder cannot be written.
    """
    path, before = os.path.join(folder, name), state(folder, name)
    if before in (OURS, CHAINED):
        return "unchanged"
    if before == THEIRS and os.path.lexists(path + KEPT):
        raise Refused(
            f'there is a hook "{name}" that is not ours, and one more kept as "{name}{KEPT}"',
            hint=f"move one of them out of {folder}, then call this again",
        )
    passing = f"{path}.{os.getpid()}.gitdesk"
    try:
        os.makedirs(folder, exist_ok=True)
        _write(passing, _shim(name))
        if before == THEIRS:
            os.rename(path, path + KEPT)
        os.rename(passing, path)
    except OSError as problem:
        with suppress(OSError):
            os.unlink(passing)
        if before == THEIRS and not os.path.lexists(path):
            with suppress(OSError):
                os.rename(path + KEPT, path)
        raise cannot("put a hook into", folder, problem) from None
    return "refreshed" if before == OUTDATED else "put in"


def take_out(folder: str, name: str) -> str:
    """Takes our hook out, puts back the one that was there before, and returns what was done."""
    path = os.path.join(folder, name)
    if state(folder, name) in (THEIRS, NONE):
        return "unchanged"
    try:
        if os.path.lexists(path + KEPT):
            os.rename(path + KEPT, path)
            return "put back"
        os.unlink(path)
    except OSError as problem:
        raise cannot("take a hook out of", folder, problem) from None
    return "taken out"


def content(path: str) -> bytes | None:
    """Returns the bytes of a hook; b"" for what cannot be read, such as a link that leads nowhere; None for none."""
    try:
        with open(path, "rb") as file:
            return file.read(1 << 16)
    except OSError:
        return b"" if os.path.lexists(path) else None


def _is_ours(data: bytes) -> bool:
    return any(line.startswith(_MARKS) for line in data.split(b"\n")[1:2])


def _shim(name: str) -> bytes:
    return resources.read("hooks", name).encode("utf-8")


def _write(path: str, data: bytes) -> None:
    """Writes a program: whoever may read it may run it."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o777), "wb") as file:
        file.write(data)
        mode = os.fstat(file.fileno()).st_mode
        os.fchmod(file.fileno(), mode | 0o100 | (mode & 0o444) >> 2)
