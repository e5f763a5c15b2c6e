"""Markdown tables that survive pipes, line ends and markup in their cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from gitdesk.render.table import Column, plain
from gitdesk.render.text import safe
from gitdesk.render.when import duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ACTIVE = re.compile(r"([\\`*_\[\]<>|~])")
# What would start a link, a mention or a reference by itself on a hosting site is left as it is: a ticket list is read
# where such things are wanted; only what breaks the table or hides text is escaped.


def render_markdown(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> str:
    """Returns a pipe table with one heading line; cells are text, never markup."""
    from tabulate import tabulate  # costs more than the rest of a listing, hence only here

    return tabulate(
        [[escape(_text(value, column)) for value, column in zip(row, columns, strict=True)] for row in rows],
        headers=[escape(column.heading) for column in columns],
        tablefmt="pipe",
        disable_numparse=True,
        colalign=["right" if column.align == "right" else "left" for column in columns],
    )


def escape(text: str) -> str:
    """Returns text that Markdown shows as it is, on one line."""
    flat = " ".join(text.split())
    return _ACTIVE.sub(r"\\\1", safe(flat))


def _text(value: Any, column: Column) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if value is not None and (
        isinstance(value, timedelta) or (column.kind == "duration" and isinstance(value, int))
    ):
        return duration(value)
    return plain(value)
