"""Line edits of one key in a mapping: set its text, unset it, insert it, take it out."""

from __future__ import annotations

from gitdesk.domain.ticket import HEADER_KEYS
from gitdesk.store import amend_flow, fresh, scalar
from gitdesk.store.scan import Entry, Group, Token
from gitdesk.store.sheet import Splice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.store.sheet import Sheet

_RANK = {key: rank for rank, key in enumerate(HEADER_KEYS)}


# ---- a text


def set_text(sheet: Sheet, entry: Entry, value: str, *, flow: bool, like: str) -> list[Splice]:
    """Returns the splices that make an entry say `value`, "" to unset it."""
    token = entry.value
    if not isinstance(token, Token):
        kind = "names and values" if token.is_map else "a list"
        sheet.refuse(f'"{entry.key}" holds {kind}, not one text', token.start)
    if token.start == token.end and token.style not in ("|", ">"):
        if entry.colon < 0:
            sheet.decline(f'"{entry.key}" has no colon', entry.start)
        return [Splice(entry.colon, entry.colon, " " + _write(sheet, token, value, flow, like))]
    if not value:
        return _unset(sheet, entry, token, flow)
    if token.style in ("|", ">"):
        return _set_block(sheet, token, value)
    written = _write(sheet, token, value, flow, like)
    # JSON may go without the blank behind the colon, a plain text may not.
    glue = " " if sheet.text[token.start - 1] == ":" and written[0] not in "'\"" else ""
    return [Splice(token.start, token.end, glue + written)]


def _write(sheet: Sheet, token: Token, value: str, flow: bool, like: str) -> str:
    """Returns the new text in the quotes of the old one; what stood plain as a number or a time may stay plain."""
    if not token.style and not token.is_null and like == scalar.TEXT:
        like = scalar.kind_of(sheet.text[token.start : token.end])
    return scalar.write(value, style=token.style, like=like, flow=flow)


def _unset(sheet: Sheet, entry: Entry, token: Token, flow: bool) -> list[Splice]:
    # In brackets, and where the value stands below its key, perhaps behind a comment, nothing is not enough.
    if flow or sheet.text[entry.colon : token.start].strip(" \t"):
        return [Splice(token.start, token.end, "null")]
    comment = _comment(sheet, token)
    return [Splice(entry.colon, token.end, f" {comment}" if comment else "")]


def _set_block(sheet: Sheet, token: Token, value: str) -> list[Splice]:
    """Sets a literal or folded text: its first line stays, its lines below become the new ones."""
    lines = value.split("\n")
    fits = value.strip() == value and not any(scalar.is_hidden(line) for line in lines)
    below = sheet.next_line(token.start)
    old = sheet.text[below : token.end]
    first = next((line for line in old.split("\n") if line.strip(" ")), None)
    if fits and first is not None and (token.style == "|" or len(lines) == 1):
        indent = first[: len(first) - len(first.lstrip(" "))]
        return [Splice(below, token.end, "\n".join(indent + line if line else "" for line in lines))]
    comment = _comment(sheet, token)
    return [Splice(token.start, token.end, scalar.write(value) + (f" {comment}" if comment else ""))]


def _comment(sheet: Sheet, token: Token) -> str:
    """Returns the comment in the first line of a literal or folded text, which its span covers."""
    if token.style not in ("|", ">"):
        return ""
    _, mark, comment = sheet.text[token.start : sheet.next_line(token.start)].partition("#")
    return (mark + comment).rstrip("\n")


# ---- entries that come and go


def insert(sheet: Sheet, key: str, value: fresh.Value) -> list[Splice]:
    """Returns the splices that insert a missing top-level key where a fresh ticket has it."""
    head = sheet.head
    if head.is_flow:
        return [amend_flow.put_in(sheet, head, key, value)]
    entries = sheet.entries
    margin = sheet.indent(entries[0].start) if entries else ""
    lines = [margin + line for line in fresh.key_lines(key, value)]
    apart = key in _RANK and key not in fresh.STABLE
    at = _place_for(sheet, entries, key)
    above = sheet.text[sheet.line_start(at - 1) : at].strip() if at > sheet.source.begin else ""
    below = sheet.text[at : sheet.next_line(at)].strip() if at < sheet.source.stop else ""
    if apart and above:
        lines.insert(0, "")
    if apart and below:
        lines.append("")
    return [Splice(at, at, "".join(f"{line}\n" for line in lines))]


def _place_for(sheet: Sheet, entries: Sequence[Entry], key: str) -> int:
    """Returns where a new key's line begins: behind the nearest key that a fresh ticket has above it."""
    if not entries:
        return sheet.source.begin
    if key not in _RANK or not any(entry.key in _RANK for entry in entries):
        return sheet.next_line(entries[-1].value.end)
    above = [entry for entry in entries if _RANK.get(entry.key, len(_RANK)) < _RANK[key]]
    if above:
        return sheet.next_line(max(above, key=lambda entry: _RANK[entry.key]).value.end)
    return above_comments(sheet, entries[0].start)


def above_comments(sheet: Sheet, offset: int) -> int:
    """Returns where the line of an offset begins, or the first of the comment lines right above it."""
    at = sheet.line_start(offset)
    while at > sheet.source.begin:
        previous = sheet.line_start(at - 1)
        if not sheet.text[previous:at].lstrip(" ").startswith("#"):
            break
        at = previous
    return at


def take_out(sheet: Sheet, group: Group, entry: Entry) -> list[Splice]:
    """Returns the splices that delete one entry of a mapping, with its lines or its comma."""
    if group.is_flow:
        spans = [(item.start, item.value.end) for item in group.items if isinstance(item, Entry)]
        return [amend_flow.take_out(sheet, group, spans, spans.index((entry.start, entry.value.end)))]
    sheet.indent(entry.start)
    return [sheet.delete_lines(entry.start, entry.value.end)]


def put_in(sheet: Sheet, owner: Entry, name: str, value: fresh.Value) -> list[Splice]:
    """Returns the splices that add a name and a value to the mapping of an entry, in order if it is ordered."""
    group = owner.value
    if isinstance(group, Token) and group.value:
        sheet.refuse(f'"{owner.key}" holds one text, not names and values', group.start)
    if isinstance(group, Group) and group.items and not group.is_map:
        sheet.refuse(f'"{owner.key}" holds a list, not names and values', group.start)
    if isinstance(group, Token) or not group.items:
        lines = fresh.key_lines(name, value)
        return below(sheet, owner, [f"  {line}" for line in lines])
    if group.is_flow:
        return [amend_flow.put_in(sheet, group, name, value)]
    entries = [item for item in group.items if isinstance(item, Entry)]
    margin = sheet.indent(entries[0].start)
    new = "".join(f"{margin}{line}\n" for line in fresh.key_lines(name, value))
    names = [entry.key for entry in entries]
    rank = sum(1 for each in names if each < name) if names == sorted(names) else len(names)
    at = sheet.next_line(entries[rank - 1].value.end) if rank else above_comments(sheet, entries[0].start)
    return [Splice(at, at, new)]


def below(sheet: Sheet, entry: Entry, lines: Sequence[str]) -> list[Splice]:
    """Returns the splices that put lines below a key that has no value, or an empty one."""
    value = entry.value
    if entry.colon < 0 or sheet.head.is_flow:
        sheet.decline(f'"{entry.key}" stands in brackets', entry.start)
    margin = sheet.indent(entry.start)
    at = sheet.next_line(entry.colon)
    splices = [Splice(at, at, "".join(f"{margin}{line}\n" for line in lines))]
    if value.end > value.start:
        if sheet.text[entry.colon : value.start].strip(" \t") or "\n" in sheet.text[value.start : value.end]:
            sheet.decline(f'the value of "{entry.key}" does not stand beside it', value.start)
        splices.append(Splice(entry.colon, value.end, ""))
    return splices
