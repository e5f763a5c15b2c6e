"""Holds gitdesk.yaml against its JSON Schema and says in words, with places, where the shape is wrong."""

from __future__ import annotations

from functools import cache
from itertools import islice

from gitdesk import resources
from gitdesk.domain.config_check import MAX_FINDINGS, Finding, near

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from gitdesk.domain.config_check import Pointer

_WORDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "keys with values",
    "null": "nothing",
}


def check_shape(document: Any) -> tuple[Finding, ...]:
    """Returns what the schema finds wrong with a document, in the order of the schema."""
    import fastjsonschema

    try:
        _validator(detailed=False)(document)
        return ()
    except fastjsonschema.JsonSchemaException:
        pass  # told in detail below: that takes a validator four times as costly to compile
    try:
        _validator(detailed=True)(document)
    except fastjsonschema.JsonSchemaValuesException as failure:
        found = (finding for error in failure.errors for finding in _findings(document, error))
        return tuple(islice(found, MAX_FINDINGS))
    return ()


@cache
def _validator(*, detailed: bool) -> Callable[[Any], Any]:
    """Returns the compiled schema: the program's own, never one out of a repository."""
    import json

    import fastjsonschema

    schema = json.loads(resources.read("schema", "desk.schema.json"))
    validator: Callable[[Any], Any] = fastjsonschema.compile(
        schema, use_default=False, use_formats=False, fast_fail=not detailed, detailed_exceptions=detailed
    )
    return validator


def _findings(document: Any, error: Any) -> Iterator[Finding]:
    pointer = _pointer(document, error.name)
    value, rules = error.value, error.definition
    label = next((f"{part}: " for part in reversed(pointer) if isinstance(part, str)), "")
    match error.rule:
        case "additionalProperties":
            yield from _unknown_keys(pointer, value, rules)
        case "required":
            for key in rules["required"]:
                if key not in value:
                    hint = rules.get("properties", {}).get(key, {}).get("description")
                    yield Finding(
                        code="C002", message=f'"{key}" is missing', pointer=pointer, hint=hint, at_key=True
                    )
        case "type":
            yield _type(pointer, label, value, rules)
        case "enum":
            what = pointer[-1] if pointer and isinstance(pointer[-1], str) else f"value in {label[:-2]}"
            message = f'unknown {what} "{value}"'
            yield Finding(code="C004", message=message, pointer=pointer, hint=near(str(value), rules["enum"]))
        case "propertyNames" | "pattern" if not isinstance(value, str):
            yield Finding(code="C004", message=f"{label}a name in here is not allowed", pointer=pointer)
        case "pattern":
            hint = rules.get("patternErrorMessage")
            yield Finding(code="C004", message=f'{label}"{value}" is not allowed', pointer=pointer, hint=hint)
        case "minLength" | "minItems" | "minProperties":
            yield Finding(code="C004", message=f"{label}is empty", pointer=pointer, hint="give it a value")
        case "maxLength":
            message = f"{label}longer than {rules['maxLength']} characters"
            yield Finding(code="C004", message=message, pointer=pointer, hint="make it shorter")
        case "minimum" | "maximum":
            limit = f"at {'least' if error.rule == 'minimum' else 'most'} {rules[error.rule]}"
            yield Finding(
                code="C004", message=f'{label}"{value}" is not allowed', pointer=pointer, hint=limit
            )
        case _:
            yield Finding(
                code="C004", message=f"{label}not allowed", pointer=pointer, hint=rules.get("description")
            )


def _unknown_keys(pointer: Pointer, value: dict[str, Any], rules: dict[str, Any]) -> Iterator[Finding]:
    import re

    known = list(rules.get("properties", {}))
    for key in value:
        if key in known or any(re.search(pattern, key) for pattern in rules.get("patternProperties", {})):
            continue
        hint = near(key, known) if known else rules.get("description")
        yield Finding(
            code="C001", message=f'unknown key "{key}"', pointer=(*pointer, key), hint=hint, at_key=True
        )


def _type(pointer: Pointer, label: str, value: Any, rules: dict[str, Any]) -> Finding:
    wanted = [rules["type"]] if isinstance(rules["type"], str) else rules["type"]
    expected = " or ".join(_WORDS[each] for each in wanted if each != "null")
    given = next(
        _WORDS[name]
        for name, kind in (
            ("null", type(None)),
            ("boolean", bool),
            ("integer", int),
            ("number", float),
            ("string", str),
            ("array", list),
            ("object", dict),
        )
        if isinstance(value, kind)
    )
    hint = rules.get("description")
    if value is None:
        hint = "give it a value, or leave the key out"
    elif "string" in wanted and not isinstance(value, (list, dict)):
        hint = "put it in quotes"
    return Finding(
        code="C003", message=f"{label}expected {expected}, not {given}", pointer=pointer, hint=hint
    )


def _pointer(document: Any, name: str) -> Pointer:
    """Returns the path that `data.people.agents[0].id` spells; a key may itself hold dots, so the data decides."""
    found: list[str | int] = []
    rest, value = name.removeprefix("data"), document
    while rest:
        if rest[0] == "[" and isinstance(value, list):
            digits, _, rest = rest[1:].partition("]")
            found.append(int(digits))
            value = value[int(digits)]
            continue
        text = rest[1:]
        fitting = [key for key in value if _begins(text, key)] if isinstance(value, dict) else []
        if not fitting:
            break
        key = max(fitting, key=len)
        found.append(key)
        rest, value = text[len(key) :], value[key]
    return tuple(found)


def _begins(text: str, key: str) -> bool:
    return text.startswith(key) and text[len(key) : len(key) + 1] in ("", ".", "[")
