"""What is the same however it is pushed: kinds of pushes, settings of the server, crowds, ways out of a lock-out."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import Pushing, said


def setting(desk: Pushing, key: str, text: str) -> None:
    desk.run("git", "config", key, text, cwd=desk.server)


def fresh_ticket(desk: Pushing, code: str) -> str:
    """Commits a ticket of its own and returns its path."""
    text = desk.ticket_file.read_text()
    file = desk.path / "tickets" / code[:2] / f"GD-{code}.md"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text.replace(desk.ticket_file.stem, file.stem))
    desk.git("add", "-A")
    desk.git("commit", "-qm", f"{file.stem}: new")
    return str(file.relative_to(desk.path))


def test_five_people_who_fetch_and_push_again_all_get_in_and_nothing_is_lost(one: Pushing) -> None:
    clones = [one.clone(f"clone-{number}") for number in range(5)]
    paths = [fresh_ticket(clone, f"AAAAAAA{number}") for number, clone in enumerate(clones)]
    waiting = list(clones)
    for _ in clones:
        racing = [clone.start_push() for clone in waiting]
        for each in racing:
            each.communicate(timeout=120)
        waiting = [clone for clone, each in zip(waiting, racing, strict=True) if each.returncode]
        if not waiting:
            break
        for clone in waiting:
            clone.git("pull", "-q", "--rebase", "origin", "main")
    assert not waiting
    there = one.run("git", "ls-tree", "-r", "--name-only", "main", cwd=one.server).stdout.split()
    assert set(paths) <= set(there)
    assert one.run("git", "fsck", "--no-dangling", cwd=one.server).returncode == 0
    assert one.gitdesk("-C", str(one.server), "check").returncode == 0


@pytest.mark.parametrize("limit", ["1", "1000"])
def test_objects_are_judged_in_quarantine_loose_and_packed(one: Pushing, limit: str) -> None:
    setting(one, "receive.unpackLimit", limit)
    one.good()
    one.accepted("main")
    one.bad()
    assert any("F040" in line for line in one.refused("main"))


@pytest.mark.parametrize("version", ["0", "1", "2"])
def test_every_version_of_the_protocol(one: Pushing, version: str) -> None:
    one.git("config", "protocol.version", version)
    one.bad()
    assert any("F040" in line for line in one.refused("main"))
    one.git("reset", "-q", "--hard", "HEAD~1")
    one.good()
    one.accepted("main")


def test_options_of_a_push_pass_by(one: Pushing) -> None:
    setting(one, "receive.advertisePushOptions", "true")
    one.bad()
    assert any("F040" in line for line in one.refused("-o", "gitdesk.branch=other", "-o", "ci.skip", "main"))
    one.git("reset", "-q", "--hard", "HEAD~1")
    one.good()
    one.accepted("-o", "ci.skip", "main")


def test_broken_objects_are_gits_to_refuse(one: Pushing) -> None:
    setting(one, "receive.fsckObjects", "true")
    made = one.git("cat-file", "commit", one.good())
    broken = one.path.parent / "broken"
    broken.write_text(made.replace("<iva@acme.example> 1", "<iva@acme.example>1", 1) + "\n")
    oid = one.git("hash-object", "-t", "commit", "-w", "--literally", str(broken))
    before = one.standing()
    done = one.push(f"{oid}:refs/heads/main")
    assert done.returncode == 1
    assert "fsck error" in done.stderr or "error in object" in done.stderr, done.stderr
    assert one.settles(before)
    one.accepted("main")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_a_signed_push_is_judged_like_any_other(one: Pushing) -> None:
    setting(one, "receive.certNonceSeed", "a seed")
    key = one.path.parent / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    one.git("config", "gpg.format", "ssh")
    one.git("config", "user.signingkey", f"{key}.pub")
    one.bad()
    before = one.standing()
    lines = said(one.push("--signed", "main"))
    assert any("F040" in line for line in lines), lines
    assert one.settles(before, more=1)  # the certificate stays: Git writes it before it asks anybody
    one.git("reset", "-q", "--hard", "HEAD~1")
    one.good()
    one.accepted("--signed", "main")


def test_hooks_that_the_server_keeps_elsewhere_are_the_law_too(one: Pushing) -> None:
    (one.server / "hooks" / "pre-receive").unlink()
    setting(one, "core.hooksPath", "our hooks")
    done = one.gitdesk("-C", str(one.server), "hooks", "install", "--server")
    assert done.returncode == 0, done.stderr
    assert (one.server / "our hooks" / "pre-receive").exists()
    one.bad()
    assert any("F040" in line for line in one.refused("main"))


def test_the_hook_needs_a_path_and_nothing_else_of_its_environment(one: Pushing) -> None:
    path = one.transport.environ["PATH"]
    one.git("remote", "set-url", "origin", str(one.server))
    receive = f"--receive-pack=env -i GIT_CONFIG_NOSYSTEM=1 PATH={path} git-receive-pack"
    one.bad()
    assert any("F040" in line for line in one.refused(receive, "main"))
    one.git("reset", "-q", "--hard", "HEAD~1")
    one.good()
    one.accepted(receive, "main")


def test_a_pusher_with_a_shallow_clone_pushes_as_ever(one: Pushing) -> None:
    there = one.path.parent / "shallow"
    one.run("git", "clone", "-q", "--depth=1", one.transport.url(one.server), str(there))
    assert one.run("git", "rev-parse", "--is-shallow-repository", cwd=there).stdout.strip() == "true"
    file = there / one.ticket_file.relative_to(one.path)
    file.write_text(file.read_text().replace("priority: normal", "priority: high"))
    one.run("git", "commit", "-qam", "by hand", cwd=there)
    done = one.run("git", "push", "origin", "main", cwd=there)
    assert done.returncode == 0, done.stderr


def test_a_thousand_commits_at_once(one: Pushing) -> None:
    tip, file = one.git("rev-parse", "HEAD"), one.ticket_file
    path, text = file.relative_to(one.path), file.read_text()
    versions = [text, text.replace("priority: normal", "priority: high")]
    parts = [
        f"commit refs/heads/main\ncommitter Iva Kralj <iva@acme.example> {1795338000 + number} +0000\ndata 1\nx\n"
        + (f"from {tip}\n" if number == 1 else "")
        + f"M 100644 inline {path}\ndata {len(version.encode())}\n{version}\n"
        for number in range(1, 1001)
        for version in (versions[number % 2],)
    ]
    words = ["git", "fast-import", "--quiet"]
    subprocess.run(words, cwd=one.path, env=one.environ, input="".join(parts).encode(), check=True)
    one.accepted("main")
    assert one.run("git", "rev-list", "--count", "main", cwd=one.server).stdout.strip() == "1003"


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes wherever it likes")
def test_a_server_that_cannot_write_takes_nothing(one: Pushing) -> None:
    before = one.tip()
    one.good()
    objects = one.server / "objects"
    objects.chmod(0o555)
    try:
        done = one.push("main")
    finally:
        objects.chmod(0o755)
    assert done.returncode != 0
    assert one.tip() == before
    one.accepted("main")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_signatures_are_looked_at_in_quarantine_without_a_home(one: Pushing) -> None:
    key = one.path.parent / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    one.git("config", "gpg.format", "ssh")
    one.git("config", "user.signingkey", f"{key}.pub")
    config, line = one.path / "gitdesk.yaml", f"{key}.pub"
    text = config.read_text().replace("rules:\n", "rules:\n  signed_commits: required\n")
    roles, keys = "      roles: [lead]\n", f'      signing_keys: ["{Path(line).read_text().strip()}"]\n'
    config.write_text(text.replace(roles, roles + keys))
    one.git("commit", "-qam", "sign from now on")
    one.accepted("main")
    made = one.good()
    lines = one.refused("main")
    assert any("A007 error the commit is not signed" in line and made[:10] in line for line in lines), lines
    one.git("commit", "-q", "--amend", "--no-edit", "-S")
    one.git("remote", "set-url", "origin", str(one.server))
    path = one.transport.environ["PATH"]
    one.accepted(f"--receive-pack=env -i GIT_CONFIG_NOSYSTEM=1 PATH={path} git-receive-pack", "main")


# A lock-out


def locked_out(desk: Pushing) -> str:
    """Pushes a gitdesk.yaml that nobody may change any more, and returns the next change of it, which is refused."""
    desk.edit(desk.path / "gitdesk.yaml", "      roles: [lead]\n", "      roles: []\n")
    assert any("C071 warn" in line for line in desk.accepted("main"))
    made = desk.edit(desk.path / "gitdesk.yaml", "      roles: []\n", "      roles: [lead]\n")
    assert any("P005" in line for line in desk.refused("main"))
    return made


def test_an_administrator_leads_out_of_a_lock_out_by_a_fetch(one: Pushing) -> None:
    made = locked_out(one)
    done = one.run("git", "fetch", str(one.path), "main:main", cwd=one.server)
    assert done.returncode == 0, done.stderr
    assert one.tip() == made
    one.good()
    one.accepted("main")
    one.edit(one.path / "gitdesk.yaml", "name: acme", "name: Acme")
    one.accepted("main")


def test_an_administrator_takes_the_law_off_and_puts_it_back(one: Pushing) -> None:
    made = locked_out(one)
    assert one.gitdesk("-C", str(one.server), "hooks", "uninstall").returncode == 0
    one.accepted("main")
    assert one.tip() == made
    assert one.gitdesk("-C", str(one.server), "hooks", "install", "--server").returncode == 0
    one.bad()
    assert any("F040" in line for line in one.refused("main"))


def test_a_fetch_of_an_administrator_goes_forward_only(one: Pushing, tmp_path: Path) -> None:
    before = one.tip()
    one.git("commit", "-q", "--amend", "--allow-empty", "-m", "another story")
    done = one.run("git", "fetch", str(one.path), "main:main", cwd=one.server)
    assert done.returncode != 0
    assert one.tip() == before


# Merges


def test_a_merge_that_takes_back_what_others_did_is_refused(one: Pushing) -> None:
    note = "### 2026-11-22T09:00:00Z · note · Iva Kralj <iva@acme.example>\n\nLooks like the cable.\n"
    old = one.git("rev-parse", "HEAD")
    with one.ticket_file.open("a") as file:
        file.write(f"\n{note}")
    one.git("commit", "-qam", "a note")
    one.accepted("main")
    one.git("switch", "-q", "-c", "side", old)
    one.good()
    one.git("merge", "-q", "-s", "ours", "-m", "merge", "main")
    assert "cable" not in one.ticket_file.read_text()
    lines = one.refused("side:main")
    assert any("A001" in line for line in lines), lines


def test_what_the_server_says_is_said_once(one: Pushing) -> None:
    one.bad()
    done = one.push("main")
    assert len(said(done)) == len(set(said(done)))
