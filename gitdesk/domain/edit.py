"""Edits: the verbs of a help desk as values; applying one to a ticket gives the next ticket."""

from __future__ import annotations

from gitdesk.domain.ticket import Link
from gitdesk.errors import Conflict, Refused
from gitdesk.value import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Protocol, TypeVar

    from gitdesk.domain.ticket import FieldValue, Message, Ticket, TicketId

    _Item = TypeVar("_Item")

    class Edit(Protocol):
        """One verb. `apply` returns the ticket after it; the same ticket when there is nothing to do."""

        def apply(self, ticket: Ticket) -> Ticket: ...


# The link a merge leaves on the ticket that took the other one in.
MERGED_LINK = "merges"

# A link reads the same from both ends, or has another name there. The other end is derived, never stored.
LINK_KINDS = {
    "blocks": "blocked by",
    "relates": "relates",
    "duplicates": "duplicated by",
    "parent": "child",
    "causes": "caused by",
    "follows": "followed by",
    MERGED_LINK: "merged into",
}


class Assign(Value):
    """Gives the ticket to an agent ("" = nobody), a group, or both; None leaves as it is."""

    assignee: str | None = None
    group: str | None = None

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(
            ticket,
            assignee=ticket.assignee if self.assignee is None else self.assignee,
            group=ticket.group if self.group is None else self.group,
        )


class Take(Value):
    """Gives a free ticket to an agent; raises Conflict when another one has it by now."""

    assignee: str

    def apply(self, ticket: Ticket) -> Ticket:
        if ticket.assignee and ticket.assignee != self.assignee:
            raise Conflict(f"{ticket.id} was taken by {ticket.assignee} first")
        return replace(ticket, assignee=self.assignee)


class Tag(Value):
    """Adds and removes tags; the order that is there stays, new ones are sorted in when it is sorted."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def apply(self, ticket: Ticket) -> Ticket:
        return replace(ticket, tags=_with(ticket.tags, add=self.add, remove=self.remove))


class Set(Value):
    """Sets header values by key (never `id`, `created`, `status`) and own fields by name; "" or () unsets."""

    values: tuple[tuple[str, FieldValue], ...] = ()
    fields: tuple[tuple[str, FieldValue], ...] = ()

    def apply(self, ticket: Ticket) -> Ticket:
        own = dict(ticket.fields)
        for name, value in self.fields:
            if value:
                own[name] = value
            else:
                own.pop(name, None)
        changed: dict[str, object] = dict(self.values)
        return replace(ticket, fields=tuple(own.items()), **changed)  # type: ignore[arg-type]


class Move(Value):
    """Puts the ticket into a status. Leaving a snooze forgets its date; a new date replaces it."""

    status: str
    snoozed_until: datetime | None = None

    def apply(self, ticket: Ticket) -> Ticket:
        if ticket.status == self.status and self.snoozed_until is None:
            return ticket
        if ticket.merged_into:
            raise Refused(
                f"{ticket.id} is merged into {ticket.merged_into}",
                hint=f"gitdesk unmerge {ticket.id} takes it back",
            )
        return replace(ticket, status=self.status, snoozed_until=self.snoozed_until)


class Say(Value):
    """Appends a message to the thread; never before the last one, so that the thread stays in order."""

    message: Message

    def apply(self, ticket: Ticket) -> Ticket:
        last = ticket.messages[-1].at if ticket.messages else ticket.created
        message = self.message if self.message.at >= last else replace(self.message, at=last)
        return replace(ticket, messages=(*ticket.messages, message))


class Relate(Value):
    """Adds or removes a link to another ticket."""

    kind: str
    target: TicketId
    remove: bool = False

    def apply(self, ticket: Ticket) -> Ticket:
        if self.target == ticket.id:
            raise Refused(f"{ticket.id} cannot be linked to itself")
        link = (Link(kind=self.kind, target=self.target),)
        links = _with(ticket.links, add=() if self.remove else link, remove=link if self.remove else ())
        return replace(ticket, links=links)


class MergeInto(Value):
    """Closes the ticket as merged into another one."""

    target: TicketId
    status: str

    def apply(self, ticket: Ticket) -> Ticket:
        if self.target == ticket.id:
            raise Refused(f"{ticket.id} cannot be merged into itself")
        if ticket.merged_into and ticket.merged_into != self.target:
            raise Refused(
                f"{ticket.id} is merged into {ticket.merged_into} already",
                hint=f"gitdesk unmerge {ticket.id} takes it back first",
            )
        return replace(ticket, merged_into=self.target, status=self.status, snoozed_until=None)


class Unmerge(Value):
    """Takes a merge back: the ticket stands for itself again, in the status it had before."""

    status: str

    def apply(self, ticket: Ticket) -> Ticket:
        if not ticket.merged_into:
            raise Refused(f"{ticket.id} is not merged into another ticket")
        return replace(ticket, merged_into="", status=self.status)


class Several(Value):
    """Edits done one after the other as one change."""

    edits: tuple[Edit, ...]

    def apply(self, ticket: Ticket) -> Ticket:
        for edit in self.edits:
            ticket = edit.apply(ticket)
        return ticket


def _with(
    items: tuple[_Item, ...], *, add: tuple[_Item, ...], remove: tuple[_Item, ...]
) -> tuple[_Item, ...]:
    """Returns the items without the removed and with the added ones, sorted if they were sorted before."""
    kept = [item for item in items if item not in remove]
    fresh = [item for item in dict.fromkeys(add) if item not in kept]
    if not fresh:
        return tuple(kept)
    if kept == sorted(kept, key=str):
        return tuple(sorted([*kept, *fresh], key=str))
    return (*kept, *fresh)
