"""The shape of what people copy into their CI: keys, types, and that no input can become a part of a script."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from runner import EXPRESSION, ROOT, load

ACTION, TEMPLATE = "action.yml", "templates/sla-report/template.yml"
WORKFLOW, PIPELINE = "example-repo/.github/workflows/sla-report.yml", "example-repo/.gitlab-ci.yml"
TEXT = {"type": "string"}
FLAT = {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}
STEP = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("name", "id", "if", "uses", "run", "shell"), TEXT), "with": FLAT, "env": FLAT,
    },
    "oneOf": [{"required": ["run"]}, {"required": ["uses"]}],
    "additionalProperties": False,
}  # fmt: skip
NAMED = {"type": "object", "propertyNames": {"pattern": "^[a-z][a-z-]*$"}}
SHAPES: dict[str, dict[str, Any]] = {
    ACTION: {
        "type": "object",
        "required": ["name", "description", "inputs", "outputs", "runs"],
        "properties": {
            "name": TEXT,
            "description": {"type": "string", "maxLength": 125},
            "author": TEXT,
            "branding": {"required": ["icon", "color"]},
            "inputs": {**NAMED, "additionalProperties": {
                "required": ["description", "default"], "properties": {"description": TEXT, "default": TEXT},
                "additionalProperties": False,
            }},
            "outputs": {**NAMED, "additionalProperties": {
                "required": ["description", "value"], "properties": {"description": TEXT, "value": TEXT},
                "additionalProperties": False,
            }},
            "runs": {
                "required": ["using", "steps"], "additionalProperties": False,
                "properties": {"using": {"const": "composite"}, "steps": {"type": "array", "items": STEP}},
            },
        },
        "additionalProperties": False,
    },
    WORKFLOW: {
        "type": "object",
        "required": ["name", "on", "permissions", "jobs"],
        "properties": {
            "name": TEXT,
            "on": {"required": ["schedule", "workflow_dispatch"]},
            "permissions": {"type": "object", "maxProperties": 0},
            "concurrency": {"required": ["group"]},
            "jobs": {"type": "object", "additionalProperties": {
                "required": ["runs-on", "timeout-minutes", "permissions", "steps"],
                "properties": {
                    "runs-on": TEXT, "timeout-minutes": {"type": "integer"}, "needs": TEXT, "if": TEXT, "name": TEXT,
                    "permissions": {"additionalProperties": {"enum": ["read", "write"]}},
                    "environment": FLAT, "steps": {"type": "array", "items": STEP},
                },
                "additionalProperties": False,
            }},
        },
        "additionalProperties": False,
    },
}  # fmt: skip
JOB = {
    "type": "object",
    "required": ["stage", "image", "variables", "before_script", "script", "artifacts"],
    "properties": {
        "stage": TEXT,
        "image": TEXT,
        "variables": {"type": "object", "additionalProperties": {
            "oneOf": [TEXT, {
                "type": "object", "required": ["value", "expand"], "additionalProperties": False,
                "properties": {"value": TEXT, "expand": {"const": False}},
            }],
        }},
        "before_script": {"type": "array", "items": TEXT},
        "script": {"type": "array", "items": TEXT},
        "artifacts": {
            "required": ["when", "paths", "reports", "expire_in"],
            "properties": {
                "when": {"const": "always"}, "name": TEXT, "expire_in": TEXT, "expose_as": TEXT,
                "paths": {"type": "array", "items": TEXT},
                "reports": {"required": ["junit", "codequality"], "additionalProperties": TEXT},
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}  # fmt: skip


def scripts() -> Iterator[tuple[str, str, str]]:
    """Yields (where, shell, script) of every script in these files."""
    for path, steps in ((ACTION, load(ACTION)["runs"]["steps"]), *_workflow_steps()):
        yield from ((f"{path}: {step['name']}", "bash", step["run"]) for step in steps if "run" in step)
    [job] = load(TEMPLATE)[1].values()
    yield TEMPLATE, "sh", "\n".join([*job["before_script"], *job["script"]])


def _workflow_steps() -> Iterator[tuple[str, list[Any]]]:
    for job in load(WORKFLOW)["jobs"].values():
        yield WORKFLOW, job["steps"]


def used() -> Iterator[str]:
    """Yields every action that is used, with what stands behind it on its line."""
    for path in (ACTION, WORKFLOW):
        yield from re.findall(
            r"^ *(?:- )?uses: (.+)$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE
        )


@pytest.mark.parametrize("path", SHAPES)
def test_a_file_has_the_shape_its_runner_reads(path: str) -> None:
    jsonschema.Draft7Validator.check_schema(SHAPES[path])
    jsonschema.validate(load(path), SHAPES[path])


def test_the_template_has_the_shape_of_a_component() -> None:
    specification, jobs = load(TEMPLATE)
    assert set(specification) == {"spec"}
    for one in specification["spec"]["inputs"].values():
        assert one.keys() <= {"description", "default", "options"}
        assert isinstance(one["default"], str)
    [job] = jobs.values()
    jsonschema.validate(job, JOB)
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert job["artifacts"]["reports"]["junit"].startswith(job["artifacts"]["paths"][0])


def test_the_pipeline_gives_the_template_inputs_that_it_has() -> None:
    pipeline = load(PIPELINE)
    assert set(pipeline) == {"include", "workflow"}
    known = load(TEMPLATE)[0]["spec"]["inputs"]
    [included] = pipeline["include"]
    assert included["remote"].endswith(f"/{TEMPLATE}")
    assert included["inputs"].keys() <= known.keys()


def test_the_workflow_gives_the_action_inputs_that_it_has() -> None:
    steps = load(WORKFLOW)["jobs"]["report"]["steps"]
    [step] = [step for step in steps if step.get("uses", "").startswith("gitdesk/")]
    assert step["with"].keys() <= load(ACTION)["inputs"].keys()


@pytest.mark.parametrize(("where", "shell", "script"), [*scripts()], ids=lambda text: str(text)[:60])
def test_no_input_becomes_a_part_of_a_script(where: str, shell: str, script: str) -> None:
    assert "${{" not in script
    assert "$[[" not in script
    assert "eval" not in script


@pytest.mark.parametrize(("where", "shell", "script"), [*scripts()], ids=lambda text: str(text)[:60])
def test_shellcheck_has_nothing_to_say(where: str, shell: str, script: str) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    command = ["shellcheck", f"--shell={shell}", "-"]
    done = subprocess.run(command, input=script, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout == ""


def test_expressions_ask_for_what_is_meant_to_be_asked_for() -> None:
    texts = [(ROOT / path).read_text(encoding="utf-8") for path in (ACTION, WORKFLOW)]
    heads = {match.split(".")[0].split("(")[0] for text in texts for match in EXPRESSION.findall(text)}
    assert heads == {"inputs", "steps", "!cancelled"}  # nothing of the event, whose texts are other people's


def test_every_action_of_others_is_pinned_to_a_commit_with_its_version() -> None:
    foreign = [line for line in used() if not line.startswith("gitdesk/")]
    assert len(foreign) >= 4
    assert [
        line for line in foreign if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    ] == []


def test_a_job_has_no_more_rights_than_it_needs() -> None:
    jobs = load(WORKFLOW)["jobs"]
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "report": {"contents": "read"},
        "pages": {"pages": "write", "id-token": "write"},
    }
    [checkout] = [
        step for step in jobs["report"]["steps"] if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_every_input_is_in_the_documentation() -> None:
    text = Path(ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    inputs = [*load(ACTION)["inputs"], *load(ACTION)["outputs"], *load(TEMPLATE)[0]["spec"]["inputs"]]
    assert [name for name in inputs if f"`{name}`" not in text] == []
