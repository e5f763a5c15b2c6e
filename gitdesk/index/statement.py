"""Runs one SQL statement of a person's on the index: reading only, of public tables only, for a limited time."""

from __future__ import annotations

import sqlite3
from time import monotonic

from gitdesk.errors import Refused, UsageError
from gitdesk.index.ddl import VIEWS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

SECONDS = 60.0  # until a statement is stopped
_LONGEST = 50_000_000  # bytes of one value: no statement may fill the memory
_FUNCTIONS = frozenset((
    "->", "->>", "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "avg", "ceil",
    "ceiling", "char", "coalesce", "concat", "concat_ws", "cos", "cosh", "count", "cume_dist", "date",
    "datetime", "degrees", "dense_rank", "exp", "first_value", "floor", "fold", "format", "glob",
    "group_concat", "hex", "ifnull", "iif", "instr", "json", "json_array", "json_array_length", "json_each",
    "json_extract", "json_group_array", "json_group_object", "json_insert", "json_object", "json_patch",
    "json_quote", "json_remove", "json_replace", "json_set", "json_tree", "json_type", "json_valid",
    "julianday", "lag", "last_value", "lead", "length", "like", "likelihood", "likely", "ln", "log",
    "log10", "log2", "lower", "ltrim", "max", "min", "mod", "nth_value", "ntile", "nullif", "percent_rank",
    "pi", "pow", "power", "printf", "quote", "radians", "random", "rank", "replace", "round", "row_number",
    "rtrim", "sign", "sin", "sinh", "soundex", "sqlite_version", "sqrt", "strftime", "string_agg", "substr",
    "substring", "sum", "tan", "tanh", "time", "timediff", "total", "trim", "trunc", "typeof", "unicode",
    "unixepoch", "unlikely", "upper",
))  # fmt: skip
_SCHEMA = ("sqlite_master", "sqlite_schema")
_HINT = f"tables: {', '.join(VIEWS)} and history's trail, events, commits, authors; docs/sql.md lists their columns"


def rows(connection: sqlite3.Connection, statement: str) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
    """Returns the columns and the rows of one SELECT; raises UsageError for anything else and for its mistakes."""
    if not statement.strip().strip(";"):
        raise UsageError("there is no SQL to run", hint="gitdesk sql 'SELECT id, title FROM tickets'")
    reader = _read(connection, statement)
    columns: tuple[str, ...] = next(reader)
    return columns, reader


def _read(connection: sqlite3.Connection, statement: str) -> Iterator[tuple[Any, ...]]:
    """Yields the columns, then the rows, with the guards up only while SQLite is at work on it."""
    deadline = monotonic() + SECONDS
    refused: list[str] = []
    cursor = connection.cursor()
    columns_sent = False
    while True:
        with _Guards(connection, deadline, refused):
            try:
                if not columns_sent:
                    cursor.execute(statement)
                    batch = []
                else:
                    batch = cursor.fetchmany(500)
            except (sqlite3.Error, sqlite3.Warning, UnicodeEncodeError) as error:
                raise _explained(error, refused, late=monotonic() > deadline) from None
        if not columns_sent:
            if cursor.description is None:
                raise UsageError("only a SELECT can be run here", hint=_HINT)
            columns_sent = True
            yield tuple(column[0] for column in cursor.description)
        elif not batch:
            return
        yield from batch


class _Guards:
    """Lets a connection only read public tables, and stops it at the deadline."""

    def __init__(self, connection: sqlite3.Connection, deadline: float, refused: list[str]) -> None:
        self.connection, self.deadline, self.refused = connection, deadline, refused
        self.length = 0

    def __enter__(self) -> None:
        connection = self.connection
        self.length = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        connection.execute("PRAGMA query_only = 1")
        connection.set_progress_handler(lambda: int(monotonic() > self.deadline), 20_000)
        connection.set_authorizer(self.authorize)

    def __exit__(self, *_: object) -> None:
        connection = self.connection
        connection.set_authorizer(None)
        connection.set_progress_handler(None, 0)
        connection.execute("PRAGMA query_only = 0")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, self.length)

    def authorize(
        self, action: int, first: str | None, second: str | None, _database: str | None, view: str | None
    ) -> int:
        """Answers SQLite's question whether a step of a statement is allowed."""
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ:
            # Without a column rows are only counted, and SQLite does not say through which view.
            if view is not None or not second or _public((first or "").lower()):
                return sqlite3.SQLITE_OK
            self.refused.append(f'"{first}" is no table for reading')
        elif action == sqlite3.SQLITE_FUNCTION:
            if (second or "").lower() in _FUNCTIONS:
                return sqlite3.SQLITE_OK
            self.refused.append(f'the function "{second}" is not available')
        else:
            self.refused.append("only a SELECT can be run here")
        return sqlite3.SQLITE_DENY


def _public(table: str) -> bool:
    return table in _SCHEMA or not table.startswith(("x_", "sqlite_", "pragma_", "dbstat"))


def _explained(error: Exception, refused: list[str], *, late: bool) -> BaseException:
    if refused:
        return UsageError(refused[0], hint=_HINT)
    text = str(error).rstrip(".")
    if text == "interrupted" and late:
        return Refused(f"the statement was stopped after {SECONDS:.0f} seconds", hint="ask for less")
    if text in ("interrupted", "user-defined function raised exception"):
        # SQLite swallows a Ctrl-C that reaches Python inside one of our callbacks; nothing else stops them.
        return KeyboardInterrupt()
    if "one statement at a time" in text:
        return UsageError("only one statement can be run at a time")
    return UsageError(f"SQL: {text}", hint=_HINT if text.startswith("no such") else None)
