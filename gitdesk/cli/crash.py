"""A bug: the report that is saved, and the three lines that are shown."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from gitdesk import __version__

EXIT_CODE = 70


def state_directory(environ: Mapping[str, str]) -> str:
    """Returns the folder for what gitdesk keeps for a person: XDG_STATE_HOME/gitdesk."""
    base = environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "gitdesk")


def report(error: BaseException, args: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """Saves a report of a bug and returns the three lines to show."""
    path = _save(render(error, args), environ)
    summary = f"{type(error).__name__}: {error}".splitlines()[0][:200]
    return [
        f"error: this is a bug in gitdesk: {summary}",
        f"report: {path}" if path else "report: it could not be saved anywhere",
        "hint: look through the report for what is private, then attach it when you tell us",
    ]


def render(error: BaseException, args: Sequence[str]) -> str:
    """Returns the report: versions, the call, the traceback; nothing out of the environment or the desk."""
    import platform
    from traceback import format_exception

    lines = [
        f"gitdesk {__version__}, Python {platform.python_version()}, {platform.platform()}",
        f"at {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        f"call: gitdesk {' '.join(map(ascii, args))}",
        "",
    ]
    return "\n".join(lines) + "\n" + "".join(format_exception(error))


def _save(text: str, environ: Mapping[str, str]) -> str | None:
    name = f"crash-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    for kept in (True, False):
        try:  # with a full disk no folder for temporary files is found
            folder = state_directory(environ) if kept else tempfile.gettempdir()
            path = os.path.join(folder, name)
            os.makedirs(folder, mode=0o700, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
                file.write(text)
        except OSError:
            continue
        return path
    return None


def is_surroundings(error: OSError) -> bool:
    """Tells whether an error of the system is the machine's (full disk, no permission) and not a mistake of ours."""
    import errno

    return error.errno in (
        errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO,
        errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENAMETOOLONG, errno.ELOOP, errno.EAGAIN, errno.ESTALE,
        errno.EISDIR, errno.ENOTDIR,
    )  # fmt: skip
