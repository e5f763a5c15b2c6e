"""Reads the tickets of a desk as neutral ones, each in turn: from the index where it knows enough, else from Git."""

from __future__ import annotations

from collections import Counter
from json import loads

from gitdesk.desk.audit import with_history
from gitdesk.desk.configuration import for_index
from gitdesk.domain.format import path_of
from gitdesk.errors import Conflict
from gitdesk.exporters import facts, story
from gitdesk.exporters.versions import Versions
from gitdesk.index import exporting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.ticket import TicketId

    Row = tuple[Any, ...]
    Files = list[dict[str, Any]]
    Neutral = tuple[dict[str, Any], Files]

_TRIES = 5
_MOST_ROWS, _MOST_TEXT = 200, 4_000_000  # tickets, and characters of their threads, that are held at once
_BLOB, _READABLE, _PATH, _THREAD = (
    exporting.TICKET.index(one) for one in ("blob", "readable", "path", "thread")
)


class Reader:
    """One pass over the tickets of a desk.

    Afterwards `left` counts by name what the format has no words for, `unreadable` names the tickets that cannot be
    read now, `gone` counts the deleted ones that were left out.
    """

    def __init__(
        self, desk: Desk, query: str = "", *, named: Sequence[TicketId] = (), deleted: bool = False
    ) -> None:
        """`named` are tickets to read instead of those of a query."""
        self._desk, self._query, self._named, self._deleted = desk, query, named, deleted
        self.left: Counter[str] = Counter()
        self.unreadable: list[str] = []
        self.gone = 0

    def tickets(self) -> Iterator[Neutral]:
        """Yields every ticket, or those of the query, in the order of ids, each with its attachments.

        An attachment is a dictionary that stands in the ticket too; its `blob` is still to be replaced by content.
        """
        desk, chosen = self._desk, bool(self._query or self._named)
        for _ in range(_TRIES):
            connection = with_history(desk).connection
            if self._named:
                exporting.choose(connection, self._named)
            elif chosen:
                found = desk.find(self._query, columns=("id",), everything=True)
                exporting.choose(connection, (row[0] for row in found.rows))
            with exporting.snapshot(connection) as settled:
                if settled:
                    yield from self._read(connection, chosen)
                    return
            words = desk.words_before(desk.tip)
            desk.index.refresh(desk.tip, desk.source, read_config=for_index, stand_in=words)
        raise Conflict("the index is being changed all the time", hint="try again when the desk is at rest")

    def _read(self, connection: Any, chosen: bool) -> Iterator[Neutral]:
        total = exporting.count(connection, chosen=chosen)
        self._authors = exporting.authors(connection)
        self._versions = Versions(self._desk.repo, self._authors, self._leave)
        self._events = exporting.events(connection, chosen=chosen)
        self._next = next(self._events, None)
        done, last = 0, ""
        with self._desk.watch("exporting tickets") as progress:
            for rows in _chunks(exporting.tickets(connection, chosen=chosen)):
                for row in rows:
                    if row[0] == last:
                        self._leave("files with the id of another file")
                        continue
                    last = row[0]
                    yield from self._before(last)
                    found = self._ticket(row, self._rows(last))
                    if found is not None:
                        yield found
                done += len(rows)
                progress(done, total)
            yield from self._before(None)

    def _rows(self, ticket: str) -> list[list[Row]]:
        if self._next is None or self._next[0] != ticket:
            return []
        rows = self._next[1]
        self._next = next(self._events, None)
        return rows

    def _before(self, ticket: str | None) -> Iterator[Neutral]:
        """Yields the tickets before this one that are gone, if they are wanted."""
        while self._next is not None and (ticket is None or self._next[0] < ticket):
            gone, rows = self._next
            self._next = next(self._events, None)
            found = self._versions.ticket(gone, path_of(gone), "", rows) if self._deleted else None
            if found is not None:
                yield found
            else:
                self.gone += 1

    def _ticket(self, row: Row, rows: list[list[Row]]) -> Neutral | None:
        if not row[_READABLE]:
            self.unreadable.append(row[_PATH])
            return self._versions.ticket(row[0], row[_PATH], "", rows)
        thread = [
            {"kind": kind, "text": text, "at": at, "author": author, **({"meta": meta} if meta else {})}
            for at, kind, author, text, meta in loads(row[_THREAD] or "[]")
        ]
        try:
            return story.of_rows(facts.of_row(row), rows, thread, self._authors, self._leave)
        except story.Incomplete:
            return self._versions.ticket(row[0], row[_PATH], row[_BLOB], rows)

    def _leave(self, name: str) -> None:
        self.left[name] += 1


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Yields rows some at a time, fewer where their texts are long."""
    held: list[Row] = []
    size = 0
    for row in rows:
        held.append(row)
        size += len(row[_THREAD] or "")
        if len(held) == _MOST_ROWS or size > _MOST_TEXT:
            yield held
            held, size = [], 0
    if held:
        yield held
