"""Programs that a repository's settings or an environment name: none is run, and plain Git shows that it could be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from .attacking import ANA, IVA, PATH, START, Desk, attack, said, stamp, text

# Made ready once, for all tests of this module.
pytestmark = pytest.mark.xdist_group("attacks-programs")

READ = (
    "list", "show 7k3", "show 7k3 --at main~1", "search noon", "log --verify", "check", "check main~1",
    "check main..side", "check --history", "check --staged", "sla report", "doctor", "export jsonl", "review",
)  # fmt: skip
WRITE = (
    "edit 7k3 -F ../edited.md", "new Hello -m x", "reply 7k3 -m x", "note 7k3 -m x", "move 7k3 open",
    "set 7k3 priority=high", "tag 7k3 +a", "attach 7k3 ../note.txt", "import jsonl ../import.jsonl",
    "set 7k3 priority=low --propose", "review 7k3", "propose 7k3 --update", "land 7k3",
)  # fmt: skip
HOOKS = (
    "pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "reference-transaction", "post-checkout",
    "post-index-change", "pre-auto-gc", "post-merge", "post-rewrite", "fsmonitor-watchman",
)  # fmt: skip
ATTRIBUTES = (
    "*.txt filter=evil merge=evil diff=evil", "*.md filter=evil merge=evil diff=evil",
    "odd.bin filter=odd=name", "long.bin filter=long", "inc.bin filter=included",
)  # fmt: skip
EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # the tree without a file, in every repository
# Settings that name a program, what it says when run, and how plain Git is made to run it.
SETTINGS = {
    "core.fsmonitor": ("", "status"),
    "diff.external": ("", f"diff {EMPTY} main -- gitdesk.yaml"),
    "diff.evil.command": ("", "diff main~1 main"),
    "diff.evil.textconv": ("cat $1", "cat-file --textconv main:other.txt"),
    "filter.evil.clean": ("cat", "hash-object --path=other.txt other.txt"),
    "filter.evil.smudge": ("cat", "cat-file --filters main:other.txt"),
    "filter.odd=name.clean": ("cat", "hash-object --path=odd.bin other.txt"),
    "filter.long.process": ("", "hash-object --path=long.bin other.txt"),
    "merge.evil.driver": ("", "merge --no-edit side"),
    "core.pager": ("", ""),
    "pager.log": ("", ""),
    "core.editor": ("", "commit --amend --allow-empty"),
    "sequence.editor": ("", "rebase -i main~1"),
    "gpg.program": ("", "verify-commit pgp"),
    "gpg.ssh.program": ("", "verify-commit ssh"),
    "gpg.ssh.defaultKeyCommand": ("", "-c gpg.format=ssh commit -S --allow-empty -m x"),
    "core.hooksPath": ("", "update-ref refs/heads/new main"),
    "core.alternateRefsCommand": ("", "fetch ../alternate.git"),
    "uploadpack.packObjectsHook": ("", ""),
    "gc.recentObjectsHook": ("", ""),
    "core.gitProxy": ("", "fetch git://example.invalid/x"),
    "core.sshCommand": ("", "fetch ssh://example.invalid/x"),
    "core.askPass": ("", ""),
    "credential.helper": ("", "credential fill"),
    "alias.list": ("", "list"),
    "trailer.evil.command": ("", "interpret-trailers"),
    "core.attributesFile": ("cat", "hash-object --path=attr.bin other.txt"),
    "include.path": ("cat", "hash-object --path=inc.bin other.txt"),
    "submodule.evil.update": ("", ""),
}
# Git of its own accord would have to be taught a protocol, a terminal or a newer Git to run these.
WITHOUT_CONTROL = frozenset(name for name, (_, control) in SETTINGS.items() if not control)


@dataclass
class Trapped:
    """A clone whose settings name a trap for every program, and which traps have gone off while gitdesk ran."""

    desk: Desk
    folder: Path
    sprung: frozenset[str]

    def spring(self) -> set[str]:
        """Returns the traps that have gone off, and sets them again."""
        found = {path.name for path in (self.folder / "sprung").iterdir()}
        for name in found:
            (self.folder / "sprung" / name).unlink()
        return found


def trap(folder: Path, name: str, answer: str = "") -> str:
    """Writes a program that leaves a mark, and returns its path."""
    (folder / "sprung").mkdir(exist_ok=True)
    path = folder / f"trap-{name.replace('/', '_')}"
    path.write_text(f"#!/bin/sh\ntouch '{folder}/sprung/{name}'\n{answer}\n")
    path.chmod(0o755)
    return str(path)


GITDESK = (sys.executable, "-m", "gitdesk")


def run(desk: Desk, words: str) -> subprocess.CompletedProcess[str]:
    done = desk.gitdesk(*words.split(), GITDESK_NOW=stamp(desk.at + 3600))
    assert "Traceback" not in done.stderr, (words, done.stderr)
    return done


def signed(desk: Desk, kind: str, parent: str) -> str:
    """Returns a commit with a signature that somebody would have to check."""
    tree = desk.git("rev-parse", f"{parent}^{{tree}}")
    who = f"{IVA} {desk.at + 300} +0000"
    block = f"-----BEGIN {kind} SIGNATURE-----\n \n U1NIU0lH\n -----END {kind} SIGNATURE-----"
    data = f"tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\ngpgsig {block}\n\nsigned\n"
    return desk.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", input=data.encode())


def laid(desk: Desk, folder: Path) -> None:
    """Gives a desk commits, files and attributes on which every trap could go off."""
    attributes = "\n".join(ATTRIBUTES) + "\n"
    tip = desk.commit({".gitattributes": attributes, "other.txt": "1\n"}, at=desk.at + 60)
    tip = desk.commit(
        {"other.txt": "2\n", PATH: text(said(desk.at), type="question")}, parents=(tip,), at=desk.at + 120
    )
    side = desk.commit({"other.txt": "3\n"}, parents=(f"{tip}^",), at=desk.at + 180)
    desk.git("tag", "ssh", signed(desk, "SSH", tip))
    desk.git("tag", "pgp", signed(desk, "PGP", desk.git("rev-parse", "ssh")))
    changed = desk.commit(
        {PATH: text(said(desk.at), type="incident")}, parents=("pgp^{commit}",), at=desk.at + 600
    )
    again = signed(desk, "SSH", changed)
    lines = desk.git("cat-file", "commit", again).replace(
        f"parent {changed}", "parent " + desk.git("rev-parse", "pgp")
    )
    desk.git("update-ref", "refs/heads/side", side)
    data = lines.encode() + b"\n"
    desk.git(
        "update-ref", "refs/heads/main", desk.git("hash-object", "-t", "commit", "-w", "--stdin", input=data)
    )
    desk.git("reset", "-q", "--hard")
    (folder / "note.txt").write_text("x")
    (folder / "edited.md").write_text(desk.git("show", f"main:{PATH}").replace("Help", "Helped") + "\n")
    event = {
        "source": '{"system":"j","id":"1"}',
        "title": '"t"',
        "created": f'"{stamp(START)}"',
        "requester": f'"{ANA}"',
    }
    fields = ",".join(
        f'"{key}":{value}' for key, value in {**event, "status": '"new"', "priority": '"normal"'}.items()
    )
    (folder / "import.jsonl").write_text(f'{{{fields},"events":[]}}\n')


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> Trapped:
    """Returns a clone in which every command has been called once, and what went off."""
    folder = tmp_path_factory.mktemp("trapped")
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GITDESK_"))}
    desk = Desk.of(folder / "desk")
    desk.environ = plain | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    laid(desk, folder)
    for name, (answer, _) in SETTINGS.items():
        if name in ("core.hooksPath", "core.attributesFile", "include.path"):
            continue
        path = trap(folder, name, answer)
        desk.git("config", name, f"!{path}" if name.startswith(("alias.", "submodule.")) else path)
    (folder / "hooks").mkdir()
    for hook in HOOKS:
        (folder / "hooks" / hook).write_text(Path(trap(folder, "core.hooksPath")).read_text())
        (folder / "hooks" / hook).chmod(0o755)
    desk.git("config", "core.hooksPath", str(folder / "hooks"))
    included = folder / "included"
    included.write_text(f'[filter "included"]\n\tclean = {trap(folder, "include.path", "cat")}\n')
    desk.git("config", "include.path", str(included))
    (folder / "attributes").write_text("* filter=attributed\n")
    desk.git("config", "core.attributesFile", str(folder / "attributes"))
    desk.git("config", "filter.attributed.clean", trap(folder, "core.attributesFile", "cat"))
    desk.git("config", "submodule.recurse", "true")
    desk.git("config", "log.showSignature", "true")
    desk.git("config", "gpg.ssh.allowedSignersFile", "/dev/null")
    trapped = Trapped(desk, folder, frozenset())
    trapped.spring()
    for words in (*READ, *WRITE):
        done = run(desk, words)
        assert done.returncode in (0, 1), (words, done.stderr)
        assert done.returncode == 0 or not done.stderr.startswith("error"), (words, done.stderr)
    trapped.sprung = frozenset(trapped.spring())
    return trapped


@attack("A program named by the settings of the repository")
@pytest.mark.parametrize("setting", SETTINGS)
def test_no_command_runs_what_a_setting_names(trapped: Trapped, setting: str) -> None:
    assert setting not in trapped.sprung


@attack("The same traps, and plain Git")
@pytest.mark.parametrize("setting", sorted(set(SETTINGS) - WITHOUT_CONTROL))
def test_plain_git_does_run_it_so_the_trap_is_one(trapped: Trapped, setting: str) -> None:
    desk = trapped.desk
    copy = trapped.folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(desk.path, copy)
    words = _control(SETTINGS[setting][1], setting, trapped)
    environ = {**desk.environ, "GIT_CONFIG_NOSYSTEM": "1", "EMAIL": "iva@acme.example"}
    subprocess.run(
        ["git", *words], cwd=copy, env=environ, input=b"protocol=https\nhost=example.invalid\n\nx\n\nEvil: x\n",
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert setting in trapped.spring()


def _control(words: str, setting: str, trapped: Trapped) -> Sequence[str]:
    """Returns the call of Git, with the traps that would go off before the wanted one taken out of the way."""
    off = ["-c", "core.fsmonitor=false"] if setting != "core.fsmonitor" else []
    if setting != "core.hooksPath":
        off += ["-c", "core.hooksPath=/dev/null"]
    if setting == "core.alternateRefsCommand":
        alternate = trapped.folder / "alternate.git"
        if not alternate.exists():
            trapped.desk.git("clone", "-q", "--bare", str(trapped.desk.path), str(alternate))
        borrowed = trapped.folder / "copy" / ".git" / "objects" / "info" / "alternates"
        borrowed.write_text(f"{alternate}/objects\n")
    return [*off, *words.split()]


@attack("A partial clone whose remote is a program: lazy fetching")
@pytest.mark.parametrize(
    ("url", "setting", "mark"),
    [
        ("ext::TRAP", "protocol.ext.allow=always", "promisor"),
        ("ssh://example.invalid/x", "core.sshCommand=TRAP", "promisor"),
        ("git://example.invalid/x", "core.gitProxy=TRAP", "promisor"),
        ("ELSEWHERE", "remote.origin.uploadpack=TRAP", "promisor"),
        ("evil::x", "core.quotePath=true", "helper"),
    ],
)
def test_what_is_missing_is_never_fetched(
    own: Desk, tmp_path: Path, url: str, setting: str, mark: str
) -> None:
    program = trap(tmp_path, "promisor")
    (tmp_path / "git-remote-evil").write_text(Path(trap(tmp_path, "helper")).read_text())
    (tmp_path / "git-remote-evil").chmod(0o755)
    own.environ["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    url = url.replace("TRAP", program).replace("ELSEWHERE", str(tmp_path))
    for line in (
        "core.repositoryFormatVersion=1", "extensions.partialClone=origin", "remote.origin.promisor=true",
        f"remote.origin.url={url}", setting.replace("TRAP", program),
    ):  # fmt: skip
        own.git("config", *line.split("=", 1))
    blob = own.git("rev-parse", f"main:{PATH}")
    for pack in (own.path / ".git" / "objects" / "pack").glob("*.pack"):
        moved = tmp_path / pack.name
        pack.rename(moved)
        own.git("unpack-objects", "-q", input=moved.read_bytes())
    (own.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for words in ("list", "check", "reply 7k3 -m x"):
        run(own, words)
    assert not (tmp_path / "sprung" / mark).exists()
    assert run(own, "show 7k3").returncode == 5
    own.git("cat-file", "-p", blob, check=False)
    assert (tmp_path / "sprung" / mark).exists()


@attack("A program named by the environment")
def test_only_who_is_asked_for_is_started(own: Desk, tmp_path: Path) -> None:
    program = trap(tmp_path, "environment")
    names = (
        "GIT_EXTERNAL_DIFF", "GIT_PAGER", "PAGER", "GITDESK_PAGER", "EDITOR", "VISUAL", "GIT_EDITOR", "BROWSER",
        "GIT_SEQUENCE_EDITOR", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "SSH_ASKPASS", "GIT_PROXY_COMMAND",
    )  # fmt: skip
    environ = {**dict.fromkeys(names, program), "GITDESK_NOW": stamp(own.at + 60)}
    for words in ("list", "show 7k3", "log", "check", "sla report", "new Hello -m x", "reply 7k3 -m x"):
        done = own.gitdesk(*words.split(), **environ)
        assert done.returncode == 0, (words, done.stderr)
    assert not (tmp_path / "sprung" / "environment").exists()
    own.at_terminal(*GITDESK, "edit", "7k3", **environ)  # here the editor is wanted
    assert (tmp_path / "sprung" / "environment").exists()


@attack("Another repository named by the environment: `GIT_DIR` and the like")
def test_git_dir_is_the_persons_word_and_its_settings_run_nothing(own: Desk, tmp_path: Path) -> None:
    other = Desk.of(tmp_path / "other")
    for setting in ("core.fsmonitor", "diff.external", "core.pager"):
        other.git("config", setting, trap(tmp_path, setting))
    (tmp_path / "empty").mkdir()
    environ = {
        "GIT_DIR": str(other.path / ".git"),
        "GIT_WORK_TREE": str(other.path),
        "GITDESK_NOW": stamp(own.at + 60),
    }
    for words in ("list", "log", "check", "new Hello -m x"):
        done = own.gitdesk(*words.split(), **environ, GIT_INDEX_FILE=str(tmp_path / "index"))
        assert done.returncode == 0, (words, done.stderr)
    assert not list((tmp_path / "sprung").iterdir())
    assert own.git("rev-parse", "main") == own.base


@attack("An editor or a signing program of the repository, when one is wanted")
def test_an_editor_is_the_persons(own: Desk, tmp_path: Path) -> None:
    for setting in ("core.editor", "gpg.program", "gpg.ssh.program", "gpg.ssh.defaultKeyCommand"):
        own.git("config", setting, trap(tmp_path, setting))
    own.git("config", "commit.gpgSign", "true")
    own.git("config", "core.pager", trap(tmp_path, "core.pager"))
    environ = {"GITDESK_NOW": stamp(own.at + 60), "GIT_EDITOR": "", "LINES": "5"}
    for words in ("edit 7k3", "log", "show 7k3"):
        _, told = own.at_terminal(*GITDESK, *words.split(), **environ, EDITOR="true", PAGER="cat")
        assert told, words
    for kind in ("openpgp", "ssh", "x509"):
        own.git("config", "gpg.format", kind)
        own.gitdesk("new", "Hello", "-m", "x", GITDESK_NOW=stamp(own.at + 60))
    assert not list((tmp_path / "sprung").iterdir())
    own.at_terminal("git", "-p", "log")
    own.at_terminal("git", "-c", "commit.gpgSign=false", "commit", "--allow-empty", GIT_EDITOR="")
    own.git("-c", "gpg.format=ssh", "commit", "-qm", "x", "--allow-empty", check=False)
    sprung = {path.name for path in (tmp_path / "sprung").iterdir()}
    assert {"core.pager", "gpg.ssh.defaultKeyCommand"} <= sprung
