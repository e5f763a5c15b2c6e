"""Modes of the files gitdesk puts into a Git directory, shared repositories included."""

from __future__ import annotations

import os

from gitdesk.store import settings


class Sharing:
    """What `core.sharedRepository` makes of a mode."""

    def __init__(self, setting: str | None) -> None:
        self._added, self._exact = _parse(setting)

    @property
    def plain(self) -> bool:
        """Tells whether the umask alone decides."""
        return not self._added and self._exact is None

    def mode(self, mode: int) -> int:
        """Returns a file's or folder's mode for everybody who shares the repository."""
        if self.plain:
            return mode
        wanted = self._added if self._exact is None else self._exact
        if not mode & 0o200:
            wanted &= ~0o222
        if mode & 0o100:
            wanted |= (wanted & 0o444) >> 2
        return mode | wanted if self._exact is None else (mode & ~0o777) | wanted

    def apply(self, descriptor: int) -> None:
        """Gives an open file the mode it needs."""
        if not self.plain:
            os.fchmod(descriptor, self.mode(os.fstat(descriptor).st_mode & 0o7777))

    def make_folder(self, path: str) -> None:
        """Makes a folder and those above it; they inherit the group where the repository is shared."""
        if os.path.isdir(path):
            return
        self.make_folder(os.path.dirname(path))
        try:
            os.mkdir(path)
        except FileExistsError:
            return
        if not self.plain:
            os.chmod(path, self.mode(os.stat(path).st_mode & 0o7777) | 0o2000)


def _parse(setting: str | None) -> tuple[int, int | None]:
    value = (setting or "").strip().lower()
    if value in ("group", "1") or (value and settings.parse_bool(value)):
        return 0o660, None
    if value in ("all", "world", "everybody", "2"):
        return 0o664, None
    if value.startswith("0") and len(value) > 1 and not set(value) - set("01234567"):
        return 0, int(value, 8) & 0o666
    return 0, None
