"""Completion in shells other than bash: zsh takes the script, fish completes on a real desk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conversation import environ

DESK = Path(__file__).parents[1] / "scenarios" / "desk.yaml"
NEEDS = {
    name: pytest.mark.skipif(shutil.which(name) is None, reason=f"no {name}") for name in ("zsh", "fish")
}


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Returns the environment of somebody with a desk, one ticket and gitdesk on the path."""
    home = tmp_path_factory.mktemp("home")
    program = home / "gitdesk"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m gitdesk "$@"\n')
    program.chmod(0o755)
    who = {
        f"GIT_{part}_{key}": value
        for part in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", "Iva Kralj"), ("EMAIL", "iva@acme.example"))
    }
    known = environ(home, PATH=f"{home}:{os.environ['PATH']}", **who)
    (home / "desk").mkdir()
    run(known, "gitdesk", "init", "--from", str(DESK))
    known["TICKET"] = run(known, "gitdesk", "new", "Hello, world: again", "-q", "-m", "x").strip()
    return known


def run(known: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        words,
        cwd=Path(known["HOME"]) / "desk",
        env=known,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        stdin=subprocess.DEVNULL,
    )
    return done.stdout


@pytest.mark.parametrize("shell", [pytest.param(name, marks=mark) for name, mark in NEEDS.items()])
def test_the_shell_accepts_the_script(surroundings: dict[str, str], tmp_path: Path, shell: str) -> None:
    file = tmp_path / "script"
    file.write_text(run(surroundings, "gitdesk", "completion", shell))
    run(surroundings, shell, "-n", str(file))


@NEEDS["fish"]
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("gitdesk show ", "{ticket}\tHello, world: again"),
        ("gitdesk move {ticket} wai", "waiting\t"),
        ("gitdesk list status:wai", "status:waiting\t"),
        ("gitdesk list status:open,wai", "status:open,waiting\t"),
        ("gitdesk sho", "show\t"),
    ],
)
def test_fish_completes(surroundings: dict[str, str], line: str, expected: str) -> None:
    ticket = surroundings["TICKET"]
    said = run(
        surroundings,
        "fish",
        "-c",
        f"gitdesk completion fish | source; complete -C '{line.format(ticket=ticket)}'",
    )
    assert any(found.startswith(expected.format(ticket=ticket)) for found in said.splitlines()), said
