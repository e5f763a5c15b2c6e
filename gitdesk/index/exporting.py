"""What an export reads of the index: tickets with their texts, and events with their commits, both as streams."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from operator import itemgetter

from gitdesk.errors import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    Row = tuple[Any, ...]

_BATCH = 400  # tickets whose numbers are held at once
_MAPPED = 1 << 26  # bytes of the file to look at in place: rows of one ticket lie far apart
_ROWS = 1_000  # rows of events fetched at once

TICKET = (
    "id", "path", "blob", "readable", "title", "requester", "channel", "created", "source", "status", "snoozed_until",
    "priority", "type", "group", "assignee", "merged_into", "tags", "watchers", "links", "fields", "description",
    "thread",
)  # fmt: skip
_COLUMNS = ", ".join(f'"{name}"' for name in TICKET)

# Of a message its row says only that it came: the ticket's thread has its text, and whole. What a commit rarely says is
# one column, NULL for most; and only the first row of a file says anything of the commit: reading rows is what an
# export spends its time on.
EVENT = (
    "ticket", "number", "kind", "field", "before", "after", "place", "was", "seq", "id", "time", "author", "committer",
    "more",
)  # fmt: skip
MORE = (
    "zone", "authored", "authored_zone", "reason", "via", "automation", "approved_by", "on_behalf_of",
)  # fmt: skip
_COMMIT = (
    "c.seq, c.id, c.time, c.author, nullif(c.committer, c.author),"
    " iif(c.zone = '+0000' AND c.authored_zone = c.zone AND c.authored = c.time"
    " AND c.reason = '' AND c.via = '' AND c.automation = '' AND c.approved_by = '' AND c.on_behalf_of = '', NULL,"
    f" json_array({', '.join(f'c.{name}' for name in MORE)}))"
)
_EVENT = (
    "e.ticket, e.commit_number, e.kind, e.field, iif(e.kind = 'message', '', e.before),"
    f" iif(e.kind = 'message', '', e.after), e.place, e.was, {_COMMIT}"
)
_NUMBER, _SEQ, _ID = (EVENT.index(name) for name in ("number", "seq", "id"))
_place = itemgetter(0)
_CHOSEN = "temp.x_chosen"


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[bool]:
    """Holds one state of the index for all that is read inside; True when tickets and history are of one commit."""
    with _explained():
        connection.execute(f"PRAGMA mmap_size = {_MAPPED}")
        connection.execute("BEGIN")
        tips = {
            value
            for (value,) in connection.execute(
                "SELECT value FROM x_meta WHERE key = 'tip' UNION ALL"
                " SELECT value FROM history_state WHERE key = 'tip'"
            )
        }
    try:
        yield len(tips) == 1
    finally:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")


def choose(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Notes the tickets the streams are to be about, in a table of this connection alone."""
    with _explained():
        connection.execute(f"DROP TABLE IF EXISTS {_CHOSEN}")
        connection.execute("CREATE TEMP TABLE x_chosen (id TEXT PRIMARY KEY) WITHOUT ROWID")
        connection.executemany(f"INSERT OR IGNORE INTO {_CHOSEN} VALUES (?)", ((one,) for one in ids))


def count(connection: sqlite3.Connection, *, chosen: bool) -> int:
    """Returns how many tickets the streams are about."""
    with _explained():
        row = connection.execute(f"SELECT count(*) FROM {_CHOSEN if chosen else 'x_tickets'}").fetchone()
    found: int = row[0]
    return found


def tickets(connection: sqlite3.Connection, *, chosen: bool) -> Iterator[Row]:
    """Yields the tickets in the order of their ids, as TICKET says; lists and fields are JSON text."""
    within = f" WHERE id IN (SELECT id FROM {_CHOSEN})" if chosen else ""
    with _explained():
        # Of two files with one id the one that is where its id says comes first.
        numbers = connection.execute(
            f"SELECT n FROM x_tickets{within} ORDER BY id,"
            " path <> 'tickets/' || substr(id, instr(id, '-') + 1, 2) || '/' || id || '.md', path"
        )
        # Only numbers are sorted: the rows themselves may hold texts of many megabytes.
        while batch := numbers.fetchmany(_BATCH):
            listed = f"({'), ('.join(str(n) for (n,) in batch)})"
            yield from connection.execute(
                f"WITH wanted (n) AS (VALUES {listed}) SELECT {_COLUMNS} FROM wanted"
                " CROSS JOIN x_tickets USING (n) LEFT JOIN x_texts USING (n)"
            )


def events(connection: sqlite3.Connection, *, chosen: bool) -> Iterator[tuple[str, list[list[Row]]]]:
    """Yields each ticket that ever was, in the order of ids, with its commits, the oldest first: each a list of rows.

    Rows are as EVENT says; only the first of a commit is sure to tell of it.
    """
    within = f"e.ticket IN (SELECT id FROM {_CHOSEN})" if chosen else "e.ticket > ''"
    ticket: str = ""
    found: list[Row] = []
    with _explained():
        rows = connection.execute(
            f"SELECT {_EVENT} FROM events e LEFT JOIN commits c ON c.number = iif(e.ordinal = 0, e.commit_number, NULL)"
            f" WHERE {within} ORDER BY e.ticket, e.commit_number, e.file, e.ordinal"
        )
        while batch := rows.fetchmany(_ROWS):
            for row in batch:
                if row[0] != ticket:
                    if found:
                        yield ticket, _in_order(connection, found)
                    ticket, found = row[0], []
                found.append(row)
        if found:
            yield ticket, _in_order(connection, found)


def _in_order(connection: sqlite3.Connection, rows: list[Row]) -> list[list[Row]]:
    """Returns the rows of a ticket by commits, these in the order of history."""
    number = None
    commits: list[tuple[tuple[int, str], list[Row]]] = []
    for row in rows:
        if row[_NUMBER] == number:
            commits[-1][1].append(row)
            continue
        number = row[_NUMBER]
        if row[_SEQ] is None:
            told = connection.execute(
                f"SELECT {_COMMIT} FROM commits c WHERE c.number = ?", (number,)
            ).fetchone()
            row = (*row[:_SEQ], *told)
        commits.append(((row[_SEQ], row[_ID]), [row]))
    commits.sort(key=_place)
    return [group for _, group in commits]


def authors(connection: sqlite3.Connection) -> dict[int, str]:
    """Returns every author and committer as `Name <address>` by number."""
    with _explained():
        return {
            number: f"{name} <{email}>" if email else name
            for number, name, email in connection.execute("SELECT number, name, email FROM authors")
        }


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise Unreadable(
            f"the index cannot be read to its end: {error}",
            hint="`gitdesk doctor --rebuild-index` makes it anew",
        ) from error
