"""Edits a ticket file, or any text with front-matter, so that only the lines of what changes are touched.

Every edit is proved: the result is read again, must say what was wanted, and must say the same of everything else.
"""

from __future__ import annotations

from gitdesk.domain import format as grammar
from gitdesk.domain.ticket import HEADER_KEYS
from gitdesk.errors import GitdeskError, Place, Refused, Unreadable
from gitdesk.store import amend_body, amend_entry, amend_list, fresh, scalar
from gitdesk.store.scan import Entry, Group, Token
from gitdesk.store.sheet import BY_HAND, Declined, Sheet, Splice, meaning
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from gitdesk.domain.document import Document
    from gitdesk.domain.ticket import FieldValue, Ticket

    Wanted = str | list[str] | None
    Parse = Callable[[bytes, str], Document]

_HEADER_LISTS = frozenset(("tags", "watchers", "links"))


# ---- tickets


def amend(document: Document, after: Ticket, parse: Parse) -> str:
    """Returns the document's text changed to say `after`; raises Unreadable or Refused with the place."""
    before = document.ticket
    if before is None:
        problem = document.problems[0]
        place = Place(document.path, problem.line, problem.column)
        raise Unreadable(problem.message, hint=problem.hint, place=place)
    raw, path = document.data.decode("utf-8"), document.path
    before, after = normal(before), normal(after)
    for key in HEADER_KEYS:
        old, new = fresh.value_of(before, key), fresh.value_of(after, key)
        if old != new:
            raw = _set_key(raw, path, key, old, new)
    if before.description != after.description:
        raw = amend_body.describe(Sheet(raw, path), after.description)
    if before.messages != after.messages:
        raw = amend_body.converse(Sheet(raw, path), before.messages, after.messages)
    result = parse(raw.encode("utf-8", "surrogatepass"), path)
    if result.ticket is None or normal(result.ticket) != after:
        raise Refused(
            "this cannot be written without changing something else", hint=BY_HAND, place=Place(path)
        )
    return raw


def normal(ticket: Ticket) -> Ticket:
    """Returns the ticket as a file says it: bodies with LF, lists and fields as sorted sets, times to the second."""
    snoozed = ticket.snoozed_until
    return replace(
        ticket,
        description=grammar.normal_text(ticket.description),
        messages=tuple(
            replace(
                message,
                at=message.at.replace(microsecond=0),
                author=message.author.strip(),
                body=grammar.normal_text(message.body),
            )
            for message in ticket.messages
        ),
        created=ticket.created.replace(microsecond=0),
        snoozed_until=snoozed.replace(microsecond=0) if snoozed else None,
        tags=tuple(sorted(set(ticket.tags))),
        watchers=tuple(sorted(set(ticket.watchers))),
        links=tuple(sorted(set(ticket.links), key=str)),
        fields=fresh.fields_of(ticket),
    )


def _set_key(raw: str, path: str, key: str, old: Any, new: Any) -> str:
    """Returns the text with one header key changed from what the ticket said to what it shall say."""
    if key == "fields":
        was, becomes = dict(old), dict(new)
        for name in sorted({*was, *becomes}):
            if was.get(name, "") != becomes.get(name, ""):
                raw = _set_field(raw, path, name, becomes.get(name, ""))
        return raw
    if key in _HEADER_LISTS:
        if key == "links" and not new:
            again = _as_before(raw, path, key, lambda text: set_list(text, key, old, path=path))
            if again is not None:
                return again
        removed = [item for item in old if item not in new]
        return _change_list(Sheet(raw, path), (key,), removed, [item for item in new if item not in old])
    like = scalar.TIME if key in fresh.TIMES else scalar.TEXT
    if key == "merged_into" and not new:
        again = _as_before(raw, path, key, lambda text: set_scalar(text, key, old, path=path))
        if again is not None:
            return again
    return set_scalar(raw, key, new, path=path, like=like)


def _as_before(raw: str, path: str, key: str, insert: Callable[[str], str]) -> str | None:
    """Returns the text from before a key was inserted: the one that becomes this text by inserting it, or None."""
    sheet = Sheet(raw, path)
    entry = sheet.find(key)
    if entry is None or sheet.head.is_flow:
        return None
    start, end = sheet.line_start(entry.start), sheet.next_line(entry.value.end)
    above, below = sheet.line_start(start - 1), sheet.next_line(end)
    for first, last in ((above, end), (start, below), (above, below), (start, end)):
        if sheet.text[first:start].strip() or sheet.text[end:last].strip():
            continue
        try:
            without = sheet.spliced([Splice(first, last, "")])
            if insert(without) == raw:
                return without
        except GitdeskError:
            continue
    return None


def _set_field(raw: str, path: str, name: str, value: FieldValue) -> str:
    """Returns the text with one name under `fields:` set, "" or () to take it out."""
    sheet = Sheet(raw, path)
    keys = ("fields", name)
    owner = sheet.find("fields")
    entry = _find(sheet, keys)
    wanted = value if isinstance(value, str) else list(value)
    if owner is None:
        found = ((name, value),)
        return _proved(sheet, keys, wanted, lambda: amend_entry.insert(sheet, "fields", found))
    if entry is None:
        return _proved(sheet, keys, wanted, lambda: amend_entry.put_in(sheet, owner, name, value))
    group = owner.value
    if not isinstance(group, Group):  # an entry was found in it
        return raw
    if not value:
        return _proved(sheet, keys, None, lambda: amend_entry.take_out(sheet, group, entry))
    if isinstance(wanted, str) and isinstance(entry.value, Token):
        flow = group.is_flow
        return _proved(
            sheet, keys, wanted,
            lambda: amend_entry.set_text(sheet, entry, wanted, flow=flow, like=scalar.TEXT),
        )  # fmt: skip
    if isinstance(wanted, list) and isinstance(entry.value, Group) and not entry.value.is_map:
        old = amend_list.items_of(sheet, entry)
        removed = [item for item in old if item not in wanted]
        return _change_list(sheet, keys, removed, [item for item in wanted if item not in old])
    return _set_field(_set_field(raw, path, name, ""), path, name, value)


# ---- any text with front-matter


def set_scalar(text: str, key: str, value: str, *, path: str = "<text>", like: str = scalar.TEXT) -> str:
    """Returns the text with one top-level key saying `value`; "" unsets it, a missing key is inserted.

    Raises Unreadable or Refused with the place; `like` is what an unquoted value of that key means.
    """
    sheet = Sheet(text, path)
    entry = sheet.find(key)
    if entry is None:
        if not value:
            return text
        return _proved(sheet, (key,), value, lambda: amend_entry.insert(sheet, key, value))
    if isinstance(entry.value, Token) and (meaning(entry.value) or "") == value:
        return text
    flow = sheet.head.is_flow
    return _proved(
        sheet, (key,), value, lambda: amend_entry.set_text(sheet, entry, value, flow=flow, like=like)
    )


def set_list(text: str, key: str, items: Sequence[str], *, path: str = "<text>") -> str:
    """Returns the text with a top-level list of exactly these items; those that stay keep their order and lines.

    Raises Unreadable or Refused with the place.
    """
    sheet = Sheet(text, path)
    entry = sheet.find(key)
    old = amend_list.items_of(sheet, entry) if entry else []
    wanted = list(dict.fromkeys(items))
    removed = [item for item in old if item not in wanted]
    return _change_list(sheet, (key,), removed, [item for item in wanted if item not in old])


def _change_list(sheet: Sheet, keys: tuple[str, ...], removed: Iterable[str], added: Sequence[str]) -> str:
    """Returns the text with items taken out of a list and put into it, one after the other, each proved."""
    entry = _find(sheet, keys)
    if entry is None:
        if not added:
            return sheet.raw
        return _proved(sheet, keys, list(added), lambda: amend_entry.insert(sheet, keys[0], tuple(added)))
    for item in added:
        sheet = _add_item(sheet, keys, item)
    for item in removed:
        while item in amend_list.items_of(sheet, _get(sheet, keys)):
            sheet = _remove_item(sheet, keys, item)
    return sheet.raw


def _add_item(sheet: Sheet, keys: tuple[str, ...], item: str) -> Sheet:
    entry = _get(sheet, keys)
    wanted = [*amend_list.items_of(sheet, entry), item]
    flow = _in_flow(sheet, keys)
    text = _proved(sheet, keys, wanted, lambda: amend_list.add(sheet, entry, item, flow=flow))
    return Sheet(text, sheet.path)


def _remove_item(sheet: Sheet, keys: tuple[str, ...], item: str) -> Sheet:
    entry = _get(sheet, keys)
    wanted = amend_list.items_of(sheet, entry)
    wanted.remove(item)
    flow = _in_flow(sheet, keys)
    text = _proved(sheet, keys, wanted, lambda: amend_list.remove(sheet, entry, item, flow=flow))
    return Sheet(text, sheet.path)


def _find(sheet: Sheet, keys: tuple[str, ...]) -> Entry | None:
    """Returns the entry of a path of keys, or None."""
    entry = sheet.find(keys[0])
    for key in keys[1:]:
        if entry is None or not isinstance(entry.value, Group):
            return None
        inner = (item for item in entry.value.items if isinstance(item, Entry))
        entry = next((item for item in inner if item.key == key), None)
    return entry


def _get(sheet: Sheet, keys: tuple[str, ...]) -> Entry:
    entry = _find(sheet, keys)
    assert entry is not None
    return entry


def _in_flow(sheet: Sheet, keys: tuple[str, ...]) -> bool:
    """Tells whether an entry stands inside brackets."""
    if sheet.head.is_flow or len(keys) == 1:
        return sheet.head.is_flow
    owner = _get(sheet, keys[:-1])
    return isinstance(owner.value, Group) and owner.value.is_flow


# ---- the proof


def _proved(sheet: Sheet, keys: tuple[str, ...], wanted: Wanted, edit: Callable[[], Iterable[Splice]]) -> str:
    """Returns the text after a line edit, or after ruamel's where that fails; only when it is proved."""
    try:
        text = sheet.spliced(edit())
        reason = _objection(sheet, text, keys, wanted)
        if reason is None:
            return text
        refusal = _refusal(sheet, keys, reason)
    except Declined as error:
        refusal = error
    from gitdesk.store import round_trip

    splice = round_trip.change(sheet, keys, wanted)
    if splice is not None and _is_inside(sheet, keys, splice):
        text = sheet.spliced([splice])
        if _objection(sheet, text, keys, wanted) is None:
            return text
    raise refusal


def _refusal(sheet: Sheet, keys: tuple[str, ...], reason: str) -> Refused:
    entry = _find(sheet, keys) or _find(sheet, keys[:1])
    place = sheet.place(entry.start if entry else sheet.source.begin)
    return Refused(f'"{".".join(keys)}" cannot be changed safely here: {reason}', hint=BY_HAND, place=place)


def _objection(sheet: Sheet, text: str, keys: tuple[str, ...], wanted: Wanted) -> str | None:
    """Returns why a text is not the sheet with one key changed to what is wanted; None when it is."""
    try:
        result = Sheet(text, sheet.path)
    except GitdeskError as error:
        return error.message
    if result.text[result.source.body :] != sheet.text[sheet.source.body :]:
        return "the text below the header would change"
    old, new = meaning(sheet.head), meaning(result.head)
    before, after = _pop(old, keys), _pop(new, keys)
    if old != new:
        return "another key would change"
    if wanted is None:
        return None if after is None and before is not None else "it would not go away"
    said = after if isinstance(wanted, list) and isinstance(after, list) else [after or ""]
    if isinstance(wanted, list):
        said = [] if after is None else said
        return None if sorted(map(_said, said)) == sorted(wanted) else "it would not say what was asked for"
    return None if said == [wanted] else "it would not say what was asked for"


def _said(item: object) -> str:
    return "" if item is None else str(item)


def _pop(data: Any, keys: tuple[str, ...]) -> object:
    """Takes a key out of nested data and returns what it said; an owner that is left empty goes too."""
    if len(keys) == 1:
        return data.pop(keys[0], None)
    inner = data.get(keys[0])
    said = _pop(inner, keys[1:]) if isinstance(inner, dict) else None
    if not data.get(keys[0]):
        data.pop(keys[0], None)
    return said


def _is_inside(sheet: Sheet, keys: tuple[str, ...], splice: Splice) -> bool:
    """Tells whether a splice stays on the lines of its key; for a new one, on one line of what it goes into."""
    entry = _find(sheet, keys)
    if entry is not None:
        inside = sheet.line_start(entry.start) <= splice.start and splice.end <= sheet.next_line(
            entry.value.end
        )
        items = isinstance(entry.value, Group) and entry.value.items
        return inside and (not items or _keeps_items(sheet, splice))
    return sheet.text.count("\n", splice.start, splice.end) <= 1


def _keeps_items(sheet: Sheet, splice: Splice) -> bool:
    """Tells whether a splice in a list adds lines, takes lines away, or changes one: other items' lines stay."""
    old, new = sheet.text.count("\n", splice.start, splice.end), splice.new.count("\n")
    return not old or not new or old == new == 1
