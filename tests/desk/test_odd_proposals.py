"""Branches under propose/ that no command of ours has made: whoever may push can push those."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gitdesk.desk.proposal_remote import remote_of
from gitdesk.desk.proposals import open_proposals
from gitdesk.domain.format import path_of

from .proposing import TICKET, Team

FILE = path_of(TICKET)


@pytest.fixture(scope="module")
def founded_team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return Team.of(tmp_path_factory.mktemp("team"))


@pytest.fixture
def team(founded_team: Team, tmp_path: Path) -> Team:
    return founded_team.copied(tmp_path)


def pushed(team: Team, what: str) -> str:
    """Pushes an odd branch and returns its name."""
    name = f"propose/odd/{what}"
    desk = team.folder / "ana"
    team.git("ana", "switch", "-q", "-c", name)
    file = desk / FILE
    match what:
        case "link":
            file.unlink()
            os.symlink("/etc/passwd", file)
        case "broken":
            file.write_text("nonsense")
        case "rules":
            (desk / "gitdesk.yaml").write_text("bad: [")
        case "gone":
            (desk / "gitdesk.yaml").unlink()
        case "code":
            (desk / "code.c").write_text("int x;")
        case "deleted":
            file.unlink()
        case "orphan":
            team.git("ana", "switch", "-q", "--orphan", "o")
            (desk / "z").write_text("z")
            team.git("ana", "branch", "-D", "-q", name)
            team.git("ana", "switch", "-q", "--orphan", name)
            (desk / "z").write_text("z")
        case "executable":
            file.chmod(0o755)
    team.git("ana", "add", "-A")
    team.git("ana", "commit", "-q", "--allow-empty", "-m", f"odd \x1b]0;{what}\x07")
    team.git("ana", "push", "-q", "origin", name)
    return name


ODD = ["link", "broken", "rules", "gone", "code", "deleted", "orphan", "executable", "empty"]


@pytest.mark.parametrize("what", ODD)
def test_whatever_is_pushed_is_shown_and_does_not_land(team: Team, what: str) -> None:
    name = pushed(team, what)
    head, before = team.tip(name), team.tip()
    for words in (("review", "--fetch"), ("review", name), ("review", name, "--json")):
        done = team.gitdesk("iva", *words)
        assert done.returncode == 0, done.stderr
        assert name in done.stdout
        assert "Traceback" not in done.stderr
    for words in (("approve", name), ("propose", name, "--update"), ("land", name)):
        done = team.gitdesk("iva", *words)
        assert done.returncode in (0, 1, 4), done.stderr
        assert "Traceback" not in done.stderr
    assert team.tip() == before
    said = team.git("server", "rev-list", "--count", f"{head}..{name}")
    assert int(said) <= 1  # an approval at most; nothing is taken away
    assert (team.folder / "iva" / FILE).read_text().startswith("---")


def test_an_odd_branch_hides_no_other(team: Team) -> None:
    for what in ("broken", "gone"):
        pushed(team, what)
        team.git("ana", "switch", "-q", "main")
    made, _ = team.propose("marko")
    with team.open("marko") as desk:
        team.git("marko", "fetch", "-q")
        assert made.name in [one.name for one in open_proposals(desk, remote_of(desk))]
    done = team.gitdesk("iva", "review", "--mine", "--fetch", "-q")
    assert made.name in done.stdout.split()
