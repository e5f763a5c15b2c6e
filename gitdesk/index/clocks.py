"""The clocks of tickets in the index: their standings as of each ticket's last step, replayed when that changes."""

from __future__ import annotations

from json import dumps

from gitdesk.domain.sla_cycle import (
    BREACHED_RUNNING,
    METRICS,
    NOT_APPLICABLE,
    PAUSED,
    RUNNING,
    STATES,
)
from gitdesk.domain.sla_replay import Replay
from gitdesk.domain.sla_standing import Standing, moment, spent, standings
from gitdesk.index import past
from gitdesk.index.image import meta, set_meta
from gitdesk.index.sla_stories import Stories
from gitdesk.index.sla_told import Telling
from gitdesk.index.stored import instant
from gitdesk.memory import no_collection
from gitdesk.value import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any, Protocol

    from gitdesk.domain.sla_policy import TermVersions
    from gitdesk.index.mainline import MainlineSource
    from gitdesk.index.sla_told import Write
    from gitdesk.index.source import Progress

    class KnownTerms(TermVersions, Protocol):
        """Terms that can be told from those of another commit."""

        def digest(self) -> str:
            """Returns a text that begins with that of an earlier list when it only goes on from there."""

        def known_in(self, digest: str, /) -> int:
            """Returns how many terms the text of an earlier list tells of."""

        def rebased_after(self, count: int) -> bool:
            """Tells whether running clocks change over to one of the terms after the first few."""


NONE = "~"  # instead of an instant that is due: behind all of them
_BATCH = 500
_FIELDS = parts_of(Standing)
_COLUMNS = ", ".join(f'"{name}"' for name in _FIELDS)
_INSERT = f"INSERT OR REPLACE INTO x_clocks (ticket, {_COLUMNS}) VALUES (?{', ?' * len(_FIELDS)})"


def is_current(connection: sqlite3.Connection, tip: str) -> bool:
    """Tells whether the standings are those of a tip."""
    return meta(connection, "clocks") == tip


def refresh(
    connection: sqlite3.Connection,
    source: MainlineSource,
    tip: str,
    read_versions: Callable[[], KnownTerms],
    write: Write,
    progress: Progress | None = None,
) -> None:
    """Replays the tickets whose past or whose terms are others now; in the caller's transaction, after history's.

    `write` turns the clocks of a ticket, once all have ended, into what reports say of them.
    """
    past.refresh(connection, source, tip)
    versions = read_versions()  # which commits are versions depends on what the branch's own are
    if not _goes_on(connection, versions):
        connection.execute("UPDATE x_tickets SET sla = '' WHERE sla <> ''")
    (total,) = connection.execute("SELECT count(*) FROM x_tickets WHERE sla = '' AND readable = 1").fetchone()
    stories = Stories(connection)
    with no_collection():
        for done in _replayed(connection, stories, versions, Telling(connection, write)):
            if progress is not None:
                progress(done, total)
    set_meta(connection, "terms", versions.digest())
    set_meta(connection, "clocks", tip)


def switch_off(connection: sqlite3.Connection) -> None:
    """Lets lists be ordered as on a desk without clocks."""
    connection.execute("UPDATE x_tickets SET sla = '', due = '' WHERE due <> ''")
    set_meta(connection, "clocks", None)


def _goes_on(connection: sqlite3.Connection, versions: KnownTerms) -> bool:
    """Tells whether the terms known so far still hold for what was replayed under them."""
    known = meta(connection, "terms")
    if known is None or not versions.digest().startswith(known):
        return False
    return not versions.rebased_after(versions.known_in(known))


def _replayed(
    connection: sqlite3.Connection, stories: Stories, versions: KnownTerms, telling: Telling
) -> Iterator[int]:
    """Replays what is marked, and yields how many tickets are done."""
    done = 0
    while True:
        rows: list[tuple[Any, ...]] = []
        tickets: list[tuple[Any, ...]] = []
        condition = "t.n IN (SELECT n FROM x_tickets WHERE sla = '' AND readable = 1 LIMIT ?)"
        for n, ticket, story in stories.told(condition, (_BATCH,)):
            if story is None:
                tickets.append((NOT_APPLICABLE, "", NONE, "", 0, "{}", n))
                continue
            replay = Replay(story, versions)
            found = standings(replay)
            telling.add(n, replay, found)
            rows += [(ticket, *(getattr(one, name) for name in _FIELDS)) for one in found]
            tickets.append((*roll_up(found), replay.last, dumps(spent(replay, replay.last)), n))
        if not tickets:
            return
        ids = [(row[-1],) for row in tickets]
        connection.executemany(
            "DELETE FROM x_clocks WHERE ticket = (SELECT id FROM x_tickets WHERE n = ?)", ids
        )
        connection.executemany(_INSERT, rows)
        telling.keep(ids)
        connection.executemany(
            "UPDATE x_tickets SET sla = ?, sla_metric = ?, due = ?, due_metric = ?, last_step = ?,"
            " spent = ? WHERE n = ?",
            tickets,
        )
        done += len(tickets)
        yield done


def roll_up(found: Sequence[Standing]) -> tuple[str, str, str, str]:
    """Returns the worst state and its metric, and the instant that is due next and its metric."""
    state, metric, due, due_metric = NOT_APPLICABLE, "", None, ""
    worst = len(STATES)
    for one in sorted(found, key=lambda each: METRICS.index(each.metric)):
        live = one.state in (RUNNING, PAUSED)
        now = BREACHED_RUNNING if live and one.breached is not None else one.state
        rank = STATES.index(now)
        if rank < worst:
            worst, state, metric = rank, now, one.metric
        if one.due is not None and (due is None or one.due < due):
            due, due_metric = one.due, one.metric
    return state, metric, NONE if due is None else instant(moment(due)), due_metric
