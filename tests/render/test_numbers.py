"""Numbers over time and by day and hour: in text, Markdown and HTML, with nothing, with odd names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gitdesk.render.blocks import Bars, Document, Heat, Numbers
from gitdesk.render.blocks_markdown import render_markdown_page
from gitdesk.render.blocks_text import render_lines
from gitdesk.render.html_page import render_page
from gitdesk.render.shares import level, shade, sparkline
from gitdesk.render.table import Page

BARS = Bars(
    title="Over time",
    bucket="week",
    labels=("2026-W45", "2026-W46", "2026-W47"),
    series=(
        Numbers(name="created", values=(4, 0, 8)),
        Numbers(name="<b>median</b>", values=(5400, None, 60), kind="worked"),
    ),
)
HEAT = Heat(
    title="Peak hours",
    rows=("Mon", "Tue"),
    columns=tuple(f"{hour:02}" for hour in range(24)),
    cells=(tuple([0] * 9 + [5] + [0] * 14), tuple([0] * 23 + [1])),
)


def text(block: object, width: int = 80) -> list[str]:
    document = Document(title="T", subtitle="S", facts=(), blocks=(block,))
    return list(render_lines(document, Page(now=datetime(2026, 11, 22, tzinfo=UTC), width=width)))[2:]


def markdown(block: object) -> str:
    return "".join(render_markdown_page(Document(title="T", subtitle="S", facts=(), blocks=(block,))))


def html(block: object) -> str:
    return "".join(render_page(Document(title="T", subtitle="S", facts=(), blocks=(block,))))


def test_only_nothing_is_on_the_lowest_level_and_the_greatest_is_on_the_highest() -> None:
    for levels in (5, 8, 9):
        for most in (1, 2, 3, 7, 100, 12345):
            found = [level(value, most, levels) for value in range(most + 1)]
            assert found[0] == 0
            assert found[-1] == levels - 1
            assert all(one >= 1 for one in found[1:])
            assert found == sorted(found)
    assert level(3, 0, 5) == 0


def test_a_line_of_numbers_is_as_high_as_they_are() -> None:
    assert sparkline((0, 4, None, 8)) == "▁▅·█"
    assert sparkline(()) == ""
    assert [shade(value, 4) for value in range(5)] == ["·", "░", "▒", "▓", "█"]


def test_a_terminal_gets_a_line_a_series_with_the_greatest_number() -> None:
    assert text(BARS) == [
        "Over time",
        "  created        ▅▁█  at most 8",
        "  <b>median</b>  █·▂  at most 1 h 30 min",
        "                 2026-W45 … 2026-W47",
    ]
    assert text(Bars(title="Over time", bucket="week", labels=(), series=(), nothing="nothing yet")) == [
        "Over time", "nothing yet",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [20, 40, 60, 80, 200])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    many = Bars(
        title="Over time", bucket="day", labels=tuple(f"2026-{n:05}" for n in range(300)),
        series=(Numbers(name="a name that is too long for a line", values=tuple(range(300))),),
    )  # fmt: skip
    lines = [*text(many, width), *text(HEAT, width)]
    assert max(map(len, lines)) <= max(width, 48)


def test_hours_are_shaded_and_counted() -> None:
    found = text(HEAT)
    assert found[0] == "Peak hours"
    assert found[1].split() == ["00", "03", "06", "09", "12", "15", "18", "21"]
    assert found[2] == "  Mon  " + "··" * 9 + "██" + "··" * 14 + "  5"
    assert found[3].endswith("░░  1")
    empty = Heat(
        title="Peak hours", rows=("Mon",), columns=("00",), cells=((0,),), nothing="nothing happened"
    )
    assert text(empty) == ["Peak hours", "nothing happened"]
    assert "nothing happened" in markdown(empty)
    assert "nothing happened" in html(empty)


def test_markdown_has_the_numbers() -> None:
    told = markdown(BARS)
    assert "| 2026-W46 | 0 |  |" in told
    assert "| 2026-W45 | 4 | 1 h 30 min |" in told
    assert "<b>" not in told
    heads = [line.split(" | ")[0] for line in markdown(HEAT).splitlines()]
    assert [head for head in heads if head[2:].isdigit()] == [
        "| 09",
        "| 23",
    ]  # hours in which anything happened


def test_a_page_tells_numbers_beside_colours_and_runs_nothing() -> None:
    told = html(BARS) + html(HEAT)
    assert "<title>2026-W47: 8</title>" in told
    assert "&lt;b&gt;median&lt;/b&gt;" in told
    assert '<td class="h8">5</td>' in told
    assert "style=" not in told
    assert 'aria-label="created by week from 2026-W45 to 2026-W47: at most 8"' in told
