"""The schema of the header and the code agree, file by file, on one corpus of valid and invalid tickets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import fastjsonschema
import jsonschema
import pytest

from gitdesk import resources
from gitdesk.domain.ticket import HEADER_KEYS, REQUIRED_KEYS
from gitdesk.domain.violation import ERROR
from gitdesk.store import codec
from gitdesk.store.front_matter import TicketHandler
from gitdesk.store.yaml_tree import YamlProblem

CORPUS = Path(__file__).parent / "data" / "tickets"
PATH = "tickets/7K/GD-7K3QX4M2.md"
# What a schema of the header cannot see: the bytes, the path, the body, and what is only advice.
BEYOND = {"F002", "F024", "F026", "F031", "F032"}

SCHEMA = json.loads(resources.read("schema", "ticket.schema.json"))
FAST = fastjsonschema.compile(SCHEMA, use_default=False)
SLOW = jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def files(kind: str) -> list[Any]:
    found = sorted((CORPUS / kind).glob("*.md"))
    assert len(found) > 30
    return [pytest.param(path, id=path.stem) for path in found]


def header_of(data: bytes) -> dict[str, Any] | None:
    """Returns the header as plain data; None when it is none to YAML, where the schema has nothing to say."""
    try:
        header, _ = TicketHandler().split(data.decode("utf-8"))
        return TicketHandler().load(header)
    except (ValueError, YamlProblem):
        return None


def schema_takes(data: dict[str, Any]) -> bool:
    try:
        FAST(data)
        fast = True
    except fastjsonschema.JsonSchemaException:
        fast = False
    assert fast == SLOW.is_valid(data), "two validators disagree about the schema"
    return fast


def test_the_schema_is_draft_07_and_names_the_keys_of_the_code():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert tuple(SCHEMA["properties"]) == HEADER_KEYS
    assert tuple(SCHEMA["required"]) == REQUIRED_KEYS


def test_every_key_has_a_title_and_a_description_for_an_editor():
    for key, rule in SCHEMA["properties"].items():
        assert rule["title"], key
        assert rule["description"].endswith("."), key


@pytest.mark.parametrize("path", files("valid"))
def test_code_and_schema_take_the_valid_files(path):
    document = codec.parse(path.read_bytes(), PATH)
    assert [str(problem) for problem in document.problems] == []
    assert document.ticket is not None
    header = header_of(path.read_bytes())
    assert header is not None
    assert schema_takes(header)


@pytest.mark.parametrize("path", files("invalid"))
def test_code_and_schema_refuse_the_invalid_files_for_the_reason_in_their_name(path):
    document = codec.parse(path.read_bytes(), PATH)
    code = path.stem[:4]
    assert code in {problem.code for problem in document.problems}
    assert all(problem.line is not None for problem in document.problems if problem.code != "F003")
    header = header_of(path.read_bytes())
    if header is not None:
        assert schema_takes(header) == (code in BEYOND)


@pytest.mark.parametrize("path", files("invalid"))
def test_what_is_an_error_to_the_code_alone_is_beyond_a_schema(path):
    document = codec.parse(path.read_bytes(), PATH)
    errors = {problem.code for problem in document.problems if problem.severity == ERROR}
    header = header_of(path.read_bytes())
    if header is not None and schema_takes(header):
        assert errors <= BEYOND


@pytest.mark.parametrize(
    ("change", "taken"),
    [
        ({"title": 2026}, True),  # an editor's YAML reads numbers where gitdesk reads text
        (
            {"priority": False, "tags": [1, True], "fields": {"seats": 12, "vip": True, "langs": ["en", 2]}},
            True,
        ),
        ({"assignee": None, "tags": None, "fields": None, "snoozed_until": None}, True),
        ({"title": None}, False),
        ({"title": ""}, False),
        ({"created": "2026-11-22"}, False),
        ({"assignee": {"id": "marko"}}, False),
        ({"fields": {"a": {"b": "c"}}}, False),
        ({"links": ["duplicates 4F7"]}, False),
        ({"Status": "new"}, False),
    ],
)
def test_the_schema_serves_an_editor_that_types_its_scalars(change, taken):
    header = {"id": "GD-7K3QX4M2", "title": "x", "created": "2026-11-22T09:14:03Z", "status": "new"}
    assert schema_takes(header | change) == taken
