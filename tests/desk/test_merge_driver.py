"""The merge driver in every operation of Git's that merges, with gitdesk, without it, and when it comes to grief."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gitdesk.store import merge_file, merge_setup
from gitdesk.store.git import Repo

from .conftest import Place
from .hooked import Hooked

ID = "AC-7K3QX4M2"
PATH = f"tickets/7K/{ID}.md"
BASE = f"""\
---
id: {ID}
title: Cannot log in
requester: Ana <ana@a.example>
created: 2026-11-22T09:00:00Z

status: open

priority: high

tags:
  - login
---

It does not work.
"""
# Which Git cannot merge by lines, since both come behind the same one.
OURS = (
    BASE.replace("login\n", "login\n  - sso\n")
    + "\n### 2026-11-22T10:00:00Z · note · Iva <i@a.example>\n\nours\n"
)
THEIRS = (
    BASE.replace("login\n", "login\n  - vip\n")
    + "\n### 2026-11-22T11:00:00Z · note · Bo <b@a.example>\n\ntheirs\n"
)
BOTH = (
    BASE.replace("login\n", "login\n  - sso\n  - vip\n")
    + "\n### 2026-11-22T10:00:00Z · note · Iva <i@a.example>\n\nours\n"
    + "\n### 2026-11-22T11:00:00Z · note · Bo <b@a.example>\n\ntheirs\n"
)


class Sides(Hooked):
    """A desk on whose branches `ours` and `theirs` one ticket is changed."""

    def commit(self, text: str, message: str) -> str:
        file = self.path / PATH
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", message)
        return self.git("rev-parse", "HEAD")

    def part(self, ours: str, theirs: str, base: str | None = BASE) -> None:
        """Makes both branches and stands on ours."""
        if base is not None:
            self.commit(base, "base")
        else:
            self.git("commit", "-q", "--allow-empty", "-m", "base")
        self.git("branch", "theirs")
        self.git("switch", "-qc", "ours")
        self.commit(ours, "ours")
        self.git("switch", "-q", "theirs")
        self.commit(theirs, "theirs")
        self.git("switch", "-q", "ours")

    def text(self) -> str:
        return (self.path / PATH).read_text()


@pytest.fixture
def sides(place: Place) -> Sides:
    made = Sides.of(place)
    with Repo.discover(str(made.path), made.environ) as repo:
        assert merge_setup.is_current(repo)  # `init` has told it
    return made


def merge(sides: Sides) -> None:
    sides.git("merge", "-q", "--no-edit", "theirs")


def rebase(sides: Sides) -> None:
    sides.git("rebase", "-q", "--merge", "theirs")


def rebase_apply(sides: Sides) -> None:
    sides.git("rebase", "-q", "--apply", "theirs")


def cherry_pick(sides: Sides) -> None:
    sides.git("cherry-pick", "theirs")


def stash(sides: Sides) -> None:
    sides.git("switch", "-q", "theirs")
    sides.git("reset", "-q", "--soft", "HEAD^")
    sides.git("stash", "push", "-q")
    sides.git("switch", "-q", "ours")
    sides.git("stash", "pop", "-q")


def am(sides: Sides) -> None:
    sides.git("format-patch", "-q", "-1", "theirs", "-o", str(sides.path.parent / "mail"))
    (mail,) = (sides.path.parent / "mail").iterdir()
    sides.git("am", "-q", "-3", str(mail))


def merge_tree(sides: Sides) -> None:
    tree = sides.git("merge-tree", "--write-tree", "ours", "theirs").splitlines()[0]
    sides.git("checkout", "-q", tree, "--", PATH)


def revert(sides: Sides) -> None:
    """Takes back, on our side, a commit that took theirs back."""
    sides.git("switch", "-q", "theirs")
    sides.git("revert", "--no-edit", "HEAD")
    undone = sides.git("rev-parse", "HEAD")
    sides.git("switch", "-q", "ours")
    sides.git("revert", "--no-edit", undone)


def switch(sides: Sides) -> None:
    """Takes along what is not committed to another branch."""
    sides.git("switch", "-q", "theirs")
    sides.git("reset", "-q", "HEAD^")
    sides.git("switch", "-q", "--merge", "ours")


def squash(sides: Sides) -> None:
    sides.git("merge", "-q", "--squash", "theirs")


def criss_cross(sides: Sides) -> None:
    """Merges two merges of the same two commits, so that Git makes a base of both first."""
    mine, other = sides.git("rev-parse", "ours"), sides.git("rev-parse", "theirs")
    sides.git("merge", "-q", "--no-edit", other)
    sides.git("switch", "-q", "theirs")
    sides.git("merge", "-q", "--no-edit", mine)
    sides.commit(sides.text().replace("high", "low"), "theirs again")
    sides.git("switch", "-q", "ours")
    sides.commit(sides.text().replace("status: open", "status: waiting"), "ours again")
    sides.git("merge", "-q", "--no-edit", "theirs")
    text = sides.text()
    assert "priority: low" in text
    assert "status: waiting" in text
    (sides.path / PATH).write_text(text.replace("low", "high").replace("waiting", "open"))


@pytest.mark.parametrize(
    "operation",
    [
        merge,
        rebase,
        rebase_apply,
        cherry_pick,
        stash,
        am,
        merge_tree,
        revert,
        switch,
        squash,
        criss_cross,
    ],
)
def test_what_git_cannot_merge_by_lines_is_merged_by_field(
    sides: Sides, operation: Callable[[Sides], None]
) -> None:
    sides.part(OURS, THEIRS)
    operation(sides)
    assert sides.text() == BOTH


def test_of_a_base_of_two_that_are_in_conflict_only_that_field_is_one_again(sides: Sides) -> None:
    """Merges two merges of the same commits that were settled differently."""
    sides.part(OURS.replace("high", "low"), THEIRS.replace("high", "urgent"))
    mine, other = sides.git("rev-parse", "ours"), sides.git("rev-parse", "theirs")
    more = "\n### 2026-11-22T12:00:00Z · note · Iva <i@a.example>\n\nmore\n"
    for branch, their_tip, settled in (
        ("ours", other, BOTH.replace("high", "low").replace("open", "waiting")),
        ("theirs", mine, BOTH.replace("high", "urgent") + more),
    ):
        sides.git("switch", "-q", branch)
        assert sides.run("git", "merge", their_tip).returncode == 1
        sides.commit(settled, f"settled on {branch}")
    sides.git("switch", "-q", "ours")
    done = sides.run("git", "merge", "theirs")
    assert f'{PATH}: priority: "low" or "urgent"' in done.stderr
    marked = "<<<<<<< ours\npriority: low\n=======\npriority: urgent\n>>>>>>> theirs\n"
    assert sides.text() == BOTH.replace("priority: high\n", marked).replace("open", "waiting") + more


def test_a_ticket_that_both_sides_made_is_merged_without_a_base(sides: Sides) -> None:
    sides.part(OURS, THEIRS, base=None)
    sides.git("merge", "-q", "--no-edit", "theirs")
    assert sides.text() == BOTH


def test_a_conflict_stops_the_merge_says_in_words_what_it_is_and_is_named_by_check(sides: Sides) -> None:
    sides.part(
        OURS.replace("status: open", "status: resolved"), THEIRS.replace("status: open", "status: waiting")
    )
    done = sides.run("git", "merge", "theirs")
    assert done.returncode == 1
    assert f'{PATH}: status: "resolved" or "waiting"' in done.stderr
    marked = "<<<<<<< ours\nstatus: resolved\n=======\nstatus: waiting\n>>>>>>> theirs\n"
    assert sides.text() == BOTH.replace("status: open\n", marked)
    checked = sides.gitdesk("check")
    assert checked.returncode == 1
    assert "not settled" in checked.stdout + checked.stderr
    (sides.path / PATH).write_text(BOTH.replace("status: open", "status: waiting"))
    sides.git("commit", "-qam", "settled")
    assert sides.gitdesk("show", ID, "--json").returncode == 0


STOPS = {  # calls of Git that have to stop, and those that take them back
    "merge": (("merge", "theirs"), ("merge", "--abort")),
    "rebase": (("rebase", "--merge", "theirs"), ("rebase", "--abort")),
    "rebase by patches": (("rebase", "--apply", "theirs"), ("rebase", "--abort")),
    "cherry-pick": (("cherry-pick", "theirs"), ("cherry-pick", "--abort")),
    "am": (("am", "-3", "mail"), ("am", "--abort")),
    "stash pop": (("stash", "pop"), ("reset", "-q", "--hard")),
}


@pytest.mark.parametrize("name", STOPS)
def test_without_gitdesk_git_merges_lines_and_loses_nothing(sides: Sides, name: str) -> None:
    sides.part(OURS, THEIRS)
    call, back = STOPS[name]
    if name == "am":
        mail = sides.path.parent / "mail"
        mail.write_text(sides.git("format-patch", "-1", "--stdout", "theirs") + "\n")
        call = (*call[:-1], str(mail))
    if name == "stash pop":
        sides.git("switch", "-q", "theirs")
        sides.git("reset", "-q", "--soft", "HEAD^")
        sides.git("stash", "push", "-q")
        sides.git("switch", "-q", "ours")
    done = sides.run("git", "-c", "core.hooksPath=/dev/null", *call, environ=sides.without)
    assert done.returncode != 0
    assert "onflict" in done.stdout + done.stderr
    text = sides.text()
    assert "<<<<<<< ours\n" in text
    for line in ("  - sso", "  - vip", "ours", "theirs"):
        assert f"{line}\n" in text
    sides.git(*back)
    assert sides.text() == OURS


# A bug, a Python that cannot begin, a killed one; and one that a shell finds and cannot start.
GRIEF = ("exit 70", "exit 1", "kill -9 $$", "exit 2", "exec /nowhere/python")


@pytest.mark.parametrize("end", GRIEF)
def test_when_gitdesk_comes_to_grief_git_merges_lines(sides: Sides, end: str) -> None:
    sides.part(OURS, BASE.replace("high", "low"))
    (Path(sides.environ["PATH"].partition(":")[0]) / "gitdesk").write_text(f"#!/bin/sh\n{end}\n")
    sides.git("merge", "-q", "--no-edit", "theirs")
    assert sides.text() == OURS.replace("high", "low")


@pytest.mark.parametrize("end", GRIEF)
def test_when_gitdesk_comes_to_grief_a_conflict_has_both_sides_in_the_file(sides: Sides, end: str) -> None:
    sides.part(OURS, THEIRS)
    (Path(sides.environ["PATH"].partition(":")[0]) / "gitdesk").write_text(f"#!/bin/sh\n{end}\n")
    assert sides.run("git", "merge", "theirs").returncode == 1
    text = sides.text()
    assert "<<<<<<< ours\n" in text
    for line in ("  - sso", "  - vip", "ours", "theirs"):
        assert f"{line}\n" in text


def test_the_driver_is_called_as_git_does(sides: Sides, tmp_path: Path) -> None:
    names = [str(tmp_path / name) for name in ("base", "ours", "theirs")]
    for name, text in zip(names, (BASE, OURS, THEIRS), strict=True):
        Path(name).write_text(text)
    done = sides.run(sys.executable, "-m", "gitdesk", "merge-driver", "--", *names, "7", PATH)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [Path(name).read_text() for name in names] == [BASE, BOTH, THEIRS]
    done = sides.run(sys.executable, "-m", "gitdesk", "merge-driver", "nothing", *names[1:])
    assert done.returncode == 5
    assert "nothing" in done.stderr


def test_a_conflict_ends_the_driver_as_nothing_else_ends(sides: Sides, tmp_path: Path) -> None:
    names = [str(tmp_path / name) for name in ("base", "ours", "theirs")]
    for name, text in zip(
        names, (BASE, BASE.replace("high", "low"), BASE.replace("high", "urgent")), strict=True
    ):
        Path(name).write_text(text)
    done = sides.run(sys.executable, "-m", "gitdesk", "merge-driver", "--", *names, "7", PATH)
    assert done.returncode == merge_file.STATUS_OF_CONFLICT == 8
    assert (
        "<<<<<<< ours\npriority: low\n=======\npriority: urgent\n>>>>>>> theirs\n"
        in Path(names[1]).read_text()
    )


def test_a_full_disk_ends_the_driver_in_words_and_leaves_our_side_as_it_was(
    sides: Sides, tmp_path: Path
) -> None:
    names = [str(tmp_path / name) for name in ("base", "ours", "theirs")]
    for name, text in zip(names, (BASE, OURS, THEIRS), strict=True):
        Path(name).write_text(text)
    call = 'ulimit -f 0; exec "$@"'  # no file may have a byte, so no folder for temporary files is found
    done = sides.run(
        "sh", "-c", call, "sh", sys.executable, "-m", "gitdesk", "merge-driver", *names, "7", PATH
    )
    assert done.returncode == 6
    assert "no temporary file can be made: no usable temporary directory found" in done.stderr
    assert "Traceback" not in done.stderr
    assert [Path(name).read_text() for name in names] == [BASE, OURS, THEIRS]
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["base", "ours", "theirs"]


def test_hunks_are_headed_by_the_key_or_the_message_they_are_in(sides: Sides) -> None:
    sides.commit(BOTH, "base")
    (sides.path / PATH).write_text(BOTH.replace("  - vip", "  - vips").replace("theirs\n", "them\n"))
    heads = [line for line in sides.git("diff", "-U0").splitlines() if line.startswith("@@")]
    assert [head.rpartition("@@ ")[2] for head in heads] == [
        "tags:", "### 2026-11-22T11:00:00Z · note · Bo <b@a.example>",
    ]  # fmt: skip
