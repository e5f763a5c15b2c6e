"""JUnit XML, as CI servers read it: suites of cases that passed, failed, could not be judged or were skipped."""

from __future__ import annotations

from gitdesk.render.text import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitdesk.render.finding import Case, Suite

_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"})


class SuiteText:
    """Gathers the cases of one suite as text, since the counts of a suite stand before them."""

    __slots__ = ("_lines", "errors", "failures", "name", "properties", "seconds", "skipped", "tests")

    def __init__(self, name: str, properties: Iterable[tuple[str, str]] = ()) -> None:
        self.name, self.properties = name, tuple(properties)
        self.tests = self.failures = self.errors = self.skipped = self.seconds = 0
        self._lines: list[str] = []

    def add(self, case: Case) -> None:
        """Takes one more case."""
        self.tests += 1
        self.failures += bool(case.failure)
        self.errors += bool(case.error)
        self.skipped += bool(case.skipped)
        self.seconds += case.seconds or 0
        self._lines.append(_case(case, self.name))

    def lines(self) -> Iterator[str]:
        """Yields the element, a line or more at a time."""
        yield (
            f'  <testsuite name="{attribute(self.name)}" tests="{self.tests}" failures="{self.failures}"'
            f' errors="{self.errors}" skipped="{self.skipped}" time="{self.seconds}">\n'
        )
        if self.properties:
            yield "    <properties>\n"
            for name, value in self.properties:
                yield f'      <property name="{attribute(name)}" value="{attribute(value)}"/>\n'
            yield "    </properties>\n"
        yield from self._lines
        yield "  </testsuite>\n"


def render_junit(name: str, suites: Iterable[Suite | SuiteText]) -> Iterator[str]:
    """Yields the lines of a JUnit file; times in seconds."""
    texts = [each if isinstance(each, SuiteText) else _gathered(each) for each in suites]
    counts = {part: sum(getattr(each, part) for each in texts) for part in ("tests", "failures", "errors")}
    seconds = sum(each.seconds for each in texts)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    told = " ".join(f'{part}="{count}"' for part, count in counts.items())
    yield f'<testsuites name="{attribute(name)}" {told} time="{seconds}">\n'
    for text in texts:
        yield from text.lines()
    yield "</testsuites>\n"


def _gathered(suite: Suite) -> SuiteText:
    text = SuiteText(suite.name, suite.properties)
    for case in suite.cases:
        text.add(case)
    return text


def _case(case: Case, suite: str) -> str:
    """Returns one case; its path has no attribute, since not every schema in use has a place for one."""
    head = (
        f'    <testcase name="{attribute(case.name)}" classname="{attribute(case.group or suite)}"'
        f' time="{case.seconds or 0}"'
    )
    parts = []
    if case.skipped:
        parts.append(f'<skipped message="{attribute(case.skipped)}"/>')
    if case.error:
        parts.append(f'<error message="{attribute(case.error)}" type="error">{content(case.error)}</error>')
    if case.failure:
        kind = attribute(case.failure_kind or "failure")
        text = content("\n".join(filter(None, (case.path, case.details or case.failure))))
        parts.append(f'<failure message="{attribute(case.failure)}" type="{kind}">{text}</failure>')
    if case.output:
        parts.append(f"<system-out>{content(case.output)}</system-out>")
    if not parts:
        return head + "/>\n"
    return head + ">\n" + "".join(f"      {part}\n" for part in parts) + "    </testcase>\n"


def attribute(text: str) -> str:
    """Returns text for an attribute: on one line, what XML cannot hold shown instead."""
    return safe(text).translate(_MARKUP)


def content(text: str) -> str:
    """Returns text for an element: line ends stay, `]]>` cannot come about, what XML cannot hold is shown instead."""
    return "\n".join(map(safe, text.split("\n"))).translate(_MARKUP)
