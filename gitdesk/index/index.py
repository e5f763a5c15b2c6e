"""The index: a disposable SQLite image of one commit, made again without a word whenever it cannot be used."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress

from gitdesk.index import lookup
from gitdesk.index.index_file import DISK, MEMORY, blank, created, discard, opened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from gitdesk.domain.life import Life
    from gitdesk.domain.query import Query
    from gitdesk.domain.query_keys import Scope
    from gitdesk.domain.ticket import TicketId
    from gitdesk.index.activity import Activity, Counted, Named, Stretch
    from gitdesk.index.clocks import KnownTerms
    from gitdesk.index.history_query import Entry
    from gitdesk.index.history_rows import HistorySource
    from gitdesk.index.mainline import MainlineSource
    from gitdesk.index.sla_rows import ClockRows
    from gitdesk.index.sla_told import Write
    from gitdesk.index.source import Progress, ReadConfig, Source, StandIn

__all__ = ["Index"]

_TIP = "SELECT value FROM x_meta WHERE key = 'tip'"


class Index:
    """An open index. Every answer is about the commit of the last `refresh`."""

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self._connection, self._path = connection, path
        self._again: Callable[[], None] | None = None

    @classmethod
    def open(cls, path: str) -> Index:
        """Opens or makes the index file; what is no such index is replaced; memory stands in for a disk."""
        return cls(*opened(path))

    @property
    def connection(self) -> sqlite3.Connection:
        """Returns the connection, for tables kept beside ours; ask again after each `refresh`."""
        return self._connection

    @property
    def in_memory(self) -> bool:
        """Tells whether nothing of it will be left afterwards."""
        return self._path == MEMORY

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    # ---- keeping up

    def refresh(
        self,
        tip: str,
        source: Source,
        *,
        read_config: ReadConfig | None = None,
        stand_in: StandIn | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Makes it show a commit; at once when it does already. One process does the work, others wait for it.

        `stand_in` gives the words to go by when those of the commit's own configuration cannot be read.
        """
        self._again = lambda: self._refresh(tip, source, read_config, stand_in, progress)
        for last in (False, True):
            try:
                self._again()
            except sqlite3.DatabaseError as error:
                if last:
                    raise
                self._recover(error)
            else:
                return

    def _refresh(
        self,
        tip: str,
        source: Source,
        read_config: ReadConfig | None,
        stand_in: StandIn | None,
        progress: Progress | None,
    ) -> None:
        if self.tip == tip:
            return
        from gitdesk.index.image import advance

        with self.transaction():
            shown = self.tip  # another process may have done it while we waited
            if shown != tip:
                advance(self._connection, shown, tip, source, read_config, stand_in, progress)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Runs writes as one: all of them, or none when the block is left by an error."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise

    @property
    def tip(self) -> str | None:
        """Returns the commit it shows, None before the first refresh."""
        found = self._connection.execute(_TIP).fetchone()
        return found[0] if found else None

    def _recover(self, error: sqlite3.DatabaseError) -> None:
        """Throws away a file that is damaged, or turns to memory when the disk does not play along."""
        with suppress(sqlite3.Error):
            self._connection.close()
        text = str(error).lower()
        if self.in_memory or (
            isinstance(error, sqlite3.OperationalError) and any(word in text for word in DISK)
        ):
            if "disk i/o" in text and not self.in_memory:
                discard(self._path)
            self._connection, self._path = created(MEMORY), MEMORY
            return
        discard(self._path)
        self._connection, self._path = opened(self._path)

    def _rows(self, ask: Callable[[sqlite3.Connection], Iterable[Any]]) -> Iterator[Any]:
        """Yields what a question gives; when the file turns out to be damaged, goes on with a new one."""
        passed = 0
        try:
            for row in ask(self._connection):
                yield row
                passed += 1
            return
        except sqlite3.DatabaseError as error:
            if self._again is None:
                raise
            self._recover(error)
        self._again()
        for place, row in enumerate(ask(self._connection)):
            if place >= passed:
                yield row

    # ---- questions

    def search(
        self,
        query: Query,
        scope: Scope,
        *,
        columns: Sequence[str] = ("id",),
        sort: Sequence[tuple[str, bool]] = (),
        limit: int | None = None,
    ) -> Iterator[tuple[Any, ...]]:
        """Yields the tickets a query is true of, as tuples of `columns`: None for unset, tuples for lists.

        The order is the query's own, else `sort`, else: not done first, highest priority, oldest.
        """
        plan = lookup.plan(query, scope, sort)
        return self._rows(lambda c: lookup.tuples(c, plan, columns, limit))

    def named(self, ids: Sequence[str], columns: Sequence[str]) -> dict[str, tuple[Any, ...]]:
        """Returns the rows of tickets by their ids, in plain columns; ids nobody has are left out."""
        found: dict[str, tuple[Any, ...]] = next(self._rows(lambda c: [lookup.named(c, ids, columns)]))
        return found

    def count(self, query: Query, scope: Scope, most: int = 1 << 40) -> int:
        """Returns how many tickets a query is true of; stops counting after `most`."""
        plan = lookup.plan(query, scope, ())
        found: int = next(self._rows(lambda c: [lookup.count(c, plan, most)]))
        return found

    def text(self, words: str, scope: Scope, query: Query | None = None, limit: int | None = 20) -> list[Any]:
        """Returns the best `found.Hit`s for the words of a search among the tickets of a query."""
        from gitdesk.domain.query_words import parse_search
        from gitdesk.index.found import hits

        wanted, plan = parse_search(words), lookup.plan(query, scope, ()) if query else None
        return list(self._rows(lambda c: hits(c, wanted, plan.prepared(c) if plan else None, limit)))

    def find(self, code: str, limit: int = 50) -> list[TicketId]:
        """Returns the ids whose code begins so, in any case, with or without prefix; at most `limit`, in order."""
        return list(self._rows(lambda c: lookup.find(c, code, limit)))

    def find_source(self, source: str) -> list[TicketId]:
        """Returns the ids of the tickets imported from `zendesk:4711`."""
        return list(self._rows(lambda c: lookup.find_source(c, source)))

    def shortest(self, ids: Iterable[str]) -> dict[str, int]:
        """Returns for each id how many characters of its code no other ticket's code begins with."""
        wanted = tuple(ids)
        return dict(self._rows(lambda c: lookup.shortest(c, wanted).items()))

    def values(self, key: str, start: str = "", limit: int = 100) -> list[str]:
        """Returns values in use for status, assignee, requester, tag …, that begin with `start` when folded."""
        return list(self._rows(lambda c: lookup.values(c, key, start, limit)))

    def sql(self, statement: str) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
        """Returns columns and rows of one SELECT over the public tables; raises UsageError for anything else."""
        from gitdesk.index.statement import rows

        return rows(self._connection, statement)

    def open_tickets_of(self, names: Sequence[str]) -> dict[str, int]:
        """Returns how many tickets that are not done some people have."""
        from json import dumps

        statement = (
            "SELECT assignee, count(*) FROM x_tickets WHERE readable = 1 AND done = 0"
            " AND assignee IN (SELECT value FROM json_each(?)) GROUP BY assignee"
        )
        return dict(self._rows(lambda c: c.execute(statement, (dumps(names),))))

    def standing_of(self, path: str) -> tuple[str, str]:
        """Returns the worst state of a ticket's clocks after its last step, and what is due next, ~ for nothing.

        Both are "" of a ticket whose clocks are not known.
        """
        asked = "SELECT sla, due FROM x_tickets WHERE path = ?"
        return next(self._rows(lambda c: c.execute(asked, (path,))), ("", ""))

    # ---- what history adds

    def trail(self, **filters: Any) -> Iterator[Entry]:
        """Yields the audit trail; see `history_query.entries` for the filters."""
        from gitdesk.index import history_query

        return self._rows(lambda c: history_query.entries(c, **filters))

    def refresh_history(self, tip: str, source: HistorySource, progress: Progress | None = None) -> None:
        """Makes commits, events and times of last change tell the history of a commit; after `refresh` to it."""
        self._tried(
            lambda: self._refresh_history(tip, source, progress),
            lambda: self._refresh_history(tip, source, None),
        )

    def refresh_clocks(
        self,
        tip: str,
        source: MainlineSource,
        versions: Callable[[ClockRows], KnownTerms],
        write: Write,
        progress: Progress | None = None,
    ) -> None:
        """Makes the clocks tell where each ticket stood after its last step; after `refresh_history`.

        `write` turns the clocks of a ticket, once all have ended, into what reports say of them.
        """

        def replay() -> None:
            from gitdesk.index import clocks

            if not clocks.is_current(self._connection, tip):
                with self.transaction() as connection:
                    clocks.refresh(
                        connection, source, tip, lambda: versions(self.clock_rows()), write, progress
                    )

        self._tried(replay, replay)

    def refresh_lives(
        self,
        tip: str,
        source: MainlineSource,
        versions: Callable[[ClockRows], KnownTerms],
        progress: Progress | None = None,
    ) -> None:
        """Makes the lives tell what happened to each ticket up to its last step; after `refresh_history`."""

        def follow() -> None:
            from gitdesk.index import lives

            if self.lives_tip != tip:
                with self.transaction() as connection:
                    lives.refresh(connection, source, tip, lambda: versions(self.clock_rows()), progress)

        self._tried(follow, follow)

    def lives(self, ids: Sequence[str] | None) -> Iterator[tuple[int, Life]]:
        """Yields the last step and the life of tickets, None for all; after `refresh_lives`."""
        from gitdesk.index import lives

        return self._rows(lambda c: lives.kept(c, ids))

    def activity(self, stretch: Stretch, person: Named, names: Counted = None) -> Activity:
        """Returns who did what in a stretch of time; after `refresh_history`."""
        from gitdesk.index.activity import Activity

        return Activity(self._connection, stretch, person, names)

    @property
    def lives_tip(self) -> str | None:
        """Returns the commit the lives tell of, None when they are not known."""
        from gitdesk.index import lives

        return lives.tip_of(self._connection)

    def clock_rows(self) -> ClockRows:
        """Returns the rows as the clocks see them; ask again after each `refresh`."""
        from gitdesk.index.sla_rows import ClockRows

        return ClockRows(self._connection)

    @property
    def clocks_tip(self) -> str | None:
        """Returns the commit the clocks tell of, None when they were never asked for."""
        found = self._connection.execute("SELECT value FROM x_meta WHERE key = 'clocks'").fetchone()
        return found[0] if found else None

    @property
    def is_cut_off(self) -> bool:
        """Tells whether history was read as far as a shallow clone reaches; after `clocks_tip` is one."""
        return self._connection.execute("SELECT 1 FROM commits WHERE shallow LIMIT 1").fetchone() is not None

    def switch_clocks_off(self) -> None:
        """Lets lists be ordered as on a desk that promises nothing."""
        from gitdesk.index import clocks

        with self.transaction() as connection:
            clocks.switch_off(connection)

    def _tried(self, work: Callable[[], None], again: Callable[[], None]) -> None:
        """Does some work on top of what was done, from the start once more when the file turns out to be damaged."""
        before = self._again
        for last in (False, True):
            try:
                work()
            except sqlite3.DatabaseError as error:
                if last or before is None:
                    raise
                self._recover(error)
                before()
            else:
                break

        def everything() -> None:
            if before is not None:
                before()
            again()

        self._again = everything

    def _refresh_history(self, tip: str, source: HistorySource, progress: Progress | None) -> None:
        from gitdesk.domain.format import path_of
        from gitdesk.index import history, history_query, past
        from gitdesk.index.stored import instant

        is_current = history.is_current(self._connection, source, tip) and not self.without_updated(1)
        if is_current and not past.is_behind(self._connection, tip):
            return
        with self.transaction() as connection:
            if not is_current:
                touched = history.refresh(connection, source, tip, progress)
                missing = dict(self.without_updated())
                late = None if touched is None else touched | missing.keys()
                times = history_query.updated_at(connection, late).items()
                self.set_updated((missing.get(one) or path_of(one), instant(at)) for one, at in times)
                past.changed(connection, touched)
            past.follow_approved(connection, source, tip)

    def without_updated(self, limit: int = -1) -> list[tuple[str, str]]:
        """Returns (id, path) of the tickets whose time of last change is not known yet."""
        asked = "SELECT id, path FROM x_tickets WHERE readable IN (0, 1) AND updated = '' LIMIT ?"
        return self._connection.execute(asked, (limit,)).fetchall()

    def set_updated(self, times: Iterable[tuple[str, str]]) -> None:
        """Stores (path, RFC 3339 time in UTC) of last changes; inside the caller's transaction if there is one."""
        rows = ((at, path) for path, at in times)
        self._connection.executemany("UPDATE x_tickets SET updated = ? WHERE path = ?", rows)

    # ---- other commits

    def copy_at(
        self,
        tip: str,
        source: Source,
        *,
        read_config: ReadConfig | None = None,
        stand_in: StandIn | None = None,
    ) -> Index:
        """Returns an image of another commit in memory; this one stays as it is."""
        copy = Index(blank(), MEMORY)
        try:
            self._connection.backup(copy._connection)
            copy.refresh(tip, source, read_config=read_config, stand_in=stand_in)
        except sqlite3.DatabaseError:
            copy.close()
            copy = Index(created(MEMORY), MEMORY)
            copy.refresh(tip, source, read_config=read_config, stand_in=stand_in)
        return copy
