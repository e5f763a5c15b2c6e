"""Edits inside brackets: an item or an entry more or less, the rest of the line as it is."""

from __future__ import annotations

from gitdesk.store import scalar
from gitdesk.store.scan import Entry
from gitdesk.store.sheet import Splice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.store.fresh import Value
    from gitdesk.store.scan import Group
    from gitdesk.store.sheet import Sheet

Span = tuple[int, int]


def take_out(sheet: Sheet, group: Group, spans: Sequence[Span], index: int) -> Splice:
    """Returns the splice that deletes one of several spans between brackets with its comma."""
    (start, end), text = spans[index], sheet.text
    if len(spans) == 1:
        if "#" in text[group.start + 1 : start] + text[end : group.end - 1]:
            sheet.decline("a comment stands inside these brackets", group.start)
        return Splice(group.start, group.end, text[group.start] + text[group.end - 1])
    if index + 1 < len(spans):
        first, last = start, spans[index + 1][0]
    else:
        first, last = spans[index - 1][1], end
    if "#" in text[first:start] + text[end:last]:
        sheet.decline("a comment stands between these items", start)
    return Splice(first, last, "")


def put_in(sheet: Sheet, group: Group, key: str, value: Value) -> Splice:
    """Returns the splice that adds a key with its value behind the last one of a mapping in brackets."""
    entries = [item for item in group.items if isinstance(item, Entry)]
    if not entries:
        sheet.decline("these brackets are empty", group.start)
    quotes = '"' if all(sheet.text[entry.start] == '"' for entry in entries) else ""  # as JSON has it
    at = entries[-1].value.end
    return Splice(at, at, f", {scalar.write(key, style=quotes, flow=True)}: {_written(value, quotes)}")


def _written(value: Value, quotes: str) -> str:
    if isinstance(value, str):
        return scalar.write(value, style=quotes, flow=True)
    texts = [item for item in value if isinstance(item, str)]
    if texts:
        return "[" + ", ".join(scalar.write(text, style=quotes, flow=True) for text in texts) + "]"
    pairs = [item for item in value if not isinstance(item, str)]
    return (
        "{"
        + ", ".join(
            f"{scalar.write(name, style=quotes, flow=True)}: {_written(item, quotes)}" for name, item in pairs
        )
        + "}"
    )
