"""The line of a ticket's file that a finding points at: where its priority stands, or its status, or the first."""

from __future__ import annotations

from gitdesk.domain.format import path_of
from gitdesk.store import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk import Desk
    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.reports.sla_findings import Locate

_KEYS = (b"priority:", b"status:")
_FENCE = b"---"


def finder(desk: Desk, commit: str) -> Locate:
    """Returns a function that finds path and line of a row's ticket in a commit; the rows of one come together."""
    ticket, line = "", 1

    def locate(cycle: Cycle) -> tuple[str, int]:
        nonlocal ticket, line
        path = path_of(cycle.ticket)
        if cycle.ticket != ticket:
            ticket = cycle.ticket
            content = read.find_file(desk.repo, commit, path)
            line = header_line(content) if content is not None else 1
        return path, line

    return locate


def header_line(content: bytes) -> int:
    """Returns the line, from 1, of the priority in a header, else of the status, else 1."""
    found: dict[bytes, int] = {}
    for number, line in enumerate(content.splitlines(), 1):
        if number > 1 and line.rstrip() == _FENCE:
            break
        for key in _KEYS:
            if line.startswith(key):
                found.setdefault(key, number)
    return next((found[key] for key in _KEYS if key in found), 1)
