"""What the index eats: the store's files, in the words the index asks with."""

from __future__ import annotations

from gitdesk.errors import Unreadable
from gitdesk.store import codec, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitdesk.domain.document import Document
    from gitdesk.index.source import FileChange
    from gitdesk.store.git import Repo


class Feed:
    """A Source of the index over a repository."""

    def __init__(self, repo: Repo) -> None:
        self._source = read.Source(repo, codec.parse)

    def diff(self, old: str | None, new: str) -> Iterable[FileChange]:
        """Returns what differs between two commits; raises LookupError when the old one is gone."""
        if old is None:
            return map(_readable, self._source.diff(None, new))
        try:
            return [_readable(change) for change in self._source.diff(old, new)]
        except Unreadable as error:
            raise LookupError(str(error)) from error

    def documents(self, wanted: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str, Document]]:
        """Returns parsed documents, streaming."""
        return self._source.documents(wanted)

    def blob(self, oid: str) -> bytes:
        """Returns a blob's content."""
        return self._source.blob(oid)


def _readable(change: FileChange) -> FileChange:
    """Returns a change whose path is text; a path that is not UTF-8 is shown with its bytes as escapes."""
    path, old, new = change
    if path.isascii():
        return change
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"), old, new
