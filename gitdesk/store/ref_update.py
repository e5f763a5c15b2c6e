"""Moves a branch from one commit to the next, and only from that one; with its reflog, as Git does it.

In two steps: `lock` makes sure that the branch is where it was and stays there, `commit` moves it. In between the
index is put in place, so that nobody who sees the new commit can see the old index.
"""

from __future__ import annotations

import contextlib
import os
from abc import ABC, abstractmethod

from gitdesk.errors import Conflict
from gitdesk.store import process, refs, worktrees
from gitdesk.store.lock import FileLock, cannot
from gitdesk.store.object_writer import discard, is_durable, write_all
from gitdesk.store.permissions import Sharing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo


class Moved(Conflict):
    """Somebody else moved the branch since it was read."""

    def __init__(self, branch: str) -> None:
        super().__init__(
            f'branch "{branch}" has moved meanwhile', hint="try again: it is made on top of it then"
        )


class Move(ABC):
    """A branch's way from `old` ("" when it is to be made) to `new`.

    `who` is `Name <address> seconds zone`; `git_dir` is the work tree's whose HEAD may be on the branch: its
    reflog tells the move too.
    """

    def __init__(
        self,
        repo: Repo,
        ref: str,
        *,
        old: str,
        new: str,
        why: str,
        who: str,
        git_dir: str,
        keep_open: tuple[int, ...] = (),
    ) -> None:
        self.repo, self.ref, self.old, self.new = repo, ref, old, new
        self.why, self.who, self.git_dir = " ".join(why.replace("\0", " ").split()), who, git_dir
        self.keep_open = keep_open
        self._path = f"{repo.common_dir}/{ref}"
        self._passing = f"{repo.common_dir}/gitdesk/branch"
        self._lock = FileLock(f"{self._path}.lock", repo.lock_mark)
        self._sharing = Sharing(repo.config("core.sharedRepository"))
        self._logged: list[tuple[str, int, int]] = []

    def moved(self) -> Moved:
        """Returns the error for a branch that is elsewhere."""
        return Moved(self.ref.removeprefix("refs/heads/"))

    @abstractmethod
    def lock(self) -> None:
        """Raises Moved when the branch is not at `old`; from here on nobody else can move it."""

    @abstractmethod
    def commit(self) -> None:
        """Moves the branch; raises OSError when it cannot."""

    @abstractmethod
    def abort(self) -> None:
        """Leaves the branch where it is; does nothing after `commit`."""


class FileMove(Move):
    """The branch's file is locked as Git locks it, compared and replaced."""

    def lock(self) -> None:
        try:
            discard(self._passing)
            _fill(
                self._passing,
                f"{self.new}\n".encode("ascii"),
                self._sharing,
                sync=is_durable(self.repo, "reference"),
            )
        except OSError as problem:
            raise cannot("write", self._passing, problem) from None
        self._lock.take()
        if refs.read_raw(self.repo, self.ref) != self.old:
            raise self.moved()
        self._log_move()

    def _log_move(self) -> None:
        """Writes the reflog, before the move as Git does: a full disk is noticed while all can be taken back."""
        line = f"{self.old} {self.new} {self.who}\t{self.why}\n".encode("utf-8", "replace")
        logs = [f"{self.repo.common_dir}/logs/{self.ref}"]
        if worktrees.branch_of(self.repo, self.git_dir) == self.ref:
            # One write at the end of a file: it needs no lock of HEAD's.
            logs.append(f"{self.git_dir}/logs/HEAD")
        for path in logs:
            try:
                before = _log(path, line, self._sharing, _logs_by_default(self.repo))
            except OSError as problem:
                raise cannot("write", path, problem) from None
            if before is not None:
                self._logged.append((path, before, before + len(line)))

    def commit(self) -> None:
        os.rename(self._passing, self._path)
        self._logged.clear()
        self._lock.release()

    def abort(self) -> None:
        for path, before, after in self._logged:
            with contextlib.suppress(OSError):
                if os.stat(path).st_size == after:
                    os.truncate(path, before)
        self._logged.clear()
        self._lock.release()
        discard(self._passing)


class GitMove(Move):
    """Git moves the branch: where branches are not files, or there is none yet, or something is in its place."""

    _pipes: process.Pipes | None = None

    def lock(self) -> None:
        name, _, rest = self.who.partition(" <")
        email, _, date = rest.partition("> ")
        env = {
            "GIT_DIR": self.git_dir,
            "GIT_COMMITTER_NAME": name,
            "GIT_COMMITTER_EMAIL": email,
            "GIT_COMMITTER_DATE": date,
        }
        words = self.repo.words("update-ref", "--stdin", "-m", self.why)
        self._pipes = process.open_pipes(words, self.repo.environment(env), keep_open=self.keep_open)
        old = self.old or self.repo.no_id
        if not self._tell(f"start\nupdate {self.ref} {self.new} {old}\nprepare\n", b"prepare: ok"):
            self.abort()
            if (self.repo.read_ref(self.ref) or "") != self.old:
                raise self.moved()
            raise Conflict(
                f'Git does not move branch "{self.ref.removeprefix("refs/heads/")}"',
                hint="what Git said stands above",
            )

    def commit(self) -> None:
        done = self._tell("commit\n", b"commit: ok")
        self.abort()
        if not done:
            raise OSError(f"Git did not move {self.ref}")

    def abort(self) -> None:
        if self._pipes is not None:
            self._pipes.close()
            self._pipes = None

    def _tell(self, orders: str, expected: bytes) -> bool:
        """Gives orders and tells whether the expected answer comes."""
        assert self._pipes is not None
        said = b""
        with contextlib.suppress(BrokenPipeError):
            write_all(self._pipes.input, orders.encode("utf-8", "surrogateescape"))
            while expected not in said:
                piece = os.read(self._pipes.output, 4096)
                if not piece:
                    return False
                said += piece
        return expected in said


def _fill(path: str, data: bytes, sharing: Sharing, *, sync: bool) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        write_all(descriptor, data)
        sharing.apply(descriptor)
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _log(path: str, line: bytes, sharing: Sharing, make: bool) -> int | None:
    """Appends a line unless it is the last already; returns the size before, None when nothing was written."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags)
    except (FileNotFoundError, IsADirectoryError):
        if not make:
            return None
        _remove_empty_folders(path)
        sharing.make_folder(os.path.dirname(path))
        descriptor = os.open(path, flags | os.O_CREAT, 0o666)
        sharing.apply(descriptor)
    try:
        size = os.fstat(descriptor).st_size
        if size >= len(line) and os.pread(descriptor, len(line), size - len(line)) == line:
            return None  # by a writer who was killed just after
        try:
            write_all(descriptor, line)
        except OSError:
            os.ftruncate(descriptor, size)
            raise
        return size
    finally:
        os.close(descriptor)


def _remove_empty_folders(path: str) -> None:
    """Removes folders in place of a file, with nothing but folders in them: a branch below this name was there once."""
    with contextlib.suppress(OSError):
        for folder, _, _ in os.walk(path, topdown=False):
            os.rmdir(folder)


def _logs_by_default(repo: Repo) -> bool:
    setting = (repo.config("core.logAllRefUpdates") or "").lower()
    if setting == "always":
        return True
    return repo.config_bool("core.logAllRefUpdates", not repo.config_bool("core.bare"))


def kind_of_move(repo: Repo, ref: str, old: str) -> type[Move]:
    """Returns how a branch is moved here: in process, or by Git where that might not be the same."""
    path = f"{repo.common_dir}/{ref}"
    is_file = old and not repo.odd_refs and os.path.isdir(os.path.dirname(path)) and not os.path.isdir(path)
    return FileMove if is_file else GitMove
