"""Turns a query into SQL over the index: what `matches` means, said to SQLite."""

from __future__ import annotations

from gitdesk.domain.folding import Needle, fold
from gitdesk.domain.format import normal_code
from gitdesk.domain.query_keys import FIELD, KINDS, STANDINGS, TIME
from gitdesk.domain.query_match import (
    UNSET,
    bounds,
    expand,
    field_holds,
    id_code,
    like,
    names_days,
    split_link,
)
from gitdesk.domain.query_tree import And, Not, Or, Term, Words
from gitdesk.domain.query_words import FIELDS, TEXTS
from gitdesk.index.stored import LINK_MARK, instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gitdesk.domain.query_keys import Scope
    from gitdesk.domain.query_tree import Node, Value

DEFAULT_ORDER = "done, due, rank DESC, created, path"  # due is the same for all on a desk without clocks
_LAST = "\U0010ffff"
_FILLED = {
    "tag": "tags <> '[]'", "watcher": "watchers <> '[]'", "link": "links <> '[]'",
    "attachment": "(readable = 1 AND attachments <> '[]')",
    "message": "messages > 0", "note": "notes > 0", "reply": "replies > 0", "description": "described > 0",
    "merged": "merged_into <> ''", "snoozed": "snoozed_until <> ''",
    "field": "n IN (SELECT ticket FROM x_values WHERE kind >= 'field.' AND kind < 'field/')",
}  # fmt: skip
_SORTED = {
    "id": "code", "created": "created", "updated": "updated", "messages": "messages", "priority": "rank",
    "snoozed": "snoozed_until", "due": "due",
}  # fmt: skip


class Where:
    """A condition in SQL with its parameters; `tests` are the callables its `x_holds(number, text)` stands for."""

    __slots__ = ("parameters", "scope", "sql", "tests")

    def __init__(self, node: Node, scope: Scope) -> None:
        self.scope = scope
        self.parameters: list[Any] = []
        self.tests: list[Callable[[str], bool]] = []
        self.sql = self.of(node)

    def of(self, node: Node) -> str:
        """Returns the condition of a node; it is 0 or 1, never NULL."""
        if isinstance(node, Not):
            return f"NOT {self.of(node.node)}"
        if isinstance(node, And | Or):
            parts = [self.of(part) for part in node.nodes]
            return f"({(' AND ' if isinstance(node, And) else ' OR ').join(parts)})" if parts else "1"
        if isinstance(node, Words):
            match = matching([Needle(node.text, exact=node.exact)], node.field)
            return f"n IN (SELECT rowid FROM x_search WHERE x_search MATCH {self.given(match)})"
        assert isinstance(node, Term)
        meant = expand(node, self.scope)
        if not isinstance(meant, Term):
            return self.of(meant)
        parts = [self.one(meant, value) for value in meant.values]
        return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"

    def given(self, value: object) -> str:
        """Returns the placeholder of a parameter."""
        self.parameters.append(value)
        return "?"

    def one(self, term: Term, value: Value) -> str:
        """Returns the condition of a term with one of its values."""
        key = term.key
        if key == "is":
            return "readable = 0"
        if key in ("has", "no"):
            return self.presence(value[0], wanted=key == "has")
        if key == "id":
            return self.code("code", id_code(value))
        if key == "path":
            return self.tested(lambda text: like(value, text), "path")
        if key == "merged":
            return f"(merged_into <> '' AND {self.merged(id_code(value))})"
        if key == "sla":
            return self.standing(value[0].lower())
        if KINDS.get(key) == TIME or key == "due":
            return self.time(Term(key, term.operator, (value,)))
        if key == "link":
            return self.link(value)
        if key[0] == "@":
            return self.customer(key, value)
        if key in ("tag", "watcher") or key.startswith(FIELD):
            return self.several(term, value)
        return self.single(key, value)

    def presence(self, name: str, *, wanted: bool) -> str:
        """Returns the condition of has: and no:."""
        if name == "problem":
            return "problem <> ''" if wanted else "(readable = 1 AND problem = '')"
        if name.startswith(FIELD):
            filled = f"n IN (SELECT ticket FROM x_values WHERE kind = {self.given(name)})"
        else:
            filled = _FILLED.get(name) or f"{_column(name)} <> ''"
        return filled if wanted else f"(readable = 1 AND NOT {filled})"

    def code(self, column: str, code: str) -> str:
        """Returns the condition that a code begins so."""
        return f"({column} >= {self.given(code)} AND {column} < {self.given(code + _LAST)})" if code else "1"

    def merged(self, code: str) -> str:
        """Returns the condition that the id merged into has this code or beginning."""
        return self.tested(lambda text: normal_code(text).startswith(code), "merged_into")

    def tested(self, test: Callable[[str], bool], column: str) -> str:
        """Returns the condition that a callable answers."""
        self.tests.append(test)
        return f"x_holds({len(self.tests) - 1}, {column})"

    def standing(self, name: str) -> str:
        """Returns the condition of a standing of the clocks: what was due before now is breached."""
        late = self.given(instant(self.scope.now))  # parameters stand in the order of their places
        marks = ", ".join(self.given(state) for state in STANDINGS[name])
        return f"(readable = 1 AND iif(due <> '' AND due < {late}, 'breached_running', sla) IN ({marks}))"

    def time(self, term: Term) -> str:
        """Returns the condition of a stretch of time."""
        column = "snoozed_until" if term.key == "snoozed" else term.key
        start, end = bounds(term, self.scope)
        parts = [f"{column} <> ''", "readable = 1", *(["due < '~'"] if column == "due" else [])]
        if start is not None:
            parts.append(f"{column} >= {self.given(instant(start))}")
        if end is not None:
            parts.append(f"{column} < {self.given(instant(end))}")
        return f"({' AND '.join(parts)})"

    def link(self, value: Value) -> str:
        """Returns the condition of link:KIND or link:KIND:ID."""
        if value == UNSET:
            return "(readable = 1 AND links = '[]')"
        kind, code = split_link(value)
        if kind == UNSET:
            return "0"
        pattern = f"{glob(kind)}{LINK_MARK}{glob((code.replace(LINK_MARK, ''),), folded=True)}*"
        return f"n IN (SELECT ticket FROM x_values WHERE kind = 'link' AND key GLOB {self.given(pattern)})"

    def several(self, term: Term, value: Value) -> str:
        """Returns the condition of a key with several values: tags, watchers, fields."""
        kind = self.given(term.key)
        rows = f"SELECT ticket FROM x_values WHERE kind = {kind}"
        if term.operator != ":" or names_days(term.key, value, self.scope):
            one = Term(term.key, term.operator, (value,))
            held = self.tested(lambda text: field_holds(one, text, self.scope), "key")
            return f"n IN ({rows} AND {held})"
        if value == UNSET:
            return f"(readable = 1 AND n NOT IN ({rows}))"
        return f"n IN ({rows} AND {self.like('key', value)})"

    def customer(self, key: str, value: Value) -> str:
        """Returns the condition that the requester's organisation is so."""
        from gitdesk.domain.customers import customers_of
        from gitdesk.domain.query_customers import ANY, fact

        customers = customers_of(self.scope.vocabulary)
        asked = ANY if value == UNSET else value
        wanted = {id(one) for one in customers.organisations if like(asked, fact(key, one))}
        found = "0"
        if wanted:
            # Row by row: a list is full soon, and nearly as many requesters as tickets would be looked at first.
            found = self.tested(lambda text: id(customers.find(text)) in wanted, "requester")
        return f"(readable = 1 AND NOT {found})" if value == UNSET else found

    def single(self, key: str, value: Value) -> str:
        """Returns the condition of a key with one value, found through the values there are."""
        column = _column(key)
        if value == UNSET:
            return f"(readable = 1 AND {column} = '')"
        kind = self.given(key)
        if len(value) > 1:
            column = (
                f"+{column}"  # a pattern fits many: the first ones are found sooner in the order of the list
            )
        return f"{column} IN (SELECT value FROM x_names WHERE kind = {kind} AND {self.like('key', value)})"

    def like(self, column: str, value: Value) -> str:
        """Returns the condition that a folded column equals a value, its stars standing for anything."""
        if len(value) == 1:
            return f"{column} = {self.given(fold(value[0]))}"
        return f"{column} GLOB {self.given(glob(value))}"


def _column(key: str) -> str:
    return '"group"' if key == "group" else key


def glob(value: Value, *, folded: bool = False) -> str:
    """Returns a value as a pattern of SQLite's GLOB."""
    escaped = []
    for piece in value:
        text = piece if folded else fold(piece)
        escaped.append(text.replace("[", "[[]").replace("?", "[?]").replace("*", "[*]"))
    return "*".join(escaped)


def matching(needles: Sequence[Needle], field: str = "") -> str:
    """Returns the FTS5 expression that finds all needles in a field, each in any of its spellings."""
    columns = f"{{{' '.join(TEXTS[i] for i in FIELDS[field])}}} : " if field else ""
    groups = []
    for needle in needles:
        tail = "" if needle.exact else " *"
        groups.append("(" + " OR ".join(f'"{form}"{tail}' for form in needle.forms) + ")")
    return columns + "(" + " AND ".join(groups) + ")"


def order(sort: Sequence[tuple[str, bool]]) -> str:
    """Returns the ORDER BY of sort keys for readable tickets, unset values last."""
    if not sort:
        return DEFAULT_ORDER
    parts = []
    for key, descending in sort:
        column = _SORTED.get(key) or _column(key)
        if key == "due":
            parts.append("due IN ('', '~')")
        elif key not in _SORTED or key == "snoozed":
            parts.append(f"{column} = ''")
        parts.append(f"{column} DESC" if descending else column)
    return ", ".join([*parts, "path DESC" if sort[-1][1] else "path"])
