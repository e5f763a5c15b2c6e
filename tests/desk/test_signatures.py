"""Where a desk asks for signatures: what the server takes, what it refuses and says, and what commands do."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import Place, founded
from .signing import Signing, fingerprint, public

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")


_ONCE: list[Signing] = []


@pytest.fixture
def desk(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Signing:
    if not _ONCE:
        _ONCE.append(Signing.of(founded(tmp_path_factory.mktemp("signing"))))
    return _ONCE[0].copied(tmp_path)


def test_a_commit_signed_by_who_made_it_comes_in(desk: Signing) -> None:
    desk.commit("iva", key="iva")
    desk.commit("marko", key="marko")  # listed by its fingerprint
    done = desk.push()
    assert done.returncode == 0, done.stderr
    assert desk.hooked.tip() == desk.hooked.git("rev-parse", "main")


def test_one_unsigned_commit_among_signed_ones_is_refused_with_what_to_do(desk: Signing) -> None:
    desk.commit(key="iva")
    bad = desk.commit()
    desk.commit(key="iva")
    said = desk.refused()
    assert f"A007 error the commit is not signed, and this desk asks for it (commit {bad[:10]})" in said
    assert said.count("A007") == 1
    assert "git rebase -f -S" in said


def test_the_same_advice_for_several_commits_is_given_once(desk: Signing) -> None:
    for _ in range(3):
        desk.commit()
    said = desk.refused()
    assert said.count("A007") == 3
    assert said.count("git rebase -f -S") == 1
    assert said.index("git rebase -f -S") > said.rindex("A007")


def test_what_the_hint_says_mends_it(desk: Signing) -> None:
    desk.commit()
    desk.commit()
    desk.refused()
    desk.hooked.git("rebase", "-q", "-f", "-S", "origin/main")
    done = desk.push()
    assert done.returncode == 0, done.stderr


def test_a_commit_that_touches_nothing_of_the_desk_is_signed_too(desk: Signing) -> None:
    bad = desk.made()
    assert (
        f"gitdesk.yaml: A007 error the commit is not signed, and this desk asks for it (commit {bad[:10]})"
        in (desk.refused())
    )
    desk.hooked.git("reset", "-q", "--hard", "origin/main")
    desk.made(key="iva")
    assert desk.push().returncode == 0


def test_a_merge_is_signed_too(desk: Signing) -> None:
    desk.hooked.git("switch", "-qc", "topic")
    desk.commit(key="iva")
    desk.hooked.git("switch", "-q", "main")
    desk.hooked.git("merge", "-q", "--no-ff", "--no-gpg-sign", "-m", "merge", "topic")
    assert "the commit is not signed" in desk.refused()
    desk.hooked.git("commit", "-q", "--amend", "--no-edit", "-S")
    done = desk.push()
    assert done.returncode == 0, done.stderr


def test_a_key_of_nobody_is_named_and_so_is_the_one_expected(desk: Signing) -> None:
    desk.commit("marko", key="eve")
    said = desk.refused()
    assert f"signed with {fingerprint(desk.keys['eve'])}, which is a key of nobody on the desk" in said
    assert f"marko signs with {fingerprint(desk.keys['marko'])}" in said


def test_the_key_of_somebody_else_is_no_signature(desk: Signing) -> None:
    desk.commit("iva", key="marko")
    assert "signed with a key of marko, and iva made the commit" in desk.refused()


def test_a_name_of_the_boss_as_author_takes_the_right_to_act_for_others(desk: Signing) -> None:
    desk.commit("iva", "marko", key="marko")
    said = desk.refused()
    assert "iva is the author, and marko made and signed the commit" in said
    assert "somebody whose role may act_for_others (iva)" in said


def test_who_may_act_for_others_signs_what_they_rebase(desk: Signing) -> None:
    desk.commit("marko", "iva", key="iva")
    done = desk.push()
    assert done.returncode == 0, done.stderr


def test_a_stranger_with_a_strange_key_is_told_where_it_would_be_listed(desk: Signing) -> None:
    desk.commit("eve", key="eve")
    said = desk.refused()
    assert "adds it to the signing_keys of your entry there" in said


def test_a_commit_changed_after_it_was_signed_is_told_so(desk: Signing) -> None:
    made = desk.commit(key="iva", message="the price is 10")
    content = desk.hooked.git("cat-file", "commit", made).replace("is 10", "is 99") + "\n"
    file = desk.hooked.path.parent / "forged"
    file.write_text(content)
    forged = desk.hooked.git("hash-object", "-t", "commit", "-w", str(file))
    desk.hooked.git("reset", "-q", "--hard", forged)
    assert "the signature does not fit the commit" in desk.refused()


def test_a_signature_taken_from_another_commit_is_none(desk: Signing) -> None:
    good = desk.hooked.git("cat-file", "commit", desk.commit(key="iva"))
    block = good[good.index("gpgsig") : good.index("-----END SSH SIGNATURE-----") + 27]
    bare = desk.hooked.git("cat-file", "commit", desk.commit())
    head, _, text = bare.partition("\n\n")
    file = desk.hooked.path.parent / "forged"
    file.write_text(f"{head}\n{block}\n\n{text}\n")
    desk.hooked.git("reset", "-q", "--hard", desk.hooked.git("hash-object", "-t", "commit", "-w", str(file)))
    assert "the signature does not fit the commit" in desk.refused()


def test_a_signature_made_for_something_else_than_git_is_none(desk: Signing) -> None:
    bare = desk.hooked.git("cat-file", "commit", desk.commit()) + "\n"
    file = desk.hooked.path.parent / "payload"
    file.write_text(bare)
    words = ["ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", str(desk.keys["iva"]), str(file)]
    subprocess.run(words, check=True, capture_output=True)
    lines = Path(f"{file}.sig").read_text().strip().split("\n")
    head, _, text = bare.partition("\n\n")
    file.write_text(head + "\ngpgsig " + "\n ".join(lines) + "\n\n" + text)
    desk.hooked.git("reset", "-q", "--hard", desk.hooked.git("hash-object", "-t", "commit", "-w", str(file)))
    assert "A007" in desk.refused()


def test_a_key_brought_along_opens_nothing_until_it_has_landed(desk: Signing) -> None:
    eve = f'    - {{id: eve, name: Eve, addresses: [eve@acme.example], signing_keys: ["{public(desk.keys["eve"])}"]}}\n'
    config = desk.hooked.path / "gitdesk.yaml"
    config.write_text(config.read_text().replace("    - id: marko\n", f"{eve}    - id: marko\n"))
    desk.made("iva", key="iva", message="people: eve")
    first = desk.hooked.git("rev-parse", "HEAD")
    desk.commit("eve", key="eve")
    said = desk.refused()
    assert said.count("A007") == 1
    assert "the gitdesk.yaml of this branch gives it to eve: let that land first" in said
    assert desk.push(f"{first}:refs/heads/main").returncode == 0
    done = desk.push()
    assert done.returncode == 0, done.stderr


def test_signatures_are_not_asked_away_by_the_same_push(desk: Signing) -> None:
    config = desk.hooked.path / "gitdesk.yaml"
    config.write_text(config.read_text().replace("signed_commits: required", "signed_commits: none"))
    desk.made("iva")
    desk.commit()
    assert desk.refused().count("A007") == 2


def test_a_key_that_was_taken_out_signs_no_more_and_its_past_stays_good(desk: Signing) -> None:
    desk.commit("marko", key="marko")
    config = desk.hooked.path / "gitdesk.yaml"
    text = config.read_text()
    config.write_text(
        text.replace(f'signing_keys: ["{fingerprint(desk.keys["marko"])}"]', "signing_keys: []")
    )
    desk.made("iva", key="iva")
    assert desk.push().returncode == 0
    done = desk.hooked.gitdesk("check", "--history")
    assert "A007" not in done.stdout, done.stdout
    desk.commit("marko", key="marko")
    assert "a key of nobody on the desk" in desk.refused()


def test_a_key_that_the_server_has_revoked_is_refused(desk: Signing) -> None:
    revoked = desk.hooked.path.parent / "revoked"
    revoked.write_text(public(desk.keys["marko"]) + "\n")
    desk.hooked.run("git", "config", "gpg.ssh.revocationFile", str(revoked), cwd=desk.hooked.server)
    desk.commit("marko", key="marko")
    assert "revoked" in desk.refused()


def test_keys_that_the_clone_or_the_server_allows_for_show_do_not_count(desk: Signing) -> None:
    allowed = desk.hooked.path.parent / "allowed"
    allowed.write_text(f"iva@acme.example {public(desk.keys['eve'])}\n")
    for place in (desk.hooked.server, desk.hooked.path):
        desk.hooked.run("git", "config", "gpg.ssh.allowedSignersFile", str(allowed), cwd=place)
    desk.commit("iva", key="eve")
    assert "a key of nobody on the desk" in desk.refused()


def test_a_server_that_cannot_check_refuses_and_says_why(desk: Signing) -> None:
    desk.commit(key="iva")
    machine = desk.hooked.path.parent / "gitconfig"
    machine.write_text('[gpg "ssh"]\n\tprogram = /nonexistent/ssh-keygen\n')
    desk.hooked.environ["GIT_CONFIG_GLOBAL"] = str(machine)
    assert "the program that checks SSH signatures is missing" in desk.refused()


def test_the_clone_says_it_before_the_network(desk: Signing) -> None:
    assert desk.hooked.gitdesk("hooks", "install").returncode == 0
    desk.commit()
    done = desk.hooked.run("git", "push", "origin", "main")
    assert done.returncode != 0
    assert "not pushed" in done.stderr
    assert "A007" in done.stderr


def test_a_range_is_judged_by_the_keys_of_its_base(desk: Signing) -> None:
    desk.commit(key="iva")
    assert desk.hooked.gitdesk("check", "origin/main..HEAD").returncode == 0
    desk.commit()
    done = desk.hooked.gitdesk("check", "origin/main..HEAD")
    assert done.returncode == 1
    assert "A007" in done.stdout


def test_a_desk_may_only_warn_of_it(desk: Signing) -> None:
    config = desk.hooked.path / "gitdesk.yaml"
    config.write_text(
        config.read_text().replace(
            "signed_commits: required\n", "signed_commits: required\n  checks: {A007: warn}\n"
        )
    )
    desk.made("iva", key="iva")
    assert desk.push().returncode == 0
    desk.commit()
    done = desk.push()
    assert done.returncode == 0, done.stderr
    assert "A007 warn" in done.stderr


def test_nothing_is_looked_at_where_nobody_asks(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from gitdesk.store import signature

    from .hooked import Hooked

    hooked = Hooked.of(place)
    hooked.ticket()
    monkeypatch.setattr(signature, "verify", lambda *_, **__: pytest.fail("signatures were looked at"))
    with place.open() as desk:
        from gitdesk.desk import judging_commits

        assert not [one for one in judging_commits.everything(desk) if one.code == "A007"]


def test_a_clone_names_the_real_base_and_no_rebase_that_would_not_sign(desk: Signing) -> None:
    desk.hooked.git("remote", "rename", "origin", "company")
    assert desk.hooked.gitdesk("hooks", "install").returncode == 0
    desk.commit()
    done = desk.hooked.run("git", "push", "company", "main")
    assert done.returncode != 0
    assert "git rebase -f -S company/main signs what is not pushed yet" in done.stderr
    assert "git rebase -i" not in done.stderr
    assert "ORIGIN" not in done.stderr
    assert desk.hooked.run("git", "rebase", "-f", "-S", "company/main").returncode == 0
    done = desk.hooked.run("git", "push", "company", "main")
    assert done.returncode == 0, done.stderr


# At the keyboard


def test_a_command_signs_where_the_desk_asks_though_git_does_not_by_itself(desk: Signing) -> None:
    made = desk.hooked.gitdesk("new", "Cannot log in", "-m", "It says no.")
    assert made.returncode == 0, made.stderr
    assert "gpgsig" in desk.hooked.git("cat-file", "commit", "HEAD")
    done = desk.push()
    assert done.returncode == 0, done.stderr


def test_a_command_without_a_key_says_how_to_get_one_and_writes_nothing(desk: Signing) -> None:
    for key in ("gpg.format", "user.signingkey"):
        desk.hooked.git("config", "--unset", key)
    desk.hooked.git("config", "gpg.program", "/nonexistent/gpg")
    before = desk.hooked.git("rev-parse", "HEAD")
    done = desk.hooked.gitdesk("new", "Cannot log in", "-m", "It says no.")
    assert done.returncode == 1
    assert "A007 this desk takes signed commits only, and the commit could not be signed" in done.stderr
    assert "git config user.signingkey" in done.stderr
    assert desk.hooked.git("rev-parse", "HEAD") == before
    assert not desk.hooked.git("status", "--porcelain")


def test_a_command_that_would_sign_with_a_key_of_nobody_is_refused_before_anything_moves(
    desk: Signing,
) -> None:
    desk.use("eve")
    before = desk.hooked.git("rev-parse", "HEAD")
    done = desk.hooked.gitdesk("new", "Cannot log in", "-m", "It says no.")
    assert done.returncode == 1
    assert "which is a key of nobody on the desk" in done.stderr
    assert f"iva signs with {fingerprint(desk.keys['iva'])}" in done.stderr
    assert desk.hooked.git("rev-parse", "HEAD") == before
    assert not desk.hooked.git("status", "--porcelain")


def test_who_has_no_key_listed_is_told_who_can_list_it(desk: Signing) -> None:
    desk.hooked.git("config", "user.email", "eve@acme.example")
    desk.use("eve")
    done = desk.hooked.gitdesk("new", "Cannot log in", "-m", "It says no.")
    assert done.returncode == 1
    assert "adds it to the signing_keys of your entry there" in done.stderr


def test_a_desk_cannot_ask_for_signatures_before_somebody_has_a_key(place: Place) -> None:
    from .hooked import Hooked

    hooked = Hooked.of(place)
    hooked.ticket()
    hooked.serve()
    assert hooked.push("main").returncode == 0
    hooked.edit(place.path / "gitdesk.yaml", "rules:\n", "rules:\n  signed_commits: required\n")
    done = hooked.push("main")
    assert done.returncode != 0
    assert "C074" in done.stderr
    assert "signing_keys of iva" in done.stderr


def test_doctor_tells_with_what_is_signed_or_what_is_missing(desk: Signing) -> None:
    done = desk.hooked.gitdesk("doctor")
    assert f"the desk knows {fingerprint(desk.keys['iva'])}" in done.stdout
    assert "commands sign, commits by hand do not" in done.stdout
    desk.hooked.git("config", "commit.gpgSign", "true")
    assert "by hand" not in desk.hooked.gitdesk("doctor").stdout
    desk.hooked.git("config", "--unset", "user.signingkey")
    done = desk.hooked.gitdesk("doctor")
    assert "user.signingkey is not set" in done.stdout
    assert "    hint: git config gpg.format ssh\n          git config user.signingkey" in done.stdout
    said = desk.hooked.gitdesk("new", "Cannot log in", "-m", "It says no.").stderr
    assert "could not be signed: " in said
    assert "no reason given" not in said
    desk.hooked.git("config", "user.email", "eve@acme.example")
    assert "the desk knows no key of yours" in desk.hooked.gitdesk("doctor").stdout


def test_doctor_asks_for_no_key_where_nobody_commits(desk: Signing) -> None:
    done = desk.hooked.gitdesk("-C", str(desk.hooked.server), "doctor")
    assert "tickets" in done.stdout
    assert "signing" not in done.stdout
    assert "hooks" not in done.stdout


@pytest.mark.parametrize(("setting", "told"), [("", "user.signingkey is not set"), ("0xDEAD", "with 0xDEAD")])
def test_git_that_gives_no_reason_for_not_signing_is_given_one(
    desk: Signing, setting: str, told: str
) -> None:
    program = desk.hooked.path.parent / "gpg"
    program.write_text("#!/bin/sh\nexit 2\n")
    program.chmod(0o755)
    config = desk.hooked.path.parent / "config"
    config.write_text(f"[gpg]\n\tprogram = {program}\n[user]\n\tname = Iva\n\temail = iva@acme.example\n")
    desk.hooked.environ["GIT_CONFIG_GLOBAL"] = str(config)
    for key in ("gpg.format", "user.signingkey"):
        desk.hooked.git("config", "--unset", key)
    if setting:
        desk.hooked.git("config", "user.signingkey", setting)
    assert told in desk.hooked.gitdesk("new", "Cannot log in", "-m", "It says no.").stderr


def test_an_import_says_that_it_signs_nothing(desk: Signing) -> None:
    file = desk.hooked.path.parent / "tickets.jsonl"
    ticket = {
        "source": {"system": "old", "id": "1"},
        "title": "Cannot log in",
        "requester": "ana@example.com",
    }
    file.write_text(json.dumps({**ticket, "created": "2026-11-22T08:00:00Z"}) + "\n")
    done = desk.hooked.gitdesk("import", "jsonl", str(file))
    assert done.returncode == 0, done.stderr
    assert "not signed: a fetch on the server brings them in" in done.stderr


# OpenPGP


@pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")
def test_an_openpgp_key_is_told_by_its_fingerprint(desk: Signing, monkeypatch: pytest.MonkeyPatch) -> None:
    home = desk.hooked.path.parent / "gpg"
    home.mkdir(mode=0o700)
    desk.hooked.environ["GNUPGHOME"] = str(home)
    words = ["--batch", "--pinentry-mode", "loopback", "--passphrase", "", "--quick-gen-key"]
    made = desk.hooked.run("gpg", *words, "Iva Kralj <iva@acme.example>", "ed25519", "sign", "never")
    assert made.returncode == 0, made.stderr
    listed = desk.hooked.run("gpg", "--with-colons", "--list-keys").stdout
    own = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr"))
    try:
        desk.hooked.git("config", "gpg.format", "openpgp")
        desk.hooked.git("config", "user.signingkey", own)
        desk.commit()
        desk.hooked.git("commit", "-q", "--amend", "--no-edit", "-S")
        assert f"signed with {own}, which is a key of nobody" in desk.refused()
        desk.hooked.git("reset", "-q", "--hard", "origin/main")
        config = desk.hooked.path / "gitdesk.yaml"
        config.write_text(
            config.read_text().replace(
                f'["{public(desk.keys["iva"])}"]', f'["{public(desk.keys["iva"])}", {own}]'
            )
        )
        desk.made(key="iva")
        assert desk.push().returncode == 0
        desk.hooked.git("config", "gpg.format", "openpgp")
        desk.hooked.git("config", "user.signingkey", own)
        desk.commit()
        desk.hooked.git("commit", "-q", "--amend", "--no-edit", "-S")
        done = desk.push()
        assert done.returncode == 0, done.stderr
    finally:
        desk.hooked.run("gpgconf", "--kill", "gpg-agent")


def test_trail_and_report_know_the_keys_of_the_desk_without_settings_of_git(desk: Signing) -> None:
    commits = {key: desk.commit(key, key=key) for key in ("iva", "marko", "eve")}  # marko's: a fingerprint
    told = desk.hooked.place.gitdesk("log", desk.ticket.stem, "--json")
    found = {one["commit"]: one["signature"] for one in json.loads(told.stdout)["items"]}
    for name in ("iva", "marko"):
        assert (found[commits[name]]["status"], found[commits[name]]["signer"]) == ("good", name)
    assert found[commits["eve"]]["status"] == "unknown"
    assert "signed by marko" in desk.hooked.place.gitdesk("log", desk.ticket.stem).stdout
    audit = json.loads(desk.hooked.place.gitdesk("report", "audit", "--verify", "--json").stdout)
    assert audit["summary"]["signatures"] == {"good": 2, "unknown": 1}
