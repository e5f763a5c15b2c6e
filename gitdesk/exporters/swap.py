"""Puts a folder in the place of another one in a single step, and keeps what is not finished out of sight."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = ".gitdesk-"
_YOUNG = 60  # seconds in which a folder nobody holds may be one that is just being made
_HERE = -100  # AT_FDCWD
_EXCHANGE_LINUX, _EXCHANGE_MAC = 2, 2  # RENAME_EXCHANGE of renameat2, RENAME_SWAP of renamex_np


@contextmanager
def workroom(folder: str) -> Iterator[str]:
    """Gives a hidden folder inside another one, which goes in the end; what killed exports have left goes first."""
    import fcntl

    _clear_away(folder)
    beside = tempfile.mkdtemp(prefix=_PREFIX, dir=folder)
    held = os.open(beside, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield beside
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        os.close(held)


def _clear_away(folder: str) -> None:
    import fcntl

    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if not name.startswith(_PREFIX) or time.time() - os.stat(path).st_mtime < _YOUNG:
            continue
        with suppress(OSError):
            held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(held)


def swap(new: str, place: str) -> None:
    """Puts a folder at a place; afterwards `new` is what stood there, or is gone. There is no moment without one.

    Where the system cannot exchange two folders, file after file is replaced: then a reader may see some of each.
    """
    os.makedirs(os.path.dirname(place), exist_ok=True)
    if not os.path.lexists(place):
        os.rename(new, place)
    elif not exchanged(new, place):
        _replace_files(new, place)


def exchanged(one: str, other: str) -> bool:
    """Exchanges two folders in one step; returns False where system or file system cannot."""
    import ctypes

    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            failed = library.renamex_np(*names, _EXCHANGE_MAC)
        else:
            failed = library.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE_LINUX)
    except AttributeError:  # a C library that does not have it
        return False
    if not failed:
        return True
    problem = ctypes.get_errno()
    if problem in (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EPERM):
        return False
    raise OSError(problem, os.strerror(problem), other)


def _replace_files(new: str, place: str) -> None:
    wanted = set(_files(new))
    for name in sorted(wanted):
        target = os.path.join(place, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.replace(os.path.join(new, name), target)
    for name in _files(place):
        if name not in wanted:
            target = os.path.join(place, name)
            os.unlink(target)
            with suppress(OSError):
                os.rmdir(os.path.dirname(target))


def _files(folder: str) -> list[str]:
    return [
        os.path.relpath(os.path.join(path, name), folder)
        for path, _, names in os.walk(folder)
        for name in names
    ]
