"""`gitdesk sync` by every way that people push, through the law."""

from __future__ import annotations

import json

from .conftest import Pushing


def sync(desk: Pushing) -> dict[str, object]:
    """Syncs a clone, which must go well, and returns what was told."""
    done = desk.run("gitdesk", "sync", "--json")
    assert done.returncode == 0, done.stderr
    (item,) = json.loads(done.stdout)["items"]
    return dict(item)


def test_both_sides_come_together_whatever_the_way_there(desk: Pushing) -> None:
    other = desk.clone("other")
    ticket = desk.ticket_file.stem
    desk.good()
    assert (sync(desk)["pushed"], sync(desk)["attempts"]) == (1, 0)
    other.run("gitdesk", "note", ticket, "-m", "from elsewhere")
    told = sync(other)
    assert (told["received"], told["pushed"], told["state"]) == (1, 1, "done")
    assert sync(desk)["received"] == 1
    assert desk.tip() == desk.git("rev-parse", "main") == other.git("rev-parse", "main")


def test_what_breaks_a_rule_does_not_leave_the_clone(desk: Pushing) -> None:
    before = desk.standing()
    desk.bad()
    done = desk.run("gitdesk", "sync")
    assert done.returncode == 1
    assert "not pushed: F040" in done.stderr
    assert desk.standing() == before
