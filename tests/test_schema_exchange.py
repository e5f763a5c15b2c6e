"""The schema of the exchange format and the code agree, file by file, on one corpus of valid and invalid tickets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import fastjsonschema
import jsonschema
import pytest

from gitdesk import resources
from gitdesk.domain import exchange_read
from gitdesk.domain.exchange import LISTS, SCALARS, Malformed
from gitdesk.domain.exchange_time import moment_reader

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "data" / "exchange"
SCHEMA = json.loads(resources.read("schema", "exchange.schema.json"))
FAST = fastjsonschema.compile(SCHEMA, use_default=False)
SLOW = jsonschema.Draft7Validator(SCHEMA)


def files(kind: str) -> list[Any]:
    found = sorted((CORPUS / kind).glob("*.json"))
    assert len(found) > 30
    return [pytest.param(path, id=path.stem) for path in found]


def schema_takes(data: object) -> bool:
    try:
        FAST(data)
        fast = True
    except fastjsonschema.JsonSchemaException:
        fast = False
    assert fast == SLOW.is_valid(data), "two validators disagree about the schema"
    return fast


def code_takes(data: object) -> bool:
    try:
        exchange_read.read(data, moment_reader(None, lambda _: None), "file")
    except Malformed:
        return False
    return True


def test_the_schema_is_draft_07_and_names_the_keys_of_the_code() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert set(SCHEMA["properties"]) == exchange_read._TICKET_KEYS
    assert {*SCALARS, *LISTS} <= set(SCHEMA["properties"])
    definitions = SCHEMA["definitions"]
    assert set(definitions["event"]["properties"]) == exchange_read._EVENT_KEYS
    assert set(definitions["message"]["anyOf"][1]["properties"]) == exchange_read._MESSAGE_KEYS
    (_, attachment) = definitions["attachments"]["anyOf"][0]["items"]["anyOf"]
    assert set(attachment["properties"]) == exchange_read._ATTACHMENT_KEYS


def test_every_key_has_a_title_and_a_description_for_an_editor() -> None:
    for key, rule in SCHEMA["properties"].items():
        assert rule["title"], key
        assert rule["description"].endswith("."), key


@pytest.mark.parametrize("path", files("valid"))
def test_code_and_schema_take_the_valid_lines(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    assert code_takes(data)
    assert schema_takes(data)


@pytest.mark.parametrize("path", files("invalid"))
def test_code_and_schema_refuse_the_invalid_lines_and_some_are_beyond_a_schema(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    assert not code_takes(data)
    assert schema_takes(data) == path.stem.startswith("beyond-")


def test_the_example_of_the_docs_is_valid_and_every_key_is_described() -> None:
    text = (ROOT / "docs" / "exchange-format.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```json\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    data = json.loads(example)
    assert code_takes(data)
    assert schema_takes(data)
    keys = (
        exchange_read._TICKET_KEYS
        | exchange_read._EVENT_KEYS - {"committer"}
        | exchange_read._MESSAGE_KEYS
        | exchange_read._ATTACHMENT_KEYS
    )
    assert [key for key in sorted(keys) if f"`{key}`" not in text and f'"{key}"' not in text] == []
