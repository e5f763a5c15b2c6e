"""What a merge would come to, as history names its files."""

from __future__ import annotations

import os

from repository import RepoFactory

from gitdesk.store import merge_result
from gitdesk.store.git import Repo


def test_a_path_that_is_no_utf_8_has_one_name_among_conflicts_and_differences(repo: RepoFactory) -> None:
    made = repo()
    odd = os.fsencode(made.path) + b"/caf\xe9"
    tips = []
    for branch, text in (("main", "one"), ("ours", "two"), ("theirs", "three")):
        if branch != "main":
            made.git("switch", "-q", "-c", branch, "main")
        with open(odd, "w") as file:
            file.write(text)
        made.git("add", "-A")
        made.git("commit", "-qm", text)
        tips.append(made.git("rev-parse", "HEAD"))
    _, ours, theirs = tips
    with Repo.discover(str(made.path), os.environ) as found, merge_result.beside(found) as other:
        auto = merge_result.remerged(other, ours, theirs)
        assert auto is not None
        assert list(auto.conflicts) == [path for path, *_ in merge_result.differences(other, auto.tree, ours)]
