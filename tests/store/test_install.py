"""Setting Git up for a desk: a repository where there is none, and nothing of what is there is lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from repository import GitRepository, RepoFactory

from gitdesk.errors import GitdeskError, SetupError
from gitdesk.store import install
from gitdesk.store.git import Repo


def test_a_repository_is_made_where_there_is_none(tmp_path: Path) -> None:
    made = install.open_or_create(str(tmp_path / "new"), os.environ)
    assert made.work_tree == str(tmp_path / "new")
    assert made.head() == ("refs/heads/main", None)


def test_the_name_that_git_is_configured_with_is_kept_and_a_given_one_wins(
    tmp_path: Path, sealed_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[init]\n\tdefaultBranch = trunk\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    assert install.open_or_create(str(tmp_path / "one"), os.environ).head()[0] == "refs/heads/trunk"
    given_name = install.open_or_create(str(tmp_path / "two"), os.environ, branch="tickets")
    assert given_name.head()[0] == "refs/heads/tickets"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    assert install.open_or_create(str(tmp_path / "three"), os.environ).head()[0] == "refs/heads/main"


def test_the_repository_around_a_folder_is_used(repo: RepoFactory) -> None:
    made = repo()
    (made.path / "sub").mkdir()
    assert install.open_or_create(str(made.path / "sub"), os.environ).work_tree == str(made.path)


def test_a_distrusted_repository_is_not_made_anew(repo: RepoFactory) -> None:
    made = repo()
    with pytest.raises(SetupError, match="dubious ownership"):
        install.open_or_create(str(made.path), {**os.environ, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"})


def test_a_place_where_nothing_can_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(GitdeskError, match="cannot make a repository") as caught:
        install.open_or_create(str(tmp_path / "file" / "sub"), os.environ)
    assert "file" in str(caught.value)


def test_a_desk_goes_to_the_current_branch_or_beside_the_code(repo: RepoFactory) -> None:
    made = repo()
    made.commit({"code": "x"})
    found = Repo.discover(str(made.path), os.environ)
    assert install.place(found, None).ref == "refs/heads/main"
    beside = install.place(found, "desk")
    assert (beside.ref, beside.tip, beside.checkout) == ("refs/heads/desk", None, None)
    install.use_branch(found, beside)
    assert made.git("config", "gitdesk.branch") == "desk"
    assert found.own_setting("gitdesk.branch") == "desk"


def test_a_detached_head_needs_a_branch_to_be_named(repo: RepoFactory) -> None:
    made = repo()
    made.commit({"code": "x"})
    made.git("checkout", "-q", "--detach")
    with pytest.raises(SetupError, match="HEAD is detached"):
        install.place(Repo.discover(str(made.path), os.environ), None)


def test_the_attributes_reach_the_ticket_files(repo: RepoFactory) -> None:
    made: GitRepository = repo()
    made.write({".gitattributes": install.attributes_with_ours(None)})
    asked = made.git(
        "check-attr", "merge", "diff", "--", "tickets/7K/GD-7K3QX4M2.md", "tickets/7K/GD-7K3QX4M2/a.txt"
    )
    assert asked.split("\n") == [
        "tickets/7K/GD-7K3QX4M2.md: merge: gitdesk",
        "tickets/7K/GD-7K3QX4M2.md: diff: gitdesk",
        "tickets/7K/GD-7K3QX4M2/a.txt: merge: unspecified",
        "tickets/7K/GD-7K3QX4M2/a.txt: diff: unspecified",
    ]


@given(st.binary(max_size=60))
def test_attributes_that_are_there_stay_and_ours_comes_once(existing: bytes) -> None:
    once = install.attributes_with_ours(existing)
    assert existing.strip() in once
    assert install.attributes_with_ours(once) == once
    assert install.ATTRIBUTES.encode() in [line.strip() for line in once.splitlines()]
