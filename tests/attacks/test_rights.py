"""Rights: given to oneself, brought along, taken from others, or the rules put out of force."""

from __future__ import annotations

import pytest

from gitdesk.errors import Refused

from .attacking import CONFIG, IVA, PATH, Desk, attack, said, text

MINE = CONFIG.replace("[marko@acme.example], roles: [agent]", "[marko@acme.example], roles: [lead]")
RULES = "gitdesk.yaml"


def spam(desk: Desk) -> str:
    """Returns the ticket in a status that only a lead may give it."""
    return text(said(desk.at), status="spam")


@attack("A right given to oneself, and used in the same commit")
def test_nobody_gives_himself_a_right(desk: Desk) -> None:
    assert MINE != CONFIG
    assert desk.refused(desk.commit({RULES: MINE, PATH: spam(desk)})) == ["P003", "P005"]


@attack("A right given in an earlier commit of the same push")
@pytest.mark.parametrize(("author", "codes"), [("marko", ["P003", "P005"]), ("iva", ["P003"])])
def test_the_rules_are_those_of_the_old_tip(desk: Desk, author: str, codes: list[str]) -> None:
    given = desk.commit({RULES: MINE}, **({"author": IVA} if author == "iva" else {}))
    used = desk.commit({PATH: spam(desk)}, parents=(given,), at=desk.at + 120)
    assert desk.refused(used) == codes
    # Once it has landed, it counts.
    if author == "iva":
        assert desk.refused(used, given) == []


@attack("A right given on a side branch that is merged in the same push")
def test_a_right_from_a_side_branch_is_no_right_yet(desk: Desk) -> None:
    given = desk.commit({RULES: MINE}, author=IVA)
    merged = desk.commit({RULES: MINE}, parents=(desk.base, given), at=desk.at + 120)
    used = desk.commit({PATH: spam(desk)}, parents=(merged,), at=desk.at + 180)
    assert desk.refused(used) == ["P003"]
    assert desk.refused(merged) == []


@attack("Rules of another history, merged in")
def test_rules_of_an_unrelated_history_are_a_change_of_the_rules(desk: Desk) -> None:
    other = desk.commit({RULES: MINE}, parents=(), at=desk.at + 10)
    merged = desk.commit({RULES: MINE}, parents=(desk.base, other), at=desk.at + 120)
    assert desk.refused(merged) == ["P005"]


@attack("Rules switched off in `rules.checks`, people or workflow rewritten")
@pytest.mark.parametrize(
    "rules",
    [
        f"{CONFIG}rules: {{checks: {{A001: 'off', P005: 'off'}}}}\n",
        CONFIG.replace("may: [configure, correct, act_for_others]", "may: [correct]"),
        CONFIG.replace(", roles: [lead]}\npriorities", "}\npriorities"),
    ],
)
def test_only_who_may_configure_touches_the_rules(desk: Desk, rules: str) -> None:
    assert rules != CONFIG
    assert desk.refused(desk.commit({RULES: rules})) == ["P005"]


@attack("Holidays or working hours changed, so that time stands still")
def test_a_calendar_is_part_of_the_rules(desk: Desk) -> None:
    holidays = "country: HR\nyears: {2026: {2026-09-21: Eve's day}}\n"
    assert "P005" in desk.refused(desk.commit({"calendars/HR.yaml": holidays}))


@attack("`gitdesk.yaml` removed, emptied, broken or turned into a link")
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "C005"),
        ("", "C005"),
        ("desk: [", "F010"),
        (("120000", "elsewhere.yaml"), "C005"),
        (("160000", "1" * 40), "C005"),
    ],
)
def test_the_rules_cannot_be_taken_away(desk: Desk, content: str | tuple[str, str] | None, code: str) -> None:
    assert desk.refused(desk.commit({RULES: content}, author=IVA)) == [code]
    assert desk.refused(desk.commit({RULES: content})) == sorted([code, "P005"])


@attack("Everybody locked out by a rule that nobody can change back")
def test_a_lock_out_is_found_before_it_is_in_force(desk: Desk) -> None:
    nobody = CONFIG.replace("[iva@acme.example], roles: [lead]", "[iva@acme.example], roles: [agent]")
    assert "C071" in {one.code for one in desk.judged(desk.commit({RULES: nobody}, author=IVA))}


@attack("A desk that its server does not take for one: the first push")
def test_the_first_push_is_judged_from_the_first_commit_on(desk: Desk) -> None:
    used = desk.commit({PATH: spam(desk)})
    assert desk.refused(used, "0" * 40) == ["P003"]


@attack("The hook's own rules named by the push: environment and settings of who pushes")
def test_the_server_takes_the_branch_from_its_own_settings(desk: Desk) -> None:
    bad = desk.commit({PATH: text(said(desk.at), priority="normla")})
    desk.environ["GITDESK_BRANCH"] = "elsewhere"
    assert desk.refused(bad) == ["F041"]


@attack("The desk's branch deleted, or taken back")
def test_the_branch_goes_forward_only(desk: Desk) -> None:
    for new in ("0" * 40, desk.git("rev-parse", f"{desk.base}^")):
        with pytest.raises(Refused, match="is the branch of the desk"):
            desk.judged(new)
