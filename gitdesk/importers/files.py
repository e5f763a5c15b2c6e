"""The files that come with imported tickets: from beside the file that is read, or out of it, under safe names."""

from __future__ import annotations

import os
import stat

from gitdesk.domain import format as grammar
from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from gitdesk.domain.exchange import Attached
    from gitdesk.importers.ledger import Ledger


_EXTENSION = 16  # characters behind the last dot of a name that a number is put in front of


class Files:
    """The files of one ticket: names already given, and those that wait for the version that brings them."""

    def __init__(self, folder: str, limit: int, ledger: Ledger, taken: Iterable[str] = ()) -> None:
        self._folder, self._limit, self._ledger = folder, limit, ledger
        self._taken = {name.casefold() for name in taken}
        self.waiting: list[tuple[str, Any]] = []  # names and contents, None for a file that goes

    def keep(self, name: str, found: Attached | None, text: str = "") -> str:
        """Keeps a file with the version that is being made; returns its name, "" when it can only be named.

        A text longer than the desk's limit is kept in several files; their names are then joined.
        """
        if found is None:
            data = text.encode("utf-8", "replace")
            return ", ".join(self._put(name, piece) for piece in _pieces(data, self._limit))
        if found.gone:
            self.waiting.append((_safe(name), None))
            self._taken.discard(_safe(name).casefold())
            return ""
        content = self._content(found)
        if content is None:
            return ""
        if found.replaces:
            self._taken.discard(_safe(name).casefold())
        return self._put(name, content)

    def take(self) -> list[tuple[str, Any]]:
        """Returns the files that wait, and forgets them; content None for one that goes."""
        waiting, self.waiting = self.waiting, []
        return waiting

    def _put(self, wanted: str, data: bytes) -> str:
        name = _safe(wanted)
        stem, dot, extension = name.rpartition(".")
        if not dot or len(extension) > _EXTENSION:
            stem, dot, extension = name, "", ""
        number = 1
        while name.casefold() in self._taken:
            number += 1
            end = f"-{number}{dot}{extension}"
            room = grammar.MAX_ATTACHMENT_NAME - len(end.encode())
            name = stem.encode()[:room].decode(errors="ignore") + end
        self._taken.add(name.casefold())
        self.waiting.append((name, data))
        return name

    def _content(self, found: Attached) -> bytes | None:
        if found.data:
            return self._decoded(found)
        if not found.path:
            return None
        path = os.path.normpath(os.path.join(self._folder, found.path))
        try:
            if os.path.isabs(found.path) or not _is_inside(path, self._folder):
                self._ledger.unread("attachment outside the folder of the file read", found.path)
                return None
            facts = os.lstat(path)
            if not stat.S_ISREG(facts.st_mode):
                self._ledger.unread("attachment that is no plain file", found.path)
                return None
            if facts.st_size > self._limit:
                self._ledger.unread(f"attachment over the desk's limit of {self._limit:,} bytes", found.path)
                return None
            with open(path, "rb") as file:
                return file.read(self._limit + 1)[: self._limit]
        except (OSError, ValueError):
            self._ledger.unread("attachment that is not there", found.path)
            return None

    def _decoded(self, found: Attached) -> bytes | None:
        from base64 import b64decode

        try:
            data = b64decode("".join(found.data.split()), validate=True)  # mail breaks it into lines
        except ValueError:
            self._ledger.unread("attachment whose data is no base64", found.name)
            return None
        if len(data) > self._limit:
            self._ledger.unread(f"attachment over the desk's limit of {self._limit:,} bytes", found.name)
            return None
        return data


def _safe(name: str) -> str:
    try:
        return grammar.safe_name(name)
    except UsageError:
        return "file"


def _is_inside(path: str, folder: str) -> bool:
    """Tells whether a path leads into a folder, wherever symbolic links on the way lead."""
    real, home = os.path.realpath(path), os.path.realpath(folder)
    return real != home and os.path.commonpath((real, home)) == home


def _pieces(data: bytes, limit: int) -> Iterator[bytes]:
    """Yields UTF-8 in pieces of at most so many bytes; no character is cut in two."""
    at = 0
    while at < len(data):
        end = at + limit
        while at < end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        end = end if end > at else at + limit
        yield data[at:end]
        at = end
