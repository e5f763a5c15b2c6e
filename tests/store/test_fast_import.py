"""A stretch of history is made beside the repository, and taken over as a whole or not at all."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from repository import GitRepository, RepoFactory

from gitdesk.errors import GitdeskError
from gitdesk.store import fast_import
from gitdesk.store.fast_import import Commit, NewHistory
from gitdesk.store.git import Repo

WHO = "Žana Ž <zana@x.example>"


def commits(history: NewHistory, number: int, text: str = "content") -> list[Commit]:
    """Returns commits, each of which writes a file."""
    return [
        Commit(
            f"{WHO} {1_700_000_000 + each} +0130",
            f"Iva <iva@acme.example> {1_700_000_000 + each} -0800",
            f"subject {each}\n\nbody ž\n",
            ((f"tickets/{each % 7:02}/{each}.md", history.blob(f"{text} {each}\n".encode())),),
        )
        for each in range(number)
    ]


def home(made: GitRepository) -> list[str]:
    folder = made.path / ".git" / "gitdesk"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def packs(made: GitRepository) -> list[Path]:
    return sorted((made.path / ".git/objects/pack").glob("*"))


@pytest.fixture(params=["sha1", "sha256"])
def made(repo: RepoFactory, request: pytest.FixtureRequest) -> GitRepository:
    """A repository with one commit."""
    found = repo("desk", f"--object-format={request.param}")
    found.commit({"gitdesk.yaml": "desk:\n", "tickets/00/old.md": "old\n"})
    return found


def test_what_was_made_is_in_the_repository_after_it_was_adopted(made: GitRepository) -> None:
    start = made.tip()
    with Repo.discover(str(made.path), os.environ) as repo, NewHistory(repo) as history:
        tip = history.commits(start, commits(history, 30))
        assert made.git("cat-file", "-t", tip, check=False) == ""
        history.adopt()
    assert made.tip() == start
    made.git("update-ref", "refs/heads/made", tip)
    assert made.git("log", "-1", "--format=%an <%ae> %ai %cn %ci %s %b", "made") == (
        f"{WHO} 2023-11-14 23:43:49 +0130 Iva 2023-11-14 14:13:49 -0800 subject 29 body ž"
    )
    assert made.git("rev-list", "--count", f"{start}..made") == "30"
    assert made.file("tickets/01/8.md", "made") == "content 8"
    assert made.file("tickets/00/old.md", "made") == "old"
    assert made.git("fsck", "--full", "--strict", "--no-dangling") == ""
    assert home(made) == []


def interrupted(repo: Repo) -> None:
    with NewHistory(repo) as history:
        history.blob(b"x" * 3_000_000)
        raise KeyboardInterrupt


def test_what_was_not_adopted_leaves_no_trace(made: GitRepository) -> None:
    before = packs(made), made.git("count-objects", "-v")
    with Repo.discover(str(made.path), os.environ) as repo:
        with NewHistory(repo) as history:
            history.commits(made.tip(), commits(history, 3))
        with pytest.raises(KeyboardInterrupt):
            interrupted(repo)
    assert (packs(made), made.git("count-objects", "-v")) == before
    assert home(made) == []


def test_the_same_contents_can_be_committed_on_another_base(made: GitRepository) -> None:
    start = made.tip()
    other = made.commit({"notes.txt": "x"})
    with Repo.discover(str(made.path), os.environ) as repo, NewHistory(repo) as history:
        wanted = commits(history, 5)
        history.commits(start, wanted)
        tip = history.commits(other, wanted)
        history.adopt()
    assert made.git("rev-list", "--count", f"{other}..{tip}") == "5"
    assert made.git("merge-base", other, tip) == other
    assert made.file("notes.txt", tip) == "x"


def test_many_rounds_of_folders_are_one_history(made: GitRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_import, "_ROUND", 4)
    with Repo.discover(str(made.path), os.environ) as repo, NewHistory(repo) as history:
        tip = history.commits(made.tip(), commits(history, 41))
        history.adopt()
    made.git("update-ref", "refs/heads/made", tip)
    assert len(made.git("ls-tree", "-r", "--name-only", tip).split("\n")) == 43
    assert made.git("fsck", "--full", "--strict", "--no-dangling") == ""


def test_files_are_removed_and_an_empty_stretch_is_the_base(made: GitRepository) -> None:
    start = made.tip()
    gone = Commit(f"{WHO} 1 +0000", f"{WHO} 1 +0000", "gone", (("tickets/00/old.md", None),))
    with Repo.discover(str(made.path), os.environ) as repo, NewHistory(repo) as history:
        tip = history.commits(start, [gone])
        history.adopt()
    assert made.git("ls-tree", "-r", "--name-only", tip) == "gitdesk.yaml"
    with Repo.discover(str(made.path), os.environ) as repo, NewHistory(repo) as history:
        assert history.commits(start, []) == start


def test_ids_of_blobs_are_gits_own(made: GitRepository) -> None:
    with Repo.discover(str(made.path), os.environ) as repo, NewHistory(repo) as history:
        assert history.blob(b"abc\n") == made.git("hash-object", "--stdin", input="abc\n")


def test_what_a_killed_import_left_is_cleared_away_and_one_at_work_is_not(made: GitRepository) -> None:
    folder = made.path / ".git" / "gitdesk"
    for name in ("import-dead", "import-alive", "import-bare"):
        (folder / name / "objects").mkdir(parents=True)
        if name != "import-bare":
            (folder / name / "lock").touch()
    (folder / "other").mkdir()
    with open(folder / "import-alive" / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with Repo.discover(str(made.path), os.environ) as repo, NewHistory(repo):
            inside = home(made)
    assert home(made) == ["import-alive", "other"]
    assert len(inside) == 3


def broken(repo: Repo, tip: str) -> None:
    with NewHistory(repo) as history:
        history.commits(tip, [Commit("no author at all", "neither", "x", ())])
        history.adopt()


def test_when_git_dies_the_import_ends_with_an_error(made: GitRepository) -> None:
    with (
        Repo.discover(str(made.path), os.environ) as repo,
        pytest.raises(GitdeskError, match="could not take"),
    ):
        broken(repo, made.tip())
    assert home(made) == []


def test_packs_cannot_be_written_by_accident(made: GitRepository) -> None:
    with Repo.discover(str(made.path), os.environ) as repo, NewHistory(repo) as history:
        history.commits(made.tip(), commits(history, 3))
        history.adopt()
    assert packs(made)
    assert all(path.stat().st_mode & 0o777 == 0o444 for path in packs(made))
