"""Files that are there for a moment: in the system's folder for them, and beside a file whose place they take."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress

from gitdesk.errors import SetupError
from gitdesk.store.lock import cannot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

_HINT = "make room on the disk, or name a folder that has some: TMPDIR=/var/tmp gitdesk …"


@contextmanager
def folder() -> Iterator[str]:
    """Gives a folder for as long as the block lasts; raises SetupError when the disk has no room for one."""
    from tempfile import TemporaryDirectory

    try:
        made = TemporaryDirectory(prefix="gitdesk-", ignore_cleanup_errors=True)
    except OSError as problem:
        raise _no_room(problem) from None
    with made as path:
        yield path


def file() -> IO[bytes]:
    """Returns a file without a name; raises SetupError when the disk has no room for one."""
    from tempfile import TemporaryFile

    try:
        return TemporaryFile(prefix="gitdesk-")
    except OSError as problem:
        raise _no_room(problem) from None


def _no_room(problem: OSError) -> SetupError:
    # With a full disk Python says "no such file": it finds no folder in which it could write.
    reason = (problem.strerror or str(problem)).partition(" in [")[0]
    return SetupError(f"no temporary file can be made: {reason[:1].lower()}{reason[1:]}", hint=_HINT)


def replace(path: str, data: bytes) -> None:
    """Writes a file whole or not at all, with the mode it had; raises SetupError when it cannot be written."""
    beside = f"{path}.gitdesk"
    try:
        with suppress(FileNotFoundError):
            os.unlink(beside)  # of one that was killed
        try:
            with open(beside, "xb") as opened:
                opened.write(data)
            with suppress(FileNotFoundError):
                os.chmod(beside, os.stat(path).st_mode)
            os.replace(beside, path)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(beside)
            raise
    except OSError as problem:
        raise cannot("write", path, problem) from None
