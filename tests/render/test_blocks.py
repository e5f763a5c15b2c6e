"""Documents of blocks: the same plain data as text, as Markdown and as a page, whatever the words in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.render import svg
from gitdesk.render.blocks import (
    BAD,
    Document,
    Field,
    Figure,
    Figures,
    Grid,
    Notice,
    Series,
    Share,
    Shares,
    Stack,
    Trend,
)
from gitdesk.render.blocks_markdown import render_markdown_page
from gitdesk.render.blocks_text import render_lines
from gitdesk.render.html_page import render_page
from gitdesk.render.html_text import text as html_text
from gitdesk.render.shares import bar, percent
from gitdesk.render.table import Page
from gitdesk.render.text import width
from gitdesk.render.when import worked

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
FIELDS = (
    Field(name="ticket", kind="id"),
    Field(name="title"),
    Field(name="late_by", kind="worked"),
    Field(name="paused", kind="duration"),
    Field(name="count", kind="number"),
    Field(name="used", kind="used"),
    Field(name="share", kind="share"),
    Field(name="due", kind="time", minor=True),
)
HOSTILE = (
    "\x1b[31m",
    "</script><script>alert(1)</script>",
    "a|b\nc",
    '"><img onerror=x>',
    "nul\0",
    "\u202e",
    "`*_[x](y)",
)
ANY = st.text(st.characters() | st.sampled_from("<>&\"'|`\0\x1b\n\udc80\u202e"), max_size=15)


def document(words: str = "word", rows: int = 2) -> Document:
    """Returns a document with one block of each kind, with these words wherever there are words."""
    row = ("GD-1", words, 3600 * 30, 90061, 1234, (9, 10), (1, 3), NOW)
    grid = Grid(title=words, fields=FIELDS, rows=(row, (*row[:2], *[None] * 6))[:rows], more=5, note=words)
    blocks = (
        Notice(title=words, texts=(words, words), tone=BAD),
        Figures(
            figures=(Figure(label=words, value="98.7 %", note=words, tone=BAD), Figure(label="b", value="2"))
        ),
        Shares(
            title=words, heading=words, rows=(Share(name=words, passed=2, failed=1, running=1),), half=True
        ),
        Shares(title=words, heading=words, rows=(), nothing=words, half=True),
        Trend(
            title=words,
            bucket="week",
            labels=("2026-W46", "2026-W47", "2026-W48"),
            series=(Series(name=words, points=((1, 1), (0, 0), (3, 0))),),
        ),
        Trend(title="none", bucket="day", labels=(), series=(), nothing=words),
        Stack(title=words, heading=words, parts=((words, 10), ("b", 90))),
        Stack(title=words, heading=words, parts=(), nothing=words),
        grid,
        Grid(title=words, fields=FIELDS, rows=(), nothing=words),
    )
    return Document(title=words, subtitle=words, facts=((words, words),), blocks=blocks, footer=words)


def page(words: str = "word") -> str:
    return "".join(render_page(document(words)))


class _Reader(HTMLParser):
    """Sees that every element is closed, and what there is."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)


def read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


# The page


@settings(deadline=None)
@given(ANY)
def test_no_words_make_an_element_or_an_attribute(words: str) -> None:
    plain, hostile = read(page("word")), read(page(words + "x"))
    assert hostile.tags == plain.tags
    assert [name for name, _ in hostile.attributes] == [name for name, _ in plain.attributes]


@pytest.mark.parametrize("words", HOSTILE)
def test_words_are_shown_and_control_nothing(words: str) -> None:
    text = page(words)
    assert not set(text) & set("\0\x1b\u202e")
    assert text.count("<script>") == text.count("</script>") == 1


def test_the_page_needs_nothing_else() -> None:
    reader = read(page())
    links = {name for name, _ in reader.attributes} & {
        "href",
        "src",
        "style",
        "onclick",
        "xlink:href",
        "action",
    }
    assert links == set()
    assert not re.search(r"https?:|url\((?!#)|@import", page())
    policy = next(
        value for name, value in reader.attributes if name == "content" and "default-src" in str(value)
    )
    assert str(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in str(policy)


def test_tables_and_charts_tell_their_names() -> None:
    reader = read(page())
    assert reader.tags.count("table") == reader.tags.count("caption") == 3
    heads = reader.tags.count("th")
    assert [name for name, _ in reader.attributes].count("scope") == heads
    for tag in re.findall(r"<svg[^>]*>", page()):
        assert 'aria-hidden="true"' in tag or ('role="img"' in tag and "aria-label=" in tag)
    names = [value for name, value in reader.attributes if name == "id"]
    assert len(names) == len(set(names))


def test_what_is_left_out_is_counted() -> None:
    assert "and 5 more" in page()


def test_numbers_come_with_what_they_are_sorted_by() -> None:
    text = page()
    assert 'data-sort="108000" ' not in text  # the attribute stands last
    assert 'data-label="late by" data-sort="108000">30 h</td>' in text
    assert '<time datetime="2026-11-27T09:00:00Z">2026-11-27 09:00</time>' in text


def test_the_same_document_gives_the_same_bytes() -> None:
    assert page("žurnal") == page("žurnal")


def contrast(one: str, other: str) -> float:
    """Returns the contrast of two colours, by the formula of WCAG 2."""

    def light(colour: str) -> float:
        digits = colour.lstrip("#")
        digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
        parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("which", [0, 1, 2], ids=["light", "dark", "print"])
def test_text_has_a_contrast_of_four_and_a_half_and_graphics_of_three(which: int) -> None:
    from gitdesk.render.html_style import STYLE

    roots = re.findall(r":root\{(.*?)\}", STYLE, re.DOTALL)
    colours = dict(re.findall(r"--(\w+):(#[0-9a-f]+)", roots[0])) | dict(
        re.findall(r"--(\w+):(#[0-9a-f]+)", roots[which])
    )
    for surface in ("page", "card"):
        for ink in ("ink", "soft"):
            assert contrast(colours[ink], colours[surface]) >= 4.5, (ink, surface)
    for mark in ("good", "bad", "careful", "live", "accent", *(f"p{number}" for number in range(8))):
        assert contrast(colours[mark], colours["card"]) >= 3, mark


# Charts


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_bars_stay_inside_their_box(passed: int, failed: int, running: int) -> None:
    text = svg.share_bar(passed, failed, min(running, failed)) + svg.progress_bar(passed, failed, "good")
    bars = re.findall(r'<rect class="\w+"(?: x="([^"]+)")? width="([^"]+)"', text)
    assert bars
    for x, size in bars:
        assert float(x or 0) >= 0
        assert float(x or 0) + float(size) <= 200.2


def test_no_two_parts_of_a_stack_look_alike() -> None:
    assert len({svg.swatch(index) for index in range(32)}) == 32


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60))
def test_a_trend_has_a_mark_for_each_bucket_that_has_something(points: list[tuple[int, int]]) -> None:
    labels = [f"2026-{number:02}" for number in range(len(points))]
    text = svg.trend_chart(Series(name="x", points=tuple(points)), labels, "x")
    assert text.count('class="dot') == sum(1 for point in points if any(point))
    assert text.count('class="dot some"') == sum(1 for _, failed in points if failed)
    assert f">{labels[-1]}</text>" in text
    assert "nan" not in text
    assert "e-" not in text


# Text and Markdown


@settings(deadline=None)
@given(ANY, st.integers(40, 120))
def test_a_document_fits_its_terminal(words: str, columns: int) -> None:
    lines = list(render_lines(document(words), Page(now=NOW, width=columns)))
    assert not set("\0\x1b\u202e\n") & set("".join(lines))
    assert all(width(line) <= max(columns, 80) for line in lines)


@settings(deadline=None)
@given(ANY)
def test_every_row_of_a_markdown_table_has_its_cells(words: str) -> None:
    text = "".join(render_markdown_page(document(words)))
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [line.replace("\\\\", "").replace("\\|", "") for line in table.splitlines()]
        assert len({row.count("|") for row in rows}) == 1
    assert not set("\0\x1b\u202e") & set(text)


def test_markdown_of_hostile_words_has_no_markup() -> None:
    text = "".join(render_markdown_page(document("<b> [x](y) `z` *a* ![i](u)")))
    assert "<b>" not in text.replace("\\<b\\>", "")
    assert "](y)" not in text.replace("\\](y)", "")


# Numbers


def test_a_share_is_rounded_down_so_that_all_means_all() -> None:
    assert [percent(*each) for each in ((1999, 2000), (1, 1), (0, 3), (2, 3), (0, 0))] == [
        "99.9 %",
        "100 %",
        "0 %",
        "66.6 %",
        "–",
    ]


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 40))
def test_a_bar_has_its_length_and_is_full_only_for_all(part: int, whole: int, columns: int) -> None:
    text = bar(part, whole, columns)
    assert len(text) == columns
    assert (text == "█" * columns) == bool(whole and part >= whole)


def test_hours_of_work_never_become_days() -> None:
    assert [worked(seconds) for seconds in (0, 59, 60, 3600, 3660, 93600, 3600 * 1000, -90)] == [
        "0 s",
        "59 s",
        "1 min",
        "1 h",
        "1 h 1 min",
        "26 h",
        "1,000 h",
        "-1 min",
    ]


def test_html_text_is_text() -> None:
    assert (
        html_text("<a href=\"x\" title='y'>&\n\x1b")
        == "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;␊␛"
    )
