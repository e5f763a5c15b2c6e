"""Near misses: what a person probably meant by a word that is not known."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LONGEST = (
    100  # characters of a word: nobody mistypes a longer one, and comparing takes the square of the length
)
MOST = 12  # names to choose from
WORK = 500_000  # pairs of characters compared for one file: a few hundred words of a usual desk


def closest(word: str, known: Iterable[str]) -> str | None:
    """Returns the known word nearest to this one in any case, None when none is near."""
    if len(word) > LONGEST:
        return None
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.65)
    return folded[close[0]] if close else None


class Hints:
    """Hints for the words of one file, until a set amount of comparing is done; those after that get none."""

    __slots__ = ("left",)

    def __init__(self, work: int = WORK) -> None:
        self.left = work

    def closest(self, word: str, known: Sequence[str]) -> str | None:
        """Returns the known word nearest to this one, None when none is near or enough was compared."""
        if self.left <= 0:
            return None
        self.left -= len(word) * sum(map(len, known))
        return closest(word, known)

    def hint(self, word: str, known: Sequence[str]) -> str | None:
        """Returns what `near.hint` does; of too many words only what there is to choose from."""
        if self.left <= 0:
            return _choice(list(dict.fromkeys(known)), MOST)
        self.left -= len(word) * sum(map(len, known))
        return hint(word, known)


def hint(word: str, known: Iterable[str], most: int = MOST) -> str | None:
    """Returns `did you mean "open"?`, else the words there are to choose from, None when there are none."""
    names = list(dict.fromkeys(known))
    near = closest(word, names)
    if near is not None:
        return f'did you mean "{near}"?'
    return _choice(names, most)


def _choice(names: list[str], most: int) -> str | None:
    if not names:
        return None
    return "one of: " + ", ".join(names[:most]) + (" …" if len(names) > most else "")
