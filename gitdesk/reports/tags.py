"""What tickets are about: a row for each tag, how many came and went, how long they took, and what goes together."""

from __future__ import annotations

from itertools import combinations

from gitdesk.domain.life_spans import HANDLING, handling_of
from gitdesk.errors import UsageError
from gitdesk.render.blocks import Bars, Field, Figure, Figures, Grid, Numbers
from gitdesk.render.shares import percent
from gitdesk.reports.dimensions import TAG, UNNAMED, places
from gitdesk.reports.lead import BRIEF, PIECES, SHOWN, LeadReport, part, piece
from gitdesk.reports.times_count import Waits
from gitdesk.reports.volume_count import Volume, happened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from gitdesk.desk.lives import Lived
    from gitdesk.domain.life import Life
    from gitdesk.reports.lead import Scope

_COUNTS = ("created", "resolved", "reopened", "cancelled")
_TAKEN = ("median", "p90", "worked_median", "worked_p90")
_CHARTS = 6  # tags that are drawn over time
_PAIRS, _BRIEF_PAIRS = 50, 5


class _Counted:
    """The tickets of one tag, or of one tag and name."""

    __slots__ = ("volume", "waits")

    def __init__(self) -> None:
        self.volume, self.waits = Volume(), Waits()


class TagsReport(LeadReport):
    """Tickets by tag, and by another thing beside it."""

    name, kind, title = "tags", "tags_report", "Tags"
    names = ("bucket", "start", "tag", "name", *_COUNTS, "share", "backlog", *_TAKEN)

    def __init__(self, lived: Lived, scope: Scope) -> None:
        if scope.by == TAG:
            raise UsageError(
                "this report is by tag already", hint="--by takes agent, group, type, customer, channel"
            )
        super().__init__(lived, scope)
        self._tags_of = places(TAG, lived.config)
        self._places = places(scope.by, lived.config)
        self._whole = Volume()
        self._tags: dict[str, _Counted] = {}
        self._named: dict[tuple[str, str], _Counted] = {}
        self._pairs: dict[tuple[str, str], int] = {}

    def count(self, life: Life) -> None:
        """Takes in a ticket."""
        tags = self._tags_of(life)
        what = happened(life)
        handled = handling_of(life, what.flows, self.lived.working.calendar(life))
        self._whole.add(what)
        for tag in tags:
            if tag not in self._tags:
                self._tags[tag] = _Counted()
            found = [self._tags[tag]]
            if self.scope.by:
                for name in self._places(life):
                    key = (tag, name)
                    if key not in self._named:
                        self._named[key] = _Counted()
                    found.append(self._named[key])
            for one in found:
                one.volume.add(what)
                one.waits.add(() if handled is None else (handled,))
        if len(tags) > 1 and self.begin <= life.created < self.end:
            for pair in combinations(sorted(tags), 2):
                self._pairs[pair] = self._pairs.get(pair, 0) + 1

    def concerns(self, life: Life) -> bool:
        """Tells whether a ticket was created in the period."""
        return self.begin <= life.created < self.end

    # ---- rows

    def tags(self) -> list[tuple[str, _Counted]]:
        """Returns the tags, those with most created tickets first, no tag last."""
        span = self.whole
        sizes = {tag: one.volume.counts(*span)["created"] for tag, one in self._tags.items()}
        ordered = sorted(self._tags, key=lambda tag: (not tag, -sizes[tag], tag))
        return [(tag, self._tags[tag]) for tag in ordered]

    def _keyed(self) -> list[tuple[str, str | None, _Counted]]:
        if not self.scope.by:
            return [(tag, None, one) for tag, one in self.tags()]
        names = sorted({name for _, name in self._named}, key=lambda name: (not name, name))
        return [
            (tag, name, self._named[tag, name])
            for tag, _ in self.tags()
            for name in names
            if (tag, name) in self._named
        ]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yields the rows: pieces of time in order, in each the tags, of each the names."""
        line = self.timeline(None if self.scope.unit else "period")
        keyed = self._keyed()
        self.check_size(len(keyed), len(line))
        return (
            {**piece(line, index), "tag": tag, "name": name, **self._counts(one, *span)}
            for index, span in enumerate(line.spans())
            for tag, name, one in keyed
        )

    def _counts(self, one: _Counted, begin: int, end: int) -> dict[str, Any]:
        counts, taken = one.volume.counts(begin, end), one.waits.taken(HANDLING, begin, end)
        return {
            **{kind: counts[kind] for kind in _COUNTS},
            "share": part(counts["created"], self._whole.counts(begin, end)["created"]),
            "backlog": one.volume.backlog(end)["backlog"],
            **{name: getattr(taken, name) for name in _TAKEN},
        }

    def summary(self) -> Mapping[str, Any]:
        """Returns the whole, and the tags that go together."""
        created, untagged = self._created()
        return {
            "created": created,
            "untagged": untagged,
            "tags": sum(bool(tag) for tag in self._tags),
            "pairs": [{"tags": list(pair), "created": count} for pair, count in self._ranked()[:_PAIRS]],
        }

    def _created(self) -> tuple[int, int]:
        span = self.whole
        none = self._tags.get("")
        return self._whole.counts(*span)["created"], none.volume.counts(*span)["created"] if none else 0

    def _ranked(self) -> list[tuple[tuple[str, str], int]]:
        return sorted(self._pairs.items(), key=lambda item: (-item[1], item[0]))

    # ---- pages

    def blocks(self, *, brief: bool) -> Iterator[Any]:
        """Yields figures, a table of tags, their course, and what goes together."""
        created, untagged = self._created()
        found, most = self.tags(), BRIEF if brief else SHOWN
        yield Figures(
            figures=(
                Figure(label="tags in use", value=f"{sum(bool(tag) for tag, _ in found):,}"),
                Figure(label="created", value=f"{created:,}"),
                Figure(
                    label="without a tag",
                    value=percent(untagged, created),
                    note=f"{untagged:,} of {created:,}" if created else "",
                ),
            )
        )
        yield self._table(most)
        if self.scope.by:
            yield self._broken_down(most)
        yield self._chart()
        pairs = self._ranked()
        shown = _BRIEF_PAIRS if brief else _PAIRS
        yield Grid(
            title="Tags that go together",
            fields=(
                Field(name="tags"),
                Field(name="created", kind="number"),
                Field(name="share", kind="share"),
            ),
            rows=tuple((" + ".join(pair), count, (count, created)) for pair, count in pairs[:shown]),
            more=max(len(pairs) - shown, 0),
            nothing="no ticket of the period has two tags",
        )

    def _table(self, most: int) -> Grid:
        found = self.tags()
        return Grid(
            title="By tag",
            fields=(Field(name="tag"), *_FIELDS),
            rows=tuple((tag or UNNAMED[TAG], *self._cells(one)) for tag, one in found[:most]),
            more=max(len(found) - most, 0),
            note="Tags at the as-of time; a ticket counts under each of its tags. The times are medians of handling.",
            nothing="there is no ticket",
        )

    def _broken_down(self, most: int) -> Grid:
        found = self._keyed()
        return Grid(
            title=f"By tag and {self.scope.by}",
            fields=(Field(name="tag"), Field(name=self.scope.by), *_FIELDS),
            rows=tuple(
                (tag or UNNAMED[TAG], self.named(name or ""), *self._cells(one))
                for tag, name, one in found[:most]
            ),
            more=max(len(found) - most, 0),
            nothing="there is no ticket",
        )

    def _cells(self, one: _Counted) -> tuple[Any, ...]:
        begin, end = self.whole
        counts = self._counts(one, begin, end)
        share = (counts["created"], self._whole.counts(begin, end)["created"])
        return (
            counts["created"], share, counts["resolved"], counts["reopened"], counts["backlog"],
            counts["worked_median"], counts["median"],
        )  # fmt: skip

    def _chart(self) -> Bars:
        line = self.timeline(self.scope.unit or "")
        spans = list(line.spans())[-PIECES:]
        return Bars(
            title="Created over time",
            bucket=line.unit,
            labels=line.labels[-PIECES:],
            series=tuple(
                Numbers(name=tag, values=tuple(one.volume.counts(*span)["created"] for span in spans))
                for tag, one in [(tag, one) for tag, one in self.tags() if tag][:_CHARTS]
            ),
            note=f"By the {line.unit}; the most used tags.",
            nothing="no ticket has a tag",
        )


_FIELDS = (
    Field(name="created", kind="number"),
    Field(name="share", kind="share"),
    Field(name="resolved", kind="number"),
    Field(name="reopened", kind="number", minor=True),
    Field(name="backlog", kind="number"),
    Field(name="worked_median", title="working", kind="worked"),
    Field(name="median", title="wall", kind="duration"),
)
