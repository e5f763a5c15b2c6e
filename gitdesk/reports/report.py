"""What a report is: rows that are counted as they pass, and what the count came to; every format is written from it."""

from __future__ import annotations

from abc import ABC, abstractmethod

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.render.blocks import Document
    from gitdesk.render.finding import Case, Finding, Kind
    from gitdesk.render.table import Column
    from gitdesk.reports.writing import Writer


class Report(ABC):
    """Rows first, then the rest: `document`, `plain` and `problems` are right once `items` has come to its end."""

    name = ""  # in REPORTS
    kind = ""  # of the items, in schema/output.schema.json
    columns: Sequence[Column] = ()

    @property
    def writers(self) -> Mapping[str, type[Writer]]:
        """Returns the formats this report has a writer of its own for."""
        return {}

    @property
    def problems(self) -> Sequence[str]:
        """Returns what could not be read or reckoned with: while there is any, the numbers are not whole."""
        return ()

    @abstractmethod
    def items(self) -> Iterator[Any]:
        """Yields the rows, once."""

    def ready(self, *, rows: bool) -> Iterator[Any]:
        """Yields the rows, once; with `rows` some of them may be bytes, which are one or more as JSON between BETWEEN.

        Without `rows` nobody looks at what is yielded, and the rows are only counted.
        """
        del rows  # who keeps nothing ready reads everything
        return self.items()

    @abstractmethod
    def cells(self, item: Any) -> tuple[Any, ...]:
        """Returns the values of a row under the columns."""

    @abstractmethod
    def json_writer(self) -> Callable[[Any], str]:
        """Returns what writes a row as JSON."""

    @abstractmethod
    def plain(self) -> Mapping[str, Any]:
        """Returns what the count came to, as JSON-able data."""

    @abstractmethod
    def document(self, *, brief: bool = False) -> Document:
        """Returns what the count came to for people; `brief` for a terminal."""


class FindingReport(Report):
    """A report whose rows are about tickets, and in order or not."""

    kinds: Sequence[Kind] = ()  # of the findings

    @abstractmethod
    def finding(self, item: Any) -> Finding | None:
        """Returns what is wrong with a row, None when nothing is."""

    @abstractmethod
    def case(self, item: Any) -> tuple[str, Case]:
        """Returns the suite a row is tested in, and how it came out."""

    @abstractmethod
    def ticket(self, item: Any) -> str | None:
        """Returns the ticket of a row that a list of ids is to name, None for none."""
