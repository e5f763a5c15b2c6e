"""One push at a time among the clones of a machine, where the repository they share lies in a folder of it.

Whoever would lose a race there waits for a moment instead. Nothing is written over there: its folder of objects is
locked, and the system lets go of that when a holder dies. Over a network there is no such turn: chance spreads tries.
"""

from __future__ import annotations

import fcntl
import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from gitdesk.store.git import Repo

_PATIENCE = 20.0  # seconds after which we go on without a turn: somebody may hang
_PAUSE = 0.03


class ServerTurn:
    """`with ServerTurn(repo, "origin") as turn:` waits for the turn; to sleep, `release` it and `take` it again."""

    def __init__(self, repo: Repo, remote: str) -> None:
        self._path = folder_of(repo, remote)
        self._descriptor = -1

    def __enter__(self) -> ServerTurn:
        self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    @property
    def is_held(self) -> bool:
        """Tells whether nobody else of this machine pushes meanwhile."""
        return self._descriptor >= 0

    def take(self) -> None:
        """Waits for the turn, for some seconds; without a folder to lock it does nothing."""
        if not self._path or self.is_held:
            return
        try:
            descriptor = os.open(f"{self._path}/objects", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            return
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < deadline:
                    time.sleep(_PAUSE * (0.5 + os.urandom(1)[0] / 255))
                    continue
            except OSError:  # a file system without locks
                pass
            else:
                self._descriptor = descriptor
                return
            os.close(descriptor)
            return

    def release(self) -> None:
        """Lets the next one."""
        if self.is_held:
            os.close(self._descriptor)
            self._descriptor = -1


def folder_of(repo: Repo, remote: str) -> str:
    """Returns the Git directory that a remote's address leads to on this machine, "" for one elsewhere."""
    done = repo.call("remote", "get-url", "--push", "--end-of-options", remote)
    url = os.fsdecode(done.output).rstrip("\n")
    path = url.removeprefix("file://") if url.startswith("file:///") else url
    colon, slash = path.find(":"), path.find("/")
    if done.status or not path or "://" in path or (colon >= 0 and (slash < 0 or colon < slash)):
        return ""
    path = os.path.join(repo.work_tree or repo.git_dir, path)
    for found in (path, f"{path}.git", f"{path}/.git"):
        if os.path.isdir(f"{found}/objects"):
            return found
    return ""
