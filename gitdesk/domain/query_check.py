"""Checks each part of a query against what a desk knows, and says what is meant instead."""

from __future__ import annotations

from datetime import UTC, datetime

from gitdesk.domain.folding import fold, words
from gitdesk.domain.near import closest, hint
from gitdesk.domain.query_error import QueryError
from gitdesk.domain.query_keys import (
    ALIASES,
    CLOCK,
    FIELD,
    FLAG,
    HAS,
    ID,
    IS,
    KINDS,
    LINK,
    ORDERED,
    STANDINGS,
    TIME,
    WORDS,
)
from gitdesk.domain.query_time import EXAMPLES, days, is_reversed, is_time
from gitdesk.domain.query_tree import DUE, Term, Value, Words, disjoin, negate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from gitdesk.domain.query_keys import (
        Vocabulary,
    )
    from gitdesk.domain.query_tree import Node

Given = tuple[Value, bool, int, int]  # value, whether quoted, where it starts and ends
_NUMBERS = ("integer", "number")


class Checked:
    """The text of a query and where in it the part being checked begins."""

    __slots__ = ("operator_at", "start", "text", "vocabulary")

    def __init__(self, text: str, start: int, operator_at: int, vocabulary: Vocabulary) -> None:
        self.text, self.start, self.operator_at, self.vocabulary = text, start, operator_at, vocabulary

    def fail(self, what: str, start: int, end: int, hint: str | None = None) -> NoReturn:
        """Raises QueryError at characters of the query."""
        raise QueryError(what, self.text, start, end, hint)


def find_key(name: str, vocabulary: Vocabulary) -> str | None:
    """Returns the key a name means, in any case; None when there is no such key."""
    prefix, dot, rest = name.partition(".")
    if dot and prefix.lower() in ("field", "fields"):
        if not vocabulary.fields:
            return FIELD + rest if rest else None
        known = {fold(field): field for field in vocabulary.fields}
        return FIELD + known[fold(rest)] if fold(rest) in known else None
    lowered = name.lower()
    key = ALIASES.get(lowered, lowered)
    return key if key in KINDS else None


def check_word(at: Checked, word: Words, end: int) -> Words:
    """Returns a word that can be found; raises QueryError when nothing in it can."""
    if not word.exact and "*" in word.text:
        at.fail(
            "a star in a word may only be at its end",
            at.start,
            end,
            "words are found by their beginning anyway",
        )
    if not words(word.text):
        at.fail("there is no word here to search for", at.start, end)
    return word


def check_term(at: Checked, key: str, operator: str, given: list[Given]) -> Node:
    """Returns the node of a key with its values; raises QueryError for what the key cannot have."""
    negative, operator = operator == "!=", ":" if operator == "!=" else operator
    kind = KINDS.get(key, FIELD)
    if operator != ":":
        _check_order(at, key, operator, given)
    if kind == WORDS:
        parts = [_word(at, "" if key == "text" else key, one) for one in given]
        node: Node = disjoin(parts)
    else:
        for one in given:
            _check_value(at, key, kind, operator, one)
        values = tuple(_settled(kind, value) for value, _, _, _ in given)
        node = Term(key, operator, tuple(dict.fromkeys(values)))
    return negate(node) if negative else node


def _word(at: Checked, field: str, given: Given) -> Words:
    value, quoted, start, end = given
    text = value[0] if value[1:] in ((), ("",)) else "*".join(value)
    inner = Checked(at.text, start, start, at.vocabulary)
    return check_word(inner, Words(field, text, quoted), end)


def _settled(kind: str, value: Value) -> Value:
    """A star at the end of an id says nothing: ids are given by their beginning."""
    return value[:1] if kind in (ID, LINK) and value[1:] == ("",) and _names_id(kind, value[0]) else value


def _names_id(kind: str, text: str) -> bool:
    return bool(text) and (kind == ID or (":" in text and not text.endswith(":")))


def _check_order(at: Checked, key: str, operator: str, given: list[Given]) -> None:
    if key not in ORDERED and _type_of(at, key) not in (*_NUMBERS, "date"):
        at.fail(f'"{key}" has no order to compare by', at.start, given[0][2], f"write {key}:…")
    if len(given) > 1:
        at.fail(f'"{operator}" compares with one value', given[1][2], given[-1][3])


def _check_value(at: Checked, key: str, kind: str, operator: str, given: Given) -> None:
    value, _, start, end = given
    if kind == FLAG:
        _check_flag(at, key, given)
    elif kind == TIME:
        if len(value) > 1 or not is_time(value[0]):
            at.fail(f'"{key}" is compared with a time, not with "{at.text[start:end]}"', start, end, EXAMPLES)
        _check_range(at, given)
    elif kind in (ID, LINK):
        _check_id(at, key, kind, given)
    elif kind == CLOCK:
        _check_clock(at, key, given)
    elif operator != ":":
        _check_ordered(at, key, given)
    elif len(value) == 1 and value[0] and _type_of(at, key) == "date":
        _check_date(at, key, given)
    elif len(value) == 1 and value[0]:
        _check_known(at, key, given)


def _check_clock(at: Checked, key: str, given: Given) -> None:
    value, _, start, end = given
    due = DUE.fullmatch(value[0]) if key == "sla" and len(value) == 1 else None
    text = value[0] if due is None else due[2]
    if key == "due" or due is not None:
        if len(value) > 1 or not is_time(text):
            at.fail(f'"due" is compared with a time, not with "{text}"', start, end, EXAMPLES)
        if is_reversed(text):
            at.fail(f'"{text}" ends before it begins', start, end, "write the earlier one first")
    elif len(value) > 1 or text.lower() not in STANDINGS:
        at.fail(f'unknown standing "{at.text[start:end]}"', start, end, hint(text, STANDINGS))


def _check_ordered(at: Checked, key: str, given: Given) -> None:
    value, _, start, end = given
    if len(value) > 1 or not value[0]:
        at.fail(f'"{key}" cannot be compared with "{at.text[start:end]}"', start, end, "without a star")
    typed = _type_of(at, key)
    if key == "priority":
        _check_known(at, key, given)
    elif typed in _NUMBERS and number(value[0]) is None:
        at.fail(f'"{key}" is compared with a number, not with "{value[0]}"', start, end)
    elif typed == "date":
        _check_date(at, key, given)


def _type_of(at: Checked, key: str) -> str:
    return at.vocabulary.fields.get(key[len(FIELD) :], "") if key.startswith(FIELD) else ""


def _check_date(at: Checked, key: str, given: Given) -> None:
    value, _, start, end = given
    if days(value[0], datetime(2026, 6, 15, tzinfo=UTC), "UTC") is None:
        at.fail(
            f'"{key}" is compared with a date, not with "{value[0]}"', start, end, "write it like 2026-11-01"
        )
    _check_range(at, given)


def _check_range(at: Checked, given: Given) -> None:
    value, _, start, end = given
    if is_reversed(value[0]):
        at.fail(f'"{value[0]}" ends before it begins', start, end, "write the earlier one first")


def _check_flag(at: Checked, key: str, given: Given) -> None:
    value, _, start, end = given
    name = ALIASES.get(value[0].lower(), value[0].lower())
    choices = IS if key == "is" else HAS
    if key != "is" and (value[0].startswith(FIELD) and find_key(value[0], at.vocabulary)):
        return
    if len(value) > 1 or name not in choices:
        at.fail(f'unknown value "{at.text[start:end]}" of "{key}"', start, end, hint(value[0], choices))


def _check_id(at: Checked, key: str, kind: str, given: Given) -> None:
    value, _, start, end = given
    place = "*".join(value).partition(":")[2] if kind == LINK else "*".join(value)
    if "*" in place.rstrip("*"):
        at.fail("an id is given by its beginning, a star may only be at its end", start, end)
    if "," in place or any(c.isspace() for c in place):
        at.fail(f'"{key}" needs an id, not "{place}"', start, end)
    if kind == LINK:
        _check_kind(at, given)


def _check_kind(at: Checked, given: Given) -> None:
    """Raises QueryError for a kind that is nearly one of ours; others may stand in the tickets all the same."""
    from gitdesk.domain.edit import LINK_KINDS

    value, _, start, _ = given
    name, colon, _ = value[0].partition(":")
    if not name or (len(value) > 1 and not colon) or fold(name) in LINK_KINDS:
        return
    near = closest(name, LINK_KINDS)
    if near is not None:
        at.fail(f'unknown link "{name}"', start, start + len(name), f'did you mean "{near}"?')


def _check_known(at: Checked, key: str, given: Given) -> None:
    value, _, start, end = given
    known = at.vocabulary.known(key)
    if not known:
        return
    words_for_all = {"assignee": ("me", "nobody"), "group": ("mine",)}.get(key, ())
    addresses = (
        [address for owned in at.vocabulary.people.values() for address in owned] if key == "assignee" else []
    )
    if fold(value[0]) not in {fold(name) for name in (*known, *words_for_all, *addresses)}:
        at.fail(f'unknown {key} "{value[0]}"', start, end, hint(value[0], (*known, *words_for_all)))


def number(text: str) -> float | None:
    """Returns the number a field's text is, None when it is none."""
    plain = text.removeprefix("-")
    whole, dot, part = plain.partition(".")
    digits = whole.isascii() and whole.isdigit() and (not dot or (part.isascii() and part.isdigit()))
    return float(text) if digits and len(text) < 300 else None
