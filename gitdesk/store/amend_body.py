"""Line edits below the header: messages are appended, the description or a message's text is corrected."""

from __future__ import annotations

from gitdesk.domain import format as grammar
from gitdesk.store.sheet import Splice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.domain.ticket import Message
    from gitdesk.store.sheet import Sheet


def describe(sheet: Sheet, description: str) -> str:
    """Returns the text with another description."""
    return sheet.spliced(described(sheet, grammar.escape(description)))


def described(sheet: Sheet, written: str) -> list[Splice]:
    """Returns the splices that give the text another description, as it is to be written there."""
    starts = _starts(sheet)
    end = starts[0] if starts else len(sheet.text)
    return _describe(sheet, end, written)


def converse(sheet: Sheet, before: Sequence[Message], after: Sequence[Message]) -> str:
    """Returns the text with other messages; what stays keeps its bytes."""
    return sheet.spliced(_messages(sheet, _starts(sheet), before, after))


def _starts(sheet: Sheet) -> list[int]:
    at = sheet.source.body
    return [at + start for start in grammar.message_starts(sheet.text[at:])]


def _describe(sheet: Sheet, end: int, new: str) -> list[Splice]:
    text, at = sheet.text, sheet.source.body
    old = text[at:end]
    start = at + len(old) - len(old.lstrip("\n"))
    if not old.strip("\n"):
        lead = "" if text[:at].endswith("\n") else "\n"
        tail = "" if end == len(text) or text.startswith("\n", at) else "\n"
        return [Splice(at, at, f"{lead}\n{new}\n{tail}")]
    if not new:
        return [Splice(at, end, "\n" if end < len(text) else "")]
    return _lines(text, start, at + len(old.rstrip("\n")), new)


def _messages(
    sheet: Sheet, starts: Sequence[int], before: Sequence[Message], after: Sequence[Message]
) -> list[Splice]:
    """Returns the splices for the messages that differ, those before and behind them untouched."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    bounds = [*starts, len(sheet.text)]
    if old and len(old) == len(new):
        splices = []
        for index, (was, becomes) in enumerate(zip(old, new, strict=True), start=head):
            splices += _correct(sheet, bounds[index], bounds[index + 1], was, becomes)
        return splices
    blocks = "\n\n".join(grammar.render_message(message) for message in new)
    start, end = bounds[head], bounds[head + len(old)]
    if end < len(sheet.text) or (old and not tail):
        return [Splice(start, end, f"{blocks}\n\n" if tail and new else f"{blocks}\n" if new else "")]
    return [Splice(end, end, _gap(sheet.text) + blocks + "\n")]


def _gap(text: str) -> str:
    """Returns what must stand between the end of a file and a new block: the rest of a blank line."""
    if text.endswith("\n\n"):
        return ""
    return "\n" if text.endswith("\n") else "\n\n"


def _correct(sheet: Sheet, start: int, end: int, was: Message, becomes: Message) -> list[Splice]:
    text = sheet.text
    end = start + len(text[start:end].rstrip("\n"))
    new = grammar.render_message(becomes)
    if (was.at, was.kind, was.author, was.meta) == (becomes.at, becomes.kind, becomes.author, becomes.meta):
        lines = 2 if was.meta else 1
        kept = text[start:end].split("\n")[:lines]
        new = "\n".join([*kept, *new.split("\n")[lines:]])
    return _lines(text, start, end, new)


def _lines(text: str, start: int, end: int, new: str) -> list[Splice]:
    """Returns the splice that makes text[start:end] say `new`, without the lines that begin and end alike."""
    old_lines, new_lines = text[start:end].split("\n"), new.split("\n")
    head = _common(old_lines, new_lines)
    if head == len(old_lines) or head == len(new_lines):  # keep a line to hang the others on
        head = max(head - 1, 0)
    tail = _common(old_lines[head + 1 :][::-1], new_lines[head + 1 :][::-1])
    start += sum(len(line) + 1 for line in old_lines[:head])
    end -= sum(len(line) + 1 for line in old_lines[len(old_lines) - tail :])
    return [Splice(start, end, "\n".join(new_lines[head : len(new_lines) - tail]))]


def _common(left: Sequence[object], right: Sequence[object]) -> int:
    """Returns how many items both begin with."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
