"""Questions to the index that need no more than SQL: lists, counts, ids by their beginning."""

from __future__ import annotations

from gitdesk.domain.folding import fold
from gitdesk.domain.format import normal_code, parse_id, path_of
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import UsageError
from gitdesk.index.sql import DEFAULT_ORDER, Where, glob, order
from gitdesk.index.stored import instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from gitdesk.domain.query import Query
    from gitdesk.domain.query_keys import Scope

_PLAIN = (
    "title", "status", "category", "priority", "type", "group", "assignee", "requester", "channel", "created",
    "updated", "source", "merged_into", "snoozed_until", "blob", "problem",
)  # fmt: skip
_JSON = ("tags", "links", "watchers", "fields", "attachments")
_READABLE = ("messages",)  # numbers that mean nothing when the file cannot be read
COLUMNS = (
    "id", "title", "status", "category", "priority", "type", "group", "assignee", "requester", "channel", "created",
    "updated", "tags", "links", "watchers", "fields", "source", "merged_into", "snoozed_until", "messages",
    "attachments", "path", "blob", "problem", "due", "sla", "sla_metric",
)  # fmt: skip
_TABLE_OF_VALUES = ("tag", "watcher")


class Plan:
    """A query made ready: its condition and its order; `now` is when it is asked, as times are stored."""

    __slots__ = ("now", "order", "where")

    def __init__(self, where: Where, order_by: str, now: str) -> None:
        self.where, self.order, self.now = where, order_by, now

    def prepared(self, connection: sqlite3.Connection) -> Where:
        """Returns the condition, its callables known to the connection."""
        tests: list[Callable[[str], bool]] = self.where.tests
        if tests:
            connection.create_function("x_holds", 2, lambda number, text: tests[number](text))
        return self.where


def plan(query: Query, scope: Scope, sort: Sequence[tuple[str, bool]]) -> Plan:
    """Returns the plan of a query; raises UsageError for what only clocks could tell."""
    keys = query.sort or sort
    if not scope.clocks and any(key == "due" for key, _ in keys):
        hint = "sort:-priority,created is the order of a list without clocks"
        raise UsageError('"sort:due" needs SLA clocks, which this desk does not keep', hint=hint)
    return Plan(Where(query.tree, scope), order(keys), instant(scope.now))


def tuples(
    connection: sqlite3.Connection, asked: Plan, columns: Sequence[str], limit: int | None
) -> Iterator[tuple[Any, ...]]:
    """Yields rows of public columns as Python values."""
    expressions = ", ".join(_expression(column, asked.now) for column in columns)
    lists = [place for place, column in enumerate(columns) if column in _JSON]
    rows = _selected(connection, asked, expressions, limit)
    return (_decoded(row, lists) for row in rows) if lists else iter(rows)


def named(
    connection: sqlite3.Connection, ids: Sequence[str], columns: Sequence[str]
) -> dict[str, tuple[Any, ...]]:
    """Returns rows of plain columns by id, for ids as the index gave them; without a look at any other ticket."""
    expressions = ", ".join(_expression(column) for column in columns)
    statement = f"SELECT x_tickets.id, {expressions} FROM x_tickets WHERE {{}} IN ({{}})"

    def asked(key: str, wanted: Sequence[str]) -> dict[str, tuple[Any, ...]]:
        filled = statement.format(key, ", ".join("?" * len(wanted)))
        return {row[0]: row[1:] for row in connection.execute(filled, tuple(wanted))}

    found = asked("path", [path_of(each) for each in ids if parse_id(each)])
    odd = [each for each in ids if each not in found]  # not where its id says, or nowhere
    return {**asked("id", odd), **found} if odd else found


def count(connection: sqlite3.Connection, asked: Plan, most: int) -> int:
    """Returns how many tickets meet a plan's condition; stops counting after `most`."""
    where = asked.prepared(connection)
    inner = f"SELECT 1 FROM x_tickets WHERE {where.sql} LIMIT ?"
    row = connection.execute(f"SELECT count(*) FROM ({inner})", (*where.parameters, most)).fetchone()
    found: int = row[0]
    return found


def _selected(
    connection: sqlite3.Connection, asked: Plan, expressions: str, limit: int | None
) -> Iterator[tuple[Any, ...]]:
    where = asked.prepared(connection)
    if asked.order == DEFAULT_ORDER:
        yield from _ordered(connection, where, "1", expressions, asked.order, limit)
        return
    # What cannot be read comes first in every order. Asked for apart, so that an index can give the rest in order.
    broken = list(_ordered(connection, where, "readable = 0", expressions, "path", limit))
    yield from broken
    left = None if limit is None else limit - len(broken)
    yield from _ordered(connection, where, "readable = 1", expressions, asked.order, left)


def _ordered(
    connection: sqlite3.Connection,
    where: Where,
    which: str,
    expressions: str,
    order_by: str,
    limit: int | None,
) -> sqlite3.Cursor:
    statement = (
        f"SELECT {expressions} FROM x_tickets WHERE {which} AND {where.sql} ORDER BY {order_by} LIMIT ?"
    )
    return connection.execute(statement, (*where.parameters, -1 if limit is None else limit))


def _expression(column: str, now: str = "") -> str:
    """Returns the expression of a public column; what of the clocks depends on the moment, as of `now`."""
    if column not in COLUMNS:
        from gitdesk.domain.near import hint

        raise UsageError(f'unknown column "{column}"', hint=hint(column, COLUMNS))
    if column == "due":
        return "iif(due = '~', NULL, nullif(due, ''))"
    if column in ("sla", "sla_metric"):
        late = "'breached_running'" if column == "sla" else "due_metric"
        return f"nullif(iif(due <> '' AND due < '{now}', {late}, {column}), '')"
    if column in _PLAIN:
        return f"nullif(x_tickets.\"{column}\", '')"
    return f"iif(readable, {column}, NULL)" if column in _READABLE else f"x_tickets.{column}"


def _decoded(row: tuple[Any, ...], lists: Sequence[int]) -> tuple[Any, ...]:
    values = list(row)
    for place in lists:
        text = values[place]
        if text == "[]":
            values[place] = ()
        elif text == "{}":
            values[place] = {}
        else:
            from json import loads

            decoded = loads(text)
            values[place] = tuple(decoded) if isinstance(decoded, list) else decoded
    return tuple(values)


def find(connection: sqlite3.Connection, code: str, limit: int) -> list[TicketId]:
    """Returns ids whose code begins so; an id with a prefix must have that prefix."""
    wanted, prefix = normal_code(code), code.strip().upper().rpartition("-")[0]
    sql, parameters = "code >= ? AND code < ?", [wanted, wanted + "\U0010ffff"]
    if prefix:
        sql, parameters = f"{sql} AND id GLOB ?", [*parameters, glob((prefix + "-", ""), folded=True)]
    statement = f"SELECT id FROM x_tickets WHERE {sql} ORDER BY code, path LIMIT ?"
    return [TicketId(row[0]) for row in connection.execute(statement, (*parameters, limit))]


def find_source(connection: sqlite3.Connection, source: str) -> list[TicketId]:
    """Returns ids imported from a source."""
    statement = "SELECT id FROM x_tickets WHERE source = ? AND source <> '' ORDER BY code, path"
    return [TicketId(row[0]) for row in connection.execute(statement, (source,))]


def shortest(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, int]:
    """Returns how many characters of each id's code are enough, by looking at its neighbours only."""
    lengths = {}
    for ticket_id in ids:
        code = normal_code(ticket_id)
        before = connection.execute("SELECT max(code) FROM x_tickets WHERE code < ?", (code,)).fetchone()[0]
        after = connection.execute("SELECT min(code) FROM x_tickets WHERE code > ?", (code,)).fetchone()[0]
        shared = max(_shared(code, before or ""), _shared(code, after or ""))
        lengths[ticket_id] = min(shared + 1, len(code)) or 1
    return lengths


def _shared(one: str, other: str) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def values(connection: sqlite3.Connection, key: str, start: str, limit: int) -> list[str]:
    """Returns values in use for a key."""
    pattern = glob((start, ""))
    if key in _TABLE_OF_VALUES or key.startswith("field."):
        statement = "SELECT DISTINCT key FROM x_values WHERE kind = ? AND key GLOB ? ORDER BY key LIMIT ?"
    else:
        statement = "SELECT DISTINCT value FROM x_names WHERE kind = ? AND key GLOB ? ORDER BY value LIMIT ?"
    return [row[0] for row in connection.execute(statement, (fold(key), pattern, limit))]
