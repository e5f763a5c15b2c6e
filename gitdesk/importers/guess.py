"""A proposal of a shape for a file nobody described yet, by the names of its columns and what stands in them."""

from __future__ import annotations

import re

from gitdesk.errors import UsageError
from gitdesk.importers import dates
from gitdesk.importers import guess_words as words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

_LOOKED_AT = 500  # values of a column that tell what it is
_EMPTY = ("?", "NULL", "null", "NaN", "nan", "N/A", "#N/A")
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


def shape_of(columns: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Returns a shape that fits columns of these names with rows like these, as complete as can be.

    Columns that mean nothing known become fields; nothing is left out. Raises UsageError where no column can be the
    ticket's id or its time.
    """
    return _Guess(columns, samples).shape()


def shape_of_objects(objects: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Returns a shape for JSON objects like these: tickets with lists of events, events, or tickets alone."""
    lists = {
        key: [one for found in objects for one in found.get(key) or [] if isinstance(one, dict)]
        for key in dict.fromkeys(
            key for found in objects for key, value in found.items() if _is_events(value)
        )
    }
    held = max(lists, key=lambda key: len(lists[key]), default=None)
    flat = [_flat({key: value for key, value in found.items() if key != held}) for found in objects]
    outer = list(dict.fromkeys(key for found in flat for key in found))
    outer_rows = [[found.get(key, "") for key in outer] for found in flat]
    if held is None:
        return shape_of(outer, outer_rows)
    inner_flat = [_flat(one) for one in lists[held][: _LOOKED_AT * 4]]
    inner = list(dict.fromkeys(key for found in inner_flat for key in found))
    inner_rows = [[found.get(key, "") for key in inner] for found in inner_flat]
    ticket = _Guess(outer, outer_rows)
    events = _Guess(inner, inner_rows, within=True)
    return _joined(ticket, events, held)


def _joined(ticket: _Guess, events: _Guess, held: str) -> dict[str, Any]:
    """Returns the shape of objects that hold events: what the events tell counts for them."""
    made, inner = ticket.shape(within=True), events.shape()
    sets = {**made.pop("set", {}), **inner.pop("set", {})}
    formats = sorted({*_as_list(made.pop("date_format", None)), *_as_list(inner.pop("date_format", None))})
    empty = sorted({*made.pop("empty", ()), *inner.pop("empty", ())})
    joined = {
        "ticket": made["ticket"],
        "events": held,
        **{key: inner[key] for key in inner if key != "ticket"},
        **made,
    }
    if formats:
        joined["date_format"] = formats if len(formats) > 1 else formats[0]
    if empty:
        joined["empty"] = empty
    joined["set"] = sets
    return joined


def _as_list(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


def _is_events(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _flat(found: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Returns the values of an object as text, those within by dots."""
    flat: dict[str, str] = {}
    for key, value in found.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        elif not _is_events(value):  # a list of things is no value; the report tells that it has no place
            flat[prefix + key] = "" if value is None else str(value)
    return flat


def _words(name: str) -> str:
    """Returns a column's name as words in lower case."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(_NOT_A_NAME.sub(" ", parted.lower()).split())


class _Guess:
    """What the columns of one table may be; each is taken once."""

    def __init__(
        self, columns: Sequence[str], samples: Sequence[Sequence[str]], *, within: bool = False
    ) -> None:
        self.columns = list(columns)
        self.within = within  # the events inside an object, which need no ticket's id
        self.words = {name: _words(name) for name in columns}
        self.values = {
            name: [row[at].strip() for row in samples if at < len(row) and row[at].strip()]
            for at, name in enumerate(columns)
        }
        self.empty = sorted({value for values in self.values.values() for value in values if value in _EMPTY})
        for values in self.values.values():
            values[:] = [value for value in values if value not in self.empty]
        self.samples = [row for row in samples if len(row) == len(self.columns)]
        self.left = list(columns)
        self.formats: list[str] = []

    def take(self, names: Sequence[str], fits: Callable[[str], bool] = bool) -> str | None:
        """Returns and takes the column whose name stands first in a list of names, and which fits."""
        for name in names:
            for column in self.left:
                if self.words[column] == name and fits(column):
                    self.left.remove(column)
                    return column
        return None

    def _ending(self, names: Sequence[str]) -> str | None:
        """Takes a column whose name ends in one of these: "SR Latest Impact"."""
        ending = [
            self.words[column]
            for name in names
            for column in self.left
            if self.words[column].endswith(f" {name}")
        ]
        return self.take(ending)

    def shape(self, *, within: bool = False) -> dict[str, Any]:
        """Returns the shape; `within` for the outer part of objects whose events tell the times."""
        made: dict[str, Any] = {}
        ticket = None if self.within else self._ticket()
        if ticket:
            made["ticket"] = ticket
        repeated = self.within or (not within and ticket is not None and self._repeats(ticket))
        if repeated:
            made["at"] = self._at()

        def lasts(column: str) -> bool:
            return not repeated or ticket is None or self._is_steady(ticket, column)

        if created := self.take(words.CREATED, lambda column: self._is_time(column) and lasts(column)):
            made["created"] = created
        if not repeated and (updated := self.take(words.UPDATED, self._is_time)):
            made["updated"] = updated
        if not repeated and not within and not created:
            made["created"] = self._at()
        if repeated:
            if column := self.take(words.EVENT_ID, lambda column: not self._repeats(column)):
                made["event_id"] = column
            self._put(made, "by", words.BY)
        if author := self.take(words.AUTHOR, lasts):
            made["author"] = author
        self._put(made, "requester", words.REQUESTER)
        self._put(made, "title", words.TITLE)
        self._put(made, "description", words.DESCRIPTION)
        self._put(made, "channel", words.CHANNEL)
        if message := self.take(words.MESSAGE, lambda column: not self._is_count(column)):
            made["message"] = message
        if url := self.take(words.URL, lasts):
            made["url"] = url
        if "title" not in made and ticket:
            made["title"] = f"{self._noun()} {{{ticket}}}"
        sets = self._sets()
        if formats := self._formats(made):
            made["date_format"] = formats if len(formats) > 1 else formats[0]
        if self.empty:
            made["empty"] = self.empty
        made["set"] = sets
        return made

    def _put(self, made: dict[str, Any], key: str, names: Sequence[str]) -> None:
        if column := self.take(names):
            made[key] = column

    def _ticket(self) -> str:
        found = self.take(words.TICKET) or self.take(
            [self.words[one] for one in self.left if self.words[one].endswith(" id")]
        )
        if found is None:
            raise UsageError(
                "no column looks like the id of a ticket",
                hint='write the map by hand: "shape: {ticket: COLUMN, at: COLUMN}"; columns are '
                + ", ".join(self.columns[:20]),
            )
        return found

    def _at(self) -> str:
        found = self.take(words.AT, self._is_time) or self.take(
            [self.words[one] for one in self.left], self._is_time
        )
        if found is None:
            raise UsageError(
                "no column looks like the time of an event",
                hint='write the map by hand: "shape: {ticket: COLUMN, at: COLUMN}"; columns are '
                + ", ".join(self.columns[:20]),
            )
        return found

    def _repeats(self, ticket: str) -> bool:
        """Tells whether a ticket has several rows: then each is an event."""
        values = self.values[ticket]
        return len(set(values)) < len(values)

    def _is_steady(self, ticket: str, column: str) -> bool:
        """Tells whether a column has one value for each ticket: a fact of the ticket, not of an event."""
        at, of = self.columns.index(column), self.columns.index(ticket)
        known: dict[str, str] = {}
        return all(known.setdefault(row[of], row[at]) == row[at] for row in self.samples if row[at].strip())

    def _is_count(self, column: str) -> bool:
        """Tells whether a column holds numbers only: how many comments, not what they say."""
        return all(value.isdigit() for value in self.values[column])

    def _noun(self) -> str:
        said = " ".join(self.words.values())
        return next(
            (noun.capitalize() for noun in ("incident", "problem", "issue", "request") if noun in said),
            "Case",
        )

    def _sets(self) -> dict[str, str]:
        """Returns what the remaining columns set: the words of a ticket, and for the rest fields."""
        sets: dict[str, str] = {}
        for key, names in (
            *(
                ("status", words.STATUS),
                ("priority", words.PRIORITY),
                ("type", words.TYPE),
                ("assignee", words.ASSIGNEE),
            ),
            *(("group", words.GROUP), ("tags", words.TAGS)),
        ):
            if column := self.take(names) or self._ending(names):
                sets[key] = column
        for column in self.left:
            name = _NOT_A_NAME.sub("_", column.lower()).strip("_") or "column"
            name = name if name[0].isalpha() else f"x_{name}"
            key, number = f"fields.{name}", 2
            while key in sets:
                key, number = f"fields.{name}_{number}", number + 1
            sets[key] = column
        return sets

    def _is_time(self, column: str) -> bool:
        """Tells whether a column holds times, in whatever format."""
        values = self.values[column][:_LOOKED_AT]
        return bool(values) and (_reads((), values) or any(_reads((form,), values) for form in words.FORMATS))

    def _formats(self, made: dict[str, Any]) -> list[str]:
        """Returns the formats of the times a shape names, where they are not ISO: for each the first that fits."""
        formats: list[str] = []
        for key in ("at", "created", "updated"):
            values = self.values.get(made.get(key, ""), [])
            if not values or _reads(formats, values):
                continue
            fitting = [form for form in words.FORMATS if _reads((form,), values)]
            formats += fitting[:1]
        return formats


def _reads(formats: Sequence[str], values: Sequence[str]) -> bool:
    """Tells whether all values can be read as times; whole numbers count if they can be of our days."""
    read = dates.reader(formats)
    for value in values:
        try:
            moment, _ = read(value)
        except (ValueError, OverflowError):
            return False
        if value.isdigit() and not 0 < moment < 4e9:
            return False
    return True
