"""Runs gitdesk with the fake commands as a person or a program would: through pipes, or at a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FAKE = HERE / "fake_gitdesk.py"
ROOT = HERE.parent.parent


def environ(home: Path, **more: str) -> dict[str, str]:
    """Returns an environment that knows nothing of the machine."""
    base = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "xterm",
        "GITDESK_NOW": "2026-11-22T09:00:00Z",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    return {**base, **more}


def piped(home: Path, *args: str, given: str | bytes = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a call with all standard streams as pipes."""
    data = given if isinstance(given, bytes) else given.encode()
    done = subprocess.run(
        [sys.executable, str(FAKE), *args],
        input=data,
        capture_output=True,
        env=environ(home, **more),
        timeout=60,
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def at_terminal(
    home: Path, *args: str, typed: str = "", columns: int = 80, lines: int = 24, **more: str
) -> tuple[int, str]:
    """Runs a call at a terminal of its own; returns the exit code and all that the terminal was sent."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, str(FAKE), *args],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environ(home, **more),
        start_new_session=True,
    )
    os.close(theirs)
    if typed:
        os.write(ours, typed.encode())
    sent = _all_of(ours, process)
    os.close(ours)
    return process.wait(timeout=30), sent.decode("utf-8", "replace").replace("\r\n", "\n")


def _all_of(terminal: int, process: subprocess.Popen[bytes]) -> bytes:
    parts: list[bytes] = []
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            parts.append(part)
        elif process.poll() is not None:
            break
    return b"".join(parts)
