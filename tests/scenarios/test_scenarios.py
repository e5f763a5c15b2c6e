"""Every transcript, and every console block of the README and the docs, does what it shows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from transcript import check, commands, matches

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHOWN = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
TRANSCRIPTS = [
    *sorted(HERE.glob("*.md")),
    *(path for path in SHOWN if any(commands(path.read_text(encoding="utf-8")))),
]


@pytest.fixture(autouse=True)
def measured(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands of transcripts are measured for coverage, and no other programs, which would take twice the time."""
    if request.config.pluginmanager.hasplugin("_cov"):
        monkeypatch.setenv("COVERAGE_PROCESS_START", str(ROOT / "pyproject.toml"))
        monkeypatch.setenv("COVERAGE_FILE", str(ROOT / ".coverage"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_transcript_shows_is_what_happens(path: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert check(path, home) > 0


def test_the_readme_shows_real_output() -> None:
    assert ROOT / "README.md" in TRANSCRIPTS


@pytest.mark.parametrize(
    ("expected", "actual", "equal"),
    [
        (("a",), ("a",), True),
        (("a",), ("a", "b"), False),
        (("a", "…"), ("a", "b", "c"), True),
        (("a", "…", "c"), ("a", "c"), True),
        (("made … in …",), ("made GD-1 in 3 s",), True),
        (("made … in …",), ("done",), False),
        (("[exit 3]",), (), False),
    ],
)
def test_a_wildcard_stands_for_anything_and_nothing_else_does(
    expected: tuple[str, ...], actual: tuple[str, ...], equal: bool
) -> None:
    assert matches(expected, actual) is equal
