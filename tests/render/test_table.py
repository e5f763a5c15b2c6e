"""Tables: they fit, they line up, and they show values as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitdesk.render.style import PLAIN, Paint, priority_style
from gitdesk.render.table import Column, Page, Table, fit, plain, render_table
from gitdesk.render.text import width

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
COLUMNS = (
    Column("id", kind="id"),
    Column("title", give_way=2, least=10),
    Column("requester", give_way=1),
    Column("created", "made", kind="time"),
    Column("due", kind="duration", align="right"),
)


def drawn(*rows: tuple[object, ...], room: int | None = None, paint: Paint = PLAIN) -> list[str]:
    return render_table(Table(columns=COLUMNS, rows=rows), Page(now=NOW, width=room, zone=UTC, paint=paint))


def test_no_rows_are_no_lines() -> None:
    assert drawn() == []


def test_values_are_shown_as_people_read_them() -> None:
    lines = drawn(
        ("GD-1", "Žurnal\x1b", "Ana", "2026-11-22T06:00:00Z", 3600),
        ("GD-22", ("a", "b"), None, NOW - timedelta(days=400), timedelta(days=2, hours=4)),
    )
    assert lines == [
        "ID     TITLE    REQUESTER  MADE            DUE",
        "GD-1   Žurnal␛  Ana        3 h ago         1 h",
        "GD-22  a, b                2025-10-18  2 d 4 h",
    ]


def test_wide_and_combining_characters_line_up() -> None:
    lines = drawn(
        ("GD-1", "日本", "x", None, 1),
        ("GD-2", "e\u0301e\u0301", "x", None, 1),
        ("GD-3", "👩‍💻", "x", None, 1),
    )
    assert {width(line[: line.rindex("x")]) for line in lines[1:]} == {13}


def test_the_title_gives_way_first_then_the_others() -> None:
    long = ("GD-7K3QX4M2", "t" * 50, "r" * 20, None, 1)
    assert "…" in drawn(long, room=70)[1].split("  ")[1]
    assert "r" * 20 in drawn(long, room=70)[1]
    narrow = drawn(long, room=44)[1]
    assert "t" * 9 + "…" in narrow
    assert "r" * 20 not in narrow
    assert "GD-7K3QX4M2" in narrow


@given(st.lists(st.integers(1, 80), min_size=5, max_size=5), st.integers(40, 200))
def test_widths_fit_the_room_and_never_grow(sizes: list[int], room: int) -> None:
    sizes[0] = min(sizes[0], 11)
    fitted = fit(sizes, COLUMNS, room)
    assert sum(fitted) + 2 * 4 <= max(room, sum(min(size, 11) for size in sizes) + 8)
    assert all(after <= before for before, after in zip(sizes, fitted, strict=True))
    assert fitted[0] == sizes[0]


def test_colour_changes_no_column() -> None:
    row = ("GD-1", "t" * 60, "Ana", None, 7200)
    styled = (
        Column("id", kind="id", emphasis=lambda _: 1),
        *COLUMNS[1:4],
        Column("due", align="right", style=lambda _: "error"),
    )
    page = Page(now=NOW, width=50, zone=UTC, paint=Paint(True))
    import re

    coloured = render_table(Table(columns=styled, rows=[row]), page)
    bare = render_table(Table(columns=styled, rows=[row]), Page(now=NOW, width=50, zone=UTC))
    assert [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured] == bare
    assert "GD-\x1b[1;36m1\x1b[0m" in coloured[1]
    assert "\x1b[1;31m7200\x1b[0m" in coloured[1]


def test_a_row_may_be_marked_whole() -> None:
    table = Table(columns=COLUMNS, rows=[("GD-1", "broken", None, None, None)], row_style=lambda _: "error")
    line = render_table(table, Page(now=NOW, paint=Paint(True)))[1]
    assert "\x1b[1;31mGD-1\x1b[0m" in line
    assert "\x1b[1;31mbroken\x1b[0m" in line


def test_a_time_that_is_none_is_shown_as_it_is() -> None:
    assert drawn(("GD-1", "t", "r", "yesterday", "soon"))[1].split() == [
        "GD-1",
        "t",
        "r",
        "yesterday",
        "soon",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        (3, "3"),
        (("a", 1), "a, 1"),
        ({"k": "v"}, "k=v"),
        (1e5, "100000.0"),
    ],
)
def test_plain_values_as_text(value: object, text: str) -> None:
    assert plain(value) == text


def test_priorities_are_styled_by_their_place() -> None:
    assert [priority_style(rank, 4) for rank in range(-1, 4)] == [
        "ordinary",
        "lowered",
        "ordinary",
        "raised",
        "highest",
    ]
    assert [priority_style(rank, 1) for rank in range(1)] == ["ordinary"]
