"""What a history has imported is found again by the trailers of its commits."""

from __future__ import annotations

import os

from repository import GitRepository, RepoFactory

from gitdesk.store.git import Repo
from gitdesk.store.import_marks import Marks, mark, trailer


def marks(made: GitRepository, tip: str = "HEAD") -> Marks:
    with Repo.discover(str(made.path), os.environ) as repo:
        return Marks(repo, made.tip(tip))


def line(key: str, *identities: str) -> str:
    return ": ".join(trailer(key, identities))


def test_every_event_a_commit_carries_is_known_and_no_other(repo: RepoFactory) -> None:
    made = repo()
    many = [f"event {number}" for number in range(3_000)]
    made.commit({"a": "1"}, f"subject\n\nbody\n\nVia: mail\n{line('zendesk:1', 'created', 'e1')}\n")
    made.commit({"a": "2"}, f"subject\n\n{line('zendesk:2', *many)}\n")
    made.commit({"a": "3"}, "a commit of somebody else's")
    found = marks(made)
    assert len(found) == 3_002
    assert found.has("zendesk:1", "e1")
    assert found.has("zendesk:1", "created")
    assert all(found.has("zendesk:2", one) for one in many)
    assert not found.has("zendesk:2", "e1")
    assert not found.has("zendesk:3", "created")


def test_a_history_that_never_imported_knows_nothing(repo: RepoFactory) -> None:
    made = repo()
    made.commit({"a": "1"})
    found = marks(made)
    assert len(found) == 0
    assert not found.has("zendesk:1", "created")


def test_only_the_history_of_the_branch_counts(repo: RepoFactory) -> None:
    made = repo()
    made.commit({"a": "1"})
    made.git("checkout", "-q", "-b", "other")
    made.commit({"a": "2"}, f"subject\n\n{line('zendesk:1', 'created')}\n")
    assert marks(made, "other").has("zendesk:1", "created")
    assert not marks(made, "main").has("zendesk:1", "created")


def test_words_that_are_no_marks_are_passed_over(repo: RepoFactory) -> None:
    made = repo()
    made.commit({"a": "1"}, "subject\n\nGitdesk-Source: zendesk:1 nonsense 0123456789ab\n")
    made.commit({"a": "2"}, "subject\n\nGitdesk-Source: no trailer\n\nbecause more text follows")
    assert len(marks(made)) == 1


def test_a_source_with_blanks_is_one_word_of_a_trailer() -> None:
    assert trailer("a:b c", ["x"])[1].split() == ["a:b%20c", mark("a:b c", "x")]


def test_marks_depend_on_source_and_event_and_any_text_has_one() -> None:
    assert mark("a:1", "x") != mark("a:2", "x") != mark("a:2", "y")
    assert mark("a:1", "x") == mark("a:1", "x")
    assert len(mark("a:1", "\ud800\0")) == 12
