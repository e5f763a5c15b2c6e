"""CSV: spreadsheets and event logs, with the separator they come with, as tickets by the map's shape."""

from __future__ import annotations

import csv
from contextlib import closing

from gitdesk.errors import UsageError
from gitdesk.importers.shape import shaped, spot
from gitdesk.importers.shape_plan import plan_of
from gitdesk.importers.stream import LONGEST, is_torn, lines, open_text, system_of, tell_torn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.importers.losses import Report
    from gitdesk.importers.shape_plan import Plan
    from gitdesk.importers.stream import Settings, Source

_DELIMITERS = (",", ";", "\t", "|")
_MOST_RETRIED = 16 * 1024 * 1024  # characters read again after a quote that was never closed


def tickets(files: Sequence[str], settings: Settings, report: Report) -> Iterator[dict[str, Any]]:
    """Yields the tickets of CSV files with the same columns, by the map's shape.

    Raises UsageError for files without a usable header and shapes that do not fit it; tells the report of rows that
    cannot be read.
    """
    if not settings.shape:
        raise UsageError(
            "a CSV file needs a map that says what its columns mean",
            hint="--map FILE writes a proposal where there is no such file yet",
        )
    table = Table(files[0], settings, report)
    try:
        plan = plan_of(settings.shape, table.columns, table.source.place(table.line))
    except BaseException:
        table.close()
        raise
    with closing(_rows(table, files, settings, report, plan)) as rows:
        yield from shaped(rows, plan, system_of(files, settings), report, files, table.columns)


def first_rows(path: str, settings: Settings, report: Report, most: int) -> tuple[list[str], list[list[str]]]:
    """Returns the columns and the first rows of a file, for a guess at its shape."""
    table = Table(path, settings, report)
    found: list[list[str]] = []
    try:
        for _, row in table.rows():
            found.append(row)
            if len(found) >= most:
                break
    finally:
        table.close()
    return table.columns, found


def _rows(
    table: Table, files: Sequence[str], settings: Settings, report: Report, plan: Plan
) -> Generator[tuple[int, list[str | None]], None, None]:
    """Yields the rows of all files with their spots, in the order of the first one's columns."""
    columns, empty, raw = table.columns, plan.empty, plan.raw
    for number, path in enumerate(files):
        if number:
            table = Table(path, settings, report)
        try:
            order = _order(columns, table)
            for line, row in table.rows():
                if order is not None:
                    row = [row[at] for at in order]
                cells = [None if (bare := cell.strip()) in empty else bare for cell in row]
                for at in raw:
                    cells[at] = row[at]
                yield spot(number, line), cells
        finally:
            table.close()


def _order(columns: Sequence[str], table: Table) -> list[int] | None:
    """Returns where a further file has the columns of the first, None if in the same places."""
    if table.columns == columns:
        return None
    if sorted(table.columns) != sorted(columns):
        table.close()
        odd = sorted(set(table.columns) ^ set(columns))
        raise UsageError(
            f'the columns are not those of the first file: "{odd[0]}" is in only one of them',
            hint="files with different columns are imported one after the other, each with its map",
            place=table.source.place(table.line),
        )
    return [table.columns.index(name) for name in columns]


class Table:
    """A CSV file: its columns, and its rows with their lines, whose cells are as many as the columns."""

    def __init__(self, path: str, settings: Settings, report: Report) -> None:
        shape = settings.shape
        self.source = open_text(path, settings.encoding or str(shape.get("encoding") or ""))
        self.report = report
        report.reading = self.source
        self.line = 0
        try:
            self._feed = _Feed(self.source, report)
            self._dialect = self._found_dialect(shape)
            self.columns = self._header()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes the file."""
        self.source.close()

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yields line and cells of each row; tells the report of those that are broken."""
        feed, width, report = self._feed, len(self.columns), self.report
        while True:
            reader = csv.reader(feed, **self._dialect)
            try:
                for row in reader:
                    line = feed.began
                    feed.next_row()
                    if len(row) == width and not feed.torn and (row[0] or any(map(str.strip, row))):
                        yield line, row
                        continue
                    self._odd(line, row)
                return
            except csv.Error as error:
                line = feed.began
                if self.source.cut:
                    return  # told already
                report.bad(self.source.place(line), _said(error), "is a quote missing, or one too many?")
                if not feed.retry():
                    report.bad(self.source.place(line), "the rest of the file cannot be read", items=0)
                    return

    def _odd(self, line: int, row: list[str]) -> None:
        """Tells the report of a row that is not as wide as the header, or holds bytes of another encoding."""
        report, width = self.report, len(self.columns)
        if not any(cell.strip() for cell in row):
            if row:
                report.ignored("empty row", f"line {line}", items=1)
        elif self._feed.torn:
            tell_torn(self.source, report, self._feed.torn, None)
            self._feed.torn = 0
        else:
            report.bad(
                self.source.place(line),
                f"has {len(row)} cells where the header has {width}",
                "a cell that holds the separator, a quote or a line's end stands in quotes",
            )

    def _found_dialect(self, shape: Mapping[str, Any]) -> dict[str, Any]:
        """Returns how the file is written: as the map says, else with the separator its first line has most of."""
        csv.field_size_limit(LONGEST)
        quote = str(shape.get("quote") or '"')
        delimiter = str(shape.get("delimiter") or "").replace("\\t", "\t")
        first = self._feed.look()
        if (
            first.lower().startswith("sep=") and len(first.strip()) == 5
        ):  # how a spreadsheet is told its separator
            delimiter = delimiter or first[4]
            self._feed.skip()
            first = self._feed.look()
        plain = "".join(first.split(quote)[::2])
        delimiter = delimiter or max(_DELIMITERS, key=plain.count)
        if len(delimiter) != 1 or len(quote) != 1:
            raise UsageError("shape.delimiter and shape.quote are one character each")
        return {"delimiter": delimiter, "quotechar": quote, "strict": True}

    def _header(self) -> list[str]:
        """Returns the names of the columns; raises UsageError where there are none."""
        place = self.source.place
        try:
            names = next(
                (row for row in csv.reader(self._feed, **self._dialect) if any(map(str.strip, row))), None
            )
        except csv.Error as error:
            raise UsageError(f"the header is no row: {_said(error)}", place=place(1)) from None
        self.line = self._feed.began
        self._feed.next_row()
        if self._feed.torn:
            raise UsageError(
                f"the header is not {self.source.encoding}",
                hint='name the file\'s encoding, as in "--encoding cp1252"',
                place=place(self._feed.torn),
            )
        if names is None:
            raise UsageError("is empty; a CSV file begins with a line of column names", place=place())
        names = _told_apart([name.strip() for name in names])
        if len(names) == 1:
            raise UsageError(
                "has one column only",
                hint="if it has more, name what is between them in the map: \"shape: {delimiter: ':'}\"",
                place=place(self.line),
            )
        return names


def _told_apart(names: Sequence[str]) -> list[str]:
    """Returns names of columns of which no two are alike and none is empty, as many programs write them.

    Two columns "Comment" are "Comment" and "Comment (2)"; one without a name is called by its place: "column 1".
    """
    taken = set(names)
    made: list[str] = []
    seen: set[str] = set()
    for place, name in enumerate(names, 1):
        found = wanted = name or f"column {place}"
        number = 2
        while found in seen or (found != name and found in taken):
            found, number = f"{wanted} ({number})", number + 1
        seen.add(found)
        made.append(found)
    return made


def _said(error: csv.Error) -> str:
    """Returns what is wrong with a row, in our words."""
    text = str(error)
    if "unexpected end" in text:
        return "a quote is opened here and never closed"
    if "expected after" in text:
        return "something stands between a closing quote and the next separator"
    if "field limit" in text or "field larger" in text:
        return f"a cell of more than {LONGEST >> 20} MB"
    if "new-line" in text:
        return "a carriage return stands outside of quotes"
    return f"is no row: {text}"


class _Feed:
    """The lines of a file for a CSV reader: knows where a row began and can give its lines again."""

    def __init__(self, source: Source, report: Report) -> None:
        self._lines = lines(source, report, torn=True)
        self._again: list[tuple[int, str]] = []
        self._row: list[tuple[int, str]] = []
        self._size = 0
        self.began = 1
        self.torn = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        found = self._again.pop() if self._again else next(self._lines)
        if not self._row:
            self.began = found[0]
        if self._size <= _MOST_RETRIED:
            self._row.append(found)
            self._size += len(found[1])
        if not found[1].isascii() and is_torn(found[1]):
            self.torn = self.torn or found[0]
        return found[1]

    def next_row(self) -> None:
        """Begins a new row."""
        self._row.clear()
        self._size = 0

    def look(self) -> str:
        """Returns the next line without taking it; "" at the end."""
        if not self._again:
            found = next(self._lines, None)
            if found is None:
                return ""
            self._again.append(found)
        return self._again[-1][1]

    def skip(self) -> None:
        """Leaves a line out."""
        if self._again:
            self._again.pop()

    def retry(self) -> bool:
        """Gives the lines of the row again, but its first; tells whether that can be."""
        if self._size > _MOST_RETRIED:
            return False
        self._again.extend(reversed(self._row[1:]))
        self._row.clear()
        self._size, self.torn = 0, 0
        return True
