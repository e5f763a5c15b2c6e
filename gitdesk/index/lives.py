"""The lives of tickets in the index, kept up to the last step of each, so that a report of today reads no history."""

from __future__ import annotations

from json import dumps, loads

from gitdesk.domain.format import path_of
from gitdesk.domain.life import Life, life_of
from gitdesk.index import past
from gitdesk.index.image import meta, set_meta
from gitdesk.index.sla_stories import Stories
from gitdesk.memory import no_collection

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from gitdesk.index.clocks import KnownTerms
    from gitdesk.index.mainline import MainlineSource
    from gitdesk.index.source import Progress

_BATCH = 500
_UNKNOWN = "readable = 1 AND path NOT IN (SELECT path FROM x_lives)"
_KEPT = (
    "SELECT l.last, l.life, t.id, t.title, t.created, t.status, t.priority, t.type, t.\"group\", t.assignee,"
    " t.requester, t.channel, t.source, t.merged_into, t.tags, t.fields"
    " FROM x_tickets t JOIN x_lives l ON l.path = t.path WHERE t.readable = 1 AND {}"
    " ORDER BY t.path"
)  # fmt: skip


def tip_of(connection: sqlite3.Connection) -> str | None:
    """Returns the commit the lives tell of, None when they are not known."""
    return meta(connection, "lives")


def refresh(
    connection: sqlite3.Connection,
    source: MainlineSource,
    tip: str,
    read_versions: Callable[[], KnownTerms],
    progress: Progress | None = None,
) -> None:
    """Follows the lives that are not known, or no longer; in the caller's transaction, after history's."""
    past.refresh(connection, source, tip)
    versions = read_versions()
    if not _goes_on(connection, versions):
        connection.execute("DELETE FROM x_lives")
    (total,) = connection.execute(f"SELECT count(*) FROM x_tickets WHERE {_UNKNOWN}").fetchone()
    stories = Stories(connection)
    done = 0
    with no_collection():
        while rows := _followed(stories, versions):
            connection.executemany("INSERT OR REPLACE INTO x_lives VALUES (?, ?, ?)", rows)
            done += len(rows)
            if progress is not None:
                progress(done, total)
    set_meta(connection, "life_terms", versions.digest())
    set_meta(connection, "lives", tip)


def _goes_on(connection: sqlite3.Connection, versions: KnownTerms) -> bool:
    """Tells whether what statuses and people meant so far is what they mean under these versions of the terms."""
    known = meta(connection, "life_terms")
    # Before the first version the first one holds, so that lives without any are others once there is one.
    return known is not None and versions.known_in(known) > 0 and versions.digest().startswith(known)


def _followed(stories: Stories, versions: KnownTerms) -> list[tuple[str, int, str]]:
    """Returns the rows of some lives that are not known; one that history says nothing of is empty."""
    condition = f"t.n IN (SELECT n FROM x_tickets WHERE {_UNKNOWN} LIMIT ?)"
    rows = []
    for _, ticket, story in stories.told(condition, (_BATCH,)):
        life = None if story is None else life_of(story, versions)
        path = path_of(ticket)
        rows.append((path, 0, "") if life is None else (path, life.last, plain(life)))
    return rows


def plain(life: Life) -> str:
    """Returns what a life says that the ticket's header does not, as JSON."""
    said = (
        life.turns, life.holders, life.groups, life.first, life.silent, life.asked, life.replies, life.heard,
    )  # fmt: skip
    return dumps(said, separators=(",", ":"))


def kept(connection: sqlite3.Connection, ids: Sequence[str] | None) -> Iterator[tuple[int, Life]]:
    """Yields the last step and the life of tickets, None for all, that history tells of."""
    where, parameters = "1", ()
    if ids is not None:
        paths = [path_of(ticket) for ticket in ids]
        where, parameters = "t.path IN (SELECT value FROM json_each(?))", (dumps(paths),)  # type: ignore[assignment]
    cursor = connection.execute(_KEPT.format(where), parameters)
    while batch := cursor.fetchmany(_BATCH):
        told = loads(
            f"[{','.join([row[1] or 'null' for row in batch])}]"
        )  # a call for each would take twice as long
        for row, parts in zip(batch, told, strict=True):
            if parts is not None:
                yield row[0], _life(row, parts)


def _life(row: Sequence[Any], parts: Sequence[Any]) -> Life:
    turns, holders, groups, first, silent, asked, replies, heard = parts
    status, priority, type_, group, assignee, requester, channel, source, merged_into, tags, fields = row[5:]
    header = {
        "status": status, "priority": priority, "type": type_, "group": group, "assignee": assignee,
        "requester": requester, "channel": channel, "source": source, "merged_into": merged_into,
        "tags": loads(tags) if tags != "[]" else (), "fields": fields,
    }  # fmt: skip
    # In the order of the parts of a Life: names cost half as much again.
    return Life(
        row[2],
        row[3],
        turns[0][0],
        header,
        turns,
        holders,
        groups,
        first,
        silent,
        asked,
        replies,
        heard,
        row[0],
    )
