"""Who may write: the queue of gitdesk's writers, and Git's own `.lock` files taken so that a dead holder is known."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time

from gitdesk.errors import Conflict, Place, SetupError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.permissions import Sharing

_MARK = b"gitdesk holds this lock; if it was killed, its next command takes it away\n"
_PATIENCE = 10.0  # seconds that somebody else's lock is waited for
_QUEUE_PATIENCE = 120.0


def cannot(what: str, path: str, problem: OSError) -> SetupError:
    """Returns the error for a file that the system would not let us have: the machine is at fault, not the change."""
    return SetupError(f"cannot {what}: {problem.strerror or problem}", place=Place(path))


class Queue:
    """The clone's queue of writers: `flock` on a file of ours, released by the system when a holder dies."""

    def __init__(self, path: str, sharing: Sharing) -> None:
        self._path, self._sharing = path, sharing
        self.descriptor = -1

    def enter(self) -> None:
        """Waits for the turn; raises Conflict after two minutes."""
        try:
            self._sharing.make_folder(os.path.dirname(self._path))
            self.descriptor = os.open(
                self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666
            )
            if os.fstat(self.descriptor).st_uid == os.geteuid():
                self._sharing.apply(self.descriptor)
        except OSError as problem:
            raise cannot("write in the repository", self._path, problem) from None
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._wait()
        except OSError as problem:
            os.close(self.descriptor)
            raise cannot("lock", self._path, problem) from None

    def leave(self) -> None:
        """Lets the next one in; programs of ours that still run keep the lock until they end."""
        os.close(self.descriptor)
        self.descriptor = -1

    def _wait(self) -> None:
        """Waits in the system's queue, which is fair, unlike trying again and again."""
        import threading

        descriptor, gone = self.descriptor, threading.Event()
        entered = threading.Event()

        def wait() -> None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            entered.set()
            if gone.is_set():
                os.close(descriptor)

        threading.Thread(target=wait, daemon=True).start()
        try:
            if entered.wait(_QUEUE_PATIENCE):
                return
        except BaseException:
            gone.set()
            raise
        gone.set()
        raise Conflict(
            "another gitdesk has been writing for two minutes",
            hint="see whether one hangs: `pgrep -af gitdesk`",
        )


class FileLock:
    """One of Git's lock files (`index.lock`, `refs/heads/main.lock`), taken by linking a file of ours to it.

    Linked to a file with our mark (`mark`), it is never seen without it; and since only the holder of the queue
    takes such a lock, a marked one found by the queue's holder is what a killed process left behind.
    """

    def __init__(self, path: str, mark: str) -> None:
        self.path, self._mark = path, mark
        self._held = False

    def take(self) -> None:
        """Takes the lock, waiting for another program's; raises Conflict after ten seconds."""
        if self._held:
            return
        deadline, pause = time.monotonic() + _PATIENCE, 0.002
        while not self._try():
            if remove_stale(self.path):
                continue
            if time.monotonic() > deadline:
                raise Conflict(
                    f'"{self.path}" is held by another Git program{_age(self.path)}',
                    hint="if none is running, one has crashed: remove the file and try again",
                )
            time.sleep(pause)
            pause = min(pause * 1.3, 0.02)
        self._held = True

    def release(self) -> None:
        """Gives the lock back."""
        if self._held:
            self._held = False
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path)

    def _try(self) -> bool:
        try:
            if not os.path.exists(self._mark):
                _make_mark(self._mark)
            try:
                os.link(self._mark, self.path)
            except FileExistsError:
                return False
            except OSError:  # a file system without hard links, or another one
                return _create(self.path, _MARK)
        except OSError as problem:
            raise cannot("lock", self.path, problem) from None
        return True


def remove_stale(path: str) -> bool:
    """Removes a lock file that a killed gitdesk left; the queue must be held. True when there was one."""
    try:
        with open(path, "rb") as file:
            ours = file.read(len(_MARK)) == _MARK
        if ours:
            os.unlink(path)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return ours


def _make_mark(path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{path}.new")
    _create(f"{path}.new", _MARK)
    os.rename(f"{path}.new", path)


def _create(path: str, mark: bytes) -> bool:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    except FileExistsError:
        return False
    os.write(descriptor, mark)
    os.close(descriptor)
    return True


def _age(path: str) -> str:
    try:
        return f" since {max(0, int(time.time() - os.stat(path).st_mtime))} s"
    except OSError:
        return ""
