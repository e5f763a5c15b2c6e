"""Folding: text as search sees it, without case, accents or punctuation, and the way back to the original.

`fold` is for whole values, `words` for running text. Both work character by character, so that a place found in
folded text can be traced to the text a person wrote.
"""

from __future__ import annotations

from itertools import product

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Between two texts searched as one; no letter, so that no phrase reaches across it.
BOUNDARY = "\ue000"
_LETTERS = {
    "đ": "d", "ð": "d", "ł": "l", "ø": "o", "ı": "i", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ς": "σ",
}  # fmt: skip
_SITES = 3  # of đ or dj in one term that are tried in every combination
_PIECE = 1024


def _plain(character: str) -> str:
    from unicodedata import category, normalize

    text, before = character, ""
    while text != before:
        before = text
        kept = (c for c in normalize("NFKD", text) if category(c)[0] != "M" and category(c) != "Cf")
        text = "".join(_LETTERS.get(c, c) for c in "".join(kept).casefold())
    return "".join(" " if category(c) == "Cc" else "\ufffd" if category(c) == "Cs" else c for c in text)


def _alone(character: str) -> bool:
    """Tells whether a character is a word by itself: scripts written without blanks."""
    point = ord(character)
    return 0x3040 <= point <= 0x30FF or 0x3400 <= point <= 0x9FFF or 0x20000 <= point <= 0x3FFFF


class _Folds(dict[int, str]):
    def __missing__(self, point: int) -> str:
        self[point] = folded = _plain(chr(point))
        return folded


class _Words(dict[int, str]):
    def __missing__(self, point: int) -> str:
        folded = (c if c.isalnum() else " " for c in _FOLDS[point])
        self[point] = result = "".join(f" {c} " if _alone(c) else c for c in folded)
        return result


_FOLDS, _WORDS = _Folds(), _Words()


def fold(text: str) -> str:
    """Returns text without case and accents: casefold, NFKD, marks dropped, ς→σ, đ→d, ł→l, ø→o, ı→i.

    Folding twice changes nothing.
    """
    return text.translate(_FOLDS)


def words(text: str) -> str:
    """Returns the folded words of a text, one blank between them and no punctuation."""
    return " ".join(text.translate(_WORDS).split())


class Needle:
    """One thing looked for: its spellings in folded words, whole words (`exact`) or the last one a beginning."""

    __slots__ = ("exact", "forms")

    def __init__(self, text: str, *, exact: bool) -> None:
        self.exact = exact
        self.forms = _forms(text)

    def found_in(self, folded: str) -> bool:
        """Tells whether folded words (as `words` returns them) hold this."""
        hay, end = f" {folded} ", " " if self.exact else ""
        return any(f" {form}{end}" in hay for form in self.forms)

    @property
    def pattern(self) -> str:
        """Returns a regular expression that finds this in text translated, but not squeezed, to words."""
        tail = "(?![^ ])" if self.exact else "[^ ]*"
        either = "|".join(" +".join(form.split()) for form in sorted(self.forms, key=len, reverse=True))
        return f"(?<![^ ])(?:{either}){tail}"


def _forms(text: str) -> tuple[str, ...]:
    """Returns the folded spellings of a term: its đ also as dj, its dj also as d (how a folded đ is stored)."""
    parts: list[tuple[str, ...]] = []
    rest, sites = text.casefold(), 0
    while rest:
        at = min((i for i in (rest.find("đ"), rest.find("dj")) if i >= 0), default=-1)
        if at < 0 or sites == _SITES:
            break
        crossed = rest[at] == "đ"
        parts += [(rest[:at],), ("d", "dj") if crossed else ("dj", "d")]
        rest, sites = rest[at + (1 if crossed else 2) :], sites + 1
    parts.append((rest,))
    plain = words(text)
    short = len(plain) <= 3 and "đ" not in text.casefold()  # "dj" alone would find every word with d
    spellings = [plain] if short else [plain, *(words("".join(choice)) for choice in product(*parts))]
    return tuple(dict.fromkeys(form for form in spellings if form))


def spans(original: str, needles: Sequence[Needle], limit: int = 200) -> list[tuple[int, int, int]]:
    """Returns where needles stand in the original: start, end, and which needle; in order, at most `limit`."""
    import re

    usable = [needle for needle in needles if needle.forms]
    if not usable:
        return []
    flat = original.translate(_WORDS)
    found: list[tuple[int, int, int]] = []
    for number, needle in enumerate(usable):
        for count, match in enumerate(re.finditer(needle.pattern, flat)):
            if count == limit:
                break
            found.append((match.start(), match.end(), number))
    found.sort()
    found = found[:limit]
    places = _places(original, sorted({at for start, end, _ in found for at in (start, end - 1)}))
    return [(places[start], _over_marks(original, places[end - 1] + 1), n) for start, end, n in found]


def _places(original: str, offsets: Iterable[int]) -> dict[int, int]:
    """Maps ascending offsets in the translated text to the characters of the original they come from."""
    places: dict[int, int] = {}
    base, done = 0, 0  # characters of the original and of the translation that are behind us
    for offset in offsets:
        while True:
            size = len(original[base : base + _PIECE].translate(_WORDS))
            if offset < done + size:
                break
            base, done = base + _PIECE, done + size
        at, passed = base, done
        while passed + len(_WORDS[ord(original[at])]) <= offset:
            passed += len(_WORDS[ord(original[at])])
            at += 1
        places[offset] = at
    return places


def _over_marks(original: str, end: int) -> int:
    while end < len(original) and not _WORDS[ord(original[end])]:
        end += 1
    return end


def passage(
    original: str, needles: Sequence[Needle], width: int = 80
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Returns about `width` characters around the best place, blanks squeezed, and the spans to highlight in it."""
    found = spans(original, needles)
    start, end = _window(original, found, width)
    text = " ".join(original[start:end].split())
    if original[:start].strip():
        text = "… " + text
    if original[end:].strip():
        text += " …"
    merged: list[tuple[int, int]] = []
    for left, right, _ in spans(text, needles):
        if merged and left < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(right, merged[-1][1]))
        else:
            merged.append((left, right))
    return text, tuple(merged)


def _window(original: str, found: list[tuple[int, int, int]], width: int) -> tuple[int, int]:
    """Chooses the stretch that holds most different needles, the first of equals, cut between words."""
    if not found:
        first, last = 0, 0
    else:
        near = [[hit for hit in found[i:] if hit[1] <= left + width] for i, (left, _, _) in enumerate(found)]
        best = max(range(len(found)), key=lambda i: (len({hit[2] for hit in near[i]}), -i))
        first, last = found[best][0], max([found[best][1], *(hit[1] for hit in near[best])])
    start = max(0, min(first - (width - (last - first)) // 2, len(original) - width))
    end = min(len(original), max(last, start + width))
    if start > 0:
        start = next((i + 1 for i in range(start, first) if original[i].isspace()), start)
    if end < len(original):
        end = next((i for i in range(end, last, -1) if original[i].isspace()), end)
    return min(start, first), end
