"""What tests of readers share: a file with some content, and what an importer makes of it."""

from __future__ import annotations

import gzip
from pathlib import Path
from types import ModuleType
from typing import Any

from gitdesk.importers.losses import Report
from gitdesk.importers.stream import Settings


def written(path: Path, content: str | bytes, *, packed: bool = False) -> str:
    """Writes a file and returns its name."""
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data, mtime=0) if packed else data)
    return str(path)


def read(
    importer: ModuleType,
    *files: str,
    shape: dict[str, Any] | None = None,
    keep_going: bool = False,
    **settings: Any,
) -> tuple[list[dict[str, Any]], Report]:
    """Returns the neutral tickets of files, and the report."""
    report = Report(keep_going=keep_going)
    given = Settings(shape=shape or {}, keep_going=keep_going, **settings)
    return list(importer.tickets(files, given, report)), report


def adds_up(tickets: list[dict[str, Any]], report: Report) -> bool:
    """Tells whether what was yielded, refused and left out is what the file had."""
    kept = sum(one.get("_rows", 1 + len(one.get("events") or [])) for one in tickets)
    lost = sum(bad.items for bad in report.refused)
    left = sum(one.items for one in report.left_out.values())
    return kept + lost + left == report.items
