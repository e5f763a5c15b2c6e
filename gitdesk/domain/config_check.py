"""Checks what gitdesk.yaml says: every name it uses must exist, and the workflow must lead somewhere.

Works on the file's plain data once its shape is right, and points at what it finds by path (`("people", "agents",
0, "groups", 1)`), so that it needs to know nothing about YAML, lines and columns.
"""

from __future__ import annotations

from itertools import chain, islice

from gitdesk.domain import calendar_check, config_approvals, config_lockout
from gitdesk.domain.config import CHOICE, FORMAT_VERSION, LIST, FieldSpec, as_text, as_value
from gitdesk.domain.customers import domain_key
from gitdesk.domain.finding import Finding as Finding
from gitdesk.domain.finding import Pointer as Pointer
from gitdesk.domain.people import RESERVED_IDS
from gitdesk.domain.workflow import ANY, CANCELLED, CATEGORIES, CLOSED, FIELD_PREFIX, FINAL, NEW

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.domain.query_keys import Vocabulary

MAX_FINDINGS = 100  # nobody reads more, and a hostile file must not keep anybody busy
MAX_CHOICES = 1000

Named = tuple[Pointer, str]


def near(text: str, choices: Iterable[str]) -> str | None:
    """Returns a hint: what was probably meant, else what there is to choose from."""
    from difflib import get_close_matches

    names = list(dict.fromkeys(choices))[:MAX_CHOICES]
    folded = {name.casefold(): name for name in names}
    close = get_close_matches(text.casefold(), list(folded), n=1, cutoff=0.6)
    if close:
        return f'did you mean "{folded[close[0]]}"?'
    if not names:
        return None
    return "one of: " + ", ".join(names[:12]) + (" …" if len(names) > 12 else "")


def section(document: Mapping[str, Any], key: str, item: str) -> tuple[Pointer, list[Any]]:
    """Returns where a list is and its items, whether written as the key's value or under `item` below it."""
    value = document.get(key)
    if isinstance(value, dict):
        return (key, item), value.get(item) or []
    return (key,), value or []


def check(document: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Returns everything wrong with a document whose shape is right."""
    names = _Names(document)
    parts = (_desk, _naming, _statuses, _transitions, _ways, _fields, _tags, _people, _priorities, _service)
    found = (finding for part in parts for finding in part(document, names))
    approvals = config_approvals.check(document, names.reference)
    return tuple(islice(chain(found, approvals, config_lockout.check(document)), MAX_FINDINGS))


class _Names:
    """What the document defines, by kind: (pointer, name) in order."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        workflow, customers = document["workflow"], document.get("customers") or {}
        sla = document.get("sla") or {}
        self.defined: dict[str, list[Named]] = {
            "status": _named(("workflow", "statuses"), workflow["statuses"]),
            "priority": _named(*section(document, "priorities", "list")),
            "type": _named(*section(document, "types", "list")),
            "group": _named(*section(document, "groups", "list")),
            "field": _named(*section(document, "fields", "list")),
            "tag": _named(*section(document, "tags", "list")),
            "person": _named(*section(document, "people", "agents"), key="id"),
            "role": _named(*_roles(document)),
            "tier": _named(("customers", "tiers"), customers.get("tiers") or []),
            "organisation": _named(("customers", "organisations"), customers.get("organisations") or []),
            "policy": _named(("sla", "policies"), sla.get("policies") or [], key="id"),
            "calendar": [(("calendars", name), name) for name in document.get("calendars") or {}],
        }

        self.known = {kind: dict.fromkeys(name for _, name in named) for kind, named in self.defined.items()}

    def of(self, kind: str) -> Collection[str]:
        """Returns the names of a kind in order."""
        return self.known[kind]

    def reference(self, code: str, kind: str, pointer: Pointer, name: str) -> Iterator[Finding]:
        """Yields a finding when nothing of that kind has this name."""
        if name not in (known := self.of(kind)):
            hint = near(name, known) or f"gitdesk.yaml defines no {kind}"
            yield Finding(code=code, message=f'unknown {kind} "{name}"', pointer=pointer, hint=hint)


def _named(at: Pointer, items: list[Any], key: str = "name") -> list[Named]:
    return [
        ((*at, index), item) if isinstance(item, str) else ((*at, index, key), item[key])
        for index, item in enumerate(items)
    ]


def _roles(document: Mapping[str, Any]) -> tuple[Pointer, list[Any]]:
    people = document.get("people")
    return ("people", "roles"), (people.get("roles") or []) if isinstance(people, dict) else []


# ---- names and the desk itself


def _desk(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    desk = document["desk"]
    if desk.get("format", FORMAT_VERSION) > FORMAT_VERSION:
        message = f"format {desk['format']} is newer than what this gitdesk reads ({FORMAT_VERSION})"
        yield Finding(code="C008", message=message, pointer=("desk", "format"), hint="upgrade gitdesk")
    if "timezone" in desk:
        yield from _zone(("desk", "timezone"), desk["timezone"])
    codes = {"priority": "C013", "type": "C014", "group": "C011"}
    for kind, name in desk.get("defaults", {}).items():
        yield from names.reference(codes[kind], kind, ("desk", "defaults", kind), name)


def _naming(_: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    for kind, defined in names.defined.items():
        seen: dict[str, str] = {}
        for pointer, name in defined:
            is_key = kind == "calendar"
            first = seen.get(name.casefold())
            if first is not None:
                message = f'{kind} "{name}" is defined twice'
                hint = None if first == name else f'case does not tell it apart from "{first}"'
                yield Finding(code="C006", message=message, pointer=pointer, hint=hint, at_key=is_key)
            seen.setdefault(name.casefold(), name)
            if not name.isprintable():
                message = f'the name of a {kind} has invisible characters: "{ascii(name)[1:-1]}"'
                yield Finding(
                    code="C007", message=message, pointer=pointer, hint="type it again", at_key=is_key
                )
            if kind == "person" and name.casefold() in RESERVED_IDS:
                message = f'"{name}" cannot be a person\'s id'
                hint = "the word has a meaning of its own in commands"
                yield Finding(code="C007", message=message, pointer=pointer, hint=hint)


def _zone(pointer: Pointer, name: str) -> Iterator[Finding]:
    from zoneinfo import ZoneInfo, available_timezones

    try:
        known = name != "localtime" and ZoneInfo(name) is not None
    except (ValueError, OSError, KeyError):
        known = False
    if not known:
        zones = available_timezones()
        close = near(name, zones) or near(name, (zone.rpartition("/")[2] for zone in zones))
        hint = close if close and close.startswith("did") else "use an IANA name such as Europe/Zagreb"
        yield Finding(code="C032", message=f'unknown time zone "{name}"', pointer=pointer, hint=hint)


# ---- workflow


def _statuses(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    workflow = document["workflow"]
    category = {status["name"]: status["category"] for status in workflow["statuses"]}
    for wanted in (NEW, CLOSED):
        if wanted not in category.values():
            message = f"no status is of category {wanted}"
            hint = f"add one: - {{name: {wanted}, category: {wanted}}}"
            yield Finding(
                code="C020", message=message, pointer=("workflow", "statuses"), hint=hint, at_key=True
            )
    for key, wanted in (("initial", NEW), ("merged", CANCELLED)):
        name = workflow.get(key)
        if name is None:
            continue
        yield from names.reference("C010", "status", ("workflow", key), name)
        if category.get(name, wanted) != wanted:
            message = f'status "{name}" is of category {category[name]}, not {wanted}'
            fitting = [each for each, what in category.items() if what == wanted]
            yield Finding(code="C023", message=message, pointer=("workflow", key), hint=near(name, fitting))


def _transitions(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    for index, row in enumerate(document["workflow"].get("transitions") or []):
        at: Pointer = ("workflow", "transitions", index)
        for key in ("from", "to"):
            single = isinstance(row[key], str)
            for number, name in enumerate(as_list(row[key])):
                pointer = (*at, key) if single else (*at, key, number)
                if name != ANY:
                    yield from names.reference("C010", "status", pointer, name)
        yield from _each(names, "C012", "role", (*at, "roles"), row.get("roles", []))
        approvals = row.get("approvals", {})
        yield from _each(names, "C012", "role", (*at, "approvals", "roles"), approvals.get("roles", []))
        for number, wanted in enumerate(row.get("requires", [])):
            if wanted.startswith(FIELD_PREFIX):
                name = wanted.removeprefix(FIELD_PREFIX)
                yield from names.reference("C016", "field", (*at, "requires", number), name)


def _ways(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    """Yields statuses that nothing leaves or that nothing leads to."""
    workflow, known = document["workflow"], names.of("status")
    rows = workflow.get("transitions")
    if not rows:
        return
    left: set[str] = set()
    cancelled = [status["name"] for status in workflow["statuses"] if status["category"] == CANCELLED]
    reached = {workflow.get("merged", cancelled[-1] if cancelled else "")}  # a merge needs no transition
    for row in rows:
        sources = known if ANY in as_list(row["from"]) else as_list(row["from"])
        targets = known if ANY in as_list(row["to"]) else as_list(row["to"])
        left.update(each for each in sources if any(target != each for target in targets))
        reached.update(each for each in targets if any(source != each for source in sources))
    for index, status in enumerate(workflow["statuses"]):
        name, pointer = status["name"], ("workflow", "statuses", index, "name")
        if name not in left and status["category"] not in FINAL:
            hint = f"add a transition: - {{from: {name}, to: …}}"
            yield Finding(
                code="C021", message=f'no way leads out of status "{name}"', pointer=pointer, hint=hint
            )
        if name not in reached and status["category"] != NEW:
            hint = f"add a transition: - {{from: …, to: {name}}}"
            yield Finding(code="C022", message=f'no way leads to status "{name}"', pointer=pointer, hint=hint)


# ---- values


def _fields(document: Mapping[str, Any], _: _Names) -> Iterator[Finding]:
    at, fields = section(document, "fields", "list")
    for index, field in enumerate(fields):
        pointer, kind = (*at, index), field.get("type", "text")
        values = tuple(as_text(value) for value in field.get("values", []))
        if kind == CHOICE and not values:
            message = f'field "{field["name"]}" is a choice without values'
            yield Finding(code="C031", message=message, pointer=(*pointer, "name"), hint="add values: [a, b]")
        if values and kind not in (CHOICE, LIST):
            message = f"a field of type {kind} takes no values"
            spot, advice = (*pointer, "values"), "make it a choice or a list"
            yield Finding(code="C031", message=message, pointer=spot, hint=advice, at_key=True)
            continue
        yield from _duplicates((*pointer, "values"), values)
        spec = FieldSpec(name=field["name"], type=kind, values=values)
        wrong = spec.problem(as_value(field["default"])) if field.get("default") is not None else ""
        if wrong:
            hint = near(as_text(field["default"]), values) if values else None
            yield Finding(code="C031", message=f"default: {wrong}", pointer=(*pointer, "default"), hint=hint)


def _duplicates(at: Pointer, values: Iterable[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield Finding(code="C006", message=f'"{value}" stands here twice', pointer=(*at, index))
        seen.add(value)


def _tags(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    at, tags = section(document, "tags", "list")
    deprecated = {tag["name"] for tag in tags if isinstance(tag, dict) and "deprecated_for" in tag}
    for index, tag in enumerate(tags):
        if not isinstance(tag, dict) or "deprecated_for" not in tag:
            continue
        pointer, other = (*at, index, "deprecated_for"), tag["deprecated_for"]
        yield from names.reference("C015", "tag", pointer, other)
        if other in deprecated:
            message = f'tag "{tag["name"]}" is deprecated in favour of "{other}", which is deprecated too'
            hint = "name a tag that is still in use"
            yield Finding(code="C034", message=message, pointer=pointer, hint=hint)
    listed = {name.casefold() for name in names.of("tag")}
    denied = (document["tags"].get("denied") or []) if isinstance(document.get("tags"), dict) else []
    for index, name in enumerate(denied):
        if name.casefold() in listed:
            message, hint = f'tag "{name}" is denied and listed', "take it out of one of the two lists"
            yield Finding(code="C035", message=message, pointer=("tags", "denied", index), hint=hint)


def _people(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    at, agents = section(document, "people", "agents")
    owners: dict[str, str] = {}
    for index, agent in enumerate(agents):
        pointer = (*at, index)
        yield from _each(names, "C012", "role", (*pointer, "roles"), agent.get("roles", []))
        yield from _each(names, "C011", "group", (*pointer, "groups"), agent.get("groups", []))
        if "timezone" in agent:
            yield from _zone((*pointer, "timezone"), agent["timezone"])
        if FieldSpec(name="away_until", type="date").problem(agent.get("away_until", "")):
            message = f'no such day: "{agent["away_until"]}"'
            yield Finding(code="C004", message=message, pointer=(*pointer, "away_until"))
        for number, address in enumerate(agent.get("addresses", [])):
            owner = owners.setdefault(address.casefold(), agent["id"])
            spot = (*pointer, "addresses", number)
            if owner != agent["id"]:
                hint = "an address tells who wrote a commit, so it belongs to one person"
                message = f'address "{address}" belongs to "{owner}" already'
                yield Finding(code="C030", message=message, pointer=spot, hint=hint)


def _each(names: _Names, code: str, kind: str, at: Pointer, given: list[str]) -> Iterator[Finding]:
    for index, name in enumerate(given):
        yield from names.reference(code, kind, (*at, index), name)


def _priorities(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    value = document["priorities"]
    matrix = value.get("matrix", {}) if isinstance(value, dict) else {}
    urgencies = list(dict.fromkeys(urgency for row in matrix.values() for urgency in row))
    for impact, row in matrix.items():
        at: Pointer = ("priorities", "matrix", impact)
        for urgency, priority in row.items():
            yield from names.reference("C013", "priority", (*at, urgency), priority)
        for urgency in urgencies:
            if urgency not in row:
                message = f'impact "{impact}" has no priority for urgency "{urgency}"'
                yield Finding(code="C033", message=message, pointer=at, hint=f"add {urgency}: …", at_key=True)


# ---- customers, calendars, service levels


def _service(document: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for index, each in enumerate((document.get("customers") or {}).get("organisations") or []):
        at: Pointer = ("customers", "organisations", index)
        if "tier" in each:
            yield from names.reference("C018", "tier", (*at, "tier"), each["tier"])
        if not any(key in each for key in ("tier", "region", "language")):
            message = f'nothing is said about organisation "{each["name"]}" but its domains'
            hint = "give it a tier, a region or a language, or take it out"
            yield Finding(code="C050", message=message, pointer=(*at, "name"), hint=hint)
        for number, domain in enumerate(each["domains"]):
            owner = owners.setdefault(domain_key(domain), each["name"])
            if owner != each["name"]:
                message = f'domain "{domain}" belongs to "{owner}" already'
                yield Finding(code="C036", message=message, pointer=(*at, "domains", number))
    for name, calendar in (document.get("calendars") or {}).items():
        if "timezone" in calendar:
            yield from _zone(("calendars", name, "timezone"), calendar["timezone"])
        yield from calendar_check.check(("calendars", name), calendar)
    policies = (document.get("sla") or {}).get("policies") or []
    broken = False
    for index, policy in enumerate(policies):
        for finding in _policy(("sla", "policies", index), policy, names):
            broken = True
            yield finding
    if policies and not broken:
        from gitdesk.domain import sla_check

        calendars = document.get("calendars") or {}
        yield from sla_check.check(("sla", "policies"), policies, calendars, _vocabulary(document, names))


def _vocabulary(document: Mapping[str, Any], names: _Names) -> Vocabulary:
    """Returns the words that queries of this file may use."""
    from gitdesk.domain.query_keys import Vocabulary

    _, fields = section(document, "fields", "list")
    _, agents = section(document, "people", "agents")
    tags = document.get("tags")
    return Vocabulary(
        statuses={status["name"]: status["category"] for status in document["workflow"]["statuses"]},
        priorities=tuple(names.of("priority")),
        types=tuple(names.of("type")),
        groups=tuple(names.of("group")),
        people={agent["id"]: tuple(agent.get("addresses", ())) for agent in agents},
        tags=tuple(names.of("tag")),
        tags_open=bool(tags.get("open")) if isinstance(tags, dict) else False,
        fields={field["name"]: field.get("type", "text") for field in fields},
        choices={
            field["name"]: tuple(as_text(value) for value in field["values"])
            for field in fields
            if field.get("values")
        },
        customers=document.get("customers") or {},
    )


def _policy(at: Pointer, policy: Mapping[str, Any], names: _Names) -> Iterator[Finding]:
    if "calendar" in policy:
        yield from names.reference("C017", "calendar", (*at, "calendar"), policy["calendar"])
    for number, name in enumerate(policy.get("pause_on", [])):
        if name not in CATEGORIES:
            yield from names.reference("C010", "status", (*at, "pause_on", number), name)
    for priority in policy["targets"]:
        for finding in names.reference("C013", "priority", (*at, "targets", priority), priority):
            yield Finding(
                code=finding.code,
                message=finding.message,
                pointer=finding.pointer,
                hint=finding.hint,
                at_key=True,
            )


def as_list(value: str | list[str]) -> list[str]:
    """Returns a list whether one name was written or several."""
    return [value] if isinstance(value, str) else value
