"""What merges undid: a value one side had changed and the merge does not have is told at the merge, as going back.

A side's own commits are those that not every parent of the merge descends from. Where they changed a value and the
merge says something else than that side, the merge decided it. So whoever reads the trail of a ticket from old to new
arrives at what the ticket is.
"""

from __future__ import annotations

import json
from heapq import heappop, heappush
from itertools import count

from gitdesk.domain.change import Change, is_config, is_document, owner_of, told_of
from gitdesk.index.history_rows import event_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gitdesk.domain.change import FileVersion
    from gitdesk.domain.document import Document
    from gitdesk.index.history_rows import HistorySource, Row

    Key = tuple[object, ...]

_FIRST = 1 << 24  # number of the first "file" of such rows: behind all others of their commit
# After one of these any value may be another one.
_EVERYTHING = frozenset(("created", "deleted", "restored", "mended", "unreadable", "boundary", "moved", "id"))
_ALL: Key = ("everything",)
_INSERT = f"INSERT INTO events VALUES ({', '.join('?' * 14)})"
_TABLE = (
    "CREATE TEMP TABLE history_sides (number INTEGER, side INTEGER, ticket TEXT, path TEXT, old TEXT, new TEXT,"
    " PRIMARY KEY (number, side, path)) WITHOUT ROWID"
)


class Merges:
    """The merges of one refresh: noted while commits stream by, told when all of them have their rows and places."""

    def __init__(self, connection: sqlite3.Connection, source: HistorySource) -> None:
        self._connection, self._source = connection, source
        self._any = False
        connection.execute("DROP TABLE IF EXISTS temp.history_sides")

    def note(self, number: int, sides: Iterable[FileVersion]) -> None:
        """Takes in the files in which a merge differs from some parent."""
        rows = [
            (number, side, owner_of(version.path), version.path, old, version.new)
            for version in sides
            if owner_of(version.path) or is_config(version.path)
            for side, old in enumerate(version.old)
            if old != version.new
        ]
        if not rows:
            return
        if not self._any:
            self._connection.execute(_TABLE)
            self._any = True
        self._connection.executemany("INSERT INTO history_sides VALUES (?, ?, ?, ?, ?, ?)", rows)

    def tell(self, places: Callable[[int], int], parents: Callable[[int], Sequence[int]]) -> set[str]:
        """Adds the rows of what was undone, by older merges first; returns the tickets concerned.

        Both functions take a commit's number: its place in the order, and the numbers of its parents.
        """
        if not self._any:
            return set()
        merges = self._connection.execute(
            "SELECT DISTINCT c.number FROM history_sides s JOIN commits c ON c.number = s.number ORDER BY c.seq, c.id"
        ).fetchall()
        touched: set[str] = set()
        for (number,) in merges:
            touched |= self._tell(number, own_commits(parents(number), places, parents))
        self._connection.execute("DROP TABLE temp.history_sides")
        return touched

    def _tell(self, number: int, own: Sequence[Sequence[int]]) -> set[str]:
        sides = [self._changed(number, side, commits) if commits else {} for side, commits in enumerate(own)]
        if not any(sides):
            return set()
        touched: set[str] = set()
        known = self._told(number)
        files = count(_FIRST)
        for side, changed in enumerate(sides):
            for ticket, path, old, new in self._connection.execute(
                "SELECT ticket, path, old, new FROM history_sides WHERE number = ? AND side = ? ORDER BY path",
                (number, side),
            ).fetchall():
                if ticket not in changed:
                    continue
                others: set[Key] = set().union(*(one.get(ticket, ()) for one in sides if one is not changed))
                rows = list(self._undone(path, old, new, changed[ticket], others, known))
                known.update(_result((None, *row)) for row in rows)
                file = next(files)
                self._connection.executemany(
                    _INSERT, [(number, file, ordinal, *row[2:]) for ordinal, row in enumerate(rows)]
                )
                touched |= {ticket} if rows else set()
        return touched

    def _changed(self, number: int, side: int, commits: Sequence[int]) -> dict[str, set[Key]]:
        """Returns what a side's own commits changed, by ticket, of those in which the merge is not what it was."""
        found: dict[str, set[Key]] = {}
        for ticket, *facts in self._connection.execute(
            "SELECT ticket, kind, field, before, after, message_at, message_kind, message_author FROM events"
            " WHERE commit_number IN (SELECT value FROM json_each(?))"
            " AND ticket IN (SELECT ticket FROM history_sides WHERE number = ? AND side = ?)",
            (json.dumps(commits), number, side),
        ):
            found.setdefault(ticket, set()).add(_key(*facts))
        return found

    def _told(self, number: int) -> set[Row]:
        """Returns what a merge tells already, wherever it started from."""
        return {
            _result(row)
            for row in self._connection.execute("SELECT * FROM events WHERE commit_number = ?", (number,))
        }

    def _undone(
        self, path: str, old: str, new: str, changed: set[Key], others: set[Key], known: set[Row]
    ) -> Iterator[tuple[object, ...]]:
        """Yields the rows of a file of which a side's changes are undone, but those that are known.

        `changed` is what the side changed, `others` what the other sides did.
        """
        change = Change(path=path, old=old, new=new)
        if is_document(path):
            asked = [oid for oid in (old, new) if oid]
            read = dict(zip(asked, (data for _, data in self._source.blobs(asked)), strict=True))
            change = Change(
                path=path,
                before=self._parsed(read, old, path),
                after=self._parsed(read, new, path),
                old=old,
                new=new,
            )
        for row in event_rows(0, told_of(change, brief=True), change):
            kind, field, before, after, _, _, at, message_kind, author = row[3:12]
            key = _key(kind, field, before, after, at, message_kind, author)
            # A ticket made on both sides lacks on this one what was said on the other, and that is told there.
            if key not in changed and (_ALL not in changed or (kind == "message" and key in others)):
                continue
            if _result((None, *row)) not in known:
                yield row

    def _parsed(self, read: dict[str, bytes], oid: str, path: str) -> Document | None:
        return self._source.parse(read[oid], path) if oid else None


def _result(row: Sequence[object]) -> Row:
    """Returns ticket, kind, field, what came of it and the message of a row of `events`."""
    ticket, kind, field, before, after = row[3:8]
    return (ticket, kind, field, after, "" if after else before, *row[10:13])


def _key(kind: object, field: object, before: object, after: object, *message: object) -> Key:
    """Returns what an event is about: the same for all that change the same value."""
    if kind in _EVERYTHING:
        return _ALL
    if str(kind).startswith("message"):
        return ("message", *message) if kind != "message-moved" else ()
    if kind in ("tag", "watcher", "link"):
        return (kind, after or before) if not (before and after) else ()
    return ("merged" if kind == "unmerged" else kind, field)


def own_commits(
    parents: Sequence[int], places: Callable[[int], int], parents_of: Callable[[int], Sequence[int]]
) -> list[list[int]]:
    """Returns for each of a merge's parents the commits it descends from (and itself) that not all of them do.

    All go back together from the greatest place on. A place is greater than those of all parents, so what reaches a
    commit is known when its turn comes.
    """
    everyone = (1 << len(parents)) - 1
    own: list[list[int]] = [[] for _ in parents]
    reached: dict[int, int] = {}  # by commit: a bit for each parent that descends from it
    ahead: list[tuple[int, int]] = []
    left = 0  # commits ahead that not all descend from

    def reach(commit: int, by: int) -> int:
        """Marks a commit; returns by how much the number of those that count grows."""
        was = reached.get(commit)
        now = reached[commit] = by if was is None else was | by
        if was is None:
            heappush(ahead, (-places(commit), commit))
            return int(now != everyone)
        return -int(was != everyone and now == everyone)

    for side, parent in enumerate(parents):
        left += reach(parent, 1 << side)
    while left:
        _, commit = heappop(ahead)
        by = reached[commit]
        if by != everyone:
            left -= 1
            for side, found in enumerate(own):
                if by >> side & 1:
                    found.append(commit)
        for parent in parents_of(commit):
            left += reach(parent, by)
    return own
