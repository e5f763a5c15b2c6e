"""The wheel, installed into an empty environment and used from outside the checkout, is the whole program."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("wheel")  # one worker builds once

ROOT = Path(__file__).resolve().parent.parent
SITE_PACKAGES = [path for path in sys.path if path.endswith("site-packages")]


def run(*command: str | Path, cwd: Path, environ: dict[str, str] | None = None) -> str:
    """Runs a program, returns what it printed; a failure shows all of it."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | (environ or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds the wheel out of what the checkout holds."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("gitdesk-*.whl")
    return built


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installs the wheel into an empty environment and returns its `gitdesk`.

    GITDESK_WHEELHOUSE holds what it needs (`make wheel` fills it); without one, the environment borrows what is
    installed here, which proves less but asks no network.
    """
    place = tmp_path_factory.mktemp("empty") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", place, cwd=place.parent)
    python = place / "bin" / "python"
    pip: Sequence[str | Path] = (
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "--disable-pip-version-check",
    )
    house = os.environ.get("GITDESK_WHEELHOUSE")
    if house:
        run(*pip, "install", "--no-index", "--find-links", house, wheel, cwd=place.parent)
    else:
        run(*pip, "install", "--no-index", "--no-deps", wheel, cwd=place.parent)
        (own,) = (place / "lib").glob("python*/site-packages")
        (own / "borrowed.pth").write_text("\n".join(SITE_PACKAGES))
    return place / "bin" / "gitdesk"


def test_the_wheel_carries_hooks_and_schemas(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    shipped = [*(ROOT / "hooks").iterdir(), *(ROOT / "schema").iterdir()]
    assert shipped
    assert {f"gitdesk/_data/{path.relative_to(ROOT)}" for path in shipped if path.is_file()} <= names


def test_the_wheel_carries_every_module_and_nothing_else(wheel: Path) -> None:
    names = {
        name
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith("gitdesk/") and name.endswith(".py")
    }
    assert names == {str(path.relative_to(ROOT)) for path in (ROOT / "gitdesk").rglob("*.py")}


def test_it_says_its_version_and_does_not_run_from_the_checkout(program: Path, tmp_path: Path) -> None:
    assert run(program, "--version", cwd=tmp_path).startswith("gitdesk ")
    where = run(program.with_name("python"), "-c", "import gitdesk; print(gitdesk.__file__)", cwd=tmp_path)
    assert str(program.parent.parent) in where


def test_a_desk_can_be_made_and_used_with_it(program: Path, tmp_path: Path) -> None:
    who = {
        "HOME": str(tmp_path),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_AUTHOR_NAME": "Iva Kralj",
        "GIT_AUTHOR_EMAIL": "iva@acme.example",
        "GIT_COMMITTER_NAME": "Iva Kralj",
        "GIT_COMMITTER_EMAIL": "iva@acme.example",
    }
    run(program, "init", "acme", "--prefix", "AC", cwd=tmp_path, environ=who)
    desk = tmp_path / "acme"
    created = run(
        program, "new", "The printer is on fire", "-m", "Again.", "-q", cwd=desk, environ=who
    ).strip()
    assert created.startswith("AC-")
    assert "The printer is on fire" in run(program, "list", cwd=desk, environ=who)
    assert "Again." in run(program, "show", created, cwd=desk, environ=who)
    assert run(program, "check", cwd=desk, environ=who) is not None
