"""Questions to the history in the index: the audit trail, filtered and in order, and when tickets last changed."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

from gitdesk.domain.change import Event, phrase
from gitdesk.domain.ticket import Message, timestamp
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable, Iterator

# What people write for a kind of event, beside its own name.
_KINDS = {
    "merged": ("merged", "unmerged"),
    "merged_into": ("merged", "unmerged"),
    "message": ("message", "message-changed", "message-removed", "message-moved"),
    "snoozed_until": ("snoozed",),
    "created": ("created", "created-at", "restored", "boundary"),
    "file": ("moved", "unreadable", "mended", "deleted", "restored"),
}
_PLURALS = {
    "tags": "tag",
    "links": "link",
    "watchers": "watcher",
    "messages": "message",
    "attachments": "attachment",
}
_THREAD = ("reply", "note", "customer")
# A commit's own word, or that of the merge that brought it to the branch.
_APPROVED = (
    "coalesce(nullif(c.approved_by, ''), (SELECT m.approved_by FROM x_brought b JOIN commits m ON m.number = b.merge"
    " WHERE b.number = c.number), '')"
)
_COLUMNS = (
    "e.ticket, e.kind, e.field, e.before, e.after, e.place, e.was, e.message_at, e.message_kind, e.message_author,"
    " c.number, c.id, c.time, c.zone, k.name, k.email, c.authored, c.authored_zone, a.name, a.email, c.subject,"
    f" c.reason, c.via, c.automation, {_APPROVED}, c.on_behalf_of, c.parents, c.signed, c.shallow, e.blob"
)


class LoggedCommit(Value):
    """What a row of the trail says about its commit; `at` is the committer's time, both keep their zone."""

    id: str
    at: datetime
    committer_name: str
    committer_email: str
    authored_at: datetime
    author_name: str
    author_email: str
    subject: str
    reason: str
    via: str
    automation: str
    approved_by: str
    on_behalf_of: str
    merge: bool
    signed: bool
    shallow: bool


class Entry(Value):
    """One row of the trail: an event (long texts are cut) and the commit that made it.

    `blob` is the id of the ticket's file as it came to be, where the event tells of that; else "".
    """

    event: Event
    commit: LoggedCommit
    blob: str = ""

    @property
    def phrase(self) -> str:
        """Returns the event in words."""
        return phrase(self.event)


def entries(
    connection: sqlite3.Connection,
    *,
    tickets: Collection[str] | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    actors: Collection[str] = (),
    field: str = "",
    kind: str = "",
    limit: int | None = None,
    newest_first: bool = True,
) -> Iterator[Entry]:
    """Yields the trail; `since` counts in, `until` does not. None of `tickets` means all and the desk itself.

    `actors` are names or addresses of one person, in any case; `field` is a kind of event, a header key or the
    key of a field. Commits stand after what they descend from, otherwise by time; the events of one in its order.
    """
    where: list[str] = []
    values: list[object] = []
    if tickets is not None:
        where.append("e.ticket IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(list(tickets)))
    if since is not None:
        # A commit's place is never before its time, and the places have an index.
        where.append("c.seq >= ? AND c.time >= ?")
        values += [max(0, int(since.timestamp())), timestamp(since)]
    if until is not None:
        where.append("c.time < ?")
        values.append(timestamp(until))
    if actors:
        where.append("c.author IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(_authors(connection, actors)))
    for condition, value in _of_kind(field, kind):
        where.append(condition)
        values += value
    order = "DESC" if newest_first else "ASC"
    # The order of the tables is ours: one ticket is found by its events, everything is walked by commits.
    joined = (
        "commits c CROSS JOIN events e ON e.commit_number = c.number"
        if tickets is None
        else "events e CROSS JOIN commits c ON c.number = e.commit_number"
    )
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM {joined} JOIN authors a ON a.number = c.author"
        f" JOIN authors k ON k.number = c.committer{' WHERE ' if where else ''}{' AND '.join(where)}"
        f" ORDER BY c.seq {order}, c.id {order}, e.file, e.ordinal LIMIT ?",
        [*values, -1 if limit is None else limit],
    )
    return _entries(rows)


def find_tickets(connection: sqlite3.Connection, code: str) -> list[str]:
    """Returns the ids, of tickets that are there or were, whose code begins so; at most a few."""
    pattern = "".join(char for char in code if char.isalnum())
    rows = connection.execute(
        "SELECT DISTINCT ticket FROM events WHERE substr(ticket, instr(ticket, '-') + 1) GLOB ? LIMIT 9",
        (f"{pattern}*",),
    )
    return [ticket for (ticket,) in rows]


def updated_at(connection: sqlite3.Connection, tickets: Collection[str] | None = None) -> dict[str, datetime]:
    """Returns when each ticket last changed: the committer's time of the last commit that did something to it."""
    if tickets is None:
        rows = connection.execute("SELECT ticket, time FROM updates")
    else:
        rows = connection.execute(
            "SELECT ticket, time FROM updates WHERE ticket IN (SELECT value FROM json_each(?))",
            (json.dumps(list(tickets)),),
        )
    return {ticket: datetime.fromisoformat(time) for ticket, time in rows}


def _of_kind(field: str, kind: str) -> Iterator[tuple[str, list[object]]]:
    if kind:
        yield _among(_KINDS.get(_PLURALS.get(kind, kind), (_PLURALS.get(kind, kind),)))
    if field:
        name = field.removeprefix("fields.").removeprefix("field.")
        own = "(e.kind = 'field' AND e.field = ?)"
        if name != field:
            yield own, [name]
        elif name in _THREAD:
            yield "(e.kind LIKE 'message%' AND e.message_kind = ?)", [name]
        else:
            condition, values = _among(_KINDS.get(_PLURALS.get(name, name), (_PLURALS.get(name, name),)))
            yield f"({condition} OR {own})", [*values, name]


def _among(kinds: Iterable[str]) -> tuple[str, list[object]]:
    values: list[object] = list(kinds)
    return f"e.kind IN ({', '.join('?' * len(values))})", values


def _authors(connection: sqlite3.Connection, actors: Iterable[str]) -> list[int]:
    """Returns the numbers of the authors with one of the names or addresses."""
    wanted = {actor.strip().casefold() for actor in actors if actor.strip()}
    return [
        number
        for number, name, email in connection.execute("SELECT number, name, email FROM authors")
        if wanted & {name.casefold(), email.casefold(), f"{name} <{email}>".casefold()}
    ]


def _entries(rows: Iterable[tuple[object, ...]]) -> Iterator[Entry]:
    last_number: object = None
    commit: LoggedCommit | None = None
    for row in rows:
        if commit is None or row[10] != last_number:
            last_number, commit = row[10], _commit(row[11:])
        yield Entry(event=_event(row[:10]), commit=commit, blob=str(row[29] or ""))


def _event(row: tuple[object, ...]) -> Event:
    ticket, kind, field, before, after, place, was, at, message_kind, author = row
    message = None
    if at is not None:
        body = str(after or before) if kind in ("message", "message-removed") else ""
        message = Message(
            at=datetime.fromisoformat(str(at)), kind=str(message_kind), author=str(author), body=body
        )
    return Event(
        ticket_id=str(ticket),
        kind=str(kind),
        field=str(field),
        before=str(before),
        after=str(after),
        index=place if isinstance(place, int) else None,
        was=was if isinstance(was, int) else None,
        message=message,
    )


def _commit(row: tuple[object, ...]) -> LoggedCommit:
    text = [str(value) for value in row[:15]]
    return LoggedCommit(
        id=text[0],
        at=_moment(text[1], text[2]),
        committer_name=text[3],
        committer_email=text[4],
        authored_at=_moment(text[5], text[6]),
        author_name=text[7],
        author_email=text[8],
        subject=text[9],
        reason=text[10],
        via=text[11],
        automation=text[12],
        approved_by=text[13],
        on_behalf_of=text[14],
        merge=isinstance(row[15], int) and row[15] > 1,
        signed=bool(row[16]),
        shallow=bool(row[17]),
    )


def _moment(time: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(time)
    if zone == "+0000":
        return moment
    minutes = int(zone[1:3]) * 60 + int(zone[3:5])
    return moment.astimezone(timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes)))
