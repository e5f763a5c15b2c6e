"""Search hits on a terminal: no line is broken in the middle of a word, and what was found stays in sight."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gitdesk.cli.search import _lines
from gitdesk.domain.folding import passage
from gitdesk.domain.query_words import parse_search
from gitdesk.render.style import Paint
from gitdesk.render.table import Page
from gitdesk.render.text import width

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TITLE = "The departure board at the east terminal has shown the timetable of yesterday since noon"
BODY = (
    "We have been waiting on the quay since early morning and nobody could tell us anything, "
    "until the harbourmaster noticed that the anemometer on the breakwater had stopped turning altogether."
)


def hit(text: str, words: str, title: str = TITLE) -> dict[str, Any]:
    shown, found = passage(text, parse_search(words).needles, 100)
    spans = [list(span) for span in found]
    return {
        "id": "AC-CYMDA5NS",
        "status": "new",
        "category": "new",
        "title": title,
        "passage": shown,
        "found": spans,
    }


def lines(one: dict[str, Any], room: int | None, *, colour: bool = False) -> list[str]:
    return list(_lines([one], Page(now=NOW, width=room, paint=Paint(colour))))


@pytest.mark.parametrize("room", [30, 40, 60, 80, 100])
@pytest.mark.parametrize("words", ["early", "harbourmaster", "altogether", "waiting morning"])
def test_nothing_is_wider_than_the_page_and_what_was_found_is_there(room: int, words: str) -> None:
    head, text = lines(hit(BODY, words), room)
    assert max(width(head), width(text)) <= room
    assert head.startswith("AC-CYMDA5NS  new  The")
    assert head.endswith("…")
    assert words.split()[0] in text
    assert set(text.split()) - {"…"} <= set(BODY.split())  # whole words only


def test_without_a_terminal_nothing_is_cut() -> None:
    one = hit(BODY, "harbourmaster")
    assert lines(one, None) == [f"AC-CYMDA5NS  new  {TITLE}", f"    {one['passage']}"]


def test_what_fits_is_not_cut() -> None:
    assert lines(hit("It is dark.", "dark", "Dark"), 80) == ["AC-CYMDA5NS  new  Dark", "    It is dark."]


def test_scripts_without_blanks_are_cut_anywhere_but_in_what_was_found() -> None:
    head, text = lines(hit("港" * 60 + "風速計" + "船" * 60, "風速計", "森" * 60), 60)
    assert max(width(head), width(text)) <= 60
    assert "風速計" in text
    assert text.startswith("    … 港")
    assert text.endswith("船 …")


def test_colour_is_only_added_and_marks_what_was_found() -> None:
    import re

    for room in (40, 80, None):
        plain, coloured = (
            lines(hit(BODY, "anemometer"), room),
            lines(hit(BODY, "anemometer"), room, colour=True),
        )
        assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured] == plain
        assert re.search(r"\x1b\[[0-9;]*manemometer\x1b", coloured[1])
