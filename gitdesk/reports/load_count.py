"""What somebody has, and has done: the open tickets of one name, and when tickets came, were answered and resolved."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from gitdesk.domain.workflow import EXTERNAL, NEW, OPEN, SNOOZED, WAITING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.life import Life

CATEGORIES = (NEW, OPEN, WAITING, EXTERNAL, SNOOZED)
RECEIVED, REPLIES, RESOLVED = "received", "replies", "resolved"
DONE = (RECEIVED, REPLIES, RESOLVED)


class Load:
    """The load of one name."""

    __slots__ = ("_at", "_sorted", "categories", "oldest", "open", "priorities")

    def __init__(self) -> None:
        self.open = 0
        self.oldest: int | None = None  # when the oldest open ticket was created
        self.categories = dict.fromkeys(CATEGORIES, 0)
        self.priorities: dict[str, int] = {}
        self._at = {kind: array("q") for kind in DONE}
        self._sorted = True

    def has(self, life: Life) -> None:
        """Counts a ticket that is open."""
        self.open += 1
        self.oldest = life.created if self.oldest is None else min(self.oldest, life.created)
        self.categories[life.category] += 1
        priority = life.header["priority"]
        self.priorities[priority] = self.priorities.get(priority, 0) + 1

    def did(self, kind: str, at: int) -> None:
        """Counts something that was done at an instant."""
        self._at[kind].append(at)
        self._sorted = False

    def done(self, begin: int, end: int) -> dict[str, int]:
        """Returns how much was done from an instant up to but without another."""
        if not self._sorted:
            self._at = {kind: array("q", sorted(at)) for kind, at in self._at.items()}
            self._sorted = True
        return {kind: bisect_left(at, end) - bisect_left(at, begin) for kind, at in self._at.items()}


def capacity_of(capacities: list[int | None]) -> int | None:
    """Returns the capacity of people together, None when one of them has no limit, or there is nobody."""
    known = [one for one in capacities if one is not None]
    return sum(known) if known and len(known) == len(capacities) else None
