"""Git's own housekeeping, which plumbing never starts: asked for in the background every thousand commits."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo

_EVERY = 1000
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW


def count_commit(repo: Repo) -> None:
    """Counts one commit of ours; after a thousand lets Git see whether the repository wants packing.

    `git gc --auto` decides by itself (`gc.auto=0` switches it off) and detaches itself from us.
    """
    path = f"{repo.common_dir}/gitdesk/commits"
    try:
        descriptor = os.open(path, _FLAGS, 0o666)
    except OSError:
        return  # counting is not worth an error
    try:
        os.write(descriptor, b".")
        if os.fstat(descriptor).st_size < _EVERY:
            return
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)
    start(repo)


def start(repo: Repo) -> None:
    """Starts `git gc --auto` without waiting for it."""
    nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    actions = [(os.POSIX_SPAWN_DUP2, nothing, number) for number in (0, 1, 2)]
    words = repo.words("gc", "--auto", "--quiet")
    try:
        os.posix_spawnp(words[0], words, repo.environment(), file_actions=actions, setsid=True)
    except (OSError, NotImplementedError):
        return
    finally:
        os.close(nothing)
