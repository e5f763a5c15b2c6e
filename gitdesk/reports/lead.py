"""What the reports for a team lead share: tickets are counted first, rows and pages come of the count."""

from __future__ import annotations

from abc import abstractmethod

from gitdesk.domain.query_time import zone_named
from gitdesk.errors import UsageError
from gitdesk.render.blocks import BAD, Document, Field, Grid, Notice
from gitdesk.render.table import Column
from gitdesk.render.when import utc_minute
from gitdesk.reports.dimensions import UNNAMED
from gitdesk.reports.metrics import of_report
from gitdesk.reports.period import Period
from gitdesk.reports.report import Report
from gitdesk.reports.timeline import UNITS, WHOLE, timeline
from gitdesk.reports.writing import Writer
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo
    from typing import Any

    from gitdesk.desk.lives import Lived
    from gitdesk.domain.life import Life
    from gitdesk.reports.timeline import Timeline

MOST_ROWS = 1_000_000  # names × pieces of time
SHOWN, BRIEF = 200, 15  # rows of a table on a page, on a terminal
PIECES = 60  # of time that a chart has room for


class Scope(Value):
    """What a report is about, as it was asked for. `unit` and `by` are "" where nobody said."""

    query: str = ""
    period: Period = Period()
    time_zone: str = ""
    unit: str = ""
    by: str = ""


class LeadReport(Report):
    """A report of lives: `count` takes each in, `rows` says what they come to once all have passed."""

    title = ""
    names: Sequence[str] = ()  # of the columns

    def __init__(self, lived: Lived, scope: Scope) -> None:
        self.lived, self.scope = lived, scope
        self.config, self.as_of, self.commit = lived.config, lived.as_of, lived.commit
        self.now = int(lived.as_of.timestamp())
        # What happened from the one up to but without the other is of the period.
        start, end = scope.period.start, scope.period.end
        self.begin = -(1 << 62) if start is None else int(start.timestamp())
        self.end = self.now + 1 if end is None else min(int(end.timestamp()), self.now + 1)
        self.time_zone = scope.time_zone or lived.config.time_zone
        self.zone: tzinfo = zone_named(self.time_zone)
        self.tickets = 0
        self.ids: list[str] | None = None  # those that were counted, where somebody asks
        self.first: int | None = None

    # ---- what each report says

    @abstractmethod
    def count(self, life: Life) -> None:
        """Takes in a ticket."""

    @abstractmethod
    def rows(self) -> Iterator[dict[str, Any]]:
        """Yields what the tickets come to."""

    @abstractmethod
    def summary(self) -> Mapping[str, Any]:
        """Returns what the whole comes to, as JSON-able data."""

    @abstractmethod
    def blocks(self, *, brief: bool) -> Iterator[Any]:
        """Yields what a page shows."""

    def concerns(self, life: Life) -> bool:
        """Tells whether a list of ids is to name a ticket."""
        del life
        return True

    # ---- what makes a Report of it

    @property
    def columns(self) -> Sequence[Column]:  # type: ignore[override]
        """Returns the columns of CSV."""
        return [Column(name) for name in self.names]

    @property
    def writers(self) -> Mapping[str, type[Writer]]:
        """Returns the writer of ids: of tickets, where the rows are numbers."""
        return {"ids": _Ids}

    @property
    def problems(self) -> Sequence[str]:
        """Returns which tickets could not be read."""
        return self.lived.problems

    def items(self) -> Iterator[dict[str, Any]]:
        """Counts every ticket, then yields the rows."""
        for life in self.lived.lives:
            self.tickets += 1
            self.first = life.created if self.first is None else min(self.first, life.created)
            self.count(life)
            if self.ids is not None and self.concerns(life):
                self.ids.append(life.ticket)
        return self.rows()

    def cells(self, item: Mapping[str, Any]) -> tuple[Any, ...]:
        """Returns the values of a row under the columns."""
        return tuple(item[name] for name in self.names)

    def json_writer(self) -> Callable[[Any], str]:
        """Returns what writes a row as JSON."""
        from gitdesk.render.json_lines import render_object

        return render_object

    def plain(self) -> Mapping[str, Any]:
        """Returns the summary with what it is about."""
        period = self.scope.period
        return {
            "desk": self.config.name,
            "as_of": self.as_of,
            "commit": self.commit,
            "query": self.scope.query,
            "from": period.start,
            "to": period.end,
            "timezone": self.time_zone,
            "by": self.scope.by or None,
            "unit": self.scope.unit or None,
            "tickets": self.tickets,
            **self.summary(),
            "problems": list(self.problems),
            "remarks": list(self.lived.remarks),
        }

    def document(self, *, brief: bool = False) -> Document:
        """Returns a page: figures, charts, tables, and how the numbers are made."""
        blocks = [*self._notices(), *self.blocks(brief=brief)]
        if not brief:
            blocks.append(definitions(self.name))
        return Document(
            title=self.title,
            subtitle=self.config.name,
            facts=self._facts(),
            blocks=tuple(blocks),
            footer="Counted from the history in Git. The same commit and arguments give the same page."
            f" gitdesk report {self.name} --explain tells how each number is made.",
        )

    def _notices(self) -> Iterator[Notice]:
        if self.problems:
            title = "These numbers are not whole: something could not be read"
            yield Notice(title=title, texts=tuple(self.problems), tone=BAD)
        if self.lived.remarks:
            yield Notice(title="Of these numbers there is something to know", texts=self.lived.remarks)
        start = self.scope.period.start
        if start is not None and start > self.as_of:
            yield Notice(
                title="The period has not begun",
                texts=(f"It begins after {utc_minute(self.as_of)} UTC: nothing has happened in it yet.",),
            )

    def _facts(self) -> tuple[tuple[str, str], ...]:
        return (
            ("As of", f"{utc_minute(self.as_of)} UTC"),
            ("Commit", self.commit[:10]),
            ("Period", self._period_words()),
            ("Days of", self.time_zone),
            ("Query", self.scope.query or "all tickets"),
            ("Tickets", f"{self.tickets:,}"),
        )

    def _period_words(self) -> str:
        def words(moment: datetime) -> str:
            local = moment.astimezone(self.zone).replace(tzinfo=None)
            return local.isoformat(" ")[:16].removesuffix(" 00:00")

        start, end = self.scope.period.start, self.scope.period.end
        if not (start or end):
            return "everything"
        begin = f"{words(start)} to" if start else "up to"
        return f"{begin} before {words(end)}" if end else f"{begin} now"

    # ---- what reports need

    def timeline(self, unit: str | None = None) -> Timeline:
        """Returns the pieces of time of the rows: those asked for; without any, and broken down, one."""
        wanted = self.scope.unit or (WHOLE if self.scope.by else "") if unit is None else unit
        first = self.now if self.first is None else self.first
        return timeline(wanted, first, self.now, self.scope.period, self.zone)

    @property
    def whole(self) -> tuple[int, int]:
        """Returns begin and end of the period, as far as there is one."""
        edges = self.timeline(WHOLE).edges
        return edges[0], edges[-1]

    def check_size(self, names: int, pieces: int) -> None:
        """Refuses what nobody could read: a row for every name and every day of a long life."""
        if names * pieces > MOST_ROWS:
            raise UsageError(
                f"that is {names * pieces:,} rows",
                hint="--from and --to say which stretch is meant, a query which tickets",
            )

    def named(self, name: str) -> str:
        """Returns a name of the dimension for people."""
        return name or UNNAMED[self.scope.by]


def piece(line: Timeline, index: int) -> dict[str, Any]:
    """Returns what a row says of its piece of time: its name and first day, None of the whole."""
    if line.unit == WHOLE:
        return dict.fromkeys(("bucket", "start"))
    return {"bucket": line.label(index), "start": line.starts[index].isoformat()}


def definitions(report: str) -> Grid:
    """Returns how the numbers of a report are made."""
    return Grid(
        title="How these numbers are made",
        fields=(
            Field(name="number"),
            Field(name="definition"),
            Field(name="population", minor=True),
            Field(name="clock", minor=True),
            Field(name="left_out", title="kept out", minor=True),
        ),
        rows=tuple(
            (one.title, one.definition, one.population, one.clock, one.left_out) for one in of_report(report)
        ),
    )


def part(some: int, whole: int) -> float | None:
    """Returns a share between 0 and 1, to four digits and rounded down; None of nothing."""
    return some * 10_000 // whole / 10_000 if whole else None


def is_unit(word: str) -> bool:
    """Tells whether a word after --by is a stretch of time."""
    return word in UNITS


class _Ids(Writer):
    """The tickets a report has counted, one a line."""

    def __init__(self, report: LeadReport, page: Any) -> None:
        super().__init__(report, page)
        self._report = report
        report.ids = []

    def row(self, item: Any) -> str:
        del item
        return ""

    def end(self) -> Iterator[str]:
        yield from (f"{ticket}\n" for ticket in self._report.ids or ())
