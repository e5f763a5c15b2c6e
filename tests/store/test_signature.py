"""Signatures are judged with the keys this clone knows, and what cannot be judged is said to be so."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from repository import GitRepository, RepoFactory

from gitdesk.store import signature
from gitdesk.store.git import Repo
from gitdesk.store.signature import SignatureStatus

needs_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


def personally(monkeypatch: pytest.MonkeyPatch, key: str, value: str) -> None:
    """Makes a setting the person's own, and not the repository's."""
    for name, given in (("COUNT", "1"), ("KEY_0", key), ("VALUE_0", value)):
        monkeypatch.setenv(f"GIT_CONFIG_{name}", given)


def verify(desk: GitRepository, *commits: str) -> dict[str, SignatureStatus]:
    with Repo.discover(str(desk.path), os.environ) as repo:
        return signature.verify(repo, commits)


def make_key(folder: Path, name: str) -> Path:
    key = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(key)], check=True)
    return key


@pytest.fixture
def signing(repo: RepoFactory, tmp_path: Path) -> tuple[GitRepository, Path]:
    desk = repo()
    key = make_key(tmp_path, "iva")
    desk.git("config", "gpg.format", "ssh")
    desk.git("config", "user.signingkey", f"{key}.pub")
    allowed = tmp_path / "allowed"
    allowed.write_text(f"iva@acme.example {(tmp_path / 'iva.pub').read_text()}")
    return desk, allowed


def signed(desk: GitRepository, message: str = "signed", *options: str) -> str:
    desk.git(*options, "commit", "-q", "-S", "--allow-empty", "-m", message)
    return desk.tip()


@needs_keygen
def test_a_known_key_is_good_and_names_its_owner(signing: tuple[GitRepository, Path]) -> None:
    desk, allowed = signing
    plain = desk.commit({"a": "1"})
    one = signed(desk)
    desk.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    found = verify(desk, plain, one)
    assert found[plain] == signature.UNSIGNED
    assert (found[one].status, found[one].signer, found[one].reason) == ("good", "iva@acme.example", "")
    assert found[one].key.startswith("SHA256:")


@needs_keygen
def test_a_strangers_key_is_unknown_with_its_fingerprint(
    signing: tuple[GitRepository, Path], tmp_path: Path
) -> None:
    desk, allowed = signing
    other = make_key(tmp_path, "eve")
    one = signed(desk, "eve", "-c", f"user.signingkey={other}.pub")
    desk.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    found = verify(desk, one)[one]
    assert (found.status, found.signer) == ("unknown", "")
    assert found.key.startswith("SHA256:")
    assert "allowedSignersFile" in found.hint


@needs_keygen
def test_a_changed_commit_is_bad(signing: tuple[GitRepository, Path]) -> None:
    desk, allowed = signing
    one = signed(desk, "the price is 10")
    desk.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    content = desk.git("cat-file", "commit", one).replace("is 10", "is 99") + "\n"
    forged = desk.git("hash-object", "-t", "commit", "-w", "--stdin", input=content)
    found = verify(desk, forged, one)
    assert (found[forged].status, found[one].status) == ("bad", "good")


@needs_keygen
def test_without_a_list_of_signers_nothing_is_judged(signing: tuple[GitRepository, Path]) -> None:
    desk, _ = signing
    one = signed(desk)
    found = verify(desk, one)[one]
    assert (found.status, found.reason) == ("unknown", "this clone has no list of allowed signers")
    assert "allowedSignersFile" in found.hint


@needs_keygen
def test_a_list_that_is_not_there_is_no_failure(signing: tuple[GitRepository, Path], tmp_path: Path) -> None:
    desk, _ = signing
    one = signed(desk)
    desk.git("config", "gpg.ssh.allowedSignersFile", str(tmp_path / "missing"))
    assert verify(desk, one)[one].status == "unknown"


@needs_keygen
def test_a_missing_program_makes_a_signature_unknown_and_not_bad(
    signing: tuple[GitRepository, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, allowed = signing
    one = signed(desk)
    desk.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    personally(monkeypatch, "gpg.ssh.program", "/nonexistent/ssh-keygen")
    found = verify(desk, one)[one]
    assert (found.status, found.reason) == ("unknown", "the program that checks SSH signatures is missing")


@pytest.mark.parametrize("program", ["gpg", "/nonexistent/gpg"])
def test_a_signature_without_its_key_or_program_is_unknown(
    repo: RepoFactory, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = repo()
    plain = desk.commit({"a": "1"})
    block = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n =aaaa\n -----END PGP SIGNATURE-----\n"
    content = desk.git("cat-file", "commit", plain).replace("\n\n", f"\n{block}\n", 1) + "\n"
    one = desk.git("hash-object", "-t", "commit", "-w", "--stdin", input=content)
    personally(monkeypatch, "gpg.program", program)
    found = verify(desk, one)[one]
    assert found.status in ("unknown", "bad" if program == "gpg" else "unknown")
    assert found.reason


@needs_keygen
def test_the_program_of_a_repository_gives_way_to_the_persons_or_to_gits(
    signing: tuple[GitRepository, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, allowed = signing
    one = signed(desk)
    desk.git("config", "gpg.ssh.allowedSignersFile", str(allowed))
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    desk.git("config", "gpg.ssh.program", str(trap))
    assert verify(desk, one)[one].status == "good"
    assert not (tmp_path / "sprung").exists()
    personally(monkeypatch, "gpg.ssh.program", "/nonexistent/ssh-keygen")
    assert verify(desk, one)[one].reason == "the program that checks SSH signatures is missing"
    personally(monkeypatch, "gpg.ssh.program", str(trap))
    verify(desk, one)
    assert (tmp_path / "sprung").exists()


def test_unsigned_commits_start_no_git_log(repo: RepoFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = repo()
    one = desk.commit({"a": "gpgsig"}, "gpgsig in the message\n\ngpgsig here too")
    with Repo.discover(str(desk.path), os.environ) as known:
        monkeypatch.setattr(signature.process, "start", lambda *_, **__: pytest.fail("git was called"))
        assert signature.verify(known, [one, one]) == {one: signature.UNSIGNED}
        assert signature.verify(known, []) == {}
