"""`gitdesk settle` in a clone without the merge driver: what it settles, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from gitdesk import resources

from .conftest import Place
from .test_merge_driver import BASE, BOTH, ID, OURS, PATH, THEIRS, Sides

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
    assert f"git checkout --merge :/{PATH} for the merge" in items[0]["hint"]
    assert sides.text() == by_hand


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace("  - vip\n", ""),
        lambda text: text.replace("priority: high\n", ""),
        lambda text: text.replace("=======\n", ""),
        lambda text: text.replace("login", "log-in"),
        lambda text: "".join(line for line in text.splitlines(True) if line[:1] not in "<|=>"),
    ],
    ids=["one side's line", "a line of both", "a marker", "another word", "all markers"],
)
def test_whatever_a_person_has_done_to_the_file_is_left_alone(
    sides: Sides, edit: Callable[[str], str]
) -> None:
    sides.part(OURS, THEIRS)
    merge(sides)
    by_hand = edit(sides.text())
    (sides.path / PATH).write_text(by_hand)
    code, items, _ = settle(sides)
    assert (code, items[0]["state"]) == (1, "left")
    assert sides.text() == by_hand


@pytest.mark.parametrize("algorithm", ["myers", "minimal", "patience", "histogram"])
@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
@pytest.mark.parametrize("words", [("merge", "theirs"), ("rebase", "theirs"), ("cherry-pick", "theirs")])
def test_however_git_compares_lines_and_marks_conflicts_they_are_settled(
    sides: Sides, algorithm: str, style: str, words: tuple[str, ...]
) -> None:
    sides.part(OURS, THEIRS)
    merge(sides, "-c", f"diff.algorithm={algorithm}", "-c", f"merge.conflictStyle={style}", *words)
    assert settle(sides)[0] == 0
    assert sides.text() == BOTH


def test_line_ends_of_another_system_in_the_work_tree_are_no_edit(sides: Sides) -> None:
    sides.part(OURS, THEIRS)
    sides.git("config", "core.autocrlf", "true")
    sides.git("checkout", "-q", "theirs")
    sides.git("checkout", "-q", "ours")
    merge(sides)
    assert b"\r\n" in (sides.path / PATH).read_bytes()
    assert settle(sides)[0] == 0
    sides.git("commit", "-q", "--no-edit")
    assert sides.git("show", f"HEAD:{PATH}") + "\n" == BOTH


def test_a_mailed_patch_that_stopped_is_told_to_go_on(sides: Sides) -> None:
    sides.part(OURS, THEIRS)
    sides.git("format-patch", "-q", "-1", "theirs", "-o", str(sides.path.parent / "mail"))
    (mail,) = (sides.path.parent / "mail").iterdir()
    assert sides.run("git", "am", "-q", "-3", str(mail)).returncode != 0
    code, _, said = settle(sides)
    assert code == 0
    assert "git am --continue goes on" in said
    sides.git("am", "--continue")
    assert sides.text() == BOTH


def test_what_came_off_the_stash_is_settled_and_nothing_is_said_to_go_on(sides: Sides) -> None:
    sides.part(OURS, THEIRS)
    sides.git("switch", "-q", "theirs")
    sides.git("reset", "-q", "--soft", "HEAD^")
    sides.git("stash", "push", "-q")
    sides.git("switch", "-q", "ours")
    merge(sides, "stash", "pop")
    assert settle(sides)[::2] == (0, "everything is settled\n")
    assert sides.text() == BOTH


def test_a_version_that_is_no_text_is_left_and_the_others_are_settled(sides: Sides) -> None:
    other = PATH.replace(ID, f"{ID[:-1]}3")
    sides.part(OURS, THEIRS)
    for branch in ("theirs", "ours"):
        sides.git("switch", "-q", branch)
        (sides.path / other).write_bytes(b"\0" + branch.encode())
        sides.git("add", "-A")
        sides.git("commit", "-qm", "no text")
    merge(sides)
    code, items, said = settle(sides)
    assert code == 1
    assert [(item["path"], item["state"]) for item in items] == [(PATH, "settled"), (other, "left")]
    assert items[1]["detail"] == "Git cannot merge this file as text"
    assert "/gitdesk-" not in str(items) + said


def test_hints_serve_in_a_shell_in_whatever_folder_they_are_read(sides: Sides) -> None:
    odd = "tickets/7K/it's a file.md"
    sides.part(OURS, THEIRS)
    for branch in ("theirs", "ours"):
        sides.git("switch", "-q", branch)
        (sides.path / odd).write_bytes(b"\0" + branch.encode())
        sides.git("add", "-A")
        sides.git("commit", "-qm", "odd")
    merge(sides)
    items = {item["path"]: item for item in settle(sides)[1]}
    call = items[odd]["hint"].partition(", then ")[2]
    done = sides.run("sh", "-c", call, cwd=sides.path / "tickets" / "7K")
    assert (done.returncode, done.stderr) == (0, "")
    assert sides.git("diff", "--name-only", "--diff-filter=U") == ""


def test_what_a_killed_one_left_beside_a_file_is_gone_afterwards(sides: Sides) -> None:
    sides.part(OURS, THEIRS)
    merge(sides)
    (sides.path / f"{PATH}.gitdesk").write_text("half of")
    assert settle(sides)[0] == 0
    sides.git("commit", "-q", "--no-edit")
    assert sides.git("status", "--porcelain") == ""


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
