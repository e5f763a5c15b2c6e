"""Arguments of the calendar commands, from the command line or line by line from standard input, and their answers."""

from __future__ import annotations

import re
import sys
from datetime import UTC

from gitdesk.cli.output import say
from gitdesk.errors import GitdeskError, Place, UsageError
from gitdesk.render.table import Column
from gitdesk.render.text import safe
from gitdesk.render.when import exact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo
    from typing import Any

    from gitdesk.cli.context import Context
    from gitdesk.render.table import Page

    Answer = Mapping[str, Any]

STANDARD_INPUT = "standard input"
_LONGEST = 10_000  # characters of a line
_CLOCK = re.compile(r"(?a)\d\d?:\d\d(:\d\d)?(Z|[+-]\d\d:?\d\d)?")
_DAY = re.compile(r"(?a)\d{4}-\d\d-\d\d")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Question:
    """What a calendar command asks: the names of its arguments, how many must be there, and who answers."""

    __slots__ = ("answer", "kind", "line", "names", "needed", "text")

    def __init__(
        self,
        kind: str,
        names: tuple[str, ...],
        needed: int,
        answer: Callable[..., Answer],
        *,
        text: Callable[[Answer, Page], Iterable[str]],
        line: Callable[[Answer], str],
    ) -> None:
        self.kind, self.names, self.needed = kind, names, needed
        self.answer, self.text, self.line = answer, text, line

    def ask(self, context: Context, words: Sequence[str | None], columns: Sequence[Column]) -> int:
        """Writes the answer to the words, or with `-` one for every line of standard input; returns the exit code."""
        given = [word for word in words if word is not None]
        if "-" not in given:
            self._count(given)
            context.out.items(self.kind, [self.answer(*given)], columns, text=self._block)
            return 0
        fixed = given[: given.index("-")]
        if given[-1] != "-" or given.count("-") > 1:
            raise UsageError('"-" comes last: what is left out is read from standard input')
        ends = _Ends()
        answers = self._lines(fixed, ends)
        context.out.items(self.kind, answers, [*columns, Column("error")], text=self._single_lines)
        return ends.code

    def _count(self, given: Sequence[str]) -> None:
        if len(given) < self.needed:
            raise UsageError(f"missing {self.names[len(given)]}", hint=self._usage())
        if len(given) > len(self.names):
            raise UsageError(f'unexpected "{given[len(self.names)]}"', hint=self._usage())

    def _usage(self) -> str:
        shown = (name if index < self.needed else f"[{name}]" for index, name in enumerate(self.names))
        return "expected: " + " ".join(shown)

    def _lines(self, fixed: list[str], ends: _Ends) -> Iterator[dict[str, Any]]:
        for number, line in _input():
            try:
                words = [*fixed, *split(line)]
                self._count(words)
                yield {"line": number, **self.answer(*words)}
            except GitdeskError as error:
                ends.code = max(ends.code, error.exit_code)
                place = Place(STANDARD_INPUT, number)
                say(f"{place}: {error}" + (f" ({error.hint})" if error.hint else ""), "error: ")
                yield {"line": number, "error": str(error)}

    def _block(self, items: Iterable[Answer], page: Page) -> Iterator[str]:
        for item in items:
            yield from self.text(item, page)

    def _single_lines(self, items: Iterable[Answer], page: Page) -> Iterator[str]:
        for item in items:
            if "error" in item:
                yield f"{page.paint('error', 'error:')} {safe(str(item['error']))}"
            else:
                remark = f"  ({safe(item['remark'])})" if item.get("remark") else ""
                yield self.line(item) + remark


class _Ends:
    """The exit code so far."""

    code = 0


def split(line: str) -> list[str]:
    """Returns the words of a line: by tabs where there are any, else by blanks; a date and a time behind it are one."""
    if "\t" in line:
        return [word.strip() for word in line.split("\t") if word.strip()]
    words: list[str] = []
    for word in line.replace('"', " ").split():
        if words and _CLOCK.fullmatch(word) and _DAY.fullmatch(words[-1]):
            words[-1] += f"T{word}"
        else:
            words.append(word)
    return words


def _input() -> Iterator[tuple[int, str]]:
    """Yields the lines of standard input that say something, with their numbers; raises UsageError for endless ones."""
    number = 0
    while sys.stdin is not None and (line := sys.stdin.readline(_LONGEST + 1)):
        number += 1
        if len(line) > _LONGEST:
            raise UsageError(
                f"the line has more than {_LONGEST:,} characters", place=Place(STANDARD_INPUT, number)
            )
        line = line.strip()
        if line and not line.startswith("#"):
            yield number, line


def moment(when: datetime | None, zone: tzinfo) -> str:
    """Returns a moment in a calendar's zone, with its weekday: Mon 2026-11-23 09:30:00 +01:00."""
    if when is None:
        return "never"
    return f"{_DAYS[when.astimezone(zone).weekday()]} {exact(when, zone)}"


def universal(when: datetime | None) -> str:
    """Returns a moment in UTC as scripts write it."""
    return "never" if when is None else when.astimezone(UTC).isoformat()[:19] + "Z"


def zone_of(item: Answer) -> tzinfo:
    """Returns the zone of an answer's calendar."""
    from gitdesk.domain.zone import zone_named

    return zone_named(item["timezone"])


def labelled(rows: Iterable[tuple[str, str]], page: Page) -> Iterator[str]:
    """Yields `label  text` with the texts in a column; rows without a text are left out."""
    known = [(label, text) for label, text in rows if text]
    size = max((len(label) for label, _ in known), default=0)
    for label, text in known:
        yield f"{page.paint('dim', label.ljust(size))}  {safe(text)}"
