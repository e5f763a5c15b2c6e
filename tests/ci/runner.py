"""Runs the shell steps of our CI files as the runners of the hosting sites do, with nothing of theirs installed."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
INTERPOLATION = re.compile(r"\$\[\[\s*inputs\.([\w-]+)\s*\]\]")
GITDESK = Path(sys.executable).parent / "gitdesk"
# What a hostile customer calls a ticket: commands to the runner, to a shell, and to whoever shows Markdown.
HOSTILE = "::error::owned $(touch owned) `touch owned` ##[error]x |<img src=x> %0A::warning::y"

# Stands in for `python3`: an environment it makes holds the gitdesk under test, and a pip that only takes notes.
PYTHON3 = f"""#!/bin/sh
if [ "$1 $2 $3" = "-I -m venv" ]; then
  mkdir -p "$4/bin"
  ln -sf "{GITDESK}" "$4/bin/gitdesk"
  printf '#!/bin/sh\\nprintf "%%s\\\\n" "$@" >>"$PIP_NOTES"\\n' >"$4/bin/python"
  chmod +x "$4/bin/python"
  exit 0
fi
exec "{sys.executable}" "$@"
"""


@dataclass(kw_only=True)
class Ended:
    """What a job came to: exit code, log, and what its steps handed on."""

    code: int
    log: str
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    steps: list[str] = field(default_factory=list)
    pip: list[str] = field(default_factory=list)


def load(path: str) -> Any:
    """Returns a YAML file of the repository; `on` is read as the word it is."""
    documents = list(yaml.load_all((ROOT / path).read_text(encoding="utf-8"), Loader=_Loader))
    return documents[0] if len(documents) == 1 else documents


class _Loader(yaml.SafeLoader):
    pass


_Loader.yaml_implicit_resolvers = {
    letter: [
        (tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:bool" or letter not in "oOyYnN"
    ]
    for letter, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Workspace:
    """A folder as a job has it: its clone, its temporary folder, and a home for the stand-in of python3."""

    def __init__(self, folder: Path, clone: Path) -> None:
        self.folder, self.clone = folder, clone
        self.temporary = folder / "runner temp"
        self.temporary.mkdir(parents=True)
        tools = folder / "tools"
        tools.mkdir()
        (tools / "python3").write_text(PYTHON3)
        (tools / "python3").chmod(0o755)
        self.notes = folder / "pip.txt"
        self.environ = {
            **os.environ,
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PIP_NOTES": str(self.notes),
            "CI": "true",
        }

    def git(self, *words: str) -> None:
        """Runs Git in the clone."""
        subprocess.run(["git", "-C", str(self.clone), *words], env=self.environ, check=True)

    def github(self, action_file: str = "action.yml", github: Event | None = None, **inputs: str) -> Ended:
        """Runs the steps of an action in the midst of an event; names of inputs have _ for -."""
        action = load(action_file)
        given = {name: one.get("default", "") for name, one in action["inputs"].items()}
        unknown = {name.replace("_", "-") for name in inputs} - given.keys()
        assert not unknown
        given.update({name.replace("_", "-"): value for name, value in inputs.items()})
        ended = Ended(code=0, log="")
        known = Known(inputs=given, github=github or {}, path=(ROOT / action_file).parent)
        for number, step in enumerate(action["runs"]["steps"]):
            if not _holds(step.get("if", ""), given):
                continue
            ended.steps.append(step["name"])
            if "uses" in step:
                continue
            outputs = self._step(number, step, known, ended)
            known.steps[step.get("id", f"step {number}")] = outputs
            if ended.code:
                break
        for name, one in action["outputs"].items():
            ended.outputs[name] = known.filled(one["value"])
        ended.pip = self.pip()
        return ended

    def _step(self, number: int, step: Any, known: Known, ended: Ended) -> dict[str, str]:
        script, output, summary = (
            self.temporary / f"{number}.{kind}" for kind in ("sh", "output", "summary")
        )
        script.write_text(step["run"])
        output.touch()
        summary.touch()
        environ = {
            **self.environ,
            **{name: known.filled(value) for name, value in step.get("env", {}).items()},
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_ACTION_PATH": str(known.path),
            "GITHUB_WORKSPACE": str(self.clone),
            "RUNNER_TEMP": str(self.temporary),
            **self._event(known.github),
        }
        assert step["shell"] == "bash"
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.clone,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        ended.code, ended.log = done.returncode, ended.log + done.stdout
        ended.summary += summary.read_text(encoding="utf-8")
        return _outputs(output.read_text(encoding="utf-8"))

    def _event(self, github: Event) -> dict[str, str]:
        """Returns what the environment tells of the event; the API is where nobody answers unless one is set."""
        path = self.temporary / "event.json"
        path.write_text(json.dumps(github.get("event", {})))
        return {
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_EVENT_NAME": github.get("event_name", ""),
            "GITHUB_REPOSITORY": github.get("repository", "acme/desk"),
            "GITHUB_API_URL": self.environ.get("GITHUB_API_URL", "http://127.0.0.1:1"),
        }

    def job(self, workflow: str, name: str, github: Event, needs: dict[str, dict[str, str]]) -> Ended:
        """Runs the scripts of a job of a workflow; actions of others it only notes."""
        ended = Ended(code=0, log="")
        known = Known(inputs={}, github=github, path=ROOT, needs=needs)
        for number, step in enumerate(load(workflow)["jobs"][name]["steps"]):
            ended.steps.append(step.get("name", step.get("uses", "")))
            if "run" in step and not ended.code:
                self._step(number, step, known, ended)
        return ended

    def gitlab(
        self, template: str = "sla-report", pipeline: dict[str, str] | None = None, **inputs: str
    ) -> Ended:
        """Runs the script of a GitLab template in one shell, as its runner does in a pipeline with these variables."""
        specification, jobs = load(f"templates/{template}/template.yml")
        given = {name: one.get("default", "") for name, one in specification["spec"]["inputs"].items()}
        given.update({name.replace("_", "-"): value for name, value in inputs.items()})
        [job] = jobs.values()
        variables = {
            name: INTERPOLATION.sub(
                lambda found: given[found[1]], value if isinstance(value, str) else value["value"]
            )
            for name, value in job["variables"].items()
        }
        script = self.temporary / "job.sh"
        script.write_text("\n".join([*job["before_script"], *job["script"]]))
        done = subprocess.run(
            ["sh", "-e", str(script)],
            cwd=self.clone,
            env={
                **self.environ,
                **variables,
                **(pipeline or {}),
                "CI_PROJECT_DIR": str(self.clone),
                "GITLAB_CI": "true",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        return Ended(code=done.returncode, log=done.stdout, pip=self.pip())

    def pip(self) -> list[str]:
        """Returns the words that pip was told."""
        return self.notes.read_text().splitlines() if self.notes.exists() else []


Make = Callable[..., Workspace]
Event = dict[str, Any]  # what GitHub calls the github context


@dataclass(kw_only=True)
class Known:
    """What the expressions of an action can ask for: inputs, the event, and what steps gave; nothing else."""

    inputs: dict[str, str]
    github: Event
    path: Path
    steps: dict[str, dict[str, str]] = field(default_factory=dict)
    needs: dict[str, dict[str, str]] = field(default_factory=dict)  # outputs of other jobs

    def filled(self, text: str) -> str:
        """Returns a value with its expressions evaluated."""
        return EXPRESSION.sub(lambda found: self._value(*found[1].split(".")), text)

    def _value(self, head: str, *names: str) -> str:
        if head == "inputs" and len(names) == 1:
            return self.inputs[names[0]]
        if head == "github":
            found: Any = self.github
            for name in names:
                found = found.get(name, {})
            return str(found or "")  # what an event has not is empty
        assert names[1] == "outputs", names
        if head == "needs":
            return self.needs[names[0]][names[2]]
        assert head == "steps", head
        return self.steps.get(names[0], {}).get(names[2], "")


def _outputs(text: str) -> dict[str, str]:
    """Returns what a step handed on: lines of name=value, or name<<END and lines up to END."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, many, end = line.partition("<<")
        if many and "=" not in name:
            found[name] = "\n".join(itertools.takewhile(end.__ne__, lines))
        else:
            name, _, value = line.partition("=")
            found[name] = value
    return found


def _holds(condition: str, inputs: dict[str, str]) -> bool:
    """Tells whether a step runs; the one kind of condition we use asks whether an input is empty."""
    if not condition:
        return True
    found = re.fullmatch(r"inputs\.([\w-]+) != ''", condition)
    assert found, condition
    return bool(inputs[found[1]])
