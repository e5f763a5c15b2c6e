"""Tickets that were finished too long ago to go on: their reopening is refused, and a new one advised."""

from __future__ import annotations

from gitdesk.domain.violation import ERROR, OFF, Violation
from gitdesk.domain.workflow import CLOSED, DONE, RESOLVED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitdesk.desk.door import Desk
    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config

CODE = "S001"
_FINISHED = (RESOLVED, CLOSED)


def check(desk: Desk, changes: Iterable[Change], config: Config) -> Iterator[Violation]:
    """Yields a violation for each ticket whose window for reopening is over; only then history is looked at."""
    windows = any(policy.get("reopen_window") for policy in config.sla.get("policies") or ())
    severity = config.rules.severities.get(CODE, ERROR)
    if not windows or severity == OFF:
        return
    for change in changes:
        if not _reopens(change, config):
            continue
        from gitdesk.desk.clocks import reopen_until
        from gitdesk.domain.ticket import TicketId, timestamp

        until = reopen_until(desk, TicketId(change.ticket_id))
        if until is not None and desk.now > until:
            yield Violation(
                code=CODE,
                message=f"{change.ticket_id} could be reopened until {timestamp(until)}",
                path=change.path,
                severity=severity,
                hint=f"open a new one: gitdesk new … and gitdesk link NEW follows {change.ticket_id}",
                subject="status",
            )


def _reopens(change: Change, config: Config) -> bool:
    before = change.before.ticket if change.before is not None else None
    after = change.after.ticket if change.after is not None else None
    if before is None or after is None or before.status == after.status:
        return False
    category = config.workflow.category
    return category(before.status) in _FINISHED and category(after.status) not in DONE
