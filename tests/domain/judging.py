"""Small changes of a small desk, put together from text, for the tests of the rules that judge them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from gitdesk import resources
from gitdesk.domain import rules
from gitdesk.domain.change import Change
from gitdesk.domain.config import Config
from gitdesk.domain.rules_context import Context
from gitdesk.domain.violation import Violation
from gitdesk.store import codec
from gitdesk.store.config_file import parse_config

PATH = "tickets/7K/GD-7K3QX4M2.md"
IVA, MARKO = "Iva Kralj <iva@acme.example>", "Marko Babić <marko@acme.example>"
REPLY = f"### 2026-11-22T10:15:00Z · reply · {MARKO}\n\nBy noon.\n"
NOTE = f"### 2026-11-22T11:00:00Z · note · {IVA}\n\nThe cable again.\n"

_ROLES = json.loads(resources.read("schema", "desk.schema.json"))["properties"]["people"]["properties"][
    "roles"
]
PERMISSIONS = tuple(_ROLES["items"]["properties"]["may"]["items"]["enum"])  # all that a role may add
KEY_A, KEY_B = f"SHA256:{'a' * 43}", f"SHA256:{'b' * 43}"

DESK = """\
desk: {name: Acme, prefix: GD}
workflow:
  statuses:
    - {name: new, category: new}
    - {name: open, category: open}
    - {name: waiting, category: waiting}
    - {name: resolved, category: resolved}
    - {name: closed, category: closed}
    - {name: spam, category: cancelled}
    - {name: merged, category: cancelled}
  merged: merged
  transitions:
    - {from: [new, open, waiting, resolved], to: "*"}
    - {from: closed, to: open, requires: [reason]}
    - {from: closed, to: waiting, roles: [lead]}
    - {from: spam, to: open, requires: [message, assignee, group, type, priority, tag, field.region]}
    - {from: merged, to: open}
priorities: [low, high]
types: [question]
groups: [support]
fields:
  - {name: region, type: choice, values: [eu, us]REQUIRED}
tags: {list: [login, vip], denied: [misc], open: OPEN}
people:
  roles:
    - {name: lead, may: [MAY]}
  agents:
    - {id: iva, name: Iva Kralj, addresses: [iva@acme.example], roles: [lead], signing_keys: ["KEY_A"]}
    - {id: marko, name: Marko Babić, addresses: [marko@acme.example, marko@home.example], capacity: 2,
       signing_keys: ["KEY_B"]}
    - {id: nikos, name: Nikos, addresses: [nikos@acme.example], away_until: 2026-11-24}
    - {id: robi, name: Robi, addresses: [robi@acme.example], robot: true}
rules: {checks: {CHECKS}}
"""


def desk(*, may: str = "", required: bool = False, tags: bool = False, checks: str = "") -> Config:
    """Returns the desk; `may` is what its only role, Iva's, adds."""
    text = DESK.replace("KEY_A", KEY_A).replace("KEY_B", KEY_B)
    text = text.replace("MAY", may).replace("REQUIRED", ", required: true" if required else "")
    config, wrong = parse_config(text.replace("OPEN", str(tags).lower()).replace("CHECKS", checks).encode())
    assert config is not None, wrong
    return config


def ticket(thread: str = "", **header: str) -> bytes:
    """Returns a ticket's file; a key's text may go over several lines."""
    keys = {
        "id": "GD-7K3QX4M2", "title": "Cannot log in", "requester": "ana@example.com",
        "created": "2026-11-22T09:14:03Z", "status": "new", **header,
    }  # fmt: skip
    lines = "".join(f"{key}: {value}".rstrip() + "\n" for key, value in keys.items() if value is not None)
    gap = "\n" if thread else ""
    return f"---\n{lines}---\n\nIt says no.\n{gap}{thread}".encode()


def change(before: bytes | None, after: bytes | None, path: str = PATH) -> Change:
    """Returns the change between two versions of a file."""
    old, new = (None if data is None else codec.parse(data, path) for data in (before, after))
    return Change(path=path, before=old, after=new)


def by(author: str = IVA, config: Config | None = None, **given: Any) -> Context:
    """Returns the context of a commit that somebody makes on the day after the ticket came."""
    moment = datetime(2026, 11, 23, 10, tzinfo=UTC)
    plain: dict[str, Any] = {"reason": "", "at": moment, "authored_at": moment, **given}
    return Context(actor=author, person=(config or desk()).find_person(author), **plain)


def found(one: Change, config: Config | None = None, context: Context | None = None) -> tuple[Violation, ...]:
    """Returns what the rules say of a change, and of the commit that it is in."""
    config = config or desk()
    context = context or by(config=config)
    return (*rules.check(one, config, context), *rules.check_commit(config, context, one.path))


def codes(one: Change, config: Config | None = None, context: Context | None = None) -> list[str]:
    """Returns the codes of what the rules say."""
    return [violation.code for violation in found(one, config, context)]
