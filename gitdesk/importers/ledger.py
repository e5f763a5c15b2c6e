"""The loss report: what became of everything that was in the files, in counts that add up."""

from __future__ import annotations

from gitdesk.importers.losses import Report
from gitdesk.render.text import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from gitdesk.domain.import_map import Names

# What the counts of `Surroundings.count` are about; each event of the files is in exactly one of EVENTS.
EVENTS = (
    "events as commits", "events told by the creation", "events as messages", "events there already",
    "events without any content, left out", "events that change nothing, left out by the map",
    "events of tickets left out", "events of tickets refused",
)  # fmt: skip
TICKETS = ("new", "with new events", "unchanged", "left out", "refused")
_MOST = 20  # examples and names that people are shown of one kind


class Ledger:
    """Counts what an import does; `report` has what the reader of the files said."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.tickets = dict.fromkeys(TICKETS, 0)
        self.events = 0
        self.counts: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self.unplaced: dict[str, list[Any]] = {}  # name → [how often, example]
        self.commits = 0

    def count(self, what: str, number: int = 1) -> None:
        """Counts something."""
        if number:
            self.counts[what] = self.counts.get(what, 0) + number

    def move(self, what: str, to: str) -> None:
        """Counts under another name what was counted since the last snapshot was taken."""
        since = self.counts.get(what, 0) - self._last.get(what, 0)
        self.count(what, -since)
        self.count(to, since)

    def unread(self, name: str, example: str) -> None:
        """Counts something of the source that has no place on the desk."""
        known = self.unplaced.setdefault(name, [0, example[:80]])
        known[0] += 1

    def snapshot(self) -> dict[str, int]:
        """Returns the counts as they are, for taking back what a refused ticket counted."""
        self._last = dict(self.counts)
        return self._last

    def restore(self, counts: dict[str, int]) -> None:
        """Takes counts back to a snapshot."""
        self.counts = dict(counts)

    def plain(self, names: Names, *, commit: str | None, dry_run: bool) -> dict[str, Any]:
        """Returns the whole report as the JSON output has it."""
        told = {name: self.counts.get(name, 0) for name in EVENTS}
        others = {name: number for name, number in sorted(self.counts.items()) if name not in EVENTS}
        return {
            "tickets": {"in_files": sum(self.tickets.values()), **self.tickets},
            "events": {
                "in_files": self.events,
                **{name.removeprefix("events "): number for name, number in told.items()},
                "adds_up": self.events == sum(told.values()),
            },
            "commits": self.commits,
            "mapped": {
                kind: {
                    name: {"to": one.target, "count": one.count, "new": one.fresh}
                    for name, one in met.items()
                }
                for kind, met in names.met.items()
                if met
            },
            "details": others,
            "no_place": {
                name: {"count": count, "example": example} for name, (count, example) in self.unplaced.items()
            },
            "left_out": {
                name: {"count": one.count, "items": one.items, "example": one.example}
                for name, one in self.report.left_out.items()
            },
            "refused": [
                {"place": str(one.place), "reason": one.reason, "items": one.items}
                for one in self.report.refused
            ],
            "items_in_files": self.report.items,
            "commit": commit,
            "dry_run": dry_run,
        }


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yields the report as people read it."""
    tickets, events = report["tickets"], report["events"]
    yield f"{counted(tickets['in_files'], 'ticket')} in the files"
    yield from _counted(tickets, TICKETS)
    yield counted(events["in_files"], "event")
    yield from _counted(events, [name.removeprefix("events ") for name in EVENTS])
    if report["details"]:
        yield "among them"
        yield from _counted(report["details"], list(report["details"]))
    for kind, met in report["mapped"].items():
        changed = {name: one for name, one in met.items() if one["to"] != name}
        if changed:
            yield f"{kind} under another name"
            shown = sorted(changed.items(), key=lambda item: -item[1]["count"])
            for name, one in shown[:_MOST]:
                to = one["to"] or "(left out)"
                yield f"  {one['count']:>9,}  {name} → {to}{' (new)' if one['new'] else ''}"
            if len(shown) > _MOST:
                yield f"             … and {len(shown) - _MOST:,} more"
    for title, section in (("has no place here, left out", "no_place"), ("left out on purpose", "left_out")):
        if report[section]:
            yield title
            for name, one in report[section].items():
                example = f"  (such as {one['example']})" if one["example"] else ""
                yield f"  {one['count']:>9,}  {name}{example}"
    if report["refused"]:
        yield "refused"
        for one in report["refused"][:_MOST]:
            yield f"  {one['place']}: {one['reason']}"
        if len(report["refused"]) > _MOST:
            yield f"  … and {len(report['refused']) - _MOST:,} more"


def _counted(found: Mapping[str, int], names: Any) -> Iterator[str]:
    for name in names:
        if found[name]:
            yield f"  {found[name]:>9,}  {name}"
