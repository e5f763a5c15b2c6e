"""A document as plain data: figures, tables and charts, each of which every renderer of documents knows how to show."""

from __future__ import annotations

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

GOOD, BAD, CAREFUL, QUIET = "good", "bad", "careful", ""  # tones


class Figure(Value):
    """A number that stands for itself, with what it is and what it is made of."""

    label: str
    value: str
    note: str = ""
    tone: str = QUIET


class Figures(Value):
    """Figures in a row."""

    figures: tuple[Figure, ...]


class Share(Value):
    """How many of a population passed; `running` of the failed ones are not over."""

    name: str
    passed: int
    failed: int
    running: int = 0


class Shares(Value):
    """A share for each of some names, as bars."""

    title: str
    heading: str  # what the names are
    rows: tuple[Share, ...]
    note: str = ""
    nothing: str = ""
    half: bool = False  # two such stand beside each other where there is room


class Series(Value):
    """One line of a trend: passed and failed of every bucket."""

    name: str
    points: tuple[tuple[int, int], ...]


class Trend(Value):
    """Shares over time, a chart a series; `labels` name the buckets."""

    title: str
    bucket: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    note: str = ""
    nothing: str = ""


class Numbers(Value):
    """One line of a chart of numbers; None where there is none. `kind` as of a Field."""

    name: str
    values: tuple[int | None, ...]
    kind: str = "number"


class Bars(Value):
    """Numbers over time, a chart a series; `labels` name the buckets."""

    title: str
    bucket: str
    labels: tuple[str, ...]
    series: tuple[Numbers, ...]
    note: str = ""
    nothing: str = ""


class Heat(Value):
    """Numbers by two things, such as days and hours: the more, the darker."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[int, ...], ...]
    note: str = ""
    nothing: str = ""

    @property
    def most(self) -> int:
        """Returns the greatest number, 0 when there is nothing."""
        return max((max(row, default=0) for row in self.cells), default=0)


class Stack(Value):
    """Parts of a whole in seconds, as one bar."""

    title: str
    heading: str
    parts: tuple[tuple[str, int], ...]
    note: str = ""
    nothing: str = ""


class Field(Value):
    """A column of a grid.

    `kind`: text, id, number, time, duration (seconds), worked (seconds of working time), used and share (part, whole).
    `minor` columns are left out where there is little room.
    """

    name: str
    title: str = ""
    kind: str = "text"
    minor: bool = False

    @property
    def heading(self) -> str:
        """Returns what stands above the column."""
        return self.title or self.name.replace("_", " ")


class Grid(Value):
    """Rows under named columns; `more` rows are not shown."""

    title: str
    fields: tuple[Field, ...]
    rows: tuple[tuple[Any, ...], ...]
    more: int = 0
    note: str = ""
    nothing: str = ""
    tone: str = QUIET


class Notice(Value):
    """Something to know before anything else is read."""

    title: str
    texts: tuple[str, ...]
    tone: str = CAREFUL


class Document(Value):
    """A title, what is told about the whole, and blocks in their order."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Any, ...]
    footer: str = ""
    language: str = "en"
