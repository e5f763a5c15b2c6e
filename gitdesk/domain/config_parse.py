"""Makes a Config of what gitdesk.yaml says, once its shape and its names are right; defaults are filled in here."""

from __future__ import annotations

from gitdesk.domain.config import (
    DEFAULT_ATTACHMENT_BYTES,
    DEFAULT_PARKED_PERCENT,
    FORMAT_VERSION,
    NONE,
    RESERVED_KEYS,
    TEXT,
    ApprovalSettings,
    Config,
    FieldSpec,
    Group,
    Limits,
    Named,
    RuleSettings,
    TagList,
    TagSpec,
    as_text,
    as_value,
)
from gitdesk.domain.config_check import as_list, section
from gitdesk.domain.people import Person, Role
from gitdesk.domain.workflow import Approvals, Status, Transition, Workflow

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_UNITS = {"B": 1, "kB": 1_000, "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}


def config_of(document: Mapping[str, Any]) -> Config:
    """Returns the configuration a checked document describes."""
    desk, tags, people, priorities = (
        document["desk"],
        document.get("tags"),
        document.get("people"),
        document["priorities"],
    )
    defaults, rules = desk.get("defaults", {}), document.get("rules") or {}
    return Config(
        name=desk["name"],
        prefix=desk["prefix"],
        time_zone=desk.get("timezone", "UTC"),
        language=desk.get("language", "en"),
        format_version=desk.get("format", FORMAT_VERSION),
        push=desk.get("push", "never"),
        workflow=_workflow(document["workflow"]),
        priority_specs=tuple(_named(each) for each in section(document, "priorities", "list")[1]),
        matrix=_matrix(priorities.get("matrix", {}) if isinstance(priorities, dict) else {}),
        types=tuple(_named(each) for each in document.get("types") or []),
        groups=tuple(Group(**_spec(each)) for each in document.get("groups") or []),
        field_specs=tuple(_field(each) for each in document.get("fields") or []),
        tags=_tags(section(document, "tags", "list")[1], tags if isinstance(tags, dict) else {}),
        people=tuple(_person(each) for each in section(document, "people", "agents")[1]),
        roles=tuple(
            _role(each) for each in ((people.get("roles") or []) if isinstance(people, dict) else [])
        ),
        default_priority=defaults.get("priority", ""),
        default_type=defaults.get("type", ""),
        default_group=defaults.get("group", ""),
        rules=RuleSettings(
            severities=rules.get("checks", {}),
            signed_commits=rules.get("signed_commits", NONE),
            approvals=_approval_settings(rules.get("approvals") or {}),
        ),
        limits=_limits(rules.get("limits", {})),
        customers=document.get("customers") or {},
        calendars=document.get("calendars") or {},
        sla=document.get("sla") or {},
        reserved={key: document[key] for key in RESERVED_KEYS if key in document},
    )


def _spec(item: str | dict[str, Any]) -> dict[str, Any]:
    return {"name": item} if isinstance(item, str) else item


def _named(item: str | dict[str, Any]) -> Named:
    return Named(**_spec(item))


def _workflow(plain: Mapping[str, Any]) -> Workflow:
    return Workflow(
        statuses=tuple(Status(**each) for each in plain["statuses"]),
        transitions=tuple(_transition(each) for each in plain.get("transitions") or []),
        initial=plain.get("initial", ""),
        merged=plain.get("merged", ""),
    )


def _transition(plain: Mapping[str, Any]) -> Transition:
    return Transition(
        from_=tuple(as_list(plain["from"])),
        to=tuple(as_list(plain["to"])),
        roles=tuple(plain.get("roles", ())),
        requires=tuple(plain.get("requires", ())),
        approvals=_approvals(plain.get("approvals")),
    )


def _approvals(plain: Mapping[str, Any] | None) -> Approvals | None:
    if plain is None:
        return None
    roles, exclude = tuple(plain.get("roles", ())), tuple(plain.get("not", ()))
    return Approvals(count=plain.get("count", 1), roles=roles, exclude=exclude)


def _approval_settings(plain: Mapping[str, Any]) -> ApprovalSettings:
    asked = {name: _approvals(plain.get(name)) for name in ("configure", "correct", "loosen")}
    return ApprovalSettings(signed=plain.get("signed", True), **asked)


def _matrix(plain: Mapping[str, Mapping[str, str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((impact, urgency, name) for impact, row in plain.items() for urgency, name in row.items())


def _field(plain: Mapping[str, Any]) -> FieldSpec:
    default = plain.get("default")
    return FieldSpec(
        name=plain["name"],
        type=plain.get("type", TEXT),
        values=tuple(as_text(value) for value in plain.get("values", ())),
        default="" if default is None else as_value(default),
        required=plain.get("required", False),
        description=plain.get("description", ""),
    )


def _tags(items: list[Any], options: Mapping[str, Any]) -> TagList:
    return TagList(
        specs=tuple(TagSpec(**_spec(each)) for each in items),
        open=options.get("open", False),
        max_per_ticket=options.get("max_per_ticket"),
        denied=tuple(options.get("denied") or ()),
    )


def _person(plain: Mapping[str, Any]) -> Person:
    from datetime import date

    lists = ("addresses", "roles", "groups", "skills", "languages", "signing_keys")
    away = plain.get("away_until")
    return Person(
        id=plain["id"],
        name=plain["name"],
        time_zone=plain.get("timezone", ""),
        capacity=plain.get("capacity"),
        away_until=date.fromisoformat(away) if away else None,
        robot=plain.get("robot", False),
        accounts=tuple(plain.get("accounts", {}).items()),
        **{name: tuple(plain.get(name, ())) for name in lists},
    )


def _role(item: str | dict[str, Any]) -> Role:
    plain = _spec(item)
    return Role(**{**plain, "may": tuple(plain.get("may", ()))})


def _limits(plain: Mapping[str, Any]) -> Limits:
    size = plain.get("attachment_bytes", DEFAULT_ATTACHMENT_BYTES)
    if isinstance(size, str):
        number = size.rstrip("BGMKk ")
        size = int(number) * _UNITS[size[len(number) :].strip()]
    return Limits(attachment_bytes=size, parked_percent=plain.get("parked_percent", DEFAULT_PARKED_PERCENT))
