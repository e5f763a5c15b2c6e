"""Git commands that began a moment ago in the same work tree, and may have read the index just before we replaced it.

`git commit` reads the index first and locks it afterwards. One that reads before our change and locks after it would
write the old index back. While the lock is still ours, it gives up instead; so the lock is kept until it has.
"""

from __future__ import annotations

import os
import time

_PATIENCE = 0.3  # seconds; one that lives longer is past that point, or waits for its editor
_YOUNG = 48  # how many of the newest process numbers are looked at
_ENOUGH = 4096  # bytes of a command line: the command stands near its beginning
_READ_FIRST = {
    b"commit",
    b"merge",
    b"rebase",
    b"cherry-pick",
    b"revert",
    b"am",
    b"pull",
    b"checkout",
    b"switch",
}


def wait(folder: str) -> None:
    """Waits until no such command is left; where the system does not show its processes, not at all."""
    found = _find(folder)
    deadline = time.monotonic() + _PATIENCE
    while found and time.monotonic() < deadline:
        time.sleep(0.001)
        found = [number for number in found if _is_git(number, folder)]


def _find(folder: str) -> list[int]:
    try:
        with open("/proc/loadavg", "rb") as file:
            newest = int(file.read().split()[-1])
    except (OSError, ValueError, IndexError):
        return []
    return [number for number in range(max(2, newest - _YOUNG), newest + 1) if _is_git(number, folder)]


def _is_git(number: int, folder: str) -> bool:
    try:
        descriptor = os.open(f"/proc/{number}/cmdline", os.O_RDONLY | os.O_CLOEXEC)
        try:
            words = os.read(descriptor, _ENOUGH).split(b"\0")
        finally:
            os.close(descriptor)
        if not words[0].endswith(b"git") or not _READ_FIRST.intersection(words):
            return False
        where = os.readlink(f"/proc/{number}/cwd")
    except OSError:
        return False
    return where == folder or where.startswith(f"{folder}/")
