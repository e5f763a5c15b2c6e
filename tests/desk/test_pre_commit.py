"""The program pre-commit, really run: with the hooks of this repository, and with the line that is told."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from .conftest import Place
from .hooked import Hooked
from .test_hook_care import add_told_lines, judged_in_each_stage, managed, states

pytest.importorskip("pre_commit", reason="the program pre-commit is not installed")
pytest.importorskip("hatchling", reason="what builds gitdesk is not installed")

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("pre-commit", "commit-msg", "pre-push")


@pytest.fixture
def desk(place: Place) -> Hooked:
    """Returns a desk without hooks of ours, where pre-commit keeps what it makes to itself and asks no network."""
    hooked = Hooked.of(place)
    for name in ("pre-commit", "commit-msg"):
        (place.path / ".git" / "hooks" / name).unlink()
    hooked.environ |= {"PRE_COMMIT_HOME": str(place.path.parent / "kept"), "PRE_COMMIT_COLOR": "never"}
    return hooked


def pre_commit(desk: Hooked, *words: str) -> None:
    done = desk.run(sys.executable, "-m", "pre_commit", *words)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_line_that_is_told_judges_in_each_stage(desk: Hooked) -> None:
    managed(desk, ".pre-commit-config.yaml")
    add_told_lines(desk)
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pre-commit")
    pre_commit(desk, "install", *(word for name in NAMES for word in ("-t", name)))
    assert states(desk)["hooks"] == "called"
    judged_in_each_stage(desk)
    assert set(desk.calls()) == set(NAMES)


def test_a_warning_is_seen_though_the_hook_passes(desk: Hooked) -> None:
    managed(desk, ".pre-commit-config.yaml")
    add_told_lines(desk)
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pre-commit")
    pre_commit(desk, "install", "-t", "pre-commit")
    file = desk.ticket()
    file.write_text(file.read_text().replace("status: new", "status: resolved"))
    done = desk.run("git", "commit", "-qam", "by hand")
    assert done.returncode == 0, done.stderr
    assert "W003 warn" in done.stdout + done.stderr


def test_the_hooks_of_this_repository_bring_their_own_gitdesk(desk: Hooked) -> None:
    """As `language: python` has it: built and installed by pre-commit; what gitdesk needs is borrowed from here."""
    source = desk.path.parent / "source"
    source.mkdir()
    for name in ("gitdesk", "hooks", "schema"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        shutil.copy(ROOT / name, source / name)
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "source")):
        assert desk.run("git", *words, cwd=source).returncode == 0
    commit = desk.run("git", "rev-parse", "HEAD", cwd=source).stdout.strip()
    hooks = ", ".join(f"{{id: gitdesk-{name}}}" for name in NAMES)
    (desk.path / ".pre-commit-config.yaml").write_text(
        f"repos: [{{repo: {str(source)!r}, rev: {commit}, hooks: [{hooks}]}}]\n"
    )
    desk.git("add", "-A")
    desk.git("commit", "-qm", "pre-commit")
    borrowed = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    desk.environ |= {
        "PYTHONPATH": borrowed,
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this one the other way round
    }
    pre_commit(desk, "install", "--install-hooks", *(word for name in NAMES for word in ("-t", name)))
    assert states(desk)["hooks"] == "called"
    (desk.path.parent / "bin" / "gitdesk").unlink()
    ticket = desk.ticket()
    ticket.unlink()
    desk.git("add", "-A")
    done = desk.run("git", "commit", "-qm", "by hand", "--author", "Marko <marko@acme.example>")
    assert "A004 error the ticket is deleted" in done.stdout + done.stderr
    desk.git("reset", "-q", "--hard")
    judged_in_each_stage(desk)
    assert desk.calls() == []


def test_a_push_of_what_the_remote_has_in_part_is_judged_from_there_on(desk: Hooked) -> None:
    """The variables by themselves: pre-commit reads standard input and hands on what it made of it."""
    file = desk.ticket()
    first = desk.git("rev-parse", "HEAD")
    desk.edit(file, "priority: normal", "priority: normla")
    desk.edit(file, "priority: normla", "priority: high")
    second = desk.git("rev-parse", "HEAD")
    told = {"PRE_COMMIT_REMOTE_NAME": "origin", "PRE_COMMIT_REMOTE_BRANCH": "refs/heads/main"}
    rows = [
        ({"PRE_COMMIT_FROM_REF": first, "PRE_COMMIT_TO_REF": second}, 1),
        ({"PRE_COMMIT_FROM_REF": second, "PRE_COMMIT_TO_REF": second}, 0),
        ({"PRE_COMMIT_LOCAL_BRANCH": "HEAD"}, 1),  # a push of everything from the first commit on
        ({"PRE_COMMIT_LOCAL_BRANCH": "HEAD~2"}, 0),
    ]
    for more, code in rows:
        environ = {**desk.environ, **told, **more}
        done = desk.run(sys.executable, "-m", "gitdesk", "hook", "pre-push", environ=environ)
        assert done.returncode == code, (more, done.stderr)
    assert desk.run(sys.executable, "-m", "gitdesk", "hook", "pre-push").returncode == 0
