"""What the index needs of the truth: which files differ between two commits, and the documents in them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Protocol

    from gitdesk.domain.document import Document
    from gitdesk.domain.query_keys import Vocabulary

    FileChange = tuple[str, str | None, str | None]  # path, old blob id, new blob id

    class Source(Protocol):
        """A branch's files, as the desk hands them to the index."""

        def diff(self, old: str | None, new: str) -> Iterable[FileChange]:
            """Yields what differs in the desk; `old` None is the empty tree; LookupError when it is gone.

            Where the file of a ticket belongs and something else is, a text stands that only `documents` understands.
            """

        def documents(self, wanted: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str, Document]]:
            """Yields (path, blob id, document) for each (path, blob id) wanted; the id is "" for what is no file."""

        def blob(self, oid: str) -> bytes:
            """Returns the bytes of a blob."""

    # Reads gitdesk.yaml: its plain form for the cache and its vocabulary; None when it cannot be read.
    ReadConfig = Callable[[bytes], Vocabulary | None]
    StandIn = Callable[[], Vocabulary | None]  # asked when the words of a commit cannot be read
    Progress = Callable[[int, int | None], None]  # done, of how many (None: nobody knows)
