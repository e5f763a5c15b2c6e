"""Commits with the documents before and after, read in batches: no process and no round trip a commit."""

from __future__ import annotations

from gitdesk.desk.feed import Feed
from gitdesk.domain.calendar_parse import FOLDER
from gitdesk.domain.change import Change, is_document, with_moves
from gitdesk.domain.config import PATH
from gitdesk.store import misplaced, objects, read
from gitdesk.store.history import MergeRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gitdesk.domain.change import FileVersion
    from gitdesk.domain.document import Document
    from gitdesk.store.git import Repo
    from gitdesk.store.history import Record

    Documents = Mapping[tuple[str, str], Document]

_BATCH = 300  # files read at once
_KEPT_BYTES = 8_000_000  # of documents that later commits may change again


class Judged:
    """One commit, its files of the desk, the Changes they make and the sizes of its attachments by blob id."""

    def __init__(
        self, record: Record, files: tuple[FileVersion, ...], documents: Documents, sizes: Mapping[str, int]
    ) -> None:
        self.record, self.files, self.sizes = record, files, sizes
        self._documents = documents
        self.changes = self._changes(0)

    def alternatives(self) -> Iterator[tuple[Change, ...]]:
        """Yields each change as every parent of the commit sees it: one for a usual commit, more for a merge."""
        if not isinstance(self.record, MergeRecord):
            yield from ((change,) for change in self.changes)
            return
        yield from zip(*(self._changes(side) for side in range(len(self.record.commit.parents))), strict=True)

    def _changes(self, side: int) -> list[Change]:
        made = [self._change(version, version.old[side], version.new) for version in self.files]
        return made if isinstance(self.record, MergeRecord) else with_moves(made)

    def _change(self, version: FileVersion, old: str, new: str) -> Change:
        path, commit = version.path, self.record.commit
        if not is_document(path):
            return Change(path=path, commit=commit, old=plain(old), new=plain(new))
        find = self._documents.get
        before, after = find((path, plain(old))), find((path, plain(new)))
        return Change(path=path, before=before, after=after, commit=commit, old=plain(old), new=plain(new))


class CommitChanges:
    """Reads what commits changed."""

    def __init__(self, repo: Repo) -> None:
        self._repo, self._feed = repo, Feed(repo)
        self._known: dict[tuple[str, str], Document] = {}
        self._bytes = 0

    def of(self, records: Iterable[Record]) -> Iterator[Judged]:
        """Yields each commit with its changes, in the order given."""
        waiting: list[tuple[Record, tuple[FileVersion, ...]]] = []
        count = 0.0
        for record in records:
            files = tuple(version for version in record.changes if _concerns(version.path))
            waiting.append((record, files))
            count += len(files) + 0.1
            if count >= _BATCH:
                yield from self._read(waiting)
                waiting, count = [], 0.0
        yield from self._read(waiting)

    def _read(self, waiting: list[tuple[Record, tuple[FileVersion, ...]]]) -> Iterator[Judged]:
        files = [version for _, versions in waiting for version in versions]
        wanted = dict.fromkeys(
            (version.path, plain(oid))
            for version in files
            if is_document(version.path)
            for oid in (*version.old, version.new)
            if oid
        )
        if self._bytes > _KEPT_BYTES:
            self._known, self._bytes = {}, 0
        missing = [each for each in wanted if each not in self._known]
        for key, (_, _, document) in zip(missing, self._feed.documents(missing), strict=True):
            self._known[key] = document
            self._bytes += len(document.data)
        sizes = self._sizes(version.new for version in files if not is_document(version.path))
        for record, versions in waiting:
            yield Judged(record, versions, self._known, sizes)

    def _sizes(self, oids: Iterable[str]) -> dict[str, int]:
        """Returns the sizes of blobs in bytes; one call of Git for a batch, none without attachments."""
        wanted = list(dict.fromkeys(plain(oid) for oid in oids if oid and not misplaced.is_mark(plain(oid))))
        if not wanted:
            return {}
        told = self._repo.run(
            "cat-file", "--batch-check", input="".join(f"{oid}\n" for oid in wanted).encode()
        )
        rows = (line.split() for line in told.decode("ascii", "replace").splitlines())
        return {row[0]: int(row[2]) for row in rows if len(row) == 3}


def mode_of(mark: str) -> str:
    """Returns the mode of what stands for a file in a FileVersion."""
    return mark.partition(" ")[0] if misplaced.is_mark(mark) else objects.FILE_MODE


def plain(mark: str) -> str:
    """Returns the blob id of a plain file, executable or not; of another thing the mark."""
    mode, blank, oid = mark.partition(" ")
    return oid if blank and mode.startswith("100") else mark


def _concerns(path: str) -> bool:
    return path in (PATH, read.TICKETS) or path.startswith((f"{read.TICKETS}/", FOLDER))
