"""Proposing: what goes on the branch, what to the desk, and what happens the second time."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitdesk.desk import Desk, Step, Why
from gitdesk.desk.proposal_remote import remote_of
from gitdesk.desk.proposal_sending import send_named
from gitdesk.desk.proposals import find, open_proposals
from gitdesk.domain.edit import Move, Set, Tag
from gitdesk.domain.format import path_of
from gitdesk.errors import NotFound, Refused, UsageError

from .conftest import Place, silent
from .proposing import OTHER, TICKET, Team


@pytest.fixture(scope="module")
def founded_team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return Team.of(tmp_path_factory.mktemp("team"))


@pytest.fixture
def team(founded_team: Team, tmp_path: Path) -> Team:
    return founded_team.copied(tmp_path)


def test_a_proposal_changes_the_status_line_and_nothing_else(team: Team) -> None:
    made, sent = team.propose(reason="a day has passed")
    assert sent.remote == "origin"
    assert team.git("server", "diff", "--numstat", f"main..{made.name}").split() == [
        "1",
        "1",
        path_of(TICKET),
    ]
    assert team.status() == "resolved"
    assert team.status(branch=made.name) == "closed"
    assert "a day has passed" in team.git("server", "log", "-1", "--format=%b", made.name)


def test_the_name_of_the_branch_says_whose_it_is_and_which(team: Team) -> None:
    made, sent = team.propose()
    assert made.name == f"propose/{TICKET}/{sent.head[:8]}"


def test_once_it_is_sent_the_remote_has_the_branch_and_this_clone_none_of_its_own(team: Team) -> None:
    made, _ = team.propose()
    assert team.branches("ana") == [f"refs/remotes/origin/{made.name}"]
    assert team.git("ana", "status", "--porcelain") == ""


def test_the_work_tree_keeps_showing_the_desk(team: Team) -> None:
    team.propose(text="Anything else?")
    text = (team.folder / "ana" / path_of(TICKET)).read_text()
    assert "Anything else?" in text
    assert "status: closed" not in text
    assert team.git("ana", "status", "--porcelain") == ""


def test_a_message_goes_to_the_desk_at_once(team: Team) -> None:
    made, _ = team.propose(text="Anything else?")
    assert made.said is not None
    assert team.tip() == made.said
    assert "Anything else?" in team.git("server", "show", f"main:{path_of(TICKET)}")
    diff = team.git("server", "diff", "--numstat", f"main..{made.name}")
    assert diff.split() == ["1", "1", path_of(TICKET)]


def test_a_message_that_the_way_needs_in_the_same_change_stays_with_it(tmp_path: Path) -> None:
    team = Team.of(tmp_path, requires="message")
    made, _ = team.propose("ana", Move(status="open"), text="It is back.")
    assert made.said is None
    assert made.kept == (TICKET,)
    assert "It is back." in team.git("server", "show", f"{made.name}:{path_of(TICKET)}")
    assert "It is back." not in team.git("server", "show", f"main:{path_of(TICKET)}")


def test_a_message_that_the_way_needs_goes_ahead_where_the_way_needs_an_approval_too(tmp_path: Path) -> None:
    team = Team.of(tmp_path, requires="message")
    made, _ = team.propose(text="We close this.")
    assert made.said == team.tip()
    assert team.status(branch=made.name) == "closed"


def test_a_message_alone_is_not_proposed(team: Team) -> None:
    with pytest.raises(Refused, match="waits for nobody"):
        team.propose("ana", Tag(), text="Hello")
    assert team.branches() == []
    assert team.tip("main", "ana") == team.tip()


def test_what_is_refused_for_other_reasons_is_not_proposed_either(team: Team) -> None:
    with pytest.raises(Refused, match="P001"):
        team.propose("ana", Set(values=(("assignee", "nobody-there"),)), text="Hello")
    assert team.branches() == []
    assert team.tip("main", "ana") == team.tip()  # and the message is not said


def test_proposing_the_same_once_more_changes_nothing(team: Team) -> None:
    first, _ = team.propose()
    again, sent = team.propose()
    assert again.existed
    assert again.name == first.name
    assert sent.remote == "origin"
    assert len(team.branches()) == 1


def test_the_same_with_another_message_says_what_is_there_and_says_nothing(team: Team) -> None:
    team.propose()
    before = team.tip("main", "ana")
    with pytest.raises(Refused, match="proposed already"):
        team.propose(text="And another thing")
    assert team.tip("main", "ana") == before


def test_two_different_proposals_of_a_ticket_stand_side_by_side(team: Team) -> None:
    team.propose()
    team.propose("ana", Set(values=(("priority", "high"),)))
    assert len(team.branches()) == 2
    with team.open("ana") as desk, pytest.raises(NotFound, match="2 proposals"):
        find(desk, remote_of(desk), TICKET)


def test_what_is_so_already_is_not_proposed(team: Team) -> None:
    made, _ = team.propose("ana", Move(status="resolved"))
    assert made.name == ""
    assert made.outcome.unchanged == (TICKET,)


def test_several_tickets_are_one_proposal(team: Team) -> None:
    with team.open("ana") as desk:
        steps = [Step(ticket_id=one, edit=Move(status="closed")) for one in (TICKET, OTHER)]
        made = desk.propose(steps, Why())
        send_named(desk, made.name)
        assert made.name.startswith("propose/several/")
    with team.open("ana") as desk:
        found = find(desk, remote_of(desk), OTHER)
        assert found.ids == (TICKET, OTHER)


def test_other_commits_that_are_not_sent_yet_do_not_come_along(team: Team) -> None:
    with team.open("ana") as desk:
        desk.change([Step(ticket_id=OTHER, edit=Tag(add=("vip",)))], Why())
    made, _ = team.propose()
    assert team.git("server", "rev-list", "--count", f"main..{made.name}") == "1"
    assert "vip" not in team.git("server", "show", f"{made.name}:{path_of(OTHER)}")


def test_a_proposal_that_stands_on_what_is_not_sent_yet_takes_that_to_the_desk_first(team: Team) -> None:
    with team.open("ana") as desk:
        desk.change([Step(ticket_id=TICKET, edit=Tag(add=("vip",)))], Why())
    made, _ = team.propose()
    assert team.tip() == team.tip("main", "ana")
    assert team.git("server", "rev-list", "--count", f"main..{made.name}") == "1"


def test_without_a_remote_that_answers_it_is_kept_here_and_sent_the_next_time(team: Team) -> None:
    team.server.rename(team.folder / "away")
    made, sent = team.propose()
    assert sent.remote == ""
    assert "cannot be reached" in sent.problem
    assert team.branches("ana") == [f"refs/heads/{made.name}"]
    (team.folder / "away").rename(team.server)
    again, sent = team.propose()
    assert again.existed
    assert sent.remote == "origin"
    assert team.branches() == [f"refs/heads/{made.name}"]
    assert team.branches("ana") == [f"refs/remotes/origin/{made.name}"]


def test_a_desk_without_a_remote_keeps_its_proposals(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk:
        made = desk.propose([Step(ticket_id=ticket, edit=Move(status="open"))], Why())
        sent = send_named(desk, made.name)
    assert (sent.remote, sent.problem) == ("", "")
    with place.open() as desk:
        assert [one.name for one in open_proposals(desk, None)] == [made.name]


def test_a_desk_that_is_checked_out_nowhere_takes_proposals(team: Team) -> None:
    with Desk.open(str(team.server), {**team.environ, **_IVA}, silent) as desk:
        made = desk.propose([Step(ticket_id=TICKET, edit=Move(status="closed"))], Why())
    assert team.status(branch=made.name) == "closed"
    assert team.status() == "resolved"


_IVA = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Iva Kralj"), ("EMAIL", "iva@acme.example"))
}


def test_a_dry_run_writes_nothing(team: Team) -> None:
    with team.open("ana") as desk:
        made = desk.propose([Step(ticket_id=TICKET, edit=Move(status="closed"))], Why(), dry_run=True)
    assert "+status: closed" in made.outcome.diff.replace('"', "")
    assert made.name == ""
    assert team.branches("ana") == []


def test_who_cannot_sign_is_told_how_and_nothing_is_said_or_proposed(tmp_path: Path) -> None:
    team = Team.of(tmp_path, signed=True)
    team.git("ana", "config", "user.signingkey", str(tmp_path / "gone.pub"))
    with pytest.raises(Refused, match="signed") as caught:
        team.propose(text="Anything else?")
    assert "git config gpg.format ssh" in (caught.value.hint or "")
    assert team.branches("ana") == []
    assert team.tip("main", "ana") == team.tip()


# ---- rules


def test_rules_are_proposed_as_the_work_tree_has_them(team: Team) -> None:
    config = team.folder / "marko" / "gitdesk.yaml"
    config.write_text(config.read_text().replace("[low, normal, high]", "[low, normal, high, urgent]"))
    with team.open("marko") as desk:
        made = desk.propose_files(["gitdesk.yaml"], Why(reason="storms"))
        send_named(desk, made.name)
    assert made.name.startswith("propose/gitdesk.yaml/")
    assert "urgent" in team.git("server", "show", f"{made.name}:gitdesk.yaml")
    assert "urgent" not in team.git("server", "show", "main:gitdesk.yaml")
    assert "urgent" in config.read_text()


def test_rules_that_cannot_be_used_are_not_proposed(team: Team) -> None:
    config = team.folder / "marko" / "gitdesk.yaml"
    config.write_text(config.read_text().replace("priorities:", "prioritys:"))
    with team.open("marko") as desk, pytest.raises(Refused, match="prioritys"):
        desk.propose_files(["gitdesk.yaml"], Why())
    assert team.branches("marko") == []


def test_rules_that_are_as_on_the_desk_are_nothing_to_propose(team: Team) -> None:
    with team.open("marko") as desk, pytest.raises(Refused, match="nothing to propose"):
        desk.propose_files(["gitdesk.yaml"], Why())


def test_other_files_are_no_rules(team: Team) -> None:
    with team.open("marko") as desk, pytest.raises(UsageError, match="neither here nor"):
        desk.propose_files(["calendars/HR.yaml"], Why())
    with team.open("marko") as desk, pytest.raises(UsageError, match="holds no rules"):
        desk.propose_files(["calendars/../secret.yaml/x"], Why())


# ---- which one is meant


def test_a_proposal_is_found_by_its_ticket_its_branch_and_its_digits(team: Team) -> None:
    made, _ = team.propose()
    short = made.name.rpartition("/")[2]
    with team.open("ana") as desk:
        remote = remote_of(desk)
        words = (TICKET, "7k3qx4m2", made.name, f"origin/{made.name}", f"{TICKET}/{short}", short, short[:4])
        assert {find(desk, remote, word).name for word in words} == {made.name}
        for word in ("AC-7K3QX4M3", "0000", short[:3], "propose/nothing"):
            with pytest.raises(NotFound):
                find(desk, remote, word)


def test_what_landed_by_another_way_is_no_open_proposal_any_more(team: Team) -> None:
    made, _ = team.propose("ana", Set(values=(("priority", "high"),)))
    team.git("iva", "fetch", "-q")
    team.git("iva", "merge", "-q", "--no-ff", "-m", "by hand", f"origin/{made.name}")
    with team.open("iva") as desk:
        assert open_proposals(desk, remote_of(desk)) == ()
