"""The commands about proposals: their JSON, notes, completion, and the programs that open pull requests."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from gitdesk import resources

from .proposing import OTHER, TICKET, Team

VALIDATOR = jsonschema.Draft7Validator(json.loads(resources.read("schema", "output.schema.json")))


@pytest.fixture(scope="module")
def founded_team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return Team.of(tmp_path_factory.mktemp("team"))


@pytest.fixture
def team(founded_team: Team, tmp_path: Path) -> Team:
    return founded_team.copied(tmp_path)


def test_every_step_answers_in_json_of_one_shape(team: Team) -> None:
    steps = [
        ("ana", ("propose", TICKET, "closed", "-m", "Anything else?"), "waiting"),
        ("marko", ("review", "--fetch"), "waiting"),
        ("marko", ("review", TICKET), "waiting"),
        ("marko", ("reject", TICKET, "--reason", "no"), "rejected"),
        ("marko", ("approve", TICKET), "approved"),
        ("ana", ("propose", TICKET, "--update"), "approved"),
        ("ana", ("propose", TICKET), "approved"),
        ("iva", ("land", TICKET), "approved"),
    ]
    for name, words, state in steps:
        done = team.gitdesk(name, *words, "--json")
        assert done.returncode == 0, (words, done.stderr)
        whole = json.loads(done.stdout)
        VALIDATOR.validate(whole)
        (item,) = whole["items"]
        assert (item["state"], item["tickets"]) == (state, [TICKET])
    assert item["commit"] == team.tip()
    assert json.loads(team.gitdesk("iva", "review", "--json").stdout)["items"] == []


def test_a_proposal_that_was_made_says_what_became_of_it(team: Team) -> None:
    done = team.gitdesk("ana", "close", TICKET, "--propose", "-m", "Anything else?", "--json")
    (item,) = json.loads(done.stdout)["items"]
    assert (item["pushed"], item["problem"], item["existed"]) == (True, None, False)
    assert item["message_commit"] == team.tip()
    assert item["where"] == "origin"


@pytest.mark.parametrize(
    "words",
    [
        ("assign", TICKET, "marko"),
        ("tag", TICKET, "+vip"),
        ("set", TICKET, "priority=high"),
        ("move", TICKET, "open", "--reason", "x"),
        ("reopen", TICKET, "--reason", "x"),
        ("reply", TICKET, "-m", "hello", "--status", "open", "--reason", "x"),
        ("link", TICKET, "relates", OTHER),
        ("merge", TICKET, OTHER),
    ],
)
def test_whatever_changes_a_ticket_can_be_proposed(team: Team, words: tuple[str, ...]) -> None:
    before = team.status()
    done = team.gitdesk("ana", *words, "--propose", "-q")
    assert done.returncode == 0, done.stderr
    name = done.stdout.strip()
    assert team.branches() == [f"refs/heads/{name}"]
    assert team.git("server", "diff", "--name-only", f"main..{name}") != ""
    assert team.status() == before


def test_a_dry_run_tells_what_would_count_and_says_nothing(team: Team) -> None:
    team.propose()
    refused = team.gitdesk("iva", "land", TICKET, "--dry-run")
    assert (refused.returncode, "A008" in refused.stderr) == (1, True)
    there = team.git("server", "for-each-ref")
    for words in (["approve", TICKET], ["reject", TICKET, "--reason", "no"]):
        done = team.gitdesk("iva", *words, "--dry-run")
        assert (done.returncode, done.stdout.startswith("would be ")) == (0, True), done.stderr
    own = team.gitdesk("ana", "approve", TICKET, "--dry-run")
    assert (own.returncode, "your word would not count" in own.stderr) == (1, True)
    assert team.git("server", "for-each-ref") == there
    assert not team.git("iva", "branch", "--list", "propose/*")
    assert team.gitdesk("iva", "approve", TICKET).returncode == 0
    there = team.git("server", "for-each-ref")
    done = team.gitdesk("marko", "land", TICKET, "--dry-run")
    assert (done.returncode, done.stdout.startswith("would land ")) == (0, True), done.stderr
    assert team.git("server", "for-each-ref") == there
    assert team.gitdesk("marko", "land", TICKET).returncode == 0
    again = team.gitdesk("marko", "land", TICKET, "--dry-run")
    assert again.returncode == 3  # the branch is away


def test_what_waits_for_me_is_a_list_of_its_own(team: Team) -> None:
    team.propose("marko")
    for name, shown in (("marko", 0), ("iva", 1)):
        done = team.gitdesk(name, "review", "--mine", "--fetch", "-q")
        assert len(done.stdout.split()) == shown


def test_the_words_of_a_call_are_checked(team: Team) -> None:
    calls: list[tuple[tuple[str, ...], int]] = [
        (("propose",), 2),
        (("propose", TICKET, "clsed"), 2),
        (("propose", TICKET, "--update", "--withdraw"), 2),
        (("propose", "--update"), 2),
        (("propose", TICKET, "--update", "-m", "x"), 2),
        (("propose", TICKET, "--withdraw", "--open"), 2),
        (("propose", "gitdesk.yaml", "-m", "x"), 2),
        (("propose", TICKET), 3),
        (("propose", "AC-00000000", "closed"), 3),
        (("reject", TICKET), 2),
        (("approve",), 2),
        (("approve", "AC-00000000"), 3),
        (("land", "propose/nothing/at/all"), 3),
        (("review", TICKET, "--mine"), 2),
        (("review", "--", "-x"), 3),
        (("new", "Title", "--propose"), 2),
    ]
    for words, code in calls:
        done = team.gitdesk("ana", *words)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        assert done.stderr.startswith("error: ")


def test_the_words_of_a_server_are_passed_on(team: Team) -> None:
    hook = team.server / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'no proposals on \033[31mSundays'\nexit 1\n")
    hook.chmod(0o755)
    done = team.gitdesk("ana", "propose", TICKET, "closed")
    assert done.returncode == 1
    assert "origin does not take it" in done.stderr
    assert "no proposals on" in done.stderr
    assert "\033" not in done.stderr
    assert len(team.branches("ana")) == 1  # it is kept here


def site(team: Team, program: str, host: str, code: int = 0) -> Path:
    """Makes the remote one of a hosting site, which answers in truth here, and a program that notes its words."""
    bin_ = team.folder / "bin"
    bin_.mkdir(exist_ok=True)
    noted = team.folder / "noted"
    (bin_ / program).write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{noted}"\nexit {code}\n')
    (bin_ / program).chmod(0o755)
    team.environ["PATH"] = f"{bin_}:{team.environ['PATH']}"
    team.git("ana", "remote", "set-url", "origin", f"https://{host}/acme/desk.git")
    team.git("ana", "config", f"url.{team.server}.insteadOf", f"https://{host}/acme/desk.git")
    # Where a pull request is opened hangs on the address that people know.
    team.git("ana", "config", "remote.origin.pushurl", f"https://{host}/acme/desk.git")
    return noted


def test_the_page_of_the_pull_request_is_told(team: Team) -> None:
    site(team, "gh", "github.com")
    done = team.gitdesk("ana", "propose", TICKET, "closed")
    assert f"https://github.com/acme/desk/compare/main...propose/{TICKET}/" in done.stderr


def test_asked_for_it_the_program_of_the_site_opens_it(team: Team) -> None:
    noted = site(team, "glab", "gitlab.com")
    done = team.gitdesk("ana", "propose", TICKET, "closed", "--reason", "done", "--open")
    assert done.returncode == 0, done.stderr
    words = noted.read_text().splitlines()
    assert words[:2] == ["mr", "create"]
    assert "--target-branch=main" in words
    assert f"--title={TICKET}: status resolved → closed" in words


def test_it_is_not_opened_unless_asked(team: Team) -> None:
    noted = site(team, "gh", "github.com")
    team.gitdesk("ana", "propose", TICKET, "closed")
    assert not noted.exists()


def test_a_program_that_fails_leaves_the_proposal(team: Team) -> None:
    site(team, "gh", "github.com", code=4)
    done = team.gitdesk("ana", "propose", TICKET, "closed", "--open")
    assert done.returncode == 0
    assert "gh did not open the pull request; the proposal is there" in done.stderr
    assert len(team.branches()) == 1


def test_a_program_in_the_current_folder_is_never_run(team: Team) -> None:
    noted = site(team, "gh", "github.com")
    evil = team.folder / "ana" / "gh"
    evil.write_text(f'#!/bin/sh\necho evil > "{noted}"\n')
    evil.chmod(0o755)
    (team.folder / "bin" / "gh").unlink()
    team.environ["PATH"] = f".::{team.environ['PATH']}"
    done = team.gitdesk("ana", "propose", TICKET, "closed", "--open")
    assert done.returncode == 0
    assert not noted.exists()


def test_proposals_are_completed_by_ticket_digits_and_branch(team: Team) -> None:
    made, _ = team.propose()
    short = made.name.rpartition("/")[2]
    with team.open("ana") as desk:
        assert [name for name, _ in desk.complete("proposal", "")] == [TICKET]
        assert [name for name, _ in desk.complete("proposal", "7k3")] == [TICKET]
        assert [name for name, _ in desk.complete("proposal", short[:3])] == [short]
        assert [name for name, _ in desk.complete("proposal", "prop")] == [made.name]
        assert dict(desk.complete("proposal", ""))[TICKET] == f"{TICKET}: status resolved → closed"
        assert "gitdesk.yaml" in dict(desk.complete("proposed", ""))
