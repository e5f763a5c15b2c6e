"""The docs tell of what is there: links lead somewhere, every command and rule is described."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gitdesk import __version__
from gitdesk.cli.table import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "example-repo").rglob("*.md")),
]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.DOTALL | re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Returns the anchors a hosting site gives to the headings of a page."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


def test_every_command_is_described() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    missing = [row.name for row in COMMANDS if not re.search(rf"`(?:gitdesk )?{re.escape(row.name)}\b", text)]
    assert missing == []


def test_no_command_is_described_that_is_not_there() -> None:
    known = {name.partition(" ")[0] for row in COMMANDS for name in (row.name, *row.aliases)}
    pages = [ROOT / "README.md", ROOT / "docs" / "commands.md"]
    named = {
        name
        for page in pages
        for name in re.findall(r"^\$ gitdesk ([a-z]+)\b", page.read_text(), re.MULTILINE)
    }
    assert named
    assert named - known == set()


def test_the_changelog_has_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[({re.escape(__version__)}|Unreleased)\]", text, re.MULTILINE)


def test_decisions_are_numbered_without_gaps_and_follow_one_form() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [path.name[:4] for path in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. "), path
        for heading in ("## Context", "## Decision", "## Consequences"):
            assert heading in text, (path, heading)
