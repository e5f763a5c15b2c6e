"""The hot path of an edit: one line of a ticket laid out as gitdesk writes it, or a message at its end.

It gives exactly the text that the careful editor (`amend`) gives, or nothing; a property test holds both to that. Like
there the edit is proved: the result is read again and must say what was wanted.
"""

from __future__ import annotations

from gitdesk.domain.format import render_message
from gitdesk.store import quick
from gitdesk.store.source import Source, split_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.document import Document
    from gitdesk.domain.ticket import Message, Ticket

_LINES = ("title", "requester", "channel", "status", "priority", "type", "group", "assignee")
# What some reader of YAML takes for something else than a text.
_READ_OTHERWISE = frozenset(("true", "false", "null", "yes", "no", "on", "off", "y", "n"))


def amended(document: Document, after: Ticket) -> str | None:
    """Returns the document's text changed to say `after`; None for any edit but the plainest of the plainest file."""
    before = document.ticket
    if before is None or b"\r" in document.data or not document.data.startswith(b"---\n"):
        return None
    text = document.data.decode("utf-8")
    stop = text.find("\n---\n", 3) + 1
    header: str | None = text[3:stop]
    for key in _LINES:
        header = _set(header, f"\n{key}:", getattr(before, key), getattr(after, key))
    if before.fields != after.fields:
        header = _set_fields(header, dict(before.fields), dict(after.fields))
    below = text[stop:]
    if before.messages != after.messages:
        below = _say(below, before.messages, after.messages)
    if not header or not below:
        return None
    text = f"---{header}{below}"
    source = split_text(text, document.path)
    proved = isinstance(source, Source) and quick.ticket(source, document.path) == after
    return text if proved else None


def _set(header: str | None, start: str, old: object, new: object) -> str | None:
    """Returns the header with the one line that begins so and says the old value saying the new one."""
    if header is None or old == new:
        return header
    if not isinstance(old, str) or not isinstance(new, str) or not _needs_no_thought(new):
        return None
    line = f"{start} {old}\n" if old else f"{start}\n"
    return header.replace(line, f"{start} {new}\n") if header.count(line) == 1 else None


def _set_fields(header: str | None, old: dict[str, object], new: dict[str, object]) -> str | None:
    if old.keys() != new.keys():
        return None
    for name in old:
        header = _set(header, f"\n  {name}:", old[name], new[name])
    return header


def _needs_no_thought(value: str) -> bool:
    """Tells whether a value is words of letters and digits, which no reader of YAML takes for anything but a text."""
    words = value.split(" ")
    return (
        value[:1].isalpha()
        and value.isascii()
        and all(word.replace("-", "").replace("_", "").isalnum() for word in words)
        and value.lower() not in _READ_OTHERWISE
    )


def _say(below: str, before: tuple[Message, ...], after: tuple[Message, ...]) -> str:
    """Returns what follows the header with one message more, "" where something else is asked for."""
    if len(after) != len(before) + 1 or after[:-1] != before or below[-1:] != "\n" or below[-2:] == "\n\n":
        return ""
    return f"{below}\n{render_message(after[-1])}\n"
