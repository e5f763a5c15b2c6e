"""What the tab key brings in a real bash, on a real desk."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conversation import environ

from gitdesk.cli.bash_words import joined

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
DESK = Path(__file__).parents[1] / "scenarios" / "desk.yaml"


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Returns the environment of somebody with a desk, one ticket and gitdesk on the path."""
    home = tmp_path_factory.mktemp("home")
    program = home / "gitdesk"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m gitdesk "$@"\n')
    program.chmod(0o755)
    who = {f"GIT_{part}_{key}": value for part in ("AUTHOR", "COMMITTER")
           for key, value in (("NAME", "Iva Kralj"), ("EMAIL", "iva@acme.example"))}  # fmt: skip
    known = environ(home, PATH=f"{home}:{os.environ['PATH']}", **who)

    def call(*args: str) -> str:
        done = subprocess.run(
            [program, *args], cwd=home / "desk", env=known, capture_output=True, text=True, check=True
        )
        return done.stdout

    (home / "desk").mkdir()
    call("init", "--from", str(DESK))
    known["TICKET"] = call("new", "Cannot log in", "-q").strip()
    return known


class Bash:
    """A bash at a terminal."""

    def __init__(self, surroundings: dict[str, str]) -> None:
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "-i"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            cwd=Path(surroundings["HOME"]) / "desk",
            env=surroundings,
        )
        os.close(theirs)
        wanted = ("bell-style none", "show-all-if-ambiguous on", "enable-bracketed-paste off")
        settings = "PS1=; stty cols 200; " + "".join(f'bind "set {one}"; ' for one in wanted)
        # Completion runs the program; the line itself is run by this function, which shows its words.
        words = "gitdesk() { printf '<%s>' \"$@\"; echo; }; "
        self.write(f"{settings}eval \"$(gitdesk completion bash)\"; {words}echo rea''dy\n")
        self.read_to("ready\r\n")

    def write(self, typed: str) -> None:
        """Types."""
        os.write(self.ours, typed.encode())

    def read_to(self, end: str) -> str:
        """Reads what bash shows until it has shown this; raises AssertionError when it does not."""
        seen, late = "", time.monotonic() + 30
        while end not in seen:
            assert time.monotonic() < late, seen
            if select.select([self.ours], [], [], 1)[0]:
                seen += os.read(self.ours, 4096).decode("utf-8", "replace")
        return seen

    def after_tab(self, typed: str) -> tuple[list[str], set[str]]:
        """Returns the words of a line after the tab key and one more letter, and what was offered to choose from."""
        self.write(f"gitdesk {typed}\t_\n")
        shown = self.read_to(">\r\n")
        *offered, last, _ = shown.split("\r\n")
        told = [line for line in offered if not line.startswith("gitdesk ")]
        return last[1:-1].split("><"), set(" ".join(told).split())

    def close(self) -> None:
        """Ends it."""
        self.process.kill()
        self.process.wait()
        os.close(self.ours)


@pytest.fixture(scope="module")
def bash(surroundings: dict[str, str]) -> Iterator[Bash]:
    """Returns a bash that completes gitdesk."""
    shell = Bash(surroundings)
    yield shell
    shell.close()


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("assign ID ma", "assign ID marko "),
        ("assign ID group:t", "assign ID group:technical "),
        ("assign --query status:new ni", "assign --query status:new nikos "),
        ("move ID wai", "move ID waiting "),
        ("move ID ID wai", "move ID ID waiting "),
        ("tag ID +bi", "tag ID +billing "),
        ("tag ID -bi", "tag ID -billing "),
        ("list sta", "list status:"),
        ("list status:op", "list status:open "),
        ("list -status:open,wai", "list -status:open,waiting "),
        ("list --format=c", "list --format=csv "),
        ("set ID pri", "set ID priority="),
        ("set ID priority=h", "set ID priority=high "),
        ("set ID region=e", "set ID region=eu "),
        ("new --assignee gr", "new --assignee gr"),
        ("move ID --as n", "move ID --as nikos "),
    ],
)
def test_a_word_is_completed(bash: Bash, surroundings: dict[str, str], typed: str, line: str) -> None:
    typed, line = (text.replace("ID", surroundings["TICKET"][3:]) for text in (typed, line))
    assert bash.after_tab(typed) == (f"{line}_".split(" "), set())


@pytest.mark.parametrize(
    ("typed", "several"),
    [
        ("assign ID m", {"me", "marko"}),
        ("list status:o", {"open", "on-hold"}),
        ("set ID priority=", {"low", "normal", "high", "urgent"}),
        ("assign ID ", {"me", "nobody", "iva", "marko", "nikos", "group:support", "group:technical"}),
    ],
)
def test_several_words_are_offered(
    bash: Bash, surroundings: dict[str, str], typed: str, several: set[str]
) -> None:
    _, offered = bash.after_tab(typed.replace("ID", surroundings["TICKET"][3:]))
    assert offered == several


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        (["gitdesk", "list", "status", ":", "o"], ["gitdesk", "list", "status:o"]),
        (["gitdesk", "list", "status", ":"], ["gitdesk", "list", "status:"]),
        (["a", "b", ":", "c", ":", "d", "e"], ["a", "b:c:d", "e"]),
        (["a", "status:o"], ["a", "status:o"]),
        ([], []),
    ],
)
def test_what_bash_cuts_is_put_together(cut: list[str], words: list[str]) -> None:
    assert joined(cut) == words
