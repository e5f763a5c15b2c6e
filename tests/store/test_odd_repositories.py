"""Repositories in a shape that Git copes with are written as Git would write them, or refused in clear words."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from repository import GitRepository, RepoFactory

from gitdesk.errors import SetupError
from gitdesk.store import codec, read, worktrees, write
from gitdesk.store.git import Repo
from gitdesk.store.identity import Identity, parse_date

TICKET = "tickets/7K/GD-7K3QX4M2.md"


def commit(made: GitRepository, data: bytes = b"two\n", branch: str | None = None, **env: str) -> str:
    at = parse_date("1795338843 +0000")
    assert at is not None
    who = Identity(name="Iva Kralj", email="iva@acme.example", at=at)
    environ = {**os.environ, **env}
    with Repo.discover(str(made.path), environ) as repo:
        location = read.branch_location(repo, branch, "") if branch else read.locate(repo, environ)
        with write.turn(repo, location) as turn:
            return turn.commit({TICKET: data}, "ours", who, who)


@pytest.fixture
def desk(repo: RepoFactory) -> GitRepository:
    made = repo()
    made.commit({"gitdesk.yaml": "desk:\n", TICKET: "one\n"})
    return made


def assert_in_order(made: GitRepository) -> None:
    assert made.status() == ""
    assert made.git("fsck", "--strict", "--no-dangling") == ""
    assert not [path for path in made.path.rglob("*") if path.name.endswith(".lock")]


def test_an_empty_folder_in_place_of_a_packed_branch_is_as_good_as_nothing(desk: GitRepository) -> None:
    desk.git("pack-refs", "--all")
    (desk.path / ".git/refs/heads/main/left/over").mkdir(parents=True)
    assert commit(desk) == desk.tip("main") == desk.tip("HEAD")
    assert_in_order(desk)


@pytest.mark.parametrize("inner", ["", "left/over"])
def test_an_empty_folder_in_place_of_a_reflog_is_replaced(desk: GitRepository, inner: str) -> None:
    log = desk.path / ".git/logs/refs/heads/main"
    log.unlink()
    (log / inner).mkdir(parents=True)
    commit(desk)
    assert desk.git("log", "-g", "-1", "--format=%gs", "main") == "gitdesk: ours"
    assert_in_order(desk)


def test_a_folder_with_something_in_it_in_place_of_a_reflog_is_named(desk: GitRepository) -> None:
    log = desk.path / ".git/logs/refs/heads/main"
    log.unlink()
    log.mkdir()
    (log / "kept").write_text("x")
    before = desk.tip()
    with pytest.raises(SetupError) as caught:
        commit(desk)
    assert "logs/refs/heads/main" in str(caught.value.place)
    assert (log / "kept").read_text() == "x"
    assert desk.tip() == before
    assert_in_order(desk)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("at", ["HEAD on the name", "HEAD on the branch", "HEAD elsewhere"])
def test_a_branch_that_is_another_name_for_one_is_followed(
    desk: GitRepository, packed: bool, at: str
) -> None:
    desk.git("symbolic-ref", "refs/heads/desk", "refs/heads/main")
    if packed:
        desk.git("pack-refs", "--all")
    if at == "HEAD on the name":
        desk.git("symbolic-ref", "HEAD", "refs/heads/desk")
    elif at == "HEAD elsewhere":
        desk.git("checkout", "-q", "-b", "code")
    new = commit(desk, branch="desk")
    assert desk.tip("main") == desk.tip("desk") == new
    assert desk.git("symbolic-ref", "refs/heads/desk") == "refs/heads/main"
    assert commit(desk, b"three\n", GITDESK_BRANCH="desk") == desk.tip("main")
    if at != "HEAD elsewhere":
        assert commit(desk, b"four\n") == desk.tip("main")
        assert (desk.path / TICKET).read_text() == "four\n"
        assert desk.git("log", "-g", "-1", "--format=%gs", "HEAD") == "gitdesk: ours"
    assert_in_order(desk)


def test_a_name_for_a_branch_in_another_work_tree_is_followed_there(
    desk: GitRepository, tmp_path: Path
) -> None:
    desk.git("symbolic-ref", "refs/heads/desk", "refs/heads/main")
    desk.git("checkout", "-q", "-b", "code")
    linked = GitRepository(tmp_path / "linked")
    desk.git("worktree", "add", "-q", str(linked.path), "main")
    linked.git("symbolic-ref", "HEAD", "refs/heads/desk")
    commit(desk, branch="main")
    assert (linked.path / TICKET).read_text() == "two\n"
    assert_in_order(linked)


@pytest.mark.parametrize(
    "target", ["refs/tags/v1", "refs/remotes/origin/main", "refs/heads/desk", "../../outside"]
)
def test_a_name_that_leads_to_no_branch_is_refused(desk: GitRepository, tmp_path: Path, target: str) -> None:
    desk.git("tag", "v1")
    desk.git("update-ref", "refs/remotes/origin/main", "HEAD")
    (desk.path / "outside").write_text(desk.tip() + "\n")
    (desk.path / ".git/refs/heads/desk").write_text(f"ref: {target}\n")
    before = desk.git("for-each-ref", "refs/tags", "refs/remotes"), (desk.path / "outside").read_text()
    with pytest.raises(SetupError, match='"desk"'):
        commit(desk, branch="desk")
    assert before == (
        desk.git("for-each-ref", "refs/tags", "refs/remotes"),
        (desk.path / "outside").read_text(),
    )


def test_a_head_that_is_a_link_is_on_a_branch(desk: GitRepository) -> None:
    head = desk.path / ".git/HEAD"
    head.unlink()
    head.symlink_to("refs/heads/main")
    repo = Repo.discover(str(desk.path), os.environ)
    assert repo.head() == ("refs/heads/main", desk.tip())
    assert worktrees.branch_of(repo, repo.git_dir) == "refs/heads/main"
    assert commit(desk) == desk.tip("main")
    assert desk.git("log", "-g", "-1", "--format=%gs", "HEAD") == "gitdesk: ours"
    assert head.is_symlink()
    assert_in_order(desk)


def test_files_with_the_modes_of_old_gits_are_tickets(repo: RepoFactory) -> None:
    made = repo()
    first = made.commit({"gitdesk.yaml": "desk:\n", TICKET: "one\n"})
    oid = made.git("rev-parse", f"{first}:{TICKET}")
    content = b"100664 GD-7K3QX4M2.md\0" + bytes.fromhex(oid)
    folder = made.git("hash-object", "-t", "tree", "-w", "--stdin", "--literally", input=content)
    tickets = made.git("mktree", input=f"040000 tree {folder}\t7K\n")
    config = made.git("rev-parse", f"{first}:gitdesk.yaml")
    tree = made.git("mktree", input=f"100644 blob {config}\tgitdesk.yaml\n040000 tree {tickets}\ttickets\n")
    made.git("reset", "-q", "--hard", made.git("commit-tree", tree, "-m", "old"))
    opened = Repo.discover(str(made.path), os.environ)
    assert read.find_file(opened, made.tip(), TICKET) == b"one\n"
    source = read.Source(opened, codec.parse)
    assert [path for path, _, _ in source.diff(None, made.tip())] == ["gitdesk.yaml", TICKET]
    commit(made)
    assert made.file(TICKET) == "two"
    assert_in_order(made)


def test_only_files_are_listed_in_a_folder_of_attachments(desk: GitRepository) -> None:
    folder = TICKET.removesuffix(".md")
    desk.commit({f"{folder}/note.txt": "x", f"{folder}/inner/deep.txt": "y"})
    (desk.path / folder / "way").symlink_to("note.txt")
    desk.git("add", "-A")
    desk.git("update-index", "--add", "--cacheinfo", f"160000,{desk.tip()},{folder}/sub")
    desk.git("commit", "-q", "-m", "odd")
    repo = Repo.discover(str(desk.path), os.environ)
    assert [name for name, _ in read.list_folder(repo, desk.tip(), folder)] == ["note.txt"]
