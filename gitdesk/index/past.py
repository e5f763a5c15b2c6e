"""What is kept of the pasts of tickets, clocks and lives, and when it must be found again: both hang on one history."""

from __future__ import annotations

from gitdesk.domain.format import path_of
from gitdesk.index import mainline
from gitdesk.index.history_tables import state
from gitdesk.index.image import outdate_clocks

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from gitdesk.index.mainline import MainlineSource

_FORGET = "UPDATE x_tickets SET sla = '' WHERE sla <> ''"


def refresh(connection: sqlite3.Connection, source: MainlineSource, tip: str) -> None:
    """Finds out what counts on the branch now, and forgets what is kept of tickets whose past reads otherwise."""
    forget(connection, mainline.refresh(connection, source, tip))


def is_behind(connection: sqlite3.Connection, tip: str) -> bool:
    """Tells whether merges name who approved what they brought, and what that is was not found out yet."""
    asked = "SELECT 1 FROM commits WHERE parents > 1 AND approved_by <> '' LIMIT 1"
    return state(connection).get("main") != tip and connection.execute(asked).fetchone() is not None


def follow_approved(connection: sqlite3.Connection, source: MainlineSource, tip: str) -> None:
    """Finds out what merges brought in, where one names who approved that."""
    if is_behind(connection, tip):
        refresh(connection, source, tip)


def changed(connection: sqlite3.Connection, tickets: Iterable[str] | None) -> None:
    """Forgets what is kept of tickets (None: of all) whose history has changed."""
    outdate_clocks(connection)
    connection.execute("DELETE FROM x_meta WHERE key = 'lives'")
    forget(connection, tickets)


def forget(connection: sqlite3.Connection, tickets: Iterable[str] | None) -> None:
    """Forgets where the clocks of tickets stand, and their lives; None for those of all."""
    if tickets is None:
        connection.execute(_FORGET)
        connection.execute("DELETE FROM x_lives")
        return
    paths = [(path_of(ticket),) for ticket in tickets]
    connection.executemany(f"{_FORGET} AND path = ?", paths)
    connection.executemany("DELETE FROM x_lives WHERE path = ?", paths)
