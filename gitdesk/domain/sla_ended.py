"""Ended: what a Cycle says of a clock that no longer runs, straight out of a row of the index.

A report has hundreds of thousands of these and few of the others. A tuple with names costs a tenth of a Cycle, and its
instants become times when they are asked for.
"""

from __future__ import annotations

from collections import namedtuple
from functools import lru_cache

from gitdesk.domain.sla_cycle import Cycle
from gitdesk.domain.sla_standing import Standing, moment
from gitdesk.value import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

# Parts of a Standing that a Cycle has under the same name, but as another kind of value.
_OWN = {"remarks": "lines", "no_reply": "silent"}
_moment = lru_cache(maxsize=1 << 12)(moment)  # clocks of one ticket begin and end together
if TYPE_CHECKING:

    class _Row(tuple[Any, ...]):
        started: int
        stopped: int | None
        elapsed: int
        breached: int | None
        breach_target: int | None
        first_stopped: int | None
        silent: int
        lines: str

else:
    _NAMES = ["ticket", *(_OWN.get(part, part) for part in parts_of(Standing)), "title", "assignee", "group"]
    _Row = namedtuple("_Row", _NAMES)


class Ended(_Row):
    """The row of a ticket and the parts of its Standing, then title, assignee and group; reads as a Cycle."""

    __slots__ = ()
    due_at = remaining = None
    ever_breached, is_breached, is_live = Cycle.ever_breached, Cycle.is_breached, Cycle.is_live
    is_at_risk = Cycle.is_at_risk

    @property
    def started_at(self) -> datetime | None:
        """Returns when it started."""
        return _moment(self.started)

    @property
    def stopped_at(self) -> datetime | None:
        """Returns when it ended."""
        return _moment(self.stopped)

    @property
    def breached_at(self) -> datetime | None:
        """Returns when its target was missed, None when it was not."""
        return _moment(self.breached)

    @property
    def first_stopped_at(self) -> datetime | None:
        """Returns when it ended the first time, of one that went on."""
        return _moment(self.first_stopped)

    @property
    def late_by(self) -> int:
        """Returns the working time over the target that was missed."""
        against = self.breach_target
        return 0 if self.breached is None or against is None else max(0, self.elapsed - against)

    @property
    def no_reply(self) -> bool:
        """Tells whether a response clock ended without a response."""
        return bool(self.silent)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Returns what is odd about it, in words."""
        return tuple(self.lines.split("\n")) if self.lines else ()


def ended(row: tuple[Any, ...]) -> Cycle:
    """Returns a row of the index as the Cycle that it reads as."""
    return tuple.__new__(Ended, row)  # type: ignore[return-value]
