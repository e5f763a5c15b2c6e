"""Reads a query: its grammar, and every mistake in it pointed at."""

from __future__ import annotations

from gitdesk.domain.folding import fold
from gitdesk.domain.near import closest, hint
from gitdesk.domain.query_check import Checked, check_term, check_word, find_key
from gitdesk.domain.query_error import QueryError
from gitdesk.domain.query_keys import FIELD, HAS, KINDS, SORTS
from gitdesk.domain.query_tree import KEY, Words, conjoin, disjoin, negate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from gitdesk.domain.query_keys import Vocabulary
    from gitdesk.domain.query_tree import Node, Value

MAX_LENGTH, MAX_TERMS, MAX_DEPTH = 4000, 200, 30
Sort = tuple[str, bool]  # key, descending


def parse(text: str, vocabulary: Vocabulary) -> tuple[Node, tuple[Sort, ...]]:
    """Returns the tree and the sort keys of a query; raises QueryError."""
    return parse_places(text, vocabulary)[:2]


def parse_places(
    text: str, vocabulary: Vocabulary
) -> tuple[Node, tuple[Sort, ...], list[tuple[Node | None, int, int]]]:
    """Returns the tree, the sort keys, and of each part its node (None: it sorts) and where it stands in the text."""
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"a query has at most {MAX_LENGTH} characters, this one {len(text)}", text, MAX_LENGTH, MAX_LENGTH
        )
    parser = _Parser(text, vocabulary)
    return *parser.whole(), parser.places


class _Parser:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text, self.vocabulary = text, vocabulary
        self.at, self.terms, self.depth = 0, 0, 0
        self.sort: list[Sort] = []
        self.places: list[tuple[Node | None, int, int]] = []
        self.may_sort = True

    def fail(self, what: str, start: int, end: int, hint: str | None = None) -> NoReturn:
        raise QueryError(what, self.text, start, end, hint)

    def whole(self) -> tuple[Node, tuple[Sort, ...]]:
        tree = self.either()
        if self.at < len(self.text):
            self.fail("this bracket closes nothing", self.at, self.at + 1)
        return tree, tuple(self.sort)

    def blanks(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def keyword(self, word: str) -> bool:
        end = self.at + len(word)
        return self.text.startswith(word, self.at) and (
            end == len(self.text) or self.text[end] in "()" or self.text[end].isspace()
        )

    def either(self) -> Node:
        nodes, count = [], 0
        while True:
            part = self.both()
            self.blanks()
            alternative = self.keyword("OR")
            if part is None and (alternative or count):
                self.fail(
                    "OR needs something on both sides",
                    self.at,
                    self.at + 2,
                    'write "OR" in quotes to search for it',
                )
            if part is not None:
                nodes.append(part)
            if not alternative:
                return disjoin(nodes) if nodes else conjoin(())
            self.at, count = self.at + 2, count + 1

    def both(self) -> Node | None:
        nodes: list[Node] = []
        while True:
            self.blanks()
            if self.at == len(self.text) or self.text[self.at] == ")" or self.keyword("OR"):
                return conjoin(nodes) if nodes else None
            if self.keyword("AND"):
                self.at += 3
                continue
            node = self.one()
            if node is not None:
                nodes.append(node)

    def one(self) -> Node | None:
        start, end, odd = self.at, self.at, False
        while self.at < len(self.text) and (self.text[self.at] == "-" or self.keyword("NOT")):
            odd = not odd
            minus = self.text[self.at] == "-"
            end = self.at = self.at + (1 if minus else 3)
            if not minus:
                self.blanks()
        if self.at == len(self.text) or self.text[self.at].isspace() or self.text[self.at] == ")":
            typed = "minus" if self.text[end - 1] == "-" else "NOT"
            self.fail(
                f"nothing follows this {typed}", start, end, "it stands right before what is not wanted"
            )
        negated = self.at > start
        allowed, self.may_sort = self.may_sort, self.may_sort and not negated
        node = self.bracket() if self.text[self.at] == "(" else self.placed()
        self.may_sort = allowed
        return negate(node) if odd and node is not None else node

    def bracket(self) -> Node:
        start, allowed = self.at, self.may_sort
        self.at, self.depth, self.may_sort = self.at + 1, self.depth + 1, False
        if self.depth > MAX_DEPTH:
            self.fail(f"brackets are more than {MAX_DEPTH} deep", start, self.at)
        node = self.either()
        if self.at == len(self.text):
            self.fail("this bracket is not closed", start, start + 1)
        self.at, self.depth, self.may_sort = self.at + 1, self.depth - 1, allowed
        if not str(node):
            self.fail("nothing stands between these brackets", start, self.at)
        return node

    def placed(self) -> Node | None:
        start, node = self.at, self.term()
        self.places.append((node, start, self.at))
        return node

    def term(self) -> Node | None:
        self.terms += 1
        start = self.at
        if self.terms > MAX_TERMS:
            self.fail(f"a query has at most {MAX_TERMS} parts", start, start + 1)
        found = KEY.match(self.text, self.at)
        if found is None:
            return self.word()
        self.at = found.end()
        name, operator = found[1], ":" if found[2] == "=" else found[2]
        if name == "sort":
            self.sorting(start, operator)
            return None
        key = find_key(name, self.vocabulary)
        if key is None:
            names = (*KINDS, "sort", *(f"field.{field}" for field in self.vocabulary.fields))
            near = closest(name, names)
            advice = f'did you mean "{near}"?' if near else "put it in quotes to search for the words"
            self.fail(f'unknown key "{name}"', start, start + len(name), advice)
        values = self.values(key)
        return check_term(Checked(self.text, start, found.start(2), self.vocabulary), key, operator, values)

    def word(self) -> Words:
        start = self.at
        if self.text[start] == '"':
            text = self.quoted()
            return check_word(
                Checked(self.text, start, start, self.vocabulary), Words("", text, True), self.at
            )
        while (
            self.at < len(self.text) and not self.text[self.at].isspace() and self.text[self.at] not in '()"'
        ):
            self.at += 1
        text = self.text[start : self.at].rstrip("*")
        return check_word(Checked(self.text, start, start, self.vocabulary), Words("", text, False), self.at)

    def quoted(self) -> str:
        start, characters = self.at, []
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] != '"':
            if self.text[self.at] == "\\" and self.text[self.at + 1 : self.at + 2] in ("\\", '"'):
                self.at += 1
            characters.append(self.text[self.at])
            self.at += 1
        if self.at == len(self.text):
            self.fail("this quotation is not closed", start, start + 1)
        self.at += 1
        return "".join(characters)

    def values(self, key: str) -> list[tuple[Value, bool, int, int]]:
        """Reads comma-separated values: pieces between stars, whether quoted, and where each starts and ends."""
        values = []
        while True:
            start = self.at
            value, quoted = self.value()
            if start == self.at:
                can_be_unset = key in HAS or key.startswith(FIELD)
                advice = f"no:{key} finds tickets without one" if can_be_unset else None
                self.fail(f'"{key}" needs a value here', start, start + 1, advice)
            values.append((value, quoted, start, self.at))
            if self.text[self.at : self.at + 1] != ",":
                return values
            self.at += 1

    def value(self) -> tuple[Value, bool]:
        pieces, quoted = [""], False
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == '"':
                pieces[-1] += self.quoted()
                quoted = True
                continue
            if character.isspace() or character in ",()":
                break
            if character == "*":
                pieces.append("")
            else:
                pieces[-1] += character
            self.at += 1
        inner = [piece for piece in pieces[1:-1] if piece]
        return (pieces[0], *inner, pieces[-1]) if len(pieces) > 1 else (pieces[0],), quoted

    def sorting(self, start: int, operator: str) -> None:
        if operator != ":":
            self.fail('"sort" is followed by a colon', start, self.at, "write it like sort:-created")
        if not self.may_sort:
            self.fail(
                '"sort" orders the whole list and cannot stand in brackets or after a minus', start, self.at
            )
        for (piece, *rest), _, begin, end in self.values("sort"):
            name = piece.removeprefix("-")
            key = next((known for known in SORTS if fold(name) == known), None)
            if key is None or rest:
                self.fail(f'cannot sort by "{self.text[begin:end]}"', begin, end, hint(name, SORTS))
            self.sort.append((key, piece.startswith("-")))
