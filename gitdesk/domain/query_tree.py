"""The tree of a query: its five kinds of node, built in one normal shape, and how they are written out."""

from __future__ import annotations

from gitdesk.lazy import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# A value is the tuple of literal pieces between its stars: ("open",) is open, ("", "@example.com") is *@example.com.
Value = tuple[str, ...]

_SPECIAL = frozenset(' \t\r\n,()"*\\')
# What makes a word a key: a name and an operator with no blank between.
KEY = pattern(r"([^\W\d][\w.-]*)(:|>=|<=|!=|>|<|=)")
# What `sla:` may ask for beside a standing: `sla:due<4h`.
DUE = pattern(r"(?i)due(<=|>=|<|>|:)(.+)")
KEYWORDS = ("OR", "AND", "NOT")


class Node:
    """Anything that is true or false of a ticket; equal when written the same."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        names: tuple[str, ...] = self.__slots__
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__name__}({values})"


class Term(Node):
    """A key compared with values, any of which will do: `status:open,waiting`, `created>=2026-11-01`."""

    __slots__ = ("key", "operator", "values")

    def __init__(self, key: str, operator: str, values: tuple[Value, ...]) -> None:
        self.key, self.operator, self.values = key, operator, values

    def __str__(self) -> str:
        return f"{self.key}{self.operator}{','.join(render_value(value) for value in self.values)}"


class Words(Node):
    """Words in a text: `field` is "" (everywhere), "title" or "body"; `exact` means whole words, as quoted."""

    __slots__ = ("exact", "field", "text")

    def __init__(self, field: str, text: str, exact: bool) -> None:
        self.field, self.text, self.exact = field, text, exact

    def __str__(self) -> str:
        text = quote(self.text) if self.exact else self.text
        if self.field:
            return f"{self.field}:{text}"
        doubtful = text in KEYWORDS or text.startswith("-") or KEY.match(text)
        return f"text:{text}" if doubtful and not self.exact else text


class Not(Node):
    """What its node is not."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    def __str__(self) -> str:
        return f"-({self.node})" if isinstance(self.node, And | Or) else f"-{self.node}"


class And(Node):
    """All of its nodes; without any it is true."""

    __slots__ = ("nodes",)

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.nodes = nodes

    def __str__(self) -> str:
        return " ".join(f"({node})" if isinstance(node, Or) else str(node) for node in self.nodes)


class Or(Node):
    """Any of its nodes."""

    __slots__ = ("nodes",)

    def __init__(self, nodes: tuple[Node, ...]) -> None:
        self.nodes = nodes

    def __str__(self) -> str:
        return " OR ".join(str(node) for node in self.nodes)


EVERYTHING = And(())


def negate(node: Node) -> Node:
    """Returns the opposite of a node; twice is the node itself."""
    return node.node if isinstance(node, Not) else Not(node)


def conjoin(nodes: Iterable[Node]) -> Node:
    """Returns "all of these" in its normal shape: flat, and without a wrapper around one."""
    flat = [part for node in nodes for part in (node.nodes if isinstance(node, And) else (node,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def disjoin(nodes: Iterable[Node]) -> Node:
    """Returns "any of these" in its normal shape."""
    flat = [part for node in nodes for part in (node.nodes if isinstance(node, Or) else (node,))]
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def leaves(node: Node) -> Iterator[Term | Words]:
    """Walks the terms and words of a tree, left to right."""
    if isinstance(node, Not):
        yield from leaves(node.node)
    elif isinstance(node, And | Or):
        for part in node.nodes:
            yield from leaves(part)
    elif isinstance(node, Term | Words):
        yield node


def quote(text: str) -> str:
    """Returns text in double quotes, with backslashes where needed."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def render_value(value: Value) -> str:
    """Returns a value as it is typed: bare where it can be, its stars outside the quotes."""
    if value == ("",):
        return '""'
    return "*".join(quote(piece) if _SPECIAL & set(piece) or _odd(piece) else piece for piece in value)


def _odd(piece: str) -> bool:
    return any(character.isspace() for character in piece)
