"""Reads plain headers, with the place of everything, without a YAML library.

The scanner takes the shapes people and gitdesk usually write and hands back None for anything else; what it
takes it reads exactly as `store.front_matter` does, which a property test holds.
"""

from __future__ import annotations

from gitdesk.lazy import pattern
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from gitdesk.store.source import Source


class Token(Value, kw_only=False):
    """One scalar: what it says, where it stands (offsets into Source.text) and how it is quoted.

    `style` is "" plain, "'", '"', "|" or ">"; a null is "" with style "".
    """

    value: str
    start: int
    end: int
    style: str

    @property
    def is_null(self) -> bool:
        return not self.value and not self.style


class Group(Value, kw_only=False):
    """A list of values, or a mapping of entries, and where it stands."""

    is_map: bool
    items: tuple[Token | Group | Entry, ...]
    is_flow: bool
    start: int
    end: int


class Entry(Value, kw_only=False):
    """One key of a mapping; `colon` is the offset behind its colon, -1 when it has none."""

    key: str
    start: int
    colon: int
    value: Token | Group


# A plain scalar on one line, the same to every YAML reader; trailing blanks are cut later.
_PLAIN = r"[^\s\-?:,\[\]{}#&*!|>'\"%@`][^\n#:]*(?:(?:(?<![ ])\#|:(?=\S))[^\n#:]*)*"
_SINGLE = r"'(?:[^'\n]|'')*'"
_DOUBLE = r'"[^"\\\n]*"'
_KEY = r"[A-Za-z_][A-Za-z0-9_.-]*"
_LINE = pattern(
    rf"""(?x)(?:
      (?P<key>{_KEY}):(?:[ ]+(?:(?P<plain>{_PLAIN})|(?P<single>{_SINGLE})|(?P<double>{_DOUBLE})
                               |\[(?P<flow>[\w @/.+,-]*)\]))?
    | (?P<dash>[ ]*)-[ ]+(?:(?P<item>{_PLAIN})|(?P<item_single>{_SINGLE})|(?P<item_double>{_DOUBLE}))
    | (?P<indent>[ ]+)(?P<name>{_KEY}):[ ]+(?:(?P<own>{_PLAIN})|(?P<own_single>{_SINGLE})
                                             |(?P<own_double>{_DOUBLE}))
    )?[ ]*(?:(?<=[ \n])\#[^\n]*)?\n"""
)
_FLOW_ITEM = pattern(r"[A-Za-z0-9_/.+@][\w @/.+-]*")
_NULLS = frozenset(("~", "null", "Null", "NULL"))
_STYLES = {
    "plain": "", "single": "'", "double": '"', "item": "", "item_single": "'", "item_double": '"',
    "own": "", "own_single": "'", "own_double": '"',
}  # fmt: skip
# What stands below a key, and the group that holds its indentation.
_BELOW = {
    kind: "dash" if kind.startswith("item") else "indent"
    for kind in _STYLES
    if kind.startswith(("item", "own"))
}


def scan(source: Source) -> tuple[Entry, ...] | None:
    """Returns the header's entries, None when it has a shape this scanner does not take."""
    text, pos, stop = source.text, source.begin, source.stop
    if not text[pos:stop].replace("\n", "").isprintable():
        return None
    builder = _Builder()
    match = _LINE.match
    while pos < stop:
        found = match(text, pos, stop)
        if found is None or not (found.lastgroup is None or builder.take(found, found.lastgroup)):
            return None
        pos = found.end()
    return builder.finish()


class _Builder:
    """Collects the entries of a header line by line; a method returns False when a line is not for it."""

    __slots__ = ("children", "entries", "margin", "opened", "seen")

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.seen: set[str] = set()
        self.opened: tuple[str, int] | None = None  # a key whose value may stand on the next lines
        self.children: list[Token | Group | Entry] = []
        self.margin = ""

    def add(self, key: str, start: int, value: Token | Group | None) -> bool:
        """Adds a key with its value, None for one that is empty or stands below."""
        if self.opened is not None:
            self._close()
        if key in self.seen or key in _NULLS:
            return False
        self.seen.add(key)
        if value is None:
            self.opened = (key, start)
        else:
            self.entries.append(Entry(key, start, start + len(key) + 1, value))
        return True

    def take(self, found: re.Match[str], kind: str) -> bool:
        """Adds what a line holds: a key, or an item or a name below one."""
        if kind in _BELOW:
            return self._add_child(found[_BELOW[kind]], _child(found, kind))
        key, start = found["key"], found.start("key")
        if kind == "key":
            return self.add(key, start, None)
        value = _flow(found) if kind == "flow" else _token(found, kind)
        return value is not None and self.add(key, start, value)

    def _add_child(self, indent: str, child: Token | Entry) -> bool:
        children = self.children
        if self.opened is None or (
            children and (indent != self.margin or type(children[0]) is not type(child))
        ):
            return False
        self.margin = indent
        children.append(child)
        return True

    def _close(self) -> None:
        assert self.opened is not None
        key, start = self.opened
        colon, children = start + len(key) + 1, self.children
        if not children:
            value: Token | Group = Token("", colon, colon, "")
        else:
            first, last = children[0], children[-1]
            end = last.value.end if isinstance(last, Entry) else last.end
            value = Group(isinstance(first, Entry), tuple(children), False, first.start, end)
        self.entries.append(Entry(key, start, colon, value))
        self.opened, self.children = None, []

    def finish(self) -> tuple[Entry, ...] | None:
        """Returns the entries; None when names below a key are not unique."""
        if self.opened is not None:
            self._close()
        for entry in self.entries:
            if type(entry.value) is Group and entry.value.is_map and not _names_unique(entry.value):
                return None
        return tuple(self.entries)


def _token(found: re.Match[str], kind: str) -> Token:
    start, end = found.span(kind)
    value = found[kind]
    style = _STYLES[kind]
    if style:
        inner = value[1:-1]
        return Token(inner.replace("''", "'") if style == "'" else inner, start, end, style)
    if value[-1] == " ":
        value = value.rstrip(" ")
        end = start + len(value)
    return Token("" if value in _NULLS else value, start, end, "")


def _child(found: re.Match[str], kind: str) -> Token | Entry:
    token = _token(found, kind)
    if kind[0] == "i":
        return token
    start, end = found.span("name")
    return Entry(found["name"], start, end + 1, token)


def _flow(found: re.Match[str]) -> Group | None:
    """Returns a flow list of plain words on one line; None when an item is anything else."""
    start, end = found.span("flow")
    tokens: list[Token] = []
    at = start
    for part in found["flow"].split(",") if found["flow"].strip(" ") else ():
        word = part.strip(" ")
        if not _FLOW_ITEM.fullmatch(word):
            return None
        begin = at + len(part) - len(part.lstrip(" "))
        tokens.append(Token("" if word in _NULLS else word, begin, begin + len(word), ""))
        at += len(part) + 1
    return Group(False, tuple(tokens), True, start - 1, end + 1)


def _names_unique(group: Group) -> bool:
    names = [item.key for item in group.items if type(item) is Entry]
    return len(set(names)) == len(names) and not _NULLS.intersection(names)
