"""Lives, a desk and reports made up for tests; nothing here comes from a repository."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st
from made_cycles import COMMIT

from gitdesk.desk.lives import Lived, WorkingTime
from gitdesk.domain.calendar import Calendar
from gitdesk.domain.calendar_days import Days
from gitdesk.domain.config import Config, Group, Named
from gitdesk.domain.life import Life
from gitdesk.domain.people import Person
from gitdesk.domain.sla_history import HEADER
from gitdesk.domain.sla_policy import Terms
from gitdesk.domain.workflow import Status, Workflow
from gitdesk.render.table import Page
from gitdesk.reports.lead import LeadReport, Scope
from gitdesk.reports.writing import write

H = 3600
DAY = 24 * H
OFFICE = Calendar("office", "UTC", Days(dict.fromkeys(range(5), ((9 * H, 17 * H),)), {}))
IVA, MARKO = "Iva Kralj <iva@acme.example>", "Marko Babić <marko@acme.example>"


def at(text: str) -> int:
    """Returns an instant of UTC: `11-16 09:00` of 2026."""
    return int(datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC).timestamp())


def when(text: str) -> datetime:
    """Returns the same as a time."""
    return datetime.fromtimestamp(at(text), UTC)


def config(**parts: Any) -> Config:
    """Returns a desk of two agents, two groups and three priorities, in Zagreb unless told otherwise."""
    given: dict[str, Any] = {
        "name": "Acme",
        "prefix": "AC",
        "time_zone": "Europe/Zagreb",
        "workflow": Workflow(statuses=tuple(Status(name=one, category=one) for one in (
            "new", "open", "waiting", "external", "snoozed", "resolved", "closed", "cancelled"))),
        "priority_specs": (Named(name="low"), Named(name="normal"), Named(name="high")),
        "groups": (Group(name="support"), Group(name="technical")),
        "people": (
            Person(id="iva", name="Iva Kralj", addresses=("iva@acme.example",), groups=("support",), capacity=2),
            Person(id="marko", name="Marko Babić", addresses=("marko@acme.example",), groups=("support", "technical"),
                   time_zone="Asia/Tokyo", away_until=datetime(2026, 12, 1).date()),
        ),
        "customers": {"organisations": [{"name": "Globex", "domains": ["globex.example"]}]},
    }  # fmt: skip
    return Config(**{**given, **parts})


def life(
    turns: Sequence[tuple[str, str]],
    ticket: str = "AC-7K3QX4M2",
    *,
    first: str = "",
    silent: str = "",
    asked: Sequence[tuple[str, str]] = (),
    replies: Sequence[tuple[str, str]] = (),
    heard: Sequence[str] = (),
    holders: Sequence[tuple[str, str]] = (),
    groups: Sequence[tuple[str, str]] = (),
    **header: Any,
) -> Life:
    """Returns a life; the header says who has it last unless told otherwise."""
    made = tuple((at(moment), category) for moment, category in turns)
    begin = turns[0][0]
    held = tuple((at(moment), name) for moment, name in (holders or ((begin, header.get("assignee", "")),)))
    grouped = tuple((at(moment), name) for moment, name in (groups or ((begin, header.get("group", "")),)))
    said = {
        **HEADER,
        "requester": "Ana <ana@globex.example>",
        "assignee": held[-1][1],
        "group": grouped[-1][1],
        **header,
    }
    return Life(
        ticket=ticket,
        title="It hums",
        created=made[0][0],
        header=said,
        turns=made,
        holders=held,
        groups=grouped,
        first=at(first) if first else None,
        silent=silent,
        asked=tuple((at(one), at(two), True) for one, two in asked),
        replies=tuple((at(moment), author) for moment, author in replies),
        heard=tuple(map(at, heard)),
        last=made[-1][0],
    )


def lived(lives: Sequence[Life], as_of: str, calendar: Calendar | None = OFFICE, **parts: Any) -> Lived:
    """Returns lives as a desk gives them, with one calendar, or none, for all."""
    terms = Terms(
        position=0, commit="", at=0, policies=(), calendars={} if calendar is None else {"office": calendar},
        categories={},
    )  # fmt: skip
    given: dict[str, Any] = {"until": None, "config": config(), "problems": ()}
    return Lived(
        lives=iter(lives), as_of=when(as_of), commit=COMMIT, working=WorkingTime(terms), **{**given, **parts}
    )


def rows(report: LeadReport) -> list[dict[str, Any]]:
    """Returns the rows of a report."""
    return list(report.items())


def text(report: LeadReport, format_: str = "table") -> str:
    """Returns a report in a format."""
    parts: list[bytes] = []
    write(report, [(format_, parts.append)], Page(now=report.as_of))
    return b"".join(parts).decode()


def scope(**parts: Any) -> Scope:
    """Returns what is asked for: everything unless told otherwise."""
    return Scope(**parts)


_CATEGORIES = ("new", "open", "waiting", "external", "snoozed", "resolved", "closed", "cancelled")


@st.composite
def random_lives(draw: st.DrawFn) -> list[Life]:
    """Up to eight tickets over some weeks, with an assignee, a group and tags."""
    found = []
    for number in range(draw(st.integers(0, 8))):
        moment = at("10-20 00:00") + draw(st.integers(0, 20 * 24)) * H
        turns = [(moment, draw(st.sampled_from(_CATEGORIES)))]
        for _ in range(draw(st.integers(0, 6))):
            moment += draw(st.sampled_from((0, 1, 5, 24, 24 * 9))) * H
            category = draw(st.sampled_from(_CATEGORIES))
            if category != turns[-1][1]:
                turns.append((moment, category))
        header = {
            **HEADER,
            "assignee": draw(st.sampled_from(("", "iva", "marko"))),
            "group": draw(st.sampled_from(("", "support"))),
            "tags": draw(st.sampled_from(((), ("a",), ("a", "b")))),
        }
        holders = ((turns[0][0], header["assignee"]),)
        found.append(
            Life(
                ticket=f"AC-{number:08}", title="", created=turns[0][0], header=header, turns=tuple(turns),
                holders=holders, groups=((turns[0][0], header["group"]),), last=moment,
            )
        )  # fmt: skip
    return found
