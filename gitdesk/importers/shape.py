"""Foreign rows as neutral tickets, by the map's shape: a row an event, a row a ticket, or an object with its events."""

from __future__ import annotations

from operator import itemgetter

from gitdesk.errors import Place
from gitdesk.importers.grouping import grouped
from gitdesk.importers.shape_plan import MISSING, typed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from gitdesk.importers.losses import Report
    from gitdesk.importers.shape_plan import Plan

    # A row and where it stands (see `spot`): the cells of a CSV file, None for empty ones, or a JSON object.
    Row = tuple[int, Any]
    # Where, the time for the order, the time as told, the row.
    Dated = tuple[int, float, Any, Any]

_LINES = 1 << 40
_LIST = "_list"  # marks an event of a further list with the list's name
_LONGEST_EXAMPLE = 60
_NO_TIME = "name the file's format in the map, as in \"shape: {date_format: '%d.%m.%Y %H:%M:%S'}\""


def spot(file: int, line: int) -> int:
    """Returns one number for a line of the nth file, as rows are passed with it."""
    return file * _LINES + line


def place_of(files: Sequence[str], where: int) -> Place:
    """Returns the place that a spot stands for, as `_line` of a ticket does."""
    name = files[where // _LINES]
    return Place("standard input" if name == "-" else name, where % _LINES)


def shaped(
    rows: Iterable[Row],
    plan: Plan,
    system: str,
    report: Report,
    files: Sequence[str],
    columns: Sequence[str] | None = None,
) -> Iterator[dict[str, Any]]:
    """Yields the tickets that rows make by a plan; `columns` are those of a CSV file, None for JSON objects.

    What cannot be read is told to the report with its file and line.
    """
    maker = _Maker(plan, system, report, files, columns)
    if plan.lists:
        return maker.holding(rows)
    return maker.logged(rows) if plan.at else maker.single(rows)


class _Maker:
    """Makes tickets of rows by one plan."""

    def __init__(
        self, plan: Plan, system: str, report: Report, files: Sequence[str], columns: Sequence[str] | None
    ) -> None:
        self.plan, self.system, self.report, self.files = plan, system, report, files
        self.others: list[tuple[str, Any]] | None = None
        self.ignored: list[tuple[str, Any]] = []
        if columns is not None:
            left = [(name, itemgetter(at)) for at, name in enumerate(columns) if name not in plan.named]
            self.others = [pair for pair in left if pair[0] not in plan.ignore]
            self.ignored = [pair for pair in left if pair[0] in plan.ignore]
        # Cells of a CSV file are stripped and None where empty: those that are set as they stand are taken all at once.
        plain = [one for one in plan.sets if one.column is not None] if columns is not None else []
        self.quick = itemgetter(*(one.column for one in plain)) if len(plain) > 1 else None
        self.quick_names = [one.name for one in plain]
        self.slow_sets = [
            one
            for one in plan.sets
            if not (self.quick and one in plain and not one.separator and not one.never_empty)
        ]

    def logged(self, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
        """Yields the tickets of a log, where each row is an event and the rows of a ticket stand anywhere."""
        for key, group in grouped(self._dated(rows)):
            dated: list[Dated] = [row for _, row in group]
            dated.sort(key=itemgetter(1))
            found = [row for _, _, _, row in dated]
            ticket = self._begun(key, dated[0][0], found)
            ticket.setdefault("created", dated[0][2])
            self._count(ticket, len(found))
            events = self._events(ticket, dated)
            self._texts(ticket, found, events)
            ticket["events"] = events
            yield ticket

    def _dated(self, rows: Iterable[Row]) -> Iterator[tuple[str, int, Dated]]:
        """Yields the rows of a log with their ticket and time; tells of those that have none."""
        get_at, when = self.plan.at, self.plan.when
        assert get_at is not None
        for number, (where, row) in enumerate(rows):
            key = self._id(where, row)
            if key is None:
                continue
            try:
                moment, at = when(get_at(row))
            except (ValueError, OverflowError):
                self._no_time(where, get_at(row))
                continue
            yield key, number, (where, moment, at, row)

    def single(self, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
        """Yields the tickets of a list, where each row is a whole ticket as it is now."""
        for where, row in rows:
            key = self._id(where, row)
            if key is None:
                continue
            before = len(self.report.refused)
            ticket = self._begun(key, where, [row], items=1)
            if "created" not in ticket:
                if len(self.report.refused) == before:
                    self._no_time(where, None)
                continue
            self._count(ticket, 1)
            self._texts(ticket, [row], [])
            if message := self._message(row):
                ticket["messages"] = [message]
            ticket["events"] = []
            _now(ticket, self._changes(row))
            yield ticket

    def holding(self, rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
        """Yields the tickets of objects that hold their events in lists."""
        for where, row in rows:
            held = [event for name, get in self.plan.lists for event in self._of(name, _list(get(row)))]
            key = self._id(where, row, items=1 + len(held))
            if key is None:
                continue
            dated = list(self._held(where, held))
            dated.sort(key=itemgetter(1))
            found = [event for _, _, _, event in dated]
            ticket = self._begun(key, where, [row, *found])
            if "created" not in ticket and not dated:
                self.report.bad(self._place(where), "has no time it was created and no event", items=1)
                continue
            ticket.setdefault("created", dated[0][2] if dated else None)
            self._count(ticket, 1 + len(found))
            events = self._events(ticket, dated)
            self._texts(ticket, [{**(found[0] if found else {}), **row}], [])
            ticket["events"] = events
            _now(ticket, self._changes(row))  # what the ticket itself says of now, where it does
            yield ticket

    def _of(self, name: str, events: list[Any]) -> list[Any]:
        """Returns the events of a list; those of a further one are marked, for their ids may be those of the first."""
        if name == self.plan.lists[0][0]:
            return events
        return [{**event, _LIST: name} if isinstance(event, dict) else event for event in events]

    def _held(self, where: int, held: list[Any]) -> Iterator[Dated]:
        """Yields the events of one object with their times; tells of those that have none."""
        get_at = self.plan.at
        assert get_at is not None
        for event in held:
            if not isinstance(event, dict):
                self.report.bad(self._place(where), "an event is no object")
                continue
            try:
                moment, at = self.plan.when(get_at(event))
            except (ValueError, OverflowError):
                self._no_time(where, get_at(event))
                continue
            yield where, moment, at, event

    def _count(self, ticket: dict[str, Any], items: int) -> None:
        ticket["_rows"] = items
        self.report.items += items

    def _place(self, where: int) -> Place:
        return place_of(self.files, where)

    def _id(self, where: int, row: Any, items: int = 1) -> str | None:
        found = self.plan.ticket(row)
        if found.__class__ is str and (bare := found.strip()) not in self.plan.empty:
            return str(bare)
        key = (
            "" if found is None or found is MISSING or isinstance(found, dict | list) else str(found).strip()
        )
        if key in self.plan.empty:
            self.report.bad(
                self._place(where),
                "has no ticket's id",
                "shape.ticket in the map names the column of the id",
                items=items,
            )
            return None
        return key

    def _no_time(self, where: int, value: Any, items: int = 1) -> None:
        if value is None or value is MISSING or value == "":
            self.report.bad(
                self._place(where), "has no time", "shape.at and shape.created name the columns", items=items
            )
        else:
            self.report.bad(self._place(where), f'"{_example(value)}" is not a time', _NO_TIME, items=items)

    def _begun(self, key: str, where: int, rows: list[Any], items: int = 0) -> dict[str, Any]:
        """Returns a ticket with its source, its times and what of its rows is not read."""
        columns = self.plan.columns
        source = {"system": self.system, "id": key}
        if "url" in columns and (url := self._first("url", rows)):
            source["url"] = str(url)
        ticket: dict[str, Any] = {"source": source, "_line": where}
        for name, found in (("created", rows), ("updated", rows[::-1])):
            if name in columns and (value := self._first(name, found)) is not None:
                try:
                    ticket[name] = self.plan.when(value)[1]
                except (ValueError, OverflowError):
                    self._no_time(where, value, items)
        self._left(ticket, rows)
        return ticket

    def _first(self, name: str, rows: list[Any]) -> Any:
        """Returns the first value of a column that is not empty."""
        get = self.plan.columns[name]
        return next((value for row in rows if (value := self._full(get(row))) is not None), None)

    def _full(self, value: Any) -> Any:
        """Returns a value without the space around it; None for MISSING and for what counts as empty."""
        if isinstance(value, str):
            value = value.strip()
            return None if value in self.plan.empty else value
        return None if value is MISSING else value

    def _texts(self, ticket: dict[str, Any], rows: list[Any], events: list[dict[str, Any]]) -> None:
        """Puts title, description and people into a ticket; a text that differs from row to row changes with them."""
        for name, get in self.plan.texts.items():
            values = [
                None if (value := get(row)) is MISSING or value in ("", None) else value
                for row in (rows[:1] if name in self.plan.lasting else rows)
            ]
            values = [value if value is None or isinstance(value, str) else str(value) for value in values]
            if name != "description":
                values = [self._full(value) for value in values]
            known = [value for value in values if value is not None]
            if not known:
                continue
            if name == "author":
                ticket[name] = known[0]
                continue
            ticket[name] = known[-1]
            if len(set(known)) > 1:
                _tell_changes(name, values, events)

    def _events(self, ticket: dict[str, Any], dated: list[Dated]) -> list[dict[str, Any]]:
        """Returns the events of rows; writes into the ticket who began it and what is set in the end."""
        columns = self.plan.columns
        get_by, get_id, with_message = columns.get("by"), columns.get("event_id"), "message" in columns
        listed = self.plan.listed
        events: list[dict[str, Any]] = []
        now: dict[str, Any] = {}
        for _, _, at, row in dated:
            event: dict[str, Any] = {"at": at}
            if get_by and (by := self._full(get_by(row))) is not None:
                event["by"] = str(by)
                if not events:
                    ticket["author"] = event["by"]
            if get_id and (own := self._full(get_id(row))) is not None:
                further = row.get(_LIST) if self.plan.lists else None
                event["id"] = f"{further}:{own}" if further else str(own)
            changes = self._changes(row)
            now.update(changes)
            event["changes"] = {name: {"to": value} for name, value in changes.items()}
            if listed is not None:
                event["changes"].update(listed.told(row))
            if with_message and (message := self._message(row)):
                event["message"] = message
            events.append(event)
        _now(ticket, now)
        return events

    def _message(self, row: Any) -> dict[str, Any] | None:
        columns = self.plan.columns
        text = columns["message"](row) if "message" in columns else None
        if not isinstance(text, str) or text.strip() in self.plan.empty:
            return None
        kind = self._full(columns["message_kind"](row)) if "message_kind" in columns else None
        return {"kind": str(kind), "text": text} if kind else {"text": text}

    def _changes(self, row: Any) -> dict[str, Any]:
        """Returns what a row sets, by name; what it says nothing about is not there."""
        changes = dict(zip(self.quick_names, self.quick(row), strict=True)) if self.quick else {}
        for one in self.slow_sets:
            value = one.get(row)
            if value is MISSING:
                continue
            if value.__class__ is str:
                value = value.strip()
                if value in self.plan.empty:
                    value = None
            if value is None:
                if one.never_empty:
                    changes.pop(one.name, None)
                    continue
            elif one.separator is not None or not isinstance(value, str):
                value = typed(one, value)
            changes[one.name] = value
        return changes

    def _left(self, ticket: dict[str, Any], rows: list[Any]) -> None:
        """Notes what of a ticket's rows the shape leaves out on purpose, and what it does not name, with examples."""
        if self.others is None:
            unread, ignored = self._left_keys(rows)
        else:
            unread = _examples(self.others, rows)
            ignored = [name for name, _ in _examples(self.ignored, rows)]
        if unread:
            ticket["_unread"] = unread
        if ignored:
            ticket["_ignored"] = ignored

    def _left_keys(self, rows: list[Any]) -> tuple[list[list[str]], list[str]]:
        """Returns the same for objects: a key is named if the shape names it, or something within it."""
        unread: dict[str, str] = {}
        ignored: dict[str, None] = {}

        def look(found: dict[str, Any], prefix: str, named: frozenset[str]) -> None:
            for key, value in found.items():
                name = prefix + key
                if name in named or name == _LIST or value in (None, "", [], {}):
                    continue
                if name in self.plan.ignore:
                    ignored[name] = None
                elif isinstance(value, dict | list) and any(one.startswith(f"{name}.") for one in named):
                    for one in value if isinstance(value, list) else [value]:
                        if isinstance(one, dict):
                            look(one, f"{name}.", named)
                elif name not in unread:
                    unread[name] = _example(value)

        named = within = self.plan.named
        if self.plan.lists:  # what names a key of the ticket says nothing about the same key of an event
            within = self.plan.inner | (named - rows[0].keys())
        for at, row in enumerate(rows):
            look(row, "", within if at else named)
            if self.plan.listed is not None and (at or not self.plan.lists):
                look(dict(self.plan.listed.left(row)), "", within)
        return [[name, example] for name, example in unread.items()], list(ignored)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _now(ticket: dict[str, Any], changes: dict[str, Any]) -> None:
    """Writes what was set into the ticket as it is now."""
    for name, value in changes.items():
        if name.startswith("fields."):
            ticket.setdefault("fields", {})[name[len("fields.") :]] = value
        else:
            ticket[name] = value


def _tell_changes(name: str, values: list[Any], events: list[dict[str, Any]]) -> None:
    """Adds a text to the events where it is not what it was."""
    before = None
    for value, event in zip(values, events, strict=False):
        if value is not None and value != before:
            event["changes"][name] = {"to": value}
            before = value


def _examples(columns: list[tuple[str, Any]], rows: list[Any]) -> list[list[str]]:
    found = []
    for name, get in columns:
        example = next((value for row in rows if (value := get(row))), None)
        if example is not None:
            found.append([name, _example(example)])
    return found


def _example(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_EXAMPLE else text[: _LONGEST_EXAMPLE - 1] + "…"
