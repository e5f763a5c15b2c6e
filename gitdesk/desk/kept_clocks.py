"""Where clocks stand now, out of what the index keeps: the short way of lists, single tickets and reports of today."""

from __future__ import annotations

from gitdesk.desk.clock_index import with_clocks
from gitdesk.desk.configuration import promises
from gitdesk.domain.sla_cycle import PAUSED, RUNNING
from gitdesk.domain.sla_ended import ended
from gitdesk.domain.sla_standing import Standing, cycle, marked, orphaned
from gitdesk.domain.ticket import TicketId
from gitdesk.value import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.index.sla_rows import ClockRows

_STATE = 1 + parts_of(Standing).index("state")  # in a row of the index
_LIVE = (RUNNING, PAUSED)


def of_ticket(desk: Desk, ticket_id: TicketId) -> tuple[Cycle, ...]:
    """Returns where the clocks of one ticket stand now; none on a desk that promises nothing."""
    return tuple(of_tickets(desk, (ticket_id,))) if promises(desk.config) else ()


def of_tickets(desk: Desk, ids: Sequence[str] | None) -> Iterator[Cycle]:
    """Yields where the clocks of some tickets stand now, None for all of them, by ticket, metric and cycle."""
    return kept_cycles(desk, with_clocks(desk, always=True).clock_rows(), ids)


def kept_cycles(desk: Desk, rows: ClockRows, ids: Sequence[str] | None) -> Iterator[Cycle]:
    """Yields the cycles of what an index keeps, brought up to now."""
    now = int(desk.now.timestamp())
    calendars = _Calendars(desk, rows)
    again = ""
    statuses = desk.config.workflow.names
    for last, status, row in rows.kept(ids):
        if last > now:  # dated after the moment that is asked for: what the index keeps goes too far
            if row[0] != again:
                from gitdesk.desk.clocks import replayed_now

                again = row[0]
                yield from replayed_now(desk, rows, TicketId(again))
            continue
        if row[_STATE] not in _LIVE:
            yield ended(row)
            continue
        ticket, *parts, title, assignee, group = row
        one = Standing(*parts)
        held = calendars.get(one.version, one.calendar) if one.state == RUNNING else None
        found = cycle(one, now, held, ticket=ticket, title=title, assignee=assignee, group=group)
        yield marked(found, orphaned(status, statuses))


class _Calendars:
    """The calendars that running clocks are held to, of any version, each read when it is first asked for."""

    def __init__(self, desk: Desk, rows: ClockRows) -> None:
        self._desk, self._rows = desk, rows
        self._found: dict[tuple[int, str], Calendar | None] = {}

    def get(self, version: int, name: str) -> Calendar | None:
        """Returns the calendar of a version of the terms, None when it cannot be used."""
        key = (version, name)
        if key not in self._found:
            from gitdesk.desk.terms import Book

            self._found[key] = Book(self._desk, self._rows).calendar(version, name)
        return self._found[key]
