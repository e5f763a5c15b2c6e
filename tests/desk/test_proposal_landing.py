"""Landing a proposal, bringing one up to date, and giving one up."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from gitdesk.desk import Step, Why
from gitdesk.desk.proposal_remote import Unreachable, remote_of
from gitdesk.desk.proposal_sending import send_named
from gitdesk.desk.proposal_update import update, withdraw
from gitdesk.desk.proposals import open_proposals
from gitdesk.domain.approval import REJECTS
from gitdesk.domain.edit import Move, Set, Tag
from gitdesk.errors import Conflict, NotFound, Refused

from .proposing import OTHER, TICKET, Team


@pytest.fixture(scope="module")
def founded_team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return Team.of(tmp_path_factory.mktemp("team"))


@pytest.fixture
def team(founded_team: Team, tmp_path: Path) -> Team:
    return founded_team.copied(tmp_path)


def change(team: Team, name: str, *edits: object, ticket: str = TICKET, push: bool = True) -> None:
    """Changes a ticket on somebody's desk, who has what the server has."""
    team.git(name, "pull", "-q", "--no-rebase")
    with team.open(name) as desk:
        desk.change([Step(ticket_id=ticket, edit=edit) for edit in edits], Why())  # type: ignore[arg-type]
    if push:
        team.git(name, "push", "-q", "origin", "main")


def test_what_lands_is_a_merge_that_names_who_approved_it(team: Team) -> None:
    made, _ = team.propose(reason="a day has passed")
    approved = team.say("marko").commit
    before = team.tip()
    landed = team.land("iva")
    assert landed.remote == "origin"
    assert team.tip() == landed.commit
    assert team.git("server", "log", "-1", "--format=%P", "main").split() == [before, approved]
    assert team.status() == "closed"
    message = team.git("server", "log", "-1", "--format=%an%n%B", "main")
    assert message.splitlines()[:2] == ["Iva Kralj", f"{TICKET}: status resolved → closed"]
    assert "a day has passed" in message
    assert message.rstrip().endswith("Approved-by: Marko Babić <marko@acme.example>")
    assert team.branches() == []
    assert made.name not in " ".join(team.branches("iva"))


def test_the_clone_of_who_lands_it_shows_it(team: Team) -> None:
    team.propose()
    team.say("marko")
    landed = team.land("iva")
    assert landed.behind == ""
    assert team.tip("main", "iva") == landed.commit
    assert "closed" in next((team.folder / "iva").rglob(f"{TICKET}.md")).read_text()
    assert team.git("iva", "status", "--porcelain") == ""


def test_who_approved_may_land_it_too(team: Team) -> None:
    team.propose()
    team.say("marko")
    assert team.land("marko").commit == team.tip()


def test_what_is_not_approved_does_not_land(team: Team) -> None:
    made, sent = team.propose()
    before = team.tip()
    with pytest.raises(Refused, match=r"A008 .* is not approved: 0 of 1 approval by lead") as caught:
        team.land("iva")
    assert "gitdesk approve" in (caught.value.hint or "")
    assert (team.tip(), team.tip(made.name)) == (before, sent.head)


def test_what_is_rejected_does_not_land(team: Team) -> None:
    team.propose()
    team.say("marko")
    team.say("iva", REJECTS, text="not booked yet")
    before = team.tip()
    with pytest.raises(Refused, match=r"A009 .*rejected by iva: not booked yet"):
        team.land("ana")
    assert team.tip() == before


def test_what_needs_nobody_lands_at_once(team: Team) -> None:
    team.propose("ana", Set(values=(("priority", "high"),)))
    landed = team.land("ana")
    assert landed.commit == team.tip()
    assert "Approved-by" not in team.git("server", "log", "-1", "--format=%B", "main")


def test_others_changes_meanwhile_are_kept(team: Team) -> None:
    team.propose()
    team.say("marko")
    change(team, "marko", Tag(add=("vip",)), ticket=OTHER)
    team.land("iva")
    assert team.status() == "closed"
    assert "vip" in team.git("server", "show", f"main:tickets/7K/{OTHER}.md")


def test_an_approval_holds_for_the_ticket_as_it_was(team: Team) -> None:
    team.propose()
    team.say("marko")
    change(team, "marko", Tag(add=("vip",)))
    with pytest.raises(Conflict, match=r"has changed tickets/7K/AC-7K3QX4M2.md since"):
        team.land("iva")
    assert team.status() == "resolved"


def test_what_has_landed_is_not_landed_again(team: Team) -> None:
    made, _ = team.propose()
    team.say("marko")
    team.land("iva")
    with pytest.raises(NotFound, match="no open proposal"):
        team.land("iva")
    team.git("iva", "push", "-q", "origin", f"{team.tip()}^2:refs/heads/{made.name}")
    again = team.land("iva")  # the branch was left behind by one who was killed
    assert again.commit is None
    assert team.branches() == []


def test_of_two_who_land_at_once_one_does_and_nothing_is_doubled(team: Team) -> None:
    team.propose()
    team.say("marko")
    before = team.tip()
    running = [team.start(name, "land", TICKET) for name in ("marko", "iva", "ana")]
    said = [one.communicate(timeout=60)[0] for one in running]
    assert 0 in [one.returncode for one in running], said
    assert {one.returncode for one in running} <= {0, 3}, said  # whoever came last finds nothing open
    assert team.git("server", "rev-list", "--count", "--first-parent", f"{before}..main") == "1"
    assert team.status() == "closed"


def test_two_proposals_that_land_at_once_both_land(team: Team) -> None:
    team.propose()
    team.propose(ticket=OTHER)
    team.say("marko")
    team.say("marko", word=OTHER)
    running = [team.start("marko", "land", TICKET), team.start("iva", "land", OTHER)]
    for one in running:
        said, _ = one.communicate(timeout=60)
        assert one.returncode == 0, said
    assert [team.status(ticket=one) for one in (TICKET, OTHER)] == ["closed", "closed"]
    assert team.git("server", "rev-list", "--count", "--merges", "main") == "2"


def test_without_the_remote_nothing_lands(team: Team) -> None:
    team.propose()
    team.say("marko")
    team.server.rename(team.folder / "away")
    before = team.tip("main", "marko")
    with pytest.raises(Unreachable) as caught:
        team.land("marko")
    assert "nothing has landed" in (caught.value.hint or "")
    assert team.tip("main", "marko") == before


def test_a_desk_with_commits_of_its_own_is_left_to_be_brought_together(team: Team) -> None:
    team.propose()
    team.say("marko")
    change(team, "iva", Tag(add=("vip",)), ticket=OTHER, push=False)
    mine = team.tip("main", "iva")
    landed = team.land("iva")
    assert landed.commit == team.tip()
    assert "commits that origin has not" in landed.behind
    assert team.tip("main", "iva") == mine


def test_edits_in_the_work_tree_are_never_run_over(team: Team) -> None:
    team.propose()
    team.say("marko")
    file = next((team.folder / "iva").rglob(f"{TICKET}.md"))
    file.write_text(file.read_text() + "\nmine\n")
    landed = team.land("iva")
    assert landed.commit == team.tip()
    assert landed.behind
    assert file.read_text().endswith("\nmine\n")


def test_in_one_clone_alone_it_lands_there(team: Team) -> None:
    team.git("iva", "remote", "remove", "origin")
    for name in ("marko", "iva"):
        team.git("iva", "config", "user.name", name)
        team.git("iva", "config", "user.email", f"{name}@acme.example")
        if name == "marko":
            team.propose("iva")
            team.git("iva", "status", "--porcelain")
        else:
            team.say("iva")
            landed = team.land("iva")
    assert team.tip("main", "iva") == landed.commit
    assert team.status("iva") == "closed"
    assert team.branches("iva") == []
    assert team.git("iva", "status", "--porcelain") == ""


# ---- brought up to date


def test_an_update_merges_the_desk_field_by_field_and_asks_for_approvals_anew(team: Team) -> None:
    made, _ = team.propose()
    team.say("marko")
    change(team, "iva", Set(values=(("priority", "high"),)))
    with team.open("ana") as desk:
        updated = update(desk, TICKET)
    assert updated.sent.remote == "origin"
    text = team.git("server", "show", f"{made.name}:tickets/7K/{TICKET}.md")
    assert "high" in text
    assert team.status(branch=made.name) == "closed"
    assert team.git("server", "diff", "--numstat", f"main..{made.name}").split()[:2] == ["1", "1"]
    with pytest.raises(Refused, match=r"A008 .*another version"):
        team.land("iva")
    team.git("marko", "fetch", "-q")  # and looks at it
    team.say("marko")
    team.land("iva")
    assert team.status() == "closed"


def test_who_only_brings_it_up_to_date_may_approve_it(tmp_path: Path) -> None:
    team = Team.of(tmp_path, signed=True, count=2)
    team.propose(text="Closing it.")
    team.git("iva", "pull", "-q")
    change(team, "iva", Set(values=(("priority", "high"),)))
    with team.open("iva") as desk:
        assert update(desk, TICKET).commit is not None
    team.say("iva")
    team.say("marko")
    team.land("marko")
    assert team.status() == "closed"
    done = team.gitdesk("marko", "check", "--history")
    assert done.returncode == 0, done.stdout


def test_who_brings_it_up_to_date_may_not_withdraw_it(team: Team) -> None:
    team.propose()
    change(team, "iva", Set(values=(("priority", "high"),)))
    with team.open("iva") as desk:
        update(desk, TICKET)
    with team.open("iva") as desk, pytest.raises(Refused, match="to withdraw"):
        withdraw(desk, TICKET)


def test_an_update_of_what_is_up_to_date_changes_nothing(team: Team) -> None:
    made, sent = team.propose()
    change(team, "iva", Set(values=(("priority", "high"),)), ticket=OTHER)
    with team.open("ana") as desk:
        assert update(desk, TICKET).commit is None
    assert team.tip(made.name) == sent.head


def test_what_does_not_go_together_is_left_as_it_was(team: Team) -> None:
    made, sent = team.propose()
    change(team, "iva", Move(status="open"))
    with team.open("ana") as desk, pytest.raises(Conflict, match="status"):
        update(desk, TICKET)
    assert team.tip(made.name) == sent.head


def test_a_proposal_that_is_checked_out_is_updated_with_its_files(team: Team) -> None:
    made, _ = team.propose(sending=False)
    team.git("ana", "worktree", "add", "-q", "../beside", made.name)
    change(team, "iva", Set(values=(("priority", "high"),)))
    with team.open("ana") as desk:
        update(desk, TICKET)
    beside = team.folder / "beside"
    assert "high" in (beside / f"tickets/7K/{TICKET}.md").read_text()
    assert team.run("git", "status", "--porcelain", cwd=beside) == ""


# ---- given up


def test_a_proposal_is_taken_back_by_who_made_it(team: Team) -> None:
    team.propose()
    with team.open("marko") as desk:
        team.git("marko", "fetch", "-q")
        with pytest.raises(Refused, match="to withdraw"):
            withdraw(desk, TICKET)
    assert len(team.branches()) == 1
    with team.open("ana") as desk:
        assert withdraw(desk, TICKET).problem == ""
    assert team.branches() == []
    assert team.branches("ana") == []


def test_a_proposal_of_this_clone_alone_is_taken_back_without_a_remote(team: Team) -> None:
    team.propose(sending=False)
    team.server.rename(team.folder / "away")
    with team.open("ana") as desk:
        assert withdraw(desk, TICKET).problem == ""
    assert team.branches("ana") == []


# ---- killed


@pytest.mark.parametrize("after", [0.05, 0.12, 0.2, 0.3, 0.45, 0.7])
def test_whenever_it_is_killed_the_same_command_goes_on(team: Team, after: float) -> None:
    for words in (("propose", TICKET, "closed"), ("approve", TICKET), ("land", TICKET)):
        name = {"propose": "ana", "approve": "marko", "land": "iva"}[words[0]]
        running = team.start(name, *words)
        time.sleep(after)
        with_kill = running.poll() is None
        if with_kill:
            os.kill(running.pid, signal.SIGKILL)
        running.communicate()
        done = team.gitdesk(name, *words)
        assert done.returncode == 0 or (words[0] == "land" and done.returncode == 3), done.stderr
        assert team.git(name, "fsck", "--no-dangling") == ""
    assert team.status() == "closed"
    assert team.git("server", "rev-list", "--count", "--merges", "main") == "1"
    with team.open("iva") as desk:
        assert open_proposals(desk, remote_of(desk)) == ()
    assert team.git("iva", "status", "--porcelain") == ""


def test_a_proposal_left_behind_by_one_who_was_killed_is_sent_by_the_next_command(team: Team) -> None:
    made, _ = team.propose(sending=False)
    done = team.gitdesk("ana", "propose", TICKET, "closed")
    assert done.returncode == 0
    assert team.branches() == [f"refs/heads/{made.name}"]
    with team.open("ana") as desk:
        assert send_named(desk, made.name).remote == "origin"
