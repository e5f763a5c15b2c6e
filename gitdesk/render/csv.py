"""CSV: RFC 4180 in UTF-8, times in UTC, with a guard against formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from gitdesk.render.table import Column, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# A spreadsheet runs what starts with one of these (OWASP, "CSV injection"); an apostrophe makes it text again.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def render_csv(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yields the lines of a CSV file, each with its CRLF: the public names first, then the rows."""
    yield _line([column.name for column in columns])
    for row in rows:
        yield render_row(row)


def render_row(row: Sequence[Any]) -> str:
    """Returns one line of a CSV file, with its CRLF."""
    return _line([_field(value) for value in row])


def _line(fields: Sequence[str]) -> str:
    return ",".join(map(_quoted, fields)) + "\r\n"


def _quoted(field: str) -> str:
    if field.isalnum():
        return field
    if '"' in field or "," in field or "\n" in field or "\r" in field or field != field.strip(" "):
        return '"' + field.replace('"', '""') + '"'
    return field


def _field(value: Any) -> str:
    """Returns one field; numbers stay as they are, since a minus before digits is no formula."""
    if type(value) is str:  # first what most fields are: a row may have thirty of them
        return "'" + value if value[:1] in _FORMULA else value
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return str(int(value.total_seconds()))
    if isinstance(value, bool):
        return "true" if value else "false"
    text = plain(value)
    if isinstance(value, int | float):
        return text
    return "'" + text if text[:1] in _FORMULA else text
