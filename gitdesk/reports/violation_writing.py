"""What a check writes in its own way: lines as compilers print them, a table in Markdown, cases for JUnit."""

from __future__ import annotations

from gitdesk.domain.violation import ERROR
from gitdesk.render.excerpt import render_excerpt
from gitdesk.render.text import safe
from gitdesk.reports.violations import place
from gitdesk.reports.writing import Junit, Writer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.domain.violation import Violation
    from gitdesk.render.table import Page
    from gitdesk.reports.report import Report


class Lines(Writer):
    """`path:line:col: CODE severity message`, the line with a caret, the hint."""

    def row(self, item: Violation) -> str:
        """Returns the lines of a violation."""
        return "".join(f"{line}\n" for line in lines(item, self.page))


def lines(one: Violation, page: Page) -> Iterator[str]:
    """Yields a violation for people; nothing of a file's text can steer their terminal."""
    paint = page.paint
    severity = paint("error" if one.severity == ERROR else "warn", one.severity)
    made = paint("dim", f" (commit {one.commit[:10]})") if one.commit else ""
    yield f"{paint('bold', safe(place(one)))}: {one.code} {severity} {safe(one.message)}{made}"
    if one.excerpt and one.line is not None:
        yield from render_excerpt(one.excerpt, one.line, one.column, paint, page.width)
    if one.hint:
        yield f"    {paint('hint', 'hint:')} {safe(one.hint)}"


class _Markdown(Writer):
    """A table with all that CSV has."""

    def __init__(self, report: Report, page: Page) -> None:
        super().__init__(report, page)
        self._rows: list[tuple[Any, ...]] = []

    def row(self, item: Violation) -> str:
        self._rows.append(self.report.cells(item))
        return ""

    def end(self) -> Iterable[str]:
        from gitdesk.render.markdown import render_markdown

        return (render_markdown(self.report.columns, self._rows) + "\n",)


class _Cases(Junit):
    """A case a violation; one that passes when nothing is wrong, since a run without cases counts as a failed one."""

    def end(self) -> Iterable[str]:
        from gitdesk.render.finding import Case

        if not self.suites:
            self.suite("check").add(Case(name="the desk keeps its rules"))
        return super().end()


WRITERS: Mapping[str, type[Writer]] = {"table": Lines, "markdown": _Markdown, "junit": _Cases}
