"""Brings the tables from the commit they show to another one, inside the caller's transaction."""

from __future__ import annotations

from itertools import islice
from operator import itemgetter

from gitdesk.domain.workflow import DONE
from gitdesk.index import ddl, project
from gitdesk.memory import no_collection

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from typing import Any

    from gitdesk.domain.document import Document
    from gitdesk.domain.query import Vocabulary
    from gitdesk.index.source import FileChange, Progress, ReadConfig, Source, StandIn

_BATCH = 2000
_SEARCHED = "rowid, title, about, description, messages"
_REBUILD = 0.5  # of the tickets changing, it is quicker to start again
_INSERT = f"INSERT INTO x_tickets (n, {', '.join(project.COLUMNS)}) VALUES (?{', ?' * len(project.COLUMNS)})"
_ATTACHED = """UPDATE x_tickets SET attachments = (SELECT coalesce(json_group_array(name), '[]') FROM
  (SELECT name FROM x_attachments WHERE owner = x_tickets.path ORDER BY name))"""


def meta(connection: sqlite3.Connection, key: str) -> str | None:
    """Returns a value of x_meta, None when it is not there."""
    found = connection.execute("SELECT value FROM x_meta WHERE key = ?", (key,)).fetchone()
    return found[0] if found else None


def set_meta(connection: sqlite3.Connection, key: str, value: str | None) -> None:
    """Stores a value in x_meta."""
    connection.execute("INSERT OR REPLACE INTO x_meta VALUES (?, ?)", (key, value))


def outdate_clocks(connection: sqlite3.Connection) -> None:
    """Notes that tickets may stand otherwise than kept; whatever commit clocks were found for, it is asked again."""
    connection.execute("UPDATE x_meta SET value = '' WHERE key = 'clocks' AND value IS NOT NULL")


def _rank(connection: sqlite3.Connection, ranks: project.Ranks) -> None:
    if meta(connection, "ranks") == ranks.to_text():
        return
    set_meta(connection, "ranks", ranks.to_text())
    # One pass, and only the rows that change: an index has to follow each of them.
    connection.create_function(
        "x_category", 1, lambda status: ranks.categories.get(status, ""), deterministic=True
    )
    connection.create_function(
        "x_rank", 1, lambda priority: ranks.priorities.get(priority, -1), deterministic=True
    )
    done = ", ".join(f"'{category}'" for category in sorted(DONE))
    connection.execute(
        "UPDATE x_tickets SET category = x_category(status), rank = x_rank(priority), "
        f"done = x_category(status) IN ({done}) "
        "WHERE readable = 1 AND (category <> x_category(status) OR rank <> x_rank(priority))"
    )


def _ranks(connection: sqlite3.Connection) -> project.Ranks:
    from json import loads

    known = meta(connection, "ranks")
    return project.Ranks(*loads(known)) if known else project.Ranks({}, ())


def advance(
    connection: sqlite3.Connection,
    old: str | None,
    new: str,
    source: Source,
    read_config: ReadConfig | None,
    stand_in: StandIn | None,
    progress: Progress | None,
) -> None:
    """Makes the tables show commit `new`; `old` is what they show now, None for nothing."""
    changes = _changes(connection, old, new, source)
    full = changes is None
    if changes is None:
        ddl.empty(connection)
        changes = list(source.diff(None, new))
    configured = {path: oid for path, _, oid in changes if path == project.CONFIG_PATH}
    if full or configured:
        _configure(connection, configured.get(project.CONFIG_PATH), source, read_config)
    if stand_in is not None and meta(connection, "unusable"):
        # Asked each time: which words stand in hangs on the history behind a commit, not on the file alone.
        _rank(connection, _ranks_of(stand_in()))
    tickets = sorted((change for change in changes if project.is_ticket(change[0])), key=itemgetter(0))
    if not full:
        _forget(connection, [path for path, _, _ in tickets])
    wanted = [(path, oid) for path, _, oid in tickets if oid is not None]
    if full:
        ddl.bulk(connection, True)
        with no_collection():
            _take(connection, source, wanted, progress)
        ddl.bulk(connection, False)
        ddl.make_indexes(connection)
    else:
        _take(connection, source, wanted, progress)
    _attach(connection, changes, () if full else [path for path, _, _ in tickets], everything=full)
    set_meta(connection, "tip", new)
    outdate_clocks(connection)  # also for the way back to the commit they are of: rows made anew have none


def _changes(
    connection: sqlite3.Connection, old: str | None, new: str, source: Source
) -> list[FileChange] | None:
    """Returns what differs; None when starting again is the only or the quicker way."""
    if old is None:
        return None
    try:
        changes = list(source.diff(old, new))
    except LookupError:
        return None
    if len(changes) <= _BATCH:
        return changes
    count: int = connection.execute("SELECT count(*) FROM x_tickets").fetchone()[0]
    return None if len(changes) > _REBUILD * count else changes


def _configure(
    connection: sqlite3.Connection, oid: str | None, source: Source, read: ReadConfig | None
) -> None:
    words = read(source.blob(oid)) if oid is not None and read is not None else None
    set_meta(connection, "unusable", "yes" if words is None else None)  # or deleted
    _rank(connection, _ranks_of(words))


def _ranks_of(words: Vocabulary | None) -> project.Ranks:
    return project.Ranks({}, ()) if words is None else project.Ranks.of(words)


def _forget(connection: sqlite3.Connection, paths: Sequence[str]) -> None:
    """Removes the rows of tickets, whether they are there or not."""
    from json import loads

    select = (
        "SELECT n, tags, watchers, links, fields, title, about, description, thread"
        " FROM x_tickets JOIN x_texts USING (n) WHERE path = ? AND readable = 1"
    )
    for start in range(0, len(paths), _BATCH):
        batch = [(path,) for path in paths[start : start + _BATCH]]
        numbers, values, searched = [], [], []
        for path in batch:
            known = connection.execute(select, path).fetchone()
            if known is None:
                continue
            n, tags, watchers, links, fields, *texts = known
            pairs = [(link["kind"], link["target"]) for link in loads(links)]
            keys = project.keys(loads(tags), loads(watchers), pairs, loads(fields))
            numbers.append((n,))
            values += [(*key, n) for key in keys]
            searched.append(project.searched_again(n, *texts))
        values.sort()  # neighbours in the table
        connection.executemany("DELETE FROM x_values WHERE kind = ? AND key = ? AND ticket = ?", values)
        forgotten = f"INSERT INTO x_search(x_search, {_SEARCHED}) VALUES ('delete', ?, ?, ?, ?, ?)"
        connection.executemany(forgotten, sorted(searched))
        connection.executemany("DELETE FROM x_texts WHERE n = ?", numbers)
        told = "DELETE FROM x_told WHERE ticket = (SELECT id FROM x_tickets WHERE path = ? AND readable = 1)"
        connection.executemany(told, batch)
        connection.executemany("DELETE FROM x_tickets WHERE path = ?", batch)


def _take(
    connection: sqlite3.Connection,
    source: Source,
    wanted: Sequence[tuple[str, str]],
    progress: Progress | None,
) -> None:
    """Writes the rows of documents, a batch at a time, so that memory stays flat."""
    ranks, names = _ranks(connection), set[tuple[str, str]]()
    done, documents = 0, iter(source.documents(iter(wanted)))
    (last,) = connection.execute("SELECT coalesce(max(n), 0) FROM x_tickets").fetchone()
    while batch := list(islice(documents, _BATCH)):
        _write(connection, batch, last + done + 1, ranks, names)
        done += len(batch)
        if progress is not None:
            progress(done, len(wanted))


def _write(
    connection: sqlite3.Connection,
    batch: list[tuple[str, str, Document]],
    first: int,
    ranks: project.Ranks,
    names: set[tuple[str, str]],
) -> None:
    rows, texts, searched, values = [], [], [], []
    fresh_names: list[tuple[str, str, str]] = []
    for n, (path, blob, document) in enumerate(batch, first):
        rows.append((n, *project.row(path, blob, document, ranks)))
        ticket = document.ticket
        if ticket is None:
            continue
        texts.append(project.texts(n, ticket))
        searched.append(project.searched(n, ticket))
        values += [(kind, key, n) for kind, key in project.keys_of(ticket)]
        for name in project.names(ticket):
            if name not in names:
                names.add(name)
                fresh_names += project.folded_names(*name)
    values.sort()  # neighbours in the table
    _many(connection, _INSERT, rows)
    _many(connection, "INSERT INTO x_texts VALUES (?, ?, ?, ?)", texts)
    _many(connection, "INSERT INTO x_values VALUES (?, ?, ?)", values)
    _many(connection, "INSERT OR IGNORE INTO x_names VALUES (?, ?, ?)", fresh_names)
    insert = f"INSERT INTO x_search({_SEARCHED}) VALUES (?, ?, ?, ?, ?)"
    _many(connection, insert, searched)


def _many(connection: sqlite3.Connection, statement: str, rows: list[Any]) -> None:
    """Writes rows; text that UTF-8 has no bytes for is written with replacement characters."""
    try:
        connection.executemany(statement, rows)
    except UnicodeEncodeError:
        connection.executemany(statement, [_clean(row) for row in rows])


def _clean(row: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(_encodable(value) if isinstance(value, str) else value for value in row)


def _encodable(text: str) -> str:
    return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)


def _attach(
    connection: sqlite3.Connection, changes: Iterable[FileChange], touched: Iterable[str], *, everything: bool
) -> None:
    """Brings the attachments up to date, and the lists of them on tickets that were touched."""
    owners = set(touched)
    for path, _, oid in changes:
        found = project.attachment_of(path)
        if found is None:
            continue
        owners.add(found[0])
        if oid is None:
            connection.execute("DELETE FROM x_attachments WHERE path = ?", (path,))
        else:
            connection.execute(
                "INSERT OR REPLACE INTO x_attachments VALUES (?, ?, ?, ?)", (path, *found, oid)
            )
    if everything:
        connection.execute(f"{_ATTACHED} WHERE path IN (SELECT owner FROM x_attachments)")
    else:
        connection.executemany(f"{_ATTACHED} WHERE path = ?", [(path,) for path in owners])
