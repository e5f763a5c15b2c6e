"""CODEOWNERS of the roles of a desk, for each site, and the command that makes and checks it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gitdesk.forge import code_owners

from .desks import DESK, config

GITDESK = Path(sys.executable).with_name("gitdesk")


def test_github_is_told_of_accounts_and_of_addresses_where_there_is_no_account() -> None:
    found = code_owners.ownerships(config(), "github")
    assert code_owners.render(found, "github") == (
        "# Made by `gitdesk codeowners` of the roles in gitdesk.yaml. Do not edit: make it anew.\n"
        "\n"
        "# Rules of the desk (lead)\n"
        "/gitdesk.yaml    @iva-k haruka@acme.example\n"
        "/calendars/      @iva-k haruka@acme.example\n"
        "/.github/        @iva-k haruka@acme.example\n"
        "/CODEOWNERS      @iva-k haruka@acme.example\n"
        "/docs/CODEOWNERS @iva-k haruka@acme.example\n"
        "\n"
        "# Tickets (lead)\n"
        "/tickets/ @iva-k haruka@acme.example\n"
    )


def test_gitlab_has_sections_that_ask_for_as_many_approvals_as_the_desk() -> None:
    text = DESK.replace("count: 1", "count: 2").replace(
        "signed: false", "signed: false, configure: {count: 2, roles: [lead, agent]}"
    )
    lines = code_owners.render(code_owners.ownerships(config(text), "gitlab"), "gitlab").splitlines()
    assert "[Rules of the desk][2]" in lines
    assert "[Tickets][2]" in lines
    assert "/gitdesk.yaml    @iva.k haruka@acme.example @marko.b" in lines
    assert "/tickets/ @iva.k haruka@acme.example" in lines


def test_gitea_takes_patterns_and_no_addresses() -> None:
    found = code_owners.ownerships(config(), "gitea")
    assert "gitdesk[.]yaml  @iva\n" in code_owners.render(found, "gitea")
    assert "tickets/.* @iva\n" in code_owners.render(found, "gitea")
    assert [one.unnamed for one in found] == [("haruka",), ("haruka",)]


def test_tickets_are_nobodys_where_no_step_needs_approval() -> None:
    text = DESK.replace(", approvals: {count: 1, roles: [lead]}", "")
    assert "tickets" not in code_owners.render(code_owners.ownerships(config(text), "github"), "github")


@pytest.mark.parametrize(
    ("old", "new", "people"),
    [
        ("roles: [lead]}}\n    - {from: resolved, to: open}", "roles: [agent]}}", ("marko",)),
        ("{count: 1, roles: [lead]}", "{count: 1}", ("iva", "haruka", "marko")),
        ("signed: false", "signed: false, loosen: {roles: [agent]}", ("iva", "haruka", "marko")),
        ("signed: false", "signed: false, correct: {count: 2}", ("iva", "haruka", "marko")),
    ],
)
def test_tickets_go_to_those_whose_approval_some_step_asks_for(
    old: str, new: str, people: tuple[str, ...]
) -> None:
    assert old in DESK
    [_, tickets] = code_owners.ownerships(config(DESK.replace(old, new)), "github")
    assert tickets.people == people


def test_where_every_role_may_configure_everybody_is_asked_and_no_program() -> None:
    [rules, _] = code_owners.ownerships(
        config(DESK.replace("may: [configure, correct]", "may: []")), "github"
    )
    assert rules.people == ("iva", "haruka", "marko")


@pytest.mark.parametrize("address", ["", "a b@x", "x#y@z", "@z", "a@b\\ @eve"])
def test_an_address_that_would_be_more_than_one_word_names_nobody(address: str) -> None:
    text = DESK.replace("[haruka@acme.example]", json.dumps([address]) if address else "[]")
    try:
        found = code_owners.ownerships(config(text), "github")
    except AssertionError:
        return  # gitdesk.yaml takes no such address
    assert found[0].unnamed == ("haruka",)


# The command


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "desk.yaml").write_text(DESK, encoding="utf-8")
    subprocess.run(
        [GITDESK, "init", "desk", "--from", "desk.yaml"], cwd=tmp_path, check=True, capture_output=True
    )
    return tmp_path / "desk"


def run(desk: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [GITDESK, "codeowners", *words], cwd=desk, capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout, done.stderr


def commit(desk: Path) -> None:
    subprocess.run(["git", "add", "-A"], cwd=desk, check=True)
    subprocess.run(["git", "commit", "-qm", "by hand", "--no-verify"], cwd=desk, check=True)


def test_check_tells_whether_the_file_of_the_last_commit_is_what_it_should_be(desk: Path) -> None:
    code, _, told = run(desk, "--site", "github", "--check")
    assert (code, "has no CODEOWNERS for github" in told) == (1, True)
    assert run(desk, "--site", "github", "-o", ".github/CODEOWNERS")[0] == 0
    code, _, told = run(desk, "--site", "github", "--check")
    assert code == 1
    assert '".github/CODEOWNERS" in the work tree is what it should be: commit it' in told
    assert "to make it" not in told
    commit(desk)
    assert run(desk, "--site", "github", "--check")[:2] == (0, "")
    code, shown, _ = run(desk, "--site", "github", "--check", "--json")
    assert (code, shown) == run(desk, "--site", "github", "--json")[:2]
    assert json.loads(shown)["items"]
    path = desk / "gitdesk.yaml"
    path.write_text(path.read_text().replace("github: iva-k", "github: iva-new"), encoding="utf-8")
    assert run(desk, "--site", "github", "--check")[0] == 0  # nor is that
    commit(desk)
    code, shown, told = run(desk, "--site", "github", "--check")
    assert code == 1
    assert "-/tickets/ @iva-k haruka@acme.example\n+/tickets/ @iva-new haruka@acme.example" in shown
    assert 'gitdesk codeowners --site github -o ".github/CODEOWNERS"' in told


def test_the_file_that_the_site_goes_by_is_the_one_that_is_checked(desk: Path) -> None:
    run(desk, "--site", "github", "-o", "CODEOWNERS")
    commit(desk)
    assert run(desk, "--site", "github", "--check")[0] == 0
    (desk / ".github").mkdir()
    (desk / ".github" / "CODEOWNERS").write_text("* @eve\n")
    commit(desk)
    assert run(desk, "--site", "github", "--check")[0] == 1


def test_a_file_that_somebody_wrote_is_not_replaced_unasked(desk: Path) -> None:
    (desk / "CODEOWNERS").write_text("* @me\n")
    code, _, told = run(desk, "--site", "github", "-o", "CODEOWNERS")
    assert (code, "was not made by gitdesk" in told) == (1, True)
    assert (desk / "CODEOWNERS").read_text() == "* @me\n"
    assert run(desk, "--site", "github", "-o", "CODEOWNERS", "--force")[0] == 0
    assert run(desk, "--site", "github", "-o", "CODEOWNERS")[0] == 0


def test_the_site_is_asked_for_where_accounts_do_not_tell_it(desk: Path) -> None:
    code, _, told = run(desk)
    assert (code, "people have accounts on gitea, github and gitlab" in told) == (2, True)


def test_as_json_it_tells_the_same(desk: Path) -> None:
    code, shown, told = run(desk, "--site", "gitea", "--json")
    assert code == 0
    assert "gitea cannot be told of haruka" in told
    [rules, tickets] = json.loads(shown)["items"]
    assert (rules["owners"], rules["unnamed"], tickets["patterns"]) == (["@iva"], ["haruka"], ["tickets/.*"])
