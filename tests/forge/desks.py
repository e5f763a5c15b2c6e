"""A desk's configuration out of text, as the store reads it."""

from __future__ import annotations

from gitdesk.domain.config import Config
from gitdesk.store.config_file import parse_config

DESK = """desk: {name: Acme, prefix: AC}
workflow:
  statuses:
    - {name: new, category: new}
    - {name: open, category: open}
    - {name: resolved, category: resolved}
    - {name: closed, category: closed}
  transitions:
    - {from: [new, open], to: [open, resolved]}
    - {from: resolved, to: closed, approvals: {count: 1, roles: [lead]}}
    - {from: resolved, to: open}
priorities: [low, normal, high]
tags: {open: true}
people:
  roles:
    - {name: lead, may: [configure, correct]}
    - {name: agent}
  agents:
    - id: iva
      name: Iva Kralj
      addresses: [iva@acme.example]
      roles: [lead]
      accounts: {github: iva-k, gitlab: iva.k, gitea: iva}
    - {id: haruka, name: Haruka Ito, addresses: [haruka@acme.example], roles: [lead]}
    - id: marko
      name: Marko Babic
      addresses: [marko@acme.example]
      roles: [agent]
      accounts: {github: marko-b, gitlab: marko.b, gitea: marko}
    - id: helper
      name: Helper
      addresses: [helper@acme.example]
      roles: [lead]
      robot: true
      accounts: {github: helper-x}
rules:
  approvals: {signed: false}
"""


def config(text: str = DESK) -> Config:
    """Returns the configuration; it is a sound one."""
    found, wrong = parse_config(text.encode(), "gitdesk.yaml")
    assert found is not None, wrong
    return found
