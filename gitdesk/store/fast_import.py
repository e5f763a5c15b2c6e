"""A new stretch of history, made beside the repository: blobs and commits by `git fast-import`, folders by ourselves.

Everything is written into a bare repository of its own that borrows the objects of the real one. Until `adopt` the real
one has seen nothing; what a killed import leaves is that folder, which the next import removes.
"""

from __future__ import annotations

import fcntl
import os
import queue
import threading

from gitdesk.errors import GitdeskError
from gitdesk.store import objects, process
from gitdesk.store.lock import cannot
from gitdesk.store.object_writer import is_durable
from gitdesk.store.permissions import Sharing
from gitdesk.store.tree_pack import TreePack, Trees
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from gitdesk.store.git import Repo

_REF = "refs/heads/import"
_PREFIX = "import-"
_ROUND = 8_000  # commits whose folders share a pack: Git takes them while the next are made
_BUFFER = 1 << 20
# Git asks for a quarter of a megabyte for every object it compresses and gives it back at once; the C library must not
# pass each of these on to the system: half of the time would go there.
_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "134217728", "MALLOC_MMAP_THRESHOLD_": "134217728"}
_ROUNDS = 8  # pieces handed over and not yet taken


class Commit(Value, kw_only=False):
    """One commit to make: author and committer as `Name <address> SECONDS ZONE`, and its files (None removes one)."""

    author: str
    committer: str
    message: str
    files: tuple[tuple[str, str | None], ...]


class NewHistory:
    """A stretch of history in the making; use it in a `with`, which removes what was not adopted."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._home = f"{repo.common_dir}/gitdesk"
        self._folder = ""
        self._pipes: process.Pipes | None = None
        self._waiting = bytearray()
        self._queue: queue.Queue[bytes] = queue.Queue(_ROUNDS)
        self._feeder: threading.Thread | None = None
        self._broken = False
        self._lock = -1

    def __enter__(self) -> NewHistory:
        try:
            os.makedirs(self._home, exist_ok=True)
            self._clear_away()
            self._make_folder()
        except OSError as problem:
            raise cannot("write", self._home, problem) from None
        environ = self._environment()
        words = self._repo.words(
            "-c", "fastimport.unpackLimit=0", "-c", "core.compression=1", "-c", "core.looseCompression=1",
            "fast-import", "--quiet", "--force", "--done", "--date-format=raw",
        )  # fmt: skip
        self._pipes = process.open_pipes(words, environ)
        self._feeder = threading.Thread(target=self._feed, args=(self._pipes.input,), daemon=True)
        self._feeder.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        _remove(self._folder)
        if self._lock >= 0:
            os.close(self._lock)

    def _clear_away(self) -> None:
        """Removes what killed imports have left: folders that nobody holds the lock of."""
        for name in os.listdir(self._home):
            if name.startswith(_PREFIX):
                path = f"{self._home}/{name}"
                try:
                    lock = os.open(f"{path}/lock", os.O_RDWR | os.O_CLOEXEC)
                except OSError:
                    _remove(path)
                    continue
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _remove(path)
                except BlockingIOError:
                    pass  # another import is at work
                finally:
                    os.close(lock)

    def _make_folder(self) -> None:
        import tempfile

        repo = self._repo
        folder = self._folder = tempfile.mkdtemp(prefix=_PREFIX, dir=self._home)
        self._lock = os.open(f"{folder}/lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        for part in ("objects/pack", "objects/info", "refs/heads"):
            os.makedirs(f"{folder}/{part}")
        settings = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
        if repo.hash_name != "sha1":
            settings += f"[extensions]\n\tobjectformat = {repo.hash_name}\n"
        for path, text in (
            ("HEAD", f"ref: {_REF}\n"),
            ("config", settings),
            ("objects/info/alternates", f"{repo.objects_dir}\n"),
        ):
            with open(f"{folder}/{path}", "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)

    def _environment(self) -> dict[str, str]:
        environ = self._repo.environment({"GIT_DIR": self._folder, **_MEMORY})
        for name in ("GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"):
            environ.pop(name, None)
        return environ

    # what goes in

    def blob(self, data: bytes) -> str:
        """Writes a file's content and returns its id."""
        oid = objects.object_id(self._repo.hash_name, objects.BLOB, data)
        self._waiting += b"blob\ndata %d\n" % len(data)
        self._waiting += data
        self._waiting += b"\n"
        if len(self._waiting) > _BUFFER:
            self._send()
        return oid

    def commits(self, base: str, wanted: Iterable[Commit]) -> str:
        """Makes commits on top of one another, the first on `base`; returns the last one's id.

        May be called again, on another base, for the same contents.
        """
        repo = self._repo
        root = objects.tree_of_commit(repo.commit(base))
        pack = TreePack(f"{self._folder}/objects/pack", repo.hash_name)
        trees = Trees(repo, root, pack)
        made = 0
        lines = bytearray(b"reset %s\nfrom %s\n\n" % (_REF.encode(), base.encode()))
        try:
            for commit in wanted:
                for path, oid in commit.files:
                    if oid is None:
                        trees.remove(path)
                    else:
                        trees.set(path, oid)
                message = commit.message.encode("utf-8", "replace")
                lines += b"commit %s\nauthor %s\ncommitter %s\ndata %d\n%s\nM 040000 %s \n" % (
                    _REF.encode(),
                    commit.author.encode("utf-8", "replace"),
                    commit.committer.encode("utf-8", "replace"),
                    len(message),
                    message,
                    trees.write().encode(),
                )
                made += 1
                if made % _ROUND == 0:
                    self._hand_over(pack, lines)
                    pack = TreePack(f"{self._folder}/objects/pack", repo.hash_name)
                    trees.use(pack)
            self._hand_over(pack, lines)
        except BaseException:
            pack.discard()
            raise
        lines += b"checkpoint\nprogress made\n"
        self._waiting += lines
        self._send()
        self._wait_for(b"progress made\n")
        return self._tip()

    def _hand_over(self, pack: TreePack, lines: bytearray) -> None:
        """Lets Git see the folders, then the commits that have them."""
        if len(pack):
            pack.finish(lambda _: None)
        else:
            pack.discard()
        self._waiting += lines
        lines.clear()
        self._send()

    def _send(self) -> None:
        """Hands over what is waiting; somebody else writes it, so that Git and we work at the same time."""
        if self._broken:
            raise self._failure()
        if not self._waiting:
            return
        self._queue.put(bytes(self._waiting))
        self._waiting.clear()

    def _feed(self, descriptor: int) -> None:
        """Writes what is handed over until there is an empty piece."""
        while piece := self._queue.get():
            left = memoryview(piece)
            try:
                while left and not self._broken:
                    left = left[os.write(descriptor, left) :]
            except OSError:
                self._broken = True  # the rest is taken and thrown away: nobody must wait for us

    def _wait_for(self, line: bytes) -> None:
        assert self._pipes is not None
        said = b""
        while not said.endswith(line):
            piece = os.read(self._pipes.output, 4096)
            if not piece:
                raise self._failure()
            said += piece

    def _failure(self) -> GitdeskError:
        return GitdeskError(
            "Git could not take the history in", hint="what it said stands above; nothing was imported"
        )

    def _tip(self) -> str:
        with open(f"{self._folder}/{_REF}", encoding="ascii") as file:
            return file.read().strip()

    def _stop(self) -> int:
        """Ends Git's program, and ours that feeds it; returns its exit status."""
        if self._pipes is None:
            return 0
        pipes, self._pipes = self._pipes, None
        if self._feeder is not None:
            self._queue.put(
                b"done\n"
            )  # also when nothing is to come of it: else Git would take it for an accident
            self._queue.put(b"")
            self._feeder.join()
        return pipes.close()

    # what comes out

    def adopt(self) -> None:
        """Moves everything that was made into the real repository; no branch of it moves."""
        self._send()
        if self._stop() or self._broken:
            raise self._failure()
        repo = self._repo
        source, target = f"{self._folder}/objects/pack", f"{repo.objects_dir}/pack"
        sync = is_durable(repo, "pack")
        sharing = Sharing(repo.config("core.sharedRepository"))
        names = sorted(os.listdir(source), key=lambda name: name.endswith(".idx"))  # an index comes last
        try:
            os.makedirs(target, exist_ok=True)
            for name in names:
                if name.startswith("pack-"):
                    _settle(f"{source}/{name}", sharing, sync=sync)
                    os.rename(f"{source}/{name}", f"{target}/{name}")
            if sync:
                _settle_folder(target)
        except OSError as problem:
            raise cannot("write", target, problem) from None


def _settle(path: str, sharing: Sharing, *, sync: bool) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fchmod(descriptor, 0o444)
        sharing.apply(descriptor)
        if sync:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _settle_folder(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(folder: str) -> None:
    if folder:
        from shutil import rmtree

        rmtree(folder, ignore_errors=True)
