"""Who has how much, against what they can take, and who did how much: open tickets, answers, solutions."""

from __future__ import annotations

from gitdesk.domain.life import RESOLVED_FLOW, flows_of, held_at
from gitdesk.domain.sla_matching import ACTIVE, phase_of
from gitdesk.domain.sla_standing import moment
from gitdesk.render.blocks import BAD, CAREFUL, Field, Figure, Figures, Grid
from gitdesk.reports.dimensions import AGENT, GROUP, UNNAMED, order, places
from gitdesk.reports.heat import Hours
from gitdesk.reports.lead import BRIEF, SHOWN, LeadReport, part, piece
from gitdesk.reports.load_count import CATEGORIES, DONE, RECEIVED, REPLIES, RESOLVED, Load, capacity_of
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.desk.lives import Lived
    from gitdesk.domain.life import Flow, Life
    from gitdesk.reports.lead import Scope

_OPEN = (
    "open", "new", "open_status", "waiting", "external", "snoozed", "priorities", "oldest", "capacity", "load",
    "away_until",
)  # fmt: skip
_HEATS, _BRIEF_HEATS = 12, 1


class WorkloadReport(LeadReport):
    """Open tickets of agents and groups against their capacity, and what they did in the period."""

    name, kind, title = "workload", "workload_report", "Workload"
    names = ("bucket", "start", "name", *_OPEN, *DONE)

    def __init__(self, lived: Lived, scope: Scope) -> None:
        super().__init__(lived, replace(scope, by=scope.by or AGENT))
        self._loads: dict[str, dict[str, Load]] = {AGENT: {}, GROUP: {}, self.scope.by: {}}
        for person in self.config.people:
            if not person.robot:
                self._load(AGENT, person.id)
        for group in self.config.groups:
            self._load(GROUP, group.name)
        self._places = {dimension: places(dimension, lived.config) for dimension in self._loads}
        self._hours: dict[str, Hours] = {}
        self._authors: dict[str, str] = {}

    def _load(self, dimension: str, name: str) -> Load:
        loads = self._loads[dimension]
        found = loads.get(name)
        if found is None:
            found = loads[name] = Load()
        return found

    def count(self, life: Life) -> None:
        """Takes in a ticket."""
        is_open = phase_of(life.category) == ACTIVE
        ends = [flow for flow in flows_of(life) if flow.kind == RESOLVED_FLOW]
        for dimension, names in self._places.items():
            mine = [self._load(dimension, name) for name in names(life)]
            for load in mine:
                if is_open:
                    load.has(life)
            if dimension == AGENT:
                self._agents(life, ends)
            elif dimension == GROUP:
                for at, group in life.groups:
                    if group:
                        self._load(GROUP, group).did(RECEIVED, at)
                for flow in ends:
                    self._load(GROUP, held_at(life.groups, flow.at)).did(RESOLVED, flow.at)
            else:
                for load in mine:
                    load.did(RECEIVED, life.created)
                    for flow in ends:
                        load.did(RESOLVED, flow.at)
            if dimension != AGENT:
                for load in mine:
                    for at, _ in life.replies:
                        load.did(REPLIES, at)

    def _agents(self, life: Life, ends: Sequence[Flow]) -> None:
        """Counts what agents got, wrote and resolved, each by who it was then."""
        for at, agent in life.holders:
            if agent:
                self._load(AGENT, agent).did(RECEIVED, at)
        for flow in ends:
            self._load(AGENT, flow.holder).did(RESOLVED, flow.at)
        for at, author in life.replies:
            name = self._author(author)
            self._load(AGENT, name).did(REPLIES, at)
            hours = self._hours.get(name)
            if hours is None:
                person = self.config.agent(name)
                hours = self._hours[name] = Hours((person.time_zone if person else "") or self.time_zone)
            hours.add((at,), self.begin, self.end)

    def _author(self, author: str) -> str:
        """Returns the id of who wrote a message, the address of somebody the desk no longer knows."""
        found = self._authors.get(author)
        if found is None:
            person = self.config.find_person(author)
            found = self._authors[author] = person.id if person is not None else author
        return found

    def concerns(self, life: Life) -> bool:
        """Tells whether a ticket is open."""
        return phase_of(life.category) == ACTIVE

    # ---- rows

    def loads(self, dimension: str) -> list[tuple[str, Load]]:
        """Returns the loads of a dimension in their order: of agents the most open first, nobody last."""
        found = self._loads[dimension]
        ordered = order(dimension, self.config, found, lambda name: found[name].open)
        return [(name, found[name]) for name in ordered]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yields the rows: what is open only where they are not cut into pieces of time."""
        line, loads = self.timeline(), self.loads(self.scope.by)
        self.check_size(len(loads), len(line))
        nothing = dict.fromkeys(_OPEN)
        return (
            {
                **piece(line, index),
                "name": name,
                **(nothing if self.scope.unit else self._open(self.scope.by, name, load)),
                **load.done(*span),
            }
            for index, span in enumerate(line.spans())
            for name, load in loads
        )

    def cells(self, item: Mapping[str, Any]) -> tuple[Any, ...]:
        """Returns the values of a row; the priorities as `high:2 normal:1`."""
        shown = item["priorities"]
        told = (
            None if shown is None else " ".join(f"{name or 'none'}:{count}" for name, count in shown.items())
        )
        return super().cells({**item, "priorities": told})

    def _open(self, dimension: str, name: str, load: Load) -> dict[str, Any]:
        capacity = self._capacity(dimension, name)
        person = self.config.agent(name) if dimension == AGENT else None
        away = (
            person.away_until if person and person.is_away(self.as_of.astimezone(self.zone).date()) else None
        )
        ranked = sorted(load.priorities, key=self.config.priority_rank, reverse=True)
        values = {
            "open": load.open,
            "priorities": {one: load.priorities[one] for one in ranked},
            "oldest": moment(load.oldest),
            "capacity": capacity,
            "load": part(load.open, capacity) if capacity else None,
            "away_until": away.isoformat() if away else None,
        }
        categories = {
            ("open_status" if category == "open" else category): count
            for category, count in load.categories.items()
        }
        return {key: values.get(key, categories.get(key)) for key in _OPEN}

    def _capacity(self, dimension: str, name: str) -> int | None:
        if dimension == AGENT:
            person = self.config.agent(name)
            return None if person is None else person.capacity
        if dimension != GROUP or not name:
            return None
        members = [person for person in self.config.people if name in person.groups and not person.robot]
        return capacity_of([person.capacity for person in members])

    def summary(self) -> Mapping[str, Any]:
        """Returns the whole, and the load of groups."""
        return {
            "total": self._total(),
            "groups": [
                {"name": name, **self._open(GROUP, name, load), **load.done(*self.whole)}
                for name, load in self.loads(GROUP)
            ],
            "replies_by_hour": [
                {"name": name, "timezone": hours.time_zone, "peak": hours.peak or None, "cells": hours.cells}
                for name, hours in self._heats()
            ],
        }

    def _total(self) -> dict[str, int]:
        agents = self._loads[AGENT]
        done = [load.done(*self.whole) for load in agents.values()]
        return {
            "open": sum(load.open for load in agents.values()),
            "unassigned": agents[""].open if "" in agents else 0,
            "over_capacity": len(self._over()),
            **{kind: sum(one[kind] for one in done) for kind in DONE},
        }

    def _over(self) -> list[str]:
        found = []
        for name, load in self._loads[AGENT].items():
            capacity = self._capacity(AGENT, name)
            if capacity is not None and load.open > capacity:
                found.append(name)
        return found

    def _heats(self) -> list[tuple[str, Hours]]:
        found = [(name, hours) for name, hours in self._hours.items() if hours.total]
        return sorted(found, key=lambda item: (-item[1].total, item[0]))

    # ---- pages

    def blocks(self, *, brief: bool) -> Iterator[Any]:
        """Yields figures, a table of loads, one of groups, and who works when."""
        total, most = self._total(), BRIEF if brief else SHOWN
        over = self._over()
        yield Figures(
            figures=(
                Figure(label="open", value=f"{total['open']:,}", note="at the as-of time"),
                Figure(
                    label="unassigned",
                    value=f"{total['unassigned']:,}",
                    tone=CAREFUL if total["unassigned"] else "",
                ),
                Figure(
                    label="over capacity",
                    value=f"{len(over):,}",
                    note=", ".join(sorted(over)[:3]) + (" …" if len(over) > 3 else ""),
                    tone=BAD if over else "",
                ),
                Figure(label="replies", value=f"{total[REPLIES]:,}", note="in the period"),
                Figure(label="resolved", value=f"{total[RESOLVED]:,}", note="in the period"),
            )
        )
        for dimension in dict.fromkeys((self.scope.by, AGENT, GROUP)):
            if dimension == self.scope.by or not brief or self.scope.by == AGENT:
                yield self._table(dimension, most)
        if self.scope.unit:
            yield self._over_time(most)
        for name, hours in self._heats()[: _BRIEF_HEATS if brief else _HEATS]:
            yield hours.block(f"When {name} answers ({hours.time_zone})", "Public replies in the period.")

    def _table(self, dimension: str, most: int) -> Grid:
        found = self.loads(dimension)
        capped = any(self._capacity(dimension, name) for name, _ in found)
        dropped = () if capped else ("load",)
        shown = [
            (name, load) for name, load in found if name or load.open or any(load.done(*self.whole).values())
        ]
        keep = [place for place, field in enumerate(_FIELDS) if field.name not in dropped]
        fields = (Field(name=dimension), *_FIELDS[1:])
        return Grid(
            title=f"By {dimension}",
            fields=tuple(fields[place] for place in keep),
            rows=tuple(
                tuple(cells[place] for place in keep)
                for cells in (self._cells(dimension, name, load) for name, load in shown[:most])
            ),
            more=max(len(shown) - most, 0),
            note="Open tickets at the as-of time; the rest is of the period.",
            nothing="nobody is there",
        )

    def _cells(self, dimension: str, name: str, load: Load) -> tuple[Any, ...]:
        row = self._open(dimension, name, load)
        capacity = row["capacity"]
        highest = next(iter(row["priorities"].items()), None)
        return (
            (name or UNNAMED[dimension])
            + (f" (until {row['away_until']} away)" if row["away_until"] else ""),
            load.open,
            (load.open, capacity) if capacity else None,
            *load.categories.values(),
            f"{highest[1]:,} {highest[0] or 'without a priority'}" if highest else None,
            self.now - load.oldest if load.oldest is not None else None,
            *load.done(*self.whole).values(),
        )

    def _over_time(self, most: int) -> Grid:
        line, loads = self.timeline(), self.loads(self.scope.by)
        rows = [
            (label, name or UNNAMED[self.scope.by], *done.values())
            for label, span in reversed(list(zip(line.labels, line.spans(), strict=True)))
            for name, load in loads
            if any((done := load.done(*span)).values())
        ]
        return Grid(
            title=f"By {self.scope.unit}",
            fields=(
                Field(name=self.scope.unit),
                Field(name=self.scope.by),
                *(Field(name=kind, kind="number") for kind in DONE),
            ),
            rows=tuple(rows[:most]),
            more=max(len(rows) - most, 0),
            note="The latest first; who did nothing then is left out.",
            nothing="nothing was done in the period",
        )


_FIELDS = (
    Field(name="name"),
    Field(name="open", kind="number"),
    Field(name="load", title="of capacity", kind="used"),
    *(Field(name=category, kind="number", minor=True) for category in CATEGORIES),
    Field(name="priorities", title="highest", minor=True),
    Field(name="age", title="oldest", kind="duration"),
    Field(name="received", kind="number"),
    Field(name="replies", kind="number"),
    Field(name="resolved", kind="number"),
)
