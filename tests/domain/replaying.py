"""What tests of imports share in the domain: a small desk, what replaying asks of the world, and shorthands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gitdesk.domain.config import Config, FieldSpec, Group, Named, TagList, TagSpec
from gitdesk.domain.exchange import Attached, Record
from gitdesk.domain.exchange_read import read
from gitdesk.domain.exchange_time import moment_reader
from gitdesk.domain.import_map import ImportMap, Names
from gitdesk.domain.people import Person
from gitdesk.domain.replay import Replay, Version
from gitdesk.domain.ticket import Ticket, TicketId
from gitdesk.domain.workflow import Status, Workflow

ID, OTHER = TicketId("GD-7K3QX4M2"), TicketId("GD-4F7K2M9T")
ANA, MARKO = "Ana Horvat <ana@example.com>", "Marko Babić <marko@acme.example>"
CONFIG = Config(
    name="Acme",
    prefix="GD",
    workflow=Workflow(
        statuses=tuple(
            Status(name=name, category=category)
            for name, category in (
                ("new", "new"),
                ("open", "open"),
                ("waiting", "waiting"),
                ("closed", "closed"),
                ("spam", "cancelled"),
                ("merged", "cancelled"),
            )
        ),
        merged="merged",
    ),
    priority_specs=(Named(name="low"), Named(name="normal"), Named(name="high")),
    types=(Named(name="incident"),),
    groups=(Group(name="support"),),
    field_specs=(
        FieldSpec(name="region", type="choice", values=("eu", "us")),
        FieldSpec(name="seats", type="integer"),
        FieldSpec(name="vip", type="boolean"),
        FieldSpec(name="skills", type="list"),
        FieldSpec(name="note"),
    ),
    tags=TagList(
        specs=tuple(TagSpec(name=name) for name in ("a", "b", "c", "d", "login")),
        max_per_ticket=3,
        denied=("misc",),
    ),
    people=(
        Person(id="marko", name="Marko Babić", addresses=("marko@acme.example",)),
        Person(id="iva", name="Iva Kralj", addresses=("iva@acme.example", "i.kralj@acme.example")),
    ),
)


class World:
    """What replaying asks for: names, ids, files, counts."""

    def __init__(self, config: Config = CONFIG, given: ImportMap | None = None, **options: Any) -> None:
        self.config = config
        self.names = Names(config, given or ImportMap(), **{"system": "zendesk", **options})
        self.counts: dict[str, int] = {}
        self.left: list[tuple[str, str]] = []
        self.files: dict[str, str] = {}

    def ticket_id(self, key: str) -> TicketId:
        return TicketId(key) if key.startswith("GD-") else OTHER

    def keep(self, name: str, found: Attached | None, text: str = "") -> str:
        if found is not None and not found.data:
            return ""
        self.files[name] = text
        return name

    def count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number

    def unread(self, name: str, example: str) -> None:
        self.left.append((name, example))


def record(**data: Any) -> Record:
    """Returns a neutral ticket: what is given, and what every ticket needs."""
    whole = {"source": "zendesk:4711", "title": "Cannot log in", "created": "2026-01-01T09:00:00Z", **data}
    return read(whole, moment_reader(None, lambda _: None))


def replayed(world: World | None = None, **data: Any) -> list[Version]:
    """Returns every version of a neutral ticket."""
    return list(Replay(record(**data), ID, world or World()).versions())


def tickets(world: World | None = None, **data: Any) -> list[Ticket]:
    """Returns the ticket at each of its versions; it is never deleted."""
    found = [version.ticket for version in replayed(world, **data)]
    assert None not in found
    return [ticket for ticket in found if ticket is not None]


def at(day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """Returns a moment of January 2026."""
    return datetime(2026, 1, day, hour, minute, second, tzinfo=UTC)


def event(day: int, **data: Any) -> dict[str, Any]:
    """Returns a neutral event on a day of January 2026."""
    return {"at": f"2026-01-{day:02}T09:00:00Z", "by": MARKO, **data}


def change(day: int, key: str, *values: Any, **data: Any) -> dict[str, Any]:
    """Returns an event with one change: from and to, or only to."""
    told = {"from": values[0], "to": values[1]} if len(values) == 2 else values[0]
    return event(day, changes={key: told}, **data)
