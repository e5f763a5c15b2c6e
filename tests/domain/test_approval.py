"""Approvals: whose word counts for what, and what is in the way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitdesk.domain import approval
from gitdesk.domain.approval import APPROVES, REJECTS, WITHDRAWS, Contributor, Need, Net, Standing, Verdict
from gitdesk.domain.config import ApprovalSettings, Config, Named, RuleSettings
from gitdesk.domain.people import Person, Role
from gitdesk.domain.workflow import Approvals, Status, Workflow
from gitdesk.value import replace

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
PATH = "tickets/7K/AC-7K3QX4M2.md"
NET = Net(path=PATH, from_="resolved", to="closed", old="a" * 40, new="b" * 40)
OTHER = replace(NET, new="c" * 40)
NEED = Need(path=PATH, why="status resolved → closed", approvals=Approvals(count=1, roles=("lead",)))
PEOPLE = (
    Person(id="iva", name="Iva", roles=("lead",)),
    Person(id="ana", name="Ana", roles=("lead",)),
    Person(id="marko", name="Marko", roles=("agent",)),
    Person(id="bot", name="Bot", roles=("lead",), robot=True),
)
CONFIG = Config(
    name="Acme",
    prefix="AC",
    workflow=Workflow(statuses=(Status("new", "new"), Status("closed", "closed"))),
    priority_specs=(Named("normal"),),
    people=PEOPLE,
    roles=(Role(name="lead"), Role(name="agent")),
)
UNSIGNED = replace(CONFIG, rules=RuleSettings(severities={}, approvals=ApprovalSettings(signed=False)))
MARKO = Contributor(who="Marko <marko@acme.example>", person="marko", verified=True)


def said(kind: str = APPROVES, person: str = "iva", net: Net = NET, **other: Any) -> Verdict:
    given = {"who": f"{person} <{person}@acme.example>", "verified": True, "at": NOW, **other}
    return Verdict(kind=kind, person=person, path=net.path, digest=net.digest, **given)


def reviewed(kind: str = APPROVES, person: str = "iva", head: str = "h" * 40) -> Verdict:
    return Verdict(kind=kind, who=f"{person}-b", person=person, at=NOW, head=head, verified=True)


def weighed(
    *verdicts: Verdict, need: Need = NEED, by: tuple[Contributor, ...] = (MARKO,), **other: Any
) -> Standing:
    return approval.weigh(need, NET, verdicts, by, other.pop("config", CONFIG), **other)


def test_one_who_may_is_enough_where_one_is_asked_for() -> None:
    found = weighed(said())
    assert found.met
    assert found.words == "1 of 1 approval by lead (iva)"


def test_nothing_said_is_nothing_approved() -> None:
    found = weighed()
    assert (found.met, found.missing, found.words) == (False, 1, "0 of 1 approval by lead")


@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        (said(person="marko"), "nobody approves what they made themselves"),
        (said(person="bot"), "a program approves nothing"),
        (said(person=""), "nobody on the desk, as it was before this change"),
        (said(person="eve"), "nobody on the desk, as it was before this change"),
        (said(verified=False), "not signed with a key of theirs"),
        (said(problem="signed with a key of ana"), "signed with a key of ana"),
        (said(net=OTHER), "given for another version of the change"),
    ],
)
def test_a_word_that_does_not_count_is_told_with_its_reason(verdict: Verdict, why: str) -> None:
    found = weighed(verdict)
    assert not found.met
    assert [reason for _, reason in found.ignored] == [why]
    assert why in found.words


def test_who_lacks_the_role_does_not_count_unless_anybody_may() -> None:
    by = (Contributor(who="Ana", person="ana", verified=True),)
    assert not weighed(said(person="marko"), by=by).met
    assert weighed(said(person="marko"), by=by, need=replace(NEED, approvals=Approvals())).met


def test_the_same_person_twice_is_one_approval() -> None:
    two = replace(NEED, approvals=Approvals(count=2, roles=("lead",)))
    assert weighed(said(), said(), need=two).missing == 1
    assert weighed(said(), reviewed(), need=two, head="h" * 40).missing == 1
    assert weighed(said(), said(person="ana"), need=two).met


def test_a_rejection_blocks_whatever_it_was_given_for() -> None:
    found = weighed(said(person="ana"), said(REJECTS, net=OTHER, reason="not yet"))
    assert not found.met
    assert found.words == "1 of 1 approval by lead (ana); rejected by iva: not yet"


def test_a_rejection_is_lifted_by_the_same_person_only() -> None:
    rejected = said(REJECTS)
    assert not weighed(rejected, said(person="ana")).met
    assert not weighed(rejected, said(WITHDRAWS, person="ana"), said(person="ana")).met
    assert weighed(rejected, said()).met
    assert weighed(rejected, said(WITHDRAWS), said(person="ana")).met


def test_an_approval_of_another_version_lifts_no_rejection() -> None:
    assert weighed(said(REJECTS), said(net=OTHER), said(person="ana")).blocking


def test_what_cannot_be_proved_neither_blocks_nor_lifts() -> None:
    assert weighed(said(REJECTS, verified=False), said(person="ana")).met
    assert not weighed(said(REJECTS), said(WITHDRAWS, verified=False), said(person="ana")).met


def test_neither_a_contributor_nor_who_could_not_approve_can_block() -> None:
    assert weighed(said(REJECTS, person="marko"), said()).met


def test_who_takes_an_approval_back_has_given_none() -> None:
    assert not weighed(said(), said(WITHDRAWS)).met
    assert not weighed(said(), said(REJECTS)).met


def test_a_review_counts_for_the_head_it_was_given_for() -> None:
    assert weighed(reviewed(), head="h" * 40).met
    assert not weighed(reviewed(), head="i" * 40).met
    assert not weighed(reviewed(), head="").met
    assert not weighed(reviewed(), head="h" * 40, at_head=OTHER.new).met


def test_a_rejection_on_a_site_is_not_lifted_by_a_commit() -> None:
    assert not weighed(reviewed(REJECTS), said(), head="h" * 40).met
    assert weighed(reviewed(REJECTS), reviewed(), head="h" * 40).met


def test_a_verdict_about_another_file_is_none() -> None:
    assert not weighed(said(net=replace(NET, path="gitdesk.yaml"))).met
    assert weighed(said(), said(REJECTS, net=replace(NET, path="gitdesk.yaml"))).met


def test_the_assignee_can_be_excluded() -> None:
    assert not weighed(said(), need=replace(NEED, excluded=("iva",))).met


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (Contributor(who="Eve <e@x>"), "nobody can tell whether that is an approver"),
        (Contributor(who="Marko", person="marko"), "the change by marko is not signed"),
        (replace(MARKO, problem="signed with a key of nobody"), "signed with a key of nobody"),
    ],
)
def test_who_made_the_change_must_be_certain(by: Contributor, words: str) -> None:
    found = weighed(said(), by=(by,))
    assert not found.met
    assert words in found.words


def test_many_who_did_not_sign_are_told_short() -> None:
    by = tuple(Contributor(who=name, person=name) for name in ("marko", "ana", "robi", "nikos"))
    assert weighed(said(), by=by).words.endswith(
        "the change by marko, ana, robi and 1 more is not signed with a key of theirs"
    )


def test_without_signatures_the_name_counts_and_it_is_told() -> None:
    by = (Contributor(who="Marko", person="marko"),)
    found = weighed(said(verified=False), by=by, config=UNSIGNED)
    assert found.met
    assert found.words == "1 of 1 approval by lead (iva, unverified)"


def test_who_could_approve_is_told_without_contributors_and_programs() -> None:
    assert [one.id for one in approval.approvers(NEED, CONFIG, (MARKO,))] == ["iva", "ana"]
    by = (Contributor(who="Iva", person="iva"),)
    assert [one.id for one in approval.approvers(NEED, CONFIG, by)] == ["ana"]


def test_what_a_commit_says_is_read_as_it_was_written() -> None:
    spaced = replace(NET, path="tickets/7K/AC-7K3QX4M2/a letter.pdf")
    trailers = approval.trailers_for(REJECTS, (NET, spaced))
    assert approval.said_in((*trailers, ("Gitdesk-Via", "cli"))) == (
        (REJECTS, NET.digest, PATH),
        (REJECTS, spaced.digest, spaced.path),
    )
    assert approval.said_in((("gitdesk-approves", NET.digest),)) == ((APPROVES, NET.digest, ""),)


def test_the_digest_does_not_change_from_one_release_to_the_next() -> None:
    """When this fails, approvals that were given no longer count: think twice, and give the encoding a new number."""
    assert NET.digest == "sha256:a8f8e1a7df9cfd3ae88567afb126b430c35f85bb9dfadf7947e5f5e94c68b6b7"


words = st.text(max_size=4)
nets = st.builds(Net, path=words, from_=words, to=words, old=words, new=words)


@given(nets, nets)
def test_two_changes_have_one_digest_only_if_they_are_the_same(one: Net, other: Net) -> None:
    assert (one.digest == other.digest) == (one == other)


@given(nets, st.sampled_from(["path", "from_", "to", "old", "new"]), words)
def test_no_part_can_be_moved_into_its_neighbour(net: Net, part: str, more: str) -> None:
    changed = replace(net, **{part: getattr(net, part) + more})
    assert (changed.digest == net.digest) == (not more)


kinds = st.sampled_from([APPROVES, REJECTS, WITHDRAWS])
verdicts = st.lists(
    st.builds(
        said, kinds, st.sampled_from(["iva", "ana", "marko", "bot", ""]), st.sampled_from([NET, OTHER])
    ),
    max_size=8,
)


@given(verdicts, st.integers(1, 3))
def test_of_each_person_the_last_word_counts(given_: list[Verdict], count: int) -> None:
    """An approval of another version is no word at all: it neither counts nor takes back."""
    last = {one.person: one.kind for one in given_ if one.kind != APPROVES or one.digest == NET.digest}
    counting = {person: kind for person, kind in last.items() if person in ("iva", "ana")}
    found = weighed(*given_, need=replace(NEED, approvals=Approvals(count=count, roles=("lead",))))
    assert {one.person for one in found.counted} == {
        who for who, kind in counting.items() if kind == APPROVES
    }
    assert {one.person for one in found.blocking} == {
        who for who, kind in counting.items() if kind == REJECTS
    }
    assert found.met == (len(found.counted) >= count and not found.blocking)


@given(verdicts)
def test_what_others_say_who_do_not_count_changes_nothing(given_: list[Verdict]) -> None:
    relevant = [one for one in given_ if one.person in ("iva", "ana")]
    assert weighed(*given_).met == weighed(*relevant).met
