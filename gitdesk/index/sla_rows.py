"""What the clocks ask of the index's rows beside the pasts of tickets: versions of the terms, standings, places."""

from __future__ import annotations

from json import dumps, loads

from gitdesk.domain.sla_standing import Standing
from gitdesk.index import sla_told
from gitdesk.value import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence
    from typing import Any

    from gitdesk.domain.sla_count import Kind
    from gitdesk.index.sla_stories import Stories


# Where the branch has another configuration or says that running clocks change over; what merges brought in counts
# where they did. Place, commit, time, policies to change over to, who says so, who approved.
_MARKED = (
    "SELECT m.seq, m.id, CAST(strftime('%s', m.time) AS INTEGER), c.rebase, a.name, a.email, c.approved_by,"
    " m.approved_by FROM commits c JOIN authors a ON a.number = c.author"
    " LEFT JOIN x_brought b ON b.number = c.number JOIN commits m ON m.number = coalesce(b.merge, c.number)"
    " WHERE c.number IN (SELECT number FROM commits WHERE rebase <> ''"
    " UNION SELECT commit_number FROM x_merged WHERE ticket = ''"
    " UNION SELECT commit_number FROM events WHERE ticket = '') AND (c.rebase <> '' OR (b.number IS NULL AND"
    " (c.parents < 2 OR c.number IN (SELECT commit_number FROM x_merged WHERE ticket = ''))))"
    " ORDER BY m.seq, c.seq"
)
_SHALLOW = (
    "SELECT seq, id, CAST(strftime('%s', time) AS INTEGER), '', '', '', '', '' FROM commits WHERE shallow"
    " ORDER BY seq LIMIT 1"
)

_BATCH = 500
_COLUMNS = ", ".join(f'"{name}"' for name in parts_of(Standing))


class ClockRows:
    """The rows of one index as the clocks see them; its history must be that of the commit it shows."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def stories(self) -> Stories:
        """Returns what tells the pasts of tickets."""
        from gitdesk.index.sla_stories import Stories

        return Stories(self._connection)

    # ---- the terms through history

    def marked(self) -> list[Any]:
        """Returns the commits that may change the terms, in their order."""
        marked = self._connection.execute(_MARKED).fetchall()
        if shallow := self._connection.execute(_SHALLOW).fetchone():
            marked.insert(0, shallow)
        return marked

    def book(self) -> tuple[list[str], list[Any]]:
        """Returns the commits that were looked through for versions of the terms, and a line a version."""
        known = self._connection.execute("SELECT value FROM x_meta WHERE key = 'book'").fetchone()
        seen, lines = loads(known[0]) if known and known[0] else ([], [])
        return seen, lines

    def keep_book(self, seen: Sequence[str], lines: Sequence[Any]) -> None:
        """Keeps both, inside somebody's transaction; otherwise they are found again."""
        if self._connection.in_transaction:
            row = (dumps([seen, lines]),)
            self._connection.execute("INSERT OR REPLACE INTO x_meta VALUES ('book', ?)", row)

    def config(self, oid: str) -> Any:
        """Returns the plain form of a version of gitdesk.yaml, None when it is not kept."""
        found = self._connection.execute("SELECT plain FROM x_configs WHERE oid = ?", (oid,)).fetchone()
        return None if found is None else loads(found[0])

    def keep_config(self, oid: str, plain: Any) -> None:
        """Keeps the plain form of a version, inside somebody's transaction: parsing one takes as long as a list."""
        if self._connection.in_transaction:
            self._connection.execute("INSERT OR REPLACE INTO x_configs VALUES (?, ?)", (oid, dumps(plain)))

    def place(self, commit: str) -> tuple[int, int] | None:
        """Returns the place and the time of a commit of the branch itself, None of any other."""
        found = self._connection.execute(
            "SELECT c.seq, CAST(strftime('%s', c.time) AS INTEGER) FROM commits c"
            " LEFT JOIN x_brought b ON b.number = c.number WHERE c.id = ? AND coalesce(b.counts, 1)",
            (commit,),
        ).fetchone()
        return None if found is None else (found[0], found[1])

    # ---- tickets

    def kept(self, ids: Sequence[str] | None) -> Iterator[tuple[int, str, tuple[Any, ...]]]:
        """Yields last step, status and row of the standings of some tickets, None for all; see `_kept`."""
        where, parameters = among(ids)
        return _kept(self._connection, where, parameters)

    def kinds(self) -> dict[int, Kind]:
        """Returns the kinds that ended clocks are counted under, by number."""
        return sla_told.kinds(self._connection)

    def told(self, until: int, *, rows: bool) -> Iterator[tuple[str, Any, bytes, Any]]:
        """Yields what is kept ready of tickets that had come to their end; see `sla_told.told`."""
        return sla_told.told(self._connection, until, rows=rows)

    def untold(self, until: int) -> list[str]:
        """Returns the other tickets that can be read, in order."""
        return sla_told.untold(self._connection, until)

    def spent(self, ids: Sequence[str] | None) -> Iterator[tuple[str, str, int, dict[str, int]]]:
        """Yields (ticket, status, last step, seconds by status up to then) of some tickets, None for all."""
        where, parameters = among(ids)
        rows = self._connection.execute(
            f"SELECT id, status, last_step, spent FROM x_tickets t WHERE readable = 1 AND {where}",
            parameters,
        )
        while batch := rows.fetchmany(_BATCH):
            found = loads(
                f"[{','.join([row[3] for row in batch])}]"
            )  # a call for each would take twice as long
            for (ticket, status, last, _), spent in zip(batch, found, strict=True):
                yield ticket, status, last, spent

    def only_in_git(self, place: int) -> frozenset[str]:
        """Returns the tickets of which only Git tells rightly what they were at a place in history."""
        from gitdesk.index.sla_stories import ONLY_IN_GIT

        return frozenset(ticket for (ticket,) in self._connection.execute(ONLY_IN_GIT, (place,)))

    def unreadable(self, ids: Sequence[str] | None) -> Iterator[tuple[str, str]]:
        """Yields path and problem of the tickets that cannot be read."""
        where, parameters = among(ids)
        yield from self._connection.execute(
            f"SELECT path, problem FROM x_tickets t WHERE readable = 0 AND {where} ORDER BY path", parameters
        )


def _kept(
    connection: sqlite3.Connection, where: str, parameters: Sequence[Any]
) -> Iterator[tuple[int, str, tuple[Any, ...]]]:
    """Yields the standings of the readable tickets a condition on `t` selects, by ticket, metric and cycle.

    Each is the instant of the last step of a ticket, its status, and a row: its id, the parts of a Standing, title,
    assignee and group. What the rows of a ticket share are the same objects.
    """
    heads: dict[str, tuple[int, str, tuple[str, str, str]]] = {
        ticket: (last, status, (title, assignee, group))
        for ticket, title, assignee, group, last, status in connection.execute(
            f'SELECT id, title, assignee, "group", last_step, status FROM x_tickets t WHERE readable = 1 AND {where}',
            parameters,
        )
    }
    some = "" if where == "1" else "WHERE ticket IN (SELECT value FROM json_each(?)) "
    statement = f"SELECT ticket, {_COLUMNS} FROM x_clocks {some}ORDER BY ticket, metric, cycle"
    for row in connection.execute(statement, parameters):
        head = heads.get(row[0])
        if head is not None:
            yield head[0], head[1], row + head[2]


def among(ids: Sequence[str] | None) -> tuple[str, tuple[str, ...]]:
    """Returns the condition on `t` that selects tickets by their ids, None for all, and its parameters."""
    return ("1", ()) if ids is None else ("t.id IN (SELECT value FROM json_each(?))", (dumps(ids),))
