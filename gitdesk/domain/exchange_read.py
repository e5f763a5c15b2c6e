"""Reads neutral tickets out of plain JSON data; what is not as the format says is told with the way to it."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter

from gitdesk.domain.exchange import (
    LISTS,
    SCALARS,
    UNKNOWN,
    Attached,
    Delta,
    Malformed,
    Record,
    Said,
    Step,
    Told,
)
from gitdesk.domain.exchange_time import shown
from gitdesk.domain.format import parse_id

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from typing import Any

    from gitdesk.domain.exchange_time import Moment

_TICKET_KEYS = frozenset((
    *SCALARS, *LISTS, "source", "id", "author", "fields", "attachments", "messages", "events", "updated",
    "created_event",
))  # fmt: skip
_EVENT_KEYS = frozenset((
    "id", "at", "authored_at", "by", "changes", "message", "attachments", "merged_into", "reason", "via", "automation",
    "on_behalf_of", "approved_by", "deleted", "restored",
))  # fmt: skip
_MESSAGE_KEYS = frozenset(("kind", "text", "at", "author", "meta", "attachments"))
_ATTACHMENT_KEYS = frozenset(("name", "path", "url", "data", "media_type", "size", "replaces", "removed"))
_SOURCE_KEYS = frozenset(("system", "id", "url"))
_TOLD_KEYS = frozenset(("reason", "via", "automation", "on_behalf_of"))
_LONGEST_ID = 500  # characters of a source's id
_SHORT = 100  # characters of a value that is likely to come again
_NOTHING = Told()
_NO_TEXTS = frozenset((*LISTS, "messages", "snoozed_until", "created"))


def read(data: object, moment: Moment, system: str = "") -> Record:
    """Returns the ticket that plain data says; raises Malformed with the way to what is wrong.

    `system` names the source where the data does not.
    """
    if not isinstance(data, dict):
        raise Malformed("", "a ticket is a JSON object, { … }")
    unread: list[tuple[str, str]] = []
    _unknown(data, _TICKET_KEYS, "", unread)
    source, source_id, url = _source(data, system, unread)
    ticket_id = _text(data, "id")
    if not source_id:
        if not ticket_id:
            hint = 'say where it is from: "source": {"system": "zendesk", "id": "4711"}'
            raise Malformed("source", "the ticket has no id", hint)
        is_ours = parse_id(ticket_id) is not None and not isinstance(data.get("source"), dict)
        source, source_id = "gitdesk" if is_ours else source or "gitdesk", ticket_id
    if "created" not in data or data["created"] in (None, ""):
        raise Malformed("created", "it is not said when the ticket was created")
    created = _at(data, "created", "created", moment)
    steps = [
        _parts(each, f"events[{number}]", number, moment, unread) for number, each in _each(data, "events")
    ]
    ordered = sorted(steps, key=itemgetter("at"))
    disordered = sum(one is not other for one, other in zip(steps, ordered, strict=True))
    facts = {key: data[key] for key in (*SCALARS, *LISTS) if key in data and key not in ("title", "created")}
    for key in SCALARS:
        if key in facts and isinstance(facts[key], dict | list):
            raise Malformed(key, "one value is expected")
    if facts.get("snoozed_until"):
        facts["snoozed_until"] = _at(facts, "snoozed_until", "snoozed_until", moment)
    for key in LISTS:
        if key in facts:
            facts[key] = _list(facts[key], key, links=key == "links")
    creation, told = _creation(data, created, moment, unread)
    born = min(creation.at, ordered[0]["at"]) if ordered else creation.at
    fields = data.get("fields") or {}
    if not isinstance(fields, dict):
        raise Malformed("fields", "names and values are expected, { … }")
    author = creation.by or _text(data, "author")
    return Record(
        system=source,
        source_id=source_id,
        url=url,
        ticket_id=ticket_id,
        title=_text(data, "title"),
        created=created,
        born=born,
        author=author,
        facts=facts,
        fields={str(name): _field(value, f"fields.{name}") for name, value in fields.items()},
        messages=tuple(
            _said(each, f"messages[{number}]", moment, unread) for number, each in _each(data, "messages")
        ),
        attachments=_attachments(data, "", unread),
        steps=tuple(_identified(ordered)),
        told=told,
        creation=creation,
        updated=_at(data, "updated", "updated", moment) if data.get("updated") else None,
        disordered=disordered,
        unread=tuple(unread),
    )


def _source(data: Mapping[str, Any], system: str, unread: list[tuple[str, str]]) -> tuple[str, str, str]:
    source = data.get("source")
    if source is None:
        return system, "", ""
    if isinstance(source, str):
        name, colon, source_id = source.partition(":")
        if not colon or not name or not source_id:
            raise Malformed(
                "source", f"{shown(source)} does not name a system and an id", "like zendesk:4711"
            )
        return *_checked_source(name, source_id, "source"), ""
    if not isinstance(source, dict):
        raise Malformed("source", "a system and an id are expected, { … }")
    _unknown(source, _SOURCE_KEYS, "source.", unread)
    name = _text(source, "system", "source.") or system
    name, source_id = _checked_source(name, _text(source, "id", "source."), "source.id")
    url = _text(source, "url", "source.")
    if url:
        unread.append(("source.url", shown(url)[1:-1]))
    return name, source_id, url


def _checked_source(name: str, source_id: str, where: str) -> tuple[str, str]:
    """Returns the system's name and the id as a ticket can name them: one printable line."""
    if not name or ":" in name or not name.isprintable() or " " in name:
        raise Malformed("source.system", f"{shown(name)} is not the name of a system", "one word, no colon")
    if not source_id.isprintable():
        raise Malformed(where, f"{shown(ascii(source_id))} cannot be an id")
    if len(source_id) > _LONGEST_ID:
        raise Malformed(where, f"an id of more than {_LONGEST_ID} characters")
    return name, source_id.strip()


def _creation(
    data: Mapping[str, Any], created: datetime, moment: Moment, unread: list[tuple[str, str]]
) -> tuple[Step, Told]:
    given = data.get("created_event")
    if given is None:
        return Step(at=created, number=-1, identity="created"), Told()
    if not isinstance(given, dict):
        raise Malformed("created_event", "an object is expected, { … }")
    at = given.get("at") or data["created"]
    parts = _parts({**given, "at": at}, "created_event", -1, moment, unread)
    kept = {name: parts[name] for name in ("at", "authored_at", "by", "id", "number")}
    return Step(**kept, identity="created"), parts["told"]


def _identified(steps: list[dict[str, Any]]) -> Iterator[Step]:
    """Yields the events with what tells each from all others of the ticket."""
    seen: dict[str, int] = {}
    for parts in steps:
        name = parts["id"] or repr(
            (
                parts["at"].timestamp(),
                *(parts[each] for each in ("by", "changes", "said", "attachments", "gone")),
            )
        )
        again = seen[name] = seen.get(name, 0) + 1
        yield Step(**parts, identity=name if again == 1 else f"{name}\0{again}")


def _parts(
    data: object, where: str, number: int, moment: Moment, unread: list[tuple[str, str]]
) -> dict[str, Any]:
    """Returns the parts of a Step but its identity."""
    if not isinstance(data, dict):
        raise Malformed(where, "an event is a JSON object, { … }")
    _unknown(data, _EVENT_KEYS, "events.", unread)
    if data.get("at") in (None, ""):
        raise Malformed(f"{where}.at", "it is not said when this happened")
    changes = _changes(data, where, moment)
    said = data.get("message")
    approved = data.get("approved_by") or ()
    approved = (approved,) if isinstance(approved, str) else _list(approved or None, f"{where}.approved_by")
    told = _NOTHING
    if approved or (not _TOLD_KEYS.isdisjoint(data) and any(map(data.get, _TOLD_KEYS))):
        told = Told(
            reason=_text(data, "reason", where),
            via=_text(data, "via", where),
            automation=_text(data, "automation", where),
            on_behalf_of=_text(data, "on_behalf_of", where),
            approved_by=approved,
        )
    gone = True if data.get("deleted") else False if data.get("restored") else None
    authored = data.get("authored_at")
    return {
        "at": _at(data, "at", f"{where}.at", moment),
        "authored_at": _at(data, "authored_at", f"{where}.authored_at", moment) if authored else None,
        "by": _text(data, "by", where),
        "id": _text(data, "id", where),
        "changes": changes,
        "said": _said(said, f"{where}.message", moment, unread) if said is not None else None,
        "attachments": _attachments(data, where, unread),
        "told": told,
        "gone": gone,
        "number": number,
    }


def _changes(data: Mapping[str, Any], where: str, moment: Moment) -> tuple[tuple[str, Delta], ...]:
    given = data.get("changes") or {}
    if not isinstance(given, dict):
        raise Malformed(f"{where}.changes", "names and values are expected, { … }")
    found = []
    for key, value in given.items():
        if value.__class__ is dict and len(value) == 1 and key not in _NO_TEXTS:
            text = value.get("to", UNKNOWN)  # as logs have it: what a value became
            if text is None:
                text = ""
            if text.__class__ is str and len(text) < _SHORT:
                found.append((key, _becomes(text)))
                continue
        found.append((str(key), _delta(str(key), value, f"{where}.changes.{key}", moment)))
    if data.get("merged_into"):
        found.append(("merged_into", Delta(UNKNOWN, _text(data, "merged_into", where))))
    return tuple(found)


@lru_cache(maxsize=20_000)
def _becomes(text: str) -> Delta:
    return Delta(UNKNOWN, text)


def _delta(key: str, value: Any, where: str, moment: Moment) -> Delta:
    is_list = key in LISTS
    if (
        isinstance(value, dict)
        and (is_list or key.startswith("fields."))
        and ("add" in value or "remove" in value)
    ):
        added, removed = (_list(value.get(side), where, links=key == "links") for side in ("add", "remove"))
        return Delta(UNKNOWN, UNKNOWN, added, removed)
    before, after = UNKNOWN, value
    if isinstance(value, dict):
        if "to" not in value and "from" not in value:
            raise Malformed(where, 'a change is {"from": …, "to": …}')
        before, after = value.get("from", UNKNOWN), value.get("to")
    return Delta(_value(key, before, where, moment), _value(key, after, where, moment))


def _value(key: str, value: Any, where: str, moment: Moment) -> Any:
    if value is UNKNOWN or (value.__class__ is str and key not in _NO_TEXTS):
        return value
    if key in LISTS:
        return _list(value, where, links=key == "links")
    if key == "messages":
        unread: list[tuple[str, str]] = []
        if not isinstance(value, list | None):
            raise Malformed(where, "a list of messages is expected, [ … ]")
        return tuple(_said(each, where, moment, unread) for each in value or ())
    if key.startswith("fields."):
        return _field(value, where)
    if isinstance(value, dict | list):
        raise Malformed(where, "one value is expected")
    if key in ("snoozed_until", "created"):
        return moment(value) if value else None
    return _plain(value)


def _field(value: Any, where: str) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return _list(value, where)
    if isinstance(value, dict):
        raise Malformed(where, "a value or a list of values is expected")
    return _plain(value)


def _list(value: Any, where: str, *, links: bool = False) -> tuple[Any, ...]:
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Malformed(where, "a list is expected, [ … ]")
    for each in value:
        if isinstance(each, list) or (isinstance(each, dict) and not links):
            raise Malformed(
                where, "a list of names is expected" if not links else "a list of links is expected"
            )
    return tuple(each if isinstance(each, dict) else _plain(each) for each in value if each is not None)


def _said(data: object, where: str, moment: Moment, unread: list[tuple[str, str]]) -> Said:
    if isinstance(data, str):
        return Said(text=data)
    if not isinstance(data, dict):
        raise Malformed(where, "a message is a text or a JSON object, { … }")
    _unknown(data, _MESSAGE_KEYS, "message.", unread)
    kind = _text(data, "kind", where)
    if kind not in ("", "customer", "reply", "note"):
        raise Malformed(f"{where}.kind", f"{shown(kind)} is no kind of message", "customer, reply or note")
    meta = data.get("meta") or {}
    if not isinstance(meta, dict):
        raise Malformed(f"{where}.meta", "names and values are expected, { … }")
    return Said(
        kind=kind,
        text=_text(data, "text", where),
        at=_at(data, "at", f"{where}.at", moment) if data.get("at") else None,
        author=_text(data, "author", where),
        meta=tuple((str(name), _plain(value)) for name, value in meta.items()),
        attachments=_attachments(data, where, unread),
    )


def _attachments(data: Mapping[str, Any], where: str, unread: list[tuple[str, str]]) -> tuple[Attached, ...]:
    given = data.get("attachments")
    if not given:
        return ()
    found = []
    for number, each in _each(data, "attachments", where):
        if isinstance(each, str):
            each = {"url" if "://" in each else "path": each}
        if not isinstance(each, dict):
            raise Malformed(f"{where}.attachments[{number}]", "a file is a JSON object, { … }")
        _unknown(each, _ATTACHMENT_KEYS, "attachments.", unread)
        path, url, content = (_text(each, key, where) for key in ("path", "url", "data"))
        name = _text(each, "name", where) or (path or url).rstrip("/").rpartition("/")[2] or "file"
        found.append(
            Attached(name, path, url, content, bool(each.get("replaces")), bool(each.get("removed")))
        )
    return tuple(found)


def _each(data: Mapping[str, Any], key: str, where: str = "") -> Iterator[tuple[int, Any]]:
    given = data.get(key)
    if given is None:
        return iter(())
    if not isinstance(given, list):
        raise Malformed(f"{where}.{key}" if where else key, "a list is expected, [ … ]")
    return iter(enumerate(given))


def _text(data: Mapping[str, Any], key: str, where: str = "") -> str:
    value = data.get(key)
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        raise Malformed(
            f"{where}.{key}" if where and where[-1] != "." else f"{where}{key}", "a text is expected"
        )
    return _plain(value)


def _plain(value: Any) -> str:
    """Returns a value of JSON as the text a ticket holds."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return value if isinstance(value, str) else str(value)


def _at(data: Mapping[str, Any], key: str, where: str, moment: Moment) -> datetime:
    try:
        return moment(data[key])
    except Malformed as problem:
        raise Malformed(where, problem.reason, problem.hint) from None


def _unknown(
    data: Mapping[str, Any], known: frozenset[str], prefix: str, unread: list[tuple[str, str]]
) -> None:
    if known.issuperset(data):
        return
    for key, value in data.items():
        if key not in known and not str(key).startswith("_"):
            unread.append((prefix + str(key), shown(value)[1:-1]))
