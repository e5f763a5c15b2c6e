"""What needs approval, and what is said where it has none."""

from __future__ import annotations

from typing import Any

from judging import IVA, MARKO, NOTE, REPLY, by, change, ticket

from gitdesk.domain import rules, rules_approvals
from gitdesk.domain.approval import Contributor, Need, Net, Verdict, weigh
from gitdesk.domain.change import Change
from gitdesk.domain.config import Config
from gitdesk.domain.rules_approvals import CORRECTION, needs
from gitdesk.domain.workflow import Approvals
from gitdesk.store.config_file import parse_config

KEYS = {"iva": "a" * 43, "ana": "c" * 43, "marko": "b" * 43}
DESK = """\
desk: {name: Acme, prefix: GD}
workflow:
  statuses:
    - {name: new, category: new}
    - {name: open, category: open}
    - {name: resolved, category: resolved}
    - {name: closed, category: closed}
    - {name: merged, category: cancelled}
  merged: merged
  transitions:
TRANSITIONS
priorities: [low, high]
people:
  roles: [{name: lead, may: [correct]}, agent]
  agents:
    - {id: iva, name: Iva, addresses: [iva@acme.example], roles: [lead], signing_keys: ["SHA256:AAA"]}
    - {id: ana, name: Ana, addresses: [ana@acme.example], roles: [lead], signing_keys: ["SHA256:CCC"]}
    - {id: marko, name: Marko, addresses: [marko@acme.example], roles: [agent]}
    - {id: robi, name: Robi, addresses: [robi@acme.example], roles: [lead], robot: true}
rules: {approvals: {RULES}}
"""
LEADS = "{roles: [lead]}"
CLOSING = (
    f"    - {{from: '*', to: [open, resolved]}}\n    - {{from: resolved, to: closed, approvals: {LEADS}}}"
)
WANTED = Approvals(roles=("lead",))


def desk(transitions: str = CLOSING, rules: str = "") -> Config:
    text = DESK.replace("AAA", KEYS["iva"]).replace("CCC", KEYS["ana"])
    config, wrong = parse_config(text.replace("TRANSITIONS", transitions).replace("RULES", rules).encode())
    assert config is not None, wrong
    return config


def moved(before: str, after: str, old: dict[str, str] | None = None, **new: str) -> Change:
    return change(ticket(REPLY, status=before, **(old or {})), ticket(REPLY, status=after, **new))


def asked(one: Change, config: Config, author: str = MARKO, **given: Any) -> list[str]:
    return [need.why for need in needs(one, config, by(author, config, **given))]


def test_a_transition_needs_what_its_row_asks_for() -> None:
    assert needs(moved("resolved", "closed"), desk(), by(MARKO, desk())) == (
        Need(path=moved("new", "open").path, why="status resolved → closed", approvals=WANTED),
    )
    assert asked(moved("new", "resolved"), desk()) == []
    assert asked(moved("resolved", "resolved", priority="high"), desk()) == []


def test_nothing_is_needed_where_a_row_lets_this_person_take_it_without() -> None:
    config = desk(CLOSING + "\n    - {from: resolved, to: closed, roles: [lead], requires: [reason]}")
    assert asked(moved("resolved", "closed"), config, MARKO, reason="x") == ["status resolved → closed"]
    assert asked(moved("resolved", "closed"), config, IVA, reason="x") == []
    assert asked(moved("resolved", "closed"), config, IVA, reason="") == ["status resolved → closed"]


def test_a_merge_needs_none_and_taking_it_back_is_no_way_around() -> None:
    other = "GD-4F7K2M9T"
    config = desk()
    assert asked(moved("resolved", "merged", merged_into=other), config) == []
    assert asked(moved("merged", "open", {"merged_into": other}), config) == []
    assert asked(moved("merged", "closed", {"merged_into": other}), config) == ["status merged → closed"]


def test_taking_a_merge_back_goes_by_the_rows_that_ask_for_something() -> None:
    other = "GD-4F7K2M9T"
    config = desk(CLOSING + "\n    - {from: new, to: closed}")
    assert asked(moved("merged", "closed", {"merged_into": other}), config) == ["status merged → closed"]
    led = CLOSING.replace(f"approvals: {LEADS}", "roles: [lead]")
    assert led != CLOSING
    config = desk(led + "\n    - {from: new, to: closed}")
    back = moved("merged", "closed", {"merged_into": other})
    assert [one.code for one in rules.check(back, config, by(MARKO, config)) if one.code == "P003"] == [
        "P003"
    ]
    assert not [one for one in rules.check(back, config, by(IVA, config)) if one.code == "P003"]
    opened = moved("merged", "open", {"merged_into": other})
    assert not [one for one in rules.check(opened, config, by(MARKO, config)) if one.severity == "error"]


def test_the_assignees_before_and_after_are_excluded_where_the_row_says_so() -> None:
    config = desk(CLOSING.replace("roles: [lead]", "roles: [lead], not: [assignee]"))
    one = moved("resolved", "closed", {"assignee": "iva"}, assignee="marko")
    [need] = needs(one, config, by(MARKO, config))
    assert set(need.excluded) == {"iva", "marko"}


def test_the_rules_themselves_need_it_where_the_desk_says_so() -> None:
    config = desk(rules=f"configure: {LEADS}")
    for path in ("gitdesk.yaml", "calendars/HR.yaml"):
        one = Change(path=path, old="a", new="b")
        assert asked(one, config) == [f"a change of {path}"]
        assert asked(one, desk()) == []
    assert asked(Change(path="gitdesk.yaml", old="a", new="a"), config) == []


def test_a_correction_needs_it_and_only_one_that_may_be_made() -> None:
    config = desk(rules=f"correct: {LEADS}")
    rewritten = change(ticket(REPLY), ticket(REPLY.replace("noon", "Friday")))
    for one in (
        rewritten,
        change(ticket(REPLY), ticket(REPLY, requester="eve@example.com")),
        change(ticket(REPLY), ticket(f"{REPLY}\n{NOTE.replace('T11', 'T09')}")),
        change(ticket(REPLY), None),
        Change(path="tickets/7K/GD-7K3QX4M2/letter.pdf", old="a", new="b"),
    ):
        assert asked(one, config, IVA, reason="typed wrong") == [CORRECTION]
        assert asked(one, config, IVA, reason="") == []  # refused for want of a reason
        assert asked(one, config, MARKO, reason="typed wrong") == []  # refused for want of the right
    assert asked(change(ticket(REPLY), ticket(f"{REPLY}\n{NOTE}")), config, IVA, reason="x") == []
    assert asked(rewritten, desk(), IVA, reason="typed wrong") == []


def test_made_directly_it_is_refused_with_the_way_to_propose_it() -> None:
    config = desk()
    one = moved("resolved", "closed")
    direct = by(MARKO, config, direct=True)
    [found] = [each for each in rules.check(one, config, direct) if each.code == "A008"]
    assert found.message == "status resolved → closed needs 1 approval by lead"
    assert (
        found.hint
        == "the same with --propose puts it on a branch of its own, where iva or ana may approve it"
    )
    assert found.line is not None
    assert not [each for each in rules.check(one, config, by(MARKO, config)) if each.code == "A008"]


def standing(*verdicts: Verdict) -> list[tuple[str, str]]:
    config, one = desk(), moved("resolved", "closed")
    [need] = needs(one, config, by(MARKO, config))
    contributors = (Contributor(who=MARKO, person="marko", verified=True),)
    weighed = weigh(need, Net(path=one.path), verdicts, contributors, config)
    return [(each.code, each.message) for each in rules_approvals.unmet(weighed, one, "ask iva")]


def said(kind: str, person: str) -> Verdict:
    net = Net(path=moved("new", "open").path)
    at = by().at
    assert at is not None
    return Verdict(
        kind=kind,
        who=person,
        person=person,
        at=at,
        path=net.path,
        digest=net.digest,
        verified=True,
        reason="no",
    )


def test_a_landing_without_approval_is_told_what_it_lacks() -> None:
    assert standing() == [("A008", "status resolved → closed is not approved: 0 of 1 approval by lead")]
    assert standing(said("approves", "iva")) == []


def test_a_rejection_is_told_apart_from_a_lack() -> None:
    assert standing(said("approves", "iva"), said("rejects", "ana")) == [
        ("A009", "status resolved → closed was rejected by ana: no")
    ]


def test_the_author_is_not_named_and_rules_have_a_way_of_their_own() -> None:
    config = desk(rules=f"configure: {LEADS}")
    found = rules.check(moved("resolved", "closed"), config, by(IVA, config, direct=True))
    [hint] = [each.hint for each in found if each.code == "A008"]
    assert hint == "the same with --propose puts it on a branch of its own, where ana may approve it"
    edited = Change(path="gitdesk.yaml", old="a", new="b")
    [found_one] = [
        each for each in rules.check(edited, config, by(IVA, config, direct=True)) if each.code == "A008"
    ]
    assert found_one.hint is not None
    assert found_one.hint.startswith("gitdesk propose gitdesk.yaml --reason TEXT puts it on a branch")
