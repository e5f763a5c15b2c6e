"""Writes objects: a few as loose files the way Git does it, many at once as one pack that Git indexes."""

from __future__ import annotations

import contextlib
import os
import zlib

from gitdesk.store import objects
from gitdesk.store.lock import cannot
from gitdesk.store.permissions import Sharing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.git import Repo

_MANY = 96  # objects from which a pack is cheaper than a durable file for each
_PACK_KINDS = {objects.COMMIT: 1, objects.TREE: 2, objects.BLOB: 3}


class ObjectWriter:
    """Collects objects; nothing is on disk before `flush`, durable before `settle`, and nothing is written twice."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._waiting: dict[str, tuple[str, bytes]] = {}
        self._written: set[str] = set()
        self._syncs: list[_Sync] = []
        self._problems: list[OSError] = []

    def add(self, kind: str, data: bytes) -> str:
        """Takes an object and returns its id."""
        oid = objects.object_id(self._repo.hash_name, kind, data)
        if oid not in self._written:
            self._waiting[oid] = (kind, data)
        return oid

    def flush(self) -> None:
        """Writes what was taken; the disk is at it until `settle`, unless `core.fsync` says that it need not."""
        waiting, self._waiting = self._waiting, {}
        if len(waiting) >= _MANY:
            self._repo.run("index-pack", "--stdin", input=_pack(self._repo.hash_name, waiting))
        elif waiting:
            self._write_loose(waiting)
        self._written.update(waiting)

    def settle(self) -> None:
        """Waits until all is durable; raises SetupError when the disk says it will not be."""
        self.wait()
        if self._problems:
            raise cannot("write", f"{self._repo.common_dir}/objects", self._problems[0])

    def wait(self) -> None:
        """Waits for the disk; what went wrong is for the next `settle` to raise."""
        syncs, self._syncs = self._syncs, []
        self._problems += [problem for sync in syncs if (problem := sync.wait()) is not None]

    def _write_loose(self, waiting: dict[str, tuple[str, bytes]]) -> None:
        repo = self._repo
        folder = f"{repo.common_dir}/objects"
        sharing = Sharing(repo.config("core.sharedRepository"))
        level = _level(repo.config("core.looseCompression") or repo.config("core.compression"))
        durable = is_durable(repo, "loose-object")
        path = folder
        try:
            for oid, (kind, data) in waiting.items():
                path = f"{folder}/{oid[:2]}/{oid[2:]}"
                if _exists(path):
                    continue
                plain = b"%s %d\0" % (kind.encode("ascii"), len(data)) + data
                descriptor = _write(path, zlib.compress(plain, level), sharing)
                if durable:
                    self._syncs.append(_Sync(descriptor))
                else:
                    os.close(descriptor)
        except OSError as problem:
            raise cannot("write", path, problem) from None


class _Sync:
    """Makes one file durable beside us: files that wait one after the other each wait for a turn of the disk."""

    __slots__ = ("_descriptor", "_problem", "_running")

    def __init__(self, descriptor: int) -> None:
        # The plain threads: `threading` takes as long to import as a disk takes for a turn.
        from _thread import allocate_lock, start_new_thread

        self._descriptor = descriptor
        self._problem: OSError | None = None
        self._running = allocate_lock()
        self._running.acquire()
        try:
            start_new_thread(self._run, ())
        except RuntimeError:  # no thread to be had
            self._run()

    def _run(self) -> None:
        try:
            os.fsync(self._descriptor)
        except OSError as problem:
            self._problem = problem
        finally:
            os.close(self._descriptor)
            self._running.release()

    def wait(self) -> OSError | None:
        """Waits for the end and returns what went wrong."""
        self._running.acquire()
        return self._problem


def is_durable(repo: Repo, component: str) -> bool:
    """Tells whether files of a kind are to survive a power cut; stricter than Git where nothing is configured."""
    wanted = [word.strip() for word in (repo.config("core.fsync") or "").split(",")]
    if not any(wanted):
        return repo.config_bool("core.fsyncObjectFiles", True)
    durable = True
    for word in wanted:
        if word == "none" or word == f"-{component}":
            durable = False
        elif word in ("all", "added", "committed", "objects", component):
            durable = True
    return durable


def _exists(path: str) -> bool:
    """Tells whether an object is there, and keeps it from being pruned as an old thing nobody refers to."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    except PermissionError:
        return os.path.exists(path)  # somebody else's file in a shared repository
    return True


def _write(final: str, packed: bytes, sharing: Sharing) -> int:
    """Writes a file under a passing name and links it into place; returns it open.

    What an interrupted writer leaves is called `tmp_obj_…`, which Git's own housekeeping removes.
    """
    folder = os.path.dirname(final)
    passing = f"{folder}/tmp_obj_gitdesk{os.getpid()}"
    descriptor = _create(folder, passing, sharing)
    try:
        write_all(descriptor, packed)
        sharing.apply(descriptor)
        _place(passing, final)
    except BaseException:
        os.close(descriptor)
        discard(passing)
        raise
    return descriptor


def _create(folder: str, passing: str, sharing: Sharing) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        return os.open(passing, flags, 0o444)
    except FileNotFoundError:
        sharing.make_folder(folder)
    except FileExistsError:  # a dead process had our number
        discard(passing)
    return os.open(passing, flags, 0o444)


def _place(passing: str, final: str) -> None:
    try:
        os.link(passing, final)
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        os.rename(passing, final)
        return
    os.unlink(passing)


def write_all(descriptor: int, data: bytes) -> None:
    """Writes all of it."""
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def discard(path: str) -> None:
    """Removes a file if it is there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def _pack(hash_name: str, waiting: dict[str, tuple[str, bytes]]) -> bytes:
    """Returns a pack of whole objects (gitformat-pack, version 2)."""
    parts = [b"PACK", (2).to_bytes(4, "big"), len(waiting).to_bytes(4, "big")]
    for kind, data in waiting.values():
        size = len(data)
        first, size = size & 15, size >> 4
        head = bytearray([_PACK_KINDS[kind] << 4 | first])
        while size:
            head[-1] |= 0x80
            head.append(size & 0x7F)
            size >>= 7
        parts += (bytes(head), zlib.compress(data, 1))
    packed = b"".join(parts)
    return packed + bytes(objects.new_hash(hash_name, packed).digest())


def _level(setting: str | None) -> int:
    """Returns how hard zlib tries: what the configuration says if that is a level, else Git's own 1."""
    try:
        level = int(setting or 1)
    except ValueError:
        return 1
    return level if -1 <= level <= 9 else 1
