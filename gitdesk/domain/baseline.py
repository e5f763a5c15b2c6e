"""A baseline: the violations a desk had when it began to be judged, to be left out until they are mended."""

from __future__ import annotations

import json

from gitdesk.errors import Place, Unreadable
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from gitdesk.domain.violation import Violation

SCHEMA = "gitdesk.baseline/1"
_TEXTS = ("fingerprint", "code", "path", "message")
_HINT = "write it anew: gitdesk check --write-baseline FILE"


class Entry(Value):
    """Violations with one fingerprint, and how many of them there were."""

    fingerprint: str
    code: str
    path: str
    message: str
    count: int = 1


class Sieve:
    """Leaves out what a baseline lists, as often as it lists it."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = tuple(entries)
        self._left: dict[str, int] = {}
        for entry in self._entries:
            self._left[entry.fingerprint] = self._left.get(entry.fingerprint, 0) + entry.count
        self.left_out = 0

    def takes(self, violation: Violation) -> bool:
        """Tells whether a violation is listed, and counts it."""
        left = self._left.get(violation.fingerprint, 0)
        if left:
            self._left[violation.fingerprint] = left - 1
            self.left_out += 1
        return bool(left)

    def gone(self) -> tuple[Entry, ...]:
        """Returns what is listed oftener than it was found; `count` says by how much."""
        left = dict(self._left)
        found = []
        for entry in self._entries:
            over = min(entry.count, left[entry.fingerprint])
            left[entry.fingerprint] -= over
            if over:
                found.append(Entry(**{name: getattr(entry, name) for name in _TEXTS}, count=over))
        return tuple(found)


def render(violations: Iterable[Violation]) -> str:
    """Returns the file that lists violations: one entry a line, in an order that no run changes."""
    counts: dict[str, int] = {}
    first: dict[str, Violation] = {}
    for one in violations:
        mark = one.fingerprint
        counts[mark] = counts.get(mark, 0) + 1
        if mark not in first or one.message < first[mark].message:
            first[mark] = one
    ordered = sorted(first.items(), key=lambda each: (each[1].path, each[1].code, each[0]))
    rows = []
    for mark, one in ordered:
        plain = {"fingerprint": mark, "code": one.code, "path": one.path, "message": one.message}
        row: dict[str, Any] = plain if counts[mark] == 1 else {**plain, "count": counts[mark]}
        rows.append("\n" + json.dumps(row, ensure_ascii=False))
    end = "\n" if rows else ""
    return f'{{"schema": "{SCHEMA}", "violations": [{",".join(rows)}{end}]}}\n'


def parse(data: bytes, path: str) -> tuple[Entry, ...]:
    """Returns what a baseline file lists; raises Unreadable with the place where it is wrong."""
    try:
        text = data.decode("utf-8")
        document = json.loads(text)
    except UnicodeDecodeError as error:
        raise Unreadable(
            "not UTF-8", place=Place(path, data.count(b"\n", 0, error.start) + 1), hint=_HINT
        ) from error
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise Unreadable(message, place=Place(path, error.lineno, error.colno), hint=_HINT) from error
    except RecursionError as error:
        raise Unreadable("nested too deep", place=Place(path), hint=_HINT) from error
    if not isinstance(document, dict) or not isinstance(document.get("violations"), list):
        raise Unreadable('not a baseline: it has no list "violations"', place=Place(path, 1, 1), hint=_HINT)
    if document.get("schema") != SCHEMA:
        hint = f'this program reads "{SCHEMA}"'
        raise Unreadable(
            f'a baseline with the schema "{document.get("schema")}"', place=Place(path, 1, 1), hint=hint
        )
    return tuple(_entry(each, number, text, path) for number, each in enumerate(document["violations"]))


def _entry(row: Any, number: int, text: str, path: str) -> Entry:
    wrong = None
    if not isinstance(row, dict):
        wrong = "is no object"
    else:
        wrong = next((f'has no text "{name}"' for name in _TEXTS if not isinstance(row.get(name), str)), None)
        count = row.get("count", 1)
        if wrong is None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
            wrong = 'has a "count" that is not 1 or more'
    if wrong is not None:
        raise Unreadable(f"entry {number + 1} {wrong}", place=Place(path, _line(text, number)), hint=_HINT)
    return Entry(**{name: row[name] for name in _TEXTS}, count=row.get("count", 1))


def _line(text: str, number: int) -> int | None:
    """Returns the line on which an entry of the list begins, None when the file is laid out too oddly to tell."""
    decoder = json.JSONDecoder()
    at = text.find("[", text.find('"violations"')) + 1
    try:
        for _ in range(number + 1):
            while text[at] in " \t\r\n,":
                at += 1
            start = at
            _, at = decoder.raw_decode(text, at)
    except (ValueError, IndexError):
        return None
    return text.count("\n", 0, start) + 1
