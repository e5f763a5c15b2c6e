"""Counts instants by the day of the week and the hour of the day in a time zone: when work comes in, and is done."""

from __future__ import annotations

from gitdesk.domain.zone import zone_of
from gitdesk.render.blocks import Heat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitdesk.domain.zone import Zone

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HOURS = tuple(f"{hour:02}" for hour in range(24))
_THURSDAY = 3  # 1970-01-01


class Hours:
    """How many instants fall into each hour of the week in one zone."""

    __slots__ = ("_zone", "cells", "time_zone")

    def __init__(self, time_zone: str) -> None:
        self.time_zone = time_zone
        self._zone: Zone = zone_of(time_zone)
        self.cells = [[0] * 24 for _ in DAYS]

    def add(self, instants: Iterable[int], begin: int, end: int) -> None:
        """Counts those from an instant up to but without another."""
        for at in instants:
            if begin <= at < end:
                day, second = divmod(at + self._zone.offset(at), 86_400)
                self.cells[(day + _THURSDAY) % 7][second // 3600] += 1

    @property
    def total(self) -> int:
        """Returns how many were counted."""
        return sum(map(sum, self.cells))

    @property
    def peak(self) -> str:
        """Returns the hour of the week with the most, the first of several, "" for none: `Tue 09:00`."""
        most = max(map(max, self.cells))
        if not most:
            return ""
        return next(
            f"{DAYS[day]} {hour:02}:00"
            for day, hours in enumerate(self.cells)
            for hour, count in enumerate(hours)
            if count == most
        )

    def block(self, title: str, note: str) -> Heat:
        """Returns the table of them."""
        cells = tuple(map(tuple, self.cells))
        return Heat(
            title=title,
            rows=DAYS,
            columns=HOURS,
            cells=cells,
            note=note,
            nothing="nothing happened in the period",
        )
