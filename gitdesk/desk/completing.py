"""What to offer while somebody types the word of a command: names of the desk, values to set, parts of a query."""

from __future__ import annotations

from gitdesk.domain.query_check import find_key
from gitdesk.domain.query_keys import CUSTOMER_KEYS, FIELD, HAS, IS, KINDS, LINK, SORTS, TIME
from gitdesk.domain.query_tree import KEY, render_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from gitdesk.domain.config import Config

Offers = list[tuple[str, str]]  # what to write, and a line about it
_DAYS = ("today", "yesterday", "monday")


def offers(config: Config, kind: str, prefix: str) -> Offers:
    """Returns what words of a kind (see cli.spec.Named) can begin so."""
    match kind:
        case "signed":
            sign = prefix[:1] if prefix[:1] in ("+", "-") else "+"
            return _starting([(sign + name, about) for name, about in names(config, "tag")], prefix)
        case "pair":
            return _pairs(config, prefix)
        case "query":
            return _query(config, prefix)
    return _starting(names(config, kind), prefix)


def names(config: Config, kind: str) -> Offers:
    """Returns the names of a kind that a desk has."""
    match kind:
        case "agent":
            return [(person.id, person.name) for person in config.people]
        case "assignee":
            return [("me", "you"), ("nobody", "take it from whoever has it"), *names(config, "agent")]
        case "whom":
            groups = [(f"group:{name}", about) for name, about in names(config, "group")]
            return [*names(config, "assignee"), *groups]
        case "status":
            return [(one.name, one.description or one.category) for one in config.workflow.statuses]
        case "proposed":
            return [*names(config, "status"), ("gitdesk.yaml", "the rules as the work tree has them")]
        case "priority":
            return [(one.name, one.description) for one in config.priority_specs]
        case "type":
            return [(one.name, one.description) for one in config.types]
        case "group":
            return [(one.name, one.description) for one in config.groups]
        case "tag":
            return [(one.name, one.description) for one in config.tags.specs if not one.deprecated_for]
        case "field":
            return [(one.name, one.description) for one in config.field_specs]
        case "calendar":
            return [(name, one.get("description", "")) for name, one in config.calendars.items()]
    return []


def _starting(found: Iterable[tuple[str, str]], prefix: str) -> Offers:
    start = prefix.casefold()
    return [(name, about) for name, about in found if name.casefold().startswith(start)]


def _pairs(config: Config, prefix: str) -> Offers:
    """Returns KEY= until there is one, then KEY=VALUE."""
    from gitdesk.desk.words import SETTABLE

    key, equals, text = prefix.partition("=")
    if not equals:
        keys = [*_plain(SETTABLE), *names(config, "field")]
        return _starting([(f"{name}=", about) for name, about in keys], prefix)
    name = key.removeprefix("fields.").removeprefix("field.")
    head = f"{key}="
    spec = config.find_field(name)
    if spec is not None:
        found = _plain(_field_values(config, name))
    else:
        found = names(config, "assignee" if name == "watchers" else name) if name in SETTABLE else []
    if name == "watchers" or (spec is not None and spec.type == "list"):
        head, text = _after_comma(head, text)
    return [(head + value, about) for value, about in _starting(found, text)]


def _query(config: Config, prefix: str) -> Offers:
    """Returns `key:` until there is one, then `key:value`; a minus or brackets before it stay."""
    from gitdesk.desk.configuration import vocabulary

    word = prefix.lstrip("-(")
    head = prefix[: len(prefix) - len(word)]
    found = KEY.match(word)
    if found is None:
        keys = [*KINDS, "sort", *(FIELD + name for name, _ in names(config, "field"))]
        return [(f"{head}{key}:", "") for key, _ in _starting(_plain(keys), word)]
    key = "sort" if found[1] == "sort" else find_key(found[1], vocabulary(config))
    if key is None:
        return []
    head, text = _after_comma(head + found[0], word[found.end() :])
    if key == "sort" and text.startswith("-"):
        head, text = head + "-", text[1:]
    return [
        (head + value, about)
        for value, about in _starting(_values(config, key), text)
        if render_value((value,)) == value  # a shell would take the quotes off
    ]


def _values(config: Config, key: str) -> Offers:
    kind = KINDS.get(key)
    if key in ("has", "no"):
        return _plain((*HAS, *(FIELD + name for name, _ in names(config, "field"))))
    if key.startswith(FIELD):
        name = key[len(FIELD) :]
        spec = config.find_field(name)
        return _plain(_DAYS if spec is not None and spec.type == "date" else _field_values(config, name))
    if kind == LINK:
        from gitdesk.domain.edit import LINK_KINDS

        return _plain(LINK_KINDS)
    if kind == TIME:
        return _plain(_DAYS)
    if key in CUSTOMER_KEYS:
        from gitdesk.desk.configuration import vocabulary

        return _plain(vocabulary(config).known(key))
    if key == "group":
        return [("mine", "any of yours"), *names(config, "group")]
    if key == "watcher":
        return [("me", "you"), *names(config, "agent")]
    if key == "category":
        from gitdesk.domain.workflow import CATEGORIES

        return _plain(CATEGORIES)
    return _plain({"is": IS, "sort": SORTS}[key]) if key in ("is", "sort") else names(config, key)


def _field_values(config: Config, name: str) -> tuple[str, ...]:
    spec = config.find_field(name)
    if spec is None:
        return ()
    return spec.values or (("true", "false") if spec.type == "boolean" else ())


def _after_comma(head: str, text: str) -> tuple[str, str]:
    before, comma, last = text.rpartition(",")
    return head + before + comma, last


def _plain(words: Iterable[str]) -> Offers:
    return [(word, "") for word in words]
