"""A proposal of a shape for a file nobody described yet, by the names of its columns and what stands in them."""

from __future__ import annotations

import re
from itertools import pairwise

from gitdesk.errors import UsageError
from gitdesk.importers import dates
from gitdesk.importers import guess_words as words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

LOOKED_AT = 500  # values of a column that tell what it is
_EMPTY = ("?", "NULL", "null", "NaN", "nan", "N/A", "#N/A")
_UNNAMED = re.compile(r"column 1|unnamed 0")  # as the table or a program calls it
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")


def shape_of(columns: Sequence[str], samples: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Returns a shape that fits columns of these names with rows like these, as complete as can be.

    Columns that mean nothing known become fields; nothing is left out. Raises UsageError where no column can be the
    ticket's id or its time.
    """
    guess = Guess(columns, samples)
    shape = guess.shape()
    if guess.missing:
        raise Unguessed(guess.missing[0], columns, shape)
    return shape


def words_of(name: str) -> str:
    """Returns a column's name as words in lower case."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return " ".join(_NOT_A_NAME.sub(" ", parted.lower()).split())


class Unguessed(UsageError):
    """No column can be what a shape needs; `shape` is what could be told all the same, with None to be filled in."""

    def __init__(self, message: str, columns: Sequence[str], shape: dict[str, Any]) -> None:
        shown = ", ".join(columns[:20])
        super().__init__(
            message,
            hint=f'write the map by hand: "shape: {{ticket: COLUMN, at: COLUMN}}"; columns are {shown}',
        )
        self.columns, self.shape = list(columns), shape


class Guess:
    """What the columns of one table may be; each is taken once."""

    def __init__(
        self,
        columns: Sequence[str],
        samples: Sequence[Sequence[str]],
        *,
        within: bool = False,
        spoken: Mapping[str, str] | None = None,
    ) -> None:
        self.columns = list(columns)
        self.within = within  # the events inside an object, which need no ticket's id
        self.spoken = spoken  # what columns are called in words, where their names do not say it themselves
        self.missing: list[str] = []  # what no column can be, in words
        self.words = {name: spoken[name] if spoken else words_of(name) for name in columns}
        self.values = {
            name: [row[at].strip() for row in samples if at < len(row) and row[at].strip()]
            for at, name in enumerate(columns)
        }
        self.empty = sorted({value for values in self.values.values() for value in values if value in _EMPTY})
        for values in self.values.values():
            values[:] = [value for value in values if value not in self.empty]
        self.samples = [row for row in samples if len(row) == len(self.columns)]
        self.left = list(columns)
        self.has_status = False  # what was done is no status then: somebody else says it
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
        if not self.within:
            made["ticket"] = ticket
        repeated = self.within or (not within and (ticket is None or self._repeats(ticket)))
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
        if self.within:  # what an event says is no description of its ticket
            self._put_message(made, repeated=True)
        self._put(made, "requester", words.REQUESTER if repeated else (*words.REQUESTER, "user"))
        self._put(made, "title", words.TITLE)
        if description := self.take(
            words.DESCRIPTION, lasts
        ):  # what differs from event to event is a message
            made["description"] = description
        self._put(made, "channel", words.CHANNEL)
        if not self.within:
            self._put_message(made, repeated=repeated)
        if not self.within and (url := self.take(words.URL, lasts)):
            made["url"] = url
        if "title" not in made and not self.within:
            made["title"] = f"{self._noun()} {{{ticket}}}" if ticket else None
        if repeated and (changes := self._listed()):
            made["changes"] = changes
        if numbers := [column for column in self.left if self._is_numbering(column)]:
            self.left = [column for column in self.left if column not in numbers]
            made["ignore"] = numbers
        sets = self._sets()
        if formats := self._formats(made):
            made["date_format"] = formats if len(formats) > 1 else formats[0]
        if self.empty:
            made["empty"] = self.empty
        made["set"] = sets
        return made

    def time(self) -> str | None:
        """Returns the column that is an event's time, None where there is none."""
        return self._at()

    def _put(self, made: dict[str, Any], key: str, names: Sequence[str]) -> None:
        if column := self.take(names):
            made[key] = column

    def _put_message(self, made: dict[str, Any], *, repeated: bool) -> None:
        names = (*words.MESSAGE, "body") if repeated else words.MESSAGE
        if message := self.take(names, lambda column: not self._is_count(column)):
            made["message"] = message

    def _ticket(self) -> str | None:
        found = self.take(words.TICKET) or self.take(
            [self.words[one] for one in self.left if self.words[one].endswith(" id")]
        )
        if found is None:
            self.missing.append("no column looks like the id of a ticket")
        return found

    def _at(self) -> str | None:
        names = (*words.CREATED, *words.AT) if self.within else words.AT
        found = self.take(names, self._is_time) or self.take(
            [self.words[one] for one in self.left], self._is_time
        )
        if found is None:
            self.missing.append("no column looks like the time of an event")
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

    def _is_numbering(self, column: str) -> bool:
        """Tells whether a column without a name only numbers the rows, as tables written by programs have it."""
        values = self.values[column]
        if not _UNNAMED.fullmatch(self.words[column]) or not all(value.isdecimal() for value in values):
            return False
        numbers = [int(value) for value in values]
        return bool(numbers) and all(one < other for one, other in pairwise(numbers))

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
                ("status", words.STATUS if self.has_status else (*words.STATUS, *words.ACTIVITY)),
                ("priority", words.PRIORITY),
                ("type", words.TYPE),
                ("assignee", words.ASSIGNEE),
            ),
            *(("group", words.GROUP), ("tags", words.TAGS)),
        ):
            if column := self.take(names) or self._ending(names):
                sets[key] = self._all_called(column) if key == "tags" else column
        for column in self.left:
            name = field_name(self.spoken[column] if self.spoken else column)
            key, number = f"fields.{name}", 2
            while key in sets:
                key, number = f"fields.{name}_{number}", number + 1
            sets[key] = column
        return sets

    def _all_called(self, column: str) -> str:
        """Returns a column, or a text with all of that name, where a table has several: "Labels", "Labels (2)"."""
        others = [one for one in self.left if re.fullmatch(re.escape(column) + r" \(\d+\)", one)]
        self.left = [one for one in self.left if one not in others]
        return ", ".join(f"{{{one}}}" for one in (column, *others)) if others else column

    def _listed(self) -> dict[str, Any]:
        """Returns what rows tell a change by: columns of what changed, from what and to what."""
        if not any(self.words[one] in words.CHANGED for one in self.left):
            return {}
        if not any(self.words[one] in words.CHANGED_TO for one in self.left):
            return {}
        field, after = self.take(words.CHANGED), self.take(words.CHANGED_TO)
        before = self.take(words.CHANGED_FROM)
        assert field is not None
        found = {"field": field, "from": before, "to": after} if before else {"field": field, "to": after}
        return {**found, "set": changed_names(dict.fromkeys(self.values[field]))}

    def _is_time(self, column: str) -> bool:
        """Tells whether a column holds times, in whatever format."""
        values = self.values[column][:LOOKED_AT]
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


def field_name(text: str) -> str:
    """Returns the name of a field for what a source calls it."""
    name = _NOT_A_NAME.sub("_", text.lower()).strip("_") or "column"
    return name if name[0].isalpha() else f"x_{name}"


def changed_names(names: Iterable[str]) -> dict[str, str]:
    """Returns what the names in a list of changes set: values of a ticket where they are known, else fields."""
    left = list(names)
    found: dict[str, str] = {}
    for key, known in words.CHANGEABLE.items():
        fitting = [(known.index(said), name) for name in left if (said := words_of(name)) in known]
        if fitting:
            found[key] = min(fitting)[1]
            left.remove(found[key])
    for name in left:
        key, number = f"fields.{field_name(name)}", 2
        while key in found:
            key, number = f"fields.{field_name(name)}_{number}", number + 1
        found[key] = name
    return found


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
