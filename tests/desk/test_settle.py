"""`gitdesk settle` in a clone without the merge driver: what it settles, and what it leaves alone."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from gitdesk import resources

from .conftest import Place
from .test_merge_driver import BASE, BOTH, OURS, PATH, THEIRS, Sides

SCHEMA = json.loads(resources.read("schema", "output.schema.json"))


@pytest.fixture
def sides(place: Place) -> Sides:
    made = Sides.of(place)
    made.git("config", "--remove-section", "merge.gitdesk")
    return made


def merge(sides: Sides, *words: str) -> None:
    """Starts a merge that stops."""
    assert sides.run("git", *(words or ("merge", "theirs"))).returncode == 1


def settle(sides: Sides) -> tuple[int, list[dict[str, Any]], str]:
    done = sides.gitdesk("settle", "--json")
    found = json.loads(done.stdout)
    jsonschema.validate(found, SCHEMA)
    return done.returncode, found["items"], done.stderr


def test_what_git_left_open_is_settled_and_staged(sides: Sides) -> None:
    sides.part(OURS, THEIRS)
    merge(sides)
    code, items, said = settle(sides)
    assert code == 0
    assert [(item["path"], item["state"]) for item in items] == [(PATH, "settled")]
    assert "git commit goes on" in said
    assert sides.text() == BOTH
    sides.git("commit", "-q", "--no-edit")
    assert sides.git("show", f"HEAD:{PATH}") + "\n" == BOTH
    assert sides.git("status", "--porcelain") == ""
    assert settle(sides) == (0, [], "nothing is open\n")


def test_a_conflict_gets_its_markers_in_one_place_and_stays_open(sides: Sides) -> None:
    sides.part(OURS.replace("high", "low"), THEIRS.replace("high", "urgent"))
    merge(sides)
    for _ in range(2):  # the second time on its own work
        code, items, said = settle(sides)
        assert code == 1
        assert [(item["state"], item["detail"]) for item in items] == [
            ("conflict", 'priority: "low" or "urgent"')
        ]
        assert "goes on" not in said
        marked = "<<<<<<< ours\npriority: low\n=======\npriority: urgent\n>>>>>>> theirs\n"
        assert sides.text() == BOTH.replace("priority: high\n", marked)
    assert sides.git("diff", "--name-only", "--diff-filter=U") == PATH


def test_a_rebase_that_stopped_is_told_to_go_on(sides: Sides) -> None:
    sides.part(OURS, THEIRS)
    merge(sides, "rebase", "theirs")
    code, _, said = settle(sides)
    assert code == 0
    assert "git rebase --continue goes on" in said
    sides.git("rebase", "--continue", GIT_EDITOR="true")
    assert sides.text() == BOTH


def test_a_file_that_was_edited_since_is_left_alone(sides: Sides) -> None:
    sides.part(OURS, THEIRS)
    merge(sides)
    by_hand = sides.text() + "\nby hand\n"
    (sides.path / PATH).write_text(by_hand)
    code, items, _ = settle(sides)
    assert code == 1
    assert items[0]["state"] == "left"
    assert "git checkout --merge" in items[0]["hint"]
    assert sides.text() == by_hand


def test_a_ticket_deleted_on_one_side_is_for_a_person_to_decide(sides: Sides) -> None:
    sides.part(BASE.replace("high", "low"), THEIRS)
    sides.git("switch", "-q", "theirs")
    sides.git("rm", "-q", PATH)
    sides.git("commit", "-qm", "gone")
    sides.git("switch", "-q", "ours")
    merge(sides)
    code, items, _ = settle(sides)
    assert code == 1
    assert items[0]["detail"] == "deleted on one side (theirs), changed on the other"
    assert sides.text() == BASE.replace("high", "low")


def test_what_is_no_ticket_stays_as_git_left_it(sides: Sides) -> None:
    sides.part(OURS, THEIRS)
    for branch in ("theirs", "ours"):
        sides.git("switch", "-q", branch)
        (sides.path / "notes.txt").write_text(branch)
        sides.git("add", "-A")
        sides.git("commit", "-qm", "notes")
    merge(sides)
    before = (sides.path / "notes.txt").read_text()
    code, items, _ = settle(sides)
    assert code == 1
    assert [(item["path"], item["state"]) for item in items] == [("notes.txt", "left"), (PATH, "settled")]
    assert (sides.path / "notes.txt").read_text() == before


def test_a_bare_repository_has_nothing_open(sides: Sides) -> None:
    sides.git("init", "-q", "--bare", str(sides.server))
    done = sides.gitdesk("-C", str(sides.server), "settle")
    assert done.returncode == 6, done.stderr
    assert "no work tree" in done.stderr
