"""A shape as a plan: what the map says about a foreign file, checked, and turned into what reads its rows."""

from __future__ import annotations

import json
import re
from operator import itemgetter

from gitdesk.domain.near import closest
from gitdesk.errors import UsageError
from gitdesk.importers import dates
from gitdesk.importers.shape_changes import listed_of
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from gitdesk.errors import Place
    from gitdesk.importers.shape_changes import Listed

    Get = Callable[[Any], Any]

MISSING: Any = type("Missing", (), {"__repr__": lambda _: "MISSING", "__bool__": lambda _: False})()

COLUMN_KEYS = ("ticket", "at", "by", "event_id", "created", "updated", "url", "message", "message_kind")
TEXT_KEYS = ("title", "description", "requester", "author", "channel")
LIST_KEYS = ("events", "date_format", "ignore", "empty")
FILE_KEYS = ("delimiter", "quote", "encoding", "separator", "decimal")
KEYS = (*COLUMN_KEYS, *TEXT_KEYS, "set", "changes", *LIST_KEYS, *FILE_KEYS)
SETTABLE = ("status", "priority", "type", "group", "assignee", "channel", "requester", "tags", "watchers")
_RAW = ("message", "description")  # whose space at the ends is theirs
_INNER_KEYS = ("at", "by", "event_id", "message", "message_kind")
LISTS = ("tags", "watchers")
# What a ticket cannot be without: an empty cell says nothing about it.
_NEVER_EMPTY = ("status",)
_HOLE = re.compile(r"\{([^{}]+)\}")


class Set(Value):
    """One value of a ticket that rows set: its name in the neutral ticket, where it is read, how a cell is split."""

    name: str
    get: Get
    column: int | None
    separator: str | None
    never_empty: bool


class Plan(Value):
    """A shape, ready for reading: each getter takes a row and returns a value, None for an empty one, or MISSING.

    `lasting` names texts that are the same for all rows of a ticket, `raw` the columns whose cells are not stripped.
    """

    ticket: Get
    at: Get | None
    lists: tuple[tuple[str, Get], ...]
    listed: Listed | None
    when: Callable[[Any], dates.Moment]
    columns: Mapping[str, Get]
    texts: Mapping[str, Get]
    lasting: frozenset[str]
    raw: tuple[int, ...]
    sets: tuple[Set, ...]
    ignore: tuple[str, ...]
    named: frozenset[str]
    inner: frozenset[str]
    empty: frozenset[str]


def plan_of(
    shape: Mapping[str, Any], columns: Sequence[str] | None = None, place: Place | None = None
) -> Plan:
    """Returns the plan of a shape: for rows with these columns, or for objects where there are none.

    Raises UsageError for keys and values that mean nothing, and for columns the file does not have;
    `place` is the file's header.
    """
    _check(shape)
    named: set[str] = set()
    getters = _Getters(columns, place, named)
    keyed = {key: getters.text(key, shape[key]) for key in (*COLUMN_KEYS, *TEXT_KEYS) if shape.get(key)}
    separator = str(shape.get("separator") or ",")
    decimal = str(shape.get("decimal") or ".")
    sets = tuple(
        Set(
            name=name,
            get=_with_point(
                getters.text(f"set.{name}", spec), decimal if name.startswith("fields.") else "."
            ),
            column=None if columns is None or spec not in columns else columns.index(spec),
            separator=separator if name in LISTS else None,
            never_empty=name in _NEVER_EMPTY,
        )
        for name, spec in (shape.get("set") or {}).items()
        if spec
    )
    ignore = tuple(_listed(shape.get("ignore")))
    return Plan(
        ticket=keyed.pop("ticket"),
        at=keyed.pop("at", None),
        lists=tuple((key, getters.text("events", key)) for key in _listed(shape.get("events"))),
        listed=listed_of(shape, SETTABLE, getters.text),
        when=dates.reader(_listed(shape.get("date_format"))),
        columns={key: keyed[key] for key in COLUMN_KEYS if key in keyed},
        texts={key: keyed[key] for key in TEXT_KEYS if key in keyed},
        lasting=frozenset(key for key in TEXT_KEYS if shape.get(key) and _lasts(shape[key], shape["ticket"])),
        raw=tuple(columns.index(shape[key]) for key in _RAW if columns and shape.get(key) in columns),
        sets=sets,
        ignore=tuple(name for name in ignore if name not in named),
        named=frozenset(named),
        inner=frozenset(getters.inner),
        empty=frozenset(("", *_listed(shape.get("empty")))),
    )


def _lasts(spec: str, ticket: str) -> bool:
    """Tells whether a text is the same for all rows of a ticket: a constant, or made of the ticket's id alone."""
    return spec.startswith("=") or spec == ticket or set(_HOLE.findall(spec)) == {ticket}


def _listed(value: Any) -> list[str]:
    if value is None or value == "":
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _check(shape: Mapping[str, Any]) -> None:
    for key, value in shape.items():
        if key not in KEYS:
            _refuse(f'shape has no key "{key}"', str(key), KEYS)
        if key == "set":
            _check_set(value)
        elif key not in (*LIST_KEYS, "changes") and not isinstance(value, str | type(None)):
            raise UsageError(
                f"shape.{key} takes the name of a column", hint="put names that look like numbers in quotes"
            )
    if not shape.get("ticket"):
        raise UsageError(
            'shape does not say in which column a ticket\'s id is: "ticket" is missing',
            hint='name it in the map, as in "ticket: Number"; where no map is there yet, --map FILE writes a proposal',
        )
    if not shape.get("at") and not shape.get("created"):
        raise UsageError(
            'shape says nothing about times: it needs "at" (rows are events) or "created" (a row is a ticket)',
        )
    if shape.get("events") and not shape.get("at"):
        raise UsageError('shape has "events" but not "at", the time of each')
    if shape.get("changes") and not shape.get("at"):
        raise UsageError('shape has "changes" but not "at", the time of each event')


def _check_set(value: Any) -> None:
    if not isinstance(value, dict | None):
        raise UsageError('shape.set takes names and columns, as in "set: {status: Status}"')
    for name, spec in (value or {}).items():
        if name not in SETTABLE and not (str(name).startswith("fields.") and len(str(name)) > len("fields.")):
            _refuse(f'shape.set has no "{name}"', str(name), (*SETTABLE, "fields."))
        if not isinstance(spec, str | None):
            raise UsageError(f"shape.set.{name} takes the name of a column")


def _refuse(message: str, word: str, known: Iterable[str]) -> None:
    near = closest(word, known)
    hint = f'did you mean "{near}"?' if near else "there are " + ", ".join(known)
    raise UsageError(message, hint=hint)


class _Getters:
    """Makes what reads a column, a text with columns in braces, or a constant written "=so"; notes what is named."""

    def __init__(self, columns: Sequence[str] | None, place: Place | None, named: set[str]) -> None:
        self.columns, self.place, self.named = columns, place, named
        self.inner: set[str] = set()  # what is read from the events of an object

    def text(self, key: str, spec: str) -> Get:
        """Returns the getter of one value of the shape."""
        if spec.startswith("="):
            constant = spec[1:]
            return lambda _: constant
        if _HOLE.search(spec) and not (self.columns and spec in self.columns):
            return self._template(key, spec)
        return self._column(key, spec)

    def _column(self, key: str, name: str) -> Get:
        self.named.add(name)
        if key in _INNER_KEYS or key.startswith(("set.", "changes.")):
            self.inner.add(name)
        if self.columns is None:
            return by_path(name)
        if name not in self.columns:
            near = closest(name, self.columns)
            hint = f'did you mean "{near}"?' if near else "columns are " + ", ".join(self.columns[:20])
            raise UsageError(f'there is no column "{name}" for shape.{key}', hint=hint, place=self.place)
        return itemgetter(self.columns.index(name))

    def _template(self, key: str, spec: str) -> Get:
        pieces: list[str | Get] = []
        for index, piece in enumerate(_HOLE.split(spec)):
            pieces.append(self._column(key, piece) if index % 2 else piece)

        def fill(row: Any) -> str | None:
            """Returns the text with its holes filled; None if every hole is empty."""
            parts, full = [], False
            for piece in pieces:
                if isinstance(piece, str):
                    parts.append(piece)
                elif (value := piece(row)) is not None and value is not MISSING:
                    full = True
                    parts.append(_plain(value))
            return " ".join("".join(parts).replace("()", "").split()) if full else None

        return fill


def _with_point(get: Get, decimal: str) -> Get:
    """Returns a getter whose numbers are written with a point, where the file writes them with `decimal`."""
    if decimal == ".":
        return get
    number = re.compile(rf"\s*([+-]?\d+){re.escape(decimal)}(\d+)\s*")

    def pointed(row: Any) -> Any:
        value = get(row)
        matched = number.fullmatch(value) if isinstance(value, str) else None
        return f"{matched[1]}.{matched[2]}" if matched else value

    return pointed


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(_plain, value)) if isinstance(value, list) else str(value)


def by_path(name: str) -> Get:
    """Returns what reads a key of an object, `user.login` that of an object within; MISSING where there is none.

    Within null there is nothing, which is something else: nobody is assigned. Of a list of objects it reads each.
    """
    parts = name.split(".")

    def get(row: Any) -> Any:
        found = row.get(name, MISSING)
        if found is not MISSING or len(parts) == 1:
            return found
        for place, part in enumerate(parts):
            if isinstance(row, list):
                return _of_each(row, ".".join(parts[place:]))
            row = row.get(part, MISSING) if isinstance(row, dict) else None if row is None else MISSING
        return row

    return get


def _of_each(items: list[Any], name: str) -> list[Any]:
    get = by_path(name)
    found = [get(one) for one in items if isinstance(one, dict)]
    return [one for one in found if one is not MISSING and one is not None]


def typed(one: Set, value: Any) -> Any:
    """Returns a list for tags and watchers, text for words, and anything for fields."""
    if one.separator is not None:
        parts = (
            value.split(one.separator)
            if isinstance(value, str)
            else value
            if isinstance(value, list)
            else [value]
        )
        return [text for part in parts if part is not None and (text := str(part).strip())]
    if isinstance(value, dict | list):  # what no column was named in
        value = [_worded(each) for each in value] if isinstance(value, list) else _worded(value)
    return value if one.name.startswith("fields.") else str(value)


def _worded(value: Any) -> Any:
    if not isinstance(value, dict | list):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
