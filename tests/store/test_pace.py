"""How long who loses races waits before the next try."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st
from repository import RepoFactory

from gitdesk.store import pace
from gitdesk.store.git import Repo
from gitdesk.store.pace import Pace

PACES = st.builds(Pace, others=st.floats(0, 24), round=st.floats(0.05, 4))
CHANCE = st.floats(0, 1)


def test_who_has_lost_nothing_does_not_wait() -> None:
    assert Pace().pause(1.0) == 0.0


@given(PACES, CHANCE)
def test_a_pause_is_bounded_and_longer_after_a_loss(one: Pace, chance: float) -> None:
    assert 0 <= one.pause(chance) <= one.lost(4).pause(chance) <= 12


@given(PACES, st.floats(0, 100))
def test_a_push_that_got_through_and_time_both_ease_it(one: Pace, seconds: float) -> None:
    assert one.won(seconds).others <= one.won(seconds, at_once=False).others == one.others
    assert one.after(seconds).others <= one.others
    assert one.after(60).others == 0


@given(PACES)
def test_losses_do_not_add_up_for_ever(one: Pace) -> None:
    for _ in range(30):
        one = one.lost(1)
    assert one.others == 24
    assert one.after(-5) == one


def test_it_is_kept_from_call_to_call_and_nothing_else_is_believed(repo: RepoFactory) -> None:
    made = repo()
    with Repo.discover(str(made.path), os.environ) as found:
        path = made.path / ".git" / "gitdesk" / "pace"
        pace.keep(found, Pace().lost(0.25))  # there is no folder yet: nothing is kept, and that is no error
        path.parent.mkdir()
        pace.keep(found, Pace().lost(0.25))
        now = path.stat().st_mtime
        assert pace.load(found, lambda: now) == Pace().lost(0.25)
        assert pace.load(found, lambda: now + 30).others == Pace().lost(0.25).others / 2
        assert pace.load(found, lambda: now + 3600).others == 0
        for rubbish in ("", "x y", "1", "99 1", "1 99", "nan 1", "1 2 3"):
            path.write_text(rubbish)
            assert pace.load(found, lambda: now) == Pace(), rubbish
