"""Commands of two words: a noun, and what is done with it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from conversation import piped
from fake_gitdesk import ROWS

from gitdesk.cli import table
from gitdesk.cli.main import quick_answer
from gitdesk.cli.table import Row


def test_the_help_lists_a_noun_once_and_no_command_under_it(tmp_path: Path) -> None:
    told = piped(tmp_path, "--help").stdout
    assert told.count("\n  clock ") == 1
    assert "wind" not in told


def test_the_help_of_a_noun_lists_its_commands_and_imports_none(tmp_path: Path) -> None:
    done = piped(tmp_path, "clock", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "  wind  Wind a clock\n  stop  Would fail if it were imported\n" in done.stdout
    assert "tick" not in done.stdout
    assert piped(tmp_path, "help", "clock").stdout == done.stdout


def test_a_noun_alone_tells_the_same_as_wrong_usage(tmp_path: Path) -> None:
    done = piped(tmp_path, "clock")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == piped(tmp_path, "clock", "--help").stdout


@pytest.mark.parametrize("words", ["clock wind big --turns 3", "--color never clock wind --turns=3 big"])
def test_two_words_call_a_command(tmp_path: Path, words: str) -> None:
    assert piped(tmp_path, *words.split()).stdout == "big 3\n"


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["clock", "wnid"], 'unknown command "clock wnid"', 'did you mean "clock wind"?'),
        (["clock", "zzz"], 'unknown command "clock zzz"', "gitdesk clock --help lists the commands"),
        (["clokc", "wind"], 'unknown command "clokc"', 'did you mean "clock"?'),
        (["wind", "big"], 'unknown command "wind"', 'did you mean "clock wind"?'),
        (["clock wind", "big"], 'unknown command "clock wind"', 'did you mean "clock"?'),
        (["clock", "wind"], "missing NAME", "gitdesk clock wind --help tells how to call it"),
        (["clock", "wind", "a", "--trun", "2"], 'unknown option "--trun"', 'did you mean "--turns"?'),
        (["clock", "wind", "--color", "x"], 'unknown option "--color"',
         '"--color" goes before the command: gitdesk --color … clock wind'),
        (["clock", "--turns"], 'unknown option "--turns"', "gitdesk clock --help tells how to call it"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_told_the_near_miss(
    tmp_path: Path, words: list[str], message: str, hint: str
) -> None:
    done = piped(tmp_path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {message}\nhint: {hint}\n"


def test_help_of_a_command_under_a_noun_names_both_words(tmp_path: Path) -> None:
    done = piped(tmp_path, "clock", "wind", "--help")
    assert done.stdout.startswith("Usage: gitdesk clock wind ")
    assert piped(tmp_path, "help", "clock", "wind").stdout == done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_both_words_are_completed(tmp_path: Path, shell: str) -> None:
    def complete(words: str, word: str, place: int) -> list[str]:
        current = word if shell == "fish" else str(place)
        done = piped(
            tmp_path, _GITDESK_COMPLETE=f"{shell}_complete", COMP_WORDS=f"{words}{word}", COMP_CWORD=current
        )
        assert done.stderr == ""
        found = done.stdout.splitlines()
        return found[1::3] if shell == "zsh" else [line.partition(",")[2].split("\t")[0] for line in found]

    assert complete("gitdesk ", "cl", 1) == ["clock"]
    assert complete("gitdesk clock ", "", 2) == ["wind", "stop"]
    assert complete("gitdesk clock ", "w", 2) == ["wind"]
    assert complete("gitdesk clock wind ", "7", 3) == ["7k3", "7kq"]
    assert complete("gitdesk clock wind ", "--t", 3) == ["--turns"]


def test_the_first_word_is_completed_without_click() -> None:
    asked = {"_GITDESK_COMPLETE": "bash_complete", "COMP_WORDS": "gitdesk clo", "COMP_CWORD": "1"}
    assert quick_answer([], asked, ROWS) == "plain,clock\n"


def test_two_words_are_read_without_click(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gitdesk.cli import run

    monkeypatch.setitem(sys.modules, "gitdesk.cli.click_adapter", None)
    understood = run._understood(["clock", "wind", "big", "--turns", "2"], ROWS)
    assert understood is not None
    assert understood[2] == {"name": "big", "turns": 2}
    assert run._understood(["clock", "halt"], tuple(row for row in ROWS if "stop" not in row.name)) is None


def test_an_alias_stands_for_both_words() -> None:
    found = table.called(ROWS, ["clock", "halt", "now"])
    assert found is not None
    assert (found[0].name, found[1]) == ("clock stop", ["now"])
    (row,) = table.under((Row("a b", "m:c", "line", "x", ("a c",)),), "a")
    assert (row.name, row.aliases) == ("b", ("c",))
