"""A proposal of a shape for JSON objects: tickets that hold their events in lists, events alone, or tickets alone."""

from __future__ import annotations

from gitdesk.importers import guess_words as words
from gitdesk.importers.guess import LOOKED_AT, Guess, Unguessed, changed_names, field_name, words_of
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    Object = dict[str, Any]

_DEEPEST = 4  # objects within objects in which lists of events are looked for
_MOST = LOOKED_AT * 4  # events that are looked at


class _Columns(Value):
    """Objects as rows: their keys, what those are called in words, and those that only repeat another."""

    names: Sequence[str]
    rows: Sequence[Sequence[str]]
    spoken: Mapping[str, str]
    aside: Sequence[str]


class _List(Value):
    """A list of events: where it stands, its events, the key of their time."""

    path: str
    events: Sequence[Object]
    at: str


def shape_of_objects(objects: Sequence[Object]) -> dict[str, Any]:
    """Returns a shape for JSON objects like these; raises Unguessed where none can be told."""
    lists = _lists(objects)
    held = [one.path for one in lists]
    ticket = _guess(_columns(objects, held), within=False)
    if not lists:
        made = ticket.shape()
        _ignore(made, ticket.aside)
    else:
        made = _joined(ticket, lists)
    if ticket.missing:
        raise Unguessed(ticket.missing[0], ticket.columns, made)
    return made


class _ObjectGuess(Guess):
    """A guess at the keys of objects; `aside` are those that only repeat another."""

    aside: Sequence[str] = ()


def _guess(columns: _Columns, *, within: bool) -> _ObjectGuess:
    made = _ObjectGuess(columns.names, columns.rows, within=within, spoken=columns.spoken)
    made.aside = columns.aside
    return made


def _joined(ticket: _ObjectGuess, lists: Sequence[_List]) -> dict[str, Any]:
    """Returns the shape of objects that hold events: what the events tell counts for them."""
    told = [event for one in lists for event in one.events[:_MOST]]
    events = _guess(_columns(told, ()), within=True)
    own = [column for column in events.left if events.words[column] == "id"]
    events.left = [column for column in events.left if column not in own]
    changes = _changes(lists)
    made = ticket.shape(within=True)
    events.has_status = "status" in made["set"]
    inner = events.shape()
    if own and not any(_repeats(one.events, own[0]) for one in lists):
        inner.setdefault("event_id", own[0])
    if changes:
        inner["changes"] = changes
    aside = [column for column in inner["set"].values() if events.words[column] in words.ASIDE]
    inner["set"] = {name: column for name, column in inner["set"].items() if column not in aside}
    # What an event has under the same key would be taken for it.
    both = [column for column in made["set"].values() if column in events.columns]
    alone = {name: column for name, column in made.pop("set").items() if column not in both}
    told_sets = inner.pop("set")
    if (
        "tags" in alone and "tags" in told_sets
    ):  # the ticket has them all; an event only names the one it is about
        column = told_sets.pop("tags")
        told_sets[f"fields.{field_name(events.words[column])}"] = column
    sets = {**alone, **told_sets}
    formats = sorted({*_as_list(made.pop("date_format", None)), *_as_list(inner.pop("date_format", None))})
    empty = sorted({*made.pop("empty", ()), *inner.pop("empty", ())})
    paths = [one.path for one in lists]
    joined = {
        "ticket": made["ticket"],
        "events": paths if len(paths) > 1 else paths[0],
        **{key: inner[key] for key in inner if key != "ticket"},
        **made,
    }
    if formats:
        joined["date_format"] = formats if len(formats) > 1 else formats[0]
    if empty:
        joined["empty"] = empty
    tags = [name for name in (changes.get("set", {}).get("tags"),) if name]
    if tags and _is_spaced(lists, changes, tags[0]):
        joined["separator"] = " "
    joined["set"] = sets
    _ignore(joined, [*ticket.aside, *both, *events.aside, *aside, *_beside(lists, changes)])
    return joined


def _ignore(shape: dict[str, Any], names: Sequence[str]) -> None:
    if names:
        shape["ignore"] = list(dict.fromkeys(names))


def _as_list(value: Any) -> list[str]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)


# ---- lists


def _lists(objects: Sequence[Object]) -> list[_List]:
    """Returns the lists whose events have a time under one key, the longest first."""
    met: dict[str, list[Object]] = {}
    for found in objects:
        for path, listed in _lists_in(found, "", _DEEPEST):
            met.setdefault(path, []).extend(one for one in listed if isinstance(one, dict))
    timed = []
    for path, events in met.items():
        if at := _time_of(events[:_MOST]):
            timed.append(_List(path=path, events=events, at=at))
    timed.sort(key=lambda one: -len(one.events))
    return [one for one in timed if one.at == timed[0].at]


def _lists_in(found: Object, prefix: str, depth: int) -> Iterator[tuple[str, list[Any]]]:
    for key, value in found.items():
        if isinstance(value, dict) and depth:
            yield from _lists_in(value, f"{prefix}{key}.", depth - 1)
        elif is_events(value):
            yield prefix + key, value


def _time_of(events: Sequence[Object]) -> str | None:
    return _guess(_columns(events, ()), within=True).time()


def is_events(value: Any) -> bool:
    """Tells whether a value is a list of objects."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _repeats(events: Sequence[Object], key: str) -> bool:
    found = [str(one[key]) for one in events if one.get(key) is not None]
    return len(set(found)) < len(found)


# ---- changes that an event lists


def _changes(lists: Sequence[_List]) -> dict[str, Any]:
    """Returns how events list their changes, {} where they do not."""
    for one in lists:
        met: dict[str, list[Object]] = {}
        for event in one.events[:_MOST]:
            for key, value in event.items():
                if is_events(value):
                    met.setdefault(key, []).extend(value)
        for key, items in met.items():
            named = dict.fromkeys(name for item in items for name in item)
            field, before, after = (
                _named(named, known) for known in (words.CHANGED, words.CHANGED_FROM, words.CHANGED_TO)
            )
            if field and after:
                found = {"list": key, "field": field}
                if before:
                    found["from"] = before
                found["to"] = after
                return {**found, **_names(one.events, found)}
    return {}


def _named(keys: Iterable[str], known: Sequence[str]) -> str | None:
    said = {words_of(key): key for key in keys}
    return next((said[name] for name in known if name in said), None)


def _items(event: Object, changes: Mapping[str, Any]) -> list[Object]:
    listed = event.get(changes["list"])
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _names(events: Sequence[Object], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what the names of changes set, and which of them hold several things.

    Those are the ones of which an event tells two, or which get something new without losing what they had.
    """
    often: dict[str, int] = {}
    several: dict[str, None] = {}
    for event in events:
        met: set[str] = set()
        for item in _items(event, changes):
            name = item.get(changes["field"])
            if not isinstance(name, str) or not name.strip():
                continue
            often[name] = often.get(name, 0) + 1
            if name in met:
                several[name] = None
            met.add(name)
    sets = changed_names(sorted(often, key=lambda name: -often[name]))
    fields = {name for key, name in sets.items() if key.startswith("fields.")}
    lists = [name for name in several if name in fields]
    return {**({"lists": lists} if lists else {}), "set": sets}


def _is_spaced(lists: Sequence[_List], changes: Mapping[str, Any], name: str) -> bool:
    """Tells whether tags stand with spaces between them."""
    told = [
        str(item.get(changes["to"]) or "")
        for one in lists
        for event in one.events
        for item in _items(event, changes)
        if item.get(changes["field"]) == name
    ]
    return any(" " in text for text in told) and not any("," in text for text in told)


def _beside(lists: Sequence[_List], changes: Mapping[str, Any]) -> list[str]:
    """Returns what entries in a list of changes say beside name, from and to."""
    if not changes:
        return []
    used = {changes.get(key) for key in ("field", "from", "to")}
    items = (item for one in lists for event in one.events[:_MOST] for item in _items(event, changes))
    return [
        f"{changes['list']}.{key}"
        for key in dict.fromkeys(key for item in items for key in item)
        if key not in used
    ]


# ---- keys


def _columns(objects: Sequence[Object], lists: Sequence[str]) -> _Columns:
    """Returns objects as rows, without the lists of events in them."""
    flat = [_flat(_without(found, lists)) for found in objects]
    names = [name for name in dict.fromkeys(key for found in flat for key in found) if name not in lists]
    within = {part for name in names for part in _above(name)}
    names = [name for name in names if name not in within]  # null here, an object there
    naming = _naming(names)
    spoken = {name: _spoken(name, name in naming.values()) for name in names}
    aside = [
        name
        for name in names
        for prefix, chosen in naming.items()
        if name != chosen and name.startswith(f"{prefix}.") and _is_about(name[len(prefix) + 1 :])
    ]
    parents = {path.rpartition(".")[0] for path in lists}
    aside += [
        name
        for name in names
        for parent, _, key in (name.rpartition("."),)
        if parent and parent in parents and words_of(key) in words.PAGING
    ]
    kept = [name for name in names if name not in set(aside)]
    rows = [[found.get(name, "") for name in kept] for found in flat]
    return _Columns(names=kept, rows=rows, spoken=spoken, aside=list(dict.fromkeys(aside)))


def _without(found: Object, lists: Sequence[str], prefix: str = "") -> Object:
    """Returns an object without the lists at some paths."""
    if not lists:
        return found
    return {
        key: _without(value, lists, f"{prefix}{key}.") if isinstance(value, dict) else value
        for key, value in found.items()
        if prefix + key not in lists
    }


def _flat(found: Object, prefix: str = "") -> dict[str, str]:
    """Returns the values of an object as text, those within by dots."""
    flat: dict[str, str] = {}
    for key, value in found.items():
        if isinstance(value, dict):
            flat.update(_flat(value, f"{prefix}{key}."))
        elif is_events(value):  # of things only what they are called is a value
            said: dict[str, list[str]] = {}
            for one in value:
                if isinstance(one, dict):
                    for name, text in _flat(one, f"{prefix}{key}.").items():
                        said.setdefault(name, []).append(text)
            naming = _naming(list(said)).values()
            flat.update((name, ", ".join(texts)) for name, texts in said.items() if name in naming)
        elif value != []:
            flat[prefix + key] = "" if value is None else str(value)
    return flat


def _naming(names: Sequence[str]) -> dict[str, str]:
    """Returns the key that says who or what an object is, by its path: `assignee` → `assignee.displayName`."""
    within: dict[str, list[str]] = {}
    for name in names:
        prefix, dot, _ = name.rpartition(".")
        if dot and prefix not in words.AROUND:
            within.setdefault(prefix, []).append(name)
    found = {}
    for prefix, keys in within.items():
        said = {words_of(key.rpartition(".")[2]): key for key in reversed(keys)}
        if chosen := next((said[word] for word in words.NAMING if word in said), None):
            found[prefix] = chosen
    return found


def _above(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name


def _is_about(rest: str) -> bool:
    return words_of(rest.partition(".")[0]) in words.ABOUT


def _spoken(name: str, is_naming: bool) -> str:
    """Returns a key as words: without what stands around every key, and without how an object says who it is."""
    parts = name.split(".")
    if is_naming and len(parts) > 1:
        parts = parts[:-1]
    if len(parts) > 1 and parts[0] in words.AROUND:
        parts = parts[1:]
    return words_of(" ".join(parts))
