"""What becomes of attachments: their content in the line, a file beside the output, or their names alone."""

from __future__ import annotations

import os
from binascii import b2a_base64

from gitdesk.domain.format import safe_name
from gitdesk.errors import Place, Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    Files = Sequence[dict[str, Any]]
    Blob = Callable[[str], bytes]

INLINE, NAMES = "inline", "names"
_MOST_INLINE = 150_000_000  # bytes of one ticket's files: in base64 still within the line an import takes


class Attachments:
    """Puts content, a path, or nothing in the place of the blob of every attachment; `unwritten` counts the last."""

    def __init__(self, blob: Blob, how: str, output: str | None = None) -> None:
        """`how` is INLINE, NAMES or a folder, which must be inside the one of the output (None: the current one)."""
        self._blob, self._how = blob, how
        self._folder = os.path.abspath(how) if how not in (INLINE, NAMES) else ""
        self._base = os.path.dirname(os.path.abspath(output)) if output is not None else os.getcwd()
        self.unwritten = 0

    def prepare(self, *, force: bool) -> None:
        """Makes the folder; raises UsageError for one elsewhere, Refused for one that holds something already."""
        if not self._folder:
            return
        if os.path.commonpath((self._base, self._folder)) != self._base or self._folder == self._base:
            raise UsageError(
                f'the folder of attachments "{self._how}" is not inside the folder of the output',
                hint="paths in the output are relative to it",
            )
        try:
            os.makedirs(self._folder, exist_ok=True)
            if not force and os.listdir(self._folder):
                raise Refused(
                    "the folder of attachments is not empty",
                    place=Place(self._how),
                    hint="--force writes there all the same",
                )
        except OSError as error:
            raise UsageError(
                f"no folder for attachments: {(error.strerror or str(error)).lower()}", place=Place(self._how)
            ) from error

    def settle(self, ticket: str, files: Files) -> None:
        """Does so with the attachments of one ticket; raises Refused for more than a line may hold."""
        size = 0
        taken: set[str] = set()
        for file in files:
            blob = file.pop("blob", None)
            if blob is None:
                continue
            if self._how == NAMES:
                self.unwritten += 1
                continue
            data = self._blob(blob)
            if self._folder:
                file["path"] = self._written(ticket, file["name"], data, taken)
                continue
            size += len(data)
            if size > _MOST_INLINE:
                raise Refused(
                    f"the attachments of {ticket} have more than {_MOST_INLINE:,} bytes, too much for one line",
                    hint="--attachments DIR writes them beside the output",
                )
            file["data"] = b2a_base64(data, newline=False).decode("ascii")

    def _written(self, ticket: str, name: str, data: bytes, taken: set[str]) -> str:
        """Writes a file under a name that is safe and not taken, and returns its path from the output."""
        try:
            wanted = safe_name(name)
        except UsageError:
            wanted = "file"
        unused, number = wanted, 2
        while unused.casefold() in taken:
            unused, number = f"{number}-{wanted}", number + 1
        taken.add(unused.casefold())
        path = os.path.join(self._folder, ticket, unused)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
        except OSError as error:
            raise UsageError(
                f"cannot be written: {(error.strerror or str(error)).lower()}", place=Place(path)
            ) from error
        return os.path.relpath(path, self._base).replace(os.sep, "/")
