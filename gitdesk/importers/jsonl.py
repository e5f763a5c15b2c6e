"""JSON Lines: neutral tickets as they stand, and foreign objects by the map's shape."""

from __future__ import annotations

from contextlib import closing

from gitdesk.importers.json_items import json_items, parse_line
from gitdesk.importers.shape import shaped, spot
from gitdesk.importers.shape_plan import plan_of
from gitdesk.importers.stream import lines, open_text, system_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from typing import Any

    from gitdesk.importers.losses import Report
    from gitdesk.importers.stream import Settings, Source

_SPACE = " \t\r\n"


def tickets(files: Sequence[str], settings: Settings, report: Report) -> Iterator[dict[str, Any]]:
    """Yields the neutral tickets of files, one a line or in lists; foreign ones where the map has a shape.

    Raises UsageError for files and shapes that cannot be; tells the report of lines that cannot be read.
    """
    plan = plan_of(settings.shape) if settings.shape else None
    with closing(_objects(files, settings, report)) as objects:
        if plan:
            rows = ((spot(file, line), found) for file, line, found in objects)
            yield from shaped(rows, plan, system_of(files, settings), report, files)
            return
        for file, line, found in objects:
            events = found.get("events")
            report.items += 1 + (len(events) if isinstance(events, list) else 0)
            found["_line"] = spot(file, line)
            yield found


def objects(
    files: Sequence[str], settings: Settings, report: Report
) -> Generator[tuple[int, dict[str, Any]], None, None]:
    """Yields where it stands (`place_of`) and value of each object of files, for importers of JSON."""
    with closing(_objects(files, settings, report)) as found:
        for file, line, one in found:
            yield spot(file, line), one


def first_objects(path: str, settings: Settings, report: Report, most: int) -> list[dict[str, Any]]:
    """Returns the first objects of a file, for a guess at its shape."""
    found = []
    with closing(_objects([path], settings, report)) as objects:
        for _, _, one in objects:
            found.append(one)
            if len(found) >= most:
                break
    return found


def _objects(
    files: Sequence[str], settings: Settings, report: Report
) -> Generator[tuple[int, int, dict[str, Any]], None, None]:
    """Yields number of the file, line and object."""
    encoding = settings.encoding or str(settings.shape.get("encoding") or "")
    for number, path in enumerate(files):
        source = open_text(path, encoding)
        report.reading = source
        try:
            read = _lines if _is_lines(source) else json_items
            for line, found in read(source, report):
                yield number, line, found
        finally:
            source.close()


def _is_lines(source: Source) -> bool:
    """Tells whether a file has an object a line: not a list, and not one object laid out over many lines."""
    start = source.ahead().lstrip(b"\xef\xbb\xbf \t\r\n")
    return (
        start[:1] != b"[" and start.split(b"\n", 1)[0].strip() != b"{" and source.encoding.startswith("utf-8")
    )


def _lines(source: Source, report: Report) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, text in lines(source, report):
        if not text.strip(_SPACE):
            continue
        try:
            found = parse_line(text)
        except ValueError as error:
            if not source.cut:
                report.bad(source.place(number), str(error))
            continue
        yield number, found
