"""What a ticket says now, as the neutral format has it: from its row in the index, or from the ticket itself."""

from __future__ import annotations

from json import loads

from gitdesk.domain.ticket import timestamp
from gitdesk.exporters.values import source_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.domain.ticket import Message, Ticket

# What stands under the same name in a ticket and in the neutral format, "" for unset.
_TEXTS = (
    "description",
    "requester",
    "channel",
    "status",
    "priority",
    "type",
    "group",
    "assignee",
    "merged_into",
)


def of_row(row: tuple[Any, ...]) -> dict[str, Any]:
    """Returns the facts of a readable ticket's row, without its messages; what is unset is left out."""
    (
        ticket, _, _, _, title, requester, channel, created, source, status, snoozed, priority, type_, group, assignee,
        merged, tags, watchers, links, fields, description, _,
    ) = row  # fmt: skip
    found: dict[str, Any] = {"source": source_of(source, ticket), "id": ticket, "title": title}
    if description:
        found["description"] = description
    if requester:
        found["requester"] = requester
    if channel:
        found["channel"] = channel
    found["created"] = created
    found["status"] = status
    if priority:
        found["priority"] = priority
    if type_:
        found["type"] = type_
    if group:
        found["group"] = group
    if assignee:
        found["assignee"] = assignee
    if tags != "[]":
        found["tags"] = loads(tags)
    if watchers != "[]":
        found["watchers"] = loads(watchers)
    if links != "[]":
        found["links"] = [{"kind": one["kind"], "to": one["target"]} for one in loads(links)]
    if merged:
        found["merged_into"] = merged
    if snoozed:
        found["snoozed_until"] = snoozed
    if fields != "{}":
        found["fields"] = loads(fields)
    return found


def of_ticket(ticket: Ticket, ticket_id: str) -> dict[str, Any]:
    """Returns the same of a ticket that was read from Git."""
    texts = {name: getattr(ticket, name) for name in _TEXTS}
    found: dict[str, Any] = {"source": source_of(ticket.source, ticket_id), "id": ticket_id}
    found["title"] = ticket.title
    for name in ("description", "requester", "channel"):
        if texts[name]:
            found[name] = texts[name]
    found["created"] = timestamp(ticket.created)
    found["status"] = ticket.status
    for name in ("priority", "type", "group", "assignee"):
        if texts[name]:
            found[name] = texts[name]
    if ticket.tags:
        found["tags"] = list(ticket.tags)
    if ticket.watchers:
        found["watchers"] = list(ticket.watchers)
    if ticket.links:
        found["links"] = [{"kind": one.kind, "to": str(one.target)} for one in ticket.links]
    if ticket.merged_into:
        found["merged_into"] = ticket.merged_into
    if ticket.snoozed_until is not None:
        found["snoozed_until"] = timestamp(ticket.snoozed_until)
    if ticket.fields:
        found["fields"] = {
            name: value if isinstance(value, str) else list(value) for name, value in ticket.fields
        }
    return found


def message(said: Message) -> dict[str, Any]:
    """Returns a message as the neutral format has it."""
    found: dict[str, Any] = {
        "kind": said.kind,
        "text": said.body,
        "at": timestamp(said.at),
        "author": said.author,
    }
    if said.meta:
        found["meta"] = dict(said.meta)
    return found
