"""Reads the headers the scanner does not take: a python-frontmatter handler over the YAML tree."""

from __future__ import annotations

import re

from frontmatter.default_handlers import BaseHandler

from gitdesk.domain.violation import Violation
from gitdesk.store.scan import Entry, Group, Token
from gitdesk.store.source import Source, split_text
from gitdesk.store.yaml_tree import MAPPING, SCALAR, YamlProblem, compose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.store.yaml_tree import Node

_BLOCK_SCALAR = re.compile(r"(?:^[ \t]*|[:?-][ \t]+)[|>][-+0-9]*[ \t]*(?:#.*)?$")
_COLON = re.compile(r"[ \t]*:")
_LOOSE_TABS = re.compile(r"(?<=:)[ \t]+|[ \t]+(?=#|$)")


class TicketHandler(BaseHandler):
    """The front-matter of tickets for python-frontmatter: every scalar stays text, unsafe YAML is refused."""

    FM_BOUNDARY = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
    START_DELIMITER = END_DELIMITER = "---"

    def __init__(self, path: str = "<text>", first_line: int = 2) -> None:
        super().__init__()
        self.path, self.first_line = path, first_line

    def split(self, text: str) -> tuple[str, str]:
        """Returns header and body; raises ValueError when there is no header, as the library expects."""
        source = split_text(text, self.path)
        if not isinstance(source, Source):
            raise ValueError(source.message)
        return source.text[source.begin : source.stop], source.text[source.body :]

    def tree(self, header: str) -> Node | None:
        """Returns the header's YAML tree, offsets counted in `header`; raises YamlProblem."""
        return compose(tame_tabs(header), self.path, self.first_line)

    def load(self, fm: str) -> dict[str, Any]:
        """Returns the header as plain data: texts, None, lists and dicts; raises YamlProblem."""
        root = self.tree(fm)
        data = plain(entry_value(root, fm, 0)) if root is not None else {}
        return data if isinstance(data, dict) else {}


def read(source: Source, path: str) -> Group:
    """Returns the header as a mapping of entries; raises YamlProblem."""
    handler = TicketHandler(path, first_line=source.place(source.begin)[0])
    root = handler.tree(source.text[source.begin : source.stop])
    if root is None:
        return Group(True, (), False, source.begin, source.begin)
    value = entry_value(root, source.text, source.begin)
    if isinstance(value, Group) and value.is_map:
        return value
    line, column = source.place(value.start)
    message, hint = "the header is not made of keys and values", "write one key: value a line"
    raise YamlProblem(
        (Violation(code="F008", message=message, path=path, line=line, column=column, hint=hint),)
    )


def tame_tabs(header: str) -> str:
    """Returns the header with blanks for tabs behind a colon, before a comment and at line ends; the length stays.

    YAML allows them there and they mean the same; the lines of literal and folded texts are left alone.
    """
    if "\t" not in header:
        return header
    lines = header.split("\n")
    inside: int | None = None  # how far what surrounds the literal or folded text is indented
    for number, line in enumerate(lines):
        blanks = len(line) - len(line.lstrip(" "))
        if inside is not None and (not line.strip() or blanks > inside):
            continue
        opens = _BLOCK_SCALAR.search(line)
        # On a line of its own the sign says nothing about how far its key is indented.
        inside = (blanks if line[: opens.start()].strip() else 0) if opens else None
        if "\t" in line:
            lines[number] = _tame_line(line)
    return "\n".join(lines)


def _tame_line(line: str) -> str:
    """Returns a line with blanks for its loose tabs; with quotes in it, only those at its end are sure to be loose."""
    if "'" in line or '"' in line:
        return line.rstrip(" \t").ljust(len(line))
    return _LOOSE_TABS.sub(lambda found: " " * len(found[0]), line)


def plain(value: Token | Group) -> object:
    """Returns a value as plain data."""
    if isinstance(value, Token):
        return None if value.is_null else value.value
    if value.is_map:
        return {item.key: plain(item.value) for item in value.items if isinstance(item, Entry)}
    return [plain(item) for item in value.items if not isinstance(item, Entry)]


def entry_value(node: Node, text: str, base: int) -> Token | Group:
    """Returns a node of the tree as a token or a group; `base` is where the tree's text begins in `text`."""
    if node.kind == SCALAR:
        start, end = node.start + base, node.end + base
        if node.style in ("|", ">"):
            end = _block_end(text, start)
        return Token(node.value, start, end, node.style)
    if node.kind == MAPPING:
        items: tuple[Any, ...] = tuple(_entry(key, value, text, base) for key, value in node.value)
    else:
        items = tuple(entry_value(item, text, base) for item in node.value)
    if node.style == "flow" or not items:
        return Group(node.kind == MAPPING, items, True, node.start + base, node.end + base)
    last = items[-1]
    end = last.value.end if isinstance(last, Entry) else last.end
    return Group(node.kind == MAPPING, items, False, items[0].start, end)


def _entry(key: Node, value: Node, text: str, base: int) -> Entry:
    end = key.end + base
    behind = _COLON.match(text, end)
    colon = behind.end() if behind else -1
    found = entry_value(value, text, base)
    if isinstance(found, Token) and found.is_null and not text[found.start : found.end].strip():
        found = Token("", colon, colon, "")
    return Entry(key.value, key.start + base, colon, found)


def _block_end(text: str, start: int) -> int:
    """Returns where the literal or folded text that begins at `start` ends: behind its last line of text.

    The parsers count blank lines and comments behind it in, each in its own way.
    """
    line_end = _line_end(text, start)
    digit = re.match(r"[|>][-+]?([1-9])", text[start:line_end])
    head = text[text.rfind("\n", 0, start) + 1 : start]
    parent = len(head) - len(head.lstrip(" -"))
    indent = parent + int(digit[1]) if digit else 0
    end, at = line_end, line_end + 1
    while at < len(text):
        line_end = _line_end(text, at)
        line = text[at:line_end]
        if line.strip(" "):
            depth = len(line) - len(line.lstrip(" "))
            indent = indent or depth
            if depth < indent or depth == 0:
                break
            end = line_end
        elif indent and len(line) > indent:
            end = line_end  # blanks beyond the margin are text
        at = line_end + 1
    return end


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
