"""Which commits count for the clocks, and when: the branch as reviewers see it, by first parents.

What a merge brings in counts when it was merged, as the difference from its first parent. What was imported keeps the
time it had at its source, also when a merge brings it in: then the commits of its tickets count by themselves.
"""

from __future__ import annotations

from gitdesk.domain.change import Change, is_config, is_document, owner_of, told_of
from gitdesk.domain.sla_history import KINDS
from gitdesk.index import history_tables as tables
from gitdesk.index.history_merges import own_commits

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any, Protocol

    from gitdesk.domain.document import Document

    class MainlineSource(Protocol):
        """Where first parents come from."""

        def first_parents(self, tip: str) -> Sequence[str]:
            """Returns all commits of a tip by first parents, newest first."""

        def parents(self, commit_id: str) -> Iterable[str] | None:
            """Returns the parents a commit names, None when it is no longer there."""

        def diff(self, old: str | None, new: str) -> Iterable[tuple[str, str | None, str | None]]:
            """Yields path, old and new blob id of the desk's files that differ."""

        def blobs(self, oids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
            """Yields id and content in order."""

        def parse(self, data: bytes, path: str) -> Document:
            """Reads one version of a ticket file."""


_SOON = (
    5_000  # commits that are looked through one by one; asking Git for all takes as long as some thousands
)


def refresh(connection: sqlite3.Connection, source: MainlineSource, tip: str) -> frozenset[str] | None:
    """Brings it up to the tip that history shows; returns the tickets whose past reads otherwise now, None for all."""
    known = tables.state(connection).get("main")
    if known == tip:
        return frozenset()
    if connection.execute("SELECT 1 FROM commits WHERE parents > 1 LIMIT 1").fetchone() is None:
        had = connection.execute("SELECT 1 FROM x_brought LIMIT 1").fetchone()
        _wipe(connection)
        tables.set_state(connection, main=tip)
        return None if had else frozenset()
    chain: Sequence[str] | None = None if known is None else _since(source, tip, known)
    grown = chain is not None
    if chain is None:
        _wipe(connection)
        chain = source.first_parents(tip)
    find = "SELECT number FROM commits WHERE id = ? AND parents > 1"
    touched: set[str] = set()
    for commit in reversed(chain):
        merge = connection.execute(find, (commit,)).fetchone()
        if merge is not None:
            touched |= _merge(connection, source, commit, *merge)
    tables.set_state(connection, main=tip)
    return frozenset(touched) if grown else None


def _wipe(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM x_brought")
    connection.execute("DELETE FROM x_merged")


def _since(source: MainlineSource, tip: str, known: str) -> list[str] | None:
    """Returns the commits by first parents from a tip down to a known one; None when that is not soon among them."""
    chain: list[str] = []
    at: str | None = tip
    while at is not None and len(chain) < _SOON:
        if at == known:
            return chain
        chain.append(at)
        at = next(iter(source.parents(at) or ()), None)
    return None


def _merge(connection: sqlite3.Connection, source: MainlineSource, commit: str, number: int) -> set[str]:
    """Notes what a merge brought in; returns the tickets concerned."""
    parents = tuple(source.parents(commit) or ())
    if len(parents) < 2:
        return set()
    first = parents[0]
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS x_side (number INTEGER PRIMARY KEY)")
    connection.execute("DELETE FROM temp.x_side")
    connection.executemany(
        "INSERT INTO temp.x_side VALUES (?)", ((one,) for one in _brought(connection, source, parents))
    )
    inside = "e.commit_number IN (SELECT number FROM temp.x_side)"
    imported = {
        ticket
        for (ticket,) in connection.execute(
            "SELECT DISTINCT e.ticket FROM temp.x_side s JOIN commits c ON c.number = s.number AND c.imported"
            " JOIN events e ON e.commit_number = s.number WHERE e.ticket <> ''"
        )
    }
    connection.execute("INSERT OR REPLACE INTO x_brought SELECT number, ?, 0 FROM temp.x_side", (number,))
    connection.executemany(
        "UPDATE x_brought SET counts = 1 WHERE number IN"
        f" (SELECT e.commit_number FROM events e WHERE e.ticket = ? AND {inside})",
        ((ticket,) for ticket in imported),
    )
    rows = list(_rows(source, first, commit, imported))
    connection.executemany(
        f"INSERT OR REPLACE INTO x_merged VALUES ({', '.join('?' * 9)})", [(number, *row) for row in rows]
    )
    return imported | {str(row[2]) for row in rows} - {""}


def _brought(connection: sqlite3.Connection, source: MainlineSource, parents: Sequence[str]) -> set[int]:
    """Returns the numbers of the commits that other parents of a merge descend from and its first does not."""

    def number(commit_id: str) -> int | None:
        found = connection.execute("SELECT number FROM commits WHERE id = ?", (commit_id,)).fetchone()
        return None if found is None else int(found[0])

    def place(known: int) -> int:
        found = connection.execute("SELECT seq FROM commits WHERE number = ?", (known,)).fetchone()
        return int(found[0])

    def parents_of(known: int) -> list[int]:
        find = "SELECT id, shallow FROM commits WHERE number = ?"
        commit_id, shallow = connection.execute(find, (known,)).fetchone()
        return [] if shallow else numbers(source.parents(commit_id) or ())

    def numbers(ids: Iterable[str]) -> list[int]:
        return [found for one in ids if (found := number(one)) is not None]

    mine, *others = own_commits(numbers(parents), place, parents_of)
    return set().union(*others) - set(mine)


def _rows(source: MainlineSource, first: str, commit: str, imported: set[str]) -> Iterator[tuple[Any, ...]]:
    """Yields the events of what differs between a merge and its first parent, without the merge's number."""
    for file, (path, old, new) in enumerate(source.diff(first, commit)):
        owner = owner_of(path)
        if not (is_config(path) or (owner and is_document(path))) or owner in imported:
            continue
        change = Change(path=path, old=old or "", new=new or "")
        if owner:
            asked = [oid for oid in (old, new) if oid]
            read = dict(zip(asked, (data for _, data in source.blobs(asked)), strict=True))
            change = Change(
                path=path,
                before=source.parse(read[old], path) if old else None,
                after=source.parse(read[new], path) if new else None,
                old=old or "",
                new=new or "",
            )
        for ordinal, event in enumerate(told_of(change, brief=True)):
            if event.kind in KINDS or event.kind == "created-at":
                body = "" if event.kind == "message" else event.after[:1000]
                before = "" if event.kind == "message" else event.before[:1000]
                yield file, ordinal, event.ticket_id, event.kind, event.field, before, body, event.index
