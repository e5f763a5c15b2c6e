"""`gitdesk sync`, `gitdesk status` and `--push` as programs: what they print, and how they end."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from gitdesk import resources
from gitdesk.domain.edit import Assign, Set, Tag
from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import TicketId

from .clones import Clone, Clones
from .proposing import OTHER, TICKET, Team

SCHEMA = json.loads(resources.read("schema", "output.schema.json"))
Two = tuple[Clones, Clone, Clone, TicketId]


@pytest.fixture
def two(tmp_path: Path) -> Two:
    clones, (iva, marko) = Clones.of(tmp_path, "iva", "marko")
    ticket = iva.new()
    iva.sync()
    marko.sync()
    return clones, iva, marko, ticket


def item(clone: Clone, *words: str, code: int = 0) -> dict[str, Any]:
    """Returns the one object that a command prints as JSON, which its schema takes."""
    done = clone.gitdesk(*words, "--json")
    assert done.returncode == code, done.stderr
    found = json.loads(done.stdout)
    jsonschema.validate(found, SCHEMA)
    (only,) = found["items"]
    return dict(only)


def test_what_a_sync_tells_as_json_fits_its_schema_however_it_ends(two: Two) -> None:
    clones, iva, marko, ticket = two
    iva.run(Set(values=(("priority", "high"),)), ticket)
    assert item(iva, "sync")["pushed"] == 1
    bad = marko.run(Set(values=(("priority", "low"),)), ticket)
    assert item(marko, "sync", "--dry-run", code=1)["state"] == "held"
    told = item(marko, "sync", code=1)
    assert told["incoming"] == [f"{ticket}: priority normal → high · Iva Kralj"]
    assert told["held"][0]["commits"] == [bad]
    clones.hook("echo no >&2; exit 1")
    iva.note(ticket, "x")
    assert item(iva, "sync", code=1)["said"] == ["no"]
    clones.server.path.rename(clones.folder / "away")
    assert item(iva, "sync", code=1)["state"] == "offline"


def test_what_was_kept_back_is_shown_and_named_whole_and_nothing_else_with_it(two: Two) -> None:
    _, iva, marko, ticket = two
    iva.run(Set(values=(("priority", "high"),)), ticket)
    other = iva.new("Another")
    iva.sync()
    marko.sync(push=False)
    iva.run(Set(values=(("priority", "low"),)), ticket)
    iva.sync()
    marko.run(Set(values=(("priority", "urgent"),)), ticket)
    marko.note(other, "shared meanwhile")
    marko.run(Tag(add=("bug",)), ticket)
    done = marko.gitdesk("sync")
    assert done.returncode == 1
    (call,) = re.findall(r"to see it: gitdesk (.*)", done.stderr)
    shown = marko.gitdesk(*call.split()).stdout
    assert "priority high → urgent" in shown
    assert "tag +bug" in shown
    assert other not in shown
    (kept,) = item(marko, "status")["outbox"]
    assert kept["subjects"] == [f"{ticket}: priority high → urgent", f"{ticket}: tag +bug"]
    screen = marko.gitdesk("status").stdout
    assert "2 commits" in screen
    assert "priority high → urgent" in screen


def test_each_branch_of_the_outbox_is_told_by_its_own_change(two: Two) -> None:
    """Below it is all that was local before: that of another branch, and what was shared meanwhile."""
    _, iva, marko, ticket = two
    other = iva.new("Another")
    iva.sync()
    marko.sync(push=False)
    for one in (ticket, other):
        iva.run(Set(values=(("priority", "low"),)), one)
    iva.sync()
    marko.run(Set(values=(("priority", "high"),)), ticket)
    marko.note(other, "shared meanwhile")
    marko.run(Set(values=(("priority", "urgent"),)), other)
    assert marko.gitdesk("sync").returncode == 1
    kept = {one["branch"].rpartition("/")[2]: one["subjects"] for one in item(marko, "status")["outbox"]}
    assert kept == {
        ticket: [f"{ticket}: priority normal → high"],
        other: [f"{other}: priority normal → urgent"],
    }


def unapproved(team: Team, name: str) -> str:
    """Has somebody make three changes, of which the one in the middle would need approval; returns the commit."""
    assert team.gitdesk(name, "note", OTHER, "-m", f"before by {name}").returncode == 0
    file = team.folder / name / path_of(TICKET)
    file.write_text(file.read_text().replace('status: "resolved"', 'status: "closed"'))
    team.git(name, "commit", "-qam", "closed by hand")
    made = team.git(name, "rev-parse", "HEAD")
    assert team.gitdesk(name, "reply", OTHER, "-m", f"after by {name}").returncode == 0
    return made


def test_only_what_lacks_approval_is_kept_back_and_the_way_on_works(tmp_path: Path) -> None:
    team = Team.of(tmp_path, law=True)
    made = unapproved(team, "ana")
    assert team.gitdesk("iva", "note", OTHER, "-m", "by somebody else").returncode == 0
    assert team.gitdesk("iva", "sync").returncode == 0
    (trial,) = json.loads(team.gitdesk("ana", "sync", "--dry-run", "--json").stdout)["items"]
    assert (trial["pushed"], [one["commits"] for one in trial["held"]]) == (2, [[made]])
    done = team.gitdesk("ana", "sync")
    assert done.returncode == 1
    assert "received 1 commit, pushed 2 commits" in done.stdout
    assert "it lands by the merge of a proposal: the same with --propose" in done.stderr
    assert f"to do it again, once the rules take it: by hand, or git cherry-pick {made[:10]}" in done.stderr
    for text in ("before by ana", "after by ana"):
        assert text in team.git("server", "show", f"main:{path_of(OTHER)}")
    assert team.gitdesk("ana", "propose", TICKET, "closed").returncode == 0
    assert team.gitdesk("marko", "approve", TICKET).returncode == 0


def test_what_was_there_already_is_named_with_the_commit_that_is_left_out(two: Two) -> None:
    _, iva, marko, ticket = two
    iva.run(Set(values=(("priority", "high"),)), ticket)
    iva.sync()
    assert marko.gitdesk("set", ticket, "priority=high", "--reason", "smoke").returncode == 0
    mine = marko.git("rev-parse", "HEAD").strip()
    done = marko.gitdesk("sync")
    assert f"= {ticket}: priority normal → high · there already, yours was {mine[:10]}" in done.stdout
    assert "smoke" in marko.git("show", "-s", mine[:10])


def test_what_lacks_approval_is_named_and_everything_before_it_is_shared(tmp_path: Path) -> None:
    team = Team.of(tmp_path, law=True)
    made = unapproved(team, "ana")
    done = team.gitdesk("ana", "check", "origin/main..")
    assert (done.returncode, f"(commit {made[:10]})" in done.stdout) == (1, True)
    assert "marko or iva may approve it on a proposal: the same with --propose" in done.stdout
    trial = team.gitdesk("ana", "sync", "--dry-run")
    assert "would push 1 commit, 2 commits would not be pushed" in trial.stdout
    done = team.gitdesk("ana", "sync")
    assert "pushed 1 commit, 2 commits not pushed" in done.stdout
    assert f"commit {made[:10]})" in done.stderr
    (way,) = re.findall(r"git (rebase --onto \S+ \S+) takes it off the branch", done.stderr)
    team.git("ana", *way.split())
    assert team.gitdesk("ana", "sync").returncode == 0
    assert "after by ana" in team.git("server", "show", f"main:{path_of(OTHER)}")
    assert team.gitdesk("ana", "propose", TICKET, "closed").returncode == 0


def test_rules_that_were_committed_are_proposed_by_what_the_hint_says(tmp_path: Path) -> None:
    team = Team.of(tmp_path, law=True)
    file = team.folder / "ana" / "gitdesk.yaml"
    file.write_text(file.read_text().replace("[low, normal, high]", "[low, normal, high, urgent]"))
    team.git("ana", "commit", "-qam", "more priorities")
    done = team.gitdesk("ana", "sync")
    assert done.returncode == 1
    found = re.search(
        r"git (rebase \S+ \S+ \S+) .*then git (cherry-pick .*), gitdesk (propose \S+);", done.stderr
    )
    assert found is not None, done.stderr
    team.git("ana", *found[1].split())
    team.git("ana", *found[2].split())
    assert team.gitdesk("ana", *found[3].split()).returncode == 0
    assert team.gitdesk("marko", "approve", "gitdesk.yaml").returncode == 0


def test_rules_that_were_kept_back_are_proposed_without_taking_back_those_of_others(tmp_path: Path) -> None:
    team = Team.of(tmp_path)

    def edit(name: str, old: str, new: str) -> None:
        file = team.folder / name / "gitdesk.yaml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))
        team.git(name, "commit", "-qam", f"{new}")

    edit("ana", "[low, normal, high]", "[low, normal, high, urgent]")
    edit("iva", "{name: Acme,", "{name: Acme Airports,")
    team.git("iva", "push", "-q")  # the server has no law, or its administrator did it
    done = team.gitdesk("ana", "sync")
    assert done.returncode == 1
    found = re.search(r"proposal: git (cherry-pick .*), gitdesk (propose \S+)\n", done.stderr)
    assert found is not None, done.stderr
    team.git("ana", *found[1].split())
    assert team.gitdesk("ana", *found[2].split()).returncode == 0
    (name,) = team.git("server", "for-each-ref", "--format=%(refname)", "refs/heads/propose/").split()
    proposed = team.git("server", "show", f"{name}:gitdesk.yaml")
    assert "Acme Airports" in proposed
    assert "urgent" in proposed


def test_a_change_that_is_kept_back_by_a_push_is_told_with_what_it_met(two: Two) -> None:
    _, iva, marko, ticket = two
    iva.run(Set(values=(("priority", "high"),)), ticket)
    iva.sync()
    done = marko.gitdesk("set", ticket, "priority=low", "--push")
    assert done.returncode == 1
    assert 'priority is "high" there and "low" here' in done.stderr
    assert f"kept on the branch gitdesk/outbox/{ticket}" in done.stderr


def test_status_tells_all_that_is_open_in_one_screen(two: Two, tmp_path: Path) -> None:
    _, iva, marko, ticket = two
    assert item(marko, "status")["ahead"] == 0
    marko.run(Assign(assignee="marko"), ticket)
    iva.note(ticket, "x")
    iva.sync()
    told = item(marko, "status")
    assert (told["ahead"], told["behind"]) == (1, 0)
    told = item(marko, "status", "--fetch")
    assert (told["ahead"], told["behind"]) == (1, 1)
    assert told["fetched"].endswith("Z")
    assert (told["mine"]["name"], told["mine"]["open"], told["mine"]["late"]) == ("marko", 1, [])
    assert told["mine"]["next"][0]["id"] == ticket
    marko.git("branch", f"gitdesk/outbox/{ticket}", "main")
    state = tmp_path / "state" / "gitdesk" / "drafts"
    state.mkdir(parents=True)
    (state / f"reply-{ticket}-4711.md").write_text("half")
    (state / "reply-OTHER-7K3QX4M2-1.md").write_text("of another desk")
    marko.environ["XDG_STATE_HOME"] = str(tmp_path / "state")
    told = item(marko, "status")
    assert [one["branch"] for one in told["outbox"]] == [f"gitdesk/outbox/{ticket}"]
    assert [one["about"] for one in told["drafts"]] == [f"reply {ticket}"]
    screen = marko.gitdesk("status").stdout
    for words in (
        "1 to share, 1 to take in",
        "kept back by sync",
        "text not finished",
        "1 waiting for you (marko)",
    ):
        assert words in screen


def test_status_tells_of_proposals_that_wait_for_who_is_here(tmp_path: Path) -> None:
    team = Team.of(tmp_path)
    team.gitdesk("ana", "propose", TICKET, "closed", "-m", "Anything else?")
    for name, count in (("marko", 1), ("ana", 0)):
        done = team.gitdesk(name, "status", "--fetch", "--json")
        (told,) = json.loads(done.stdout)["items"]
        jsonschema.validate(json.loads(done.stdout), SCHEMA)
        assert len(told["proposals"]) == count, name
    assert "waiting for your approval" in team.gitdesk("marko", "status").stdout


def test_what_was_landed_here_alone_is_shared_with_its_approvals(tmp_path: Path) -> None:
    """The commits that approvals name stay the ones they are, though the remote has moved meanwhile."""
    team = Team.of(tmp_path)
    team.install_law()
    team.gitdesk("ana", "propose", TICKET, "closed", "-m", "Anything else?")
    assert team.gitdesk("marko", "approve", TICKET).returncode == 0
    team.gitdesk("iva", "sync")
    done = team.gitdesk("iva", "land", TICKET, "--no-push")
    assert done.returncode == 0, done.stderr
    assert team.gitdesk("ana", "note", OTHER, "-m", "meanwhile", "--push").returncode == 0
    done = team.gitdesk("iva", "sync", "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)["items"]
    assert (told["state"], told["received"], told["ahead"]) == ("done", 1, 0)
    assert team.tip() == told["tip"]


def test_status_says_that_proposals_cannot_be_read_and_never_that_there_are_none(tmp_path: Path) -> None:
    """In a clone without the files' contents; `review` ends with an error there."""
    team = Team.of(tmp_path)
    team.gitdesk("ana", "propose", TICKET, "closed", "-m", "Anything else?")
    team.git("server", "config", "uploadpack.allowFilter", "true")
    words = ("clone", "-q", "--filter=blob:none", f"file://{team.server}", str(tmp_path / "partial"))
    team.run("git", *words, cwd=tmp_path)
    problem = team.gitdesk("partial", "review").stderr.partition("error: ")[2].splitlines()[0]
    assert "is not in this clone" in problem
    done = team.gitdesk("partial", "status")
    assert done.returncode == 0
    assert f"proposals cannot be told: {problem}" in done.stderr


def status_of(team: Team, name: str) -> tuple[dict[str, Any], str]:
    """Returns what status tells as JSON, which its schema takes, and on the screen."""
    found = json.loads(team.gitdesk(name, "status", "--fetch", "--json").stdout)
    jsonschema.validate(found, SCHEMA)
    (told,) = found["items"]
    return told, team.gitdesk(name, "status").stdout


def test_status_tells_whose_turn_a_proposal_is(tmp_path: Path) -> None:
    team = Team.of(tmp_path)
    team.gitdesk("ana", "propose", TICKET, "closed", "-m", "Anything else?")
    assert status_of(team, "ana")[0]["own_proposals"] == []
    assert team.gitdesk("marko", "approve", TICKET).returncode == 0
    told, screen = status_of(team, "ana")
    (own,) = told["own_proposals"]
    assert (own["state"], own["author"]) == ("approved", "Ana Horvat <ana@acme.example>")
    assert "1 of yours approved: gitdesk land BRANCH" in screen
    assert status_of(team, "marko")[0]["own_proposals"] == []


def test_a_proposal_that_is_outdated_waits_for_its_author_and_nobody_else(tmp_path: Path) -> None:
    team = Team.of(tmp_path)
    team.gitdesk("ana", "propose", TICKET, "closed", "-m", "Anything else?")
    assert len(status_of(team, "marko")[0]["proposals"]) == 1
    assert team.gitdesk("iva", "sync").returncode == 0
    assert team.gitdesk("iva", "tag", TICKET, "+late", "--push").returncode == 0
    assert status_of(team, "marko")[0]["proposals"] == []
    told, screen = status_of(team, "ana")
    assert [one["state"] for one in told["own_proposals"]] == ["outdated"]
    (branch,) = (one["branch"] for one in told["own_proposals"])
    assert "gitdesk propose BRANCH --update" in screen
    assert team.gitdesk("ana", "sync").returncode == 0
    assert team.gitdesk("ana", "propose", branch, "--update").returncode == 0
    assert status_of(team, "ana")[0]["own_proposals"] == []


def test_what_was_proposed_and_approved_without_a_network_is_told_until_it_is_sent(tmp_path: Path) -> None:
    team = Team.of(tmp_path)
    assert team.gitdesk("ana", "propose", TICKET, "closed", "--no-push").returncode == 0
    told, screen = status_of(team, "ana")
    (unsent,) = told["unsent"]
    assert "1 proposed or said in this clone only" in screen
    assert team.gitdesk("ana", "propose", unsent["branch"]).returncode == 0
    assert status_of(team, "ana")[0]["unsent"] == []
    assert len(status_of(team, "marko")[0]["proposals"]) == 1
    done = team.gitdesk("marko", "approve", TICKET, "--no-push")
    assert done.returncode == 0, done.stderr
    (unsent,) = status_of(team, "marko")[0]["unsent"]
    assert status_of(team, "ana")[0]["own_proposals"] == []
    assert team.gitdesk("marko", "propose", unsent["branch"]).returncode == 0
    assert status_of(team, "marko")[0]["unsent"] == []
    assert [one["state"] for one in status_of(team, "ana")[0]["own_proposals"]] == ["approved"]


def test_what_was_looked_at_in_git_and_is_gone_over_there_is_not_said_to_be_unsent(tmp_path: Path) -> None:
    """As `sync` has it, which does not send it either."""
    team = Team.of(tmp_path)
    team.gitdesk("ana", "propose", TICKET, "closed", "-m", "Anything else?")
    (name,) = (one["branch"] for one in status_of(team, "marko")[0]["proposals"])
    team.git("marko", "fetch", "-q")
    team.git("marko", "switch", "-q", name)
    team.git("marko", "switch", "-q", "main")
    team.git("server", "update-ref", "-d", f"refs/heads/{name}")
    told, screen = status_of(team, "marko")
    assert told["unsent"] == []
    assert "in this clone only" not in screen
    assert "sent propose/" not in team.gitdesk("marko", "sync").stderr


def test_a_landed_proposal_is_told_once(tmp_path: Path) -> None:
    team = Team.of(tmp_path)
    team.gitdesk("ana", "propose", TICKET, "closed", "-m", "Anything else?")
    assert team.gitdesk("marko", "approve", TICKET).returncode == 0
    assert team.gitdesk("iva", "land", TICKET).returncode == 0
    (told,) = json.loads(team.gitdesk("ana", "sync", "--json").stdout)["items"]
    mine = f"{TICKET}: status resolved → closed · "
    assert len([one for one in told["incoming"] if one.startswith(mine)]) == 1, told["incoming"]


def test_status_tells_what_git_is_in_the_middle_of_and_what_is_open(two: Two) -> None:
    _, iva, marko, ticket = two
    iva.run(Set(values=(("priority", "high"),)), ticket)
    iva.sync()
    marko.run(Set(values=(("priority", "low"),)), ticket)
    marko.git("fetch", "-q")
    marko.plain.git("merge", "origin/main", check=False)
    told = item(marko, "status")
    assert (told["busy"], told["busy_with"]) == ("git commit", "a merge")
    assert len(told["conflicts"]) == 1
    way = "gitdesk settle for what is open, then git commit; or git merge --abort"
    assert f"Git is in the middle of a merge: {way}" in marko.gitdesk("status").stdout


def clashing(two: Two, *command: str) -> Clone:
    """Returns Marko's clone, in which a command of Git's has stopped at a conflict with Iva's change."""
    _, iva, marko, ticket = two
    iva.run(Set(values=(("priority", "high"),)), ticket)
    iva.sync()
    marko.run(Set(values=(("priority", "low"),)), ticket)
    marko.git("fetch", "-q")
    marko.plain.git(*command, check=False)
    return marko


@pytest.mark.parametrize("branch", ["", "main"])
def test_in_a_stopped_rebase_every_screen_says_what_is_open_and_how_it_goes_on(two: Two, branch: str) -> None:
    marko = clashing(two, "rebase", "origin/main")
    if branch:
        marko.git("config", "gitdesk.branch", branch)
    told = item(marko, "status")
    assert (told["busy"], len(told["conflicts"])) == ("git rebase --continue", 1)
    assert told["busy_with"] == "a rebase"
    assert (told["remote"] is None) is (not branch)
    screen = marko.gitdesk("status").stdout
    way = "gitdesk settle for what is open, then git rebase --continue; or git rebase --abort"
    assert way in screen
    assert "not shared yet" not in screen
    done = marko.gitdesk("sync")
    assert done.returncode == 1, done.stderr
    assert 'branch "main" is being rebased' in done.stderr
    assert "git switch" not in done.stderr
    if not branch:
        assert way in done.stderr
        done = marko.gitdesk("note", two[3], "-m", "x")
        assert (done.returncode, way in done.stderr) == (1, True)
    done = marko.gitdesk("check")
    assert done.returncode == 1, done.stdout
    assert "left conflicts that are not settled" in done.stderr


def test_a_detached_head_is_not_said_to_be_shared_by_a_sync(two: Two) -> None:
    _, iva, _, _ = two
    iva.git("checkout", "-q", "--detach")
    screen = iva.gitdesk("status").stdout
    assert "HEAD is detached" in screen
    assert "gitdesk sync" not in screen
    done = iva.gitdesk("sync")
    assert done.returncode == 6
    assert "git switch BRANCH" in done.stderr


@pytest.mark.parametrize(
    ("verb", "goes_on"), [("merge", "git commit"), ("cherry-pick", "git cherry-pick --continue")]
)
def test_what_is_open_comes_first_and_each_command_is_taken_back_by_its_own_name(
    two: Two, verb: str, goes_on: str
) -> None:
    marko = clashing(two, verb, "origin/main")
    way = f"gitdesk settle for what is open, then {goes_on}; or git {verb} --abort"
    for words in (("sync",), ("note", two[3], "-m", "x")):
        done = marko.gitdesk(*words)
        assert (done.returncode, way in done.stderr) == (1, True), done.stderr
    marko.git("checkout", "--ours", "--", ".")
    marko.git("add", ".")
    done = marko.gitdesk("sync")
    assert f"finish it: {goes_on}; or git {verb} --abort" in done.stderr


def test_a_bad_commit_by_hand_is_refused_with_how_it_is_mended_and_that_mends_it(two: Two) -> None:
    clones, iva, _, ticket = two
    iva.write(path_of(ticket), iva.text(ticket).replace("priority: normal", "priority: urgnet"))
    iva.git("commit", "-qam", "by hand", "--no-verify")
    assert iva.gitdesk("set", ticket, "priority=urgent").returncode == 0
    done = iva.gitdesk("sync")
    assert done.returncode == 1
    assert "git rebase -i origin/main" in done.stderr
    iva.environ["GIT_SEQUENCE_EDITOR"] = "sed -i '2s/^pick/fixup/'"
    iva.git("rebase", "-q", "-i", "origin/main")
    assert iva.gitdesk("sync").returncode == 0
    assert clones.server.tip("main") == iva.plain.tip()


def test_status_of_a_remote_that_does_not_answer_tells_what_is_here(two: Two) -> None:
    clones, iva, _, ticket = two
    iva.note(ticket, "x")
    clones.server.path.rename(clones.folder / "away")
    done = iva.gitdesk("status", "--fetch")
    assert done.returncode == 0, done.stderr
    assert "1 to share" in done.stdout
    assert "cannot be reached" in done.stderr
    iva.git("checkout", "-q", "--detach")
    done = iva.gitdesk("status", "--fetch")
    assert (done.returncode, "HEAD is detached" in done.stderr) == (0, True)


def test_status_of_a_stranger_without_a_remote_is_no_error(two: Two) -> None:
    _, iva, _, _ = two
    iva.git("remote", "remove", "origin")
    iva.git("config", "user.email", "nobody@else.example")
    told = item(iva, "status")
    assert (told["remote"], told["ahead"], told["mine"]) == (None, None, None)
    assert told["remote_problem"] == "this clone has no remote"
    assert iva.gitdesk("status", "--fetch").returncode == 6


def test_push_shares_a_change_at_once_and_without_a_network_the_change_is_made(two: Two) -> None:
    clones, iva, _, ticket = two
    done = iva.gitdesk("note", ticket, "-m", "one", "--push")
    assert (done.returncode, done.stderr) == (0, "pushed to origin/main\n")
    assert clones.server.tip("main") == iva.plain.tip()
    assert iva.gitdesk("note", ticket, "-m", "not shared").returncode == 0
    assert clones.server.tip("main") != iva.plain.tip()
    clones.server.path.rename(clones.folder / "away")
    done = iva.gitdesk("note", ticket, "-m", "two", "--push")
    assert done.returncode == 0
    assert "2 commits kept here; the next gitdesk sync shares it" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_push_that_is_refused_says_that_the_change_is_made(two: Two) -> None:
    clones, iva, _, ticket = two
    clones.hook("exit 1")
    done = iva.gitdesk("note", ticket, "-m", "one", "--push")
    assert done.returncode == 1
    assert "refused the push" in done.stderr
    assert "do not repeat the call" in done.stderr
    assert len(iva.ticket(ticket).messages) == 1


def test_a_desk_may_say_that_every_change_is_pushed(two: Two) -> None:
    clones, iva, _, ticket = two
    text = (iva.path / "gitdesk.yaml").read_text()
    iva.write("gitdesk.yaml", text.replace("push: never", "push: always"))
    iva.git("commit", "-qam", "desk: share all")
    assert iva.gitdesk("note", ticket, "-m", "kept", "--no-push").stderr == ""
    assert clones.server.tip("main") != iva.plain.tip()
    assert "pushed to origin/main" in iva.gitdesk("assign", ticket, "me").stderr
    assert clones.server.tip("main") == iva.plain.tip()
    assert iva.gitdesk("assign", ticket, "me").stderr == f"{ticket}: already so, nothing to do\n"
    iva.git("remote", "remove", "origin")
    done = iva.gitdesk("assign", ticket, "nobody")
    assert (done.returncode, done.stderr) == (0, "not pushed: this clone has no remote\n")
    assert iva.gitdesk("assign", ticket, "me", "--push").returncode == 6


def test_a_dry_run_pushes_nothing(two: Two) -> None:
    clones, iva, _, ticket = two
    tip = clones.server.tip("main")
    iva.note(ticket, "x")
    assert iva.gitdesk("assign", ticket, "me", "--dry-run", "--push").returncode == 0
    assert clones.server.tip("main") == tip
