"""The keys of the query language: what each is called, what it holds and which values a desk knows for it."""

from __future__ import annotations

from functools import cached_property

from gitdesk.domain.format import id_of
from gitdesk.domain.workflow import CATEGORIES
from gitdesk.value import Value, fresh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from gitdesk.domain.ticket import Ticket

    # The state of a ticket's clocks after its last step, and when the next of them is due; "" when that is not known.
    Clock = tuple[str, datetime | None]

ONE, MANY, TIME, WORDS, ID, LINK, FLAG, CLOCK = "one", "many", "time", "words", "id", "link", "flag", "clock"
KINDS = {
    "status": ONE, "category": ONE, "priority": ONE, "type": ONE, "group": ONE, "assignee": ONE, "requester": ONE,
    "channel": ONE, "source": ONE, "path": ONE, "organisation": ONE, "tier": ONE, "region": ONE,
    "language": ONE, "tag": MANY, "watcher": MANY, "id": ID, "merged": ID, "link": LINK,
    "created": TIME, "updated": TIME, "snoozed": TIME, "title": WORDS, "body": WORDS, "text": WORDS,
    "has": FLAG, "no": FLAG, "is": FLAG, "sla": CLOCK, "due": CLOCK,
}  # fmt: skip
ALIASES = {
    "tags": "tag", "watchers": "watcher", "links": "link", "merged_into": "merged", "snoozed_until": "snoozed",
    "attachments": "attachment", "messages": "message", "organization": "organisation", "customer": "organisation",
}  # fmt: skip
HAS = (
    "assignee", "attachment", "channel", "description", "field", "group", "language", "link", "merged", "message",
    "note", "organisation", "priority", "problem", "region", "reply", "requester", "snoozed", "source", "tag", "tier",
    "type", "watcher",
)  # fmt: skip
IS = (*CATEGORIES, "done", "mine", "unassigned", "merged", "unreadable")
ORDERED = ("priority", "created", "updated", "snoozed", "due")
SORTS = (
    "id", "title", "status", "category", "priority", "type", "group", "assignee", "requester", "channel", "created",
    "updated", "snoozed", "source", "messages", "due",
)  # fmt: skip
FIELD = "field."
# What `sla:` asks for, and the states of a ticket that are meant.
STANDINGS = {
    "breached": ("breached", "breached_running"), "overdue": ("breached_running",), "running": ("running",),
    "paused": ("paused",), "met": ("met",), "void": ("void",), "none": ("n/a",),
}  # fmt: skip
CUSTOMER_KEYS = ("organisation", "tier", "region", "language")  # of whoever the requester writes for


class Vocabulary(Value):
    """What a desk has words for. An empty list means "not known": nothing is checked against it.

    `statuses` maps to categories, `people` maps ids to addresses, `fields` maps to types and `choices` to the
    values of those fields that have a list; priorities go low to high; `customers` is as gitdesk.yaml has it.
    """

    statuses: Mapping[str, str] = fresh(default_factory=dict)
    priorities: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    people: Mapping[str, tuple[str, ...]] = fresh(default_factory=dict)
    tags: tuple[str, ...] = ()
    tags_open: bool = True  # tags outside the list are allowed
    fields: Mapping[str, str] = fresh(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = fresh(default_factory=dict)
    customers: Mapping[str, Any] = fresh(default_factory=dict)

    def known(self, key: str) -> tuple[str, ...]:
        """Returns the values a key may have, empty when anything goes."""
        if key == "status":
            return tuple(self.statuses)
        if key == "category":
            return CATEGORIES
        if key.startswith(FIELD):
            return self.choices.get(key[len(FIELD) :], ())
        if key in CUSTOMER_KEYS:
            from gitdesk.domain.query_customers import known

            return known(key, self)
        if key == "tag":
            return () if self.tags_open else self.tags
        lists = {
            "priority": self.priorities,
            "type": self.types,
            "group": self.groups,
            "assignee": tuple(self.people),
        }
        return lists.get(key, ())


class Scope(Value):
    """Where and for whom a query is asked: "now", "me" and the clock's zone mean something only here.

    `me` is an agent's id, "" when unknown. `clocks` tells whether service-level clocks are known, which answer
    `sla:breached` and `due<4h`.
    """

    now: datetime
    vocabulary: Vocabulary
    me: str = ""
    my_groups: tuple[str, ...] = ()
    time_zone: str = "UTC"
    clocks: bool = False


class Facts(Value, slots=False):
    """All a query can ask of one ticket. `ticket` is None when the file cannot be read; `problem` then says why."""

    ticket: Ticket | None
    path: str
    updated_at: datetime | None = None
    attachments: tuple[str, ...] = ()
    problem: str = ""
    clock: Clock = ("", None)

    @property
    def id(self) -> str:
        """Returns the id the path stands for, else what the file or its name says."""
        return id_at(self.path, self.ticket)

    @cached_property
    def texts(self) -> tuple[str, str, str, str]:
        """Returns the folded words of title, requester and tags, description, and messages."""
        from gitdesk.domain.query_words import texts_of

        return texts_of(self.ticket) if self.ticket else ("", "", "", "")


def id_at(path: str, ticket: Ticket | None) -> str:
    """Returns the id of the ticket at a path: the file's name; what is inside only when the path is no ticket's."""
    known = id_of(path) or (ticket.id if ticket else None)
    return known or path.rpartition("/")[2].removesuffix(".md")
