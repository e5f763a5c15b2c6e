"""Seals every test from the machine it runs on, and makes repositories for those that want one."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings
from repository import GitRepository, RepoFactory

# Set before anything of ours is imported by a test: programs started by tests inherit it too.
_PINNED = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": "false",
    "EDITOR": "false",
    "PAGER": "cat",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
}
# No test is about how fast the machine is, or how busy.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")
# What may be set where the tests run, by beginnings and by names.
_FOREIGN = ("GIT_", "GITDESK_", "XDG_", "LC_")
_FOREIGN_NAMES = ("EMAIL", "NO_COLOR", "FORCE_COLOR", "COLUMNS")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Laws go hundreds of times through lines that examples go through: they are not traced, at half the time.

    The marker no_cover of pytest-cov does not stop it in the workers of xdist, where two measurements are under way.
    """
    tracing = sys.gettrace()
    if is_hypothesis_test(getattr(item, "obj", None)):
        sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracing)


@pytest.fixture(scope="session")
def sealed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home directory with a Git configuration and nothing else."""
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Iva Kralj\n\temail = iva@acme.example\n[init]\n\tdefaultBranch = main\n"
        "[gc]\n\tauto = 0\n[core]\n\tfsync = none\n"
    )
    return home


def _seal(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Leaves nothing of the user's Git, desk, terminal, zone or language in the environment."""
    for name in list(os.environ):
        if name.startswith(_FOREIGN) or name in _FOREIGN_NAMES:
            patch.delenv(name)
    for name, value in _PINNED.items():
        patch.setenv(name, value)
    patch.setenv("HOME", str(home))
    patch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    time.tzset()


@pytest.fixture(scope="session", autouse=True)
def sealed_session(sealed_home: Path) -> Iterator[None]:
    """What modules share is made in an environment as sealed as that of each test."""
    with pytest.MonkeyPatch.context() as patch:
        _seal(patch, sealed_home)
        yield
    time.tzset()


@pytest.fixture(autouse=True)
def sealed(sealed_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees what the machine, or a test before it, has set."""
    _seal(monkeypatch, sealed_home)
    yield
    time.tzset()


@pytest.fixture
def repo(tmp_path: Path) -> RepoFactory:
    """Returns a function that makes repositories: `repo("name", "--bare")`."""

    def make(name: str = "desk", *options: str) -> GitRepository:
        path = tmp_path / name
        path.mkdir(parents=True)
        made = GitRepository(path)
        made.git("init", "-q", *options)
        return made

    return make
