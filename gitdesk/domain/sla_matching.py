"""Which policy a ticket has under some terms, and what a category means to its clocks: asked at every step."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk.domain.sla_history import header_ticket
from gitdesk.domain.workflow import CANCELLED, CLOSED, RESOLVED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from gitdesk.domain.sla_history import Story
    from gitdesk.domain.sla_policy import Policy, Terms

ACTIVE, FINISHED, DROPPED = "active", "finished", "dropped"  # what a category is to clocks
_PHASES = {RESOLVED: FINISHED, CLOSED: FINISHED, CANCELLED: DROPPED}


def phase_of(category: str) -> str:
    """Returns what a category is to clocks."""
    return _PHASES.get(category, ACTIVE)


class Matching:
    """The policies that a ticket had when it was last asked for, by the place in history of the terms."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._known: dict[int, Policy | None] = {}

    def copy(self) -> Matching:
        """Returns another one that goes its own way from here."""
        other = Matching(self._story)
        other._known.update(self._known)
        return other

    def forget(self) -> None:
        """Asks anew from here on, for the ticket has changed."""
        self._known.clear()

    def policy(self, terms: Terms, header: Mapping[str, Any]) -> Policy | None:
        """Returns the first policy of some terms that a ticket of this header meets, None for none."""
        policies = terms.policies
        if not policies or policies[0].when is None:
            return policies[0] if policies else None
        key = terms.position
        if key not in self._known:
            story = self._story
            created = datetime.fromtimestamp(story.created, UTC)
            ticket = header_ticket(story.ticket, header.get("title", story.title), created, header)
            self._known[key] = terms.policy_of(ticket)
        return self._known[key]
