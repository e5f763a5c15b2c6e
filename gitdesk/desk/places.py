"""Where things of a clone are kept that are nobody's data: the index; and which zone the reader is in."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gitdesk.store.git import Repo
    from gitdesk.store.read import Location


def index_path(repo: Repo, location: Location) -> str:
    """Returns the path of the index of a branch: in the directory that all work trees of a clone share."""
    name = location.ref or "HEAD"
    readable = (
        "".join(char if char.isalnum() or char in "-_" else "-" for char in location.branch)[:40] or "HEAD"
    )
    key = _sha256()(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return os.path.join(repo.common_dir, "gitdesk", "index", f"{readable}-{key}.sqlite")


def has_index(repo: Repo, location: Location) -> bool:
    """Tells whether a branch has an index, of whatever commit."""
    return os.path.exists(index_path(repo, location))


def _sha256() -> Any:
    """Returns the hash, not by way of `hashlib`, which loads OpenSSL for it: a fifth of what a short call takes."""
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha256
    return sha256


def local_zone(environ: Mapping[str, str]) -> str:
    """Returns the name of the reader's time zone: TZ, else what the system is set to, else UTC."""
    name = environ.get("TZ", "").removeprefix(":")
    if not name:
        try:
            name = os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
        except OSError:
            name = ""
    return name if _is_known(name) else "UTC"


def _is_known(name: str) -> bool:
    if not name or name == "UTC":
        return False
    if "PYTHONTZPATH" not in os.environ and _is_system_zone(name):
        return True
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _is_system_zone(name: str) -> bool:
    """Tells, without the import of zoneinfo, whether the system has a zone of this name."""
    if name.startswith("/") or ".." in name:
        return False
    try:
        with open(f"/usr/share/zoneinfo/{name}", "rb") as file:
            return file.read(4) == b"TZif"
    except (OSError, ValueError):
        return False
