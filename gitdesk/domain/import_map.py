"""The map of an import: what the names of a source are called on this desk, and which names were met how often."""

from __future__ import annotations

from gitdesk.domain.folding import fold
from gitdesk.domain.people import RESERVED_IDS, author_of, id_for, parse_author
from gitdesk.value import Value, fresh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from gitdesk.domain.config import Config
    from gitdesk.domain.people import Person
    from gitdesk.domain.ticket import FieldValue

# Kinds of names, as the map's sections are called, and the part of a ticket each is for.
KINDS = {
    "statuses": "status", "priorities": "priority", "types": "type", "groups": "group", "tags": "tags",
    "people": "people", "fields": "fields", "links": "links",
}  # fmt: skip
_KIND_OF = {**{part: kind for kind, part in KINDS.items()}, "assignee": "people"}
SECTIONS = ("source", "timezone", "unchanged", "shape", *KINDS, "values")
NOTE, SKIP = "note", "skip"
_NO_FIELD = str.maketrans("./", "--")  # what names may have and names of fields may not
MOST_NAME = 60  # characters of a name in gitdesk.yaml, an agent's id among them


class ImportMap(Value):
    """What a map file says. In `names`, kind → name at the source → name on the desk, None to leave it out."""

    system: str = ""
    time_zone: str = ""
    unchanged: str = NOTE  # what becomes of an event that changes nothing: a note, or nothing
    shape: Mapping[str, Any] = fresh(default_factory=dict)
    names: Mapping[str, Mapping[str, str | None]] = fresh(default_factory=dict)
    values: Mapping[str, Mapping[str, str | None]] = fresh(default_factory=dict)  # by field of the desk


class Met:
    """How often a name was met, and what it became: a name of the desk, None for left out."""

    __slots__ = ("count", "example", "fresh", "target", "unknown")

    def __init__(
        self, target: str | None, example: str, *, fresh: bool = False, unknown: bool = False
    ) -> None:
        self.count, self.example, self.target = 0, example, target
        self.fresh = fresh  # the desk has to be told of it
        self.unknown = unknown  # and nobody allowed that


class Names:
    """Translates names of a source into names of a desk, and counts them.

    What map and desk do not know is `unknown`; with `declare` it becomes a fresh name for the desk instead.
    """

    def __init__(self, config: Config, given: ImportMap, *, system: str = "", declare: bool = False) -> None:
        self._config, self._map, self._declare = config, given, declare
        self.unchanged = given.unchanged
        self.system = given.system or system
        self.met: dict[str, dict[str, Met]] = {kind: {} for kind in KINDS}
        self.met_values: dict[str, dict[str, Met]] = {}
        self.weight = 1  # what meeting a name counts: 0 where it was counted already
        self.usual: dict[
            tuple[str, str], tuple[Any, tuple[Met, ...]]
        ] = {}  # kept by who translates with this
        self.example = ""  # the ticket that is read at the moment
        self.source = self.system  # and the system it is from
        self._known = {
            "statuses": [each.name for each in config.workflow.statuses],
            "priorities": list(config.priorities),
            "types": [each.name for each in config.types],
            "groups": [each.name for each in config.groups],
            "tags": list(config.tags.names),
            "fields": [each.name for each in config.field_specs],
        }
        self._slugs = {kind: {slug(name): name for name in names} for kind, names in self._known.items()}
        self._specs = {spec.name: spec for spec in config.field_specs}
        self._agents: dict[str, str] = {}
        for person in config.people:
            for word in (person.id, person.name, author_of(person), *person.addresses):
                self._agents.setdefault(word.casefold(), person.id)
        self.people: dict[str, tuple[str, str]] = {}  # fresh agents: id → name, address
        self._authors: dict[str, str] = {}
        self.authors: dict[str, int] = {}  # who did something, as the source says it
        self._lists: set[str] = set()
        self._given: dict[str, dict[str, str]] = {}  # fresh names: kind → here → at the source, folded
        self._ids = {person.id for person in config.people}
        self._unknown_met = False

    def turn_to(self, key: str) -> None:
        """Goes on with the names of another ticket, by what its source calls it: `zendesk:4711`."""
        self.example, source = key, key.partition(":")[0]
        self.weight = 1
        if source != self.source:
            self.source = source
            self._authors.clear()  # who has no address has one of each source

    # names of the desk

    def name(self, kind: str, text: str) -> str:
        """Returns what the desk calls a status, priority, type, group, tag or field; "" for what is left out."""
        if not text:
            return ""
        met = self.met[kind].get(text)
        if met is None:
            met = self.met[kind][text] = self._meet(kind, text)
        met.count += self.weight
        return met.target or ""

    def _meet(self, kind: str, text: str) -> Met:
        section = self._map.names.get(kind, {})
        known = self._known[kind]
        if text in section:
            wanted = section[text]
            if not wanted:
                return Met(None, self.example)
        else:
            wanted = text if text in known else self._slugs[kind].get(slug(text))
            if wanted is None:
                wanted = self._fresh_name(kind, text)
                if kind == "tags" and wanted in self._config.tags.denied:
                    return Met(None, self.example)  # the desk has said that it wants none of these
        if wanted in known or (kind == "tags" and self._config.tags.open):
            return Met(wanted, self.example)
        return self._news(wanted)

    def _news(self, wanted: str) -> Met:
        self._unknown_met |= not self._declare
        return Met(wanted, self.example, fresh=True, unknown=not self._declare)

    def _fresh_name(self, kind: str, text: str) -> str:
        """Returns a name the desk can carry for one it does not have; other names never share it."""
        text = text.translate(_NO_FIELD) if kind == "fields" else text
        plain, given = slug(text) or "other", self._given.setdefault(kind, {})
        name, number = plain, 1
        while given.setdefault(name, text.casefold()) != text.casefold():
            number += 1
            name = f"{plain[: MOST_NAME - 8]}-{number}"
        return name

    def field(self, name: str, value: FieldValue) -> tuple[str, FieldValue]:
        """Returns a field's name and value as the desk has them; a name "" is left out."""
        target = self.name("fields", name)
        return (target, self.field_value(target, value)) if target else ("", "")

    def field_value(self, target: str, value: FieldValue) -> FieldValue:
        """Returns the value of a field of the desk, by the field's name."""
        spec = self._specs.get(target)
        if spec is None and not isinstance(value, str):
            self._lists.add(target)
        if isinstance(value, str):
            return self._value(target, value) if value else ""
        items = [self._value(target, each) for each in value]
        if spec is not None and spec.type != "list":
            return self._value(target, ", ".join(each for each in items if each))
        return tuple(sorted({each for each in items if each}))

    def counted(self, key: str, text: str) -> tuple[Met, ...]:
        """Returns what was counted when a ticket's value was translated: `status`, `fields.region`."""
        if not key.startswith("fields."):
            kind = _KIND_OF.get(key)
            met = self.met[kind].get(text) if kind else None
            return (met,) if met else ()
        name = self.met["fields"][key[7:]]
        value = self.met_values.get(name.target or "", {}).get(text)
        return (name, value) if value else (name,)

    def _value(self, name: str, text: str) -> str:
        section, spec = self._map.values.get(name, {}), self._specs.get(name)
        if spec is None and not section:
            return text
        known = self.met_values.setdefault(name, {})
        met = known.get(text)
        if met is None:
            target: str | None = section.get(text, text)
            if target and spec is not None:
                target = _fitting(spec, target)
            wrong = bool(target) and spec is not None and bool(spec.problem(_of(spec, target or "")))
            self._unknown_met |= wrong
            met = known[text] = Met(target, self.example, unknown=wrong)
        met.count += self.weight
        return met.target or ""

    def link(self, kind: str, known: Iterable[str]) -> str:
        """Returns what the desk calls a kind of link; an unknown kind only relates."""
        met = self.met["links"].get(kind)
        if met is None:
            word = slug(kind)
            section = self._map.names.get("links", {})
            target = section.get(kind, word if word in set(known) else "relates")
            met = self.met["links"][kind] = Met(target, self.example)
        met.count += self.weight
        return met.target or ""

    # people

    def agent(self, text: str) -> str:
        """Returns the id of the agent somebody of the source is; "" for nobody."""
        if not text:
            return ""
        met = self.met["people"].get(text)
        if met is None:
            met = self.met["people"][text] = self._meet_agent(text)
        met.count += self.weight
        return met.target or ""

    def _meet_agent(self, text: str) -> Met:
        section = self._map.names.get("people", {})
        word = section.get(text, text)
        if not word:
            return Met(None, self.example)
        found = self._find_agent(word)
        if found:
            is_fresh = found in self.people
            return self._news(found) if is_fresh else Met(found, self.example)
        # A map names an id; who that is, the source may say better: `"Iva <iva@x.example>": iva`.
        is_better = parse_author(text)[1] or _is_id(word)
        told = text if word != text and is_better and not parse_author(word)[1] else word
        name, address = parse_author(self._author_text(told))
        if not _is_mailbox(address):  # gitdesk.yaml takes none but such; commits are free to
            address = self._made_up(name)
        base = id_for(name if " " not in name else name.replace(" ", "-"), "" if name else address)
        wanted = base = base if told == word else id_for(word, "")
        number = 1
        while wanted in self._ids or wanted in RESERVED_IDS:
            number += 1
            wanted = f"{base[: MOST_NAME - 8]}-{number}"
        self._ids.add(wanted)
        self.people[wanted] = (name, address)
        for each in (word, told, wanted, address, f"{name} <{address}>"):
            self._agents.setdefault(each.casefold(), wanted)
        return self._news(wanted)

    def _find_agent(self, word: str) -> str:
        found = self._agents.get(word.casefold())
        if found is None:
            name, address = parse_author(word)
            found = self._agents.get((address or name).casefold())
        return found or ""

    def author(self, text: str) -> str:
        """Returns somebody as `Name <address>`, as commits and messages carry it."""
        self.authors[text] = self.authors.get(text, 0) + 1
        known = self._authors.get(text)
        if known is None:
            if len(self._authors) > 50_000:
                self._authors.clear()
            target = self._map.names.get("people", {}).get(text) or ""
            named = parse_author(target)[1] or self._config.find_person(target) is not None
            is_better = named or not (parse_author(text)[1] or _is_id(target))
            told = target if target and is_better else text
            known = self._authors[text] = self._author_text(told)
        return known

    def _author_text(self, text: str) -> str:
        plain = one_line(text)
        name, address = parse_author(plain)
        if name and address:
            return _author(name, address)
        found = self._agents.get(plain.casefold())
        person = self._config.agent(found) if found else None
        if person is not None:
            return author_of(_with_address(person, self.source))
        if found in self.people:
            return "{} <{}>".format(*self.people[found])
        if address:
            return _author("", address)
        known = _git_name(name)  # of two that nothing is left of, each is still somebody else
        return f"{known or 'unknown'} <{self._made_up(known or plain or 'unknown')}>"

    def _made_up(self, name: str) -> str:
        """Returns an address for somebody of whom only a name is known: the same one for the same name."""
        from hashlib import sha256

        folded = fold(name)
        local = "".join(letter if letter.isascii() and letter.isalnum() else "." for letter in folded)
        local = ".".join(part for part in local.split(".") if part)[:50]
        if local.replace(".", " ") != name.casefold():
            mark = sha256(name.encode("utf-8", "replace")).hexdigest()[:6]
            local = f"{local}.{mark}" if local else mark
        system = "".join(c if c.isascii() and c.isalnum() else "-" for c in self.source.casefold()).strip("-")
        return f"{local}@{system[:60].strip('-') or 'import'}.invalid"

    # what has to be said at the end

    @property
    def unknown_met(self) -> bool:
        """Tells whether a name was met that nobody knows."""
        return self._unknown_met

    @property
    def unknown(self) -> dict[str, dict[str, Met]]:
        """Returns the names nobody knows, by kind; a field's values stand under `fields.NAME`."""
        kinds = {**self.met, **{f"fields.{name}": met for name, met in self.met_values.items()}}
        found = {
            kind: {name: met for name, met in names.items() if met.unknown} for kind, names in kinds.items()
        }
        return {kind: names for kind, names in found.items() if names}

    @property
    def fresh(self) -> dict[str, dict[str, str]]:
        """Returns what the desk has to be told of: kind → name on the desk → name at the source."""
        found: dict[str, dict[str, str]] = {}
        for kind, names in self.met.items():
            for name, met in names.items():
                if met.fresh and met.target and kind not in ("people", "links"):
                    found.setdefault(kind, {}).setdefault(met.target, name)
        return found

    def is_list(self, field: str) -> bool:
        """Tells whether a fresh field was met with a list of values."""
        return field in self._lists


def _is_id(word: str) -> bool:
    """Tells whether a word is what an agent may be called in gitdesk.yaml, and not a person's name."""
    return word == slug(word)


def slug(text: str) -> str:
    """Returns a text as one word such as desks name things with: letters of any alphabet, digits, - _ . /"""
    kept = "".join(
        letter if letter.isalnum() or letter in "_./" else "-" for letter in text.strip().casefold()
    )
    return "-".join(part for part in kept.split("-") if part).strip("-./_")[:MOST_NAME].rstrip("-./_")


def one_line(text: str) -> str:
    """Returns a text on one line and without what a person's name cannot hold."""
    if text.isprintable() and text == text.strip():
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _author(name: str, address: str) -> str:
    mailbox = _git_address(address)
    return f"{_git_name(name) or _git_name(mailbox.partition('@')[0]) or 'unknown'} <{mailbox}>"


def _is_mailbox(address: str) -> bool:
    local, _, domain = address.partition("@")
    return bool(local and domain) and not any(c in '<>@,;"' or c.isspace() for c in local + domain)


def _git_name(name: str) -> str:
    """Returns a name as Git keeps it: no angle brackets, none of the crud it strips at both ends."""
    if "<" in name or ">" in name:
        name = name.replace("<", "").replace(">", "")
    return name.strip(" .,:;\"'\\\t")


def _git_address(address: str) -> str:
    return "".join(c for c in address if c not in "<> \t").strip(" .,:;\"'\\") or "unknown@import.invalid"


def _with_address(person: Person, system: str) -> Person:
    from gitdesk.value import replace

    return (
        person
        if person.address
        else replace(person, addresses=(f"{person.id}@{system or 'import'}.invalid",))
    )


def _of(spec: Any, text: str) -> FieldValue:
    return (text,) if spec.type == "list" else text


def _fitting(spec: Any, text: str) -> str:
    """Returns a value in the form its field wants: a boolean as true or false, a choice as it is listed."""
    if spec.type == "boolean":
        return {"yes": "true", "no": "false", "1": "true", "0": "false"}.get(text.casefold(), text.casefold())
    if spec.values and text not in spec.values:
        folded: dict[str, str] = {slug(each): each for each in spec.values}
        return folded.get(slug(text), text)
    return text
