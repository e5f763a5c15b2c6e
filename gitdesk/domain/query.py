"""A query: which tickets, and in which order, in the language that every command uses."""

from __future__ import annotations

from gitdesk.domain.query_error import QueryError
from gitdesk.domain.query_keys import Facts, Scope, Vocabulary
from gitdesk.domain.query_tree import EVERYTHING, Term, conjoin, leaves

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.query_tree import Node

__all__ = ["Facts", "Query", "QueryError", "Scope", "Vocabulary"]


class Query:
    """A tree of terms and the sort keys (key, descending). Equal queries select alike and are written alike."""

    __slots__ = ("sort", "tree")

    def __init__(self, tree: Node = EVERYTHING, sort: tuple[tuple[str, bool], ...] = ()) -> None:
        self.tree, self.sort = tree, sort

    @classmethod
    def parse(cls, text: str, vocabulary: Vocabulary) -> Query:
        """Reads a query; raises QueryError, which shows the text, the place and what may be meant."""
        from gitdesk.domain.query_parse import parse

        return cls(*parse(text, vocabulary))

    def __str__(self) -> str:
        order = ",".join(f"{'-' if descending else ''}{key}" for key, descending in self.sort)
        return " ".join(part for part in (self._tree_text(), f"sort:{order}" if order else "") if part)

    def _tree_text(self) -> str:
        from gitdesk.domain.query_tree import Or

        return f"({self.tree})" if isinstance(self.tree, Or) and self.sort else str(self.tree)

    def __repr__(self) -> str:
        return f"Query({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Query) and (self.tree, self.sort) == (other.tree, other.sort)

    def __hash__(self) -> int:
        return hash((self.tree, self.sort))

    def __and__(self, other: Query) -> Query:
        """Returns the query both are true of; the order of the first that has one."""
        return Query(conjoin((self.tree, other.tree)), self.sort or other.sort)

    @property
    def keys(self) -> frozenset[str]:
        """Returns the keys it asks about, sort keys included; words are "text"."""
        asked = {leaf.key if isinstance(leaf, Term) else leaf.field or "text" for leaf in leaves(self.tree)}
        return frozenset(asked | {key for key, _ in self.sort})

    @property
    def needs_history(self) -> bool:
        """Tells whether it can be answered only when the index knows when tickets were last changed."""
        return "updated" in self.keys

    def matches(self, facts: Facts, scope: Scope) -> bool:
        """Tells whether it is true of a ticket; raises UsageError where "me" or clocks are asked for in vain."""
        from gitdesk.domain.query_match import matches

        return matches(self.tree, facts, scope)
