"""How Git may reach a remote: which protocols, whose programs, and what is shown of it."""

from __future__ import annotations

import os

import pytest
from repository import GitRepository, RepoFactory

from gitdesk.store import transport
from gitdesk.store.git import Repo


def hardened(
    made: GitRepository, *, asking: bool = False, **environ: str
) -> tuple[list[str], dict[str, str]]:
    with Repo.discover(str(made.path), {**os.environ, **environ}) as repo:
        return transport.hardened(repo, "origin", asking=asking)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://iva:token@host/x.git", "https://host/x.git"),
        ("HTTPS://token@host/x.git", "HTTPS://host/x.git"),
        ("ssh://git@host/x", "ssh://git@host/x"),
        ("ssh://git:secret@host/x", "ssh://git@host/x"),
        ("git@host:x.git", "git@host:x.git"),
        ("/srv/a@b/x.git", "/srv/a@b/x.git"),
        ("fatal: unable to access 'https://a:b@host/': no", "fatal: unable to access 'https://host/': no"),
    ],
)
def test_passwords_are_cut_out_of_addresses(address: str, shown: str) -> None:
    assert transport.shown(address) == shown


def test_protocols_are_those_that_git_knows_and_the_person_allows(repo: RepoFactory) -> None:
    made = repo()
    assert hardened(made)[1]["GIT_ALLOW_PROTOCOL"] == "file:git:http:https:ssh"
    for key in ("protocol.evil.allow", "protocol.ext.allow", "protocol.allow"):
        made.git("config", key, "always")
    assert hardened(made)[1]["GIT_ALLOW_PROTOCOL"] == "file:git:http:https:ssh"
    own = {
        "GIT_CONFIG_COUNT": "3",
        "GIT_CONFIG_KEY_0": "protocol.s3.allow", "GIT_CONFIG_VALUE_0": "always",
        "GIT_CONFIG_KEY_1": "protocol.ext.allow", "GIT_CONFIG_VALUE_1": "always",
        "GIT_CONFIG_KEY_2": "protocol.git.allow", "GIT_CONFIG_VALUE_2": "never",
    }  # fmt: skip
    assert hardened(made, **own)[1]["GIT_ALLOW_PROTOCOL"] == "file:http:https:s3:ssh"
    assert hardened(made, GIT_ALLOW_PROTOCOL="persistent")[1]["GIT_ALLOW_PROTOCOL"] == "persistent"


def test_where_nobody_can_be_asked_ssh_and_git_ask_nobody(repo: RepoFactory) -> None:
    made = repo()
    _, environ = hardened(made)
    assert (environ["GIT_TERMINAL_PROMPT"], environ["GIT_SSH_COMMAND"]) == ("0", "ssh -o BatchMode=yes")
    _, environ = hardened(made, asking=True)
    assert environ["GIT_TERMINAL_PROMPT"] == "1"
    assert "GIT_SSH_COMMAND" not in environ


def test_the_persons_own_ssh_stays_and_another_program_is_not_given_options_of_openssh(
    repo: RepoFactory,
) -> None:
    made = repo()
    own = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.sshCommand",
        "GIT_CONFIG_VALUE_0": "ssh -i mine",
    }
    assert hardened(made, **own)[1]["GIT_SSH_COMMAND"] == "ssh -i mine -o BatchMode=yes"
    assert hardened(made, GIT_SSH_COMMAND="/usr/bin/ssh -F x")[1]["GIT_SSH_COMMAND"].endswith(
        "-F x -o BatchMode=yes"
    )
    assert "GIT_SSH_COMMAND" not in hardened(made, GIT_SSH_COMMAND="plink -batch")[1]
    assert "GIT_SSH_COMMAND" not in hardened(made, GIT_SSH="/opt/putty")[1]
    made.git("config", "core.sshCommand", "evil")
    options, environ = hardened(made, **own)
    assert environ["GIT_SSH_COMMAND"] == "ssh -i mine -o BatchMode=yes"
    assert "core.sshCommand=ssh -i mine" in options


def test_credential_helpers_of_the_person_are_kept_in_their_order(repo: RepoFactory) -> None:
    made = repo()
    own = {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "credential.helper", "GIT_CONFIG_VALUE_0": "store --file=a=b",
        "GIT_CONFIG_KEY_1": "credential.https://host/.helper", "GIT_CONFIG_VALUE_1": "mine",
    }  # fmt: skip
    assert not [one for one in hardened(made, **own)[0] if "helper" in one]
    made.git("config", "credential.helper", "evil")
    options, environ = hardened(made, **own)
    given = [one.removeprefix("--config-env=").split("=") for one in options if "helper" in one]
    assert [(key, environ[variable]) for key, variable in given] == [
        ("credential.helper", ""),
        ("credential.helper", "store --file=a=b"),
        ("credential.https://host/.helper", "mine"),
    ]


def test_progress_and_words_of_git_are_told_apart() -> None:
    error = (
        b"remote: Enumerating objects: 5, done.        \nremote: Counting objects:  40% (2/5)\r"
        b"remote: not on a Sunday   \nremote: \nTo https://a:b@host/x\n ! [remote rejected] x -> main\n"
        b"error: failed to push some refs to 'https://a:b@host/x'\n"
    )
    theirs, own = transport.said(error)
    assert theirs == ("not on a Sunday",)
    assert not any("a:b" in line for line in own)
    assert transport.last_words(error) == "failed to push some refs to 'https://host/x'"
    announced = b"fatal: unable to connect to host:\nhost[0: 10.0.0.1]: errno=Connection refused\n"
    assert (
        transport.last_words(announced)
        == "unable to connect to host: host[0: 10.0.0.1]: errno=Connection refused"
    )
    assert transport.progress_of(error) == (2, 5)
    assert transport.progress_of(b"nothing") is None
