"""Which queries are true or false by a ticket's header alone, whoever asks and whenever: those that choose policies.

A policy has to be the same for everybody who replays a history, at any moment. Dates that are written out are fine:
they name the same stretch for ever, in the zone of the scope they are asked in.
"""

from __future__ import annotations

from gitdesk.domain.folding import fold
from gitdesk.domain.query import Query
from gitdesk.domain.query_customers import own_field
from gitdesk.domain.query_error import QueryError
from gitdesk.domain.query_keys import ALIASES, CLOCK, CUSTOMER_KEYS, FIELD, KINDS, TIME
from gitdesk.domain.query_time import is_relative
from gitdesk.domain.query_tree import Term, Words, leaves
from gitdesk.value import Value as Values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.query_keys import Vocabulary
    from gitdesk.domain.query_tree import Node, Value

HINT = "only what stands in a ticket's header can be asked here, such as priority, tag, tier, created>=2026-01-01"
_WHO = "depends on who asks"
_MESSAGES = "depends on the messages"
_READABLE = "depends on whether the file can be read"
_FLAGS = {
    "attachment": "depends on the files beside the ticket", "description": "depends on the text below the header",
    "message": _MESSAGES, "note": _MESSAGES, "reply": _MESSAGES, "problem": _READABLE, "unreadable": _READABLE,
    "mine": _WHO,
}  # fmt: skip
_ASKER = {"assignee": "me", "watcher": "me", "group": "mine"}


class Doubt(Values):
    """A part of a query that asks for more than the header, and what it depends on instead."""

    term: str
    reason: str

    def __str__(self) -> str:
        return f'"{self.term}" {self.reason}'


def asks_who(text: str, vocabulary: Vocabulary) -> bool:
    """Tells whether a query means somebody by "me" or "mine"; one that cannot be read means nobody."""
    folded = fold(text)
    if "me" not in folded and "mine" not in folded:
        return False  # spares nearly every query the reading
    try:
        tree = Query.parse(text, vocabulary).tree
    except QueryError:
        return False
    return any(isinstance(leaf, Term) and _is_personal(leaf) for leaf in leaves(tree))


def doubts(query: Query, vocabulary: Vocabulary) -> tuple[Doubt, ...]:
    """Returns every part of a query that keeps it from being timeless, left to right, the order it sorts by last."""
    found = _doubts(query.tree, vocabulary)
    if query.sort:
        order = ",".join(f"{'-' if descending else ''}{key}" for key, descending in query.sort)
        found.append(_sorting(f"sort:{order}"))
    return tuple(found)


def parse_timeless(text: str, vocabulary: Vocabulary) -> Query:
    """Reads a query that the header alone must decide; raises QueryError, which points at what does not."""
    from gitdesk.domain.query_parse import parse_places

    tree, sort, places = parse_places(text, vocabulary)
    for node, start, end in places:
        found = [_sorting(text[start:end])] if node is None else _doubts(node, vocabulary)
        if found:
            raise QueryError(f'"{text[start:end]}" {found[0].reason}', text, start, end, HINT)
    return Query(tree, sort)


def _sorting(term: str) -> Doubt:
    return Doubt(term=term, reason="orders a list and chooses nothing")


def _doubts(node: Node, vocabulary: Vocabulary) -> list[Doubt]:
    told = (
        (leaf, _reason_of_words(leaf) if isinstance(leaf, Words) else _reason(leaf, vocabulary))
        for leaf in leaves(node)
    )
    return [Doubt(term=str(leaf), reason=reason) for leaf, reason in told if reason]


def _reason_of_words(leaf: Words) -> str:
    if leaf.field == "title":
        return ""
    return "looks into the text below the header" if leaf.field == "body" else "looks into the messages too"


def _reason(term: Term, vocabulary: Vocabulary) -> str:
    key = term.key
    if key == "updated":
        return "depends on when the file was last changed"
    if KINDS.get(key) == CLOCK:
        return "depends on the clocks, which depend on the policy"
    if key in ("is", "has", "no"):
        return next((_FLAGS[name] for value in term.values if (name := _flag(value)) in _FLAGS), "")
    if _is_personal(term):
        return _WHO
    own = (own_field(key, vocabulary) if key in CUSTOMER_KEYS else key) or ""
    dated = KINDS.get(key) == TIME or (
        own.startswith(FIELD) and vocabulary.fields.get(own[len(FIELD) :]) == "date"
    )
    relative = dated and any(len(value) == 1 and is_relative(value[0]) for value in term.values)
    return "is counted from now" if relative else ""


def _is_personal(term: Term) -> bool:
    asker = "mine" if term.key == "is" else _ASKER.get(term.key)
    return any(len(value) == 1 and fold(value[0]) == asker for value in term.values)


def _flag(value: Value) -> str:
    return ALIASES.get(value[0].lower(), value[0].lower())
