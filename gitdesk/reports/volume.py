"""What came in, what went out and what is left: a row for each piece of time, and for each name of a breakdown."""

from __future__ import annotations

from gitdesk.render.blocks import BAD, Bars, Field, Figure, Figures, Grid, Numbers
from gitdesk.render.shares import percent
from gitdesk.reports.dimensions import AGENT, order, places
from gitdesk.reports.heat import Hours
from gitdesk.reports.lead import BRIEF, PIECES, SHOWN, LeadReport, part, piece
from gitdesk.reports.volume_count import AGES, COUNTED, NO_REPLY, ONE_TOUCH, UNDONE, Volume, happened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.desk.lives import Lived
    from gitdesk.domain.life import Life
    from gitdesk.reports.lead import Scope
    from gitdesk.reports.timeline import Timeline

_COUNTS = (*COUNTED, "backlog", *(name for name, _ in AGES))
_CHARTS = (("created", "created"), ("resolved", "resolved"), ("backlog", "backlog"))
_AGE_NAMES = ("under 1 day", "1 to 3 days", "3 to 7 days", "7 to 30 days", "over 30 days")
_HEATS = 12  # agents whose hours a page shows


class VolumeReport(LeadReport):
    """The volume of a desk: created, resolved, reopened, the backlog and its age, peak hours."""

    name, kind, title = "volume", "volume_report", "Volume"
    names = ("bucket", "start", "name", *_COUNTS)

    def __init__(self, lived: Lived, scope: Scope) -> None:
        super().__init__(lived, scope)
        self._whole = Volume()
        self._named: dict[str, Volume] = {}
        self._places = places(scope.by, lived.config)
        self._hours: dict[str, Hours] = {}
        self._all_hours = Hours(self.time_zone)

    def count(self, life: Life) -> None:
        """Takes in a ticket."""
        one = happened(life)
        self._whole.add(one)
        came = (life.created, *(at for at in life.heard if at > life.created))
        self._all_hours.add(came, self.begin, self.end)
        if not self.scope.by:
            return
        for name in self._places(life):
            if name not in self._named:
                self._named[name] = Volume()
            self._named[name].add(one)
            if self.scope.by == AGENT:
                self.hours_of(name).add(came, self.begin, self.end)

    def hours_of(self, agent: str) -> Hours:
        """Returns what counts the hours of an agent, in the agent's own zone."""
        found = self._hours.get(agent)
        if found is None:
            person = self.config.agent(agent)
            zone = (person.time_zone if person else "") or self.time_zone
            found = self._hours[agent] = Hours(zone)
        return found

    def concerns(self, life: Life) -> bool:
        """Tells whether anything was counted of a ticket in the period."""
        from gitdesk.domain.life import flows_of

        return any(self.begin <= flow.at < self.end for flow in flows_of(life))

    # ---- rows

    def groups(self) -> list[tuple[str | None, Volume]]:
        """Returns what rows are made of: every name in its order, or all together under None."""
        if not self.scope.by:
            return [(None, self._whole)]
        begin, end = self.whole
        sizes = {name: volume.counts(begin, end)["created"] for name, volume in self._named.items()}
        return [
            (name, self._named[name]) for name in order(self.scope.by, self.config, sizes, sizes.__getitem__)
        ]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yields the rows: pieces of time in order, in each the names."""
        line, groups = self.timeline(), self.groups()
        self.check_size(len(groups), len(line))
        return (
            {**piece(line, index), "name": name, **volume.counts(*span), **volume.backlog(span[1])}
            for index, span in enumerate(line.spans())
            for name, volume in groups
        )

    def _total(self) -> dict[str, int]:
        begin, end = self.whole
        return {
            **self._whole.counts(begin, end),
            **self._whole.backlog(end),
            "backlog_before": self._whole.backlog(begin)["backlog"],
        }

    def summary(self) -> Mapping[str, Any]:
        """Returns the whole period in one piece, and the hours."""
        total = self._total()
        return {
            "total": total,
            "reopen_rate": part(total[UNDONE], total["resolved"]),
            "one_touch": part(total[ONE_TOUCH], total["ended"] - total[NO_REPLY]),
            "arrivals": [
                {"name": name, "timezone": hours.time_zone, "peak": hours.peak or None, "cells": hours.cells}
                for name, hours in [(None, self._all_hours), *self._agents()]
            ],
        }

    def _agents(self) -> list[tuple[str, Hours]]:
        return sorted(self._hours.items(), key=lambda item: (not item[0], -item[1].total, item[0]))

    # ---- pages

    def blocks(self, *, brief: bool) -> Iterator[Any]:
        """Yields figures, charts and tables."""
        total = self._total()
        yield self._figures(total)
        line = self.timeline(self.scope.unit or "")
        rows = [
            (line.label(index), {**self._whole.counts(*span), **self._whole.backlog(span[1])})
            for index, span in enumerate(line.spans())
        ]
        yield self._chart(line, rows)
        if not brief or not self.scope.by:
            yield self._over_time(line, rows, BRIEF if brief else SHOWN)
        if self.scope.by:
            yield self._broken_down(BRIEF if brief else SHOWN)
        yield self._ages(total)
        yield from self._heats(brief=brief)

    def _figures(self, total: Mapping[str, int]) -> Figures:
        net = total["backlog"] - total["backlog_before"]
        answered = total["ended"] - total[NO_REPLY]
        moved = total["reassigned"]
        return Figures(
            figures=(
                Figure(label="created", value=f"{total['created']:,}"),
                Figure(label="resolved", value=f"{total['resolved']:,}"),
                Figure(
                    label="backlog",
                    value=f"{total['backlog']:,}",
                    note=f"{net:+,} in the period" if self.scope.period.start else "",
                    tone=BAD if net > 0 and total["backlog_before"] else "",
                ),
                Figure(
                    label="reopen rate",
                    value=percent(total[UNDONE], total["resolved"]),
                    note=f"{total[UNDONE]:,} of {total['resolved']:,} resolutions"
                    if total["resolved"]
                    else "",
                ),
                Figure(
                    label="one touch",
                    value=percent(total[ONE_TOUCH], answered),
                    note=f"{total[ONE_TOUCH]:,} of {answered:,} answered tickets" if answered else "",
                ),
                Figure(
                    label="reassigned",
                    value=f"{moved:,}",
                    note=f"{total['regrouped']:,} moved between groups" if total["regrouped"] else "",
                ),
            )
        )

    def _chart(self, line: Timeline, rows: list[tuple[str, dict[str, int]]]) -> Bars:
        shown = rows[-PIECES:]
        left = len(rows) - len(shown)
        return Bars(
            title="Over time",
            bucket=line.unit,
            labels=tuple(label for label, _ in shown),
            series=tuple(
                Numbers(name=title, values=tuple(counts[key] for _, counts in shown))
                for key, title in _CHARTS
            ),
            note=f"By the {line.unit}; the backlog at its end."
            + (f" {left:,} before the first are left out." if left else ""),
        )

    def _over_time(self, line: Timeline, rows: list[tuple[str, dict[str, int]]], most: int) -> Grid:
        shown = rows[-most:]
        return Grid(
            title=f"By {line.unit}",
            **_table(Field(name=line.unit), list(reversed(shown))),
            more=len(rows) - len(shown),
            note="The latest first. The backlog is that at the end.",
        )

    def _broken_down(self, most: int) -> Grid:
        begin, end = self.whole
        found = self.groups()
        return Grid(
            title=f"By {self.scope.by}",
            **_table(
                Field(name=self.scope.by),
                [
                    (self.named(name or ""), {**volume.counts(begin, end), **volume.backlog(end)})
                    for name, volume in found[:most]
                ],
            ),
            more=max(len(found) - most, 0),
            note="As the tickets are at the as-of time."
            + (" A ticket counts under each of its tags." if self.scope.by == "tag" else ""),
            nothing="there is no ticket",
        )

    def _ages(self, total: Mapping[str, int]) -> Grid:
        backlog = total["backlog"]
        rows = [
            (title, total[name], (total[name], backlog))
            for (name, _), title in zip(AGES, _AGE_NAMES, strict=True)
        ]
        return Grid(
            title="Age of the backlog",
            fields=(
                Field(name="age", title="since created"),
                Field(name="tickets", kind="number"),
                Field(name="share", title="of the backlog", kind="share"),
            ),
            rows=tuple(rows) if backlog else (),
            note="At the end of the period.",
            nothing="nothing is open",
        )

    def _heats(self, *, brief: bool) -> Iterator[Any]:
        note = "Tickets created, and what customers wrote later."
        hours = self._all_hours
        peak = f" The most: {hours.peak}." if hours.peak else ""
        yield hours.block(f"Peak hours ({hours.time_zone})", note + peak)
        if brief and self.scope.by != AGENT:
            return
        for name, mine in self._agents()[: 3 if brief else _HEATS]:
            if mine.total:
                who = self.named(name)
                yield mine.block(f"Peak hours of {who} ({mine.time_zone})", f"On tickets that {who} has.")


_FIELDS = (
    Field(name="created", kind="number"),
    Field(name="resolved", kind="number"),
    Field(name="reopened", kind="number"),
    Field(name="cancelled", kind="number"),
    Field(name="backlog", kind="number"),
    Field(name="older", title="over 7 days", kind="number", minor=True),
    Field(name="reopen_rate", title="reopen rate", kind="share", minor=True),
    Field(name="one_touch", title="one touch", kind="share", minor=True),
    Field(name="reassigned", kind="number", minor=True),
)


_RARE = {
    "restored": 4
}  # shown where there is any, since the backlog does not add up without; behind which others


def _table(first: Field, rows: Sequence[tuple[str, Mapping[str, int]]]) -> dict[str, Any]:
    """Returns the fields and the rows of a table."""
    fields, names = list(_FIELDS), ["created", "resolved", "reopened", "cancelled", "backlog"]
    for name, place in _RARE.items():
        if any(counts[name] for _, counts in rows):
            fields.insert(place, Field(name=name, kind="number"))
            names.insert(place, name)
    return {
        "fields": (first, *fields),
        "rows": tuple((label, *_cells(counts, names)) for label, counts in rows),
    }


def _cells(counts: Mapping[str, int], names: Sequence[str]) -> tuple[Any, ...]:
    return (
        *(counts[name] for name in names),
        counts["backlog_30d"] + counts["backlog_older"],
        (counts[UNDONE], counts["resolved"]),
        (counts[ONE_TOUCH], counts["ended"] - counts[NO_REPLY]),
        counts["reassigned"],
    )
