"""The widths told without wcwidth are wcwidth's: for every character of which they are sure, and for text of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcwidth

from gitdesk.render import text

BASIC_PLANE = [chr(code) for code in range(0x20, 0x10000) if not 0xD800 <= code < 0xE000]
SURE = [char for char in BASIC_PLANE if text._width_of(char) is not None]


def test_every_width_that_is_sure_is_wcwidths() -> None:
    assert {char: text._width_of(char) for char in SURE if text._width_of(char) != wcwidth(char)} == {}


def test_letters_of_the_usual_scripts_are_sure() -> None:
    for word in ("žurnal", "ΣΟΦΟΣ", "Щётка", "שָׁלוֹם", "e\u0301", "建物の四字", "한국어", "→ “x” … €"):
        assert all(text._width_of(char) is not None for char in word), word


def test_nothing_that_joins_or_hides_is_sure() -> None:
    for char in "\u00ad\u061c\u200b\u200d\ufe0f\u1160\u3164\u302a❤☎\u093e":
        assert text._width_of(char) is None, hex(ord(char))


@given(st.text(st.sampled_from(SURE), max_size=12))
def test_text_of_them_falls_into_the_same_clusters(line: str) -> None:
    assert list(text._clusters(line)) == list(text._any_clusters(line))


@given(st.text(st.sampled_from([char for char in SURE if ord(char) < 0x1100]), max_size=12))
def test_text_below_hangul_falls_into_the_same_clusters(line: str) -> None:
    assert list(text._clusters(line)) == list(text._any_clusters(line))
