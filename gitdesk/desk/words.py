"""A person's words to the desk's own: statuses, people, tags, fields; a near miss is suggested."""

from __future__ import annotations

import re

from gitdesk.domain import format as grammar
from gitdesk.domain import near
from gitdesk.domain.people import author_of
from gitdesk.errors import Refused, UsageError
from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gitdesk.domain.config import Config, FieldSpec
    from gitdesk.domain.people import Person
    from gitdesk.domain.ticket import FieldValue

_PARTY = pattern(r"[^<>]*<[^<>\s]+>")
NOBODY = ("nobody", "none", "-", "")
_EXAMPLES = {
    "date": "write it like 2026-11-22",
    "boolean": "true or false",
    "integer": "a whole number, such as 12",
}


def _choose(kind: str, text: str, options: Iterable[str]) -> str:
    names = list(options)
    for name in names:
        if name.casefold() == text.strip().casefold():
            return name
    raise UsageError(f'unknown {kind} "{text}"', hint=near.hint(text, names))


def status(config: Config, text: str) -> str:
    """Returns the status a person names, in any case."""
    return _choose("status", text, [one.name for one in config.workflow.statuses])


def priority(config: Config, text: str) -> str:
    """Returns the priority a person names, in any case."""
    return _choose("priority", text, config.priorities)


def type_(config: Config, text: str) -> str:
    """Returns the type a person names, in any case."""
    return _choose("type", text, [one.name for one in config.types])


def group(config: Config, text: str) -> str:
    """Returns the group a person names, in any case."""
    return _choose("group", text, [one.name for one in config.groups])


def person(config: Config, text: str) -> Person:
    """Returns the agent an id or an address names."""
    found = config.find_person(text)
    if found is None:
        raise UsageError(f'unknown agent "{text}"', hint=near.hint(text, [one.id for one in config.people]))
    return found


def tag(config: Config, text: str) -> str:
    """Returns the tag a person names; refuses a deprecated one with its replacement, a vague and an unknown one."""
    name = text.strip()
    for spec in config.tags.specs:
        if spec.name.casefold() == name.casefold():
            if spec.deprecated_for:
                raise Refused(f'tag "{spec.name}" is deprecated', hint=f'use "{spec.deprecated_for}"')
            return spec.name
    if name.casefold() in {one.casefold() for one in config.tags.denied}:
        raise Refused(f'tag "{name}" is too vague for this desk', hint="say what it is about")
    if config.tags.open:
        if not re.fullmatch(r"[^\s,+#\"'\[\]{}]{1,50}", name) or name.startswith("-"):
            raise UsageError(
                f'"{name}" cannot be a tag', hint="one word without blanks, commas, quotes or brackets"
            )
        return name
    known = [spec.name for spec in config.tags.specs if not spec.deprecated_for]
    raise UsageError(f'unknown tag "{name}"', hint=near.hint(name, known))


def removable_tag(config: Config, text: str, used: Callable[[], Iterable[str]]) -> None:
    """Raises UsageError for a tag that neither the desk's list nor any ticket has: a typo would pass unseen."""
    if config.tags.find(text) is None and text not in (names := list(used())):
        raise UsageError(f'unknown tag "{text}"', hint=near.hint(text, [*config.tags.names, *names]))


def field_spec(config: Config, name: str) -> FieldSpec:
    """Returns the desk's own field of that name."""
    chosen = _choose("field", name, [spec.name for spec in config.field_specs])
    return next(spec for spec in config.field_specs if spec.name == chosen)


def field_value(spec: FieldSpec, text: str) -> FieldValue:
    """Returns a value as it is stored; raises UsageError where it is not of the field's type. "" unsets."""
    value = one_line(text, spec.name)
    if not value:
        return ""
    if spec.type == "list":
        items = tuple(part.strip() for part in value.split(",") if part.strip())
        return tuple(_choose(spec.name, item, spec.values) for item in items) if spec.values else items
    if spec.type == "boolean":
        value = {"yes": "true", "no": "false"}.get(value.casefold(), value.casefold())
    elif spec.values:
        value = _choose(spec.name, value, spec.values)
    if wrong := spec.problem(value):
        raise UsageError(wrong, hint=_EXAMPLES.get(spec.type))
    return value


# What `set` may not touch, and the command that is for it.
_ELSEWHERE = {
    "id": "an id never changes",
    "created": "when a ticket was created never changes",
    "status": "gitdesk move ID… STATUS",
    "tags": "gitdesk tag ID… +add -remove",
    "tag": "gitdesk tag ID… +add -remove",
    "links": "gitdesk link ID KIND OTHER",
    "merged_into": "gitdesk merge ID INTO",
    "snoozed_until": "gitdesk snooze ID… --until TIME",
    "source": "where an imported ticket came from never changes",
    "description": "gitdesk edit ID",
}
SETTABLE = ("title", "requester", "channel", "priority", "type", "group", "assignee", "watchers")


def assignments(
    config: Config, pairs: Iterable[str], me: Callable[[], Person]
) -> tuple[tuple[tuple[str, FieldValue], ...], tuple[tuple[str, FieldValue], ...]]:
    """Returns header values and own fields from `key=value` words; raises UsageError with the near miss."""
    values: dict[str, FieldValue] = {}
    fields: dict[str, FieldValue] = {}
    for pair in pairs:
        key, _, text = pair.partition("=")
        name = key.strip().removeprefix("fields.").removeprefix("field.")
        target = fields if name != key.strip() or config.find_field(name) else values
        if name in values or name in fields:
            raise UsageError(f'"{name}" is set twice')
        if target is values and name in SETTABLE:
            values[name] = header_value(config, name, text, me)
        elif target is values and name in _ELSEWHERE:
            raise UsageError(f'"{name}" is not for set', hint=_ELSEWHERE[name])
        elif target is values:
            known = [*SETTABLE, *(spec.name for spec in config.field_specs)]
            raise UsageError(f'unknown field "{name}"', hint=near.hint(name, known))
        else:
            fields[name] = field_value(field_spec(config, name), text)
    return tuple(values.items()), tuple(fields.items())


def header_value(config: Config, key: str, text: str, me: Callable[[], Person]) -> FieldValue:
    """Returns a header value as it is stored, checked against the desk; "" unsets all but the title."""
    text = text.strip()
    if key == "title":
        return grammar.check_title(text)
    if key == "watchers":
        return tuple(sorted({agent(config, one, me) for one in text.split(",") if one.strip()}))
    if not text:
        return ""
    if key == "assignee":
        return agent(config, text, me)
    if key == "requester":
        return requester(config, text, lambda: author_of(me()))
    if key == "channel":
        return one_line(text, key)
    return {"priority": priority, "type": type_, "group": group}[key](config, text)


def one_line(text: str, what: str) -> str:
    """Returns a value without blanks around it; raises UsageError for control characters and excessive length."""
    value = text.strip()
    control = grammar.find_control(value)
    if control is not None:
        raise UsageError(
            f"the {what} contains the control character U+{ord(control):04X}", hint="leave it out"
        )
    if len(value) > grammar.MAX_TITLE:
        raise UsageError(f"the {what} has {len(value):,} characters, {grammar.MAX_TITLE} are allowed")
    return value


def party(text: str, what: str, author: Callable[[], str]) -> str:
    """Returns somebody outside as `Name <address>`, a name or an address; "me" is whoever is here.

    Raises UsageError for brackets that are no address.
    """
    value = one_line(text, what)
    if value.casefold() == "me":
        return author()
    if ("<" in value or ">" in value) and not _PARTY.fullmatch(value):
        raise UsageError(
            f'the {what} "{value}" is not a name and an address', hint='write it like "Ana <ana@example.com>"'
        )
    return value


def requester(config: Config, text: str, author: Callable[[], str]) -> str:
    """Returns who asks: somebody outside, or an agent by their id."""
    value = party(text, "requester", author)
    person = config.find_person(value) if value and "@" not in value else None
    return value if person is None else author_of(person)


def agent(config: Config, text: str, me: Callable[[], Person]) -> str:
    """Returns an agent's id from an id, an address, "me" or "nobody" ("")."""
    word = text.strip()
    if word.casefold() in NOBODY:
        return ""
    return me().id if word.casefold() == "me" else person(config, word).id
