"""The pasts of tickets as the clocks need them, put together from rows: what a ticket says now, and back from there.

No version of a ticket is read for this. Each event tells what was before it, so going back through them from the
header the index shows leads to the header the ticket began with.
"""

from __future__ import annotations

from datetime import datetime
from json import loads

from gitdesk.domain.automatic import is_automatic
from gitdesk.domain.event import parse_value_text
from gitdesk.domain.sla_history import BEGINNINGS, CUT_OFF, KINDS, PARTS, Change, Said, Story
from gitdesk.domain.ticket import TicketId

TYPE_CHECKING = False
if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.domain.ticket import FieldValue, Message, Ticket

_TIME = "CAST(strftime('%s', c.time) AS INTEGER)"
_KINDS = ", ".join(f"'{kind}'" for kind in sorted(KINDS - {"config"}))
# Tickets whose file was ever gone or unreadable, which may have been then, or had messages taken out, so that nobody
# can say when those that stand came; and those whose time of creation was put right after a place.
ONLY_IN_GIT = (
    "SELECT e.ticket FROM (SELECT ticket, kind, before, commit_number FROM events"
    " UNION ALL SELECT ticket, kind, before, commit_number FROM x_merged) e"
    " CROSS JOIN commits c ON c.number = e.commit_number WHERE e.kind IN"
    " ('deleted', 'unreadable', 'message-removed', 'message-moved')"
    " OR c.seq > ?1 AND e.kind = 'created-at' AND e.before <> ''"
)
# seq stands twice: where it counts, and where the row stands.
_PLAIN = (
    f"SELECT c.seq, e.kind, e.field, e.before, e.after, e.place, {_TIME}, c.id, c.author FROM events e"
    f" CROSS JOIN commits c ON c.number = e.commit_number WHERE e.ticket = ? AND e.kind IN ({_KINDS})"
    " ORDER BY c.seq, e.file, e.ordinal"
)
_MERGED = (
    "SELECT coalesce(m.seq, c.seq) AS counts, e.kind, e.field, e.before, e.after, e.place,"
    f" {_TIME}, c.id, c.author, c.seq AS stands, e.file, e.ordinal FROM events e"
    " CROSS JOIN commits c ON c.number = e.commit_number LEFT JOIN x_brought b ON b.number = c.number"
    " LEFT JOIN commits m ON m.number = b.merge"
    f" WHERE e.ticket = ?1 AND e.kind IN ({_KINDS}) AND iif(b.number IS NULL, c.parents < 2, b.counts)"
    f" UNION ALL SELECT c.seq, m.kind, m.field, m.before, m.after, m.place, {_TIME}, c.id, c.author, c.seq, m.file,"
    " m.ordinal FROM x_merged m CROSS JOIN commits c ON c.number = m.commit_number WHERE m.ticket = ?1"
    " ORDER BY counts, stands, file, ordinal"
)
_HEADER = (
    'SELECT t.id, t.created, t.title, t.status, t.priority, t.type, t."group", t.assignee, t.requester, t.channel,'
    " t.source, t.merged_into, t.tags, t.fields, x.thread, t.n FROM x_tickets t JOIN x_texts x USING (n)"
)
_KEYS = (
    "title", "status", "priority", "type", "group", "assignee", "requester", "channel", "source", "merged_into",
)  # fmt: skip


class Stories:
    """Tells the pasts of tickets out of one index; the history in it must be that of the commit it shows."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        merged = connection.execute(
            "SELECT 1 FROM x_brought UNION ALL SELECT 1 FROM x_merged LIMIT 1"
        ).fetchone()
        self._statement = _MERGED if merged else _PLAIN
        rows = connection.execute("SELECT number, name, email FROM authors")
        self._authors = {number: f"{name} <{email}>" if email else name for number, name, email in rows}

    def told(
        self, where: str, parameters: Sequence[Any], until: int | None = None
    ) -> Iterator[tuple[int, str, Story | None]]:
        """Yields row number, id and story of the readable tickets a condition on `t` selects, by id.

        `until` is the place in history after which nothing counts: tickets that came later have no story, nor those
        history does not know.
        """
        statement = f"{_HEADER} WHERE +t.readable = 1 AND {where} ORDER BY t.id"
        for row in self._connection.execute(statement, parameters):
            yield (
                row[15],
                row[0],
                self._story(row[0], row[1], _header(row[2:14]), _thread(row[14]), until),
            )

    def among(
        self, ids: Sequence[str] | None, until: int | None = None
    ) -> Iterator[tuple[int, str, Story | None]]:
        """Yields the same for tickets by their ids, None for all of them."""
        from gitdesk.index.sla_rows import among

        return self.told(*among(ids), until)

    def of_ticket(self, ticket: Ticket, until: int | None = None) -> Story | None:
        """Returns the story of a ticket as the version of it says that stood at `until`, None for the one of now.

        None when it came only after that place.
        """
        values = {key: getattr(ticket, key) for key in _KEYS}
        header = {**values, "tags": tuple(ticket.tags), "fields": dict(ticket.fields)}
        said = [_said(message) for message in ticket.messages]
        return self._story(ticket.id, ticket.created.isoformat(), header, said, until, then=True)

    def is_only_in_git(self, ticket: str, until: int) -> bool:
        """Tells whether only Git tells rightly what a ticket was at a place in history."""
        asked = f"SELECT 1 FROM ({ONLY_IN_GIT}) WHERE ticket = ?2 LIMIT 1"
        return self._connection.execute(asked, (until, ticket)).fetchone() is not None

    def _story(
        self,
        ticket: str,
        created: str,
        header: dict[str, Any],
        thread: list[_Heard],
        until: int | None,
        *,
        then: bool = False,
    ) -> Story | None:
        rows = self._connection.execute(self._statement, (ticket,)).fetchall()
        if then and until is not None:  # what came later leads to another version
            rows = [row for row in rows if row[0] <= until]
        beginning = next((row for row in rows if row[1] in BEGINNINGS), None)
        if beginning is None or (until is not None and beginning[0] > until):
            return None
        positions, told = self._positions(rows, len(thread))
        first, changes = self._back(rows, header, until)
        remarks = []
        if beginning[1] == "boundary":
            remarks.append(CUT_OFF)
        messages = [
            Said(at=at, kind=kind, author=author, automatic=automatic, position=position, commit=commit)
            for (at, kind, author, automatic), (position, commit) in zip(thread, positions, strict=True)
            if until is None or position <= until
        ]
        return Story(
            ticket=TicketId(ticket),
            title=first["title"],
            created=_seconds(created),
            came=beginning[6],
            position=beginning[0],
            first=first,
            changes=changes,
            messages=messages,
            commit=beginning[7],
            by=self._authors.get(beginning[8], ""),
            remarks=remarks
            if told
            else [*remarks, "messages were taken out or moved; it counts those that stand"],
        )

    @staticmethod
    def _positions(rows: Sequence[Any], count: int) -> tuple[list[tuple[int, str]], bool]:
        """Returns where in history and in which commit each message was added, -1 where nobody can say it."""
        unknown = [(-1, "")] * count
        positions, sure = list(unknown), True
        for row in rows:
            kind, place = row[1], row[5]
            if kind == "message" and place is not None and place < count:
                positions[place] = (row[0], row[7])
            elif kind in ("message-removed", "message-moved"):
                sure = False
        return (positions if sure else unknown), sure

    def _back(
        self, rows: Sequence[Any], header: dict[str, Any], until: int | None
    ) -> tuple[dict[str, Any], list[Change]]:
        """Returns the header at the beginning and the changes since, one a commit, those that count."""
        tags, fields = set(header["tags"]), header["fields"]
        changes: list[Change] = []
        values: dict[str, Any] = {}
        last: Any = None
        for row in reversed(rows):
            kind, before, after = row[1], row[3], row[4]
            part = PARTS.get(kind)
            if part is None:
                continue
            if last is not None and last[7] != row[7]:
                self._close(changes, last, values, until)
                values = {}
            last = row
            if part == "tags":
                values.setdefault(part, tuple(sorted(tags)))
                if after and not before:
                    tags.discard(after)
                elif before and not after:
                    tags.add(before)
            elif part == "fields":
                values.setdefault(part, tuple(fields.items()))
                fields = _field_before(fields, row[2], before)
            else:
                values.setdefault(part, after)
                header[part] = before
        if last is not None:
            self._close(changes, last, values, until)
        changes.reverse()
        header["tags"], header["fields"] = tuple(sorted(tags)), tuple(fields.items())
        return header, changes

    def _close(self, changes: list[Change], row: Any, values: Mapping[str, Any], until: int | None) -> None:
        if until is None or row[0] <= until:
            changes.append(
                Change(
                    at=row[6], position=row[0], values=values, commit=row[7], by=self._authors.get(row[8], "")
                )
            )


_Heard = tuple[int, str, str, bool]  # at, kind, author, whether automatic


def _header(row: Sequence[Any]) -> dict[str, Any]:
    header: dict[str, Any] = dict(zip(_KEYS, row, strict=False))
    tags, fields = row[10], row[11]
    header["tags"] = tuple(loads(tags)) if tags != "[]" else ()
    header["fields"] = fields_of(loads(fields)) if fields != "{}" else {}
    return header


def fields_of(plain: Mapping[str, Any]) -> dict[str, FieldValue]:
    return {name: value if isinstance(value, str) else tuple(value) for name, value in plain.items()}


def _field_before(fields: Mapping[str, FieldValue], name: str, text: str) -> dict[str, FieldValue]:
    before = dict(fields)
    value = parse_value_text(text)
    if value is None:
        before.pop(name, None)
    else:
        before[name] = value
    return before


def _thread(text: str) -> list[_Heard]:
    if text == "[]":
        return []
    return [
        (_seconds(at), kind, author, bool(meta) and is_automatic(meta.items()))
        for at, kind, author, _, meta in loads(text)
    ]


def _said(message: Message) -> _Heard:
    return int(message.at.timestamp()), message.kind, message.author, is_automatic(message.meta)


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
