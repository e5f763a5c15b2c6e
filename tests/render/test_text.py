"""Safe text and its width: nothing that could steer a terminal gets through, and columns line up."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from gitdesk.render.text import cut, pad, safe, safe_block, width, wrap

# All that moves the cursor, hides, or reorders: controls, bidi, zero width, tags.
STEERING = (
    [chr(code) for code in range(0x20)]
    + [chr(code) for code in range(0x7F, 0xA0)]
    + [chr(code) for code in (0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F))]
    + [
        chr(code)
        for code in (*range(0x2060, 0x2070), 0xFEFF, *range(0xFFF0, 0xFFFC), 0xE0001, 0xE0041, 0xE007F)
    ]
    + list("\u034f\u115f\u1160\u3164\uffa0\ud800\udcff")
)
TEXT = st.text(
    st.characters() | st.sampled_from(STEERING) | st.sampled_from("aščλ界e\u0301👩\u200d💻🇭🇷é "), max_size=60
)


@pytest.mark.parametrize("char", STEERING, ids=lambda char: f"{ord(char):04x}")
def test_a_character_that_steers_is_shown_instead(char: str) -> None:
    shown = safe(f"a{char}b")
    assert char not in shown
    assert len(shown) > 2
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
        ("a\u202egnp.exe", "a\\u{202e}gnp.exe"),
        ("pay\u200dpal", "pay\\u{200d}pal"),
        ("pay\u200bpal", "pay\\u{200b}pal"),
        ("one\ntwo\ttabs\r", "one␊two␉tabs␍"),
        ("\x9b31m", "\\u{9b}31m"),
        ("\x7f", "␡"),
        ("a\xa0b\u2009c", "a b c"),
    ],
)
def test_it_is_shown_so_that_a_person_sees_what_was_tried(text: str, shown: str) -> None:
    assert safe(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Žurnal čćšđ",
        "ΣΟΦΟΣ σοφός",
        "日本語のチケット",
        "👩‍💻 emoji",
        "می‌خواهم",
        "क्‍ष",
        "e\u0301 decomposed",
        "\ue0b0 private",
    ],
)
def test_honest_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


@given(TEXT)
def test_safe_text_has_no_control_or_format_character_but_joiners(text: str) -> None:
    shown = safe(text)
    assert not [
        c
        for c in shown
        if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c not in "\u200c\u200d"
    ]
    assert safe(shown) == shown


@given(TEXT)
def test_a_block_keeps_its_lines_and_only_them(text: str) -> None:
    shown = safe_block(text)
    assert all(safe(line) == line for line in shown.split("\n"))
    assert "\t" not in shown


def test_tabs_of_a_block_become_blanks_and_crlf_a_line_end() -> None:
    assert safe_block("a\tb\r\nc") == "a       b\nc"


@given(TEXT.map(safe))
def test_width_agrees_with_wcwidth_on_single_clusters(text: str) -> None:
    for char in text:
        assert width(char) == max(wcswidth(char), 0)


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("čćž", 3), ("日本", 4), ("e\u0301", 1), ("👩‍💻", 2), ("", 0), ("a–b…→€", 6), ("ﬀ", 1)],
)
def test_widths_of_the_usual_suspects(text: str, columns: int) -> None:
    assert width(text) == columns


@given(TEXT.map(safe), st.integers(0, 30))
def test_cut_text_fits_and_pad_fills(text: str, columns: int) -> None:
    short = cut(text, columns)
    assert width(short) <= columns
    assert width(pad(short, columns)) == columns
    assert width(pad(short, columns, "right")) == columns
    if width(text) <= columns:
        assert short == text
    elif columns:
        assert short.endswith("…")


def test_cutting_never_parts_a_letter_from_its_marks() -> None:
    assert cut("e\u0301e\u0301e\u0301", 2) == "e\u0301…"
    assert cut("日本語", 4) == "日…"


@given(st.text("ab čλ界-", max_size=80), st.integers(5, 20))
def test_wrapping_loses_no_word_and_fits(line: str, columns: int) -> None:
    lines = wrap(line, columns, "  ")
    assert all(width(part) <= columns for part in lines)
    if width(line) > columns:
        assert "".join("".join(lines).split()) == "".join(line.split())
    else:
        assert lines == [line]


def test_wrapping_breaks_at_blanks_and_hangs() -> None:
    assert wrap("- one two three four", 10, "  ") == ["- one two", "  three", "  four"]


def test_a_huge_word_wraps() -> None:
    assert len(wrap("x" * 2_000_000, 80)) == 25_000


def test_plain_scripts_need_no_width_tables() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from gitdesk.render.text import cut, width\n"
        "cut('Žurnal – σοφός, Привет … “€” → ' * 9, 20)\n"
        "print('wcwidth' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
