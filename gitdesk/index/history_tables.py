"""The tables of history in the index: commits, their authors, one row an event, when each ticket last changed."""

from __future__ import annotations

import sqlite3

VERSION = 3  # of these tables; another number in a file means that they are made anew

_TABLES = """
CREATE TABLE IF NOT EXISTS history_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS authors (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, UNIQUE (name, email)
);
CREATE TABLE IF NOT EXISTS commits (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    seq INTEGER NOT NULL DEFAULT 0,
    time TEXT NOT NULL, zone TEXT NOT NULL, committer INTEGER NOT NULL,
    authored TEXT NOT NULL, authored_zone TEXT NOT NULL, author INTEGER NOT NULL,
    subject TEXT NOT NULL, reason TEXT NOT NULL,
    via TEXT NOT NULL, automation TEXT NOT NULL, approved_by TEXT NOT NULL, on_behalf_of TEXT NOT NULL,
    parents INTEGER NOT NULL, signed INTEGER NOT NULL, shallow INTEGER NOT NULL,
    imported INTEGER NOT NULL, rebase TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    commit_number INTEGER NOT NULL, file INTEGER NOT NULL, ordinal INTEGER NOT NULL,
    ticket TEXT NOT NULL, kind TEXT NOT NULL, field TEXT NOT NULL,
    before TEXT NOT NULL, after TEXT NOT NULL, place INTEGER, was INTEGER,
    message_at TEXT, message_kind TEXT, message_author TEXT, blob TEXT,
    PRIMARY KEY (commit_number, file, ordinal)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS updates (ticket TEXT PRIMARY KEY, time TEXT NOT NULL) WITHOUT ROWID;
-- Commits that merges of the branch brought in, by which merge, and whether they count by themselves all the same.
CREATE TABLE IF NOT EXISTS x_brought (number INTEGER PRIMARY KEY, merge INTEGER NOT NULL, counts INTEGER NOT NULL);
-- What merges of the branch changed against their first parent, as rows of events.
CREATE TABLE IF NOT EXISTS x_merged (
    commit_number INTEGER NOT NULL, file INTEGER NOT NULL, ordinal INTEGER NOT NULL,
    ticket TEXT NOT NULL, kind TEXT NOT NULL, field TEXT NOT NULL,
    before TEXT NOT NULL, after TEXT NOT NULL, place INTEGER,
    PRIMARY KEY (commit_number, file, ordinal)
) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS trail AS
    SELECT e.ticket AS ticket, c.time AS time, a.name AS author, a.email AS email, e.kind AS kind,
           e.field AS field, e.before AS before, e.after AS after, c.reason AS reason, c.via AS via,
           c.automation AS automation, c.approved_by AS approved_by, c.on_behalf_of AS on_behalf_of,
           c.subject AS subject, c.id AS commit_id
    FROM events e JOIN commits c ON c.number = e.commit_number JOIN authors a ON a.number = c.author;
"""
# Made after the rows of a first build: one sort is cheaper than a search a row.
_INDEXES = """
CREATE UNIQUE INDEX IF NOT EXISTS commits_id ON commits (id);
CREATE INDEX IF NOT EXISTS commits_seq ON commits (seq);
CREATE INDEX IF NOT EXISTS commits_merges ON commits (seq) WHERE parents > 1;
CREATE INDEX IF NOT EXISTS commits_rebase ON commits (seq) WHERE rebase <> '';
CREATE INDEX IF NOT EXISTS commits_shallow ON commits (seq) WHERE shallow;
CREATE INDEX IF NOT EXISTS events_ticket ON events (ticket);
CREATE INDEX IF NOT EXISTS x_merged_ticket ON x_merged (ticket);
CREATE INDEX IF NOT EXISTS events_gap ON events (ticket)
    WHERE kind IN ('deleted', 'unreadable', 'restored', 'mended');
"""
_NAMES = ("history_state", "authors", "commits", "events", "updates", "x_brought", "x_merged")


def prepare(connection: sqlite3.Connection) -> None:
    """Makes the tables where they are missing or of another version."""
    try:
        found = state(connection).get("version")
    except sqlite3.OperationalError:
        found = None
    if found != str(VERSION):
        wipe(connection)


def wipe(connection: sqlite3.Connection) -> None:
    """Makes the tables anew, empty and without indexes."""
    connection.execute("DROP VIEW IF EXISTS trail")
    for name in _NAMES:
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    _run(connection, _TABLES)
    set_state(connection, version=str(VERSION))


def add_indexes(connection: sqlite3.Connection) -> None:
    """Makes the indexes where they are missing."""
    _run(connection, _INDEXES)


def state(connection: sqlite3.Connection) -> dict[str, str]:
    """Returns what is known about the rows: version, tip, horizon."""
    return dict(connection.execute("SELECT key, value FROM history_state"))


def set_state(connection: sqlite3.Connection, **values: str) -> None:
    """Notes what is known about the rows."""
    connection.executemany("INSERT OR REPLACE INTO history_state VALUES (?, ?)", values.items())


def _run(connection: sqlite3.Connection, script: str) -> None:
    """Runs statements one by one: `executescript` would end the caller's transaction."""
    for statement in script.split(";\n"):
        if statement.strip():
            connection.execute(statement)
