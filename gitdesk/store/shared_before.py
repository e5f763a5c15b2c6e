"""Remembers that a remote has had a branch: Git forgets it, reflog and all, in the moment it sees that it is gone."""

from __future__ import annotations

import contextlib
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo
    from gitdesk.store.remote import Remote


def note(repo: Repo, remote: Remote) -> None:
    """Notes it; that it cannot be noted is not worth an error."""
    path = _path(repo, remote)
    if os.path.lexists(path):
        return
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666))


def is_noted(repo: Repo, remote: Remote) -> bool:
    """Tells whether the remote, at the address that it has by now, is known to have had the branch."""
    return os.path.lexists(_path(repo, remote))


def _path(repo: Repo, remote: Remote) -> str:
    from hashlib import sha256

    told = "\0".join((remote.name, remote.url, remote.branch))
    name = sha256(os.fsencode(told)).hexdigest()[:20]
    return f"{repo.common_dir}/gitdesk/shared/{name}"
