"""Writes one run of a report in any number of formats at once: rows as they come, the rest when they are through."""

from __future__ import annotations

from itertools import islice

from gitdesk.render.json_lines import BETWEEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from gitdesk.render.finding import Finding
    from gitdesk.render.junit import SuiteText
    from gitdesk.render.table import Page
    from gitdesk.reports.report import FindingReport, Report

    Put = Callable[[bytes], object]

_CHUNK = 1 << 16
_BATCH = 128  # rows taken at once: a call for each would cost as much as writing it
_MOST_ANNOTATIONS = 50  # a run of a workflow shows no more


def write(report: Report, outputs: Sequence[tuple[str, Put]], page: Page) -> None:
    """Reads the rows of a report once and writes them to every output, each a format of WRITERS and where it goes.

    Large pieces are put, in a memory that does not grow with JSON, CSV and ids.
    """
    chosen = {**WRITERS, **report.writers}
    writers = [(chosen[format_](report, page), _Pieces(put)) for format_, put in outputs]
    for writer, pieces in writers:
        pieces.add(encoded(writer.begin()))
    taking = [(writer.rows, pieces.add) for writer, pieces in writers if writer.wants_rows]
    ready = all(writer.takes_ready for writer, _ in writers if writer.wants_rows)
    items = report.ready(rows=bool(taking)) if ready else report.items()
    while batch := list(islice(items, _BATCH)):
        for rows, add in taking:
            add(rows(batch))
    for writer, pieces in writers:
        for part in writer.end():
            pieces.add(encoded(part))
        pieces.flush()


def encoded(text: str) -> bytes:
    """Returns text in UTF-8; what has no place there, as half of a pair, as its escape."""
    return text.encode("utf-8", "backslashreplace")


class _Pieces:
    """Puts many small parts as few large ones."""

    __slots__ = ("_held", "_put", "_size")

    def __init__(self, put: Put) -> None:
        self._put, self._size = put, 0
        self._held: list[bytes] = []

    def add(self, part: bytes) -> None:
        if part:
            self._held.append(part)
            self._size += len(part)
            if self._size > _CHUNK:
                self.flush()

    def flush(self) -> None:
        if self._held:
            self._put(b"".join(self._held))
            self._held, self._size = [], 0


class Writer:
    """One format: what comes first, what each row becomes, what comes last."""

    wants_rows = True
    takes_ready = False  # rows that are JSON already

    def __init__(self, report: Report, page: Page) -> None:
        self.report, self.page = report, page

    def begin(self) -> str:
        """Returns what comes before the first row."""
        return ""

    def rows(self, items: Sequence[Any]) -> bytes:
        """Returns what some rows become."""
        return encoded("".join(map(self.row, items)))

    def row(self, item: Any) -> str:
        """Returns what a row becomes, "" for nothing yet, as in formats that tell only what all rows come to."""
        del item
        return ""

    def end(self) -> Iterable[str]:
        """Yields what comes after the last row."""
        return ()


class _Json(Writer):
    """The envelope, with what the rows come to after them."""

    takes_ready = True

    def __init__(self, report: Report, page: Page) -> None:
        super().__init__(report, page)
        self._write = report.json_writer()
        self._between = b"\n"

    def begin(self) -> str:
        from gitdesk.render.json_lines import SCHEMA

        return f'{{"schema": "{SCHEMA}", "kind": "{self.report.kind}", "items": ['

    def rows(self, items: Sequence[Any]) -> bytes:
        between, self._between = self._between, BETWEEN
        return between + BETWEEN.join(_as_json(self._write, items))

    def end(self) -> Iterator[str]:
        from gitdesk.render.json_lines import render_object

        yield "" if self._between == b"\n" else "\n"
        yield f'], "summary": {render_object(self.report.plain())}}}\n'


class _JsonLines(Writer):
    takes_ready = True

    def __init__(self, report: Report, page: Page) -> None:
        super().__init__(report, page)
        self._write = report.json_writer()

    def rows(self, items: Sequence[Any]) -> bytes:
        return b"\n".join([one.replace(BETWEEN, b"\n") for one in _as_json(self._write, items)]) + b"\n"


def _as_json(write: Callable[[Any], str], items: Sequence[Any]) -> list[bytes]:
    # Row by row: one title that is not ASCII would make all the rest of a joined text twice as dear.
    return [item if item.__class__ is bytes else encoded(write(item)) for item in items]


class _Csv(Writer):
    def begin(self) -> str:
        from gitdesk.render.csv import render_csv

        return "".join(render_csv(self.report.columns, ()))

    def row(self, item: Any) -> str:
        from gitdesk.render.csv import render_row

        return render_row(self.report.cells(item))


class _Ids(Writer):
    """Each ticket once; the rows of one come one after the other."""

    report: FindingReport
    _last = ""

    def row(self, item: Any) -> str:
        ticket = self.report.ticket(item)
        if ticket is None or ticket == self._last:
            return ""
        self._last = ticket
        return f"{ticket}\n"


class _Findings(Writer):
    """Formats that tell what is wrong and nothing else."""

    report: FindingReport

    def __init__(self, report: Report, page: Page) -> None:
        super().__init__(report, page)
        self.findings: list[Finding] = []

    def with_problems(self) -> list[Finding]:
        """Returns what could not be read, then the findings, the gravest first."""
        from gitdesk.render.finding import ERROR

        ordered = sorted(self.findings, key=lambda each: each.severity != ERROR)
        return [*map(_problem, self.report.problems), *ordered]

    def row(self, item: Any) -> str:
        found = self.report.finding(item)
        if found is not None:
            self.findings.append(found)
        return ""


def _problem(text: str) -> Finding:
    """Returns a problem as a finding, at the file that it names before a colon."""
    from gitdesk.render.finding import Finding, fingerprint

    path = text.partition(": ")[0]
    named = path.endswith((".md", ".yaml")) and not path.startswith(("/", "."))
    return Finding(
        code="unreadable",
        message=text,
        path=path if named else "",
        title="The numbers are not whole",
        fingerprint=fingerprint("unreadable", text),
    )


class _Sarif(_Findings):
    def end(self) -> Iterable[str]:
        from gitdesk import __version__
        from gitdesk.render.sarif import render_sarif

        report = self.report
        told = {
            name: value
            for name, value in report.plain().items()
            if name in ("desk", "as_of", "commit", "query")
        }
        return render_sarif(
            self.findings,
            report.kinds,
            version=__version__,
            properties=told,
            problems=report.problems,
            category=f"gitdesk/{report.name}",
        )


class _Annotations(_Findings):
    """The gravest first, since a page shows few; the last line tells how many more there are."""

    def end(self) -> Iterator[str]:
        from gitdesk.render.annotations import render_annotations
        from gitdesk.render.finding import NOTE, Finding

        ordered = self.with_problems()
        shown, left = ordered[:_MOST_ANNOTATIONS], len(ordered) - _MOST_ANNOTATIONS
        if left > 0:
            words = f"{left:,} more are in the report: a run shows only so many annotations"
            shown.append(Finding(code="more", severity=NOTE, message=words, title="More findings"))
        return render_annotations(shown)


class _CodeQuality(_Findings):
    def end(self) -> Iterable[str]:
        from gitdesk.render.code_quality import render_code_quality

        return render_code_quality(self.with_problems())


class Junit(Writer):
    """Suites of cases, a case a row."""

    report: FindingReport

    def __init__(self, report: Report, page: Page) -> None:
        super().__init__(report, page)
        self.suites: dict[str, SuiteText] = {}

    def row(self, item: Any) -> str:
        name, case = self.report.case(item)
        self.suite(name).add(case)
        return ""

    def suite(self, name: str) -> SuiteText:
        """Returns the suite of a name, a fresh one when there is none."""
        from gitdesk.render.junit import SuiteText

        if name not in self.suites:
            self.suites[name] = SuiteText(name)
        return self.suites[name]

    def end(self) -> Iterable[str]:
        from gitdesk.render.finding import Case
        from gitdesk.render.junit import render_junit

        for number, problem in enumerate(self.report.problems, 1):
            self.suite("data").add(Case(name=f"problem {number}", error=problem))
        return render_junit(f"gitdesk {self.report.name}", self.suites.values())


class _Page(Writer):
    """Formats that show what the rows come to; the rows are counted as they pass and not kept."""

    wants_rows = False


class _Html(_Page):
    def end(self) -> Iterable[str]:
        from gitdesk.render.html_page import render_page

        return render_page(self.report.document())


class _Markdown(_Page):
    def end(self) -> Iterable[str]:
        from gitdesk.render.blocks_markdown import render_markdown_page

        return render_markdown_page(self.report.document())


class _Summary(_Page):
    """What fits beside a run of a workflow."""

    def end(self) -> Iterable[str]:
        from gitdesk.render.blocks_markdown import render_markdown_page

        return render_markdown_page(self.report.document(brief=True))


class _Text(_Page):
    def end(self) -> Iterator[str]:
        from gitdesk.render.blocks_text import render_lines

        return (f"{line}\n" for line in render_lines(self.report.document(brief=True), self.page))


WRITERS: dict[str, type[Writer]] = {
    "table": _Text,
    "markdown": _Markdown,
    "json": _Json,
    "jsonl": _JsonLines,
    "csv": _Csv,
    "ids": _Ids,
    "junit": Junit,
    "sarif": _Sarif,
    "github": _Annotations,
    "summary": _Summary,
    "gitlab": _CodeQuality,
    "html": _Html,
}
# By the end of a file's name, the longest first.
ENDINGS = {
    ".sarif.json": "sarif",
    ".sarif": "sarif",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".html": "html",
    ".htm": "html",
    ".xml": "junit",
    ".csv": "csv",
    ".md": "markdown",
    ".txt": "table",
    ".ids": "ids",
}
