"""Completion: of command names without click, of everything else through it, and both alike."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conversation import FAKE, environ, piped

from gitdesk.cli.click_adapter import root
from gitdesk.cli.main import quick_answer
from gitdesk.cli.table import COMMANDS


def complete(home: Path, shell: str, words: str, current: str) -> str:
    done = piped(home, _GITDESK_COMPLETE=f"{shell}_complete", COMP_WORDS=words, COMP_CWORD=current)
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("word", ["", "s", "sh", "zzz"])
def test_the_quick_answer_is_clicks_answer(
    shell: str, word: str, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    from gitdesk.cli.completion import answer

    variables = {
        "_GITDESK_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": f"gitdesk {word}",
        "COMP_CWORD": word if shell == "fish" else "1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    quick = quick_answer([], variables, COMMANDS)
    assert quick is not None
    assert answer(root(COMMANDS), variables["_GITDESK_COMPLETE"]) == 0
    assert capsysbinary.readouterr().out == quick.encode()


@pytest.mark.parametrize(
    ("words", "current"),
    [
        ("gitdesk list ", "2"),
        ("gitdesk --co", "1"),
        ("gitdesk -C x li", "3"),
        ("gitdesk 'li", "1"),
        ("gitdesk a b", "1"),
    ],
)
def test_the_quick_answer_leaves_other_questions_to_click(words: str, current: str) -> None:
    variables = {"_GITDESK_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": current}
    assert quick_answer([], variables, COMMANDS) is None


def test_options_formats_and_names_of_the_desk_are_completed(tmp_path: Path) -> None:
    assert complete(tmp_path, "bash", "gitdesk --co", "1") == "plain,--color\n"
    assert complete(tmp_path, "bash", "gitdesk --color a", "2").split() == ["plain,auto", "plain,always"]
    assert complete(tmp_path, "bash", "gitdesk rows --format j", "3").split() == ["plain,json", "plain,jsonl"]
    assert (
        complete(tmp_path, "zsh", "gitdesk bulk 7", "2")
        == "plain\n7k3\ntitle of id␛[31m\nplain\n7kq\nother\n"
    )
    assert (
        complete(tmp_path, "fish", "gitdesk bulk --as 7", "7")
        == "plain,7k3\ttitle of agent␛[31m\nplain,7kq\tother\n"
    )
    assert complete(tmp_path, "bash", "gitdesk -C / bulk 7", "4") == "plain,7k3\nplain,7kq\n"


def test_completing_where_something_is_wrong_says_nothing(tmp_path: Path) -> None:
    assert complete(tmp_path, "bash", "gitdesk bulk zzz", "2") == "\n"
    assert complete(tmp_path, "bash", "gitdesk -C /nowhere bulk 7", "4") == "\n"
    assert complete(tmp_path, "bash", "gitdesk absent ", "2") == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_printed(tmp_path: Path, shell: str) -> None:
    done = piped(tmp_path, "completion", shell)
    assert done.returncode == 0
    assert f"_GITDESK_COMPLETE={shell}_complete" in done.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_the_bash_script_completes_a_command(tmp_path: Path) -> None:
    program = tmp_path / "gitdesk"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} {FAKE} "$@"\n')
    program.chmod(0o755)
    script = (
        f'PATH="{tmp_path}:$PATH"; eval "$(gitdesk completion bash)"; '
        "COMP_WORDS=(gitdesk ro) COMP_CWORD=1; _gitdesk_completion gitdesk; echo ${COMPREPLY[@]}"
    )
    done = subprocess.run(
        ["bash", "-c", script], env=environ(tmp_path), capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "rows\n"
