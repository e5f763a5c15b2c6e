"""Servers that people push to, each by a program that Git is served with: on loopback, on a free port."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from .bridge import Bridge

SSHD = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile {folder}/sshd.pid
AuthorizedKeysFile {folder}/iva.pub
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
AcceptEnv GIT_PROTOCOL
LogLevel ERROR
{environ}
"""
SSH = """\
Host desk
    HostName 127.0.0.1
    Port {port}
    IdentityFile {folder}/iva
    IdentitiesOnly yes
    IdentityAgent none
    UserKnownHostsFile {folder}/known
    StrictHostKeyChecking yes
    BatchMode yes
    SendEnv GIT_PROTOCOL
    LogLevel ERROR
"""
LIGHTTPD = """\
server.document-root = "{root}"
server.bind = "127.0.0.1"
server.port = {port}
server.errorlog = "{folder}/error.log"
server.upload-dirs = ("{folder}")
server.modules = ("mod_alias", "mod_setenv", "mod_cgi")
alias.url = ("/git" => "{backend}")
cgi.assign = ("" => "")
setenv.set-environment = ({environ}
    "GIT_PROJECT_ROOT" => "{root}", "GIT_HTTP_EXPORT_ALL" => "", "REMOTE_USER" => "iva")
"""


def sbin(name: str) -> str | None:
    """Returns where a program of an administrator's is."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin:/sbin")


def free_port() -> int:
    """Returns a port of loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def backend() -> str:
    """Returns the program that speaks Git's smart HTTP; skips where Git came without it."""
    done = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True)
    program = os.path.join(done.stdout.strip(), "git-http-backend")
    if not os.path.exists(program):
        pytest.skip("this Git came without git-http-backend")
    return program


class Transport:
    """One way to push: the address of a repository under the root that is served, and what the client needs for it."""

    name = "file"

    def __init__(self, root: Path, folder: Path, environ: Mapping[str, str]) -> None:
        self.root, self.folder, self.environ = root, folder, dict(environ)
        self.client: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir()

    def start(self) -> None:
        """Serves; over file:// there is nobody to."""

    def url(self, repository: Path) -> str:
        return f"file://{repository}"

    def stop(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(timeout=20)

    def _run(self, port: int, *words: str) -> None:
        """Starts a program in a group of its own and waits until it answers."""
        log = (self.folder / "log").open("wb")
        with log:
            self._process = subprocess.Popen(
                words,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError(f"{words[0]} does not answer: {(self.folder / 'log').read_text()}")


class Daemon(Transport):
    """`git daemon`, which asks nobody who they are."""

    name = "git"

    def start(self) -> None:
        self.port = free_port()
        self._run(
            self.port, "git", "daemon", "--reuseaddr", "--listen=127.0.0.1", f"--port={self.port}",
            f"--base-path={self.root}", "--export-all", "--enable=receive-pack",
        )  # fmt: skip

    def url(self, repository: Path) -> str:
        return f"git://127.0.0.1:{self.port}/{repository.relative_to(self.root)}"


class Http(Transport):
    """Git's own program for smart HTTP behind the little web server of `bridge`."""

    name = "http"

    def start(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Bridge)
        self._server.daemon_threads = True
        Bridge.backend, Bridge.root, Bridge.environ = backend(), str(self.root), self.environ
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}).start()

    def url(self, repository: Path) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/git/{repository.relative_to(self.root)}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Lighttpd(Transport):
    """The same behind lighttpd, a web server that people have."""

    name = "lighttpd"

    def start(self) -> None:
        program = sbin("lighttpd")
        if program is None:
            pytest.skip("lighttpd is not installed")
        self.port = free_port()
        given = "".join(f'"{name}" => "{text}", ' for name, text in self.environ.items())
        settings = self.folder / "lighttpd.conf"
        settings.write_text(
            LIGHTTPD.format(
                root=self.root, port=self.port, folder=self.folder, backend=backend(), environ=given
            )
        )
        self._run(self.port, program, "-D", "-f", str(settings))

    def url(self, repository: Path) -> str:
        return f"http://127.0.0.1:{self.port}/git/{repository.relative_to(self.root)}"


class Ssh(Transport):
    """An sshd with a host key, a configuration and one authorized key of its own."""

    name = "ssh"

    def start(self) -> None:
        program = sbin("sshd")
        if program is None or shutil.which("ssh") is None or shutil.which("ssh-keygen") is None:
            pytest.skip("sshd is not installed")
        if os.geteuid() == 0 and not os.path.isdir("/run/sshd"):
            pytest.skip("sshd wants the folder /run/sshd when root starts it: mkdir /run/sshd")
        for name in ("host", "iva"):
            words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / name)]
            subprocess.run(words, check=True)
        self.port = free_port()
        kind, key, *_ = (self.folder / "host.pub").read_text().split()
        (self.folder / "known").write_text(f"[127.0.0.1]:{self.port} {kind} {key}\n")
        (self.folder / "ssh_config").write_text(SSH.format(port=self.port, folder=self.folder))
        given = " ".join(f'"{name}={text}"' for name, text in self.environ.items() if name != "HOME")
        settings = self.folder / "sshd_config"
        settings.write_text(SSHD.format(port=self.port, folder=self.folder, environ=f"SetEnv {given}"))
        self.client = {"GIT_SSH_COMMAND": f"ssh -F {self.folder}/ssh_config"}
        self._run(self.port, program, "-D", "-e", "-f", str(settings))
        words = ["ssh", "-F", f"{self.folder}/ssh_config", "desk", "true"]
        tried = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
        if tried.returncode:
            self.stop()
            pytest.skip(f"this account may not log in over SSH: {tried.stderr.strip()[:200]}")

    def url(self, repository: Path) -> str:
        return f"ssh://desk{repository}"


ALL = (Transport, Daemon, Http, Lighttpd, Ssh)
