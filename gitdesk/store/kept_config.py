"""The configuration last in force, kept in plain form in a file of the clone: read sooner than any database opens."""

from __future__ import annotations

import contextlib
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.store.git import Repo

# Any change to what `Config.to_plain` gives needs a new number: older files are then left be and written anew.
FORM = 5
_HEAD = "gitdesk config %d of %s\n"
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def load(repo: Repo, oid: str, name: str = "config") -> Any:
    """Returns the plain form of the gitdesk.yaml with this blob id; None when another or none is kept.

    Another name is another thing that is kept alike, under a key of its own.
    """
    try:
        descriptor = os.open(_path(repo, name), _READ)
        try:
            data = os.read(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)
    except OSError:
        return None
    head = (_HEAD % (FORM, oid)).encode("ascii")
    if not data.startswith(head):
        return None
    try:
        return _parse(data[len(head) :].decode("ascii"))
    except (ValueError, StopIteration):  # damaged; gitdesk.yaml is parsed instead
        return None


def save(repo: Repo, oid: str, plain: dict[str, Any], name: str = "config") -> None:
    """Keeps the plain form of a gitdesk.yaml, whole or not at all; where that cannot be, nothing is lost but time."""
    from json import dumps

    path = _path(repo, name)
    passing = f"{path}.{os.getpid()}"
    text = _HEAD % (FORM, oid) + dumps(plain)
    with contextlib.suppress(OSError):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        descriptor = os.open(passing, _WRITE, 0o666)
        try:
            os.write(descriptor, text.encode("ascii"))
            os.rename(passing, path)
        except OSError:
            os.unlink(passing)
        finally:
            os.close(descriptor)


def _parse(text: str) -> Any:
    """Returns what a JSON text says, by the part of `json` that is C: all of it is a sixth of a start of Python."""
    try:
        from _json import make_scanner
    except ImportError:
        from json import loads

        return loads(text)
    return make_scanner(_Reading)(text, 0)[0]  # type: ignore[arg-type]


class _Reading:
    """How `json.loads` reads when it is told nothing else."""

    strict, object_hook, object_pairs_hook = True, None, None
    parse_float, parse_int, parse_constant = float, int, float


def _path(repo: Repo, name: str) -> str:
    return f"{repo.common_dir}/gitdesk/{name}.json"
