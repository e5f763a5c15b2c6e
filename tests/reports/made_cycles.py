"""Cycles, a desk and a report made up for tests; nothing here comes from a repository."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from gitdesk.domain.config import Config, Group, Named
from gitdesk.domain.sla_cycle import BREACHED, BREACHED_RUNNING, LIVE, MET, Cycle
from gitdesk.domain.workflow import Status, Workflow
from gitdesk.render.table import Page
from gitdesk.reports.sla import SlaReport
from gitdesk.reports.writing import write

AS_OF = datetime(2026, 11, 27, 9, tzinfo=UTC)
COMMIT = "3f2a1b9c" * 5
START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "::error file=x::owned",
    "%0A::error::owned",
    "a | b",
    "]]>",
    "nul \0 bell \a",
    "right \u202e to left \u2066",
    "=cmd|' /C calc'!A0",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&amp; <b>bold</b> *stars* `ticks`",
    "lone \udc80 surrogate \ufffe \uffff",
    "line\nend\r\n\u2028 more",
    "注文履歴 žurnal Εκτύπωση 👩‍💻",
    "",
)


def cycle(state: str = MET, ticket: str = "GD-7K3QX4M2", **parts: Any) -> Cycle:
    """Returns a resolution of 8 hours, used by half unless told otherwise; a breach is an hour late."""
    made: dict[str, Any] = {
        "ticket": ticket,
        "title": "Printer on fire",
        "metric": "resolution",
        "cycle": 1,
        "state": state,
        "policy": "gold",
        "commit": COMMIT,
        "calendar": "zagreb",
        "priority": "high",
        "assignee": "iva",
        "group": "support",
        "started_at": START,
        "target": 28800,
        "elapsed": 14400,
        "closed": 3600,
    }
    if state not in LIVE:
        made["stopped_at"] = START + timedelta(hours=9)
    if state in (BREACHED, BREACHED_RUNNING):
        made |= {
            "elapsed": 32400,
            "breached_at": START + timedelta(hours=8),
            "breach_target": 28800,
            "breach_policy": "gold",
            "breach_priority": "high",
            "late_by": 3600,
        }
    return Cycle(**{**made, **parts})


def config(**parts: Any) -> Config:
    """Returns a desk's configuration with four priorities and two groups."""
    statuses = (
        ("new", "new"), ("open", "open"), ("waiting", "waiting"), ("resolved", "resolved"), ("closed", "closed"),
    )  # fmt: skip
    made: dict[str, Any] = {
        "name": "Acme support",
        "prefix": "GD",
        "workflow": Workflow(
            statuses=tuple(Status(name=name, category=category) for name, category in statuses)
        ),
        "priority_specs": tuple(Named(name) for name in ("low", "normal", "high", "urgent")),
        "groups": (Group("support"), Group("billing")),
    }
    return Config(**{**made, **parts})


def report(*cycles: Cycle, **settings: Any) -> SlaReport:
    """Returns a report on the cycles, not yet read."""
    return SlaReport(
        iter(cycles),
        **{"as_of": AS_OF, "commit": COMMIT, "desk_name": "Acme support", "config": config(), **settings},
    )


def read(*cycles: Cycle, **settings: Any) -> SlaReport:
    """Returns a report whose rows have passed."""
    made = report(*cycles, **settings)
    for _ in made.items():
        pass
    return made


def written(made: SlaReport, *formats: str) -> str:
    """Returns what a report becomes in each of the formats, one after the other."""
    outputs: dict[str, list[bytes]] = {name: [] for name in formats}
    page = Page(now=AS_OF, width=80)
    write(made, [(name, outputs[name].append) for name in formats], page)
    return b"".join(part for name in formats for part in outputs[name]).decode()
