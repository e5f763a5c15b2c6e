"""The offending line: the caret stands under its column, and nothing in the line steers a terminal or a CI log."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gitdesk.render.excerpt import render_excerpt
from gitdesk.render.style import PLAIN
from gitdesk.render.text import width


def shown(text: str, column: int | None, line: int = 9, room: int | None = None) -> list[str]:
    return list(render_excerpt(text, line, column, PLAIN, room))


def test_the_caret_stands_under_the_column() -> None:
    assert shown("priority: urgnet", 11) == ["    9 | priority: urgnet", "      |           ^"]


def test_without_a_column_there_is_no_caret() -> None:
    assert shown("priority: urgnet", None) == ["    9 | priority: urgnet"]


def test_the_caret_may_stand_behind_the_last_character_and_no_farther() -> None:
    assert shown("a", 2)[1] == "      |  ^"
    assert len(shown("a", 3)) == 1


def test_wide_characters_and_tabs_move_the_caret_as_they_are_shown() -> None:
    assert shown("題: x", 4)[1] == "      |     ^"
    assert shown("\ta", 2) == ["    9 |  a", "      |  ^"]


def test_escapes_are_shown_and_not_sent() -> None:
    lines = shown("title: \x1b[31mred", 8)
    assert "\x1b" not in "".join(lines)
    assert lines[1] == "      |        ^"


def test_no_line_begins_with_what_a_file_says() -> None:
    assert shown("::error::x", 1)[0].lstrip().startswith("9 | ::")


def test_of_a_long_line_the_part_around_the_column_is_shown() -> None:
    text = "x" * 3000 + "HERE" + "y" * 3000
    line, caret = shown(text, 3001, room=80)
    assert "HERE" in line
    assert line.index("HERE") == caret.index("^")
    assert max(map(len, (line, caret))) <= 80


@given(st.text(max_size=300), st.integers(1, 310), st.one_of(st.none(), st.integers(10, 200)))
def test_whatever_the_line_says_it_fits_and_is_printable(text: str, column: int, room: int | None) -> None:
    lines = shown(text, column, room=room)
    assert 1 <= len(lines) <= 2
    for line in lines:
        assert line.isprintable() or any(ord(char) > 127 for char in line)
        assert width(line) <= max(room or 100, 30)
