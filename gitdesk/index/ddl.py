"""The tables of the index file and the views people may ask with SQL. Any change here needs a new VERSION."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3

VERSION = 12

# Names that begin with x_ are ours alone; views and what history adds are public.
_TABLES = """
CREATE TABLE x_meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE x_tickets (
  n INTEGER PRIMARY KEY,                -- ours alone, as SQLite hands them out: nothing may depend on their order
  path TEXT NOT NULL, blob TEXT NOT NULL, readable INTEGER NOT NULL, problem TEXT NOT NULL,
  id TEXT NOT NULL, code TEXT NOT NULL,
  title TEXT NOT NULL, status TEXT NOT NULL, priority TEXT NOT NULL, type TEXT NOT NULL, "group" TEXT NOT NULL,
  assignee TEXT NOT NULL, requester TEXT NOT NULL, channel TEXT NOT NULL, created TEXT NOT NULL,
  source TEXT NOT NULL, merged_into TEXT NOT NULL, snoozed_until TEXT NOT NULL,
  tags TEXT NOT NULL, links TEXT NOT NULL, watchers TEXT NOT NULL, fields TEXT NOT NULL,
  messages INTEGER NOT NULL, notes INTEGER NOT NULL, replies INTEGER NOT NULL, described INTEGER NOT NULL,
  category TEXT NOT NULL, done INTEGER NOT NULL, rank INTEGER NOT NULL,
  attachments TEXT NOT NULL DEFAULT '[]',
  updated TEXT NOT NULL DEFAULT '',     -- history knows; '' until it was asked
  -- What the clocks say as of the ticket's last step, see `clocks`; '' until that was asked. `due` is the instant
  -- that is next, ~ for none, so that it sorts behind all others; `last_step` is in seconds since 1970.
  sla TEXT NOT NULL DEFAULT '', sla_metric TEXT NOT NULL DEFAULT '', due TEXT NOT NULL DEFAULT '',
  due_metric TEXT NOT NULL DEFAULT '', last_step INTEGER NOT NULL DEFAULT 0,
  spent TEXT NOT NULL DEFAULT '{}'      -- seconds in each status up to then
);
CREATE TABLE x_clocks (
  ticket TEXT NOT NULL, metric TEXT NOT NULL, cycle INTEGER NOT NULL, state TEXT NOT NULL, policy TEXT NOT NULL,
  version INTEGER NOT NULL, "commit" TEXT NOT NULL, calendar TEXT NOT NULL, priority TEXT NOT NULL,
  started INTEGER NOT NULL, stopped INTEGER, settled INTEGER NOT NULL, target INTEGER, elapsed INTEGER NOT NULL,
  paused INTEGER NOT NULL, closed INTEGER NOT NULL, due INTEGER, breached INTEGER, breach_target INTEGER,
  breach_policy TEXT NOT NULL, breach_priority TEXT NOT NULL, loosened_by TEXT NOT NULL, no_reply INTEGER NOT NULL,
  first_verdict TEXT NOT NULL, first_stopped INTEGER, remarks TEXT NOT NULL,
  PRIMARY KEY (ticket, metric, cycle)
) WITHOUT ROWID;
-- Of each ticket whose clocks have all ended, what reports say of them: the figures they are counted by, each list
-- begun by a kind, then its seconds in each status up to its last step, and its status; and their rows as JSON.
-- `last` is that step in seconds since 1970. With row ids, for rows of this size would spill over a page otherwise.
CREATE TABLE x_told (
  ticket TEXT PRIMARY KEY, last INTEGER NOT NULL, figures TEXT NOT NULL, rows BLOB NOT NULL
);
CREATE TABLE x_kinds (
  n INTEGER PRIMARY KEY, metric TEXT NOT NULL, priority TEXT NOT NULL, "group" TEXT NOT NULL, policy TEXT NOT NULL,
  agent TEXT NOT NULL, state TEXT NOT NULL, no_reply TEXT NOT NULL,
  UNIQUE (metric, priority, "group", policy, agent, state, no_reply)
);
-- What happened to each ticket, as reports count it, up to its last step in seconds since 1970; `life` is JSON.
CREATE TABLE x_lives (path TEXT PRIMARY KEY, last INTEGER NOT NULL, life TEXT NOT NULL);
CREATE TABLE x_configs (oid TEXT PRIMARY KEY, plain TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE x_texts (n INTEGER PRIMARY KEY, about TEXT NOT NULL, description TEXT NOT NULL, thread TEXT NOT NULL);
CREATE TABLE x_names (kind TEXT, key TEXT, value TEXT, PRIMARY KEY (kind, key, value)) WITHOUT ROWID;
CREATE TABLE x_values (
  kind TEXT NOT NULL, key TEXT NOT NULL, ticket INTEGER NOT NULL, PRIMARY KEY (kind, key, ticket)
) WITHOUT ROWID;
CREATE TABLE x_attachments (
  path TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL, blob TEXT NOT NULL  -- owner: a ticket's path
) WITHOUT ROWID;
CREATE INDEX x_attachments_owner ON x_attachments (owner, name);
CREATE VIRTUAL TABLE x_search USING fts5(
  title, about, description, messages, content='', prefix='2 3', tokenize='ascii'
);
"""
# Made after a full build: sorting once is faster than keeping order all the way. The first one holds what lists
# are filtered by, so that a scan for a rare value does not touch the rows it skips.
INDEXES = {
    "x_tickets_path": "x_tickets (path)",
    "x_tickets_order": 'x_tickets (done, due, rank DESC, created, path, status, assignee, "group", priority, type)',
    "x_tickets_created": "x_tickets (readable, created, path)",
    "x_tickets_updated": "x_tickets (readable, updated, path)",
    "x_tickets_due": "x_tickets (readable, due, path)",
    "x_tickets_unclocked": "x_tickets (sla, readable) WHERE sla = ''",
    "x_tickets_code": "x_tickets (code, path)",
    "x_tickets_requester": "x_tickets (requester)",
    "x_tickets_source": "x_tickets (source) WHERE source <> ''",
}
_UNIQUE = ("x_tickets_path",)
_VIEWS = """
CREATE VIEW tickets AS SELECT id, nullif(title, '') AS title, nullif(status, '') AS status,
  nullif(category, '') AS category, nullif(priority, '') AS priority, nullif(type, '') AS type,
  nullif("group", '') AS "group", nullif(assignee, '') AS assignee, nullif(requester, '') AS requester,
  nullif(channel, '') AS channel, nullif(created, '') AS created, nullif(updated, '') AS updated,
  nullif(snoozed_until, '') AS snoozed_until, nullif(source, '') AS source,
  nullif(merged_into, '') AS merged_into, messages, path, nullif(blob, '') AS blob,
  nullif(problem, '') AS problem FROM x_tickets;
CREATE VIEW tags AS SELECT x_tickets.id AS ticket, value AS tag FROM x_tickets, json_each(x_tickets.tags);
CREATE VIEW watchers AS SELECT x_tickets.id AS ticket, value AS watcher FROM x_tickets, json_each(x_tickets.watchers);
CREATE VIEW links AS SELECT x_tickets.id AS ticket, json_extract(value, '$.kind') AS kind,
  json_extract(value, '$.target') AS target FROM x_tickets, json_each(x_tickets.links);
CREATE VIEW fields AS SELECT t.id AS ticket, f.key AS name, v.value AS value
  FROM x_tickets AS t, json_each(t.fields) AS f,
  json_each(CASE f.type WHEN 'array' THEN f.value ELSE json_array(f.value) END) AS v;
CREATE VIEW descriptions AS SELECT id AS ticket, description AS body FROM x_tickets JOIN x_texts USING (n);
CREATE VIEW messages AS SELECT x_tickets.id AS ticket, m.key + 1 AS number, json_extract(m.value, '$[0]') AS at,
  json_extract(m.value, '$[1]') AS kind, json_extract(m.value, '$[2]') AS author,
  json_extract(m.value, '$[3]') AS body, nullif(json_extract(m.value, '$[4]'), '{}') AS meta
  FROM x_tickets JOIN x_texts USING (n), json_each(thread) AS m;
CREATE VIEW attachments AS SELECT t.id AS ticket, a.name AS name, a.path AS path, a.blob AS blob
  FROM x_attachments AS a JOIN x_tickets AS t ON t.path = a.owner;
CREATE VIEW clocks AS SELECT ticket, metric, cycle, state, nullif(policy, '') AS policy,
  nullif("commit", '') AS "commit", nullif(priority, '') AS priority,
  strftime('%Y-%m-%dT%H:%M:%SZ', started, 'unixepoch') AS started,
  strftime('%Y-%m-%dT%H:%M:%SZ', stopped, 'unixepoch') AS stopped,
  strftime('%Y-%m-%dT%H:%M:%SZ', due, 'unixepoch') AS due,
  strftime('%Y-%m-%dT%H:%M:%SZ', breached, 'unixepoch') AS breached, target, elapsed, paused, closed,
  strftime('%Y-%m-%dT%H:%M:%SZ', settled, 'unixepoch') AS as_of, nullif(remarks, '') AS remarks FROM x_clocks;
"""
VIEWS = (
    "tickets",
    "tags",
    "watchers",
    "links",
    "fields",
    "descriptions",
    "messages",
    "attachments",
    "clocks",
)
_EMPTIED = (
    "x_tickets",
    "x_texts",
    "x_names",
    "x_values",
    "x_attachments",
    "x_clocks",
    "x_told",
    "x_kinds",
    "x_lives",
)


def version() -> int:
    """Returns what a usable file has as user_version: ours, and that of the Unicode tables text was folded with."""
    from unicodedata import unidata_version

    major, minor, _ = (int(part) for part in unidata_version.split("."))
    return VERSION * 1_000_000 + major * 1000 + minor


def create(connection: sqlite3.Connection) -> None:
    """Makes tables, indexes and views inside the caller's transaction."""
    for statement in (_TABLES + _VIEWS).split(";\n"):
        if statement.strip():
            connection.execute(statement)
    make_indexes(connection)
    connection.execute(f"PRAGMA user_version = {version()}")


def bulk(connection: sqlite3.Connection, on: bool) -> None:
    """Lets FTS5 gather more words before it writes them out: half the time of a full build for 16 MB."""
    size = (16 if on else 1) << 20
    connection.execute("INSERT INTO x_search(x_search, rank) VALUES ('hashsize', ?)", (size,))


def make_indexes(connection: sqlite3.Connection) -> None:
    """Makes every index over tickets."""
    for name, definition in INDEXES.items():
        unique = "UNIQUE " if name in _UNIQUE else ""
        connection.execute(f"CREATE {unique}INDEX {name} ON {definition}")


def empty(connection: sqlite3.Connection) -> None:
    """Removes every ticket and the indexes over them, ready for a full build; history's tables stay."""
    for name in INDEXES:
        connection.execute(f"DROP INDEX IF EXISTS {name}")
    for table in _EMPTIED:
        connection.execute(f"DELETE FROM {table}")
    connection.execute("INSERT INTO x_search(x_search) VALUES ('delete-all')")
    connection.execute("DELETE FROM x_meta WHERE key IN ('tip', 'ranks', 'clocks', 'lives')")
