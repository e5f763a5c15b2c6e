"""The file of the index: opened, made, made again when it is no such index; memory stands in where a disk cannot."""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress

from gitdesk.domain.folding import fold
from gitdesk.index import ddl

MEMORY = ":memory:"
_PATIENCE = 60.0  # seconds to wait for another process that is writing
# What the disk will not let us do; the answer then comes from memory.
DISK = ("readonly", "full", "unable to open", "disk i/o", "locked", "busy")


def blank(path: str = MEMORY) -> sqlite3.Connection:
    """Returns a connection that knows how text is folded, to whatever is there."""
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
    connection.create_function(
        "fold", 1, lambda text: fold(str(text)) if text is not None else None, deterministic=True
    )
    return connection


def opened(path: str) -> tuple[sqlite3.Connection, str]:
    """Returns a usable connection and what it is to: the path, or memory."""
    for _ in range(3):
        try:
            folder = os.path.dirname(path)
            if folder:
                os.makedirs(folder, exist_ok=True)
            return created(path), path
        except sqlite3.OperationalError as error:
            if any(word in str(error).lower() for word in DISK):
                break
            discard(path)
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            discard(path)
        except OSError:
            break
    return created(MEMORY), MEMORY


def created(path: str) -> sqlite3.Connection:
    """Returns a connection to an index of this version; raises sqlite3.DatabaseError for another file."""
    connection = blank(path)
    try:
        found = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA cache_size = -16000")
        if found != ddl.version():
            _fill(connection, found)
    except BaseException:
        connection.close()
        raise
    return connection


def _fill(connection: sqlite3.Connection, found: int) -> None:
    if found:
        raise sqlite3.DatabaseError("the index is of another version")
    with suppress(
        sqlite3.OperationalError
    ):  # some file systems have no shared memory: it works without, more slowly
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                raise sqlite3.DatabaseError("the file is no index")
            ddl.create(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def discard(path: str) -> None:
    """Removes an index file and what SQLite keeps beside it."""
    for name in (path, f"{path}-wal", f"{path}-shm", f"{path}-journal"):
        with suppress(OSError):
            os.unlink(name)
