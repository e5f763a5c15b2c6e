"""Approving and rejecting: what counts, what is refused and why, and what is safe to repeat."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitdesk.desk import reviewing
from gitdesk.desk.proposal_remote import remote_of
from gitdesk.desk.proposals import find
from gitdesk.desk.reviewing import APPROVED, FREE, OUTDATED, REJECTED, WAITING, Review, reviews
from gitdesk.domain.approval import REJECTS, WITHDRAWS
from gitdesk.domain.edit import Move, Set
from gitdesk.domain.format import path_of
from gitdesk.errors import Conflict, NotFound, Refused

from .proposing import TICKET, Team


@pytest.fixture(scope="module")
def founded_team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return Team.of(tmp_path_factory.mktemp("team"))


@pytest.fixture
def team(founded_team: Team, tmp_path: Path) -> Team:
    return founded_team.copied(tmp_path)


@pytest.fixture(scope="module")
def founded_signing(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return Team.of(tmp_path_factory.mktemp("signing"), signed=True)


def review(team: Team, name: str, word: str = TICKET) -> Review:
    team.git(name, "fetch", "-q", "--prune")
    with team.open(name) as desk:
        return reviewing.review(desk, find(desk, remote_of(desk), word))


def test_a_proposal_waits_for_those_who_may_approve_it_and_did_not_make_it(team: Team) -> None:
    team.propose("marko")
    found = review(team, "iva")
    assert found.state == WAITING
    assert [person.id for person in found.waits_for] == ["iva"]
    with team.open("iva") as desk:
        people = {name: desk.config.agent(name) for name in ("ana", "marko", "iva")}
        waited = [one.id for found in reviews(desk) for one in found.waits_for]
        told = {name: waited.count(person.id) for name, person in people.items() if person}
    assert told == {"ana": 0, "marko": 0, "iva": 1}


def test_an_approval_is_an_empty_commit_that_names_the_change(team: Team) -> None:
    made, sent = team.propose()
    said = team.say("marko", text="looks right")
    assert said.review.state == APPROVED
    assert said.remote == "origin"
    assert team.tip(made.name) == said.commit
    assert team.git("server", "diff", "--name-only", sent.head, made.name) == ""
    body = team.git("server", "log", "-1", "--format=%b", made.name)
    assert "looks right" in body
    assert f"Gitdesk-Approves: {said.review.standings[0].net.digest} tickets/7K/{TICKET}.md" in body


def test_a_clone_of_one_who_approves_keeps_no_branch_of_its_own(team: Team) -> None:
    made, _ = team.propose()
    team.say("marko")
    assert team.branches("marko") == [f"refs/remotes/origin/{made.name}"]


def test_approving_twice_is_once(team: Team) -> None:
    made, _ = team.propose()
    first = team.say("marko")
    again = team.say("marko")
    assert again.commit is None
    assert team.tip(made.name) == first.commit


@pytest.mark.parametrize(
    ("proposer", "approver", "reason"),
    [
        ("ana", "ana", "it takes lead, and ana has not that role"),
        ("marko", "marko", "nobody approves what they"),
    ],
)
def test_what_could_not_count_is_refused_with_the_reason(
    team: Team, proposer: str, approver: str, reason: str
) -> None:
    made, sent = team.propose(proposer)
    for kind in ("approves", REJECTS):
        with pytest.raises(Refused, match=reason) as caught:
            team.say(approver, kind, text="because")
        assert "iva" in (caught.value.hint or "")
    assert team.tip(made.name) == sent.head


def test_a_stranger_is_told_so(team: Team) -> None:
    team.propose()
    team.git("marko", "config", "user.email", "eve@evil.example")
    with pytest.raises(Refused, match=r'nobody on this desk has the address "eve@evil.example"'):
        team.say("marko")


def test_a_proposal_that_nobody_has_to_approve_is_not_approved(team: Team) -> None:
    team.propose("ana", Set(values=(("priority", "high"),)))
    assert review(team, "marko").state == FREE
    with pytest.raises(Refused, match="needs an approval") as caught:
        team.say("marko")
    assert "gitdesk land" in (caught.value.hint or "")


def test_what_the_desk_has_changed_since_is_not_approved(team: Team) -> None:
    team.propose()
    with team.open("iva") as desk:
        from gitdesk.desk import Step, Why

        desk.change([Step(ticket_id=TICKET, edit=Set(values=(("priority", "high"),)))], Why())
    team.git("iva", "push", "-q", "origin", "main")
    with pytest.raises(Refused, match=r"has changed tickets/7K/AC-7K3QX4M2.md since") as caught:
        team.say("marko")
    assert "--update" in (caught.value.hint or "")
    assert review(team, "marko").state == OUTDATED


def test_a_proposal_that_changed_after_it_was_read_is_not_approved_unseen(team: Team) -> None:
    made, _ = team.propose()
    team.git("marko", "fetch", "-q")
    team.git("ana", "fetch", "-q")
    team.git("ana", "switch", "-q", "-c", "more", f"origin/{made.name}")
    file = team.folder / "ana" / path_of(TICKET)
    file.write_text(file.read_text().replace("Done.", "Done. Pay 1000 EUR to me."))
    team.git("ana", "-c", "core.hooksPath=/dev/null", "commit", "-qam", "more")
    team.git("ana", "push", "-q", "origin", f"more:{made.name}")
    with pytest.raises(Conflict, match="was changed since it was last fetched"):
        team.say("marko")
    assert team.say("marko").commit  # who asks once more has seen it


def test_what_others_said_meanwhile_is_no_change(team: Team) -> None:
    team.propose()
    team.git("marko", "fetch", "-q")
    team.say("iva")
    assert team.say("marko").commit


def test_a_rejection_holds_until_it_is_taken_back(team: Team) -> None:
    team.propose()
    said = team.say("iva", REJECTS, text="not booked yet")
    assert said.review.state == REJECTED
    assert team.say("marko").review.state == REJECTED
    assert team.say("iva", WITHDRAWS).review.state == APPROVED
    assert team.say("iva", WITHDRAWS).commit is None


def test_a_rejection_that_holds_from_another_proposal_is_taken_back_there(team: Team) -> None:
    first, _ = team.propose()
    team.say("iva", REJECTS, word=first.name, text="not booked yet")
    second, sent = team.propose("ana", Set(values=(("priority", "high"),)), Move(status="closed"))
    assert review(team, "iva", second.name).state == REJECTED
    for trial in (True, False):
        with pytest.raises(Refused, match=f"you rejected it on {first.name}") as caught:
            team.say("iva", WITHDRAWS, word=second.name, dry_run=trial)
        assert f"gitdesk reject {first.name} --withdraw" in (caught.value.hint or "")
    assert team.tip(second.name) == sent.head
    assert team.say("iva", WITHDRAWS, word=first.name).review.state == WAITING
    assert review(team, "iva", second.name).state == WAITING


def test_who_has_rejected_may_approve_later(team: Team) -> None:
    team.propose()
    team.say("iva", REJECTS, text="not booked yet")
    assert team.say("iva").review.state == APPROVED


def test_an_approval_can_be_taken_back(team: Team) -> None:
    team.propose()
    team.say("marko")
    assert team.say("marko", WITHDRAWS).review.state == WAITING


def test_two_approvals_are_two_peoples(tmp_path: Path) -> None:
    team = Team.of(tmp_path, count=2)
    team.propose()
    first = team.say("marko").review
    assert (first.state, [person.id for person in first.waits_for]) == (WAITING, ["iva"])
    assert team.say("iva").review.state == APPROVED


def test_an_approval_that_could_not_be_sent_is_kept_and_sent_the_next_time(team: Team) -> None:
    made, _ = team.propose()
    team.git("marko", "fetch", "-q")
    team.server.rename(team.folder / "away")
    said = team.say("marko")
    assert (said.remote, said.review.state) == ("", APPROVED)
    assert "cannot be reached" in said.problem
    assert team.tip(made.name, "marko") == said.commit
    (team.folder / "away").rename(team.server)
    again = team.say("marko")
    assert (again.commit, again.remote) == (None, "origin")
    assert team.tip(made.name) == said.commit
    assert team.tip(made.name, "marko") == ""


def test_what_was_said_without_the_remote_goes_on_top_of_what_others_said_meanwhile(tmp_path: Path) -> None:
    team = Team.of(tmp_path, count=2)
    made, _ = team.propose()
    team.git("marko", "fetch", "-q")
    team.server.rename(team.folder / "away")
    team.say("marko", text="mine")
    (team.folder / "away").rename(team.server)
    team.say("iva", text="hers")
    again = team.say("marko")
    assert again.review.state == APPROVED
    log = team.git("server", "log", "--format=%an %b", f"main..{made.name}")
    assert "Marko Babić mine" in log
    assert "Iva Kralj hers" in log
    assert team.tip(made.name, "marko") == ""


def test_two_who_approve_at_once_both_count(tmp_path: Path) -> None:
    team = Team.of(tmp_path, count=2)
    made, _ = team.propose()
    running = [team.start(name, "approve", TICKET) for name in ("marko", "iva")]
    for one in running:
        said, _ = one.communicate(timeout=60)
        assert one.returncode == 0, said
    assert review(team, "ana").state == APPROVED
    assert team.git("server", "rev-list", "--count", f"main..{made.name}") == "3"


def test_nothing_is_said_of_what_is_not_there(team: Team) -> None:
    with pytest.raises(NotFound, match="no open proposal"):
        team.say("marko")


# ---- signed


def test_an_approval_is_signed_with_a_key_of_who_gives_it(founded_signing: Team, tmp_path: Path) -> None:
    team = founded_signing.copied(tmp_path)
    team.git("marko", "config", "user.signingkey", f"{tmp_path}/marko-key.pub")
    team.git("ana", "config", "user.signingkey", f"{tmp_path}/ana-key.pub")
    made, sent = team.propose(text="Anything else?")
    assert sent.remote == "origin"
    said = team.say("marko")
    assert said.review.state == APPROVED
    (counted,) = said.review.standings[0].counted
    assert counted.verified
    assert "gpgsig" in team.git("server", "cat-file", "commit", made.name)


def test_a_key_of_somebody_else_counts_for_nothing(founded_signing: Team, tmp_path: Path) -> None:
    team = founded_signing.copied(tmp_path)
    team.git("ana", "config", "user.signingkey", f"{tmp_path}/ana-key.pub")
    team.git("marko", "config", "user.signingkey", f"{tmp_path}/iva-key.pub")
    made, sent = team.propose()
    with pytest.raises(Refused, match="would not count") as caught:
        team.say("marko")
    assert "signing_keys" in (caught.value.hint or "")
    assert team.tip(made.name) == sent.head


def test_who_cannot_sign_is_told_how_to(founded_signing: Team, tmp_path: Path) -> None:
    team = founded_signing.copied(tmp_path)
    team.git("ana", "config", "user.signingkey", f"{tmp_path}/ana-key.pub")
    made, sent = team.propose()
    team.git("marko", "config", "--unset", "user.signingkey")
    with pytest.raises(Refused, match="approvals are signed") as caught:
        team.say("marko")
    assert "git config user.signingkey" in (caught.value.hint or "")
    assert team.tip(made.name) == sent.head
