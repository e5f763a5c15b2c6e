"""Tickets, events and messages as Parquet, DIR/TABLE/desk=NAME/month=YYYY-MM, many desks side by side; by DuckDB."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress

from gitdesk.errors import Place, SetupError, UsageError
from gitdesk.exporters import tables
from gitdesk.exporters.lines import line
from gitdesk.exporters.swap import swap, workroom
from gitdesk.lazy import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, BinaryIO

    from gitdesk.desk.door import Desk
    from gitdesk.exporters.reader import Reader

_MEMORY = "500MB"
_LEAST_OBJECT = 1 << 24  # bytes of a line DuckDB makes room for in any case


def write(reader: Reader, desk: Desk, folder: str, name: str) -> int:
    """Writes the tables of one desk under a root folder and returns how many tickets there are.

    Only what stood there of the same desk is replaced, each table in one step. Raises SetupError without DuckDB.
    """
    connect = _duckdb()
    with ExitStack() as stack:
        try:
            os.makedirs(folder, exist_ok=True)
            beside = stack.enter_context(workroom(folder))
        except OSError as error:
            raise UsageError(
                f"no folder for tables: {(error.strerror or str(error)).lower()}", place=Place(folder)
            ) from error
        with _Lines(beside) as lines:
            count = 0
            for ticket, _ in reader.tickets():
                lines.add(ticket, desk)
                count += 1
        for table, columns in tables.TABLES.items():
            _convert(connect, beside, table, columns, lines.longest)
        partition = "desk=" + _quoted(name)
        for table in tables.TABLES:
            _replace(folder, beside, table, partition)
    return count


def _duckdb() -> Any:
    try:
        return load("duckdb:connect")
    except ModuleNotFoundError as error:
        raise SetupError(
            "Parquet is written by DuckDB, which is not installed",
            hint="pip install 'gitdesk[analytics]'",
        ) from error


class _Lines:
    """One file of JSON lines a table, for DuckDB to read: in a memory that does not grow."""

    def __init__(self, folder: str) -> None:
        self._folder, self.longest = folder, 0
        self._files: dict[str, BinaryIO] = {}

    def __enter__(self) -> _Lines:
        for table in tables.TABLES:
            self._files[table] = open(_lines_of(self._folder, table), "wb")
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def add(self, ticket: dict[str, Any], desk: Desk) -> None:
        self._put("tickets", tables.ticket_row(ticket, desk.config.workflow, desk.now))
        for row in tables.event_rows(ticket):
            self._put("events", row)
        for row in tables.message_rows(ticket):
            self._put("messages", row)

    def _put(self, table: str, row: dict[str, Any]) -> None:
        written = line(row)
        self.longest = max(self.longest, len(written))
        self._files[table].write(written)


def _lines_of(folder: str, table: str) -> str:
    return os.path.join(folder, f"{table}.jsonl")


def _convert(connect: Any, beside: str, table: str, columns: Mapping[str, str], longest: int) -> None:
    """Turns the lines of a table into one Parquet file a month."""
    source, database = _lines_of(beside, table), os.path.join(beside, f"{table}.duckdb")
    time = next(iter(columns))
    # Times are read as texts: what month they are of must not hang on the zone DuckDB is set to.
    read = ", ".join(
        f"{_text(name)}: '{'VARCHAR' if kind == tables.TIME else kind}'" for name, kind in columns.items()
    )
    cast = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in columns.items())
    order = ", ".join(f'"{name}"' for name in (time, "ticket", "id", "number") if name in columns)
    settings = {"memory_limit": _MEMORY, "temp_directory": os.path.join(beside, "spill"), "threads": "2"}
    with connect(database, config=settings) as connection:
        connection.execute(
            f'CREATE TABLE lines AS SELECT {cast}, "{time}"[1:7] AS x_month FROM read_json('
            f"{_text(source)}, format = 'newline_delimited', columns = {{{read}}},"
            f" maximum_object_size = {max(_LEAST_OBJECT, longest + 1)})"
        )
        months = connection.execute("SELECT DISTINCT x_month FROM lines ORDER BY 1").fetchall()
        for (month,) in months:
            into = os.path.join(beside, "done", table, f"month={month}")
            os.makedirs(into)
            connection.execute(
                f"COPY (SELECT * EXCLUDE (x_month) FROM lines WHERE x_month = {_text(month)} ORDER BY {order})"
                f" TO {_text(os.path.join(into, 'part-0.parquet'))} (FORMAT parquet, COMPRESSION zstd)"
            )
    os.unlink(database)
    os.unlink(source)


def _replace(folder: str, beside: str, table: str, partition: str) -> None:
    """Puts a table's new partition in the place of the old one; never half of one, and never none."""
    new, place = os.path.join(beside, "done", table), os.path.join(folder, table, partition)
    try:
        if os.path.isdir(new):
            swap(new, place)
        else:  # nothing of the kind any more
            with suppress(FileNotFoundError):
                os.rename(place, os.path.join(beside, f"old-{table}"))
    except OSError as error:
        raise UsageError(
            f"cannot be replaced: {(error.strerror or str(error)).lower()}", place=Place(place)
        ) from error


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe=" ")
