"""Changes that an event lists, each with the name of what changed, from what and to what: `changes` in a shape."""

from __future__ import annotations

from gitdesk.domain.exchange import LISTS, SCALARS
from gitdesk.errors import UsageError
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    Get = Callable[[Any], Any]

KEYS = ("list", "field", "from", "to", "lists", "set", "ignore")
_TEXTS = ("title", "description")
_KNOWN = frozenset((*SCALARS, *LISTS, "messages"))
_NOTHING = (None, "")


class Listed(Value):
    """How the changes of an event are read. `path` is where their list stands, "" where the event itself is one.

    `names` are the ticket's values by what the source calls them, `lists` those of the source that hold several things,
    of which each change tells one that came or went.
    """

    path: str
    items: Get
    field: Get
    before: Get | None
    after: Get
    used: frozenset[str]
    names: Mapping[str, str]
    lists: frozenset[str]
    ignore: frozenset[str]
    empty: frozenset[str]
    separator: str

    def told(self, event: Any) -> dict[str, Any]:
        """Returns the changes of an event as the neutral format has them."""
        met: dict[str, list[tuple[str | None, str | None]]] = {}
        for one in self.items(event):
            name = self._text(self.field(one))
            if name and name not in self.ignore:
                before = self._text(self.before(one)) if self.before is not None else None
                met.setdefault(name, []).append((before, self._text(self.after(one))))
        return {self._key(name): self._change(name, pairs) for name, pairs in met.items()}

    def left(self, event: Any) -> Iterator[tuple[str, Any]]:
        """Yields what the changes of an event say beside, by where it stands."""
        if self.path:
            for one in self.items(event):
                for key, value in one.items():
                    if key not in self.used:
                        yield f"{self.path}.{key}", value

    def _key(self, name: str) -> str:
        # A name the map does not have is kept as a note, so it must not pass for one of the format's own.
        return self.names.get(name) or (f'"{name}"' if name in _KNOWN else name)

    def _change(self, name: str, pairs: list[tuple[str | None, str | None]]) -> dict[str, Any]:
        target = self.names.get(name, "")
        if name in self.lists and (target in LISTS or target.startswith("fields.")):
            went = [item for before, _ in pairs for item in self._split(target, before)]
            came = [item for _, after in pairs for item in self._split(target, after)]
            return {
                "add": [item for item in came if item not in went],
                "remove": [item for item in went if item not in came],
            }
        before, after = (_joined(one[side] for one in pairs) for side in (0, 1))
        if target in LISTS:
            found: dict[str, Any] = {"to": self._split(target, after)}
            return {"from": self._split(target, before), **found} if self.before is not None else found
        return {"from": before, "to": after} if self.before is not None else {"to": after}

    def _split(self, target: str, text: str | None) -> list[str]:
        if text is None:
            return []
        if target not in LISTS:
            return [text]
        return [part.strip() for part in text.split(self.separator) if part.strip()]

    def _text(self, value: Any) -> str | None:
        if isinstance(value, list):
            return _joined(self._text(one) for one in value)
        if value in _NOTHING or isinstance(value, dict) or not isinstance(value, str | int | float):
            return None
        text = value.strip() if isinstance(value, str) else str(value)
        return None if text in self.empty else text


def listed_of(shape: Mapping[str, Any], settable: tuple[str, ...], column: Callable[[str, str], Get]) -> Any:
    """Returns how a shape's `changes` are read, None where it has none; raises UsageError for what means nothing.

    `column` gives what reads a column or key of a row, and notes that it is named.
    """
    from gitdesk.importers.shape_plan import by_path

    given = shape.get("changes")
    if not given:
        return None
    _check(given, settable)
    path = str(given.get("list") or "")
    get_list = column("changes.list", path) if path else None

    def items(row: Any) -> list[Any]:
        """Returns the changes of an event."""
        if get_list is None:
            return [row]
        found = get_list(row)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    def within(key: str) -> Get:
        return by_path(str(given[key])) if path else column(f"changes.{key}", str(given[key]))

    return Listed(
        path=path,
        items=items,
        field=within("field"),
        before=within("from") if given.get("from") else None,
        after=within("to"),
        used=frozenset(
            str(given[key]).partition(".")[0] for key in ("field", "from", "to") if given.get(key)
        ),
        names={str(source): target for target, source in (given.get("set") or {}).items() if source},
        lists=frozenset(_words(given.get("lists"))),
        ignore=frozenset(_words(given.get("ignore"))),
        empty=frozenset(("", *_words(shape.get("empty")))),
        separator=str(shape.get("separator") or ","),
    )


def _check(given: Any, settable: tuple[str, ...]) -> None:
    if not isinstance(given, dict):
        raise UsageError(
            'shape.changes takes keys, as in "changes: {list: items, field: field, to: toString}"'
        )
    for key, value in given.items():
        if key not in KEYS:
            _refuse(f'shape.changes has no key "{key}"', str(key), KEYS)
        if key in ("list", "field", "from", "to") and not isinstance(value, str | None):
            raise UsageError(f"shape.changes.{key} takes the name of a column")
    missing = next((key for key in ("field", "to") if not given.get(key)), None)
    if missing:
        raise UsageError(
            f'shape.changes does not say where "{missing}" is',
            hint="field is the name of what changed, from and to what it was and became",
        )
    names = given.get("set") or {}
    if not isinstance(names, dict):
        raise UsageError(
            'shape.changes.set takes names and what the source calls them, as in "{status: status}"'
        )
    for name, source in names.items():
        known = name in settable or name in _TEXTS or (name.startswith("fields.") and name != "fields.")
        if not known:
            _refuse(f'shape.changes.set has no "{name}"', str(name), (*settable, *_TEXTS, "fields."))
        if not isinstance(source, str | None):
            raise UsageError(f"shape.changes.set.{name} takes the source's name of what changed")


def _refuse(message: str, word: str, known: tuple[str, ...]) -> None:
    from gitdesk.domain.near import closest

    near = closest(word, known)
    raise UsageError(message, hint=f'did you mean "{near}"?' if near else "there are " + ", ".join(known))


def _words(value: Any) -> list[str]:
    if value in _NOTHING:
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _joined(texts: Any) -> str | None:
    return ", ".join(text for text in texts if text) or None
