"""The desk's configuration as a value: what gitdesk.yaml says, with its defaults filled in."""

from __future__ import annotations

from gitdesk.domain.people import Person, Role, parse_author
from gitdesk.domain.workflow import Approvals, Status, Transition, Workflow
from gitdesk.value import Value, fresh, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from gitdesk.domain.ticket import FieldValue

PATH = "gitdesk.yaml"
FORMAT_VERSION = 1
RESERVED_KEYS = ("automation", "routing", "notify", "mail")
DEFAULT_ATTACHMENT_BYTES = 10_000_000
DEFAULT_PARKED_PERCENT = 80
NONE, REQUIRED = "none", "required"  # of signatures

TEXT, INTEGER, NUMBER, BOOLEAN, DATE, CHOICE, LIST = (
    "text",
    "integer",
    "number",
    "boolean",
    "date",
    "choice",
    "list",
)


class Named(Value, kw_only=False):
    """A value people choose from, with what it means: a priority, a type, a customers' tier."""

    name: str
    description: str = ""


class Group(Value, kw_only=False):
    """A team that tickets are given to."""

    name: str
    description: str = ""


class FieldSpec(Value, kw_only=False):
    """A field of the desk's own. `values` limits it when there are any; `default` is "" for none."""

    name: str
    type: str = TEXT
    values: tuple[str, ...] = ()
    default: FieldValue = ""
    required: bool = False
    description: str = ""

    def problem(self, value: FieldValue) -> str:
        """Returns what is wrong with a value, "" when it fits; an unset value always fits."""
        if self.type == LIST:
            items = (value,) if isinstance(value, str) else value
            return next((wrong for item in items if item and (wrong := self._outside(item))), "")
        if not isinstance(value, str):
            return "a list where one value is expected"
        return value and (self._malformed(value) or self._outside(value))

    def _outside(self, value: str) -> str:
        return f'unknown {self.name} "{value}"' if self.values and value not in self.values else ""

    def _malformed(self, value: str) -> str:
        fits = {INTEGER: _is_integer, NUMBER: _is_number, BOOLEAN: _is_boolean, DATE: _is_date}.get(self.type)
        article = "an" if self.type == INTEGER else "a"
        return "" if fits is None or fits(value) else f'{self.name} is not {article} {self.type}: "{value}"'


class TagSpec(Value, kw_only=False):
    """A tag the desk knows; `deprecated_for` names the tag to use instead."""

    name: str
    description: str = ""
    deprecated_for: str = ""


class TagList(Value, kw_only=False):
    """Which tags a ticket may carry: those listed, or any other too when `open`."""

    specs: tuple[TagSpec, ...] = ()
    open: bool = False
    max_per_ticket: int | None = None
    denied: tuple[str, ...] = ()  # too vague to be of use

    @property
    def names(self) -> tuple[str, ...]:
        """Returns every listed tag, deprecated ones too."""
        return tuple(spec.name for spec in self.specs)

    def find(self, name: str) -> TagSpec | None:
        """Returns the tag of that name, exactly as written, or None."""
        return next((spec for spec in self.specs if spec.name == name), None)


class ApprovalSettings(Value, kw_only=False):
    """What beside transitions others must agree to: rules edited, the record corrected, a promise loosened.

    `signed`: an approval in a commit counts only with a signature by a key of who gives it.
    """

    signed: bool = True
    configure: Approvals | None = None
    correct: Approvals | None = None
    loosen: Approvals | None = None


class RuleSettings(Value, kw_only=False):
    """Which rules this desk weighs otherwise (code → error, warn or off), and what commits need beside their files."""

    severities: Mapping[str, str]
    signed_commits: str = NONE
    approvals: ApprovalSettings = fresh(default_factory=ApprovalSettings)


class Limits(Value, kw_only=False):
    """What a ticket may weigh, and the share of its life that its clock may stand before somebody asks."""

    attachment_bytes: int = DEFAULT_ATTACHMENT_BYTES
    parked_percent: int = DEFAULT_PARKED_PERCENT


class Config(Value):
    """What gitdesk.yaml says. `customers`, `calendars`, `sla` and `reserved` are plain data as written."""

    name: str
    prefix: str
    time_zone: str = "UTC"
    language: str = "en"
    format_version: int = FORMAT_VERSION
    push: str = "never"
    workflow: Workflow
    priority_specs: tuple[Named, ...]  # low → high
    matrix: tuple[tuple[str, str, str], ...] = ()  # (impact, urgency, priority)
    types: tuple[Named, ...] = ()
    groups: tuple[Group, ...] = ()
    field_specs: tuple[FieldSpec, ...] = ()
    tags: TagList = fresh(default_factory=TagList)
    people: tuple[Person, ...] = ()
    roles: tuple[Role, ...] = ()
    default_priority: str = ""
    default_type: str = ""
    default_group: str = ""
    rules: RuleSettings = fresh(default_factory=lambda: RuleSettings(severities={}))
    limits: Limits = fresh(default_factory=Limits)
    customers: Mapping[str, Any] = fresh(default_factory=dict)
    calendars: Mapping[str, Any] = fresh(default_factory=dict)
    sla: Mapping[str, Any] = fresh(default_factory=dict)
    reserved: Mapping[str, Any] = fresh(default_factory=dict)

    @property
    def priorities(self) -> tuple[str, ...]:
        """Returns the priorities' names, low → high."""
        return tuple(spec.name for spec in self.priority_specs)

    @property
    def default_status(self) -> str:
        """Returns the status of a fresh ticket."""
        return self.workflow.initial_status

    def priority_rank(self, name: str) -> int:
        """Returns 0 for the lowest priority and up, -1 for one the desk does not know."""
        return next((rank for rank, spec in enumerate(self.priority_specs) if spec.name == name), -1)

    def agent(self, person_id: str) -> Person | None:
        """Returns the person with exactly this id, or None."""
        return next((person for person in self.people if person.id == person_id), None)

    def find_person(self, text: str) -> Person | None:
        """Returns the person with this id or address, in any case; `Name <address>` goes by its address."""
        name, address = parse_author(text)
        wanted = (address or name).casefold()
        return _by_name(self.people).get(wanted) if wanted else None

    def is_robot(self, author: str) -> bool:
        """Tells whether an id, an address or `Name <address>` is an agent's that is a program."""
        person = self.find_person(author)
        return person is not None and person.robot

    def find_account(self, site: str, login: str) -> Person | None:
        """Returns the person with this account on a hosting site, in any case, or None."""
        wanted = (site, login.casefold())
        return next(
            (
                person
                for person in self.people
                if any((name, own.casefold()) == wanted for name, own in person.accounts)
            ),
            None,
        )

    @property
    def asks_for_approvals(self) -> bool:
        """Tells whether anything on this desk needs the approval of others; where nobody is listed, nobody could."""
        given = self.rules.approvals
        return bool(self.people) and (
            any(row.approvals is not None for row in self.workflow.transitions)
            or any(each is not None for each in (given.configure, given.correct, given.loosen))
        )

    def find_field(self, name: str) -> FieldSpec | None:
        """Returns the desk's own field of that name, or None."""
        return next((spec for spec in self.field_specs if spec.name == name), None)

    def may(self, person: Person | None, permission: str) -> bool:
        """Tells whether one of the person's roles grants it; what no role grants, everybody may.

        So they may on a desk that lists nobody yet: somebody has to write the first name into it.
        """
        granting = self.granting(permission) if self.people else ()
        return not granting or (person is not None and any(name in person.roles for name in granting))

    def granting(self, permission: str) -> tuple[str, ...]:
        """Returns the names of the roles that grant it."""
        return tuple(role.name for role in self.roles if permission in role.may)

    def holders(self, roles: Sequence[str]) -> list[str]:
        """Returns the ids of the people who have any of the roles."""
        return [person.id for person in self.people if any(name in person.roles for name in roles)]

    def to_plain(self) -> dict[str, Any]:
        """Returns JSON-able data from which `from_plain` makes an equal value."""
        return {name: _plain(getattr(self, name)) for name in parts_of(self)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Config:
        """Returns the value that `to_plain` was made of, whether or not the data went through JSON."""
        return cls(**{**plain, **{name: build(plain[name]) for name, build in _BUILDERS.items()}})


# ---- plain data: spelled out and not derived from the annotations, because every command pays for it


_listed: list[
    tuple[tuple[Person, ...], dict[str, Person]]
] = []  # people who were looked up, the last ones first


def _by_name(people: tuple[Person, ...]) -> dict[str, Person]:
    """Returns people by ids and addresses, folded; asked for each commit of a push, so it is made once a list."""
    for known, names in _listed:
        if known is people:
            return names
    names = {}
    for person in people:
        for name in (person.id, *person.addresses):
            names.setdefault(name.casefold(), person)
    _listed.insert(0, (people, names))
    del _listed[4:]
    return names


def _plain(value: Any) -> Any:
    if isinstance(value, Value):
        return {name: _plain(getattr(value, name)) for name in parts_of(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _person(plain: dict[str, Any]) -> Person:
    away = plain["away_until"]
    if away is not None:
        from datetime import date

        away = date.fromisoformat(away)
    return Person(
        id=plain["id"],
        name=plain["name"],
        addresses=tuple(plain["addresses"]),
        roles=tuple(plain["roles"]),
        groups=tuple(plain["groups"]),
        skills=tuple(plain["skills"]),
        languages=tuple(plain["languages"]),
        time_zone=plain["time_zone"],
        capacity=plain["capacity"],
        away_until=away,
        signing_keys=tuple(plain["signing_keys"]),
        robot=plain["robot"],
        accounts=_pairs(plain["accounts"]),
    )


def _field_spec(plain: dict[str, Any]) -> FieldSpec:
    default = plain["default"]
    default = default if isinstance(default, str) else tuple(default)
    return FieldSpec(**{**plain, "values": tuple(plain["values"]), "default": default})


def _transition(plain: dict[str, Any]) -> Transition:
    lists = {name: tuple(plain[name]) for name in ("from_", "to", "roles", "requires")}
    return Transition(approvals=_approvals(plain["approvals"]), **lists)


def _approvals(plain: dict[str, Any] | None) -> Approvals | None:
    if plain is None:
        return None
    roles, exclude = tuple(plain["roles"]), tuple(plain["exclude"])
    return Approvals(count=plain["count"], roles=roles, exclude=exclude)


def _rules(plain: dict[str, Any]) -> RuleSettings:
    given = plain["approvals"]
    asked = {name: _approvals(given[name]) for name in ("configure", "correct", "loosen")}
    return RuleSettings(
        severities=dict(plain["severities"]),
        signed_commits=plain["signed_commits"],
        approvals=ApprovalSettings(signed=given["signed"], **asked),
    )


def _workflow(plain: dict[str, Any]) -> Workflow:
    return Workflow(
        statuses=tuple(Status(**each) for each in plain["statuses"]),
        transitions=tuple(_transition(each) for each in plain["transitions"]),
        initial=plain["initial"],
        merged=plain["merged"],
    )


def _tags(plain: dict[str, Any]) -> TagList:
    specs = tuple(TagSpec(**each) for each in plain["specs"])
    return TagList(**{**plain, "specs": specs, "denied": tuple(plain["denied"])})


def _pairs(plain: list[Any]) -> tuple[Any, ...]:
    return tuple(tuple(each) for each in plain)


_BUILDERS: dict[str, Callable[[Any], Any]] = {
    "workflow": _workflow,
    "priority_specs": lambda plain: tuple(Named(**each) for each in plain),
    "matrix": _pairs,
    "types": lambda plain: tuple(Named(**each) for each in plain),
    "groups": lambda plain: tuple(Group(**each) for each in plain),
    "field_specs": lambda plain: tuple(_field_spec(each) for each in plain),
    "tags": _tags,
    "people": lambda plain: tuple(_person(each) for each in plain),
    "roles": lambda plain: tuple(Role(**{**each, "may": tuple(each["may"])}) for each in plain),
    "rules": _rules,
    "limits": lambda plain: Limits(**plain),
}


# ---- what a field's text must look like


def _is_integer(text: str) -> bool:
    import re

    return re.fullmatch(r"[-+]?[0-9]{1,18}", text) is not None


def _is_number(text: str) -> bool:
    import re

    return re.fullmatch(r"[-+]?[0-9]{1,18}(\.[0-9]{1,12})?", text) is not None


def _is_boolean(text: str) -> bool:
    return text in ("true", "false")


def _is_date(text: str) -> bool:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


# ---- values as gitdesk.yaml writes them → values as tickets hold them


def as_text(value: str | bool | int | float) -> str:
    """Returns a scalar of gitdesk.yaml as a ticket writes it: `true`, `12`, `eu`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_value(value: Any) -> FieldValue:
    """Returns a scalar or a list of them as a ticket holds it."""
    return tuple(as_text(each) for each in value) if isinstance(value, list) else as_text(value)
