"""What a check found, as a report: every format is written from the same violations, in one run."""

from __future__ import annotations

from gitdesk.domain.change import owner_of
from gitdesk.domain.violation import ERROR
from gitdesk.render.table import Column
from gitdesk.render.text import counted
from gitdesk.reports.report import FindingReport

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.desk.judging_commits import Walk
    from gitdesk.domain.approval import Standing
    from gitdesk.domain.baseline import Sieve
    from gitdesk.domain.violation import Violation
    from gitdesk.render.blocks import Document
    from gitdesk.render.finding import Case, Finding, Kind
    from gitdesk.reports.writing import Writer

NAMES = ("path", "line", "column", "code", "severity", "message", "hint", "fingerprint", "commit")
_SHOWN = 50  # violations on a page for people


class CheckReport(FindingReport):
    """Violations as they are found, counted as they pass.

    `about` says in words what was judged, `walk` counts the commits where there are any. `sieve` leaves out what a
    baseline lists. With `recording` what is left out goes to `recorded`: without a sieve, that is everything.
    """

    name, kind = "check", "violations"
    columns = tuple(Column(name) for name in NAMES)

    def __init__(
        self,
        found: Iterable[Violation],
        *,
        commit: str = "",
        about: str = "",
        walk: Walk | None = None,
    ) -> None:
        self.errors = self.warnings = 0
        self.commit, self.about = commit, about
        self.sieve: Sieve | None = None
        self.recording = False
        self.recorded: list[Violation] = []
        self._found, self._walk = found, walk
        self._shown: list[Violation] = []
        self._times: dict[str, int] = {}

    @property
    def writers(self) -> Mapping[str, type[Writer]]:
        """Returns the formats that a check writes in its own way."""
        from gitdesk.reports.violation_writing import WRITERS

        return WRITERS

    @property
    def kinds(self) -> Sequence[Kind]:  # type: ignore[override]
        """Returns what every code means."""
        from gitdesk.domain.rules import RULES
        from gitdesk.render.finding import Kind

        return [
            Kind(
                code=code,
                name=rule.name,
                summary=f"{rule.summary[:1].upper()}{rule.summary[1:]}",
                help=f"{rule.summary[:1].upper()}{rule.summary[1:]}: {rule.why}. `gitdesk rule {code}` shows examples.",
                severity=rule.severity,
            )
            for code, rule in sorted(RULES.items())
        ]

    def items(self) -> Iterator[Violation]:
        """Yields what is to be told."""
        for one in self._found:
            known = self.sieve is not None and self.sieve.takes(one)
            if self.recording and (known or self.sieve is None):
                self.recorded.append(one)
                continue
            if known:
                continue
            if one.severity == ERROR:
                self.errors += 1
            else:
                self.warnings += 1
            if len(self._shown) < _SHOWN:
                self._shown.append(one)
            yield one

    @property
    def standings(self) -> tuple[Standing, ...]:
        """Returns how everything stands that needs approval, once all violations have passed; each need once.

        What lands in several ways needs one of them.
        """
        found: dict[tuple[str, str], Standing] = {}
        for one in self._walk.told if self._walk is not None else ():
            known = found.get((one.need.path, one.need.why))
            if known is None or (one.met and not known.met):
                found[one.need.path, one.need.why] = one
        return tuple(found.values())

    def cells(self, item: Violation) -> tuple[Any, ...]:
        """Returns the values of a violation under the columns."""
        return tuple(getattr(item, name) for name in NAMES)

    def json_writer(self) -> Callable[[Violation], str]:
        """Returns what writes a violation as JSON; `commit` only where there is one."""
        from gitdesk.render.json_lines import render_object

        return lambda item: render_object(plain(item))

    def finding(self, item: Violation) -> Finding:
        """Returns a violation in the neutral form; the second with one fingerprint has another, that never moves."""
        from gitdesk.render.finding import Finding, fingerprint

        mark = item.fingerprint
        self._times[mark] = times = self._times.get(mark, 0) + 1
        return Finding(
            code=item.code,
            message=item.message,
            path=item.path,
            line=item.line,
            column=item.column,
            severity=item.severity,
            fingerprint=fingerprint("rule", mark, times),
            title=self._title(item.code),
            hint=item.hint,
            details=(("commit", item.commit),) if item.commit else (),
        )

    def case(self, item: Violation) -> tuple[str, Case]:
        """Returns the rule as a suite and the violation as a case; a warning passes with a word on it."""
        from gitdesk.render.excerpt import render_excerpt
        from gitdesk.render.finding import Case
        from gitdesk.render.style import PLAIN

        lines = [str(item)]
        if item.excerpt and item.line is not None:
            lines += render_excerpt(item.excerpt, item.line, item.column, PLAIN)
        lines += [f"commit {item.commit}"] if item.commit else []
        lines += [f"hint: {item.hint}"] if item.hint else []
        text = "\n".join(lines)
        name = f"{item.path}: {item.message}"
        if item.severity == ERROR:
            return self._title(item.code), Case(
                name=name, failure=item.message or item.code, failure_kind=item.code, details=text
            )
        return self._title(item.code), Case(name=name, output=text)

    def _title(self, code: str) -> str:
        from gitdesk.domain.rules import RULES

        return f"{code} {RULES[code].name}" if code in RULES else code

    def ticket(self, item: Violation) -> str | None:
        """Returns the ticket that a violation is about."""
        return owner_of(item.path) or None

    def plain(self) -> Mapping[str, Any]:
        """Returns the counts as JSON-able data."""
        told: dict[str, Any] = {"errors": self.errors, "warnings": self.warnings, "about": self.about}
        if self.commit:
            told["commit"] = self.commit
        if self._walk is not None:
            told["commits"] = self._walk.commits
        if self.sieve is not None:
            told["left_out"] = self.sieve.left_out
        return told

    def summary(self) -> str:
        """Returns the counts in words: `3 commits judged: 1 error, 0 warnings, 2 left out by the baseline`."""
        words = f"{counted(self.errors, 'error')}, {counted(self.warnings, 'warning')}"
        if not self.errors and not self.warnings:
            words = "nothing new is wrong" if self.sieve is not None else "nothing is wrong"
            words = "nothing else is wrong" if self.recorded else words
        if self.sieve is not None:
            words += f", {self.sieve.left_out:,} left out by the baseline"
        if self._walk is None:
            return words
        judged = f"{counted(self._walk.commits, 'commit')} judged: {words}"
        span = self._walk.span
        return judged if self._walk.commits or span is None else f'"{span.name}" has every commit: {words}'

    def document(self, *, brief: bool = False) -> Document:  # noqa: ARG002  one page for all
        """Returns a page with the counts and the first violations."""
        from gitdesk.render.blocks import BAD, GOOD, Document, Field, Figure, Figures, Grid

        rows = tuple((place(one), one.code, one.severity, one.message, one.hint or "") for one in self._shown)
        figures = [
            Figure(label="errors", value=f"{self.errors:,}", tone=BAD if self.errors else GOOD),
            Figure(label="warnings", value=f"{self.warnings:,}"),
        ]
        if self.sieve is not None:
            figures.append(Figure(label="left out by the baseline", value=f"{self.sieve.left_out:,}"))
        grid = Grid(
            title="What is wrong",
            fields=tuple(Field(name=name) for name in ("place", "code", "severity", "message", "hint")),
            rows=rows,
            more=self.errors + self.warnings - len(rows),
            nothing="Nothing is wrong.",
        )
        facts = (("commit", self.commit[:10]),) if self.commit else ()
        return Document(
            title="gitdesk check",
            subtitle=self.about,
            facts=facts,
            blocks=(Figures(figures=tuple(figures)), grid),
            footer="gitdesk rule CODE explains a code",
        )


def place(one: Violation) -> str:
    """Returns where a violation is: `path:line:column`, as far as it is known."""
    return ":".join(str(part) for part in (one.path, one.line, one.column) if part is not None)


def plain(one: Violation) -> dict[str, Any]:
    """Returns a violation as the `violations` output has it."""
    told = {
        "code": one.code,
        "severity": one.severity,
        "message": one.message,
        "path": one.path,
        "line": one.line,
        "column": one.column,
        "hint": one.hint,
        "fingerprint": one.fingerprint,
    }
    return {**told, "commit": one.commit} if one.commit else told
