"""The audit trail: who changed what, from what to what, when, why and via what, from history alone."""

from __future__ import annotations

from itertools import islice

from gitdesk.errors import GitdeskError, UsageError
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.config import Config
    from gitdesk.domain.ticket import TicketId
    from gitdesk.index.history_query import Entry
    from gitdesk.index.index import Index
    from gitdesk.store.signature import SignatureStatus


class Trail(Value):
    """Entries in order, and what is known of the signatures of their commits, by commit id."""

    entries: tuple[Entry, ...] | Iterator[Entry]
    signatures: dict[str, SignatureStatus]


def trail(
    desk: Desk,
    ids: Sequence[TicketId] | None = None,
    *,
    since: str = "",
    until: str = "",
    actor: str = "",
    field: str = "",
    kind: str = "",
    limit: int | None = None,
    oldest_first: bool = False,
    verify: bool = False,
) -> Trail:
    """Returns what happened to tickets (None: to the whole desk); times and actors as people write them.

    `limit` counts commits, the newest ones whatever the order. `verify` asks Git about the signatures of those that
    carry one; otherwise only their presence is known.
    """
    from gitdesk.desk.moments import beginning

    index = with_history(desk)
    found = index.trail(
        tickets=ids,
        since=beginning(desk, since) if since else None,
        until=beginning(desk, until) if until else None,
        actors=_actors(desk, actor),
        field=_field(desk, field),
        kind=kind,
        newest_first=limit is not None or not oldest_first,
    )
    if limit is not None:
        found = _limited(found, limit, oldest_first)
    if not verify:
        return Trail(entries=found, signatures={})
    entries = tuple(found)
    from gitdesk.desk.signers import statuses

    signed = list(dict.fromkeys(entry.commit.id for entry in entries if entry.commit.signed))
    return Trail(entries=entries, signatures=statuses(desk.repo, _config(desk), signed))


def _config(desk: Desk) -> Config | None:
    """Returns whose keys are whose; None where gitdesk.yaml cannot be used, as the trail is told all the same."""
    try:
        return desk.config
    except GitdeskError:
        return None


def _limited(found: Iterator[Entry], limit: int, oldest_first: bool) -> Iterator[Entry]:
    """Returns the entries of the newest commits, whole."""
    commits: list[list[Entry]] = []
    for entry in found:
        if commits and commits[-1][0].commit.id == entry.commit.id:
            commits[-1].append(entry)
        elif len(commits) == limit:
            break
        else:
            commits.append([entry])
    return (entry for commit in (reversed(commits) if oldest_first else commits) for entry in commit)


def _field(desk: Desk, text: str) -> str:
    """Returns what --field narrows the trail to; raises UsageError with the near miss for nothing that ever changes."""
    from gitdesk.domain import near
    from gitdesk.domain.change import KINDS
    from gitdesk.domain.ticket import HEADER_KEYS, MESSAGE_KINDS

    name = text.removeprefix("fields.").removeprefix("field.")
    known = [*KINDS, *HEADER_KEYS, *MESSAGE_KINDS, *(spec.name for spec in desk.config.field_specs)]
    if (
        text
        and name == text
        and name not in known
        and f"{name}s" not in known
        and name.removesuffix("s") not in known
    ):
        raise UsageError(f'unknown field "{text}"', hint=near.hint(text, known))
    return text


def with_history(desk: Desk) -> Index:
    """Returns the index with its history, and when each ticket last changed, up to the tip; built when first asked."""
    from gitdesk.store import codec
    from gitdesk.store.history import History

    index = desk.index
    with desk.watch("reading history") as progress:
        index.refresh_history(desk.tip, History(desk.repo, codec.parse), progress)
    return index


def _actors(desk: Desk, text: str) -> tuple[str, ...]:
    """Returns every name and address of the person meant; a stranger goes by the text itself."""
    if not text:
        return ()
    person = desk.me if text.casefold() == "me" else desk.config.find_person(text)
    return (text,) if person is None else (*person.addresses, text)


# What a fresh ticket may have from the start beside its title, which its creation tells by itself.
_FIRST = (
    "status", "priority", "type", "group", "assignee", "requester", "channel", "source", "tags", "watchers", "fields",
)  # fmt: skip
_AHEAD = 500  # entries whose beginnings are read at once


def with_beginnings(desk: Desk, entries: Iterable[Entry]) -> Iterator[tuple[Entry, dict[str, Any] | None]]:
    """Yields each entry, and with the creation of a ticket what the ticket was created with, only what was set."""
    waiting = iter(entries)
    while some := list(islice(waiting, _AHEAD)):
        wanted = list(dict.fromkeys(one.blob for one in some if one.blob and one.event.kind == "created"))
        first = {oid: _first_values(data, oid) for oid, data in desk.repo.blobs(wanted)}
        for one in some:
            yield one, first.get(one.blob) if one.event.kind == "created" else None


def _first_values(data: bytes, oid: str) -> dict[str, Any] | None:
    from gitdesk.store import codec

    ticket = codec.parse(data, oid).ticket
    if ticket is None:
        return None
    values = {name: getattr(ticket, name) for name in _FIRST}
    values["fields"] = dict(ticket.fields)
    return {name: value for name, value in values.items() if value}
