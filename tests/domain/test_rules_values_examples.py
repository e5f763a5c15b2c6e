"""Every rule about what a ticket names shows itself: its example stands in a ticket, fails, and mended passes."""

from __future__ import annotations

import pytest
from judging import PATH, change, found, ticket

from gitdesk.domain import rules_file, rules_holidays, rules_values
from gitdesk.domain.change import Change
from gitdesk.domain.config import Config
from gitdesk.domain.rules import RULES
from gitdesk.domain.violation import Rule
from gitdesk.store import codec
from gitdesk.store.config_file import parse_config, plain
from gitdesk.store.holiday_file import parse_holidays
from gitdesk.store.yaml_tree import compose

DESK = """\
desk: {name: Acme, prefix: GD}
workflow:
  statuses:
    - {name: new, category: new}
    - {name: open, category: open}
    - {name: closed, category: closed}
  transitions: [{from: new, to: open}, {from: open, to: closed}, {from: closed, to: open}]
priorities: [low, high]
types: [incident]
groups: [support]
fields: [{name: region, type: choice, values: [eu, us]}, {name: seats, type: integer}]
tags: {list: [login, billing, {name: sign-in, deprecated_for: login}, a, b], denied: [misc], max_per_ticket: 10}
people: [{id: marko, name: Marko, addresses: [marko@acme.example]}]
"""
TOLD = ("W001",)  # of a step, which is tried below


@pytest.fixture(scope="module")
def config() -> Config:
    made, wrong = parse_config(DESK.encode())
    assert made is not None, wrong
    return made


def codes(example: str, config: Config) -> set[str]:
    """Returns the codes that a ticket with the lines of an example is given."""
    header = ticket().decode()
    key = example.partition(":")[0]
    kept = "\n".join(line for line in header.split("\n") if not line.startswith(f"{key}:"))
    data = kept.replace("\n---\n\n", f"\n{example}\n---\n\n", 1).encode()
    return {one.code for one in found(Change(path=PATH, after=codec.parse(data, PATH)), config)}


@pytest.mark.parametrize(
    "rule", [rule for rule in rules_values.RULES if rule.code not in TOLD], ids=lambda rule: rule.code
)
def test_the_examples_of_the_rules_fail_and_pass(rule: Rule, config: Config) -> None:
    assert rule.code in codes(rule.fails, config)
    assert rule.code not in codes(rule.passes, config)


def test_a_step_that_the_workflow_does_not_list_fails_and_one_that_it_lists_passes(config: Config) -> None:
    new = ticket(status="new")
    assert "W001" in {one.code for one in found(change(new, ticket(status="closed")), config)}
    assert "W001" not in {one.code for one in found(change(new, ticket(status="open")), config)}


@pytest.mark.parametrize(
    ("code", "wrong", "right"),
    [
        (
            "F050",
            ("tickets/7K/GD-7K3QX4M2/log.txt", "120000", 1),
            ("tickets/7K/GD-7K3QX4M2/log.txt", "100644", 1),
        ),
        (
            "F051",
            ("tickets/7K/GD-7K3QX4M2/CON", "100644", 1),
            ("tickets/7K/GD-7K3QX4M2/con_report.txt", "100644", 1),
        ),
        ("F052", ("tickets/7K/GD-7K3QX4M2/video.mp4", "100644", 900_000_000), (PATH, "100644", 1)),
        ("F053", ("tickets/GD-7K3QX4M2.md", "100644", 1), (PATH, "100644", 1)),
    ],
)
def test_the_examples_about_files_fail_and_pass(
    code: str, wrong: tuple[str, str, int], right: tuple[str, str, int]
) -> None:
    assert RULES[code].fails.startswith(wrong[0])
    assert [one.code for one in rules_file.check_file(*wrong, 10_000_000)] == [code]
    assert rules_file.check_file(*right, 10_000_000) == ()


@pytest.mark.parametrize("code", [rules_holidays.MISSING, rules_holidays.NO_HOLIDAY])
def test_the_examples_about_holidays_fail_and_pass(code: str) -> None:
    rule = RULES[code]
    holidays, _ = parse_holidays(RULES[rules_holidays.MALFORMED].passes.encode(), "calendars/HR.yaml")
    assert holidays is not None
    known = {} if code == rules_holidays.MISSING else {"HR": holidays}

    def told(example: str) -> list[str]:
        text = example if example.startswith("calendars") else f"calendars: {{office: {{{example}}}}}"
        root = compose(text, "gitdesk.yaml")
        assert root is not None
        return [one.code for one in rules_holidays.check(plain(root)["calendars"], known)]

    assert told(rule.fails) == [code]
    assert told(rule.passes) == []
