"""The workflow: the statuses of a ticket, what they mean to the engine, and who may move it between them."""

from __future__ import annotations

from gitdesk.value import Value

NEW, OPEN, WAITING, EXTERNAL, SNOOZED = "new", "open", "waiting", "external", "snoozed"
RESOLVED, CLOSED, CANCELLED = "resolved", "closed", "cancelled"
CATEGORIES = (NEW, OPEN, WAITING, EXTERNAL, SNOOZED, RESOLVED, CLOSED, CANCELLED)
DONE = frozenset((RESOLVED, CLOSED, CANCELLED))
PAUSING = (WAITING, SNOOZED)  # in which clocks stand unless a policy says otherwise
FINAL = frozenset((CLOSED, CANCELLED))  # a ticket may stay there for good

ANY = "*"  # every status, in a transition's `from` and `to`
FIELD_PREFIX = "field."
PROPOSALS = "propose/"  # branches that hold a change, what was said of it, and wait for an approval


class Status(Value, kw_only=False):
    """A status and its category, which is all the engine knows about it."""

    name: str
    category: str
    description: str = ""


class Approvals(Value, kw_only=False):
    """How many others must agree: `roles` they need (any when empty), `exclude` such as `author`."""

    count: int = 1
    roles: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class Transition(Value, kw_only=False):
    """Moves from any of `from_` to any of `to`, open to `roles` (everybody when empty)."""

    from_: tuple[str, ...]
    to: tuple[str, ...]
    roles: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    approvals: Approvals | None = None

    def covers(self, from_: str, to: str) -> bool:
        """Tells whether this row is about the move."""
        return (from_ in self.from_ or ANY in self.from_) and self.leads_to(to)

    def leads_to(self, to: str) -> bool:
        """Tells whether this row leads to a status, from wherever."""
        return to in self.to or ANY in self.to


class Workflow(Value, kw_only=False):
    """Statuses in the order people wrote them; without transitions every move is allowed."""

    statuses: tuple[Status, ...]
    transitions: tuple[Transition, ...] = ()
    initial: str = ""  # the status of a fresh ticket; "" means the first of category new
    merged: str = ""  # the status of a merged ticket; "" means the last of category cancelled

    @property
    def names(self) -> tuple[str, ...]:
        """Returns the statuses' names in order."""
        return tuple(status.name for status in self.statuses)

    def find(self, name: str) -> Status | None:
        """Returns the status of that name, exactly as written, or None."""
        return next((status for status in self.statuses if status.name == name), None)

    def category(self, status: str) -> str | None:
        """Returns the category of a status, None when the desk does not know it."""
        found = self.find(status)
        return found.category if found else None

    def rows(self, from_: str, to: str) -> tuple[Transition, ...]:
        """Returns the transitions about a move; it is allowed when one of them can be met."""
        return tuple(row for row in self.transitions if row.covers(from_, to))

    def can(self, from_: str, to: str) -> bool:
        """Tells whether the move exists, whoever makes it; staying where one is always does."""
        if self.category(to) is None:
            return False
        return from_ == to or not self.transitions or bool(self.rows(from_, to))

    def targets(self, from_: str) -> tuple[str, ...]:
        """Returns the statuses a ticket can move to from here, in the desk's order."""
        return tuple(name for name in self.names if name != from_ and self.can(from_, name))

    def first(self, category: str) -> Status | None:
        """Returns the first status of a category or None; the merged one only for want of another."""
        found = [status for status in self.statuses if status.category == category]
        return next(
            (status for status in found if status.name != self.merged_status), found[0] if found else None
        )

    @property
    def initial_status(self) -> str:
        """Returns the status of a fresh ticket, "" when the desk has none of category new."""
        return self.initial or next((each.name for each in self.statuses if each.category == NEW), "")

    @property
    def merged_status(self) -> str:
        """Returns the status of a ticket merged into another, "" when none is of category cancelled."""
        if self.merged:
            return self.merged
        return next((each.name for each in reversed(self.statuses) if each.category == CANCELLED), "")
