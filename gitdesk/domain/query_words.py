"""Words in tickets: the four texts that are searched, and the small language of `gitdesk search`."""

from __future__ import annotations

from gitdesk.domain.folding import BOUNDARY, Needle, words
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.ticket import Ticket

# The searched texts in order; a word of a query may be in any, title: in the first, body: in the last two.
TEXTS = ("title", "about", "description", "messages")
FIELDS = {"": (0, 1, 2, 3), "title": (0,), "body": (2, 3)}


def joined(texts: list[str] | tuple[str, ...]) -> str:
    """Returns several texts as folded words that no phrase reaches across."""
    return f" {BOUNDARY} ".join(words(text) for text in texts)


def texts_of(ticket: Ticket) -> tuple[str, str, str, str]:
    """Returns the folded words of a ticket's title, its requester and tags, its description and its messages."""
    return (
        words(ticket.title),
        joined((ticket.requester, *ticket.tags)),
        words(ticket.description),
        joined([message.body for message in ticket.messages]),
    )


class Wanted(Value):
    """What a search asks for: all of `needles` and none of `without`."""

    needles: tuple[Needle, ...]
    without: tuple[Needle, ...]


def parse_search(text: str) -> Wanted:
    """Reads the words of a search: blanks are "and", `"…"` are exact words, `-` is "not", the rest is only text."""
    needles: list[Needle] = []
    without: list[Needle] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        minus = text[position] == "-"
        start = position + minus
        exact = text[start : start + 1] == '"'
        if exact:
            end = text.find('"', start + 1)
            end = len(text) if end < 0 else end
            word, position = text[start + 1 : end], end + 1
        else:
            end = next((i for i in range(start, len(text)) if text[i].isspace() or text[i] == '"'), len(text))
            word, position = text[start:end], max(end, start)
        needle = Needle(word, exact=exact)
        if needle.forms:
            (without if minus else needles).append(needle)
    return Wanted(needles=tuple(needles), without=tuple(without))
