"""Folding takes off what people leave out when they search, and passages come from the text as it was written."""

from __future__ import annotations

import re
from itertools import pairwise
from unicodedata import normalize

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gitdesk.domain.folding import BOUNDARY, Needle, fold, passage, spans, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Žurnal ČĆŠĐ", "zurnal ccsd"),
        ("ΣΟΦΟΣ σοφός", "σοφοσ σοφοσ"),
        ("Straße", "strasse"),
        ("Łódź Øre", "lodz ore"),
        ("İIıi", "iiii"),
        ("ﬁ Ⅳ １２", "fi iv 12"),
        ("æ œ þ", "ae oe th"),
        ("a\x00b\u200dc\u00add", "a bcd"),
        ("ᾳ ΐ", "α ι"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
@example("ẞ\u0345İ")
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert words(words(text)) == words(text)


@given(st.text())
def test_composed_and_decomposed_text_fold_alike(text: str) -> None:
    assert fold(normalize("NFC", text)) == fold(normalize("NFD", text)) == fold(text)


@given(st.text(), st.text())
def test_folding_goes_character_by_character(left: str, right: str) -> None:
    assert fold(left + right) == fold(left) + fold(right)


@given(st.text())
def test_words_hold_letters_and_digits_and_single_blanks(text: str) -> None:
    found = words(text)
    assert all(c.isalnum() or c == " " for c in found)
    assert found == " ".join(found.split(" ")).strip() or found == ""
    assert BOUNDARY not in found


def test_scripts_without_blanks_are_words_of_one_character() -> None:
    assert words("日本語のPC") == "日 本 語 の pc"


@pytest.mark.parametrize(
    ("asked", "forms"),
    [
        ("đak", {"dak", "djak"}),
        ("djak", {"djak", "dak"}),
        ("dj", {"dj"}),
        ("adj", {"adj"}),
        ("đ", {"d", "dj"}),
        ("djordje", {"djordje", "dordje", "djorde", "dorde"}),
        (
            "Đorđe Djak",
            {f"{a} {b}" for a in ("dorde", "djorde", "dordje", "djordje") for b in ("dak", "djak")},
        ),
        ("dak", {"dak"}),
        ("-- ", set()),
    ],
)
def test_crossed_d_is_also_dj(asked: str, forms: set[str]) -> None:
    assert set(Needle(asked, exact=False).forms) == forms


def test_a_long_row_of_dj_does_not_explode() -> None:
    assert len(Needle("dj" * 500, exact=False).forms) <= 8


pieces = st.lists(
    st.sampled_from(
        [
            "Žurnal",
            "zurnal",
            "σοφός",
            "đak",
            "djak",
            "Straße",
            "e\u0301t\u00ade",
            "日本語",
            ",",
            "\n\n",
            " - ",
            "x",
            "zurnali",
            "Djak's",
            "\u0301",
        ]
    ),
    max_size=25,
)
asked = st.lists(
    st.tuples(
        st.sampled_from(["zurnal", "ΣΟΦΟΣ", "đak", "dja", "strasse", "ete", "本", "zurnal x", "xyz"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=3,
)


@given(pieces.map(" ".join), asked)
def test_every_span_folds_to_what_was_asked_for(original: str, wanted: list[tuple[str, bool]]) -> None:
    needles = [Needle(text, exact=exact) for text, exact in wanted]
    found = spans(original, needles)
    for start, end, which in found:
        piece = words(original[start:end])
        assert needles[which].found_in(piece)
        if needles[which].exact:
            assert piece in needles[which].forms
    for number, needle in enumerate(needles):
        assert needle.found_in(words(original)) == any(which == number for _, _, which in found)


@given(pieces.map(" ".join), asked, st.integers(10, 200))
def test_a_passage_is_short_one_line_and_holds_what_was_found(
    original: str, wanted: list[tuple[str, bool]], width: int
) -> None:
    needles = [Needle(text, exact=exact) for text, exact in wanted]
    text, marked = passage(original, needles, width)
    assert "\n" not in text
    longest = max((end - start for start, end, _ in spans(original, needles)), default=0)
    assert len(text) <= max(width, longest) + 4
    assert bool(marked) == bool(spans(original, needles))
    assert all(0 <= a < b <= len(text) for a, b in marked)
    assert all(b <= c for (_, b), (c, _) in pairwise(marked))
    inner = text.removeprefix("… ").removesuffix(" …")
    assert inner in re.sub(r"\s+", " ", original) or inner == ""


def test_a_passage_shows_the_original_around_the_place() -> None:
    original = (
        "Nothing here. " * 30 + "\nThe  Žurnal,\nas ο σοφο\u0301ς said, is late.\n" + "Nothing there. " * 30
    )
    text, marked = passage(original, [Needle("zurnal", exact=False), Needle("ΣΟΦΟΣ", exact=False)], 60)
    assert [text[a:b] for a, b in marked] == ["Žurnal", "σοφο\u0301ς"]
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert "The Žurnal, as ο σοφο\u0301ς said" in text


def test_a_passage_prefers_the_place_with_most_of_the_words() -> None:
    original = "printer " + "x " * 100 + "printer jam"
    text, marked = passage(original, [Needle("printer", exact=False), Needle("jam", exact=False)], 40)
    assert text.endswith("printer jam")
    assert len(marked) == 2


def test_a_text_without_the_words_is_shown_from_its_start() -> None:
    assert passage("a b c d", [Needle("z", exact=True)], 3) == ("a b …", ())
    assert passage("", [Needle("z", exact=True)]) == ("", ())
