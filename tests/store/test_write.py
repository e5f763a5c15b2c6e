"""A commit lands whole or not at all, touches only its own paths, and Git finds nothing to complain about."""

from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repository import GitRepository, RepoFactory

from gitdesk.errors import Conflict, GitdeskError, Refused, SetupError, UsageError
from gitdesk.store import housekeeping, lock, object_writer, read, write
from gitdesk.store.git import Repo
from gitdesk.store.identity import Identity
from gitdesk.store.index_file import IndexFile
from gitdesk.store.write import Moved

NOW = datetime(2026, 11, 22, 9, 14, 3, tzinfo=UTC)
WHO = Identity(name="Iva Kralj", email="iva@acme.example", at=NOW)
TICKET, OTHER = "tickets/7K/GD-7K3QX4M2.md", "tickets/7K/GD-7K99999B.md"
DESK: dict[str, str | bytes | None] = {
    "gitdesk.yaml": "desk:\n  name: Acme\n",
    TICKET: "one\n",
    OTHER: "other\n",
    "src/main.py": "print()\n",
}


def open_at(made: GitRepository | Path, **env: str) -> tuple[Repo, read.Location]:
    environ = {**os.environ, **env}
    repo = Repo.discover(str(getattr(made, "path", made)), environ)
    return repo, read.locate(repo, environ)


def change(
    made: GitRepository | Path,
    files: Mapping[str, bytes | None],
    message: str = "GD-7K3QX4M2: status open → waiting",
    *,
    sign: bool | None = None,
    **env: str,
) -> str:
    repo, location = open_at(made, **env)
    with repo, write.turn(repo, location) as turn:
        return turn.commit(files, message, WHO, WHO, sign=sign)


def assert_sound(made: GitRepository) -> None:
    assert made.git("fsck", "--strict", "--no-dangling") == ""
    left = [
        path
        for path in made.path.rglob("*")
        if path.name.endswith(".lock") or path.name.startswith("gitdesk-")
    ]
    assert left == []


@pytest.fixture
def desk(repo: RepoFactory) -> GitRepository:
    made = repo()
    made.commit(DESK)
    return made


def test_a_commit_changes_file_index_and_branch_and_leaves_everything_clean(desk: GitRepository) -> None:
    before = desk.tip()
    new = change(desk, {TICKET: b"two\n", "tickets/ZZ/GD-ZZ000000.md": b"new\n", OTHER: None})
    assert desk.tip() == new
    assert desk.git("rev-parse", "HEAD^") == before
    assert desk.git("show", "--format=", "--name-status", "HEAD").split("\n") == [
        f"M\t{TICKET}",
        f"D\t{OTHER}",
        "A\ttickets/ZZ/GD-ZZ000000.md",
    ]
    assert (desk.path / TICKET).read_text() == "two\n"
    assert not (desk.path / OTHER).exists()
    assert desk.status() == ""
    assert_sound(desk)


def test_the_commit_says_who_when_and_why_and_so_does_the_reflog(desk: GitRepository) -> None:
    change(desk, {TICKET: b"two\n"}, "GD-7K: zażółć → ok\n\nBecause.\n\nApproved-by: Ana\n")
    assert desk.git("log", "-1", "--format=%an|%ae|%ai|%cn|%B") == (
        "Iva Kralj|iva@acme.example|2026-11-22 09:14:03 +0000|Iva Kralj|"
        "GD-7K: zażółć → ok\n\nBecause.\n\nApproved-by: Ana"
    )
    expected = "gitdesk: GD-7K: zażółć → ok"
    assert desk.git("log", "-g", "-1", "--format=%gs", "HEAD") == expected
    assert desk.git("log", "-g", "-1", "--format=%gs", "main") == expected
    assert desk.tip("main@{1}") == desk.tip("HEAD@{1}") == desk.tip("HEAD^")


def test_what_is_staged_changed_or_new_elsewhere_is_neither_swept_up_nor_touched(desk: GitRepository) -> None:
    desk.write({"src/main.py": "staged\n", "new.txt": "staged new\n"})
    desk.git("add", "src/main.py", "new.txt")
    desk.write({"src/main.py": "changed again\n", OTHER: "edited\n", "untracked.txt": "u"})
    before = desk.status()
    change(desk, {TICKET: b"two\n"})
    assert desk.status() == before
    assert desk.git("show", "--format=", "--name-only", "HEAD") == TICKET
    assert desk.git("show", ":src/main.py") == "staged"
    assert desk.git("write-tree") != desk.git("rev-parse", "HEAD^{tree}")
    desk.git("commit", "-q", "-m", "theirs")
    assert desk.git("show", "--format=", "--name-only", "HEAD").split("\n") == ["new.txt", "src/main.py"]
    assert_sound(desk)


@pytest.mark.parametrize("hash_name", ["sha1", "sha256"])
@pytest.mark.parametrize("version", ["2", "3", "4"])
def test_every_kind_of_index_follows(repo: RepoFactory, hash_name: str, version: str) -> None:
    made = repo("desk", f"--object-format={hash_name}")
    made.commit(DESK)
    if version == "3":
        made.write({"later.txt": "x"})
        made.git("add", "--intent-to-add", "later.txt")
    else:
        made.git("update-index", "--index-version", version)
    before = made.status()
    change(made, {TICKET: b"two\n", OTHER: None, "tickets/AA/new.md": b"n\n"})
    assert made.status() == before
    assert_sound(made)


@pytest.mark.parametrize(
    "prepare",
    [
        ("update-index", "--split-index"),
        ("update-index", "--untracked-cache"),
        ("config", "index.threads", "true"),
        ("config", "index.skipHash", "true"),
        ("config", "feature.manyFiles", "true"),
        ("config", "core.untrackedCache", "true"),
    ],
    ids=" ".join,
)
def test_an_index_with_extensions_follows(desk: GitRepository, prepare: tuple[str, ...]) -> None:
    desk.git(*prepare)
    desk.commit({f"tickets/7K/{number}.md": "x" for number in range(30)})
    desk.status()
    change(desk, {TICKET: b"two\n"})
    assert desk.status() == ""
    change(desk, {OTHER: None, "tickets/AA/new.md": b"n\n"})
    assert desk.status() == ""
    desk.write({"tickets/AA/unknown.md": "u"})
    assert desk.status() == "?? tickets/AA/unknown.md"
    assert_sound(desk)


def test_git_commits_the_right_tree_after_us(desk: GitRepository) -> None:
    """The index's cache of trees is taken over: were it wrong, the next plain commit would be."""
    desk.status()
    change(desk, {TICKET: b"two\n"})
    change(desk, {"tickets/AA/1.md": b"new folder\n", "tickets/7K/new.md": b"new file\n"})
    change(desk, {"tickets/AA/1.md": None, OTHER: None})
    assert desk.git("write-tree") == desk.git("rev-parse", "HEAD^{tree}")
    desk.commit({"src/main.py": "changed\n"})
    assert desk.git("show", "--format=", "--name-only", "HEAD") == "src/main.py"
    desk.git("rm", "-q", "--cached", "-r", "tickets")
    desk.git("reset", "-q")
    assert desk.status() == ""


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_any_sequence_of_changes_leaves_work_tree_index_and_tip_equal(
    seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(seed)
    made = GitRepository(tmp_path_factory.mktemp("any"))
    made.git("init", "-q")
    made.commit({"gitdesk.yaml": "x\n", "a/b": "1", "tickets.md": "2", "tickets/7K-/x": "3"})
    names = [
        f"tickets/{folder}/{name}"
        for folder in ("7K", "7", "K7", "ZZ")
        for name in ("a.md", "a-b.md", "b/c", "é")
    ]
    expected: dict[str, bytes] = {}
    for _ in range(6):
        files: dict[str, bytes | None] = {}
        for name in chance.sample(names, chance.randint(1, 6)):
            files[name] = (
                None if name in expected and chance.random() < 0.4 else os.urandom(chance.randint(0, 9))
            )
        if all(expected.get(name) == content for name, content in files.items()):
            continue
        change(made, files)
        expected.update({name: content for name, content in files.items() if content is not None})
        for name in [name for name, content in files.items() if content is None]:
            expected.pop(name, None)
    assert made.status() == ""
    assert made.git("write-tree") == made.git("rev-parse", "HEAD^{tree}")
    assert {name for name in names if (made.path / name).is_file()} == set(expected)
    assert all((made.path / name).read_bytes() == content for name, content in expected.items())
    made.git("fsck", "--strict")


def test_a_thousand_files_make_one_commit_and_one_pack(desk: GitRepository) -> None:
    change(desk, {f"tickets/{number % 40:02}/GD-{number:08}.md": b"%d\n" % number for number in range(1000)})
    assert len(desk.git("ls-files", "tickets").split("\n")) == 1002
    assert desk.status() == ""
    assert len(list((desk.path / ".git" / "objects" / "pack").glob("*.pack"))) == 1
    assert_sound(desk)


def test_a_bare_desk_takes_commits(desk: GitRepository, tmp_path: Path) -> None:
    desk.git("clone", "-q", "--bare", str(desk.path), str(tmp_path / "bare.git"))
    bare = GitRepository(tmp_path / "bare.git")
    new = change(bare, {TICKET: b"two\n"})
    assert bare.tip("main") == new
    assert bare.file(TICKET, "main") == "two"
    assert not (bare.path / "logs").exists(), "Git keeps no reflog in a bare repository unless told to"
    assert_sound(bare)


def test_a_desk_beside_code_moves_while_the_work_tree_stays(desk: GitRepository) -> None:
    desk.git("branch", "desk")
    desk.git("rm", "-q", "-r", "gitdesk.yaml", "tickets")
    desk.commit({"src/main.py": "code\n"})
    tip = desk.tip()
    new = change(desk, {TICKET: b"two\n"})
    assert (desk.tip("desk"), desk.tip()) == (new, tip)
    assert desk.status() == ""
    assert not (desk.path / "tickets").exists()


@pytest.mark.parametrize("start", ["main", "linked"])
def test_the_work_tree_that_shows_the_branch_follows_wherever_the_command_is_called(
    desk: GitRepository, tmp_path: Path, start: str
) -> None:
    linked = GitRepository(tmp_path / "linked")
    desk.git("worktree", "add", "-q", "-b", "work", str(linked.path))
    desk.git("config", "gitdesk.branch", "work" if start == "main" else "main")
    shown, other = (linked, desk) if start == "main" else (desk, linked)
    change(other, {TICKET: b"two\n"})
    assert (shown.path / TICKET).read_text() == "two\n"
    assert (other.path / TICKET).read_text() == "one\n"
    assert (shown.status(), other.status()) == ("", "")
    assert desk.git("log", "-g", "-1", "--format=%gs", "HEAD", check=False).startswith("gitdesk:") == (
        shown is desk
    )


def test_an_unborn_branch_gets_its_first_commit(repo: RepoFactory) -> None:
    made = repo()
    made.write({"README": "not ours"})
    found = Repo.discover(str(made.path), os.environ)
    location = read.branch_location(found, "main", "")
    with write.turn(found, location) as turn:
        assert turn.tip is None
        turn.commit({"gitdesk.yaml": b"desk:\n"}, "a desk", WHO, WHO)
    assert made.git("log", "--format=%s %P") == "a desk "
    assert made.status() == "?? README"


def test_a_branch_known_only_from_a_remote_is_made_here_by_the_first_change(
    desk: GitRepository, tmp_path: Path
) -> None:
    desk.git("branch", "desk")
    desk.git("rm", "-q", "gitdesk.yaml")
    desk.git("commit", "-q", "-m", "code only")
    desk.git("clone", "-q", str(desk.path), str(tmp_path / "clone"))
    clone = GitRepository(tmp_path / "clone")
    _, location = open_at(clone)
    assert (location.remote_ref, location.tip) == ("refs/remotes/origin/desk", desk.tip("desk"))
    new = change(clone, {TICKET: b"two\n"})
    assert clone.tip("desk") == new
    assert clone.git("rev-parse", "desk^") == desk.tip("desk")
    assert clone.git("rev-parse", "--abbrev-ref", "desk@{upstream}") == "origin/desk"


def test_a_detached_head_can_be_read_and_not_written(desk: GitRepository) -> None:
    desk.git("checkout", "-q", "--detach")
    repo, location = open_at(desk)
    assert (location.ref, location.tip) == (None, desk.tip())
    with pytest.raises(SetupError, match="HEAD is detached") as caught:
        write.turn(repo, location)
    assert "git switch" in (caught.value.hint or "")


# what is refused, before anything is written


def assert_refused(desk: GitRepository, files: Mapping[str, bytes | None], match: str) -> Refused:
    before = (desk.tip(), desk.status(), desk.git("ls-files", "--stage"))
    contents = {path: path.read_bytes() for path in desk.path.rglob("*.md") if path.is_file()}
    with pytest.raises(Refused, match=match) as caught:
        change(desk, files)
    assert (desk.tip(), desk.status(), desk.git("ls-files", "--stage")) == before
    assert contents == {path: path.read_bytes() for path in desk.path.rglob("*.md") if path.is_file()}
    assert_sound(desk)
    return caught.value


def test_an_uncommitted_change_of_a_touched_path_is_never_overwritten(desk: GitRepository) -> None:
    desk.write({TICKET: "mine\n"})
    refused = assert_refused(desk, {TICKET: b"two\n", OTHER: b"x\n"}, f'"{TICKET}" has uncommitted changes')
    assert "git restore" in (refused.hint or "")


def test_an_edit_of_the_same_length_in_the_same_instant_is_seen(desk: GitRepository) -> None:
    index = desk.path / ".git" / "index"
    desk.status()
    desk.write({TICKET: "1ne\n"})
    times = index.stat()
    os.utime(desk.path / TICKET, ns=(times.st_mtime_ns, times.st_mtime_ns))
    assert_refused(desk, {TICKET: b"two\n"}, "has uncommitted changes")


def test_a_change_by_us_does_not_hide_a_racy_edit_of_another_file(desk: GitRepository) -> None:
    desk.git("add", OTHER)
    index = desk.path / ".git" / "index"
    old = (desk.path / OTHER).stat()
    desk.write({OTHER: "OTHER\n"})
    os.utime(desk.path / OTHER, ns=(old.st_atime_ns, old.st_mtime_ns))
    os.utime(index, ns=(old.st_mtime_ns, old.st_mtime_ns))
    desk.git("config", "core.trustctime", "false")
    change(desk, {TICKET: b"two\n"})
    assert desk.status() == f" M {OTHER}"


def test_a_staged_change_of_a_touched_path_is_refused(desk: GitRepository) -> None:
    desk.write({TICKET: "mine\n"})
    desk.git("add", TICKET)
    desk.write({TICKET: "one\n"})
    assert_refused(desk, {TICKET: b"two\n"}, "has staged changes")


def test_a_touched_path_deleted_by_hand_is_refused(desk: GitRepository) -> None:
    (desk.path / TICKET).unlink()
    assert_refused(desk, {TICKET: b"two\n"}, "is deleted in the work tree")


def test_a_file_in_the_way_of_a_new_one_is_refused_unless_it_says_the_same(desk: GitRepository) -> None:
    desk.write({"tickets/7K/new.md": "somebody's\n"})
    assert_refused(desk, {"tickets/7K/new.md": b"ours\n"}, "is in the way")
    change(desk, {"tickets/7K/new.md": b"somebody's\n"})
    assert desk.status() == ""


@pytest.mark.parametrize("folder", ["tickets", "tickets/7K"])
def test_nothing_is_ever_written_through_a_link(desk: GitRepository, tmp_path: Path, folder: str) -> None:
    outside = tmp_path / "outside"
    (desk.path / folder).rename(outside)
    (desk.path / folder).symlink_to(outside)
    assert_refused(desk, {TICKET: b"two\n"}, f'"{folder}" in the work tree is a symbolic link')
    assert_refused(desk, {"tickets/7K/new.md": b"two\n"}, f'"{folder}" in the work tree is a symbolic link')


def test_a_touched_path_that_is_a_link_in_the_work_tree_is_refused(
    desk: GitRepository, tmp_path: Path
) -> None:
    (tmp_path / "outside").write_text("one\n")
    (desk.path / TICKET).unlink()
    (desk.path / TICKET).symlink_to(tmp_path / "outside")
    assert_refused(desk, {TICKET: b"two\n"}, "has uncommitted changes")


def test_links_executables_and_submodules_in_the_way_are_refused(desk: GitRepository) -> None:
    tip = desk.tip()
    for mode, oid, words in (
        ("120000", desk.git("rev-parse", f"HEAD:{TICKET}"), "a symbolic link"),
        ("100755", desk.git("rev-parse", f"HEAD:{TICKET}"), "an executable file"),
        ("160000", tip, "a submodule"),
    ):
        desk.git("update-index", "--add", "--cacheinfo", f"{mode},{oid},{TICKET}")
        desk.git("commit", "-q", "-m", words)
        assert_refused(desk, {TICKET: b"two\n"}, words)


def test_a_folder_in_the_way_of_a_file_and_a_file_in_the_way_of_a_folder_are_refused(
    desk: GitRepository,
) -> None:
    assert_refused(desk, {"tickets/7K": b"x"}, "is a folder")
    assert_refused(desk, {f"{TICKET}/x": b"x"}, "should be a folder and is a file")


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/etc/x",
        "tickets//x",
        "a/../b",
        ".git/config",
        "tickets/.GIT/x",
        "",
        ".",
        "calendars/x",
        "calendars/HR.yaml/x",
    ],
)
def test_paths_stay_inside(desk: GitRepository, path: str) -> None:
    with pytest.raises(UsageError, match="is no path inside a desk"):
        change(desk, {path: b"x"})


def test_a_conflict_in_the_index_is_named(desk: GitRepository) -> None:
    desk.git("checkout", "-q", "-b", "side")
    desk.commit({TICKET: "side\n"})
    desk.git("checkout", "-q", "main")
    desk.commit({TICKET: "main\n"})
    desk.git("merge", "side", check=False)
    assert_refused(desk, {TICKET: b"two\n"}, "in the middle of a merge")
    change(desk, {OTHER: b"elsewhere\n"})
    assert desk.status() == f"UU {TICKET}"


def test_a_branch_that_is_being_rebased_waits(desk: GitRepository) -> None:
    base = desk.tip()
    desk.commit({TICKET: "mine\n"})
    desk.git("checkout", "-q", "-b", "onto", base)
    desk.commit({TICKET: "theirs\n"})
    desk.git("checkout", "-q", "main")
    desk.git("rebase", "onto", check=False)
    with pytest.raises(Refused, match="is being rebased"):
        change(desk, {OTHER: b"x\n"}, GITDESK_BRANCH="main")


def test_nothing_to_commit_is_said(desk: GitRepository) -> None:
    assert_refused(desk, {TICKET: b"one\n"}, "nothing to commit")


def test_an_empty_commit_is_made_when_asked_for(desk: GitRepository) -> None:
    repo, location = open_at(desk)
    with write.turn(repo, location) as turn:
        turn.commit({}, "approved", WHO, WHO, allow_empty=True)
    assert desk.git("log", "-1", "--format=%s") == "approved"
    assert desk.status() == ""


# others at the same time


@pytest.mark.parametrize("moved", [TICKET, "gitdesk.yaml"])
def test_a_branch_moved_by_somebody_else_is_an_error_of_its_own(desk: GitRepository, moved: str) -> None:
    """Where they touched what the commit was made from: its files, or the desk's rules."""
    repo, location = open_at(desk)
    with write.turn(repo, location) as turn:
        theirs = desk.commit({moved: "theirs\n"})
        with pytest.raises(Moved):
            turn.commit({TICKET: b"two\n"}, "ours", WHO, WHO)
    assert desk.tip() == theirs
    assert desk.status() == ""
    assert_sound(desk)


def test_a_branch_moved_at_the_last_moment_leaves_no_trace_of_ours(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo, location = open_at(desk)
    before = desk.tip()
    theirs = desk.commit({TICKET: "theirs\n"})
    desk.git("reset", "-q", "--hard", before)
    take = lock.FileLock.take

    def slip_in(self: lock.FileLock) -> None:
        if self.path.endswith("main.lock"):
            desk.git("update-ref", "refs/heads/main", theirs)
        take(self)

    monkeypatch.setattr(lock.FileLock, "take", slip_in)
    with write.turn(repo, location) as turn, pytest.raises(Moved):
        turn.commit({TICKET: b"two\n", "tickets/AA/new.md": b"x"}, "ours", WHO, WHO)
    assert desk.tip() == theirs
    assert desk.status() == f"M  {TICKET}"  # what plumbing leaves behind, and not what we do
    assert (desk.path / TICKET).read_text() == "one\n"
    assert not (desk.path / "tickets" / "AA").exists()
    assert_sound(desk)


@pytest.mark.parametrize("count", [3, 150])
def test_a_commit_goes_on_top_of_any_number_of_others_that_touch_other_files(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    take, theirs, packs = lock.FileLock.take, [], []
    monkeypatch.setattr(write, "_PAUSE", 0.001)

    def slip_in(self: lock.FileLock) -> None:
        if self.path.endswith("main.lock") and len(theirs) < 12:
            tip = desk.tip()
            theirs.append(desk.git("commit-tree", f"{tip}^{{tree}}", "-p", tip, "-m", "theirs"))
            desk.git("update-ref", "refs/heads/main", theirs[-1])
        take(self)

    run = Repo.run

    def watched(self: Repo, *words: str, **named: object) -> bytes:
        packs.extend(words[:1])
        return run(self, *words, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(lock.FileLock, "take", slip_in)
    monkeypatch.setattr(Repo, "run", watched)
    new = change(
        desk, {TICKET: b"two\n", **{f"tickets/AA/{number}.md": b"%d" % number for number in range(count)}}
    )
    assert desk.tip() == new
    assert desk.git("rev-parse", "HEAD^") == theirs[-1]
    assert len(theirs) == 12
    assert packs.count("index-pack") == (count > 96)  # what is written is not written again
    assert desk.status() == ""
    assert_sound(desk)


def test_a_commit_gives_up_some_time_when_others_never_pause(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = lock.FileLock.take
    monkeypatch.setattr(write, "_PATIENCE", 0.3)

    def slip_in(self: lock.FileLock) -> None:
        if self.path.endswith("main.lock"):
            tip = desk.tip()
            desk.git(
                "update-ref",
                "refs/heads/main",
                desk.git("commit-tree", f"{tip}^{{tree}}", "-p", tip, "-m", "x"),
            )
        take(self)

    monkeypatch.setattr(lock.FileLock, "take", slip_in)
    with pytest.raises(Moved):
        change(desk, {TICKET: b"two\n"})
    assert desk.status() == ""
    assert_sound(desk)


def test_an_index_lock_of_another_program_is_waited_for_and_then_named(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "_PATIENCE", 0.05)
    held = desk.path / ".git" / "index.lock"
    held.write_bytes(b"DIRC")
    with pytest.raises(Conflict, match=r"index\.lock.* is held by another Git program"):
        change(desk, {TICKET: b"two\n"})
    assert held.read_bytes() == b"DIRC"
    held.unlink()
    assert desk.status() == ""
    change(desk, {TICKET: b"two\n"})


def test_an_edit_saved_at_the_last_moment_stays_and_shows(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gitdesk.store.worktree import WorkTree

    follow = WorkTree.follow

    def save_first(self: WorkTree, touched: object) -> None:
        desk.write({TICKET: "saved by hand\n", "tickets/7K/new.md": "by hand too\n"})
        follow(self, touched)  # type: ignore[arg-type]

    monkeypatch.setattr(WorkTree, "follow", save_first)
    change(desk, {TICKET: b"two\n", "tickets/7K/new.md": b"ours\n"})
    assert desk.file(TICKET) == "two"
    assert desk.status() == f" M {TICKET}\n M tickets/7K/new.md"
    assert (desk.path / TICKET).read_text() == "saved by hand\n"
    assert (desk.path / "tickets/7K/new.md").read_text() == "by hand too\n"


def test_sixteen_writers_and_a_person_lose_nothing(desk: GitRepository) -> None:
    script = (
        "import os, sys; from datetime import UTC, datetime\n"
        "from gitdesk.store import read, write; from gitdesk.store.git import Repo\n"
        "who = write.Identity(name='w', email='w@x', at=datetime.now(UTC))\n"
        "for number in range(4):\n"
        "    repo = Repo.discover(sys.argv[1], os.environ)\n"
        "    with write.turn(repo, read.locate(repo, os.environ)) as turn:\n"
        "        for attempt in range(20):\n"
        "            try:\n"
        "                turn.commit({f'tickets/W/{sys.argv[2]}-{number}.md': b'x'}, 'w', who, who); break\n"
        "            except write.Moved: turn.tip = repo.read_ref('refs/heads/main')\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script, str(desk.path), str(number)], stderr=subprocess.PIPE)
        for number in range(16)
    ]
    done = 0
    while any(one.poll() is None for one in running):
        desk.write({"src/main.py": f"{done}\n"})
        desk.git("add", "src/main.py", check=False)
        before = desk.tip()
        desk.git("commit", "-q", "-m", "by hand", check=False)
        done += desk.git("log", "--format=%s", f"{before}..HEAD").split("\n").count("by hand")
    assert [one.communicate()[1].decode() for one in running] == [""] * 16
    desk.git("commit", "-q", "-a", "-m", "by hand", check=False)
    assert len(desk.git("ls-tree", "-r", "--name-only", "HEAD", "tickets/W").split("\n")) == 64
    assert desk.git("log", "--format=%s").split("\n").count("w") == 64
    assert desk.status() == ""
    assert_sound(desk)


# what the disk and the configuration make difficult


def test_a_full_disk_is_named_and_leaves_no_trace(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, failing = os.write, [3]

    def write_until_full(descriptor: int, data: bytes) -> int:
        if isinstance(data, memoryview) and len(data) > 5:
            failing[0] -= 1
            if failing[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data)

    before = (desk.tip(), desk.status())
    for start in range(8):
        failing[0] = start
        monkeypatch.setattr(os, "write", write_until_full)
        try:
            with pytest.raises(GitdeskError, match="No space left on device") as caught:
                change(desk, {TICKET: b"two two two\n", "tickets/AA/new.md": b"new new new\n"})
        except BaseException:
            monkeypatch.setattr(os, "write", real)
            if desk.tip() != before[0]:
                break  # that many writes are all there are
            raise
        monkeypatch.setattr(os, "write", real)
        assert caught.value.place is not None
        assert (desk.tip(), desk.status()) == before
        assert not list((desk.path / ".git" / "objects").rglob("tmp_obj*"))
        assert not (desk.path / "tickets" / "AA").exists()
        assert_sound(desk)
    assert start > 4


def test_no_room_for_the_index_is_found_out_before_anything_moves(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int, offset: int, size: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    before = desk.tip()
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(GitdeskError, match="No space left on device"):
        change(desk, {TICKET: b"two\n"})
    assert desk.tip() == before
    assert desk.status() == ""
    assert_sound(desk)


def test_a_read_only_repository_says_so(desk: GitRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def read_only(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            raise OSError(errno.EROFS, "Read-only file system")
        return real(path, flags, mode)

    monkeypatch.setattr(os, "open", read_only)
    with pytest.raises(GitdeskError, match="Read-only file system") as caught:
        change(desk, {TICKET: b"two\n"})
    assert "gitdesk/lock" in str(caught.value.place)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_a_disk_that_takes_nothing_is_the_same_kind_of_error_wherever_it_is_noticed(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Exit code 6: what is wrong is the machine and not the change."""
    before, codes, failing = desk.tip(), set(), 0
    names = ("open", "link", "rename", "write", "pwrite", "mkdir", "posix_fallocate", "fsync")
    real = {name: getattr(os, name) for name in names}
    while True:
        failing += 1
        left = [failing]

        def counted(name: str, left: list[int] = left) -> Callable[..., object]:
            def call(*arguments: object, **named: object) -> object:
                writes = name != "open" or int(str(arguments[1])) & (os.O_CREAT | os.O_WRONLY | os.O_RDWR)
                left[0] -= 1 if writes else 0
                if not left[0] and writes:
                    left[0] = -1
                    raise OSError(number, os.strerror(number))
                return real[name](*arguments, **named)

            return call

        for name in names:
            monkeypatch.setattr(os, name, counted(name))
        try:
            change(desk, {TICKET: b"%d\n" % failing, f"tickets/AA/{failing}.md": b"x"})
        except GitdeskError as problem:
            codes.add(problem.exit_code)
        finally:
            for name in names:
                monkeypatch.setattr(os, name, real[name])
        if left[0] > 0:
            break
        change(desk, {TICKET: b"after %d\n" % failing})
        assert desk.status() == ""
    assert codes == {SetupError.exit_code}
    assert failing > 8
    assert desk.tip() != before
    assert_sound(desk)


def test_a_pack_that_cannot_be_written_is_such_an_error_too(desk: GitRepository) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        code = 99
        try:
            change(desk, {f"tickets/7K/{number}.md": os.urandom(99) for number in range(200)})
        except GitdeskError as problem:
            code = problem.exit_code
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == SetupError.exit_code


def test_a_sparse_checkout_keeps_what_it_leaves_out(desk: GitRepository) -> None:
    desk.git("sparse-checkout", "set", "--no-cone", "/src/", "/gitdesk.yaml")
    assert not (desk.path / TICKET).exists()
    change(desk, {TICKET: b"two\n"})
    assert not (desk.path / TICKET).exists()
    assert desk.file(TICKET) == "two"
    assert desk.git("ls-files", "-t", TICKET) == f"S {TICKET}"
    assert desk.status() == ""


def test_a_sparse_index_follows(desk: GitRepository) -> None:
    desk.git("sparse-checkout", "set", "--cone", "--sparse-index", "src")
    change(desk, {TICKET: b"two\n"})
    assert desk.file(TICKET) == "two"
    assert desk.status() == ""
    assert not (desk.path / TICKET).exists()


@pytest.mark.parametrize("how", ["attributes", "autocrlf"])
def test_line_endings_are_written_as_git_would_write_them(desk: GitRepository, how: str) -> None:
    if how == "attributes":
        desk.commit({".gitattributes": "*.md text eol=crlf\n"})
    else:
        desk.git("config", "core.autocrlf", "true")
    desk.git("rm", "-q", "-r", "--cached", ".")
    desk.git("reset", "-q", "--hard")
    assert (desk.path / TICKET).read_bytes() == b"one\r\n"
    change(desk, {TICKET: b"two\n", "tickets/AA/new.md": b"new\n"})
    assert (desk.path / TICKET).read_bytes() == b"two\r\n"
    assert (desk.path / "tickets/AA/new.md").read_bytes() == b"new\r\n"
    assert desk.file(TICKET) == "two"
    assert desk.status() == ""
    desk.write({TICKET: b"by hand\r\n"})
    assert_refused(desk, {TICKET: b"three\n"}, "uncommitted")


@pytest.mark.parametrize("name", ["trap", "tr=ap", "a.b=c.d", "=", "with space", 'q"uote'])
@pytest.mark.parametrize("index", ["2", "4"])
def test_filters_of_the_configuration_are_not_run(
    desk: GitRepository, tmp_path: Path, name: str, index: str
) -> None:
    desk.git("update-index", "--index-version", index)
    desk.write({".gitattributes": "tickets/** filter=trap ident\n"})
    trap = tmp_path / "sprung"
    quoted = name.replace('"', '\\"')
    (desk.path / ".git" / "info" / "attributes").write_text(f"tickets/** filter={name} ident\n")
    with (desk.path / ".git" / "config").open("a") as config:
        for part in ("clean", "smudge", "process"):
            config.write(f'[filter "{quoted}"]\n\t{part} = touch {trap}; cat\n\trequired = true\n')
    config_in_environment = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"filter.{name}.smudge",
        "GIT_CONFIG_VALUE_0": f"touch {trap}; cat",
        "GIT_CONFIG_PARAMETERS": f"'filter.{name}.clean'='touch {trap}; cat'",
    }
    change(desk, {TICKET: b"two\n", "tickets/AA/new.md": b"x\n"})
    change(desk, {TICKET: b"three\n"}, **config_in_environment)
    assert not trap.exists()
    assert desk.file(TICKET) == "three"


@pytest.mark.parametrize("where", ["hooks", "core.hooksPath"])
def test_no_hook_of_the_repository_runs(desk: GitRepository, tmp_path: Path, where: str) -> None:
    """Decision 0011: also where Git does the work, as for an index of version 4 and a branch that is new."""
    folder = desk.path / ".git" / "hooks"
    if where != "hooks":
        folder = tmp_path / "elsewhere"
        desk.git("config", "core.hooksPath", str(folder))
    folder.mkdir(exist_ok=True)
    for name in ("reference-transaction", "post-index-change", "pre-commit", "post-commit", "pre-auto-gc"):
        hook = folder / name
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\nexit 1\n")
        hook.chmod(0o755)
    change(desk, {TICKET: b"two\n"})
    desk.git("-c", "core.hooksPath=/dev/null", "update-index", "--index-version", "4")
    change(desk, {TICKET: b"three\n"})
    assert desk.file(TICKET) == "three"
    repo, location = open_at(desk)
    with repo, write.turn(repo, read.branch_location(repo, "new", "")) as turn:
        turn.commit({TICKET: b"first\n"}, "first", WHO, WHO)
    housekeeping.start(repo)
    with repo, write.turn(repo, location) as turn:
        turn.commit({f"tickets/7K/{number}.md": b"x" for number in range(200)}, "many", WHO, WHO)
    assert not (tmp_path / "sprung").exists()


def test_a_packed_branch_moves(desk: GitRepository) -> None:
    desk.git("branch", "deep/er")
    desk.git("pack-refs", "--all")
    desk.git("config", "gitdesk.branch", "deep/er")
    new = change(desk, {TICKET: b"two\n"})
    assert desk.tip("deep/er") == new
    assert_sound(desk)


def test_a_shared_repository_stays_shared(repo: RepoFactory) -> None:
    made = repo("desk", "--shared=group")
    made.commit(DESK)
    os.umask(os.umask(0o022))
    change(made, {TICKET: b"two\n"})
    for path in (".git/index", ".git/refs/heads/main", ".git/logs/HEAD", ".git/gitdesk/lock"):
        assert (made.path / path).stat().st_mode & 0o060 == 0o060, path
    oid = made.tip()
    assert (made.path / ".git" / "objects" / oid[:2] / oid[2:]).stat().st_mode & 0o777 == 0o444
    assert (made.path / ".git" / "objects" / oid[:2]).stat().st_mode & 0o2070 == 0o2070


@pytest.mark.parametrize(
    ("value", "synced"), [("", True), ("none", False), ("all", True), ("committed,-loose-object", False)]
)
def test_objects_are_made_durable_unless_configured_otherwise(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch, value: str, synced: bool
) -> None:
    desk.git("config", "core.fsync", value)
    repo, _ = open_at(desk)
    assert object_writer.is_durable(repo, "loose-object") is synced


def test_nothing_refers_to_an_object_before_it_is_durable(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.git("config", "core.fsync", "all")
    done: list[str] = []
    real = {"fsync": os.fsync, "rename": os.rename}

    def fsync(descriptor: int) -> None:
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.2)  # the disk is slow with the objects
        real["fsync"](descriptor)
        done.append("fsync")

    def rename(old: str, new: str) -> None:
        if new.endswith("journal"):
            kept = Path(old).read_bytes().split(b"\0")
            new = "journal of a commit" if kept[3] else "journal of locks"
            done.append(new)
            real["rename"](old, old.removesuffix(".new"))
            return
        done.append(Path(new).name)
        real["rename"](old, new)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "rename", rename)
    change(desk, {TICKET: b"two\n"}, sign=False)
    first = min(done.index(name) for name in ("journal of a commit", "index", "main", Path(TICKET).name))
    assert done[:first].count("fsync") == done.count("fsync") == 6  # blob, three trees, commit, branch
    monkeypatch.undo()
    assert_sound(desk)


def test_where_no_thread_is_to_be_had_objects_are_durable_all_the_same(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    import _thread

    desk.git("config", "core.fsync", "all")

    def none(*_: object) -> int:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(_thread, "start_new_thread", none)
    change(desk, {TICKET: b"two\n"})
    assert_sound(desk)


@pytest.mark.parametrize("extension", [b"IEOT", b"link"])
def test_what_stands_between_the_entries_and_the_cache_of_trees_is_no_entry(
    desk: GitRepository, extension: bytes
) -> None:
    change(desk, {TICKET: b"two\n"})
    desk.git("read-tree", "HEAD")  # with a cache of trees
    data = (desk.path / ".git" / "index").read_bytes()
    at = data.index(b"TREE")
    path = desk.path / ".git" / "other-index"
    path.write_bytes(data[:at] + extension + (4).to_bytes(4, "big") + bytes(4) + data[at:])
    usual = IndexFile.load(str(desk.path / ".git" / "index"), "sha1", 20)
    other = IndexFile.load(str(path), "sha1", 20)
    assert usual is not None
    assert usual._entries_end == at
    assert other is None if extension == b"link" else other is not None and other._entries_end == at


def test_git_is_asked_to_tidy_up_after_a_thousand_commits(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Repo] = []
    monkeypatch.setattr(housekeeping, "start", started.append)
    repo, _ = open_at(desk)
    (desk.path / ".git" / "gitdesk").mkdir(exist_ok=True)
    for _ in range(2001):
        housekeeping.count_commit(repo)
    assert len(started) == 2


def test_tidying_up_packs_in_the_background(desk: GitRepository) -> None:
    desk.git("config", "gc.auto", "1")
    desk.commit({f"tickets/{number}.md": str(number) for number in range(600)})
    repo, _ = open_at(desk)
    housekeeping.start(repo)
    deadline = time.monotonic() + 20
    while not list((desk.path / ".git/objects/pack").glob("*.pack")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list((desk.path / ".git/objects/pack").glob("*.pack"))
    while (desk.path / ".git" / "gc.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.02)


# signatures


@pytest.fixture
def signing(desk: GitRepository, tmp_path: Path) -> GitRepository:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    (tmp_path / "allowed").write_text(f"iva@acme.example {(tmp_path / 'key.pub').read_text()}")
    desk.git("config", "gpg.format", "ssh")
    desk.git("config", "user.signingKey", str(key))
    desk.git("config", "gpg.ssh.allowedSignersFile", str(tmp_path / "allowed"))
    return desk


def test_a_commit_is_signed_when_git_is_told_to_sign(signing: GitRepository) -> None:
    signing.git("config", "commit.gpgSign", "true")
    signing.git("config", "i18n.commitEncoding", "ISO-8859-1")
    change(signing, {TICKET: b"two\n"}, "GD-7K: č → š")
    assert signing.git("log", "-1", "--format=%G? %GS %s %e") == "G iva@acme.example GD-7K: č → š "
    assert signing.status() == ""
    change(signing, {TICKET: b"three\n"}, sign=False)
    assert signing.git("log", "-1", "--format=%G?") == "N"


def test_a_commit_is_signed_when_asked_for(signing: GitRepository) -> None:
    change(signing, {TICKET: b"two\n"}, sign=True)
    assert signing.git("log", "-1", "--format=%G? %an %ai") == "G Iva Kralj 2026-11-22 09:14:03 +0000"


def test_a_signature_that_cannot_be_made_is_an_error_and_nothing_moves(signing: GitRepository) -> None:
    signing.git("config", "user.signingKey", "/nothing/here")
    before = signing.tip()
    with pytest.raises(Refused, match="could not be signed"):
        change(signing, {TICKET: b"two\n"}, sign=True)
    assert signing.tip() == before
    assert signing.status() == ""


@pytest.mark.parametrize("what", ["everything", "objects"])
def test_a_disk_that_fails_to_keep_an_object_is_an_error(
    desk: GitRepository, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def fail(descriptor: int) -> None:
        if what == "objects" and threading.current_thread() is threading.main_thread():
            return
        raise OSError(errno.EIO, "Input/output error")

    desk.git("config", "core.fsync", "all")
    before = desk.tip()
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(GitdeskError, match="Input/output error"):
        change(desk, {TICKET: b"two\n", OTHER: b"three\n"})
    assert desk.tip() == before
    assert desk.status() == ""
