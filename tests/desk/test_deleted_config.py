"""A desk whose gitdesk.yaml was deleted: hooks refuse it, who reads goes on, and nobody makes a second desk of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gitdesk.desk import Why
from gitdesk.desk.founding import found_desk
from gitdesk.desk.plan import Step
from gitdesk.domain.edit import Assign
from gitdesk.errors import Refused, SetupError, Unreadable

from .conftest import NOW, Place
from .hooked import Hooked
from .test_standing_in import head, reading

GONE = "the file is deleted, and without it there is no desk"


@pytest.fixture
def desk(place: Place) -> Hooked:
    """Returns a desk with a ticket, on a server that has judged the first push."""
    hooked = Hooked.of(place)
    hooked.ticket()
    hooked.serve()
    hooked.gitdesk("hooks", "install")
    assert hooked.push("main").returncode == 0
    return hooked


def delete(desk: Hooked) -> str:
    """Deletes gitdesk.yaml past the hooks and returns the commit."""
    desk.git("rm", "-q", "gitdesk.yaml")
    desk.git("commit", "-qm", "no more rules")
    return head(desk.place)


def test_pre_commit_refuses_the_deletion_and_says_how_the_file_comes_back(desk: Hooked) -> None:
    desk.git("rm", "-q", "gitdesk.yaml")
    done = desk.run("git", "commit", "-qm", "no more rules")
    assert done.returncode != 0
    assert f"gitdesk.yaml: C005 error {GONE}" in done.stdout + done.stderr
    desk.git("restore", "--staged", "--worktree", "--source=HEAD", ":/gitdesk.yaml")
    assert desk.git("status", "--porcelain") == ""


def test_pre_commit_refuses_a_link_in_its_place(desk: Hooked) -> None:
    (desk.path / "gitdesk.yaml").rename(desk.path / "other.yaml")
    (desk.path / "gitdesk.yaml").symlink_to("other.yaml")
    desk.git("add", "-A")
    done = desk.run("git", "commit", "-qm", "a link")
    assert (done.returncode != 0, "C005 error no plain file" in done.stdout + done.stderr) == (True, True)


@pytest.mark.parametrize("way", [(), ("--no-verify",)], ids=["pre-push", "pre-receive"])
def test_no_push_brings_the_deletion_in(desk: Hooked, way: tuple[str, ...]) -> None:
    before, deletion = desk.tip(), delete(desk)
    done = desk.run("git", "push", *way, "origin", "main")
    assert (done.returncode != 0, desk.tip()) == (True, before)
    assert f"{GONE} (commit {deletion[:10]})" in done.stderr
    assert f"git rebase -i {deletion[:10]}^" in done.stderr


def test_pre_push_refuses_a_branch_that_threw_the_whole_desk_away(desk: Hooked) -> None:
    desk.git("rm", "-rq", "gitdesk.yaml", "tickets")
    desk.git("commit", "-qm", "no more desk")
    assert GONE in desk.run("git", "push", "origin", "main").stderr
    assert desk.run("git", "push", "origin", "main:refs/heads/code").returncode == 0


def test_a_deletion_that_was_taken_back_is_told_to_leave_history_too(desk: Hooked) -> None:
    deletion = delete(desk)
    desk.git("checkout", f"{deletion[:10]}^", "--", ":/gitdesk.yaml")
    assert desk.run("git", "commit", "-qm", "back").returncode == 0
    done = desk.push("main")
    assert "gitdesk.yaml is right by now, but this commit is not" in done.stderr
    assert "as `fixup`, or `drop` both" in done.stderr


def test_a_server_that_lost_it_takes_it_back_and_nothing_else(desk: Hooked) -> None:
    deletion = delete(desk)
    desk.git(
        "push",
        "--no-verify",
        "--receive-pack=git -c core.hooksPath=/dev/null receive-pack",
        "origin",
        "main",
    )
    assert desk.tip() == deletion
    file = next((desk.path / "tickets").rglob("*.md"))
    desk.edit(file, "priority: normal", "priority: high")
    done = desk.push("main")
    assert done.returncode != 0
    assert "the file was deleted in commit" in done.stderr
    desk.git("checkout", f"{deletion}^", "--", "gitdesk.yaml")
    desk.git("commit", "-qm", "back")
    done = desk.push("main")
    assert done.returncode == 0, done.stderr


def test_who_reads_goes_by_the_version_before_and_who_writes_is_told_the_way_back(desk: Hooked) -> None:
    before, deletion = head(desk.place), delete(desk)
    opened, told = reading(desk.place)
    with opened:
        assert [row[0] for row in opened.sql("SELECT category FROM tickets")[1]] == ["new"]
        assert opened.config_commit == before
        assert [(one.commit, one.deletion) for one in told] == [(before, deletion)]
        assert told[0].warning.startswith(
            f"gitdesk.yaml: C005 the file was deleted in commit {deletion[:10]}, so"
        )
        [ticket] = opened.select("is:new")
        with pytest.raises(Unreadable) as refused:
            opened.change([Step(ticket_id=ticket, edit=Assign(assignee="iva"))], Why())
    way = f"`git checkout {deletion[:10]}^ -- :/gitdesk.yaml` and `git commit` bring it back"
    assert refused.value.hint == way
    assert told[0].way_out.startswith(way)
    again, told = reading(desk.place)
    with again:
        assert (again.config.name, told[0].deletion) == ("acme", deletion)  # as it was kept
    assert desk.place.gitdesk("check").returncode == 1
    (desk.path / "sub").mkdir()
    desk.run("git", "checkout", f"{deletion[:10]}^", "--", ":/gitdesk.yaml", cwd=desk.path / "sub")
    assert desk.run("git", "commit", "-qm", "back").returncode == 0
    assert desk.place.gitdesk("check").returncode == 0


def test_no_second_desk_is_made_of_the_tickets(desk: Hooked) -> None:
    deletion, words = delete(desk), {"prefix": None, "name": None, "branch": None}
    for template in (None, str(desk.path.parent / "own.yaml")):
        Path(desk.path.parent / "own.yaml").write_text(desk.git("show", "HEAD^:gitdesk.yaml"))
        with pytest.raises(Refused, match=f"deleted in commit {deletion[:10]}") as refused:
            found_desk(str(desk.path), desk.place.environ, now=NOW, template=template, **words)
        assert f"git checkout {deletion[:10]}^" in str(refused.value.hint)
    assert head(desk.place) == deletion


def test_tickets_without_history_need_the_file_they_were_made_by(desk: Hooked) -> None:
    own = desk.path.parent / "own.yaml"
    own.write_bytes((desk.path / "gitdesk.yaml").read_bytes())
    desk.git("switch", "-q", "--orphan", "fresh")
    desk.git("checkout", "main", "--", "tickets")
    desk.git("commit", "-qm", "tickets alone")
    words = {"prefix": None, "name": None, "branch": None}
    with pytest.raises(Refused, match="would not fit") as refused:
        found_desk(str(desk.path), desk.place.environ, now=NOW, template=None, **words)
    assert "--from FILE" in str(refused.value.hint)
    made = found_desk(str(desk.path), desk.place.environ, now=NOW, template=str(own), **words)
    assert made.branch == "fresh"
    assert made.remarks == ()  # our own hooks are no hooks of somebody else


def test_code_that_once_held_a_desk_is_none(desk: Hooked) -> None:
    desk.git("switch", "-qc", "code")
    desk.git("rm", "-rq", "gitdesk.yaml", "tickets")
    (desk.path / "tickets").mkdir()
    (desk.path / "tickets" / "sell.py").write_text("print('sold')\n")
    desk.git("add", "-A")
    desk.git("commit", "-qm", "only code")
    with pytest.raises(SetupError, match="not a desk"):
        desk.place.open()
    (desk.path / "more.py").write_text("")
    desk.git("add", "-A")
    assert desk.run("git", "commit", "-qm", "more").returncode == 0
    desk.git("branch", "desk", "main")
    with desk.place.open() as opened:
        assert opened.location.branch == "desk"


def test_a_desk_on_a_branch_of_its_own_goes_before_one_that_was_deleted(desk: Hooked) -> None:
    desk.git("branch", "desk", "main")
    deletion = delete(desk)
    with desk.place.open() as opened:
        assert opened.location.branch == "desk"
    desk.git("branch", "-D", "desk")
    with desk.place.open() as opened:
        assert (opened.location.branch, opened.tip) == ("main", deletion)


def test_a_refusal_to_write_names_code_and_commit_and_the_changes_that_wait(desk: Hooked) -> None:
    file = desk.path / "gitdesk.yaml"
    desk.edit(file, "category: new", "category: nwe")
    words = [sys.executable, "-m", "gitdesk", "new", "x", "-m", "x"]
    done = subprocess.run(words, cwd=desk.path, env=desk.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 5
    assert 'C004 unknown category "nwe"' in done.stderr
    assert "in the file of the last commit" in done.stderr
    assert "amend the commit while it is not pushed, else mend it in a new one" in done.stderr
    file.write_text(file.read_text().replace("category: nwe", "category: new"))
    done = subprocess.run(words, cwd=desk.path, env=desk.environ, capture_output=True, text=True, check=False)
    assert "in the work tree has changes that are not committed" in done.stderr
