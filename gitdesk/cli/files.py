"""Files a person wants to attach: read whole, or refused with the reason before anything is changed."""

from __future__ import annotations

import os
import stat

from gitdesk.errors import Place, Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def read_files(paths: Sequence[str], limit: int) -> tuple[tuple[str, bytes], ...]:
    """Returns name and content of each file; `limit` in bytes.

    Raises UsageError for what is no plain file, Refused for one over the limit.
    """
    return tuple((os.path.basename(path.rstrip("/")), _read(path, limit)) for path in paths)


def _read(path: str, limit: int) -> bytes:
    try:
        facts = os.lstat(path)
        _plain(path, facts.st_mode)
        if facts.st_size > limit:
            raise Refused(
                f"the file has {facts.st_size:,} bytes; this desk takes attachments up to {limit:,}",
                place=Place(path),
                hint="the limit is rules.limits.attachment_bytes in gitdesk.yaml",
            )
        with open(path, "rb") as file:
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        raise UsageError(f"cannot be attached: {reason}", place=Place(path)) from error


def _plain(path: str, mode: int) -> None:
    if stat.S_ISLNK(mode):
        raise UsageError(
            "cannot be attached: it is a link", place=Place(path), hint="name the file it points to"
        )
    if stat.S_ISDIR(mode):
        raise UsageError("cannot be attached: it is a folder", place=Place(path), hint="name the files in it")
    if not stat.S_ISREG(mode):
        raise UsageError("cannot be attached: it is no plain file", place=Place(path))
