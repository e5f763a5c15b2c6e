"""The frame of the command line: usage, errors, exit codes and formats, over a table of fake commands."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conversation import environ, piped
from fake_gitdesk import ROWS

from gitdesk.cli import table
from gitdesk.cli.click_adapter import root
from gitdesk.cli.main import main, quick_answer
from gitdesk.cli.run import wants_json

BEFORE = '"--color" goes before the command: gitdesk --color … rows'
FAIL_HELP = "gitdesk fail --help tells how to call it"


def test_help_lists_every_command_under_its_section_and_imports_none(tmp_path: Path) -> None:
    done = piped(tmp_path, "--help")
    assert done.returncode == 0
    assert "\neveryday\n  rows " in done.stdout
    assert "Would fail if it were imported" in done.stdout


def test_no_argument_prints_the_help(tmp_path: Path) -> None:
    assert piped(tmp_path).stdout == piped(tmp_path, "--help").stdout == piped(tmp_path, "help").stdout


def test_click_prints_the_same_help_and_version_as_the_quick_answer() -> None:
    import click

    group = root(table.COMMANDS)
    with group.make_context("gitdesk", [], resilient_parsing=True) as ctx:
        assert group.get_help(ctx) + "\n" == quick_answer(["--help"], {}, table.COMMANDS)
    names = {opt for param in group.get_params(click.Context(group)) for opt in param.opts}
    listed = {
        word.rstrip(",") for names, _ in table.GLOBAL_OPTIONS for word in names.split() if word[0] == "-"
    }
    assert {name for name in listed if name != "-h"} <= names | {"--help"}


@pytest.mark.parametrize("args", [["--version"], ["--color", "never", "--version"]])
def test_version_is_printed(tmp_path: Path, args: list[str]) -> None:
    from gitdesk import __version__

    done = piped(tmp_path, *args)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"gitdesk {__version__}\n", "")


def test_version_and_help_import_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import os, sys; before = set(sys.modules)\n"
        "from gitdesk.cli.main import main\n"
        "main(['--help']); main(['--version'])\n"
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith('gitdesk')))"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=environ(tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "['__future__']"


def test_the_help_of_a_command_shows_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    for args in (["rows", "--help"], ["rows", "-h"], ["help", "rows"], ["ls", "--help"]):
        assert main(args, rows=ROWS) == 0
        assert "--format table|json|jsonl|csv|markdown|ids" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "code", "message", "hint"),
    [
        (["rwos"], 2, 'unknown command "rwos"', 'did you mean "rows"?'),
        (["zzz"], 2, 'unknown command "zzz"', "gitdesk --help lists the commands"),
        (["rows", "--fromat", "csv"], 2, 'unknown option "--fromat"', 'did you mean "--format"?'),
        (["rows", "--format", "cvs"], 2, 'unknown format "cvs"', 'did you mean "csv"?'),
        (["rows", "--format"], 2, 'option "--format" requires an argument', None),
        (["rows", "--color", "x"], 2, 'unknown option "--color"', BEFORE),
        (["--color", "nevr", "rows"], 2, 'unknown value of --color "nevr"', 'did you mean "never"?'),
        (["--nonsense"], 2, 'unknown option "--nonsense"', "gitdesk --help tells how to call it"),
        (["fail"], 2, "missing HOW", FAIL_HELP),
        (["fail", "x", "y"], 2, "unexpected argument (y)", FAIL_HELP),
        (["fail", "x", "--number", "q"], 2, '"--number": "q" is not a whole number', FAIL_HELP),
        (["fail", "place"], 3, 'a.md:3:9: no ticket "7␛[31m"', "try another"),
        (["rows", "--format", "csv", "-q"], 2, "csv and ids are two formats; ask for one", None),
        (["bulk"], 2, "no ticket named", 'give ids, "-" to read them from standard input, or --query'),
        (["bulk", "7k1", "--query", "2"], 2, "name tickets or give --query, not both", None),
        (["-C", "/nowhere", "rows"], 2, 'cannot work in "/nowhere": no such file or directory', None),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_what_to_do(
    args: list[str], code: int, message: str, hint: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(args, rows=ROWS) == code
    assert capsys.readouterr() == ("", f"error: {message}\n" + (f"hint: {hint}\n" if hint else ""))


def test_json_readers_get_the_error_as_one_more_line_of_json(tmp_path: Path) -> None:
    done = piped(tmp_path, "fail", "place", "--format", "json")
    assert done.stderr.startswith("error: a.md:3:9: no ticket")
    assert json.loads(done.stderr.splitlines()[-1])["error"] == {
        "kind": "NotFound",
        "exit_code": 3,
        "message": 'no ticket "7\x1b[31m"',
        "hint": "try another",
        "place": {"path": "a.md", "line": 3, "column": 9},
    }


def test_the_error_line_is_what_the_schema_says(capsys: pytest.CaptureFixture[str]) -> None:
    import jsonschema

    from gitdesk import resources

    definitions = json.loads(resources.read("schema", "output.schema.json"))["definitions"]
    validator = jsonschema.Draft7Validator({"$ref": "#/definitions/failure", "definitions": definitions})
    for args in (["fail", "place", "--json"], ["nonsense", "--json"], ["rows", "--json", "-q"]):
        assert main(args, rows=ROWS) > 0
        validator.validate(json.loads(capsys.readouterr().err.splitlines()[-1]))


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        (["list", "--json"], True),
        (["list", "--format", "jsonl"], True),
        (["list", "--format=json"], True),
        (["list", "--format", "csv"], False),
        (["list", "--", "--json"], False),
        (["list", "--format"], False),
    ],
)
def test_json_is_recognised_in_a_call_too_wrong_to_parse(args: list[str], wanted: bool) -> None:
    assert wants_json(args) is wanted


def test_a_command_may_end_with_a_code_of_its_own(tmp_path: Path) -> None:
    assert piped(tmp_path, "fail", "exit").returncode == 1


def test_what_was_answered_before_an_error_is_printed(tmp_path: Path) -> None:
    done = piped(tmp_path, "rows", "-q", "--then", "refused")
    assert done.stdout == "GD-00000000\nGD-00000001\n"
    assert (done.returncode, done.stderr) == (1, "error: not this one\n")


def test_a_bug_saves_a_report_and_shows_three_lines(tmp_path: Path) -> None:
    done = piped(tmp_path, "fail", "bug", "--number", "7")
    assert done.returncode == 70
    assert done.stdout == "before\n"
    first, second, third = done.stderr.splitlines()
    assert first == "error: this is a bug in gitdesk: ValueError: a ␛[31mbug"
    assert third.startswith("hint: ")
    report = Path(second.removeprefix("report: "))
    assert report.parent == tmp_path / "state" / "gitdesk"
    assert report.stat().st_mode & 0o077 == 0
    text = report.read_text()
    assert "Traceback" in text
    assert "call: gitdesk 'fail' 'bug' '--number' '7'" in text


def test_a_report_goes_to_the_temporary_folder_when_the_state_folder_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    (tmp_path / "tmp").mkdir()
    done = piped(tmp_path, "fail", "bug", TMPDIR=str(tmp_path / "tmp"))
    assert Path(done.stderr.splitlines()[1].removeprefix("report: ")).parent == tmp_path / "tmp"


def test_the_desk_is_closed_however_a_call_ends(tmp_path: Path) -> None:
    for args, code in ((["bulk", "7k1"], 0), (["bulk", "7k1", "x"], 3)):
        done = piped(tmp_path, *args, SAY_CLOSED="1")
        assert done.returncode == code
        assert "closed" in done.stderr.splitlines()


def test_words_with_a_minus_are_words_where_the_command_says_so(tmp_path: Path) -> None:
    done = piped(
        tmp_path, "words", "7k3", "-tag:vip", "+a", "-q", "--reason", "-x", "-bb", "-", "--", "--c", "-q"
    )
    assert done.stdout == repr((("7k3", "-tag:vip", "+a", "-bb", "-", "--c", "-q"), "-x", True)) + "\n"


def test_unknown_long_options_stay_mistakes_beside_such_words(tmp_path: Path) -> None:
    done = piped(tmp_path, "words", "-tag:vip", "--raeson", "x")
    assert done.stderr == 'error: unknown option "--raeson"\nhint: did you mean "--reason"?\n'


def test_ids_come_from_words_standard_input_and_queries(tmp_path: Path) -> None:
    done = piped(tmp_path, "bulk", "7k1", "-", "7k1", given="7k2 with a title\n\n7k3\n", SAY="")
    assert done.stdout.split() == ["GD-7K1", "GD-7K2", "GD-7K3", "False"]
    done = piped(tmp_path, "bulk", "--query", "12", "--reason", "why", "--dry-run")
    assert done.stdout.split() == [*(f"GD-{number:08}" for number in range(12)), "why", "True"]


def test_every_row_whose_module_is_there_loads_and_has_its_name() -> None:
    from importlib.util import find_spec

    from gitdesk.cli.spec import Command
    from gitdesk.lazy import load

    found = [row for row in table.COMMANDS if find_spec(row.target.partition(":")[0])]
    assert found
    for row in found:
        command = load(row.target)
        assert isinstance(command, Command), row.target
        assert command.name == row.name


def test_names_and_aliases_of_the_table_are_unique_and_their_lines_short() -> None:
    names = [name for row in table.COMMANDS for name in (row.name, *row.aliases)]
    assert len(names) == len(set(names))
    assert max(len(row.line) for row in table.COMMANDS) < 60
    assert all(len(line) <= 80 for line in table.help_text().splitlines())
