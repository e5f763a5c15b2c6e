"""Where a desk lives, what differs between two commits, and what `--at` means."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from repository import GitRepository, RepoFactory

from gitdesk.domain.document import Document
from gitdesk.errors import NotFound, SetupError, Unreadable, UsageError
from gitdesk.store import read
from gitdesk.store.git import Repo

DESK: dict[str, str | bytes | None] = {
    "gitdesk.yaml": "desk:\n",
    "tickets/7K/GD-7K3QX4M2.md": "one\n",
    "src/x": "x",
}


def locate(made: GitRepository | Path, **env: str) -> read.Location:
    environ = {**os.environ, **env}
    return read.locate(Repo.discover(str(getattr(made, "path", made)), environ), environ)


def plain_document(data: bytes, path: str) -> Document:
    return Document(path=path, data=data, ticket=None)


def source(made: GitRepository) -> read.Source:
    return read.Source(Repo.discover(str(made.path), os.environ), plain_document)


@pytest.fixture
def desk(repo: RepoFactory) -> GitRepository:
    made = repo()
    made.commit(DESK)
    return made


def test_the_current_branch_is_the_desk_when_it_holds_one(desk: GitRepository) -> None:
    location = locate(desk)
    assert (location.ref, location.branch, location.tip) == ("refs/heads/main", "main", desk.tip())
    assert location.checked_out
    assert "current branch" in location.reason


def test_a_branch_called_desk_beside_code_is_found(desk: GitRepository) -> None:
    desk.git("branch", "desk")
    desk.git("rm", "-q", "gitdesk.yaml")
    desk.git("commit", "-q", "-m", "code")
    location = locate(desk)
    assert (location.branch, location.tip, location.checked_out) == ("desk", desk.tip("desk"), False)


def test_variable_before_setting_before_current_branch(desk: GitRepository) -> None:
    desk.git("branch", "one")
    desk.git("branch", "two")
    desk.git("config", "gitdesk.branch", "one")
    assert locate(desk).branch == "one"
    assert locate(desk, GITDESK_BRANCH="two").branch == "two"
    assert "GITDESK_BRANCH" in locate(desk, GITDESK_BRANCH="refs/heads/two").reason


def test_a_named_branch_that_does_not_exist_or_holds_no_desk_is_said(desk: GitRepository) -> None:
    with pytest.raises(SetupError, match='there is no branch "gone"') as caught:
        locate(desk, GITDESK_BRANCH="gone")
    assert "gitdesk init --branch gone" in (caught.value.hint or "")
    desk.git("checkout", "-q", "--orphan", "code")
    desk.git("rm", "-q", "-r", "-f", ".")
    desk.git("commit", "-q", "--allow-empty", "-m", "code")
    with pytest.raises(SetupError, match=r'branch "code" has no gitdesk\.yaml'):
        locate(desk, GITDESK_BRANCH="code")


@pytest.mark.parametrize("name", ["../../etc", "-x", "a b", "a..b", "x.lock", "a//b", "@{u}", "a\nb", ""])
def test_what_cannot_be_a_branch_never_becomes_a_path(desk: GitRepository, name: str) -> None:
    if not name:
        assert locate(desk, GITDESK_BRANCH=name).branch == "main"
        return
    with pytest.raises(UsageError, match="cannot be the name of a branch"):
        locate(desk, GITDESK_BRANCH=name)


@pytest.mark.parametrize("commits", [0, 1])
def test_a_repository_without_a_desk_says_so(repo: RepoFactory, commits: int) -> None:
    made = repo()
    if commits:
        made.commit({"README": "x"})
    with pytest.raises(SetupError, match=r"not a desk: no gitdesk\.yaml") as caught:
        locate(made)
    assert "gitdesk init" in (caught.value.hint or "")


def test_a_remotes_desk_is_read_before_there_is_a_local_branch(desk: GitRepository, tmp_path: Path) -> None:
    desk.git("branch", "desk")
    desk.git("rm", "-q", "gitdesk.yaml")
    desk.git("commit", "-q", "-m", "code")
    desk.git("clone", "-q", str(desk.path), str(tmp_path / "clone"))
    location = locate(tmp_path / "clone")
    assert location.tip == desk.tip("desk")
    assert location.remote_ref == "refs/remotes/origin/desk"
    assert "origin/desk" in location.reason


def test_a_desk_in_a_bare_repository_is_not_checked_out(desk: GitRepository, tmp_path: Path) -> None:
    desk.git("clone", "-q", "--bare", str(desk.path), str(tmp_path / "bare"))
    location = locate(tmp_path / "bare")
    assert (location.branch, location.checked_out) == ("main", False)


def test_files_and_folders_of_a_commit_are_read(desk: GitRepository) -> None:
    repo = Repo.discover(str(desk.path), os.environ)
    tip = desk.tip()
    assert read.find_file(repo, tip, "tickets/7K/GD-7K3QX4M2.md") == b"one\n"
    assert read.find_file(repo, tip, "tickets/7K/none.md") is None
    assert read.find_file(repo, tip, "tickets/7K") is None
    assert read.find_file(repo, tip, "src/x/y") is None
    assert [name for name, _ in read.list_folder(repo, tip, "tickets/7K/")] == ["GD-7K3QX4M2.md"]
    assert read.list_folder(repo, tip, "nothing") == ()
    assert read.list_folder(repo, tip, "gitdesk.yaml") == ()


# differences


def by_git(made: GitRepository, old: str | None, new: str) -> dict[str, tuple[str | None, str | None]]:
    """Works the difference out from two complete listings."""

    def listed(commit: str) -> Mapping[str, str]:
        lines = made.git("ls-tree", "-r", "-z", commit).split("\0")
        found = {}
        for line in filter(None, lines):
            facts, path = line.split("\t")
            mode, _, oid = facts.split(" ")
            if mode in ("100644", "100755") and (path.startswith("tickets/") or path == "gitdesk.yaml"):
                found[path] = oid
            elif mode == "120000" and path.endswith(".md"):
                found[path] = f"{mode} {oid}"
        return found

    before, after = listed(old) if old else {}, listed(new)
    return {
        path: (before.get(path), after.get(path))
        for path in before.keys() | after.keys()
        if before.get(path) != after.get(path)
    }


@pytest.mark.parametrize("folders", [1, 40])
def test_differences_are_exactly_what_git_finds(desk: GitRepository, folders: int) -> None:
    many = {f"tickets/{number:02}/a{number}.md": f"{number}\n" for number in range(folders)}
    first = desk.commit({**many, "tickets/7K/GD-7K3QX4M2/log.txt": "attached", "tickets/žž/č.md": "z"})
    desk.write({"tickets/link": "x"})
    (desk.path / "tickets/00/a0.md").unlink()
    (desk.path / "tickets/00/a0.md").symlink_to("nowhere")
    desk.git("add", "-A")
    second = desk.commit(
        dict.fromkeys(list(many)[1:], "changed\n") | {"gitdesk.yaml": "desk: 2\n", "src/x": "y"}
    )
    third = desk.commit({"tickets/žž/č.md": None, "tickets/7K/GD-7K3QX4M2.md": None})
    for old, new in (
        (None, first),
        (first, second),
        (second, third),
        (third, first),
        (first, third),
        (third, third),
    ):
        found = {path: (one, two) for path, one, two in source(desk).diff(old, new)}
        assert found == by_git(desk, old, new)


@pytest.mark.parametrize("folders", [1, 40])
def test_differences_are_the_same_from_every_folder(
    desk: GitRepository, folders: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.tip()
    second = desk.commit({f"tickets/{number:02}/a{number}.md": f"{number}\n" for number in range(folders)})
    monkeypatch.chdir(desk.path / "tickets" / "7K")
    for old, new in ((None, second), (first, second), (second, first)):
        found = {path: (one, two) for path, one, two in source(desk).diff(old, new)}
        assert found == by_git(desk, old, new)


def test_a_commit_that_is_gone_is_told_apart_from_an_empty_desk(desk: GitRepository) -> None:
    with pytest.raises(Unreadable):
        list(source(desk).diff("1" * 40, desk.tip()))
    with pytest.raises(Unreadable):
        list(source(desk).diff(None, "1" * 40))


@pytest.mark.parametrize("count", [3, 500])
def test_documents_come_in_order_with_path_and_blob(desk: GitRepository, count: int) -> None:
    tip = desk.commit({f"tickets/7K/{number:04}.md": f"content {number}\n" for number in range(count)})
    wanted = [(path, new) for path, _, new in source(desk).diff(None, tip) if new and path.endswith("md")]
    found = list(source(desk).documents(iter(wanted)))
    assert [(path, oid) for path, oid, _ in found] == wanted
    assert {document.data.decode() for path, _, document in found if "7K/0" in path} == {
        f"content {number}\n" for number in range(count)
    }
    assert all(document.path == path for path, _, document in found)


# --at


@pytest.fixture
def history(repo: RepoFactory) -> tuple[GitRepository, list[str]]:
    made = repo()
    tips = []
    for day in (18, 19, 20, 21):
        moment = f"2026-11-{day}T10:00:00Z"
        tips.append(
            made.commit(
                {"gitdesk.yaml": f"{day}\n"}, f"day {day}", GIT_COMMITTER_DATE=moment, GIT_AUTHOR_DATE=moment
            )
        )
    return made, tips


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-19T10:00:00Z", 1),
        ("2026-11-19T09:59:59Z", 0),
        ("2026-11-19T10:59:59+01:00", 0),
        ("2026-12-01T00:00:00Z", 3),
        ("2026-11-01T00:00:00Z", None),
        ("1973-03-03T09:46:40Z", None),
        ("1973-03-03T09:46:39Z", None),
        ("1972-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:20Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("1969-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59Z", 3),
    ],
)
def test_the_last_commit_up_to_a_time_is_found(
    history: tuple[GitRepository, list[str]], text: str, expected: int | None
) -> None:
    made, tips = history
    repo = Repo.discover(str(made.path), os.environ)
    if expected is None:
        with pytest.raises(NotFound, match="no commit at or before"):
            read.commit_before(repo, tips[-1], datetime.fromisoformat(text))
    else:
        assert read.commit_before(repo, tips[-1], datetime.fromisoformat(text)) == tips[expected]


def test_a_commit_is_found_by_the_beginning_of_its_id(history: tuple[GitRepository, list[str]]) -> None:
    made, tips = history
    repo = Repo.discover(str(made.path), os.environ)
    assert read.revision(repo, tips[1][:9]) == tips[1]
    assert read.revision(repo, "HEAD~1") == tips[2]
    assert read.revision(repo, "main") == tips[3]


@pytest.mark.parametrize("text", ["gone", "2026-13-45", "--all", "", "HEAD^{tree}", "12345678"])
def test_what_is_neither_is_said(history: tuple[GitRepository, list[str]], text: str) -> None:
    made, _ = history
    repo = Repo.discover(str(made.path), os.environ)
    with pytest.raises((NotFound, UsageError)):
        read.revision(repo, text)


@pytest.mark.parametrize("text", ["^HEAD", "^main", "HEAD~1..HEAD", "-x"])
def test_what_leaves_commits_out_names_none(history: tuple[GitRepository, list[str]], text: str) -> None:
    repo = Repo.discover(str(history[0].path), os.environ)
    with pytest.raises(UsageError, match="neither a time nor a commit"):
        read.revision(repo, text)


def test_a_shallow_clone_says_that_it_is_shallow(
    history: tuple[GitRepository, list[str]], tmp_path: Path
) -> None:
    made, tips = history
    made.git("clone", "-q", "--depth=1", made.path.as_uri(), str(tmp_path / "shallow"))
    repo = Repo.discover(str(tmp_path / "shallow"), os.environ)
    assert locate(tmp_path / "shallow").tip == tips[-1]
    with pytest.raises(NotFound) as caught:
        read.commit_before(repo, tips[-1], datetime(2026, 11, 18, tzinfo=UTC))
    assert "shallow" in (caught.value.hint or "")


def test_time_follows_the_branchs_own_line_and_not_a_merged_one(repo: RepoFactory) -> None:
    made = repo()

    def at(hour: int) -> dict[str, str]:
        moment = f"2026-11-20T{hour:02}:00:00Z"
        return {"GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment}

    first = made.commit({"gitdesk.yaml": "1\n"}, **at(8))
    made.git("checkout", "-q", "-b", "side")
    made.commit({"side": "1\n"}, **at(9))
    made.git("checkout", "-q", "main")
    made.git("merge", "-q", "--no-ff", "-m", "merge", "side", **at(12))
    repo_ = Repo.discover(str(made.path), os.environ)
    assert read.commit_before(repo_, made.tip(), datetime(2026, 11, 20, 10, tzinfo=UTC)) == first
