"""Remotes: what a repository's settings would have `gitdesk sync` run or say, and what the other side says."""

from __future__ import annotations

import http.server
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .attacking import Desk, attack, stamp
from .test_programs import trap

# A remote's address, settings of the repository, and the name of the trap that plain Git falls into.
TRAPS = {
    "ssh": ("ssh://example.invalid/x", ("core.sshCommand=TRAP",)),
    "proxy": ("git://example.invalid/x", ("core.gitProxy=TRAP",)),
    "upload": ("SERVER", ("remote.origin.uploadpack=TRAP",)),
    "receive": ("SERVER", ("remote.origin.receivepack=TRAP",)),
    "ext": ("ext::TRAP", ("protocol.ext.allow=always",)),
    "helper": ("evil::x", ()),
    "vcs": ("SERVER", ("remote.origin.vcs=evil",)),
    "instead": ("SERVER", ("url.ext::TRAP .insteadOf=SERVER", "protocol.ext.allow=always")),
    "hook": ("SERVER", ("core.hooksPath=HOOKS",)),
    "alternate": ("SERVER", ("core.alternateRefsCommand=TRAP",)),
    "credential": ("HTTP", ("credential.helper=TRAP",)),
    "scoped credential": ("HTTP", ("credential.HTTP.helper=TRAP",)),
    "askpass": ("HTTP", ("core.askPass=TRAP",)),
    "signed push": ("SERVER", ("push.gpgSign=true", "gpg.program=TRAP")),
}


@contextmanager
def locked_server() -> Iterator[str]:
    """Serves an address that wants a password of everybody."""

    class Locked(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Locked)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/x.git"
    finally:
        server.shutdown()
        server.server_close()


def shared(own: Desk, folder: Path) -> Path:
    """Gives a desk a server that borrows objects, and something to push."""
    server = folder / "server.git"
    own.git("clone", "-q", "--bare", str(own.path), str(server))
    other = folder / "other.git"
    own.git("clone", "-q", "--bare", str(own.path), str(other))
    alternates = own.path / ".git" / "objects" / "info" / "alternates"
    alternates.write_text(f"{other}/objects\n")
    subprocess.run(["git", "config", "receive.certNonceSeed", "x"], cwd=server, check=True)
    own.git("remote", "add", "origin", str(server))
    own.git("fetch", "-q", "origin")
    own.gitdesk("note", "7k3", "-m", "x", GITDESK_NOW=stamp(own.at + 60))
    return server


@attack("A program that the settings of a clone name for its remote")
@pytest.mark.parametrize("name", TRAPS)
def test_no_program_of_the_repository_reaches_the_remote(own: Desk, tmp_path: Path, name: str) -> None:
    server = shared(own, tmp_path)
    program = trap(tmp_path, "sprung")
    for helper in ("git-remote-evil", "hooks/pre-push", "hooks/reference-transaction"):
        path = tmp_path / helper
        path.parent.mkdir(exist_ok=True)
        path.write_text(Path(program).read_text())
        path.chmod(0o755)
    own.environ["PATH"] = f"{tmp_path}:{os.environ['PATH']}"
    url, settings = TRAPS[name]
    with locked_server() as locked:
        places = {"TRAP": program, "SERVER": str(server), "HTTP": locked, "HOOKS": str(tmp_path / "hooks")}

        def filled(text: str) -> str:
            for word, value in places.items():
                text = text.replace(word, value)
            return text

        own.git("config", "remote.origin.url", filled(url))
        for setting in settings:
            key, _, value = filled(setting).rpartition("=")
            own.git("config", key, value)
        for words in (
            ("sync",),
            ("status", "--fetch"),
            ("note", "7k3", "-m", "y", "--push"),
            ("review", "--fetch"),
            ("set", "7k3", "priority=low", "--propose"),
            ("approve", "7k3"),
            ("land", "7k3"),
            ("propose", "7k3", "--withdraw"),
        ):
            done = own.gitdesk(*words, GITDESK_NOW=stamp(own.at + 120))
            assert "Traceback" not in done.stderr
        assert not list((tmp_path / "sprung").iterdir()), "run by gitdesk"
        for control in (("fetch",), ("push", "origin", "HEAD:refs/heads/new")):
            subprocess.run(
                ["git", *control],
                cwd=own.path,
                env={**own.environ, "EMAIL": "iva@acme.example"},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=60,
            )
        assert list((tmp_path / "sprung").iterdir()), "plain Git runs it, so the trap is one"


@attack("A password or token in the address of a remote")
def test_no_password_is_shown(own: Desk) -> None:
    with locked_server() as locked:
        for url in (locked.replace("//", "//token@"), locked.replace("//", "//iva:s3cret-token@")):
            own.git("config", "remote.origin.url", url)
            for words in (
                ("sync",),
                ("sync", "--json"),
                ("status",),
                ("status", "--json"),
                ("status", "--fetch"),
                ("review", "--fetch"),
                ("set", "7k3", "priority=low", "--propose"),
                ("land", "7k3"),
            ):
                done = own.gitdesk(*words, GITDESK_NOW=stamp(own.at + 60))
                assert "token" not in done.stdout + done.stderr, words
                assert "127.0.0.1" in done.stdout + done.stderr, words


@attack("What a server says while it refuses, to steer the terminal")
def test_what_the_other_side_says_is_shown_and_not_obeyed(own: Desk, tmp_path: Path) -> None:
    server = shared(own, tmp_path)
    hook = server / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nprintf 'a\\033]0;evil\\007b\\342\\200\\256c\\n' >&2\nexit 1\n")
    hook.chmod(0o755)
    done = own.gitdesk("sync", GITDESK_NOW=stamp(own.at + 120))
    assert done.returncode == 1
    assert "origin: a" in done.stderr
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stderr)


@attack("A remote, or a branch of one, that is called like an option")
def test_names_of_remotes_and_branches_are_data(own: Desk, tmp_path: Path) -> None:
    server = shared(own, tmp_path)
    marker = tmp_path / "marker"
    own.git("config", "branch.main.remote", f"--upload-pack=touch {marker};")
    own.git("config", f"remote.--upload-pack=touch {marker};.url", str(server))
    for words in (
        ("sync",),
        ("sync", "--remote", f"--upload-pack=touch {marker};"),
        ("status", "--fetch"),
        ("review", "--fetch"),
        ("set", "7k3", "priority=low", "--propose"),
    ):
        done = own.gitdesk(*words, GITDESK_NOW=stamp(own.at + 120))
        assert "Traceback" not in done.stderr
    own.git("config", "branch.main.remote", "origin")
    own.git("config", "branch.main.merge", "refs/heads/--force")
    assert own.gitdesk("sync", GITDESK_NOW=stamp(own.at + 120)).returncode in (1, 2, 6)
    assert not marker.exists()


@attack("Settings of a clone that would push by force, everything, or elsewhere too")
def test_settings_do_not_widen_a_push(own: Desk, tmp_path: Path) -> None:
    server = shared(own, tmp_path)
    own.git("branch", "secret")
    own.git("tag", "-a", "-m", "x", "tagged")
    for setting in (
        "remote.origin.mirror=true", "remote.origin.push=+refs/heads/*:refs/heads/*", "push.followTags=true",
        "push.default=matching", "remote.origin.fetch=+refs/*:refs/*",
    ):  # fmt: skip
        own.git("config", *setting.split("=", 1))
    done = own.gitdesk("sync", GITDESK_NOW=stamp(own.at + 120))
    assert done.returncode == 0, done.stderr
    listed = own.git("ls-remote", str(server)).splitlines()
    assert {line.split("\t")[1] for line in listed} == {"HEAD", "refs/heads/main"}
    assert own.git("rev-parse", "main") == listed[0].split("\t")[0]
