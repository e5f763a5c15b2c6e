"""History in the index: brings commits and events up to a tip, so that they equal a rebuild whatever Git did."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC

from gitdesk.domain.change import (
    APPROVED,
    AUTOMATION,
    BEHALF,
    VIA,
    Change,
    Event,
    events,
    parse_message,
    told_of,
)
from gitdesk.domain.format import path_of
from gitdesk.index import history_tables as tables
from gitdesk.index.history_rows import Teller, event_rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo

    from gitdesk.domain.change import (
        Commit,
        CommitRecord,
        Signature,
    )
    from gitdesk.domain.document import Document
    from gitdesk.index.history_rows import HistorySource, Row

__all__ = ("VERSION", "prepare", "refresh", "tip")

Progress = Callable[[int, int | None], None]
VERSION = tables.VERSION
prepare = tables.prepare
_BATCH = 1_000

_COMMIT = f"INSERT INTO commits VALUES ({', '.join('?' * 18)})"
_EVENT = f"INSERT INTO events VALUES ({', '.join('?' * 14)})"


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
        self._graph = _Graph()
        self._authors: dict[tuple[str, str], int] = {}
        self._zones: dict[tzinfo | None, str] = {}
        self._touched: set[str] = set()

    def run(self, tip: str) -> frozenset[str] | None:
        """Adds what is new, removes what is gone, and derives again what depends on both."""
        connection, source = self._connection, self._source
        state = tables.state(connection)  # read again: another process may have been here meanwhile
        known, horizon = state.get("tip"), source.horizon()
        if known is not None and (horizon != state.get("horizon") or not source.has(known)):
            known = None
        if known == tip:
            return frozenset()
        whole = known is None
        if whole:
            tables.wipe(connection)
        self._load(whole)
        with _no_collecting():
            self._add(source.commits(tip, known))
        if known is not None and not self._graph.mentions(known):
            self._drop(source.dropped(known, tip))
        tables.add_indexes(connection)
        self._order()
        touched = None if whole else frozenset(self._touched)
        self._note_touched(touched)
        self._settle(whole)
        _note_updates(connection, whole)
        tables.set_state(connection, tip=tip, horizon=horizon)
        return touched

    def _load(self, whole: bool) -> None:
        if whole:
            return
        for number, name, email in self._connection.execute("SELECT number, name, email FROM authors"):
            self._authors[name, email] = number
        (last,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM commits").fetchone()
        self._graph.first = last + 1

    def _add(self, records: Iterable[CommitRecord]) -> None:
        commits: list[Row] = []
        told: list[Row] = []
        for count, (commit, rows) in enumerate(Teller(self._source).rows(records), 1):
            number = self._graph.add(commit)
            commits.append(self._commit_row(number, commit))
            told.extend((number, *row) for row in rows)
            if len(commits) >= _BATCH or len(told) >= _BATCH:
                self._write(commits, told)
                if self._progress is not None:
                    self._progress(count, None)
        self._write(commits, told)

    def _write(self, commits: list[Row], told: list[Row]) -> None:
        self._connection.executemany(_COMMIT, commits)
        self._connection.executemany(_EVENT, told)
        self._touched.update(str(row[3]) for row in told)
        commits.clear()
        told.clear()

    def _commit_row(self, number: int, commit: Commit) -> Row:
        subject, reason, trailers = parse_message(commit.message)
        given: dict[str, str] = {}
        for key, value in trailers:
            key = key.lower()
            given[key] = f"{given[key]}, {value}" if key in given else value
        committer, author = commit.committer, commit.author
        committed = (_time(committer.at), self._zone(committer.at), self._author(committer))
        same = author == committer
        return (
            number,
            commit.id,
            0,
            *committed,
            *(committed if same else (_time(author.at), self._zone(author.at), self._author(author))),
            subject,
            reason,
            *(given.get(key.lower(), "") for key in (VIA, AUTOMATION, APPROVED, BEHALF)),
            len(commit.parents),
            commit.signed,
            commit.shallow,
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
        """Gives each new commit its place: after its parents, and otherwise by time."""
        find = "SELECT seq FROM commits WHERE id = ?"

        def seq_of(commit_id: str) -> int:
            row = self._connection.execute(find, (commit_id,)).fetchone()
            return row[0] if row is not None else 0

        self._connection.executemany("UPDATE commits SET seq = ? WHERE number = ?", self._graph.order(seq_of))

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


def _time(moment: datetime) -> str:
    """Returns what `timestamp` does, for years of four digits, in a third of the time."""
    return moment.astimezone(UTC).isoformat()[:19] + "Z"


class _Graph:
    """The new commits with their parents, small enough for a million of them."""

    def __init__(self) -> None:
        self.first = 1  # the number of the first new commit; later ones follow as they are first mentioned
        self._numbers: dict[bytes, int] = {}
        self._added = array("q")
        self._times = array("q")
        self._parents = array("q")
        self._more: dict[int, tuple[int, ...]] = {}

    def add(self, commit: Commit) -> int:
        """Takes a commit in and returns its number."""
        number = self._number(commit.id)
        parents = () if commit.shallow else tuple(self._number(parent) for parent in commit.parents)
        self._added.append(number)
        self._times.append(int(commit.committer.at.timestamp()))
        self._parents.append(parents[0] if parents else -1)
        if len(parents) > 1:
            self._more[number] = parents[1:]
        return number

    def mentions(self, commit_id: str) -> bool:
        """Tells whether a commit is new or a parent of a new one."""
        return bytes.fromhex(commit_id) in self._numbers

    def order(self, seq_of: Callable[[str], int]) -> Iterator[tuple[int, int]]:
        """Yields (place, number) of each new commit.

        The place is the committer's time in seconds, or one more than the greatest place of a parent if that is
        later: it depends on nothing but what the commit descends from, so it never changes.
        """
        slots = {number: slot for slot, number in enumerate(self._added)}
        places: dict[int, int] = {
            number: seq_of(commit_id.hex())
            for commit_id, number in self._numbers.items()
            if number not in slots
        }
        for start in reversed(self._added):
            stack = [start]
            while stack:
                number = stack[-1]
                if number in places:
                    stack.pop()
                    continue
                parents = self._parents_of(slots[number], number)
                missing = [parent for parent in parents if parent not in places]
                if missing:
                    stack.extend(missing)
                    continue
                after = max((places[parent] for parent in parents), default=-1)
                places[number] = max(self._times[slots[number]], after + 1)
                yield places[number], number
                stack.pop()

    def _parents_of(self, slot: int, number: int) -> tuple[int, ...]:
        first = self._parents[slot]
        return () if first < 0 else (first, *self._more.get(number, ()))

    def _number(self, commit_id: str) -> int:
        return self._numbers.setdefault(bytes.fromhex(commit_id), self.first + len(self._numbers))
