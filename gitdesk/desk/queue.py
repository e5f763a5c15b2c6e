"""The queue: which ticket an agent should take next."""

from __future__ import annotations

from gitdesk.domain.query import Query
from gitdesk.errors import GitdeskError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.people import Person

# New or open; or put aside until a time that has come.
_FREE = "(is:new,open OR (is:snoozed snoozed<=now)) no:assignee"


def waiting(desk: Desk, agent: Person | None, query: str, columns: Sequence[str]) -> tuple[Any, ...] | None:
    """Returns the row of the ticket to take next, None when there is none.

    Of the agent's groups and of no group; of all groups for an agent without any, and for a stranger.
    """
    person = agent if agent is not None else _here(desk)
    parts = [_FREE]
    if person is not None and person.groups:
        named = ",".join(f'"{group}"' for group in person.groups)
        parts.append(f"(group:{named} OR no:group)")
    if query:
        Query.parse(query, desk.scope(query).vocabulary)  # a mistake is shown in the words of the person
        parts.append(f"({query})")
    found = desk.find(" ".join(parts), columns=columns, limit=1, everything=True)
    return next(found.rows, None)


def _here(desk: Desk) -> Person | None:
    try:
        return desk.me
    except GitdeskError:
        return None
