"""Proposals on a desk that others change, and those that were kept here: what goes out is of the desk as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from .proposing import OTHER, TICKET, Team

REASON = ("--reason", "asked for")


@pytest.fixture(scope="module")
def founded_team(tmp_path_factory: pytest.TempPathFactory) -> Team:
    return Team.of(tmp_path_factory.mktemp("team"), signed=True, law=True)


@pytest.fixture
def team(founded_team: Team, tmp_path: Path) -> Team:
    team = founded_team.copied(tmp_path)
    for name in ("ana", "marko", "iva"):
        team.git(name, "config", "user.signingkey", f"{founded_team.folder / name}-key.pub")
    return team


def done(team: Team, name: str, *words: str, code: int = 0) -> str:
    """Runs a command, which must end with a code, and returns all it says."""
    found = team.gitdesk(name, *words)
    assert found.returncode == code, (words, found.stdout, found.stderr)
    return found.stdout + found.stderr


def answers(team: Team, text: str) -> int:
    return team.git("server", "show", f"main:tickets/7K/{TICKET}.md").count(text)


@pytest.mark.parametrize("ticket", [OTHER, TICKET])
def test_a_clone_that_is_behind_takes_in_what_there_is_first(team: Team, ticket: str) -> None:
    done(team, "marko", "note", ticket, "-m", "bump", "--push")
    told = done(team, "ana", "propose", TICKET, "closed", "-m", "My answer.", *REASON)
    assert "received 1 commit of origin first" in told
    assert "here only" not in told
    done(team, "marko", "approve", TICKET)
    done(team, "marko", "land", TICKET)
    assert (team.status(), answers(team, "My answer.")) == ("closed", 1)
    [path] = [
        one for one in team.git("server", "log", "--format=%s", "-5", "main").split("\n") if "reply" in one
    ]
    assert "Ana Horvat" in path


def test_a_change_that_no_longer_fits_is_not_proposed(team: Team) -> None:
    done(team, "marko", "reopen", TICKET, "--reason", "again", "--push")
    told = done(team, "ana", "propose", TICKET, "closed", *REASON, code=1)
    assert "open" in told
    assert team.branches() == []


@pytest.mark.parametrize("way", ["sync", "propose"])
def test_what_was_proposed_without_a_network_goes_out_on_what_the_desk_is_then(team: Team, way: str) -> None:
    away = team.folder / "away"
    team.server.rename(away)
    told = done(team, "ana", "propose", TICKET, "closed", "-m", "My answer.", *REASON)
    assert "it is kept here, and gitdesk propose" in told
    away.rename(team.server)
    done(team, "marko", "note", OTHER, "-m", "bump", "--push")
    [name] = team.git("ana", "for-each-ref", "--format=%(refname:short)", "refs/heads/propose").split()
    if way == "sync":
        assert f"sent {name}" in done(team, "ana", "sync")
        assert "sent" not in done(team, "ana", "sync")
    else:
        done(team, "ana", "propose", name.rpartition("/")[2])
    assert team.branches() == [f"refs/heads/{name}"]
    done(team, "marko", "approve", TICKET)
    done(team, "marko", "land", TICKET)
    assert (team.status(), answers(team, "My answer.")) == ("closed", 1)


def test_the_same_once_more_names_what_sends_it(team: Team) -> None:
    away = team.folder / "away"
    team.server.rename(away)
    words = ("propose", TICKET, "closed", "-m", "My answer.", *REASON)
    done(team, "ana", *words)
    away.rename(team.server)
    [name] = team.git("ana", "for-each-ref", "--format=%(refname:short)", "refs/heads/propose").split()
    short = name.rpartition("/")[2]
    assert f"gitdesk propose {short} sends it" in done(team, "ana", *words, code=1)
    done(team, "ana", "propose", short)
    assert answers(team, "My answer.") == 1


def test_sync_sends_an_approval_that_was_kept(team: Team) -> None:
    done(team, "ana", "propose", TICKET, "closed", *REASON)
    done(team, "iva", "review", "--fetch")
    away = team.folder / "away"
    team.server.rename(away)
    done(team, "iva", "approve", TICKET)
    away.rename(team.server)
    assert "sent propose/" in done(team, "iva", "sync")
    assert "approved, can land" in done(team, "marko", "review", "--fetch")


def test_sync_does_not_bring_back_what_was_withdrawn(team: Team) -> None:
    done(team, "ana", "propose", TICKET, "closed", *REASON)
    team.git("iva", "fetch", "-q")
    [ref] = team.branches()
    team.git("iva", "checkout", "-q", ref.removeprefix("refs/heads/"))
    team.git("iva", "checkout", "-q", "main")
    done(team, "ana", "propose", TICKET, "--withdraw")
    assert "sent" not in done(team, "iva", "sync")
    assert team.branches() == []


def test_what_a_server_refuses_is_kept_and_told_how_to_send(team: Team) -> None:
    hook = team.server / "hooks" / "update"
    hook.write_text('#!/bin/sh\ncase "$1" in refs/heads/propose/*) echo "not today"; exit 1;; esac\n')
    hook.chmod(0o755)
    told = done(team, "ana", "propose", TICKET, "closed", *REASON, code=1)
    [name] = team.git("ana", "for-each-ref", "--format=%(refname:short)", "refs/heads/propose").split()
    short = name.rpartition("/")[2]
    assert "not today" in told
    assert f"gitdesk propose {short} sends it" in told
    assert "do not repeat" not in told
    assert "is not sent: " in done(team, "ana", "sync")
    hook.unlink()
    done(team, "ana", "propose", short)
    assert team.branches() == [f"refs/heads/{name}"]


# ---- what could never be approved, and what is not there


def test_a_proposal_signed_with_a_colleagues_key_is_refused(team: Team) -> None:
    key = team.git("marko", "config", "user.signingkey")
    team.git("iva", "config", "user.signingkey", key)
    told = done(team, "iva", "propose", TICKET, "closed", *REASON, code=1)
    assert "signed with a key of marko" in told
    assert team.branches() == []
    assert team.branches("iva") == []


def test_what_too_few_could_approve_is_told(tmp_path: Path) -> None:
    team = Team.of(tmp_path, count=2)
    words = "only iva can still approve it, and 2 more must"
    assert words in done(team, "marko", "propose", TICKET, "closed", *REASON)
    assert words in done(team, "marko", "review", TICKET)
    done(team, "marko", "propose", TICKET, "--withdraw")
    assert "more must" not in done(team, "ana", "propose", TICKET, "closed", *REASON)


def test_what_does_not_go_together_is_to_be_withdrawn(team: Team) -> None:
    done(team, "ana", "propose", TICKET, "closed", *REASON)
    done(team, "marko", "reopen", TICKET, "--reason", "again", "--push")
    told = done(team, "ana", "review", TICKET, "--fetch")
    assert "--withdraw" in told
    assert "--update" not in told
    [ref] = team.branches()
    short = ref.rpartition("/")[2]
    done(team, "ana", "propose", short, "--withdraw")
    assert f'no ticket and no open proposal is called "{short}"' in done(
        team, "ana", "propose", short, "--withdraw", code=3
    )


def test_an_approval_takes_a_reason_by_either_name(team: Team) -> None:
    done(team, "ana", "propose", TICKET, "closed", *REASON)
    done(team, "iva", "approve", TICKET, "--reason", "seen it")
    assert "seen it" in done(team, "ana", "review", TICKET, "--fetch")


def test_a_proposal_about_a_ticket_that_is_not_here_yet_is_named_by_the_beginning_of_its_code(
    team: Team,
) -> None:
    fresh = done(
        team, "ana", "new", "Fresh", "-m", "Help", "--requester", "Eva <eva@example.com>", "-q"
    ).strip()
    done(team, "ana", "propose", fresh, "spam")
    done(team, "marko", "review", "--fetch")
    code = fresh.rpartition("-")[2]
    for word in (code[:4].lower(), code, f"AC-{code[:5]}"):
        assert fresh in done(team, "marko", "review", word)
    assert team.gitdesk("marko", "review", "ZZZZ").returncode == 3


def test_a_reason_that_is_not_written_is_said_not_to_be(team: Team) -> None:
    done(team, "ana", "propose", TICKET, "closed", "--reason", "paid")
    assert "and not" not in done(team, "ana", "propose", TICKET, "closed", "--reason", "paid")
    told = done(team, "ana", "propose", TICKET, "closed", "--reason", "paid twice")
    assert "its reason is the one it was proposed with, and not: paid twice" in told
    assert "not added" not in done(team, "marko", "reject", TICKET, "--reason", "not yet")
    told = done(team, "marko", "reject", TICKET, "--reason", "not yet, please")
    assert "it was said before, and this is not added: not yet, please" in told


def test_what_is_rejected_and_outdated_is_brought_up_to_date_before_it_is_approved(team: Team) -> None:
    done(team, "ana", "propose", TICKET, "closed")
    done(team, "marko", "reject", TICKET, "--reason", "not yet")
    done(team, "iva", "set", TICKET, "priority=high", "--push")
    done(team, "marko", "sync")
    assert "--update brings it up to date" in done(team, "marko", "approve", TICKET, code=1)
    assert "--update" in done(team, "marko", "review", TICKET)
