"""Which policy a ticket has and why: by today's gitdesk.yaml, and by the version its running clocks are held to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from branches import ONE, START, STRICT, TWO, H, History, config, text_of

from gitdesk.desk import policies
from gitdesk.errors import UsageError

_VIP = '      when: "tag:vip priority>=normal"\n'


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Returns a desk whose policy changed while a ticket's clocks ran."""
    made = History(tmp_path / "desk")
    made.commit(START - 24 * H, {"gitdesk.yaml": config()})
    made.commit(START, {ONE: text_of(ONE, tags=["vip"]), TWO: text_of(TWO, status="resolved")})
    made.commit(START + H, {"gitdesk.yaml": config(STRICT, when=_VIP)})
    return made


def test_today_says_which_policy_and_history_what_running_clocks_are_held_to(history: History) -> None:
    ids = history.write()
    with history.desk(START + 2 * H) as desk:
        (one,) = policies.listed(desk)
    assert (one.ticket, one.policy, one.when) == (ONE, "gold", "tag:vip priority>=normal")
    assert one.targets == {"first_response": "1h", "next_response": "1h", "resolution": "4h"}
    assert [(held.policy, held.commit, held.metrics) for held in one.held] == [
        ("gold", ids[":1"], ("assign", "first_response", "resolution"))
    ]


def test_done_tickets_are_listed_only_when_they_are_asked_for(history: History) -> None:
    history.write()
    with history.desk(START + 2 * H) as desk:
        assert [one.ticket for one in policies.listed(desk, "is:done")] == [TWO]
        assert [one.policy for one in policies.listed(desk, "is:done")] == [""]


def test_an_explanation_tells_every_term(history: History) -> None:
    history.write()
    with history.desk(START + 2 * H) as desk:
        assert policies.explained(desk, ONE).steps == (
            ("gold", True, (("tag:vip", True), ("priority>=normal", True))),
        )
        two = policies.explained(desk, TWO)
    assert two.steps == (("gold", False, (("tag:vip", False), ("priority>=normal", True))),)
    assert (two.policy, two.targets) == ("", None)


def test_lists_and_explanations_agree(history: History) -> None:
    history.write()
    with history.desk(START + 2 * H) as desk:
        for one in policies.listed(desk, "is:done OR -is:done"):
            told = policies.explained(desk, ONE if one.ticket == ONE else TWO)
            assert (told.policy, told.when, told.targets, told.held) == (
                one.policy,
                one.when,
                one.targets,
                one.held,
            )


def test_a_mistake_is_shown_in_the_words_of_the_person(history: History) -> None:
    history.write()
    with history.desk(START + 2 * H) as desk, pytest.raises(UsageError) as caught:
        list(policies.listed(desk, "status:opne"))
    assert "-is:done" not in str(caught.value)
    assert "sort:" not in str(caught.value)
