"""How long things took: answers, solutions, and who waited for whom; median and 90 %, in wall and in working time."""

from __future__ import annotations

from gitdesk.domain.life import CAME_DONE, OWN, RESOLVED_FLOW, UNANSWERED, flows_of
from gitdesk.domain.life_spans import (
    FIRST_RESPONSE,
    FOR_CUSTOMER,
    FOR_US,
    HANDLING,
    NEXT_RESPONSE,
    PUT_ASIDE,
    RESOLUTION,
    WAITS,
    waits_of,
)
from gitdesk.render.blocks import Bars, Field, Figure, Figures, Grid, Notice, Numbers, Stack
from gitdesk.render.when import duration, worked
from gitdesk.reports.dimensions import order, places
from gitdesk.reports.lead import BRIEF, PIECES, SHOWN, LeadReport, piece
from gitdesk.reports.metrics import find
from gitdesk.reports.times_count import Taken, Waits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from gitdesk.desk.lives import Lived
    from gitdesk.domain.life import Life
    from gitdesk.reports.lead import Scope
    from gitdesk.reports.timeline import Timeline

_PARTS = ("count", "median", "p90", "worked_count", "worked_median", "worked_p90", "no_calendar")
_FIGURES = (FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION, HANDLING)
_CHARTS = (FIRST_RESPONSE, RESOLUTION, HANDLING)
_BY = (FIRST_RESPONSE, RESOLUTION)


class TimesReport(LeadReport):
    """First and next responses, resolutions, and the waits they are made of."""

    name, kind, title = "times", "times_report", "Times"
    names = ("bucket", "start", "name", "metric", *_PARTS)

    def __init__(self, lived: Lived, scope: Scope) -> None:
        super().__init__(lived, scope)
        self._whole = Waits()
        self._named: dict[str, Waits] = {}
        self._places = places(scope.by, lived.config)
        self._silent: dict[str, list[int]] = {OWN: [], UNANSWERED: [], CAME_DONE: []}
        self._without: list[int] = []  # when tickets no calendar is known for were created

    def count(self, life: Life) -> None:
        """Takes in a ticket."""
        calendar = self.lived.working.calendar(life)
        waits = list(waits_of(life, calendar))
        self._whole.add(waits)
        if self.scope.by:
            for name in self._places(life):
                if name not in self._named:
                    self._named[name] = Waits()
                self._named[name].add(waits)
        if life.silent == UNANSWERED:
            ends = (flow.at for flow in flows_of(life) if flow.kind == RESOLVED_FLOW)
            self._silent[UNANSWERED].append(next(ends, life.created))
        elif life.silent and life.first is None:
            self._silent[life.silent].append(life.created)

    def concerns(self, life: Life) -> bool:
        """Tells whether a wait of a ticket ended in the period."""
        return any(self.begin <= one.at < self.end for one in waits_of(life, None))

    # ---- rows

    def groups(self) -> list[tuple[str | None, Waits]]:
        """Returns what rows are made of: every name in its order, or all together under None."""
        if not self.scope.by:
            return [(None, self._whole)]
        span = self.whole
        sizes = {name: waits.count(RESOLUTION, *span) for name, waits in self._named.items()}
        return [
            (name, self._named[name]) for name in order(self.scope.by, self.config, sizes, sizes.__getitem__)
        ]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yields the rows: pieces of time in order, in each the names, of each the waits."""
        line, groups = self.timeline(), self.groups()
        self.check_size(len(groups) * len(WAITS), len(line))
        return (
            {**piece(line, index), "name": name, "metric": metric, **_plain(waits.taken(metric, *span))}
            for index, span in enumerate(line.spans())
            for name, waits in groups
            for metric in WAITS
        )

    def summary(self) -> Mapping[str, Any]:
        """Returns the whole period in one piece, and what is in no wait."""
        span = self.whole
        return {
            "total": [{"metric": metric, **_plain(self._whole.taken(metric, *span))} for metric in WAITS],
            "waited": {
                part: self._whole.taken(part, *span).sum for part in (FOR_US, FOR_CUSTOMER, PUT_ASIDE)
            },
            "kept_out": self._kept_out(),
        }

    def _kept_out(self) -> dict[str, int]:
        begin, end = self.whole
        names = {OWN: "own", UNANSWERED: "no_reply", CAME_DONE: "came_done"}
        return {
            names[why]: sum(begin <= at < end for at in instants) for why, instants in self._silent.items()
        }

    # ---- pages

    def blocks(self, *, brief: bool) -> Iterator[Any]:
        """Yields figures, charts and tables."""
        span = self.whole
        taken = {metric: self._whole.taken(metric, *span) for metric in WAITS}
        unknown = max(one.no_calendar for one in taken.values())
        if unknown:
            yield Notice(
                title="Of some tickets no working time is known",
                texts=(
                    f"No policy, and no calendar of the desk's, is theirs ({unknown:,} of them in one number);"
                    " they are in wall time alone.",
                ),
            )
        yield Figures(figures=tuple(_figure(metric, taken[metric]) for metric in _FIGURES))
        yield self._table(taken)
        yield self._waited(taken)
        line = self.timeline(self.scope.unit or "")
        if not brief or self.scope.unit or not self.scope.by:
            yield self._chart(line)
        if not brief or self.scope.unit:
            yield from (self._over_time(line, metric, BRIEF if brief else SHOWN) for metric in _BY)
        if self.scope.by:
            yield from (self._broken_down(metric, BRIEF if brief else SHOWN) for metric in _BY)

    def _table(self, taken: Mapping[str, Taken]) -> Grid:
        kept_out = self._kept_out()
        told = [
            f"{count:,} {words}"
            for count, words in (
                (kept_out["no_reply"], "were resolved unanswered"),
                (kept_out["own"], "opened by the desk itself"),
                (kept_out["came_done"], "came finished"),
            )
            if count
        ]
        return Grid(
            title="How long it took",
            fields=(Field(name="wait"), *_FIELDS),
            rows=tuple((_title(metric), *_cells(one)) for metric, one in taken.items()),
            note="What ended in the period: median and 90 % within, in working time and in wall time."
            + (f" Kept out: {', '.join(told)}." if told else ""),
        )

    def _waited(self, taken: Mapping[str, Taken]) -> Stack:
        return Stack(
            title="Who waited for whom",
            heading="wait",
            parts=tuple(
                (_title(part), taken[part].sum)
                for part in (FOR_US, FOR_CUSTOMER, PUT_ASIDE)
                if taken[part].sum
            ),
            note="Wall time of all tickets whose last resolution is in the period, added up.",
            nothing="nothing was resolved",
        )

    def _chart(self, line: Timeline) -> Bars:
        spans = list(line.spans())[-PIECES:]
        series = []
        for metric in _CHARTS:
            found = [self._whole.taken(metric, *span) for span in spans]
            known = any(one.worked_count for one in found)
            values = tuple(one.worked_median if known else one.median for one in found)
            series.append(
                Numbers(
                    name=f"{_title(metric)}, median", values=values, kind="worked" if known else "duration"
                )
            )
        return Bars(
            title="Over time",
            bucket=line.unit,
            labels=line.labels[-PIECES:],
            series=tuple(series),
            note=f"By the {line.unit} in which it ended; working time where it is known, else wall time.",
        )

    def _over_time(self, line: Timeline, metric: str, most: int) -> Grid:
        rows = [
            (label, *_cells(self._whole.taken(metric, *span)))
            for label, span in zip(line.labels, line.spans(), strict=True)
        ]
        return Grid(
            title=f"{_title(metric).capitalize()} by {line.unit}",
            fields=(Field(name=line.unit), *_FIELDS),
            rows=tuple(reversed(rows[-most:])),
            more=max(len(rows) - most, 0),
        )

    def _broken_down(self, metric: str, most: int) -> Grid:
        span, found = self.whole, self.groups()
        return Grid(
            title=f"{_title(metric).capitalize()} by {self.scope.by}",
            fields=(Field(name=self.scope.by), *_FIELDS),
            rows=tuple(
                (self.named(name or ""), *_cells(waits.taken(metric, *span))) for name, waits in found[:most]
            ),
            more=max(len(found) - most, 0),
            note="As the tickets are at the as-of time.",
            nothing="there is no ticket",
        )


_FIELDS = (
    Field(name="count", title="ended", kind="number"),
    Field(name="worked_median", title="working", kind="worked"),
    Field(name="worked_p90", title="90 %", kind="worked"),
    Field(name="median", title="wall", kind="duration"),
    Field(name="p90", title="90 %", kind="duration"),
)


def _cells(one: Taken) -> tuple[Any, ...]:
    return one.count, one.worked_median, one.worked_p90, one.median, one.p90


def _plain(one: Taken) -> dict[str, int | None]:
    return {name: getattr(one, name) for name in _PARTS}


def _title(metric: str) -> str:
    found = find(metric)
    return found.title if found is not None else metric


def _figure(metric: str, one: Taken) -> Figure:
    if one.worked_median is not None:
        value, note = worked(one.worked_median), f"working time; 90 % within {worked(one.worked_p90 or 0)}"
    elif one.median is not None:
        value, note = duration(one.median), f"wall time; 90 % within {duration(one.p90 or 0)}"
    else:
        value, note = "–", "nothing has ended"
    return Figure(label=f"{_title(metric)}, median", value=value, note=note)
