"""Near misses: what a person probably meant by a word that is not known."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str | None:
    """Returns the known word nearest to this one in any case, None when none is near."""
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.65)
    return folded[close[0]] if close else None


def hint(word: str, known: Iterable[str], most: int = 12) -> str | None:
    """Returns `did you mean "open"?`, else the words there are to choose from, None when there are none."""
    names = list(dict.fromkeys(known))
    near = closest(word, names)
    if near is not None:
        return f'did you mean "{near}"?'
    if not names:
        return None
    return "one of: " + ", ".join(names[:most]) + (" …" if len(names) > most else "")
