"""Who may do what: roles as the desk sets them, and a desk that sets none."""

from __future__ import annotations

from typing import Any

import pytest
from judging import IVA, MARKO, PERMISSIONS, by, change, codes, desk, found, ticket

from gitdesk.domain import rules
from gitdesk.domain.change import Change
from gitdesk.value import replace

SETTINGS = Change(path="gitdesk.yaml", old="a", new="b")
QUIET = change(ticket(), ticket(priority="low"))


def test_a_stranger_is_warned_of_and_an_agent_is_known_by_any_address() -> None:
    [violation] = found(QUIET, context=by("Guest <guest@example.com>"))
    assert (violation.code, violation.severity) == ("P002", "warn")
    assert violation.message == '"Guest <guest@example.com>" is not one of the desk\'s people'
    assert codes(QUIET, context=by("M <MARKO@home.example>")) == []


def test_a_stranger_is_told_what_to_do_without_the_right_to_change_gitdesk_yaml() -> None:
    config = desk(may="configure")
    [stranger] = found(QUIET, config, by("Guest <guest@example.com>", config))
    assert stranger.hint == (
        "git config user.email ADDRESS, with one that gitdesk.yaml lists for you; "
        "or somebody who may configure (iva) adds this address under people in gitdesk.yaml"
    )
    [known] = found(QUIET, config, by("marko babić <marko@laptop.local>", config))
    assert (known.hint or "").startswith("git config user.email marko@acme.example; or somebody")


def test_a_desk_that_lists_nobody_asks_nobody_who_they_are() -> None:
    config = replace(desk(may="configure"), people=())
    guest = by("Guest <guest@example.com>", config)
    assert codes(QUIET, config, guest) == []
    assert codes(SETTINGS, config, guest) == []
    assert codes(change(ticket(status="closed"), ticket(status="waiting")), config, guest) == []


def test_what_no_role_adds_everybody_may() -> None:
    config = desk()
    everyone = [*config.people, None]
    assert all(config.may(person, each) for person in everyone for each in PERMISSIONS)


@pytest.mark.parametrize("permission", PERMISSIONS)
def test_what_some_role_adds_only_its_people_may(permission: str) -> None:
    config = desk(may=permission)
    may = [person.id for person in config.people if config.may(person, permission)]
    assert may == ["iva"]
    assert not config.may(None, permission)


def test_who_acts_for_another_needs_the_right() -> None:
    config = desk(may="act_for_others")
    iva, marko = config.agent("iva"), config.agent("marko")
    [violation] = found(QUIET, config, by(MARKO, config, behalf=iva))
    assert (violation.code, violation.message) == ("P004", "marko may not act for iva")
    assert violation.hint == "people whose roles may act_for_others: iva"
    assert codes(QUIET, config, by(IVA, config, behalf=marko)) == []
    assert codes(QUIET, config, by(MARKO, config, behalf=marko)) == []
    assert codes(QUIET, desk(), by(MARKO, behalf=iva)) == []


@pytest.mark.parametrize("path", ["gitdesk.yaml", "calendars/HR.yaml"])
def test_the_desk_is_configured_by_those_who_may(path: str) -> None:
    config, one = desk(may="configure"), Change(path=path, old="a", new="b")
    assert codes(one, config, by(MARKO, config)) == ["P005"]
    assert codes(one, config, by("Guest <guest@example.com>", config)) == ["P005", "P002"]
    assert codes(one, config, by(IVA, config)) == []
    assert codes(SETTINGS, desk(), by(MARKO)) == []


def test_where_nobody_may_configure_the_refusal_tells_the_way_out() -> None:
    config = desk(may="configure")
    config = replace(config, people=tuple(replace(person, roles=()) for person in config.people))
    [violation] = found(SETTINGS, config, by(MARKO, config))
    assert violation.code == "P005"
    assert (violation.hint or "").startswith(
        "nobody may configure: only whoever owns the server's repository"
    )
    assert "Out of a lock-out in docs/hooks.md" in (violation.hint or "")


def test_nobody_is_given_work_who_is_away_without_a_warning() -> None:
    one = change(ticket(), ticket(assignee="nikos"))
    assert [(each.code, each.severity, each.message) for each in found(one)] == [
        ("P006", "warn", "nikos is away until 2026-11-24")
    ]
    assert codes(one, context=by("N <nikos@acme.example>")) == []
    from datetime import UTC, datetime

    assert codes(one, context=by(at=datetime(2026, 11, 24, tzinfo=UTC))) == []
    assert codes(change(ticket(assignee="nikos"), ticket(assignee="nikos", priority="low"))) == []


def test_capacity_counts_where_somebody_has_counted() -> None:
    one = change(ticket(), ticket(assignee="marko"))
    assert codes(one) == []
    assert codes(one, context=by(loads={"marko": 1})) == []
    [violation] = found(one, context=by(loads={"marko": 2}))
    assert (violation.code, violation.message) == ("P006", "marko has 2 open tickets, and 2 fit")


@pytest.mark.parametrize(
    ("permission", "given"),
    [
        ("assign", {"assignee": "iva"}),
        ("assign", {"group": "support"}),
        ("close", {"status": "closed"}),
        ("close", {"status": "spam"}),
        ("retag", {"tags": "[vip]"}),
    ],
)
def test_a_right_that_the_desk_deals_out_is_needed(permission: str, given: dict[str, Any]) -> None:
    config = desk(may=permission, checks="W003: 'off'")
    one = change(ticket(), ticket(**given))
    [violation] = found(one, config, by(MARKO, config))
    assert violation.code == "P007"
    assert violation.hint == f"people whose roles may {permission}: iva"
    assert codes(one, config, by(IVA, config)) == []
    assert codes(one, desk(checks="W003: 'off'"), by(MARKO)) == []


def test_anybody_may_take_a_free_ticket_and_nobody_anothers() -> None:
    config = desk(may="assign")
    taken = ticket(assignee="marko")
    assert codes(change(ticket(), taken), config, by(MARKO, config)) == []
    assert codes(change(ticket(assignee="iva"), taken), config, by(MARKO, config)) == ["P007"]


def test_a_fresh_ticket_comes_with_what_it_is_created_with() -> None:
    config = desk(may="assign, retag")
    fresh = ticket(assignee="iva", group="support", tags="[vip]")
    assert codes(change(None, fresh), config, by(MARKO, config)) == []


def test_rules_are_those_from_before_the_change() -> None:
    """Who writes themselves a role in a commit has it from the next one on: the judge is given the old file."""
    old, new = desk(may="configure"), desk()
    assert rules.check(SETTINGS, old, by(MARKO, old))[0].code == "P005"
    assert rules.check(SETTINGS, new, by(MARKO, new)) == ()
