"""Who did what, out of the history in the index: events and commits of a stretch of time, added up by SQLite."""

from __future__ import annotations

from gitdesk.domain.ticket import timestamp
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    Named = Callable[[str, str], str]
    Counted = Iterable[tuple[str, str]] | None

LATE_MESSAGE, LATE_COMMIT = 3_600, 86_400  # seconds
# Kinds of event that say the record was changed and not only added to.
CORRECTED = (
    "message-changed",
    "message-removed",
    "message-moved",
    "created-at",
    "deleted",
    "requester",
    "attachment",
)
COMMAND, HAND, OTHER = "command", "hand", "other"
_SECONDS = "CAST(strftime('%s', {}) AS INTEGER)"
_EVENTS = (
    "FROM events e JOIN commits c ON c.number = e.commit_number JOIN temp.x_people p ON p.number = c.author"
    " WHERE NOT c.imported AND {}"
)
_COMMITS = "FROM commits c JOIN temp.x_people p ON p.number = c.author WHERE {}"


class Stretch(Value):
    """What is asked for: commits from a time up to but without another, and up to a place in history; None: no bound.

    `tickets` None is all of them and the desk itself. `edges` are the beginnings of pieces of time, in epoch seconds.
    """

    begin: datetime | None
    end: datetime | None
    until: int | None
    tickets: Sequence[str] | None = None
    edges: Sequence[int] = ()


class Activity:
    """The activity of one stretch; `person` names an author, `names` says what each ticket is counted under."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        stretch: Stretch,
        person: Named,
        names: Counted = None,
    ) -> None:
        self._connection, self._stretch, self._named = connection, stretch, names is not None
        rows = connection.execute("SELECT number, name, email FROM authors").fetchall()
        self._fill("x_people", "number INTEGER PRIMARY KEY, person", ((n, person(*one)) for n, *one in rows))
        self._fill(
            "x_pieces", "begins INTEGER PRIMARY KEY, n", ((at, n) for n, at in enumerate(stretch.edges))
        )
        self._fill("x_counted", "ticket, name", names or ())
        connection.execute("CREATE INDEX temp.x_counted_ticket ON x_counted (ticket)")
        self._fill("x_chosen", "ticket PRIMARY KEY", ((one,) for one in stretch.tickets or ()))
        found = [] if stretch.end is None else [f"c.time < '{timestamp(stretch.end)}'"]
        if stretch.until is not None:
            found.append(f"c.seq <= {stretch.until:d}")
        self._until = " AND ".join(found or ["1"])
        self.begin = "" if stretch.begin is None else timestamp(stretch.begin)
        self._within = f"{self._until} AND c.time >= '{self.begin}'"
        self._of = "1" if stretch.tickets is None else "e.ticket IN (SELECT ticket FROM temp.x_chosen)"
        self._concerned = f"EXISTS (SELECT 1 FROM events e WHERE e.commit_number = c.number AND {self._of})"

    def _fill(self, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
        self._connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
        self._connection.execute(f"CREATE TEMP TABLE {table} ({columns})")
        rows = list(rows)
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._connection.executemany(f"INSERT OR IGNORE INTO temp.{table} VALUES ({marks})", rows)

    def _all(self, columns: str, source: str, rest: str = "") -> Iterator[tuple[Any, ...]]:
        yield from self._connection.execute(f"SELECT {columns} {source} {rest}")

    def actions(self) -> Iterator[tuple[Any, ...]]:
        """Yields piece of time, name, person, kind, events, tickets, commits, first and last time."""
        piece, name = "0", "''"
        if self._stretch.edges:
            at = _SECONDS.format("c.time")
            piece = f"(SELECT n FROM temp.x_pieces WHERE begins <= {at} ORDER BY begins DESC LIMIT 1)"
        source = _EVENTS.format(f"{self._within} AND {self._of}")
        if self._named:
            name = "coalesce(k.name, '')"
            source = source.replace(" WHERE", " LEFT JOIN temp.x_counted k ON k.ticket = e.ticket WHERE", 1)
        kind = "CASE e.kind WHEN 'message' THEN e.field ELSE e.kind END"
        columns = (
            f"{piece} AS piece, {name} AS name, p.person, {kind} AS kind, count(*),"
            " count(DISTINCT nullif(e.ticket, '')), count(DISTINCT e.commit_number), min(c.time), max(c.time)"
        )
        return self._all(columns, source, "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 5 DESC, 4")

    def total(self) -> int:
        """Returns how many events there are, each once under however many names its ticket counts."""
        ((count,),) = self._all("count(*)", _EVENTS.format(f"{self._within} AND {self._of}"))
        return int(count)

    def tickets(self) -> list[str]:
        """Returns the tickets that something happened to."""
        source = _EVENTS.format(f"{self._within} AND {self._of} AND e.ticket <> ''")
        return [one for (one,) in self._all("DISTINCT e.ticket", source, "ORDER BY 1")]

    def commits(self) -> Iterator[tuple[Any, ...]]:
        """Yields person, how they were made, whether they carry a signature, whether imported, and how many.

        How: COMMAND, HAND, or OTHER where no ticket was changed, or only by joining branches.
        """
        ours = "EXISTS (SELECT 1 FROM events e WHERE e.commit_number = c.number AND e.ticket <> ''{})"
        named = ours.format(" AND substr(c.subject, 1, length(e.ticket) + 2) = e.ticket || ': '")
        how = (
            f"CASE WHEN c.parents > 1 OR NOT {ours.format('')} THEN '{OTHER}' WHEN c.via <> '' OR c.automation <> ''"
            f" OR c.subject GLOB '[0-9]* tickets: *' OR {named} THEN '{COMMAND}' ELSE '{HAND}' END"
        )
        return self._all(
            f"p.person, {how}, c.signed, c.imported, count(*)",
            _COMMITS.format(f"{self._within} AND {self._concerned}"),
            "GROUP BY 1, 2, 3, 4 ORDER BY 1",
        )

    def signed(self) -> list[str]:
        """Returns the ids of the commits that carry a signature."""
        source = _COMMITS.format(f"{self._within} AND c.signed AND NOT c.imported AND {self._concerned}")
        return [one for (one,) in self._all("c.id", source)]

    def approved(self) -> Iterator[tuple[Any, ...]]:
        """Yields time, person, approvers, commit, subject and tickets of what names an approver.

        Whatever tickets are asked for. A merge that another one has brought in is not known to have changed any.
        """
        merged = "(SELECT commit_number, ticket FROM events UNION SELECT commit_number, ticket FROM x_merged)"
        tickets = "(SELECT group_concat(DISTINCT nullif(e.ticket, ''))"
        tickets += f" FROM {merged} e WHERE e.commit_number = c.number)"
        return self._all(
            f"c.time, p.person, c.approved_by, c.id, c.subject, {tickets}",
            _COMMITS.format(f"{self._within} AND c.approved_by <> ''"),
            "ORDER BY c.seq",
        )

    def on_behalf(self) -> Iterator[tuple[Any, ...]]:
        """Yields person, for whom, events, tickets, commits, first and last time."""
        return self._all(
            "p.person, c.on_behalf_of, count(*), count(DISTINCT nullif(e.ticket, '')), count(DISTINCT c.number),"
            " min(c.time), max(c.time)",
            # The few such commits first: to find them by the events takes as long as to read all.
            "FROM commits c CROSS JOIN temp.x_people p ON p.number = c.author CROSS JOIN events e"
            f" ON e.commit_number = c.number WHERE NOT c.imported AND c.on_behalf_of <> '' AND {self._within}"
            f" AND {self._of}",
            "GROUP BY 1, 2 ORDER BY 1, 2",
        )

    def late_messages(self) -> Iterator[tuple[Any, ...]]:
        """Yields time, person, ticket, kind, commit, subject and by how many seconds a message came late."""
        late = f"{_SECONDS.format('c.time')} - {_SECONDS.format('e.message_at')}"
        fresh = (
            "EXISTS (SELECT 1 FROM events o WHERE o.commit_number = e.commit_number AND o.file = e.file"
            " AND o.kind = 'created')"
        )
        return self._all(
            f"c.time, p.person, e.ticket, e.field, c.id, c.subject, {late}",
            _EVENTS.format(
                f"{self._within} AND {self._of} AND e.kind = 'message' AND {late} > {LATE_MESSAGE} AND NOT {fresh}"
            ),
            "ORDER BY c.seq, e.file, e.ordinal",
        )

    def late_commits(self) -> Iterator[tuple[Any, ...]]:
        """Yields time, person, nothing, `commit`, commit, subject and by how many seconds it was committed late."""
        late = f"{_SECONDS.format('c.time')} - {_SECONDS.format('c.authored')}"
        return self._all(
            f"c.time, p.person, '', 'commit', c.id, c.subject, {late}",
            _COMMITS.format(
                f"{self._within} AND NOT c.imported AND c.authored < c.time AND {late} > {LATE_COMMIT}"
                f" AND {self._concerned}"
            ),
            "ORDER BY c.seq",
        )

    def corrections(self) -> Iterator[tuple[Any, ...]]:
        """Yields time, person, ticket, kind, commit and subject of what changed the record."""
        kinds = ", ".join(f"'{kind}'" for kind in CORRECTED)
        return self._all(
            "c.time, p.person, e.ticket, e.kind, c.id, c.subject",
            _EVENTS.format(
                f"{self._within} AND {self._of} AND e.kind IN ({kinds}) AND (e.kind NOT IN ('requester', 'attachment')"
                " OR e.before <> '')"
            ),
            "ORDER BY c.seq, e.file, e.ordinal",
        )

    def empty(self) -> Iterator[tuple[Any, ...]]:
        """Yields time, person, commit, subject and whether it is signed of commits that changed no file of the desk.

        From the beginning of history, whatever the stretch begins with.
        """
        return self._all(
            "c.time, p.person, c.id, c.subject, c.signed",
            _COMMITS.format(
                f"{self._until} AND c.parents = 1 AND NOT c.imported AND NOT c.shallow"
                " AND NOT EXISTS (SELECT 1 FROM events e WHERE e.commit_number = c.number)"
            ),
            "ORDER BY c.seq",
        )
