"""What a text search finds: ranked hits, and where in each ticket the words stand."""

from __future__ import annotations

import sys

from gitdesk.domain.folding import Needle, words
from gitdesk.domain.ticket import TicketId
from gitdesk.index.sql import matching
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from gitdesk.domain.query_words import Wanted
    from gitdesk.index.sql import Where

# A word in the title says most about a ticket, then requester and tags, the description, the thread.
_RANK = "bm25(x_search, 10.0, 4.0, 3.0, 1.0)"
_PATH = "(SELECT path FROM x_tickets WHERE n = x_search.rowid)"
_SURE, _HOPED = 1, 2  # tiers: whole words, then beginnings


class Hit(Value):
    """A ticket found: `rank` is (tier, bm25), lower is better; `text` is where the words stand, to cut a passage from.

    `field` is "title", "about" (requester and tags), "description" or "message"; `message` counts from 0.
    """

    id: TicketId
    title: str
    rank: tuple[int, float]
    field: str
    message: int | None
    text: str


def hits(connection: sqlite3.Connection, wanted: Wanted, where: Where | None, limit: int | None) -> list[Hit]:
    """Returns the best hits, whole words before beginnings, ties in the order of ids."""
    if not wanted.needles:
        return []
    limit = sys.maxsize >> 1 if limit is None or limit < 0 else limit
    whole = tuple(_whole(needle) for needle in wanted.needles)
    rows = [(_SURE, *row) for row in _ranked(connection, whole, wanted.without, where, limit)]
    if len(rows) < limit and any(not needle.exact for needle in wanted.needles):
        seen = {n for _, n, _ in rows}
        more = _ranked(connection, wanted.needles, wanted.without, where, limit + len(seen))
        rows += [(_HOPED, n, rank) for n, rank in more if n not in seen]
    return [_hit(connection, n, (tier, rank), wanted.needles) for tier, n, rank in rows[:limit]]


def _whole(needle: Needle) -> Needle:
    if needle.exact:
        return needle
    whole = Needle("", exact=True)
    whole.forms = needle.forms
    return whole


def _ranked(
    connection: sqlite3.Connection,
    needles: Sequence[Needle],
    without: Sequence[Needle],
    where: Where | None,
    limit: int,
) -> list[tuple[int, float]]:
    """Returns row number and rank of the best, equals in the order of their paths."""
    match = matching(needles)
    if without:
        match = f"{match} NOT ({' OR '.join(matching([needle]) for needle in without)})"
    condition = f" AND +rowid IN (SELECT n FROM x_tickets WHERE {where.sql})" if where else ""
    statement = f"SELECT rowid, {_RANK} AS r FROM x_search WHERE x_search MATCH ?{condition}"
    parameters = (match, *(where.parameters if where else ()))

    def asked(order: str, most: int) -> list[tuple[int, float]]:
        return connection.execute(f"{statement} ORDER BY {order} LIMIT ?", (*parameters, most)).fetchall()

    best = asked("r", limit + 1)
    if len({rank for _, rank in best}) == len(best):
        return best[:limit]
    # Looking up the path of every hit takes as long as ranking it: only when there are equals to tell apart.
    return asked(f"r, {_PATH}", limit)


def _hit(connection: sqlite3.Connection, n: int, rank: tuple[int, float], needles: Sequence[Needle]) -> Hit:
    from json import loads

    select = "SELECT id, title, about, description, thread FROM x_tickets JOIN x_texts USING (n) WHERE n = ?"
    ticket_id, title, about, description, thread = connection.execute(select, (n,)).fetchone()
    places: list[tuple[str, int | None, str]] = [("description", None, description)]
    places += [("message", i, message[3]) for i, message in enumerate(loads(thread))]
    places += [("title", None, title), ("about", None, ", ".join(filter(None, loads(about))))]
    scores = [
        sum(needle.found_in(folded) for needle in needles)
        for folded in (words(text) for _, _, text in places)
    ]
    field, message, text = places[scores.index(max(scores))]
    return Hit(id=TicketId(ticket_id), title=title, rank=rank, field=field, message=message, text=text)
