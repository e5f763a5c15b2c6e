from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk import resources
from gitdesk.domain import rules_config
from gitdesk.domain.config import ApprovalSettings, Config
from gitdesk.domain.config_check import check
from gitdesk.domain.people import Person
from gitdesk.domain.workflow import Approvals
from gitdesk.store.config_file import default_config, parse_config, plain, quoted
from gitdesk.store.config_shape import check_shape
from gitdesk.store.yaml_tree import YamlProblem, compose

CORPUS = Path(__file__).parent.parent / "data" / "desk"
VALID = sorted(CORPUS.glob("valid/*.yaml"))
INVALID = sorted(CORPUS.glob("invalid/*.yaml"))
SCHEMA = json.loads(resources.read("schema", "desk.schema.json"))
SHAPE_CODES = {"C001", "C002", "C003", "C004"}
MINIMAL = (CORPUS / "valid" / "minimal.yaml").read_text(encoding="utf-8")


def document(text: str) -> Any:
    root = compose(text, "gitdesk.yaml")
    assert root is not None
    return plain(root)


def told(path: Path) -> list[str]:
    _, violations = parse_config(path.read_bytes(), path.name)
    return [
        f"# {each.line}:{each.column} {each.code} {each.severity} {each.message}"
        + (f" | {each.hint}" if each.hint else "")
        for each in violations
    ]


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_desk_is_read_without_a_word(path: Path) -> None:
    config, violations = parse_config(path.read_bytes(), path.name)
    assert violations == ()
    assert config is not None
    assert Config.from_plain(json.loads(json.dumps(config.to_plain()))) == config


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_desk_is_told_place_reason_and_advice(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    expected = [line for line in lines if re.match(r"# \d+:\d+ [CF]\d{3} ", line)]
    assert expected
    assert told(path) == expected
    is_broken = any(" error " in line for line in expected)
    assert (parse_config(path.read_bytes(), path.name)[0] is None) == is_broken


def test_every_rule_of_the_family_has_a_file_that_breaks_it() -> None:
    broken = {
        line.split()[2]
        for path in INVALID
        for line in path.read_text(encoding="utf-8").splitlines()
        if line[:2] == "# "
    }
    assert {rule.code for rule in rules_config.RULES} - broken == set()
    assert {code for code in broken if re.fullmatch(r"C\d{3}", code)} <= {
        rule.code for rule in rules_config.RULES
    }


@pytest.mark.parametrize("path", VALID + INVALID, ids=lambda path: path.stem)
def test_the_schema_agrees_with_the_code_and_a_second_judge(path: Path) -> None:
    try:
        root = compose(path.read_text(encoding="utf-8"), path.name)
    except YamlProblem:
        return  # not YAML for a desk: nothing to hold against a schema
    data = None if root is None else plain(root)
    second = jsonschema.Draft7Validator(SCHEMA).is_valid(data)
    codes = {each.code for each in parse_config(path.read_bytes(), path.name)[1]}
    wrong_shape = bool(codes & (SHAPE_CODES | {"C005"})) and path.stem != "no-such-day"
    assert second is not wrong_shape
    assert (not check_shape(data)) is second


def test_the_schema_is_one_and_explains_every_key() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    silent = [key for key, value in _properties(SCHEMA) if "description" not in value and "$ref" not in value]
    assert silent == []


def _properties(schema: Any) -> list[tuple[str, Any]]:
    found = []
    if isinstance(schema, dict):
        for key, value in schema.get("properties", {}).items():
            found.append((key, value))
        for value in schema.values():
            found += _properties(value)
    return found


def test_every_key_of_the_schema_is_in_the_documentation() -> None:
    text = (CORPUS.parents[2] / "docs" / "gitdesk-yaml.md").read_text(encoding="utf-8")
    assert [key for key, _ in _properties(SCHEMA) if f"`{key}`" not in text] == []
    assert [name for name in ("act_for_others", "correct", "configure") if f"`{name}`" not in text] == []


def test_values_reach_the_configuration() -> None:
    config, _ = parse_config((CORPUS / "valid" / "whole.yaml").read_bytes())
    assert config is not None
    assert (config.name, config.prefix, config.time_zone, config.language) == (
        "Acme podrška",
        "GD2026",
        "Europe/Zagreb",
        "hr",
    )
    assert config.push == "always"
    assert (config.default_status, config.default_priority, config.default_type) == (
        "new",
        "normal",
        "question",
    )
    assert config.workflow.merged_status == "spojeno"
    row = config.workflow.transitions[1]
    assert (row.from_, row.to, row.roles) == (("resolved",), ("open", "closed"), ("lead", "agent"))
    assert row.approvals is not None
    assert (row.approvals.count, row.approvals.roles, row.approvals.exclude) == (
        1,
        ("lead",),
        ("author", "assignee"),
    )
    assert config.rules.approvals == ApprovalSettings(
        configure=Approvals(roles=("lead",)),
        correct=Approvals(),
        loosen=Approvals(roles=("lead",), exclude=("assignee",)),
    )
    assert config.priorities == ("low", "normal", "high", "urgent")
    assert config.matrix[1] == ("one", "now", "high")
    assert [spec.default for spec in config.field_specs] == [
        "us",
        "12",
        "1.5",
        "true",
        "2026-12-24",
        ("a", "3"),
        "",
    ]
    assert config.field_specs[0].required
    assert config.tags.open
    assert config.tags.max_per_ticket == 5
    assert config.tags.specs[2].deprecated_for == "login"
    assert config.people[0].capacity == 0
    assert str(config.people[0].away_until) == "2026-12-28"
    assert config.roles[1].may == ("act_for_others", "correct", "configure")
    assert config.rules.severities == {"C022": "off", "W003": "warn", "T001": "error"}
    assert config.limits.attachment_bytes == 20_000_000
    assert config.calendars["zagreb"]["hours"]["fri"] == ["08:00-14:00"]
    assert config.sla["policies"][0]["reopen_window"] == "5bd"


def test_texts_are_not_taken_for_anything_else() -> None:
    config, _ = parse_config((CORPUS / "valid" / "texts-stay-texts.yaml").read_bytes())
    assert config is not None
    assert config.name == "no"
    assert config.priorities == ("0123", "1e5", "no")
    assert [status.description for status in config.workflow.statuses] == ["yes", "17:00", "2026-11-22"]


def test_reserved_keys_are_kept_as_they_are() -> None:
    config, _ = parse_config((CORPUS / "valid" / "reserved-keys.yaml").read_bytes())
    assert config is not None
    assert config.reserved == {
        "automation": [{"anything": [1, 2.5, "no", {"deep": True}]}],
        "routing": "text",
        "notify": None,
        "mail": {"host": "x"},
    }


def test_a_desk_without_defaults_has_the_documented_ones() -> None:
    config, _ = parse_config(MINIMAL.encode())
    assert config is not None
    assert (config.time_zone, config.language, config.push, config.format_version) == (
        "UTC",
        "en",
        "never",
        1,
    )
    assert config.limits.attachment_bytes == 10_000_000
    assert (config.default_status, config.default_priority) == ("new", "")


def test_a_warning_leaves_the_desk_usable_and_can_be_weighed() -> None:
    rows = "  transitions:\n    - {from: [new, open], to: closed}\n"
    text = MINIMAL.replace("priorities:", rows + "priorities:")
    config, violations = parse_config(text.encode())
    assert config is not None
    assert [(each.code, each.severity) for each in violations] == [("C022", "warn")]
    assert parse_config((text + "rules: {checks: {C022: off}}\n").encode())[1] == ()


def test_an_error_cannot_be_switched_off() -> None:
    text = MINIMAL.replace("prefix: GD", "prefix: GD, defaults: {priority: none}")
    config, violations = parse_config((text + "rules: {checks: {C013: off}}\n").encode())
    assert config is None
    assert [(each.code, each.severity) for each in violations] == [("C013", "error")]


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"desk:\n  name: \xff\n", 2, 9, 'not UTF-8: byte "ff"'),
        (b"", 1, 1, "the file is empty"),
        (b"a" * 1_000_001, None, None, "the file has 1000001 bytes"),
    ],
)
def test_what_is_no_text_at_all_is_refused(
    data: bytes, line: int | None, column: int | None, words: str
) -> None:
    config, (violation,) = parse_config(data)
    assert config is None
    assert (violation.code, violation.line, violation.column) == ("C005", line, column)
    assert violation.message.startswith(words)


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    windows = ("\ufeff" + MINIMAL.replace("\n", "\r\n")).encode()
    assert parse_config(windows) == parse_config(MINIMAL.encode())


def test_fingerprints_stay_when_lines_move() -> None:
    wrong = MINIMAL.replace("category: open", "category: opne")
    (one,), (other,) = parse_config(wrong.encode())[1], parse_config(("# moved\n" + wrong).encode())[1]
    assert one.line != other.line
    assert one.fingerprint == other.fingerprint


# ---- anything at all


WHOLE = document((CORPUS / "valid" / "whole.yaml").read_text(encoding="utf-8"))
junk = st.sampled_from(
    [None, True, 0, -1, 2.5, "", "x", "a b", "*", [], {}, ["x"], [1], {"name": "x"}, {"x": 1}, [[]], "é.ž"]
)


def _paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, each in items for path in _paths(each, (*at, key)))]


PATHS = _paths(WHOLE)[1:]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PATHS), st.sampled_from(["replace", "delete", "rename", "twice"]), junk)
def test_whatever_is_broken_is_reported_and_never_raises(path: tuple[Any, ...], how: str, value: Any) -> None:
    data = copy.deepcopy(WHOLE)
    parent = data
    for part in path[:-1]:
        parent = parent[part]
    if how == "replace":
        parent[path[-1]] = value
    elif how == "delete":
        del parent[path[-1]]
    elif isinstance(parent, dict):
        parent["nwe key" if how == "rename" else "ñ.[0]"] = parent.pop(path[-1])
    else:
        parent.append(copy.deepcopy(parent[0]))
    config, violations = parse_config(json.dumps(data, ensure_ascii=False).encode())
    valid = jsonschema.Draft7Validator(SCHEMA).is_valid(data)
    assert (config is None) == any(each.severity == "error" for each in violations)
    assert valid or config is None
    assert all(each.line == 1 and each.column for each in violations)


# ---- the examples of the rules


def _home(key: str) -> tuple[str, ...]:
    if key in SCHEMA["properties"]:
        return ()
    for section in ("desk", "workflow", "priorities", "customers"):
        if key in SCHEMA["properties"][section]["properties"]:
            return (section,)
    raise AssertionError(key)


def _in_a_desk(example: str) -> Any:
    desk = document(MINIMAL)
    desk["workflow"]["statuses"].append({"name": "resolved", "category": "resolved"})
    desk["fields"] = [{"name": "cause"}]
    fragment = document(example)
    if not isinstance(fragment, dict):
        return fragment
    for key, value in fragment.items():
        home = _home(key)
        if not home:
            desk[key] = value
        elif isinstance(desk.get(home[0]), dict):
            desk[home[0]][key] = value
        else:
            desk[home[0]] = {key: value}
    return desk


@pytest.mark.parametrize("rule", rules_config.RULES, ids=lambda rule: rule.code)
def test_the_example_of_a_rule_fails_and_mended_it_passes(rule: Any) -> None:
    def codes(example: str) -> set[str]:
        _, violations = parse_config(json.dumps(_in_a_desk(example)).encode())
        return {each.code for each in violations}

    assert rule.code in codes(rule.fails)
    assert rule.code not in codes(rule.passes)


def test_checks_point_at_data_without_knowing_about_lines() -> None:
    data = document(MINIMAL)
    data["people"] = [{"id": "ana", "name": "Ana", "groups": ["x"]}]
    (finding,) = check(data)
    assert finding.pointer == ("people", 0, "groups", 0)


@pytest.mark.parametrize(
    "text",
    [
        MINIMAL
        + "groups:\n"
        + "".join(f"  - g{n}\n" for n in range(20_000))
        + "people:\n  - id: a\n    name: A\n"
        "    groups:\n" + "".join(f"      - h{n}\n" for n in range(20_000)),
        MINIMAL + "".join(f"k{n}: 1\n" for n in range(50_000)),
        MINIMAL + "types: []\n" * 50_000,
    ],
    ids=["names", "keys", "twice"],
)
def test_a_hostile_file_gets_a_hundred_findings_and_no_more(text: str) -> None:
    assert len(parse_config(text.encode())[1]) == 100


# ---- a fresh desk


def test_a_fresh_desk_is_right_and_has_what_it_promises() -> None:
    ana = Person(id="ana", name="Ana Horvat", addresses=("ana@acme.example",))
    data = default_config(name="Acme", prefix="GD", time_zone="Europe/Zagreb", person=ana)
    config, violations = parse_config(data)
    assert violations == ()
    assert config is not None
    assert config.workflow.names == (
        "new", "open", "waiting", "on-hold", "snoozed", "resolved", "closed", "spam", "merged",
    )  # fmt: skip
    assert config.priorities == ("low", "normal", "high", "urgent")
    assert config.find_person("ana@acme.example") == config.people[0]
    assert config.may(config.people[0], "configure")
    assert config.calendars["office"]["timezone"] == "Europe/Zagreb"
    assert [config.workflow.first(each).name for each in ("open", "snoozed", "cancelled")] == [
        "open",
        "snoozed",
        "spam",
    ]  # type: ignore[union-attr]
    assert list(config.sla["policies"][0]["targets"]) == ["urgent", "high", "normal", "low"]
    assert b"<" not in data


def test_a_fresh_desk_without_a_person_is_right_too() -> None:
    config, violations = parse_config(default_config(name="Acme", prefix="GD", time_zone="UTC"))
    assert violations == ()
    assert config is not None
    assert config.people == ()


def test_a_person_without_an_address_gets_no_empty_one() -> None:
    data = default_config(name="Acme", prefix="GD", time_zone="UTC", person=Person(id="ana", name="Ana"))
    config, violations = parse_config(data)
    assert violations == ()
    assert config is not None
    assert config.people[0].addresses == ()


def test_comments_of_a_fresh_desk_stand_in_one_column() -> None:
    text = default_config(name="A", prefix="GD", time_zone="UTC").decode()
    marked = [
        line
        for line in text.splitlines()
        if re.search(r"\S  +# ", line) and not line.lstrip().startswith("#")
    ]
    assert {line.index(" # ") for line in marked} == {39}


def test_what_a_fresh_desk_shows_in_comments_works_when_taken_out_of_them() -> None:
    founder = Person(id="iva", name="Iva Kralj", addresses=("iva@example.com",))
    text = default_config(name="A", prefix="GD", time_zone="UTC", person=founder).decode()
    uncommented = re.sub(
        r"(?m)^( *)# (?=( *)(- )?[\"a-z_0-9-]+:( |$)|( *)- id:)", r"\1", text.split("people:", 1)[1]
    )
    config, violations = parse_config((text.split("people:", 1)[0] + "people:" + uncommented).encode())
    assert [str(each) for each in violations] == []
    assert config is not None
    assert config.people[0].capacity == 20
    assert config.customers["tiers"] == ["gold", "silver"]
    assert config.calendars["office"]["holidays"]["country"] == "HR"
    assert config.rules.severities == {"C022": "error", "T002": "off"}


@given(st.text(min_size=1, max_size=30))
def test_any_text_survives_being_quoted(text: str) -> None:
    root = compose(f"a: {quoted(text)}  # c\nb: [{quoted(text)}]\n", "x")
    assert root is not None
    assert plain(root) == {"a": text, "b": [text]}


@pytest.mark.parametrize(
    "text",
    ["no", "True", "null", "~", "1", "1.5", "a: b", "a #b", "- a", "'", '"', "{a", "x\n- y", "", " a "],
)
def test_a_text_that_yaml_would_misread_is_quoted(text: str) -> None:
    assert quoted(text)[0] == '"'
    root = compose(f"a: {quoted(text)}", "x")
    assert root is not None
    assert plain(root) == {"a": text}


def test_a_name_that_git_could_not_decode_still_makes_a_desk() -> None:
    config, _ = parse_config(default_config(name="A\udce9", prefix="GD", time_zone="UTC"))
    assert config is not None
    assert config.name == "A?"
