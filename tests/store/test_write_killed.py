"""A writer killed at any moment leaves a desk that works, and whoever comes next finishes or takes back its commit."""

from __future__ import annotations

import builtins
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from repository import GitRepository, RepoFactory

from gitdesk.store import read, ref_update, write
from gitdesk.store.git import Repo
from gitdesk.store.identity import Identity, parse_date
from gitdesk.store.plan import Touched
from gitdesk.store.worktree import WorkTree

TICKET, OTHER, NEW = "tickets/7K/GD-7K3QX4M2.md", "tickets/7K/GD-7K99999B.md", "tickets/AA/GD-AA000000.md"
CHANGE: dict[str, bytes | None] = {TICKET: b"two\n", OTHER: None, NEW: b"new\n"}
_CALLS = (
    "open",
    "rename",
    "link",
    "unlink",
    "write",
    "pwrite",
    "mkdir",
    "rmdir",
    "utime",
    "ftruncate",
    "fsync",
)


def who() -> Identity:
    at = parse_date("1795338843 +0000")
    assert at is not None
    return Identity(name="Iva Kralj", email="iva@acme.example", at=at)


def commit(made: GitRepository, files: Mapping[str, bytes | None]) -> None:
    with Repo.discover(str(made.path), os.environ) as repo:
        location = read.branch_location(repo, "main", "")
        with write.turn(repo, location) as turn:
            turn.commit(files, "ours", who(), who())


def die_at(number: int) -> None:
    """Makes this process kill itself at the given call that touches the disk."""
    left = [number]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return call

    for name in _CALLS:
        setattr(os, name, counted(getattr(os, name)))
    builtins.open = counted(builtins.open)


def killed_at(number: int, made: GitRepository, files: Mapping[str, bytes | None]) -> bool:
    """Runs a commit in a process that dies at a call; False when the commit needed fewer calls."""
    child = os.fork()
    if not child:
        try:
            die_at(number)
            commit(made, files)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def assert_in_order(made: GitRepository) -> None:
    assert made.status() == ""
    assert made.git("fsck", "--strict", "--no-dangling") == ""
    assert made.git("write-tree") == made.git("rev-parse", "HEAD^{tree}")
    names = [path.name for path in made.path.rglob("*")]
    assert not [name for name in names if name.endswith(".lock") or name.startswith("gitdesk-")]
    assert not (made.path / ".git" / "gitdesk" / "journal").exists()


@pytest.mark.parametrize("kind", ["plain", "version 4", "moved by Git", "bare"])
def test_killed_at_any_call_a_commit_is_completed_or_leaves_no_trace(
    repo: RepoFactory, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = repo("desk")
    made.commit({"gitdesk.yaml": "desk:\n", TICKET: "one\n", OTHER: "other\n", "src/x": "x"})
    if kind == "version 4":
        made.git("update-index", "--index-version", "4")
    elif kind == "moved by Git":
        monkeypatch.setattr(ref_update, "kind_of_move", lambda *_: ref_update.GitMove)
    elif kind == "bare":
        made.git("checkout", "-q", "-b", "code")
    start = made.tip("main")
    number, landed, undone = 0, 0, 0
    step = {"plain": 2, "bare": 3}.get(kind, 7)
    while killed_at(number := number + step, made, CHANGE):
        commit(made, {"tickets/ZZ/next.md": b"%d\n" % number})
        between = made.git("log", "--format=%s", f"{start}..main").split("\n")
        assert between in (["ours"], ["ours", "ours"])
        landed += len(between) - 1
        undone += 2 - len(between)
        made.git("show", f"main:{TICKET}")
        expected = ("two", "new") if len(between) == 2 else ("one", "")
        assert (made.file(TICKET, "main"), made.git("show", f"main:{NEW}", check=False)) == expected
        assert_in_order(made)
        if kind == "bare":
            made.git("update-ref", "refs/heads/main", start)
        else:
            made.git("reset", "-q", "--hard", start)
    assert landed
    assert undone
    assert number > 20


def killed_after_index(made: GitRepository) -> None:
    """Leaves a desk whose index and files show a commit that the branch does not have yet."""
    child = os.fork()
    if not child:
        ref_update.FileMove.commit = lambda _: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
        try:
            commit(made, CHANGE)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


@pytest.fixture
def broken(repo: RepoFactory) -> GitRepository:
    made = repo()
    made.commit({"gitdesk.yaml": "desk:\n", TICKET: "one\n", OTHER: "other\n"})
    killed_after_index(made)
    return made


def test_what_is_left_is_told_and_readers_still_read_the_old_tip(broken: GitRepository) -> None:
    repo = Repo.discover(str(broken.path), os.environ)
    assert write.is_pending(repo)
    location = read.locate(repo, os.environ)
    assert location.tip is not None
    assert read.find_file(repo, location.tip, TICKET) == b"one\n"


def test_git_cannot_commit_a_half_way_state(broken: GitRepository) -> None:
    broken.git("commit", "-q", "-m", "by hand", check=False)
    assert broken.git("log", "--format=%s") == "a commit"


def test_the_next_turn_completes_it(broken: GitRepository) -> None:
    repo = Repo.discover(str(broken.path), os.environ)
    with write.turn(repo, read.locate(repo, os.environ)) as turn:
        assert turn.tip == broken.tip()
    assert not write.is_pending(repo)
    assert broken.git("log", "--format=%s") == "ours\na commit"
    assert_in_order(broken)


def test_what_a_person_has_edited_meanwhile_stays(broken: GitRepository) -> None:
    broken.write({TICKET: "by hand\n"})
    repo = Repo.discover(str(broken.path), os.environ)
    with write.turn(repo, read.locate(repo, os.environ)):
        pass
    assert broken.file(TICKET) == "two"
    assert (broken.path / TICKET).read_text() == "by hand\n"
    assert broken.status() == f" M {TICKET}"


def test_a_commit_that_a_person_has_overtaken_is_taken_back(broken: GitRepository) -> None:
    for name in ("index.lock", "refs/heads/main.lock"):
        (broken.path / ".git" / name).unlink()
    tree = broken.git("rev-parse", "HEAD^{tree}")
    theirs = broken.git("commit-tree", tree, "-p", "HEAD", "-m", "theirs")
    broken.git("update-ref", "refs/heads/main", theirs)
    repo = Repo.discover(str(broken.path), os.environ)
    with write.turn(repo, read.locate(repo, os.environ)) as turn:
        assert turn.tip == theirs
    assert (broken.path / TICKET).read_text() == "one\n"
    assert (broken.path / OTHER).read_text() == "other\n"
    assert not (broken.path / NEW).exists()
    assert_in_order(broken)


def test_a_work_tree_that_has_gone_or_moved_on_is_left_alone(broken: GitRepository) -> None:
    for name in ("index.lock", "refs/heads/main.lock"):
        (broken.path / ".git" / name).unlink()
    broken.git("checkout", "-q", "-b", "elsewhere")
    repo = Repo.discover(str(broken.path), os.environ)
    before = broken.status()
    with write.turn(repo, read.branch_location(repo, "main", "")):
        pass
    assert broken.status() == before
    assert broken.file(TICKET, "main") == "two"


def test_a_journal_that_cannot_be_read_stops_nobody(broken: GitRepository) -> None:
    (broken.path / ".git" / "gitdesk" / "journal").write_bytes(b"rubbish")
    for name in ("index.lock", "refs/heads/main.lock"):
        (broken.path / ".git" / name).unlink()
    broken.git("reset", "-q", "--hard")
    commit(broken, {"tickets/ZZ/next.md": b"x\n"})
    assert broken.git("log", "-1", "--format=%s") == "ours"


def test_an_interrupted_turn_cleans_up_at_once(repo: RepoFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    made = repo()
    made.commit({"gitdesk.yaml": "desk:\n", TICKET: "one\n", OTHER: "other\n"})

    follow = WorkTree.follow

    def interrupt(self: WorkTree, touched: Sequence[Touched]) -> None:
        monkeypatch.setattr(WorkTree, "follow", follow)
        raise KeyboardInterrupt

    monkeypatch.setattr(WorkTree, "follow", interrupt)
    with pytest.raises(KeyboardInterrupt):
        commit(made, CHANGE)
    assert_in_order(made)
