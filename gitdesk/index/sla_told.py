"""What reports say of tickets whose clocks have all ended, kept ready: nearly all tickets of an old desk are such."""

from __future__ import annotations

from json import dumps, loads
from operator import attrgetter

from gitdesk.domain.sla_count import KIND, figures_of, kind_of, told_remarks
from gitdesk.domain.sla_cycle import PAUSED, RUNNING
from gitdesk.domain.sla_ended import ended
from gitdesk.domain.sla_standing import Standing, spent
from gitdesk.value import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from gitdesk.domain.sla_count import Kind
    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.domain.sla_replay import Replay

    Write = Callable[[Sequence[Cycle]], bytes]

_BATCH = 500
_MAPPED = 1 << 28  # bytes of the file to look at in place, since nearly all of this is read
_FIELDS = parts_of(Standing)
_NAMES = ", ".join(f'"{name}"' for name in KIND)
_NOW = 'SELECT title, assignee, "group", status FROM x_tickets WHERE n = ?'
_FIND = f"SELECT n FROM x_kinds WHERE ({_NAMES}) = (?, ?, ?, ?, ?, ?, ?)"
_ADD = f"INSERT INTO x_kinds ({_NAMES}) VALUES (?, ?, ?, ?, ?, ?, ?)"
_LIVE = (RUNNING, PAUSED)
_order = attrgetter("metric", "cycle")


class Telling:
    """Keeps what reports say of tickets while these are replayed."""

    def __init__(self, connection: sqlite3.Connection, write: Write) -> None:
        self._connection, self._write = connection, write
        self._kinds: dict[Kind, int] = {}  # those that were met: to read them all takes longer than a refresh
        self._rows: list[tuple[str, int, str, bytes]] = []

    def add(self, number: int, replay: Replay, found: Sequence[Standing]) -> None:
        """Takes in the standings of a ticket, by its number, after its last step, unless one goes on."""
        if not found or any(one.state in _LIVE for one in found):
            return
        ticket = replay.story.ticket
        # What the ticket is now: where clocks went wrong, the last step by time is not the last one in history.
        *tail, status = self._connection.execute(_NOW, (number,)).fetchone()
        clocks = [
            ended((ticket, *(getattr(one, name) for name in _FIELDS), *tail))
            for one in sorted(found, key=_order)
        ]
        figures = [[self._kind(kind_of(one)), *figures_of(one), *told_remarks(one)] for one in clocks]
        told = [figures, spent(replay, replay.last), status]
        row = (ticket, replay.last, dumps(told, separators=(",", ":")), self._write(clocks))
        self._rows.append(row)

    def keep(self, numbers: Sequence[tuple[int]]) -> None:
        """Writes what was taken in, and removes what was kept of the replayed tickets, by their numbers, before."""
        self._connection.executemany(
            "DELETE FROM x_told WHERE ticket = (SELECT id FROM x_tickets WHERE n = ?)", numbers
        )
        self._connection.executemany("INSERT OR REPLACE INTO x_told VALUES (?, ?, ?, ?)", self._rows)
        self._rows = []

    def _kind(self, kind: Kind) -> int:
        number = self._kinds.get(kind)
        if number is None:
            found = self._connection.execute(_FIND, kind).fetchone()
            number = found[0] if found else self._connection.execute(_ADD, kind).lastrowid
            assert number is not None  # a row was put in
            self._kinds[kind] = number
        return number


def kinds(connection: sqlite3.Connection) -> dict[int, Kind]:
    """Returns the kinds that clocks are counted under, by number."""
    return {number: tuple(kind) for number, *kind in connection.execute(f"SELECT n, {_NAMES} FROM x_kinds")}


def told(connection: sqlite3.Connection, until: int, *, rows: bool) -> Iterator[tuple[str, Any, bytes, Any]]:
    """Yields ticket, figures of its clocks, if wanted their rows, and its seconds in each status up to an instant.

    Of what had come to its end by then, in the order of the tickets; the figures of a clock are the number of its
    kind, `figures_of` and its remarks.
    """
    connection.execute(f"PRAGMA mmap_size = {_MAPPED}")
    cursor = connection.execute(
        f"SELECT ticket, last, figures, {'rows' if rows else 'NULL'} FROM x_told WHERE last <= ? ORDER BY ticket",
        (until,),
    )
    while batch := cursor.fetchmany(_BATCH):
        # A call for each would take twice as long.
        figures = loads(f"[{','.join([row[2] for row in batch])}]")
        for (ticket, last, _, written), (clocks, seconds, status) in zip(batch, figures, strict=True):
            seconds[status] = seconds.get(status, 0) + until - last
            yield ticket, clocks, written, seconds


def untold(connection: sqlite3.Connection, until: int) -> list[str]:
    """Returns the other tickets that can be read."""
    told_ones = "SELECT ticket FROM x_told WHERE last <= ?"
    statement = f"SELECT id FROM x_tickets WHERE readable = 1 EXCEPT {told_ones} ORDER BY 1"
    return [ticket for (ticket,) in connection.execute(statement, (until,))]
