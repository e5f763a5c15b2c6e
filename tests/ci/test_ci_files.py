"""The shape of what people copy into their CI: keys, types, and that no input can become a part of a script."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from runner import EXPRESSION, ROOT, load

ACTION, CHECK_ACTION = "action.yml", "check/action.yml"
ACTIONS = (ACTION, CHECK_ACTION)
TEMPLATE, CHECK_TEMPLATE = "templates/sla-report/template.yml", "templates/check/template.yml"
TEMPLATES = (TEMPLATE, CHECK_TEMPLATE)
WORKFLOW, CHECK_WORKFLOW, LAND_WORKFLOW = (
    f"example-repo/.github/workflows/{name}.yml" for name in ("sla-report", "check", "land")
)
WORKFLOWS = (WORKFLOW, CHECK_WORKFLOW, LAND_WORKFLOW)
PIPELINE = "example-repo/.gitlab-ci.yml"
TEXT = {"type": "string"}
FLAT = {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}}
STEP = {
    "type": "object",
    "properties": {
        **dict.fromkeys(("name", "id", "if", "uses", "run", "shell"), TEXT), "with": FLAT, "env": FLAT,
        "continue-on-error": {"type": "boolean"},
    },
    "oneOf": [{"required": ["run"]}, {"required": ["uses"]}],
    "additionalProperties": False,
}  # fmt: skip
NAMED = {"type": "object", "propertyNames": {"pattern": "^[a-z][a-z-]*$"}}
ACTION_SHAPE: dict[str, Any] = {
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
}  # fmt: skip
WORKFLOW_SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["name", "on", "permissions", "jobs"],
    "properties": {
        "name": TEXT,
        "on": {"oneOf": [{"required": ["workflow_dispatch"]}, {"required": ["pull_request_review"]}]},
        "permissions": {"type": "object", "maxProperties": 0},
        "concurrency": {"required": ["group"]},
        "jobs": {"type": "object", "additionalProperties": {
            "required": ["runs-on", "timeout-minutes", "permissions", "steps"],
            "properties": {
                "runs-on": TEXT, "timeout-minutes": {"type": "integer"}, "needs": TEXT, "if": TEXT, "name": TEXT,
                "permissions": {"additionalProperties": {"enum": ["read", "write"]}},
                "environment": FLAT, "outputs": FLAT, "steps": {"type": "array", "items": STEP},
            },
            "additionalProperties": False,
        }},
    },
    "additionalProperties": False,
}  # fmt: skip
SHAPES = {**dict.fromkeys(ACTIONS, ACTION_SHAPE), **dict.fromkeys(WORKFLOWS, WORKFLOW_SHAPE)}
JOB = {
    "type": "object",
    "required": ["stage", "image", "variables", "before_script", "script", "artifacts"],
    "properties": {
        "stage": TEXT,
        "image": TEXT,
        "rules": {"type": "array", "items": {"required": ["if"], "additionalProperties": TEXT}},
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
    for path, steps in (*((path, load(path)["runs"]["steps"]) for path in ACTIONS), *_workflow_steps()):
        yield from ((f"{path}: {step['name']}", "bash", step["run"]) for step in steps if "run" in step)
    for path in TEMPLATES:
        [job] = load(path)[1].values()
        yield path, "sh", "\n".join([*job["before_script"], *job["script"]])


def _workflow_steps() -> Iterator[tuple[str, list[Any]]]:
    for path in WORKFLOWS:
        for job in load(path)["jobs"].values():
            yield path, job["steps"]


def used() -> Iterator[str]:
    """Yields every action that is used, with what stands behind it on its line."""
    for path in (*ACTIONS, *WORKFLOWS):
        yield from re.findall(
            r"^ *(?:- )?uses: (.+)$", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE
        )


@pytest.mark.parametrize("path", SHAPES)
def test_a_file_has_the_shape_its_runner_reads(path: str) -> None:
    jsonschema.Draft7Validator.check_schema(SHAPES[path])
    jsonschema.validate(load(path), SHAPES[path])


@pytest.mark.parametrize("path", TEMPLATES)
def test_a_template_has_the_shape_of_a_component(path: str) -> None:
    specification, jobs = load(path)
    assert set(specification) == {"spec"}
    for one in specification["spec"]["inputs"].values():
        assert one.keys() <= {"description", "default", "options"}
        assert isinstance(one["default"], str)
    [job] = jobs.values()
    jsonschema.validate(job, JOB)
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert job["artifacts"]["reports"]["junit"].startswith(job["artifacts"]["paths"][0])


def test_the_pipeline_gives_the_templates_inputs_that_they_have() -> None:
    pipeline = load(PIPELINE)
    jobs = {load(path)[0]["spec"]["inputs"]["job-name"]["default"] for path in TEMPLATES}
    assert set(pipeline) - jobs == {"include", "workflow"}
    included = {one["remote"].partition("/main/")[2]: one["inputs"] for one in pipeline["include"]}
    assert set(included) == set(TEMPLATES)
    for path, inputs in included.items():
        assert inputs.keys() <= load(path)[0]["spec"]["inputs"].keys()


def test_a_report_is_made_in_the_morning_and_a_check_of_every_merge_request() -> None:
    pipeline = load(PIPELINE)
    asked = {path: [rule["if"] for rule in rules] for path, rules in _rules(pipeline)}
    assert asked[TEMPLATE] == [f'$CI_PIPELINE_SOURCE == "{source}"' for source in ("schedule", "web")]
    assert asked[CHECK_TEMPLATE][0] == '$CI_PIPELINE_SOURCE == "merge_request_event"'
    # What a job waits for, the pipeline has to be made for.
    assert {text for texts in asked.values() for text in texts} == {
        rule["if"] for rule in pipeline["workflow"]["rules"]
    }


def _rules(pipeline: Any) -> Iterator[tuple[str, Any]]:
    for path in TEMPLATES:
        [job] = load(path)[1].values()
        name = load(path)[0]["spec"]["inputs"]["job-name"]["default"]
        yield path, pipeline.get(name, job)["rules"]


def test_a_check_is_made_of_every_pull_request_and_its_queue() -> None:
    workflow = load(CHECK_WORKFLOW)
    assert workflow["on"].keys() == {"pull_request", "merge_group", "push", "workflow_dispatch"}
    assert not workflow["on"]["pull_request"]  # no paths: what does not run is waited for for ever
    assert [job["name"] for job in workflow["jobs"].values()] == ["gitdesk check"]
    assert "`gitdesk check`" in (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("workflow", "action"), [*zip(WORKFLOWS, (ACTION, CHECK_ACTION, CHECK_ACTION), strict=True)]
)
def test_a_workflow_gives_its_action_inputs_that_it_has(workflow: str, action: str) -> None:
    steps = [step for job in load(workflow)["jobs"].values() for step in job["steps"]]
    [step] = [step for step in steps if step.get("uses", "").startswith("gitdesk/")]
    assert step["uses"] == f"gitdesk/gitdesk/{action}".removesuffix("/action.yml") + "@main"
    assert step["with"].keys() <= load(action)["inputs"].keys()


def test_both_actions_install_gitdesk_alike() -> None:
    one, two = (
        next(step for step in load(path)["runs"]["steps"] if step["name"] == "Install gitdesk")
        for path in ACTIONS
    )
    assert {**two, "run": two["run"].replace("$GITHUB_ACTION_PATH/..", "$GITHUB_ACTION_PATH")} == one


@pytest.mark.parametrize(("where", "shell", "script"), [*scripts()], ids=lambda text: str(text)[:60])
def test_no_input_becomes_a_part_of_a_script(where: str, shell: str, script: str) -> None:
    assert "${{" not in script
    assert "$[[" not in script
    assert "eval" not in script


@pytest.mark.parametrize(("where", "shell", "script"), [*scripts()], ids=lambda text: str(text)[:60])
def test_no_python_takes_modules_from_the_repository_it_is_started_in(
    where: str, shell: str, script: str
) -> None:
    calls = re.findall(r"""(?<![-\w])python3?"?[ \t]+(\S+)""", script)
    assert all(first == "-I" for first in calls), calls


@pytest.mark.parametrize(("words", "owned"), [(["-m"], True), (["-I", "-m"], False)])
def test_what_a_python_not_isolated_runs(words: list[str], owned: bool, tmp_path: Path) -> None:
    """The reason for the test above: a package `venv` in a pull request would be run in place of Python's own."""
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "__init__.py").write_text("")
    (tmp_path / "venv" / "__main__.py").write_text("print('owned')")
    done = subprocess.run(
        [sys.executable, *words, "venv", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ("owned" in done.stdout) is owned


@pytest.mark.parametrize(("where", "shell", "script"), [*scripts()], ids=lambda text: str(text)[:60])
def test_shellcheck_has_nothing_to_say(where: str, shell: str, script: str) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    command = ["shellcheck", f"--shell={shell}", "-"]
    done = subprocess.run(command, input=script, capture_output=True, encoding="utf-8", check=False)
    assert done.stdout == ""


def test_expressions_ask_for_what_is_meant_to_be_asked_for() -> None:
    texts = [(ROOT / path).read_text(encoding="utf-8") for path in (*ACTIONS, *WORKFLOWS)]
    asked = {match for text in texts for match in EXPRESSION.findall(text)}
    heads = {match.split(".")[0].split("(")[0] for match in asked}
    assert heads == {"inputs", "steps", "needs", "!cancelled", "github"}
    # Of the event ids and names of branches alone, and none of its texts, which are other people's.
    assert {match for match in asked if match.startswith("github.")} == {
        "github.event_name",
        "github.ref",
        "github.repository",
        "github.token",
        "github.event.before",
        "github.event.pull_request.base.ref",
        "github.event.pull_request.base.sha",
        "github.event.pull_request.head.sha",
        "github.event.pull_request.number",
        "github.event.merge_group.base_sha",
        "github.event.repository.default_branch",
    }


def test_every_action_of_others_is_pinned_to_a_commit_with_its_version() -> None:
    foreign = [line for line in used() if not line.startswith("gitdesk/")]
    assert len(foreign) >= 6
    assert [
        line for line in foreign if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)
    ] == []


def test_a_job_has_no_more_rights_than_it_needs() -> None:
    jobs = {name: job for path in WORKFLOWS for name, job in load(path)["jobs"].items()}
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "report": {"contents": "read"},
        "pages": {"pages": "write", "id-token": "write"},
        "check": {"contents": "read", "pull-requests": "read"},
        "again": {"actions": "write"},
        "approvals": {"contents": "read", "pull-requests": "read"},
        "land": {"contents": "write"},
    }
    checkouts = [
        step
        for job in jobs.values()
        for step in job["steps"]
        if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert [step["with"] for step in checkouts] == [{"fetch-depth": 0, "persist-credentials": False}] * 3


def test_a_job_that_may_write_has_no_clone_and_runs_no_action() -> None:
    writing = [
        job
        for path in (CHECK_WORKFLOW, LAND_WORKFLOW)
        for job in load(path)["jobs"].values()
        if "write" in job["permissions"].values()
    ]
    assert len(writing) == 2
    assert [step for job in writing for step in job["steps"] if "uses" in step] == []
    assert "pull_request_target" not in (ROOT / LAND_WORKFLOW).read_text(encoding="utf-8")


def test_every_input_is_in_the_documentation() -> None:
    text = Path(ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    specified = [load(path)[0]["spec"]["inputs"] for path in TEMPLATES]
    named = [load(path)[kind] for path in ACTIONS for kind in ("inputs", "outputs")]
    assert [name for names in (*named, *specified) for name in names if f"`{name}`" not in text] == []
