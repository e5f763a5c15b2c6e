"""Reads YAML 1.2 core into a tree of nodes with places, and refuses what a desk's files must not contain.

Scalars stay text: what `no`, `17:00` or `0123` mean is for the reader of the key to say. Nodes are built from
the parser's events, never by a composer: no alias is ever followed and no nesting is ever recursed into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gitdesk.domain.violation import Violation
from gitdesk.errors import Place, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

SCALAR, SEQUENCE, MAPPING = "scalar", "sequence", "mapping"
MAX_DEPTH = 20
MAX_VIOLATIONS = 100  # nobody reads more, and a hostile file must not keep anybody busy

SYNTAX, DUPLICATE_KEY, ALIAS, TAG, DEPTH = "F010", "F011", "F012", "F013", "F014"
TAB, DOCUMENTS, KEY, CHARACTER = "F015", "F016", "F017", "F018"

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
# Outside YAML's printable set, or (U+0085, U+2028, U+2029) a line break in YAML 1.1 and none in 1.2.
_UNWANTED = "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"

_TAB_HINT = "use spaces"
_SYNTAX_HINTS = (  # the parser's words → what a person usually did
    ("mapping values are not allowed", "put the text in quotes when it contains a colon and a space"),
    ("found unexpected ':'", "put a space after the colon, or the text in quotes"),
    ("could not find expected ':'", "a colon and a space must follow a key"),
    ("did not find expected key", "check the indentation, and quotes that end too early"),
    ("expected <block end>", "check the indentation, and quotes that end too early"),
    ("cannot start any token", "put the text in quotes"),
    ("unexpected end of stream", "a quote or bracket is not closed"),
    ("expected ',' or", "a bracket is not closed"),
)


class YamlProblem(Unreadable):
    """A text that cannot be read as the YAML a desk uses; `violations` has every reason found."""

    def __init__(self, violations: tuple[Violation, ...]) -> None:
        first = violations[0]
        super().__init__(first.message, hint=first.hint, place=Place(first.path, first.line, first.column))
        self.violations = violations


class Node(NamedTuple):  # built five times faster than a frozen dataclass, and a desk has millions
    """One value and where it stands: lines and columns count from 1, `start` and `end` are character offsets.

    `value` is a text, a tuple of nodes, or a tuple of (key, value) pairs; a null is "" with style "". A block
    collection ends where its last item ends.
    """

    kind: str
    value: Any
    style: str
    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int

    @property
    def text(self) -> str:
        """Returns a scalar's text, "" for a collection."""
        return self.value if self.kind == SCALAR else ""

    @property
    def is_null(self) -> bool:
        """Tells whether this is an unset value: nothing at all, `~` or `null`."""
        return self.kind == SCALAR and self.value == "" and self.style == ""

    @property
    def items(self) -> tuple[Node, ...]:
        """Returns a sequence's nodes, () for anything else."""
        return self.value if self.kind == SEQUENCE else ()

    @property
    def pairs(self) -> tuple[tuple[Node, Node], ...]:
        """Returns a mapping's (key, value) nodes, () for anything else."""
        return self.value if self.kind == MAPPING else ()

    def get(self, key: str) -> Node | None:
        """Returns the node under `key` of a mapping, or None."""
        return next((value for name, value in self.pairs if name.value == key), None)


def compose(text: str, path: str, first_line: int = 1) -> Node | None:
    """Returns the root of the one document in `text`, None when it is empty; raises YamlProblem."""
    builder = _Builder(text, path, first_line)
    root = builder.build()
    if builder.violations:
        raise YamlProblem(
            tuple(sorted(builder.violations, key=lambda each: (each.line or 0, each.column or 0)))
        )
    return None if root is None or root.is_null else root


def _parser(text: str) -> Any:
    """Returns PyYAML's parser over `text`: the C one, else the pure one."""
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)


class _Open:
    """A collection whose end has not been read yet."""

    __slots__ = ("children", "is_mapping", "keys", "mark", "style")

    def __init__(self, event: Any, is_mapping: bool) -> None:
        self.mark, self.is_mapping = event.start_mark, is_mapping
        self.style = "flow" if event.flow_style else "block"
        self.children: list[Node] = []
        self.keys: dict[str, Node] = {}


class _Builder:
    """Turns the parser's events into nodes and collects what is wrong on the way."""

    def __init__(self, text: str, path: str, first_line: int) -> None:
        self.bom = 1 if text.startswith("\ufeff") else 0
        self.text, self.path, self.first_line = text[self.bom :], path, first_line
        self.violations: list[Violation] = []
        self.scalars: list[
            tuple[int, int, str]
        ] = []  # spans and styles, for the tabs that are allowed in them
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0

    def build(self) -> Node | None:
        """Returns the root; what is wrong is in `violations`."""
        if not self._characters_allowed():
            return None
        import yaml

        for event in self._events():
            kind = type(event)
            if len(self.violations) >= MAX_VIOLATIONS:
                return None
            if kind is yaml.ScalarEvent:
                self._decorations(event)
                self._add(self._scalar(event))
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._decorations(event)
                self.stack.append(_Open(event, kind is yaml.MappingStartEvent))
                if len(self.stack) > MAX_DEPTH:
                    self._refuse(DEPTH, event.start_mark.index, f"nested more than {MAX_DEPTH} levels deep")
                    return None
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._add(self._collection(self.stack.pop(), event.end_mark))
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent and not self._document(event):
                return None
        self._tabs()
        return self.root

    def _events(self) -> Iterator[Any]:
        """Yields the parser's events up to the end or the first mistake, which becomes a violation."""
        import yaml

        parser = _parser(self.text)
        try:
            while parser.check_event():
                yield parser.get_event()
        except yaml.MarkedYAMLError as error:
            if "nesting depth" in str(error.problem) and error.problem_mark is not None:  # a limit of its own
                message = f"nested more than {MAX_DEPTH} levels deep"
                self._refuse(DEPTH, error.problem_mark.index, message)
            else:
                self._syntax(error)
        finally:
            parser.dispose()

    # ---- nodes

    def _scalar(self, event: Any) -> Node:
        style = event.style or ""
        value = "" if not style and event.value in _NULLS else event.value
        self.scalars.append((event.start_mark.index, event.end_mark.index, style))
        return self._node(SCALAR, value, style, event.start_mark, event.end_mark)

    def _alias(self, event: Any) -> None:
        message = f'alias "*{event.anchor}" is not allowed'
        self._refuse(ALIAS, event.start_mark.index, message, "write the value out", event.anchor)
        self._add(self._node(SCALAR, "", "alias", event.start_mark, event.end_mark))

    def _collection(self, opened: _Open, end: Any) -> Node:
        children = opened.children
        value = (
            tuple(zip(children[::2], children[1::2], strict=True)) if opened.is_mapping else tuple(children)
        )
        kind = MAPPING if opened.is_mapping else SEQUENCE
        if opened.style == "flow" or not children:
            return self._node(kind, value, opened.style, opened.mark, end)
        last, start = children[-1], opened.mark
        line, column = start.line + self.first_line, start.column + 1
        begin = start.index + self.bom
        return Node(kind, value, "block", line, column, last.end_line, last.end_column, begin, last.end)

    def _node(self, kind: str, value: Any, style: str, start: Any, end: Any) -> Node:
        line, base = self.first_line, self.bom
        at, to = start.index + base, end.index + base
        return Node(
            kind, value, style, start.line + line, start.column + 1, end.line + line, end.column + 1, at, to
        )

    def _add(self, node: Node) -> None:
        """Puts a finished node where it belongs: into the collection that is open, or at the root."""
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if parent.is_mapping and len(parent.children) % 2 == 0:
            self._key(parent, node)
        elif parent.is_mapping and parent.style == "flow" and node.start == node.end:
            node = self._unset(parent.children[-1], node)
        parent.children.append(node)

    def _unset(self, key: Node, node: Node) -> Node:
        """Returns an unset value of a flow mapping right after its colon, on which the parsers disagree."""
        colon = self.text.find(":", key.end - self.bom, node.start - self.bom)
        at = colon + 1 if colon >= 0 else key.end - self.bom
        line, column = self._spot(at)
        return node._replace(
            line=line, column=column, end_line=line, end_column=column, start=at + self.bom, end=at + self.bom
        )

    # ---- what is refused

    def _key(self, parent: _Open, node: Node) -> None:
        at, keys = node.start - self.bom, parent.keys
        if node.kind != SCALAR or node.is_null:
            self._refuse(KEY, at, "a key must be a text", "write a word before the colon")
        elif "?" in self._gap(parent, node):
            self._refuse(
                KEY, at, "a key after a question mark is not allowed", 'write it as "key: value"', node.value
            )
        elif node.value == "<<" and not node.style:
            self._refuse(ALIAS, at, 'merge key "<<" is not allowed', "write the values out", "<<")
        elif node.value in keys:
            first = keys[node.value]
            hint = f"it stands on line {first.line} already"
            self._refuse(DUPLICATE_KEY, at, f'duplicate key "{node.value}"', hint, node.value)
        else:
            keys[node.value] = node

    def _gap(self, parent: _Open, node: Node) -> str:
        """Returns what stands between the last item and this key, without comments."""
        start = parent.children[-1].end if parent.children else parent.mark.index + self.bom
        gap = self.text[start - self.bom : node.start - self.bom]
        return "".join(line.partition("#")[0] for line in gap.splitlines()) if "?" in gap else ""

    def _decorations(self, event: Any) -> None:
        """Refuses the anchor and the tag of a node."""
        if event.anchor is not None:
            message = f'anchor "&{event.anchor}" is not allowed'
            self._refuse(
                ALIAS, event.start_mark.index, message, "write the value out where it is needed", event.anchor
            )
        if event.tag is not None:
            hint = "leave the tag out; quote the value if it must be a text"
            self._refuse(TAG, event.start_mark.index, f'tag "{event.tag}" is not allowed', hint, event.tag)

    def _document(self, event: Any) -> bool:
        """Tells whether this document may be read: the first one, without directives."""
        self.documents += 1
        head = self.text[: event.end_mark.index] if event.explicit and self.documents == 1 else ""
        if event.version or event.tags or any(line.startswith("%") for line in head.splitlines()):
            self._refuse(SYNTAX, 0, "a directive is not allowed", "leave out the line that begins with %")
            return False
        if self.documents > 1:
            self._refuse(
                DOCUMENTS, event.start_mark.index, "a second document begins here", 'leave out the line "---"'
            )
            return False
        return True

    def _syntax(self, error: Any) -> None:
        mark = error.problem_mark or error.context_mark
        at = min(mark.index, len(self.text)) if mark else len(self.text)
        if self.text[at : at + 1] == "\t":
            self._refuse(TAB, at, "a tab is not allowed here", _TAB_HINT)
            return
        what = " ".join(str(error.problem or error.context or "cannot be understood").split())
        hint = next((hint for words, hint in _SYNTAX_HINTS if words in what), None)
        self._refuse(SYNTAX, at, f"not YAML: {what}", hint, what)

    def _characters_allowed(self) -> bool:
        import re

        found = re.search(_UNWANTED, self.text)
        if found is None:
            return True
        name = f"U+{ord(found[0]):04X}"
        self._refuse(CHARACTER, found.start(), f"character {name} is not allowed", "remove it", name)
        return False

    def _tabs(self) -> None:
        """Refuses tabs that stand anywhere but in quotes, in a literal or folded text, or in a comment.

        The two parsers disagree about the others, and YAML allows most of them only by accident.
        """
        from bisect import bisect_right

        text = self.text
        at = text.find("\t")
        while at >= 0 and not self.violations:
            index = bisect_right(self.scalars, at, key=lambda span: span[0]) - 1
            _, end, style = self.scalars[index] if index >= 0 else (0, 0, "")
            if at < end and style and style in "'\"":
                at = text.find("\t", end)
                continue
            line = text.rfind("\n", 0, at) + 1
            in_comment = at >= end and "#" in text[max(line, end) : at]
            # At the beginning of a line of a literal text it might be indentation or text.
            in_literal = at < end and style != "" and text[line:at].strip(" ") != ""
            if not in_comment and not in_literal:
                self._refuse(TAB, at, "a tab is not allowed here", _TAB_HINT)
            line_end = text.find("\n", at)
            at = text.find("\t", line_end) if line_end >= 0 else -1

    def _refuse(self, code: str, at: int, message: str, hint: str | None = None, subject: str = "") -> None:
        """Adds a violation at a character offset of the text."""
        line, column = self._spot(at)
        self.violations.append(
            Violation(
                code=code,
                message=message,
                path=self.path,
                line=line,
                column=column,
                hint=hint,
                subject=subject,
            )
        )

    def _spot(self, at: int) -> tuple[int, int]:
        """Returns the line and column of a character offset of the text."""
        if "\r" not in self.text:
            return self.text.count("\n", 0, at) + self.first_line, at - self.text.rfind("\n", 0, at)
        before = self.text[:at].replace("\r\n", "\n").replace("\r", "\n")
        return before.count("\n") + self.first_line, len(before) - before.rfind("\n")
