"""Writes one YAML scalar so that readers of YAML 1.2 and of YAML 1.1 both read back the same text."""

from __future__ import annotations

from gitdesk.lazy import pattern

TEXT, NULL, BOOLEAN, OLD_BOOLEAN, NUMBER, TIME, SPECIAL = (
    "text", "null", "boolean", "old boolean", "number", "time", "special",
)  # fmt: skip

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


def _cased(*words: str) -> frozenset[str]:
    return frozenset(form for word in words for form in (word, word.capitalize(), word.upper()))


_BOOLEANS = _cased("true", "false")
_OLD_BOOLEANS = _cased("y", "yes", "n", "no", "on", "off")  # of YAML 1.1 only
# The core schema of 1.2, the types of 1.1 (octal 017, 1_000, sexagesimal 17:00) and what PyYAML makes of them.
_NUMBER = pattern(
    r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"
    r"|(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
)
_TIME = pattern(
    r"\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?"
)
# Characters a plain or single-quoted scalar cannot hold, or that would mislead a reader of the raw file.
_HIDDEN = pattern(
    "[^ -~\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_FLOW_MARK = pattern(r"[,\[\]{}?]|:(?![\w/])")
_FIRST = pattern(r"[^\s,\[\]{}#&*!|>'\"%@`?:-]|-(?=[^\s,\[\]{}-])")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0", "\x1b": "\\e"}


def kind_of(text: str) -> str:
    """Returns what a plain scalar means to the most eager reader: one of the constants above."""
    if text in _NULLS:
        return NULL
    if text in _BOOLEANS:
        return BOOLEAN
    if text in _OLD_BOOLEANS:
        return OLD_BOOLEAN
    if text in ("<<", "="):
        return SPECIAL
    if not text[:1].isdigit() and text[:1] not in ("+", "-", "."):
        return TEXT  # neither a number nor a time, and no pattern needs compiling to see it
    if _NUMBER.fullmatch(text):
        return NUMBER
    return TIME if _TIME.fullmatch(text) else TEXT


def is_hidden(text: str) -> bool:
    """Tells whether a text has characters that only a double-quoted scalar can hold."""
    if text.isascii() and text.isprintable():
        return False  # compiling the pattern takes longer than Python takes to start
    return _HIDDEN.search(text) is not None


def write(text: str, *, style: str = "", like: str = TEXT, flow: bool = False) -> str:
    """Returns the scalar for one line of a header.

    `style` is the quote to keep if it can hold the text; `like` is what the value there meant so far: a number
    follows a number without quotes. `flow` is for places inside brackets.
    """
    if is_hidden(text):
        return _double(text)
    if style == '"':
        return _double(text)
    if style == "'":
        return _single(text)
    if _is_plain(text, flow) and kind_of(text) in (TEXT, like) and text not in _NULLS:
        return text
    return _double(text) if "'" in text else _single(text)


def _is_plain(text: str, flow: bool) -> bool:
    """Tells whether the text may stand without quotes as far as grammar goes."""
    if not _FIRST.match(text) or text[-1] in " \t:" or ": " in text or " #" in text or "\t" in text:
        return False
    return not (flow and _FLOW_MARK.search(text))


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _double(text: str) -> str:
    return '"' + "".join(_escaped(char) for char in text) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if not is_hidden(char):
        return char
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
