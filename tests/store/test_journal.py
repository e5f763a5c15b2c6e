"""The journal of a killed writer acts on its own clone, and on nothing that somebody else may have written into it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from pathlib import Path

import pytest
from repository import GitRepository, RepoFactory

from gitdesk.errors import SetupError
from gitdesk.store import journal, ref_update, write
from gitdesk.store.git import Repo
from gitdesk.store.identity import Identity, parse_date
from gitdesk.store.read import branch_location

TICKET, OTHER, NEW = "tickets/7K/GD-7K3QX4M2.md", "tickets/7K/GD-7K99999B.md", "tickets/AA/GD-AA000000.md"
CHANGE: dict[str, bytes | None] = {TICKET: b"two\n", OTHER: None, NEW: b"new\n"}


def commit(path: Path, files: dict[str, bytes | None]) -> None:
    at = parse_date("1795338843 +0000")
    assert at is not None
    who = Identity(name="Iva Kralj", email="iva@acme.example", at=at)
    with (
        Repo.discover(str(path), os.environ) as repo,
        write.turn(repo, branch_location(repo, "main", "")) as turn,
    ):
        turn.commit(files, "ours", who, who)


def take_turn(path: Path) -> None:
    with Repo.discover(str(path), os.environ) as repo, write.turn(repo, branch_location(repo, "main", "")):
        pass


def killed_before_the_branch_moves(path: Path) -> None:
    child = os.fork()
    if not child:
        ref_update.FileMove.commit = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
        try:
            commit(path, CHANGE)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


@pytest.fixture
def desk(repo: RepoFactory) -> GitRepository:
    made = repo()
    made.commit({"gitdesk.yaml": "desk:\n", TICKET: "one\n", OTHER: "other\n"})
    return made


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def is_whole(made: GitRepository) -> bool:
    return made.status() == "" and made.file(TICKET) == "two" and made.tip("HEAD^") != ""


@pytest.mark.parametrize("how", ["copied", "moved", "moved to where another one is now"])
def test_a_journal_acts_on_the_clone_it_is_in_and_not_on_the_one_it_was_written_in(
    desk: GitRepository, tmp_path: Path, how: str
) -> None:
    killed_before_the_branch_moves(desk.path)
    other = GitRepository(tmp_path / "other")
    if how == "copied":
        shutil.copytree(desk.path, other.path, symlinks=True)
    else:
        shutil.move(desk.path, other.path)
    if how.endswith("now"):
        desk.path.mkdir()
        desk.git("init", "-q")
        desk.commit({"gitdesk.yaml": "desk:\n", TICKET: "one\n", OTHER: "other\n"})
    before = everything_in(desk.path) if desk.path.exists() else {}
    take_turn(other.path)
    assert (everything_in(desk.path) if desk.path.exists() else {}) == before
    assert is_whole(other)
    if how == "copied":
        take_turn(desk.path)
        assert is_whole(desk)


def test_a_journal_of_a_linked_work_tree_does_not_reach_out_of_a_copied_clone(
    desk: GitRepository, tmp_path: Path
) -> None:
    desk.git("checkout", "-q", "-b", "code")
    linked = GitRepository(tmp_path / "linked")
    desk.git("worktree", "add", "-q", str(linked.path), "main")
    killed_before_the_branch_moves(linked.path)
    copy = GitRepository(tmp_path / "copy")
    shutil.copytree(desk.path, copy.path, symlinks=True)
    before = everything_in(linked.path)
    take_turn(copy.path)
    assert everything_in(linked.path) == before
    assert copy.file(TICKET, "main") == "two"
    take_turn(desk.path)
    assert is_whole(linked)


def test_a_work_tree_that_does_not_know_the_clone_is_not_written(desk: GitRepository, tmp_path: Path) -> None:
    """A clone that names somebody's folder as a work tree of its own; Git follows such a name only from there."""
    desk.git("checkout", "-q", "-b", "code")
    desk.git("worktree", "add", "-q", str(tmp_path / "linked"), "main")
    home = tmp_path / "home"
    (home / "tickets/7K").mkdir(parents=True)
    (home / TICKET).write_bytes(b"one\n")
    (home / ".git").write_text("gitdir: elsewhere\n")
    (desk.path / ".git/worktrees/linked/gitdir").write_text(f"{home}/.git\n")
    shutil.rmtree(tmp_path / "linked")
    commit(desk.path, {TICKET: b"two\n"})
    assert (home / TICKET).read_bytes() == b"one\n"
    assert desk.file(TICKET, "main") == "two"


def planted(desk: GitRepository, **changed: object) -> None:
    """Writes the journal of a commit that waits to land, with something in it that no gitdesk has written."""
    base = desk.tip("main")
    desk.commit({TICKET: "planted\n"})
    new = desk.tip("main")
    desk.git("reset", "-q", "--hard", base)
    oids = [desk.git("rev-parse", f"{name}:{TICKET}") for name in (base, new)]
    parts = {"ref": "refs/heads/main", "old": base, "new": new, "why": "x", "who": "A <a@b> 1 +0000"}
    parts |= {"checkout": ".", "paths": ((TICKET, *oids),)}
    folder = desk.path / ".git" / "gitdesk"
    folder.mkdir(exist_ok=True)
    journal.write(str(folder / "journal"), journal.Entry(**(parts | changed)))  # type: ignore[arg-type]


def test_a_journal_as_we_write_it_is_carried_out(desk: GitRepository) -> None:
    planted(desk)
    take_turn(desk.path)
    assert desk.file(TICKET) == (desk.path / TICKET).read_text().strip() == "planted"
    assert desk.status() == ""


_ID = "1" * 40


@pytest.mark.parametrize(
    "changed",
    [
        {"checkout": "/"},
        {"checkout": "../../outside"},
        {"checkout": "worktrees/../../../outside"},
        {"checkout": "worktrees/gone/../.."},
        {"ref": "refs/heads/../../../../outside/index"},
        {"ref": "/outside"},
        {"ref": "HEAD"},
        {"ref": "refs/heads/x\ndelete refs/heads/main"},
        {"old": "rubbish"},
        {"new": "-x"},
        {"new": _ID + "\n"},
        {"who": "A <a@b> 1 +0000\n" + "x" * 40},
        {"paths": (("../outside/note", "", _ID),)},
        {"paths": (("/outside/note", "", _ID),)},
        {"paths": (("tickets/../../outside/note", "", _ID),)},
        {"paths": (("tickets/.git/hooks/pre-commit", "", _ID),)},
        {"paths": ((".git/config", "", _ID),)},
        {"paths": (("src/.GIT/config", "", _ID),)},
        {"paths": (("tickets//x", "", _ID),)},
        {"paths": (("", "", _ID),)},
        {"paths": ((TICKET, "", "x"),)},
    ],
    ids=str,
)
def test_a_journal_that_we_could_not_have_written_is_put_aside_and_said(
    desk: GitRepository, tmp_path: Path, capfd: pytest.CaptureFixture[str], changed: dict[str, object]
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "note").write_text("mine")
    (outside / "index.lock").write_bytes(
        b"gitdesk holds this lock; if it was killed, its next command takes it away\n"
    )
    planted(desk, **changed)
    tip, before = desk.tip(), everything_in(outside)
    take_turn(desk.path)
    assert everything_in(outside) == before
    assert desk.tip() == tip
    assert desk.status() == ""
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("warning: ")
    assert "journal" in said
    assert not (desk.path / ".git/gitdesk/journal").exists()
    assert (desk.path / ".git/gitdesk/journal.aside").exists()
    commit(desk.path, {TICKET: b"three\n"})
    assert capfd.readouterr().err == ""


def test_a_link_on_the_way_to_a_path_of_the_journal_is_not_followed(
    desk: GitRepository, tmp_path: Path
) -> None:
    planted(desk)
    outside = tmp_path / "outside"
    shutil.move(desk.path / "tickets/7K", outside)
    (desk.path / "tickets/7K").symlink_to(outside)
    before = everything_in(outside)
    take_turn(desk.path)
    assert everything_in(outside) == before


def make_folder(path: Path) -> None:
    path.mkdir()
    (path / "x").write_text("x")


def make_loop(path: Path) -> None:
    path.symlink_to(path.name)


@pytest.mark.parametrize(
    "make", [make_folder, make_loop, os.mkfifo, Path.touch], ids=lambda make: make.__name__
)
def test_a_journal_that_is_no_file_with_something_in_it_stops_nobody(
    desk: GitRepository, capfd: pytest.CaptureFixture[str], make: object
) -> None:
    (desk.path / ".git" / "gitdesk").mkdir(exist_ok=True)
    for _ in range(2):
        make(desk.path / ".git" / "gitdesk" / "journal")  # type: ignore[operator]
        commit(desk.path, {TICKET: os.urandom(4).hex().encode()})
        assert capfd.readouterr().err.count("\n") == 1
    assert desk.status() == ""


@pytest.mark.parametrize("name", ["journal.new", "mark.new", "commits", "lock", "branch"])
def test_a_planted_link_among_our_own_files_leads_nowhere(
    desk: GitRepository, tmp_path: Path, name: str
) -> None:
    folder = desk.path / ".git" / "gitdesk"
    folder.mkdir(exist_ok=True)
    victim = tmp_path / "victim"
    victim.write_bytes(b"x" * 2000)
    (folder / name).symlink_to(victim)
    with pytest.raises(SetupError) if name == "lock" else contextlib.nullcontext():
        commit(desk.path, {TICKET: b"two\n"})
    assert victim.read_bytes() == b"x" * 2000


def test_a_planted_link_in_place_of_gits_new_index_leads_nowhere(desk: GitRepository, tmp_path: Path) -> None:
    desk.git("update-index", "--split-index")
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (desk.path / ".git" / "gitdesk-index").symlink_to(victim)
    commit(desk.path, {TICKET: b"two\n"})
    assert victim.read_bytes() == b"mine"
    assert desk.status() == ""


def test_a_users_file_that_is_called_almost_like_ours_stays(desk: GitRepository) -> None:
    (desk.path / "gitdesk-file-notes.txt").write_text("mine")
    (desk.path / "gitdesk-file-1").mkdir()
    killed_before_the_branch_moves(desk.path)
    take_turn(desk.path)
    assert (desk.path / "gitdesk-file-notes.txt").read_text() == "mine"
    assert desk.file(TICKET) == "two"
