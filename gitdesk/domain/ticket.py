"""A ticket: what a ticket file says, as a value."""

from __future__ import annotations

from datetime import UTC

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import NewType

    TicketId = NewType("TicketId", str)
else:
    TicketId = str  # as NewType does it, without typing

FieldValue = str | tuple[str, ...]

REPLY, CUSTOMER, NOTE = "reply", "customer", "note"
MESSAGE_KINDS = (REPLY, CUSTOMER, NOTE)

# Every top-level key of a ticket's header, in the order a fresh ticket is written.
HEADER_KEYS = (
    "id", "title", "requester", "channel", "created", "source",
    "status", "snoozed_until", "priority", "type", "group", "assignee", "merged_into",
    "tags", "watchers", "links", "fields",
)  # fmt: skip
REQUIRED_KEYS = ("id", "title", "created", "status")


class Link(Value):
    """A relation to another ticket: `duplicates GD-4F7K2M9T`."""

    kind: str
    target: TicketId

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"


class Message(Value):
    """One entry of the thread. `author` is `Name <address>`; `body` has LF and no newline at either end."""

    at: datetime
    kind: str
    author: str
    body: str
    meta: tuple[tuple[str, str], ...] = ()

    @property
    def attachments(self) -> tuple[str, ...]:
        """Returns the names of the files sent with this message."""
        listed = dict(self.meta).get("attachments", "")
        return tuple(name.strip() for name in listed.split(",") if name.strip())


class Ticket(Value):
    """Facts only; an unset text is "", times are aware UTC to the second."""

    id: TicketId
    title: str
    created: datetime
    status: str
    requester: str = ""
    channel: str = ""
    source: str = ""
    snoozed_until: datetime | None = None
    priority: str = ""
    type: str = ""
    group: str = ""
    assignee: str = ""
    merged_into: str = ""
    tags: tuple[str, ...] = ()
    watchers: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    fields: tuple[tuple[str, FieldValue], ...] = ()
    description: str = ""
    messages: tuple[Message, ...] = ()


def timestamp(moment: datetime) -> str:
    """Returns an aware time as RFC 3339 in UTC with `Z`, to the second."""
    return moment.astimezone(UTC).isoformat()[:19] + "Z"  # strftime writes the year 7 as 7
