"""At a terminal: colour, width, the pager, questions, progress, and text that may not steer it."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from conversation import at_terminal, piped

from gitdesk.cli import terminal

SGR = re.compile(r"\x1b\[[0-9;]*m")


def test_a_table_fits_the_terminal_and_the_title_gives_way(tmp_path: Path) -> None:
    for columns in (40, 60, 100):
        _, sent = at_terminal(tmp_path, "rows", columns=columns)
        lines = SGR.sub("", sent).splitlines()
        assert max(map(len, lines)) <= columns
        assert "GD-00000001" in lines[-1]
        assert "…" in lines[-1]
        assert "1 h ago" in lines[-1]


def test_ticket_text_sends_no_control_sequence_to_a_terminal(tmp_path: Path) -> None:
    for args in (["rows"], ["rows", "--json"], ["rows", "--format", "csv"], ["rows", "--format", "markdown"]):
        _, sent = at_terminal(tmp_path, *args, NO_COLOR="1", columns=200)
        assert "\x1b" not in sent
        assert "\u202e" not in sent


def test_colour_is_for_terminals_and_for_who_asks(tmp_path: Path) -> None:
    assert SGR.search(at_terminal(tmp_path, "rows")[1])
    assert not SGR.search(at_terminal(tmp_path, "--color", "never", "rows")[1])
    assert not SGR.search(at_terminal(tmp_path, "rows", NO_COLOR="1")[1])
    assert not SGR.search(piped(tmp_path, "rows").stdout)
    assert SGR.search(piped(tmp_path, "--color", "always", "rows").stdout)
    assert SGR.search(piped(tmp_path, "rows", FORCE_COLOR="1").stdout)


def test_the_shortest_part_of_an_id_is_bold(tmp_path: Path) -> None:
    _, sent = at_terminal(tmp_path, "rows")
    assert "GD-\x1b[1;36m00\x1b[0m000001" in sent


@pytest.mark.parametrize(
    ("choice", "environ", "wanted"),
    [
        ("auto", {}, False),
        ("auto", {"FORCE_COLOR": "1"}, True),
        ("auto", {"FORCE_COLOR": "0"}, False),
        ("auto", {"CLICOLOR_FORCE": "1"}, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ("auto", {"NO_COLOR": "", "FORCE_COLOR": "1"}, True),
        ("always", {"NO_COLOR": "1"}, True),
        ("never", {"FORCE_COLOR": "1"}, False),
    ],
)
def test_who_decides_on_colour_without_a_terminal(choice: str, environ: dict[str, str], wanted: bool) -> None:
    assert terminal.wants_color(choice, environ, None) is wanted


def test_what_is_longer_than_the_screen_goes_through_the_pager(tmp_path: Path) -> None:
    pager = "sed 's/^/paged: /'"
    code, sent = at_terminal(tmp_path, "rows", "--count", "50", GITDESK_PAGER=pager, lines=20)
    assert code == 0
    assert sent.count("paged: ") == 51
    assert "paged" not in at_terminal(tmp_path, "rows", "--count", "5", GITDESK_PAGER=pager, lines=20)[1]


def test_a_pager_is_never_used_without_a_terminal_or_when_told_not_to(tmp_path: Path) -> None:
    pager = "sed 's/^/paged: /'"
    assert "paged" not in piped(tmp_path, "rows", "--count", "50", GITDESK_PAGER=pager).stdout
    _, sent = at_terminal(tmp_path, "--no-pager", "rows", "--count", "50", GITDESK_PAGER=pager)
    assert "paged" not in sent


def test_leaving_the_pager_early_is_no_error(tmp_path: Path) -> None:
    code, sent = at_terminal(tmp_path, "rows", "--count", "5000", GITDESK_PAGER="head -2", lines=20)
    assert code == 0
    assert len(sent.splitlines()) == 2


@pytest.mark.parametrize("pager", ["", "cat", "no-such-pager", "no-such-pager --with options"])
def test_no_pager_and_a_missing_one_print_directly(tmp_path: Path, pager: str) -> None:
    code, sent = at_terminal(tmp_path, "rows", "--count", "50", GITDESK_PAGER=pager, lines=20)
    assert code == 0
    assert len(sent.splitlines()) == 51


def test_the_pager_is_the_persons_choice_in_order() -> None:
    assert terminal.pager_command({"GITDESK_PAGER": "cat", "PAGER": "sh"}) is None
    assert terminal.pager_command({"PAGER": "sh"}) == ["sh"]
    assert terminal.pager_command({"PAGER": "sh -c true"}) == ["sh", "-c", "true"]
    assert terminal.pager_command({"PAGER": "X=1 sh"}) == ["/bin/sh", "-c", 'X=1 sh "$@"', "X=1"]
    assert terminal.pager_command({"PAGER": "sh", "TERM": "dumb"}) is None


def test_more_than_ten_tickets_are_asked_for_at_a_terminal(tmp_path: Path) -> None:
    code, sent = at_terminal(tmp_path, "bulk", "--query", "11", typed="n\n")
    assert "change 11 tickets? [y/N]" in sent
    assert "nothing was changed" in sent
    assert code == 1
    code, sent = at_terminal(tmp_path, "bulk", "--query", "11", typed="y\n")
    assert code == 0
    assert "GD-00000010" in sent


def test_ten_tickets_and_yes_are_not_asked_for(tmp_path: Path) -> None:
    for args in (["--query", "10"], ["--query", "11", "--yes"]):
        code, sent = at_terminal(tmp_path, "bulk", *args)
        assert code == 0
        assert "?" not in sent


def test_no_question_is_asked_where_nobody_is(tmp_path: Path) -> None:
    done = piped(tmp_path, "bulk", "--query", "11")
    assert (done.returncode, done.stderr) == (0, "")


def test_progress_shows_after_a_second_on_a_terminal_only(tmp_path: Path) -> None:
    _, sent = at_terminal(tmp_path, "work", SECONDS_TO_WORK="1.3")
    assert "reading tickets █" in sent
    assert sent.endswith("\r\x1b[K")
    assert "reading" not in at_terminal(tmp_path, "work", SECONDS_TO_WORK="0.3")[1]
    assert piped(tmp_path, "work", SECONDS_TO_WORK="1.2").stderr == ""


def test_columns_bound_a_table_in_a_pipe_and_nothing_else_does(tmp_path: Path) -> None:
    assert max(map(len, piped(tmp_path, "rows").stdout.splitlines())) > 100
    assert max(map(len, piped(tmp_path, "rows", COLUMNS="50").stdout.splitlines())) <= 50


def test_the_size_is_the_environments_then_the_terminals_then_the_usual() -> None:
    assert terminal.size(None, {}) == (80, 24)
    assert terminal.size(None, {"COLUMNS": "100", "LINES": "x"}) == (100, 24)
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb") as reader, os.fdopen(theirs, "wb"):
        assert terminal.size(reader, {"LINES": "7"}) == (80, 7)
