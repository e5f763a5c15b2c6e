from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from judging import PERMISSIONS

from gitdesk.domain.config import (
    ApprovalSettings,
    Config,
    FieldSpec,
    Group,
    Limits,
    Named,
    RuleSettings,
    TagList,
    TagSpec,
)
from gitdesk.domain.people import Person, Role
from gitdesk.domain.workflow import Approvals, Status, Transition, Workflow

ANA = Person(
    id="ana", name="Ana Horvat", addresses=("ana@acme.example", "a.horvat@acme.example"), roles=("lead",)
)
IVA = Person(id="Iva", name="Iva Kralj", addresses=("iva@acme.example",))
DESK = Config(
    name="Acme",
    prefix="GD",
    workflow=Workflow(
        statuses=(Status(name="new", category="new"), Status(name="closed", category="closed"))
    ),
    priority_specs=(Named(name="low"), Named(name="normal"), Named(name="high")),
    groups=(Group(name="support"),),
    field_specs=(FieldSpec(name="region", type="choice", values=("eu", "us")),),
    people=(ANA, IVA),
)

texts = st.text(st.characters(codec="utf-8"), max_size=8)
names = st.lists(texts, max_size=3).map(tuple)


def built(kind: Any, **fields: Any) -> Any:
    return st.builds(kind, **fields)


plain_data = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | st.integers() | texts,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=2,
)
approvals = built(Approvals, count=st.integers(1, 3), roles=names, exclude=names)
people = built(
    Person,
    id=texts,
    name=texts,
    addresses=names,
    roles=names,
    groups=names,
    skills=names,
    languages=names,
    time_zone=texts,
    capacity=st.none() | st.integers(0, 99),
    away_until=st.none() | st.dates(),
    signing_keys=names,
    robot=st.booleans(),
    accounts=st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
)
workflows = built(
    Workflow,
    statuses=st.lists(built(Status, name=texts, category=texts, description=texts), max_size=2).map(tuple),
    transitions=st.lists(
        built(
            Transition, from_=names, to=names, roles=names, requires=names, approvals=st.none() | approvals
        ),
        max_size=2,
    ).map(tuple),
    initial=texts,
    merged=texts,
)
fields = built(
    FieldSpec,
    name=texts,
    type=texts,
    values=names,
    default=texts | names,
    required=st.booleans(),
    description=texts,
)
tag_lists = built(
    TagList,
    specs=st.lists(built(TagSpec, name=texts, description=texts, deprecated_for=texts), max_size=2).map(
        tuple
    ),
    open=st.booleans(),
    max_per_ticket=st.none() | st.integers(1, 9),
    denied=names,
)
named = st.lists(built(Named, name=texts, description=texts), max_size=2).map(tuple)
configs = built(
    Config,
    name=texts,
    prefix=texts,
    time_zone=texts,
    language=texts,
    format_version=st.integers(1, 9),
    push=texts,
    workflow=workflows,
    priority_specs=named,
    matrix=st.lists(st.tuples(texts, texts, texts), max_size=2).map(tuple),
    types=named,
    groups=st.lists(built(Group, name=texts, description=texts), max_size=2).map(tuple),
    field_specs=st.lists(fields, max_size=2).map(tuple),
    tags=tag_lists,
    people=st.lists(people, max_size=2).map(tuple),
    roles=st.lists(built(Role, name=texts, description=texts, may=names), max_size=2).map(tuple),
    default_priority=texts,
    default_type=texts,
    default_group=texts,
    rules=built(
        RuleSettings,
        severities=st.dictionaries(texts, texts, max_size=2),
        signed_commits=texts,
        approvals=built(
            ApprovalSettings,
            signed=st.booleans(),
            configure=st.none() | approvals,
            correct=st.none() | approvals,
            loosen=st.none() | approvals,
        ),
    ),
    limits=built(Limits, attachment_bytes=st.integers(0, 10**9)),
    customers=plain_data,
    calendars=plain_data,
    sla=plain_data,
    reserved=plain_data,
)


@given(configs)
def test_plain_data_makes_an_equal_configuration_through_json_and_without(config: Config) -> None:
    assert Config.from_plain(config.to_plain()) == config
    assert Config.from_plain(json.loads(json.dumps(config.to_plain()))) == config


def test_every_field_of_the_configuration_is_in_the_round_trip() -> None:
    changed = replace(DESK, people=(replace(ANA, away_until=date(2026, 12, 28)),))
    assert set(DESK.to_plain()) == set(Config.__dataclass_fields__)
    assert Config.from_plain(changed.to_plain()).people[0].away_until == date(2026, 12, 28)


def test_importing_the_configuration_brings_nothing_heavy_along() -> None:
    heavy = ["yaml", "fastjsonschema", "json", "zoneinfo", "difflib", "decimal", "email", "subprocess"]
    code = f"import sys, dataclasses; import gitdesk.domain.config; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ana", ANA),
        ("ANA", ANA),
        ("iva", IVA),
        ("A.Horvat@acme.example", ANA),
        ("Somebody Else <ana@acme.example>", ANA),
        ("<iva@acme.example>", IVA),
        ("mrako", None),
        ("", None),
        ("ana@elsewhere.example", None),
    ],
)
def test_a_person_is_found_by_id_or_address_in_any_case(text: str, wanted: Person | None) -> None:
    assert DESK.find_person(text) == wanted


@pytest.mark.parametrize("author", ["greeter", "Greeter", "bot@acme.example", "Acme help <BOT@acme.example>"])
def test_a_robot_is_known_by_id_or_address(author: str) -> None:
    greeter = Person(id="greeter", name="Greeter", addresses=("bot@acme.example",), robot=True)
    desk = replace(DESK, people=(ANA, greeter))
    assert desk.is_robot(author)
    assert not any(desk.is_robot(other) for other in ("ana", "Greeter <ana@acme.example>", "gone", ""))


def test_an_agent_is_found_by_the_exact_id() -> None:
    assert DESK.agent("ana") == ANA
    assert DESK.agent("Ana") is None


def test_priorities_rank_from_low_to_high() -> None:
    assert [DESK.priority_rank(name) for name in DESK.priorities] == [0, 1, 2]
    assert DESK.priority_rank("medium") == -1


def test_names_are_found_as_written() -> None:
    assert DESK.find_field("region") == DESK.field_specs[0]
    assert DESK.find_field("nowhere") is None
    tags = TagList(specs=(TagSpec(name="login"),))
    assert tags.find("login") == TagSpec(name="login")
    assert tags.find("logn") is None


def test_without_roles_everybody_may_do_everything() -> None:
    assert all(DESK.may(IVA, permission) for permission in PERMISSIONS)


def test_with_roles_one_may_what_one_of_ones_roles_grants() -> None:
    desk = replace(DESK, roles=(Role(name="lead", may=("configure",)), Role(name="other", may=("correct",))))
    assert desk.may(ANA, "configure")
    assert not desk.may(ANA, "correct")
    assert not desk.may(IVA, "configure")


@pytest.mark.parametrize(
    ("kind", "values", "good", "bad"),
    [
        ("text", (), ["anything at all", ""], [("a", "b")]),
        ("integer", (), ["12", "-3", ""], ["1.5", "many", "1" * 30, "١"]),
        ("number", (), ["12", "-3.25"], ["1e5", "inf", "1."]),
        ("boolean", (), ["true", "false"], ["yes", "True"]),
        ("date", (), ["2026-12-24"], ["2026-02-30", "20261224", "soon"]),
        ("choice", ("eu", "us"), ["eu", ""], ["uk", "EU"]),
        ("list", ("a", "b"), ["a", ("a", "b"), ()], ["c", ("a", "c")]),
        ("list", (), ["a", ("x", "y")], []),
    ],
)
def test_a_field_knows_which_values_fit(kind: str, values: Any, good: list[Any], bad: list[Any]) -> None:
    spec = FieldSpec(name="it", type=kind, values=values)
    assert [value for value in good if spec.problem(value)] == []
    assert [value for value in bad if not spec.problem(value)] == []


def test_an_account_on_a_site_is_found_in_any_case_and_on_that_site_alone() -> None:
    desk = replace(DESK, people=(replace(ANA, accounts=(("github", "Ana-H"),)), IVA))
    assert desk.find_account("github", "ana-h") == desk.people[0]
    assert desk.find_account("gitlab", "ana-h") is None
    assert desk.find_account("github", "") is None


@pytest.mark.parametrize("name", ["configure", "correct", "loosen"])
def test_a_desk_asks_for_approvals_once_anything_needs_one_and_somebody_is_listed(name: str) -> None:
    asking = replace(
        DESK, rules=RuleSettings(severities={}, approvals=ApprovalSettings(**{name: Approvals()}))
    )
    assert not DESK.asks_for_approvals
    assert asking.asks_for_approvals
    assert not replace(asking, people=()).asks_for_approvals
    row = Transition(from_=("new",), to=("closed",), approvals=Approvals())
    assert replace(DESK, workflow=replace(DESK.workflow, transitions=(row,))).asks_for_approvals
