"""History in the index: brings commits and events up to a tip, so that they equal a rebuild whatever Git did."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager

from gitdesk.domain.change import (
    APPROVED,
    AUTOMATION,
    BEHALF,
    REBASE,
    SOURCE,
    VIA,
    Change,
    Event,
    events,
    parse_message,
    told_of,
)
from gitdesk.domain.format import path_of
from gitdesk.index import history_tables as tables
from gitdesk.index.history_graph import Graph, left_behind
from gitdesk.index.history_merges import Merges
from gitdesk.index.history_rows import Teller, event_rows
from gitdesk.index.stored import instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo

    from gitdesk.domain.change import (
        Commit,
        FileVersion,
        Signature,
    )
    from gitdesk.domain.document import Document
    from gitdesk.index.history_rows import HistorySource, Record, Row

__all__ = ("VERSION", "prepare", "refresh", "tip")

Progress = Callable[[int, int | None], None]
VERSION = tables.VERSION
prepare = tables.prepare
_BATCH = 2_000

# What most rows are is bound by few values: each of them costs as much as the rest of a row.
_COMMIT = f"INSERT INTO commits VALUES ({', '.join('?' * 20)})"
_PLAIN_COMMIT = (
    "INSERT INTO commits VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?4, ?5, ?6, ?7, ?8, '', '', '', '', ?9, 0, 0, 0, '')"
)
_EVENT = f"INSERT INTO events VALUES ({', '.join('?' * 14)})"
_EVENTS = {  # by how many values a row has
    6: "INSERT INTO events VALUES (?, 0, ?, ?, ?, '', ?, ?, NULL, NULL, NULL, NULL, NULL, NULL)",
    8: "INSERT INTO events VALUES (?1, 0, ?2, ?3, 'message', ?4, '', ?5, ?6, NULL, ?7, ?4, ?8, NULL)",
    14: _EVENT,
}


def tip(connection: sqlite3.Connection) -> str | None:
    """Returns the commit the rows tell the history of; None before the first build."""
    return tables.state(connection).get("tip")


def is_current(connection: sqlite3.Connection, source: HistorySource, tip: str) -> bool:
    """Tells whether the rows tell the history of a tip already, as far as this clone reaches."""
    tables.prepare(connection)
    known = tables.state(connection)
    return known.get("tip") == tip and known.get("horizon") == source.horizon()


def refresh(
    connection: sqlite3.Connection, source: HistorySource, tip: str, progress: Progress | None = None
) -> frozenset[str] | None:
    """Makes the rows tell the history of a tip; returns the tickets concerned, None for all of them.

    Everything happens in one transaction (the caller's, if there is one): a killed process leaves what was there.
    """
    if is_current(connection, source, tip):
        return frozenset()
    with _transaction(connection):
        return _Refresh(connection, source, progress).run(tip)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Switches the search for cyclic garbage off: values make none, and it takes an eighth of a build."""
    import gc

    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Refresh:
    """One pass from the tip that is known to another."""

    def __init__(
        self, connection: sqlite3.Connection, source: HistorySource, progress: Progress | None
    ) -> None:
        self._connection, self._source, self._progress = connection, source, progress
        self._graph = Graph(1)
        self._authors: dict[tuple[str, str], int] = {}
        self._zones: dict[tzinfo | None, str] = {}
        self._touched: set[str] = set()
        self._merges = Merges(connection, source)

    def run(self, tip: str) -> frozenset[str] | None:
        """Adds what is new, removes what is gone, and derives again what depends on both."""
        state = tables.state(self._connection)  # read again: another process may have been here meanwhile
        known, horizon = state.get("tip"), self._source.horizon()
        if known is not None and (horizon != state.get("horizon") or not self._source.has(known)):
            known = None
        if known == tip:
            return frozenset()
        if known is None or not self._move(known, tip):
            self._build(tip)
            known = None
        self._order()
        self._touched |= self._merges.tell(self._place_of, self._parents_of)
        touched = None if known is None else frozenset(self._touched)
        self._note_touched(touched)
        self._settle(touched is None)
        _note_updates(self._connection, touched is None)
        tables.set_state(self._connection, tip=tip, horizon=horizon)
        return touched

    def _build(self, tip: str) -> None:
        """Tells the whole history."""
        tables.wipe(self._connection)
        self._graph, self._merges = Graph(1), Merges(self._connection, self._source)
        self._authors.clear()
        with _no_collecting():
            self._add(self._source.commits(tip, None), whole=True)
        tables.add_indexes(self._connection)

    def _move(self, known: str, tip: str) -> bool:
        """Adds what is new since a tip and removes what is gone; False when it cannot be said what that is."""
        for number, name, email in self._connection.execute("SELECT number, name, email FROM authors"):
            self._authors[name, email] = number
        (last,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM commits").fetchone()
        graph = self._graph = Graph(last + 1)
        told = self._source.commits(tip, known)
        with _no_collecting():
            self._add((record for record in told if self._place(record.commit.id) is None), whole=False)
        # Whoever descends from all that was known has its tip for a parent.
        if not graph.mentions(known):
            gone = left_behind(known, [tip, *graph.elsewhere()], self._place, self._parents)
            if gone is None:
                return False
            self._drop(gone)
        return True

    def _place(self, commit_id: str) -> int | None:
        """Returns the place of a commit that is in the tables already, None of any other."""
        find = "SELECT seq FROM commits WHERE id = ? AND number < ?"
        row = self._connection.execute(find, (commit_id, self._graph.first)).fetchone()
        return None if row is None else row[0]

    def _parents(self, commit_id: str) -> Iterable[str] | None:
        find = "SELECT shallow FROM commits WHERE id = ?"
        (shallow,) = self._connection.execute(find, (commit_id,)).fetchone()
        return () if shallow else self._source.parents(commit_id)

    def _add(self, records: Iterable[Record], *, whole: bool) -> None:
        commits: list[Row] = []
        told: dict[int, list[Row]] = {size: [] for size in _EVENTS}
        sides: dict[str, tuple[FileVersion, ...]] = {}

        def noted() -> Iterator[Record]:
            for record in records:
                if not record.commit.shallow and (found := getattr(record, "sides", ())):
                    sides[record.commit.id] = found
                yield record

        for count, (commit, rows) in enumerate(Teller(self._source).rows(noted()), 1):
            seconds = int(commit.committer.at.timestamp())
            number = self._graph.add(commit, seconds)
            commits.append(self._commit_row(number, seconds, commit))
            if commit.id in sides:
                self._merges.note(number, sides.pop(commit.id))
            for row in rows:
                told[len(row) + 1].append((number, *row))
                if not whole:
                    self._touched.add(str(row[1] if len(row) < 13 else row[2]))
            if len(commits) >= _BATCH or len(told[14]) >= _BATCH:
                self._write(commits, told)
                if self._progress is not None:
                    self._progress(count, None)
        self._write(commits, told)

    def _write(self, commits: list[Row], told: dict[int, list[Row]]) -> None:
        connection = self._connection
        connection.executemany(_PLAIN_COMMIT, [row for row in commits if len(row) == 9])
        connection.executemany(_COMMIT, [row for row in commits if len(row) != 9])
        commits.clear()
        for size, rows in told.items():
            connection.executemany(_EVENTS[size], rows)
            rows.clear()

    def _commit_row(self, number: int, seconds: int, commit: Commit) -> Row:
        """Returns the values of a commit's row, its time standing for its place; of a plain commit only a few."""
        message, committer, author = commit.message, commit.committer, commit.author
        if "\n" in message or "\r" in message:
            subject, reason, trailers = parse_message(message)
        else:
            subject, reason, trailers = message.strip(), "", ()
        head = (
            number,
            commit.id,
            max(seconds, 0),
            instant(committer.at),
            self._zone(committer.at),
            self._author(committer),
        )
        parents = len(commit.parents)
        if author == committer and not (trailers or commit.signed or commit.shallow):
            return (*head, subject, reason, parents)
        given: dict[str, str] = {}
        for key, value in trailers:
            key = key.lower()
            given[key] = f"{given[key]}, {value}" if key in given else value
        return (
            *head,
            instant(author.at),
            self._zone(author.at),
            self._author(author),
            subject,
            reason,
            *(given.get(key.lower(), "") for key in (VIA, AUTOMATION, APPROVED, BEHALF)),
            parents,
            commit.signed,
            commit.shallow,
            SOURCE.lower() in given,
            given.get(REBASE.lower(), ""),
        )

    def _author(self, signature: Signature) -> int:
        key = (signature.name, signature.email)
        number = self._authors.get(key)
        if number is None:
            number = self._authors[key] = len(self._authors) + 1
            self._connection.execute("INSERT INTO authors VALUES (?, ?, ?)", (number, *key))
        return number

    def _zone(self, moment: datetime) -> str:
        zone = moment.tzinfo
        text = self._zones.get(zone)
        if text is None:
            text = self._zones[zone] = moment.strftime("%z") if moment.utcoffset() else "+0000"
        return text

    def _drop(self, gone: Iterable[str]) -> None:
        """Removes commits that the tip no longer has."""
        connection = self._connection
        connection.execute("CREATE TEMP TABLE history_gone (number INTEGER PRIMARY KEY)")
        connection.executemany(
            "INSERT INTO history_gone SELECT number FROM commits WHERE id = ?", ((commit,) for commit in gone)
        )
        inside = "commit_number IN (SELECT number FROM history_gone)"
        self._touched.update(
            ticket for (ticket,) in connection.execute(f"SELECT DISTINCT ticket FROM events WHERE {inside}")
        )
        connection.execute(f"DELETE FROM events WHERE {inside}")
        connection.execute("DELETE FROM commits WHERE number IN (SELECT number FROM history_gone)")
        connection.execute("DROP TABLE history_gone")

    def _order(self) -> None:
        """Gives each new commit its place: after its parents, and otherwise by time, which its row has by now."""
        late = self._graph.late(self._place)
        self._connection.executemany("UPDATE commits SET seq = ? WHERE number = ?", late)

    def _place_of(self, number: int) -> int:
        """Returns the place of a commit by its number."""
        if number >= self._graph.first:
            return self._graph.places[number - self._graph.first]
        found = self._connection.execute("SELECT seq FROM commits WHERE number = ?", (number,)).fetchone()
        return int(found[0])

    def _parents_of(self, number: int) -> list[int]:
        """Returns the numbers of the parents of a commit in their order; of a new one all of them are in the tables."""
        graph = self._graph
        if graph.is_new(number):
            parents = graph.parents(number)
            return [each if graph.is_new(each) else self._number(graph.id_of(each)) for each in parents]
        find = "SELECT id FROM commits WHERE number = ?"
        (commit_id,) = self._connection.execute(find, (number,)).fetchone()
        return [self._number(parent) for parent in self._parents(commit_id) or ()]

    def _number(self, commit_id: str) -> int:
        found = self._connection.execute("SELECT number FROM commits WHERE id = ?", (commit_id,)).fetchone()
        return int(found[0])

    def _note_touched(self, touched: frozenset[str] | None) -> None:
        """Leaves the tickets to derive again in a table, of all only those that have something to derive."""
        connection = self._connection
        connection.execute("DROP TABLE IF EXISTS temp.history_touched")
        connection.execute("CREATE TEMP TABLE history_touched (ticket TEXT PRIMARY KEY) WITHOUT ROWID")
        if touched is not None:
            connection.executemany(
                "INSERT INTO history_touched VALUES (?)", ((ticket,) for ticket in touched)
            )

    def _settle(self, whole: bool) -> None:
        """Tells of what came back (restored, readable again) what changed while it was away.

        What it was before follows from the last event before it, in the order of the whole history; so this is
        derived again for each ticket of which any commit came or went.
        """
        connection, source = self._connection, self._source
        for number, file, ticket, kind, blob, base in _returns(connection, whole):
            if base is None and kind == "created":
                continue
            asked = [blob] if base is None else [base, blob]
            versions = [source.parse(data, path_of(ticket)) for _, data in source.blobs(asked)]
            change = Change(path=path_of(ticket), after=versions[-1], new=blob)
            told = _return_events(change, kind, versions[0] if base is not None else None)
            connection.execute("DELETE FROM events WHERE commit_number = ? AND file = ?", (number, file))
            connection.executemany(_EVENT, [(number, *row) for row in event_rows(file, told, change)])


def _return_events(change: Change, kind: str, base: Document | None) -> tuple[Event, ...]:
    """Returns what is told of a ticket that came back, given the version in which it was last readable."""
    after = change.after.ticket if change.after is not None else None
    if after is None or (base is None and kind != "mended"):
        return told_of(change, brief=True)
    back = "mended" if kind == "mended" else "restored"
    first = Event(ticket_id=change.ticket_id, kind=back, after=after.title)
    return (first, *events(base.ticket, after)) if base is not None and base.ticket is not None else (first,)


def _returns(connection: sqlite3.Connection, whole: bool) -> list[tuple[int, int, str, str, str, str | None]]:
    """Returns what came back, with the blob it had when it was last readable before, oldest first."""
    within = "" if whole else "AND ticket IN (SELECT ticket FROM history_touched)"
    tickets = connection.execute(
        "SELECT DISTINCT ticket FROM events"
        f" WHERE kind IN ('deleted', 'unreadable', 'restored', 'mended') {within}"
    ).fetchall()
    found = []
    for (ticket,) in tickets:
        base: str | None = None
        for number, file, kind, blob in connection.execute(
            "SELECT e.commit_number, e.file, e.kind, e.blob FROM events e JOIN commits c"
            " ON c.number = e.commit_number WHERE e.ticket = ? AND e.blob IS NOT NULL ORDER BY c.seq, c.id, e.file",
            (ticket,),
        ):
            if kind in ("deleted", "unreadable"):
                base = blob
            else:
                found.append((number, file, ticket, kind, blob, base))
    return found


def _note_updates(connection: sqlite3.Connection, whole: bool) -> None:
    """Notes the time of the last change of each ticket concerned."""
    within = "" if whole else "AND e.ticket IN (SELECT ticket FROM history_touched)"
    if not whole:
        connection.execute("DELETE FROM updates WHERE ticket IN (SELECT ticket FROM history_touched)")
    # The place of a commit is made unique by its id; the time in the row is the one of the greatest place.
    connection.execute(
        "INSERT INTO updates SELECT ticket, time FROM ("
        " SELECT e.ticket AS ticket, c.time AS time, max(printf('%015d', c.seq) || c.id)"
        f" FROM events e JOIN commits c ON c.number = e.commit_number WHERE e.ticket <> '' {within}"
        " GROUP BY e.ticket)"
    )
    connection.execute("DROP TABLE temp.history_touched")
