"""References: what can be known of them without asking Git."""

from __future__ import annotations

import os

import pytest
from repository import RepoFactory

from gitdesk.store import refs
from gitdesk.store.git import Repo


@pytest.mark.parametrize("packed", [False, True])
def test_whether_there_is_a_branch_below_a_folder_is_known_by_files_and_packed_ones(
    repo: RepoFactory, packed: bool
) -> None:
    made = repo()
    made.commit({"a": "1"})
    with Repo.discover(str(made.path), dict(os.environ)) as found:
        assert not refs.may_be_below(found, "refs/heads/propose")
        made.git("branch", "proposed")  # a neighbour, whose name only begins so
        made.git("pack-refs", "--all")
        assert not refs.may_be_below(found, "refs/heads/propose")
        made.git("branch", "propose/AC-1/x")
        if packed:
            made.git("pack-refs", "--all")
            assert not (made.path / ".git/refs/heads/propose").exists()
        assert refs.may_be_below(found, "refs/heads/propose")
