"""The example desk: its story replays through gitdesk, the same every time, and what comes out is a sound desk."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from gitdesk.domain.document import Document
from gitdesk.store import codec
from gitdesk.store.config_file import parse_config

pytestmark = pytest.mark.xdist_group("example")  # one worker builds once

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "example-repo"


def build(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs the builder."""
    command = [sys.executable, str(EXAMPLE / "build.py"), *map(str, words)]
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def git(folder: Path, *words: str) -> str:
    """Returns what Git says about a desk."""
    return subprocess.run(
        ["git", "-C", str(folder), *words], stdout=subprocess.PIPE, check=True, encoding="utf-8"
    ).stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Builds the demo desk once."""
    folder = tmp_path_factory.mktemp("example") / "demo-desk"
    done = build("--quiet", folder)
    assert done.returncode == 0, done.stdout
    assert done.stdout == ""
    return folder


@pytest.fixture(scope="module")
def documents(demo: Path) -> list[Document]:
    """Reads every ticket file of the demo desk."""
    paths = sorted(demo.glob("tickets/*/*.md"))
    return [codec.parse(path.read_bytes(), str(path.relative_to(demo))) for path in paths]


def test_every_file_of_the_demo_desk_is_sound(demo: Path, documents: list[Document]) -> None:
    assert [problem for document in documents for problem in document.problems] == []
    config, problems = parse_config((demo / "gitdesk.yaml").read_bytes())
    assert config is not None
    assert problems == ()
    assert git(demo, "status", "--porcelain") == ""


def test_the_demo_desk_ends_with_the_configuration_of_the_example(demo: Path) -> None:
    assert (demo / "gitdesk.yaml").read_bytes() == (EXAMPLE / "gitdesk.yaml").read_bytes()


def test_there_is_enough_to_see(demo: Path, documents: list[Document]) -> None:
    config, _ = parse_config((demo / "gitdesk.yaml").read_bytes())
    assert config is not None
    tickets = [document.ticket for document in documents if document.ticket]
    assert len(tickets) >= 40
    assert len(config.people) >= 6
    assert len(config.groups) >= 3
    assert {ticket.status for ticket in tickets} == set(config.workflow.names)
    assert {ticket.priority for ticket in tickets} == set(config.priorities)
    assert len({link.kind for ticket in tickets for link in ticket.links}) >= 4
    assert sum(bool(ticket.merged_into) for ticket in tickets) == 2
    assert sum(len(ticket.messages) for ticket in tickets) >= 150


def test_the_history_has_weeks_people_and_zones(demo: Path) -> None:
    dates = [datetime.fromisoformat(line) for line in git(demo, "log", "--format=%aI").split()]
    assert len(dates) >= 300
    assert (max(dates) - min(dates)).days >= 50
    assert len({date.utcoffset() for date in dates}) >= 4
    authors = Counter(git(demo, "log", "--format=%ae").split())
    assert len(authors) >= 6
    assert len(git(demo, "rev-list", "--merges", "HEAD").split()) == 1


def test_a_forged_message_start_stayed_the_words_of_its_writer(documents: list[Document]) -> None:
    (forged,) = [
        doc.ticket for doc in documents if doc.ticket and doc.ticket.title.startswith("Quotation in a mail")
    ]
    assert "### 2026-10-19T09:00:00Z · reply · Dana Whitfield" in forged.description
    assert [message.kind for message in forged.messages] == ["note", "reply", "customer"]


def test_the_second_build_is_the_first_again(demo: Path) -> None:
    before = git(demo, "rev-parse", "HEAD")
    done = build("--quiet", demo)
    assert done.returncode == 0, done.stdout
    assert git(demo, "rev-parse", "HEAD") == before


def test_the_builder_removes_nothing_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "precious").write_text("text")
    git(tmp_path / "mine", "init", "--quiet")
    for words in ((tmp_path / "mine",), ("--remove", tmp_path / "mine")):
        done = build(*words)
        assert done.returncode == 1
        assert "left alone" in done.stdout
    assert (tmp_path / "mine" / "precious").read_text() == "text"


def test_the_builder_follows_no_link(demo: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(demo)
    assert build("--remove", link).returncode == 1
    assert demo.exists()
