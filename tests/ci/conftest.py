"""A desk with promises: one ticket answered in time, another, when it is asked for, not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hosting import Forge
from runner import GITDESK, HOSTILE, Make, Workspace

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
PROMISES = """
calendars: {always: {always: true}}
sla:
  policies:
    - id: everybody
      calendar: always
      targets:
        urgent: {first_response: 30m}
        high: {first_response: 2h}
        normal: {first_response: 1h}
        low: none
"""


def run(folder: Path, now: str, *words: str) -> str:
    """Runs a command on a desk at a moment."""
    done = subprocess.run(
        [str(GITDESK), *words],
        cwd=folder,
        env={**os.environ, "GITDESK_NOW": now},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="session")
def origins(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Returns two desks: `kept`, where every promise was, and `broken`, the same with one that was not."""
    folder = tmp_path_factory.mktemp("ci")
    settings = folder / "desk.yaml"
    settings.write_text((SCENARIOS / "desk.yaml").read_text(encoding="utf-8") + PROMISES, encoding="utf-8")
    kept, broken = folder / "kept", folder / "broken"
    run(folder, "2026-11-20T08:00:00Z", "init", "kept", "--from", str(settings))
    ana = ("--requester", "Ana Horvat <ana@example.com>")
    one = run(kept, "2026-11-20T09:00:00Z", "new", "Answered at once", *ana, "-m", "Please help.", "-q")
    run(kept, "2026-11-20T09:30:00Z", "reply", one, "-m", "Done.", "--status", "resolved")
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(kept), str(broken)], check=True)
    run(broken, "2026-11-20T10:00:00Z", "new", HOSTILE, *ana, "--priority", "urgent", "-m", "Hello?", "-q")
    return {"kept": kept, "broken": broken}


@pytest.fixture
def workspace(origins: dict[str, Path], tmp_path: Path) -> Make:
    """Returns what makes the workspace of a job: a fresh clone of one of the desks, as checkout actions make one."""

    def make(which: str, *, depth: int | None = None, detached: bool = True) -> Workspace:
        clone = tmp_path / "work space" / "desk"
        shallow = [] if depth is None else [f"--depth={depth}"]
        subprocess.run(["git", "clone", "-q", *shallow, f"file://{origins[which]}", str(clone)], check=True)
        if detached:
            subprocess.run(["git", "-C", str(clone), "checkout", "-q", "--detach"], check=True)
        return Workspace(tmp_path / "runner", clone)

    return make


@pytest.fixture(scope="session")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a bare repository whose branch main is a desk with one ticket."""
    folder = tmp_path_factory.mktemp("hosted")
    moment = "2026-11-20T08:00:00Z"
    run(folder, moment, "init", "desk", "--from", str(SCENARIOS / "desk.yaml"), "--branch", "main")
    ana = ("--requester", "Ana Horvat <ana@example.com>")
    one = run(folder / "desk", moment, "new", "Board is dark", *ana, "-m", "East terminal.", "-q")
    run(folder / "desk", moment, "start", one)
    bare = folder / "hosted.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(folder / "desk"), str(bare)], check=True)
    return bare


@pytest.fixture
def forge(hosted: Path, tmp_path: Path) -> Forge:
    """Returns a hosting site of one's own with that desk."""
    origin = tmp_path / "hosted.git"
    shutil.copytree(hosted, origin)
    return Forge(tmp_path, origin)
