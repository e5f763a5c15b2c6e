"""The neutral exchange format as values: one ticket of any help desk with its dated events, in the words of its source.

What a key means stands in docs/exchange-format.md. Nothing here knows a desk.
"""

from __future__ import annotations

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any


class _Unknown:
    """What a value was before an event that does not say it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "?"  # the same in every process: events are told apart by it


UNKNOWN = _Unknown()

SCALARS = (
    "title", "description", "requester", "channel", "created", "status", "snoozed_until", "priority", "type", "group",
    "assignee", "merged_into",
)  # fmt: skip
LISTS = ("tags", "watchers", "links")


class Malformed(Exception):
    """Something in a neutral ticket is not what the format says; `where` is the way to it: `events[2].at`."""

    def __init__(self, where: str, reason: str, hint: str | None = None) -> None:
        super().__init__(f"{where}: {reason}" if where else reason)
        self.where, self.reason, self.hint = where, reason, hint


class Attached(Value, kw_only=False):
    """A file of a message or a ticket: where it lies beside the file read, its address, or its content in base64.

    `replaces`: it takes the place of the file of that name; `gone`: the file of that name went.
    """

    name: str
    path: str = ""
    url: str = ""
    data: str = ""
    replaces: bool = False
    gone: bool = False


class Said(Value):
    """A message of the thread; `at` None and `author` "" are those of the event."""

    kind: str = ""
    text: str = ""
    at: datetime | None = None
    author: str = ""
    meta: tuple[tuple[str, str], ...] = ()
    attachments: tuple[Attached, ...] = ()


class Told(Value):
    """How a commit is told beside what it changes: the person's reason, the channel, whom it was for, who approved."""

    reason: str = ""
    via: str = ""
    automation: str = ""
    on_behalf_of: str = ""
    approved_by: tuple[str, ...] = ()


class Delta(Value, kw_only=False):
    """What happened to one value: from and to, or of a list what came and went (`before` is UNKNOWN then)."""

    before: Any
    after: Any
    add: tuple[Any, ...] | None = None
    remove: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        # What every value says, written out: a log of many columns names its events by these.
        return (
            f"Delta(before={self.before!r}, after={self.after!r}, add={self.add!r}, remove={self.remove!r})"
        )


class Step(Value):
    """One event of the source. `gone` tells that the ticket was deleted (True) or restored (False)."""

    at: datetime
    authored_at: datetime | None = None
    by: str = ""
    id: str = ""
    changes: tuple[tuple[str, Delta], ...] = ()
    said: Said | None = None
    attachments: tuple[Attached, ...] = ()
    told: Told = Told()
    gone: bool | None = None
    number: int = 0  # its place in the file
    identity: str = ""  # what tells it from every other event of its ticket, also when the file is read again


class Record(Value):
    """One ticket of a source. `facts` are the values as they are now, only those that were given."""

    system: str
    source_id: str
    url: str = ""
    ticket_id: str = ""
    title: str
    created: datetime
    born: datetime  # when it came to be on the desk: its creation, unless events are older
    author: str = ""
    facts: Mapping[str, Any]
    fields: Mapping[str, Any]
    messages: tuple[Said, ...] = ()
    attachments: tuple[Attached, ...] = ()
    steps: tuple[Step, ...] = ()
    told: Told = Told()
    creation: Step
    updated: datetime | None = None
    disordered: int = 0
    unread: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        """Returns what the ticket is called at its source: `zendesk:4711`."""
        return f"{self.system}:{self.source_id}"
