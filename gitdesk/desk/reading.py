"""The way out: lists, single tickets and search hits as plain values, of the tip or of any commit before."""

from __future__ import annotations

from gitdesk.desk.configuration import promises
from gitdesk.domain import format as grammar
from gitdesk.domain.query import Query
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import NotFound, UsageError
from gitdesk.store import codec, misplaced, read
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.customers import Organisation
    from gitdesk.domain.document import Document
    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.domain.ticket import Ticket
    from gitdesk.index.index import Index

# What shows by itself which of the done tickets are meant, so that a list need not leave them out.
_ABOUT_STATUS = {"status", "category", "is", "id", "merged", "source"}


_OF_CLOCKS = frozenset(("sla", "due", "sla_metric"))

# What a short list says there is in all is counted so far: the rest would cost more than the list.
COUNTED = 1_000
_MOST = 1 << 40  # no desk has more tickets: a greater limit is none


class Found(Value):
    """Rows under their columns; `total` counts all there are, up to COUNTED + 1, and is None when nothing was cut."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]
    total: int | None
    index: Index


class View(Value):
    """One ticket: its document, the commit it is of, and what derives from the rest of the desk."""

    document: Document
    commit: str
    category: str
    updated: str
    links: tuple[tuple[str, TicketId, str, str], ...]  # kind as read from here, id, title, status
    attachments: tuple[tuple[str, str, int], ...]  # name, path, size in bytes
    organisation: Organisation | None = None  # the requester's
    clocks: tuple[Cycle, ...] = ()


def find(
    desk: Desk, text: str, *, columns: Sequence[str], limit: int | None, everything: bool, at: str | None
) -> Found:
    """Returns the tickets a query selects; see Desk.find."""
    scope = desk.scope(text)
    query = Query.parse(text, scope.vocabulary)
    limit = None if limit is None or limit > _MOST else limit
    if not everything and not query.keys & _ABOUT_STATUS:
        query = query & Query.parse("-is:done", scope.vocabulary)
    columns = tuple(_column(desk, column) for column in columns)
    if not columns:
        raise UsageError("no columns named", hint="--columns id,title,status")
    index = _index_for(desk, query, columns, at)
    if at is not None and promises(desk.config) and (query.keys | set(columns)) & _OF_CLOCKS:
        scope = replace(scope, now=_then(desk, index, at))  # what was late then, not what is now
    asked = tuple("fields" if column.startswith("fields.") else column for column in columns)
    rows = index.search(query, scope, columns=asked, limit=None if limit is None else limit + 1)
    total = None
    if limit is not None:
        taken = list(rows)
        if len(taken) > limit:
            total = index.count(query, scope, COUNTED + 1)
        rows = iter(taken[:limit])
    if asked != tuple(columns):
        rows = _with_fields(rows, columns)
    return Found(columns=tuple(columns), rows=rows, total=total, index=index)


def _then(desk: Desk, index: Index, at: str) -> datetime:
    """Returns the moment that --at names: the time, or that of the commit."""
    from gitdesk.desk.moments import as_of
    from gitdesk.desk.places import local_zone
    from gitdesk.domain.sla_standing import moment

    commit, time = as_of(desk, at, local_zone(desk.environ))
    place = index.clock_rows().place(commit)
    return time or (moment(place[1]) if place is not None else None) or desk.now


def _index_for(desk: Desk, query: Query, columns: Sequence[str], at: str | None) -> Index:
    """Returns the index with all that a query and its columns ask for; the order of a list is by what is due."""
    clocks = not query.sort or bool(query.keys & _OF_CLOCKS) or not _OF_CLOCKS.isdisjoint(columns)
    history = query.needs_history or "updated" in columns
    if at is not None:
        return _index_at(desk, at, history, clocks)
    if clocks:
        from gitdesk.desk.clock_index import with_clocks

        index = with_clocks(desk)
    if history:
        from gitdesk.desk.audit import with_history

        return with_history(desk)
    return index if clocks else desk.index


def _column(desk: Desk, name: str) -> str:
    """Returns a column's public name; an own field is fields.NAME. Raises UsageError for a field nobody declared."""
    if not name.startswith(("field.", "fields.")):
        return name
    from gitdesk.desk.words import field_spec

    return f"fields.{field_spec(desk.config, name.partition('.')[2]).name}"


def _index_at(desk: Desk, at: str, history: bool, clocks: bool) -> Index:
    from gitdesk.desk.configuration import for_index
    from gitdesk.desk.moments import commit_at

    commit = commit_at(desk, at)
    words = desk.words_before(commit)
    index = desk.index.copy_at(commit, desk.source, read_config=for_index, stand_in=words)
    clocks = clocks and promises(desk.config)
    if history or clocks:
        from gitdesk.store.history import History

        source = History(desk.repo, codec.parse)
        with desk.watch("reading history") as progress:
            index.refresh_history(commit, source, progress)
        if clocks:
            from gitdesk.desk.clock_index import refresh

            refresh(desk, index, commit)
    return index


def _with_fields(rows: Iterator[tuple[Any, ...]], columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    names = [column.removeprefix("fields.") if column.startswith("fields.") else None for column in columns]
    for row in rows:
        yield tuple(
            value if name is None else (value or {}).get(name) for name, value in zip(names, row, strict=True)
        )


def document(desk: Desk, ticket_id: TicketId, at: str | None = None) -> tuple[Document, str, str]:
    """Returns a ticket's document, its blob id and the commit it is of; raises NotFound."""
    from gitdesk.desk.moments import commit_at

    commit = desk.tip if at is None else commit_at(desk, at)
    path = grammar.path_of(ticket_id)
    entry = read.find_entry(desk.repo, commit, path)
    if entry is None:
        when = f' at "{at}"' if at is not None else ""
        raise NotFound(f"no ticket {ticket_id} on this desk{when}")
    if misplaced.find(path, entry.mode) is not None:
        return misplaced.document(path, entry.mode), entry.oid, commit
    return codec.parse(desk.repo.blob(entry.oid), path), entry.oid, commit


def together(desk: Desk, base: str, current: bytes, draft: bytes) -> bytes:
    """Returns a draft on top of what the file is now, with markers where both changed the same lines.

    `base` is the blob id the draft was started from; without that version the draft is returned as it is.
    """
    from gitdesk.store.texts import merged

    return merged(desk.repo, base, current, draft)


def ticket(desk: Desk, ticket_id: TicketId) -> Ticket:
    """Returns a ticket at the tip; raises NotFound, or Unreadable with the place."""
    from gitdesk.desk.writing import readable

    return readable(document(desk, ticket_id)[0])


def view(desk: Desk, ticket_id: TicketId, at: str | None) -> View:
    """Returns one ticket whole; see Desk.show."""
    found, _, commit = document(desk, ticket_id, at)
    folder = grammar.attachment_dir(ticket_id)
    listed = read.list_folder(desk.repo, commit, folder)
    attachments = tuple((name, folder + name, len(desk.repo.blob(entry.oid))) for name, entry in listed)
    one = found.ticket
    return View(
        document=found,
        commit=commit,
        category=(desk.config.workflow.category(one.status) or "") if one else "",
        updated="",
        links=_links(desk, ticket_id, one) if one and at is None else _plain_links(one),
        attachments=attachments,
        organisation=_organisation(desk, one) if one and one.requester else None,
        clocks=_clocks(desk, ticket_id, at, commit) if one and promises(desk.config) else (),
    )


def _clocks(desk: Desk, ticket_id: TicketId, at: str | None, commit: str) -> tuple[Cycle, ...]:
    """Returns where the clocks of a ticket stand; beside the desk's own line of history nobody keeps any."""
    if at is None:
        from gitdesk.desk.kept_clocks import of_ticket

        return of_ticket(desk, ticket_id)
    from gitdesk.desk import clocks

    try:
        return clocks.told(desk, ticket_id, commit).cycles
    except UsageError:
        return ()


def _organisation(desk: Desk, one: Ticket) -> Organisation | None:
    """Returns the customer a ticket came from; a desk that names none loads nothing for it."""
    if not desk.config.customers:
        return None
    from gitdesk.domain.customers import organisation_of

    return organisation_of(one.requester, desk.config)


def _plain_links(one: Ticket | None) -> tuple[tuple[str, TicketId, str, str], ...]:
    return tuple((link.kind, link.target, "", "") for link in one.links) if one else ()


def _links(desk: Desk, ticket_id: TicketId, one: Ticket) -> tuple[tuple[str, TicketId, str, str], ...]:
    """Returns the links of a ticket from both ends, with title and status of the other."""
    from gitdesk.domain.edit import LINK_KINDS

    ends = [(link.kind, str(link.target)) for link in one.links]
    scope = desk.scope()
    pointing = desk.index.search(
        Query.parse(f"link:*:{ticket_id}", scope.vocabulary), scope, columns=("id", "links")
    )
    for other, links in pointing:
        for link in links:
            end = (LINK_KINDS.get(link["kind"], f"{link['kind']} (from there)"), other)
            if link["target"] == ticket_id and end not in ends:
                ends.append(end)
    if not ends:
        return ()
    rows = desk.index.named(list(dict.fromkeys(other for _, other in ends)), ("title", "status"))
    known = {other: (title or "", status or "") for other, (title, status) in rows.items()}
    return tuple((kind, TicketId(other), *known.get(other, ("", ""))) for kind, other in ends)


def search(desk: Desk, text: str, query: str, limit: int | None) -> Iterator[dict[str, Any]]:
    """Yields hits with their passages; see Desk.search."""
    from gitdesk.domain.folding import passage
    from gitdesk.domain.query_words import parse_search

    scope = desk.scope(query)
    wanted = Query.parse(query, scope.vocabulary) if query else None
    needles = parse_search(text).needles
    hits = desk.index.text(text, scope, wanted, -1 if limit is None or limit > _MOST else limit)
    if not hits:
        return
    status = desk.index.named([hit.id for hit in hits], ("status", "category"))
    for hit in hits:
        shown, found = passage(hit.text, needles, 100) if hit.field != "title" else ("", ())
        yield {
            "id": hit.id,
            "title": hit.title,
            "status": status.get(hit.id, ("", ""))[0],
            "category": status.get(hit.id, ("", ""))[1],
            "rank": hit.rank[1],
            "whole_words": hit.rank[0] == 1,
            "field": hit.field,
            "message": hit.message,
            "passage": shown,
            "found": [list(span) for span in found],
        }
