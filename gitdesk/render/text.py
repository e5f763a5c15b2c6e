"""Text that is safe on a terminal, and how many columns of it a terminal uses."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

ELLIPSIS = "…"

_SPACES = dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F), " ")
# Letters and marks that print nothing although Unicode does not call them format characters.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")
_KEPT_UNPRINTABLE = frozenset("\u3000")  # the ideographic space is wide and harmless
_TAB = 8


def safe(text: str) -> str:
    """Returns text for one line of a terminal: whatever could move, hide or reorder is shown instead of sent."""
    if text.isprintable() and (text.isascii() or not _INVISIBLE.intersection(text)):
        return text
    return _shown(text)


def counted(number: int, noun: str) -> str:
    """Returns a number with its noun: `1 error`, `2 errors`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def safe_block(text: str) -> str:
    """Returns text of several lines for a terminal: line ends stay, tabs become blanks, the rest as in `safe`."""
    text = text.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if "\t" in text:
        text = text.expandtabs(_TAB)
    return "\n".join(safe(line) for line in text.split("\n"))


def _shown(text: str) -> str:
    text = text.translate(_SPACES)
    odd = {char for char in set(text) if not char.isprintable() or char in _INVISIBLE}
    if not _JOINERS & odd:
        return text.translate({ord(char): _shown_char(char, "", "") for char in odd})
    return "".join(
        _shown_char(char, text[max(index - 1, 0) : index], text[index + 1 : index + 2])
        for index, char in enumerate(text)
    )


def _shown_char(char: str, before: str, after: str) -> str:
    if char.isprintable() and char not in _INVISIBLE:
        return char
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if char in _KEPT_UNPRINTABLE or (char in _JOINERS and _joins(before, after)):
        return char
    if _is_glyph(char):
        return char
    return f"\\u{{{code:x}}}"


def _joins(before: str, after: str) -> bool:
    """Tells whether a joiner stands where scripts and emoji need one; between Latin letters it only deceives."""
    import unicodedata

    def takes_part(char: str) -> bool:
        return char > "\u058f" and unicodedata.category(char) in ("Lo", "Mn", "Mc", "So", "Sk")

    return bool(before and after) and takes_part(before) and takes_part(after)


def _is_glyph(char: str) -> bool:
    """Tells whether a terminal draws something for it: private use, or newer than Python's tables."""
    import unicodedata

    category, code = unicodedata.category(char), ord(char)
    if category == "Co":
        return True
    hidden = (
        0xE0000 <= code <= 0xE0FFF
        or 0xFFF0 <= code <= 0xFFF8
        or code & 0xFFFE == 0xFFFE
        or 0xFDD0 <= code <= 0xFDEF
    )
    return category == "Cn" and not hidden and code not in (0x2065, 0x1BCA4)


def width(text: str) -> int:
    """Returns the columns that safe text takes on a terminal."""
    if text.isascii() or _is_even(text):
        return len(text)
    return sum(columns for _, columns in _clusters(text))


# Characters met so far: their columns by themselves, and those of one column that never combine. Text made of the
# latter alone is as wide as it is long.
_columns: dict[str, int | None] = {}
_even: set[str] = set(map(chr, range(0x20, 0x7F)))


def _is_even(text: str) -> bool:
    """Tells whether every character of a text is one column wide and never combines."""
    return _even.issuperset(text) or all(_width_of(char) == 1 for char in set(text))


def _width_of(char: str) -> int | None:
    """Returns the columns of a character that is sure to be 0, 1 or 2 wide anywhere; None: ask wcwidth.

    The import of wcwidth takes longer than drawing a whole list, and most scripts need only Python's own tables: what
    is below U+1100, and the ideographs, kana and syllables of East Asia. Marks are sure below U+1100 only.
    """
    if char not in _columns:
        size = _columns[char] = _sure_width(char)
        if size == 1:
            _even.add(char)
    return _columns[char]


def _sure_width(char: str) -> int | None:
    from unicodedata import category, east_asian_width

    code, kind = ord(char), category(char)
    if code < 0x1100:
        if kind in ("Mn", "Me"):
            return 0
        return 1 if kind[0] in "LNPS" or kind == "Zs" else None
    if (
        0x2010 <= code <= 0x2027
        or 0x2030 <= code <= 0x205E
        or 0x20A0 <= code <= 0x20BF
        or 0x2190 <= code <= 0x21FF
    ):
        return 1 if kind[0] in "LNPS" else None
    if 0x2400 <= code <= 0x2426 or 0x2500 <= code <= 0x257F:  # pictures of controls, lines of boxes
        return 1
    east_asian = 0x3001 <= code <= 0x30FF or 0x3400 <= code <= 0x4DBF or 0x4E00 <= code <= 0x9FFF
    if east_asian or 0xAC00 <= code <= 0xD7A3 or 0xFF01 <= code <= 0xFF60:
        return 2 if kind[0] in "LNPS" and east_asian_width(char) in "WF" else None
    return None


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    """Yields what a terminal draws in one place (a letter with its marks, a joined emoji) and its columns."""
    sizes = [_width_of(char) for char in text]
    if None in sizes:
        yield from _any_clusters(text)
        return
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and sizes[end] == 0:
            end += 1
        yield text[start:end], sizes[start] or 0
        start = end


def _any_clusters(text: str) -> Iterator[tuple[str, int]]:
    from wcwidth import wcswidth, wcwidth

    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and (wcwidth(text[end]) == 0 or text[end - 1] == "\u200d"):
            end += 1
        cluster = text[start:end]
        yield cluster, max(wcswidth(cluster), 0)
        start = end


def cut(text: str, columns: int) -> str:
    """Returns safe text shortened to at most so many columns, with `…` where something is missing."""
    if width(text) <= columns:
        return text
    if columns < 1:
        return ""
    if text.isascii() or _is_even(text):
        return text[: columns - 1].rstrip() + ELLIPSIS
    kept, used = [], 0
    for cluster, size in _clusters(text):
        if used + size > columns - 1:
            break
        kept.append(cluster)
        used += size
    return "".join(kept).rstrip() + ELLIPSIS


def pad(text: str, columns: int, align: str = "left") -> str:
    """Returns safe text filled with blanks to so many columns; `align` is left or right."""
    fill = " " * (columns - width(text))
    return fill + text if align == "right" else text + fill


def wrap(line: str, columns: int, indent: str = "") -> list[str]:
    """Returns one line of safe text broken at blanks; later lines start with `indent`; long words are cut apart."""
    if width(line) <= columns:
        return [line]
    lines: list[str] = []
    lead = line[: len(line) - len(line.lstrip(" "))][: columns // 2]
    current, used, empty = lead, len(lead), True
    room = max(columns - width(indent), 1)
    for word in line.split():
        size = width(word)
        if not empty and used + 1 + size <= columns:
            current, used = f"{current} {word}", used + 1 + size
            continue
        if not empty:
            lines.append(current)
            current, used = indent, width(indent)
        *full, rest = _chopped(word, size, room)
        lines.extend(current + piece if index == 0 else indent + piece for index, piece in enumerate(full))
        current = (indent if full else current) + rest
        used, empty = width(current), False
    return [*lines, current]


def _chopped(word: str, size: int, room: int) -> list[str]:
    """Returns a word in pieces of at most so many columns each."""
    if size <= room:
        return [word]
    if word.isascii() or _is_even(word):
        return [word[start : start + room] for start in range(0, len(word), room)]
    pieces: list[list[str]] = [[]]
    used = 0
    for cluster, columns in _clusters(word):
        if used + columns > room and pieces[-1]:
            pieces.append([])
            used = 0
        pieces[-1].append(cluster)
        used += columns
    return ["".join(piece) for piece in pieces]
