"""calendars/XX.yaml: the holidays of a country as data, read with the place of every mistake, and written."""

from __future__ import annotations

from gitdesk.domain.calendar_parse import FOLDER, Holidays, day, path_of
from gitdesk.domain.rules_holidays import MALFORMED
from gitdesk.domain.violation import Violation
from gitdesk.store.yaml_tree import MAPPING, SCALAR, SEQUENCE, YamlProblem, compose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from gitdesk.store.yaml_tree import Node

MAX_BYTES = 5_000_000
_KEYS = ("country", "years", "source", "added", "holidays", "subdivisions")
_HEAD = """\
# Public holidays, as `gitdesk calendar refresh` wrote them; it brings further years when it is called again.
# Dates of your own go under `added:`, which is kept; they count for the country and for every part of it.
"""


def parse_holidays(data: bytes, path: str) -> tuple[Holidays | None, tuple[Violation, ...]]:
    """Returns the holidays a file holds and what is wrong with it; no holidays when anything is."""
    if len(data) > MAX_BYTES:
        return None, (_wrong(path, f"the file has {len(data):,} bytes, and {MAX_BYTES:,} is the limit"),)
    try:
        root = compose(data.decode("utf-8"), path)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return None, (_wrong(path, "not UTF-8", line=line, hint="save the file as UTF-8"),)
    except YamlProblem as problem:
        return None, problem.violations
    reader = _Reader(path)
    found = reader.holidays(root)
    return (None if reader.violations else found), tuple(reader.violations)


class _Reader:
    """Takes a tree apart and notes every mistake."""

    def __init__(self, path: str) -> None:
        self.path, self.violations = path, []  # type: str, list[Violation]

    def holidays(self, root: Node | None) -> Holidays | None:
        if root is None or root.kind != MAPPING:
            self._say(
                root, "the file is empty" if root is None else "the file is not a list of keys with values"
            )
            return None
        for key, _ in root.pairs:
            if key.text not in _KEYS:
                self._say(key, f'unknown key "{key.text}"', hint="one of: " + ", ".join(_KEYS))
        parts = root.get("subdivisions")
        if parts is not None and not parts.is_null and parts.kind != MAPPING:
            self._say(parts, "a subdivision is a key with dates below it")
            parts = None
        return Holidays(
            country=self._country(root),
            years=self._years(root),
            source=self._text(root.get("source")),
            dates=self._dates(root.get("holidays")),
            subdivisions={
                key.text: self._dates(value) for key, value in (parts.pairs if parts is not None else ())
            },
            added=self._dates(root.get("added")),
        )

    def _country(self, root: Node) -> str:
        node = root.get("country")
        country = self._text(node)
        if path_of(country) != self.path:
            named = self.path.removeprefix(FOLDER).removesuffix(".yaml")
            message = (
                f'country is "{country}" in a file named "{named}"' if country else '"country" is missing'
            )
            self._say(node or root, message, hint=f"country: {named}")
        return country

    def _years(self, root: Node) -> tuple[int, int]:
        node = root.get("years")
        texts = (
            [item.text for item in node.items if item.kind == SCALAR]
            if node and node.kind == SEQUENCE
            else []
        )
        if node is not None and len(texts) == 2 and all(_is_year(text) for text in texts):
            first, last = map(int, texts)
            if first <= last:
                return first, last
        message = '"years" is missing' if node is None else '"years" is not a first and a last year'
        self._say(node or root, message, hint="years: [2024, 2029], the years that are complete")
        return 1, 1

    def _text(self, node: Node | None) -> str:
        if node is None or node.is_null:
            return ""
        if node.kind != SCALAR:
            self._say(node, "a text is expected")
            return ""
        return node.text

    def _dates(self, node: Node | None) -> dict[str, str]:
        if node is None or node.is_null:
            return {}
        if node.kind != MAPPING:
            self._say(
                node, "dates and the names of holidays are expected", hint='as in 2026-01-01: "New Year"'
            )
            return {}
        for key, _ in node.pairs:
            if day(key.text) is None:
                self._say(key, f'no such date: "{key.text}"', hint="write year-month-day")
        return {key.text: self._text(value) or "holiday" for key, value in node.pairs}

    def _say(self, node: Node | None, message: str, *, hint: str | None = None) -> None:
        line, column = (node.line, node.column) if node is not None else (1, 1)
        self.violations.append(_wrong(self.path, message, line=line, column=column, hint=hint))


def _is_year(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) == 4 and text != "0000"


def _wrong(
    path: str, message: str, *, line: int | None = None, column: int | None = None, hint: str | None = None
) -> Violation:
    return Violation(code=MALFORMED, message=message, path=path, line=line, column=column, hint=hint)


def render_holidays(holidays: Holidays) -> bytes:
    """Returns the file of a country's holidays: dates in order, each with its name."""
    from gitdesk.store.config_file import quoted

    lines = [
        _HEAD.rstrip("\n"),
        f"country: {quoted(holidays.country)}",
        f"years: [{holidays.years[0]:04}, {holidays.years[1]:04}]",
        f"source: {quoted(holidays.source)}",
    ]
    if holidays.added:
        lines += ["", "added:", *_rendered(holidays.added, 2)]
    lines += ["", "holidays:" if holidays.dates else "holidays: {}", *_rendered(holidays.dates, 2)]
    if holidays.subdivisions:
        lines += ["", "subdivisions:"]
    for name, dates in sorted(holidays.subdivisions.items()):
        lines += [f"  {quoted(name)}:" if dates else f"  {quoted(name)}: {{}}", *_rendered(dates, 4)]
    return "".join(f"{line}\n" for line in lines).encode("utf-8")


def _rendered(dates: Mapping[str, str], indent: int) -> list[str]:
    from gitdesk.store.config_file import quoted

    return [f"{' ' * indent}{text}: {quoted(name)}" for text, name in sorted(dates.items())]
