"""What Git is in the middle of, in words."""

from __future__ import annotations

import pytest

from gitdesk.store.underway import Underway


@pytest.mark.parametrize(
    ("verb", "named"), [("merge", "a merge"), ("am", "an am"), ("cherry-pick", "a cherry-pick")]
)
def test_it_is_named_as_one_says_it(verb: str, named: str) -> None:
    assert Underway(verb=verb, command=f"git {verb} --continue", is_open=False).named == named
