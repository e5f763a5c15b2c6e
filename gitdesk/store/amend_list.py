"""Line edits of lists: one item more or less, in block style, in brackets, or beside the key."""

from __future__ import annotations

from gitdesk.store import amend_flow, scalar
from gitdesk.store.amend_entry import above_comments, below, set_text
from gitdesk.store.scan import Group, Token
from gitdesk.store.sheet import Splice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from gitdesk.store.scan import Entry
    from gitdesk.store.sheet import Sheet


def items_of(sheet: Sheet, entry: Entry) -> list[str]:
    """Returns the texts of a list; one text counts as a list of one; refuses anything else."""
    return [_text(token) for token in _tokens(sheet, entry)]


def _text(token: Token) -> str:
    return token.value.rstrip("\n") if token.style in ("|", ">") else token.value


def _tokens(sheet: Sheet, entry: Entry) -> list[Token]:
    value = entry.value
    if isinstance(value, Token):
        return [] if not value.value else [value]
    if value.is_map:
        sheet.refuse(f'"{entry.key}" holds names and values, not a list', value.start)
    tokens: list[Token] = []
    for item in value.items:
        if not isinstance(item, Token):
            sheet.refuse(f'an item of "{entry.key}" is not one text', item.start)
        tokens.append(item)
    return tokens


# ---- one item less


def remove(sheet: Sheet, entry: Entry, item: str, *, flow: bool) -> list[Splice]:
    """Returns the splices that take the first item of this text out."""
    value, tokens = entry.value, _tokens(sheet, entry)
    index = [_text(token) for token in tokens].index(item)
    if isinstance(value, Token):
        return set_text(sheet, entry, "", flow=flow, like=scalar.TEXT)
    if value.is_flow:
        return [amend_flow.take_out(sheet, value, [(token.start, token.end) for token in tokens], index)]
    _dash(sheet, tokens[index])
    return [sheet.delete_lines(tokens[index].start, tokens[index].end)]


# ---- one item more


def add(sheet: Sheet, entry: Entry, item: str, *, flow: bool) -> list[Splice]:
    """Returns the splices that put a new item in: where order asks for it, else behind the last."""
    value, tokens = entry.value, _tokens(sheet, entry)
    style = _quotes(tokens)
    if not tokens:
        return _first(sheet, entry, item, flow)
    texts = [_text(token) for token in tokens]
    rank = sum(1 for text in texts if text <= item) if texts == sorted(texts) else len(texts)
    if isinstance(value, Token):
        return _pair(sheet, value, item, rank)
    if value.is_flow:
        return [_add_flow(sheet, tokens, scalar.write(item, style=style, flow=True), rank)]
    return [_add_line(sheet, tokens, scalar.write(item, style="" if style in ("|", ">") else style), rank)]


def _quotes(tokens: Sequence[Token]) -> str:
    """Returns the quotes that all items have, "" where they have none but for need."""
    styles = {token.style for token in tokens}
    by_choice = any(not scalar.write(token.value).startswith(("'", '"')) for token in tokens)
    return styles.pop() if len(styles) == 1 and by_choice else ""


def _first(sheet: Sheet, entry: Entry, item: str, flow: bool) -> list[Splice]:
    """Puts the first item into a list that is empty, null, or has an empty text."""
    value = entry.value
    if isinstance(value, Group) and value.is_flow:
        if "#" in sheet.text[value.start : value.end]:
            sheet.decline("a comment stands inside these brackets", value.start)
        return [Splice(value.start, value.end, f"[{scalar.write(item, flow=True)}]")]
    if flow:
        sheet.decline(f'"{entry.key}" stands in brackets', entry.start)
    return below(sheet, entry, [f"  - {scalar.write(item)}"])


def _pair(sheet: Sheet, only: Token, item: str, rank: int) -> list[Splice]:
    """Makes a list of two, in brackets, of one text beside its key."""
    if only.style in ("|", ">"):
        sheet.decline("a list cannot be made of a text on lines of its own", only.start)
    old = scalar.write(only.value, style=only.style, flow=True)
    new = scalar.write(item, style=only.style, flow=True)
    first, second = (old, new) if rank else (new, old)
    return [Splice(only.start, only.end, f"[{first}, {second}]")]


def _add_flow(sheet: Sheet, tokens: Sequence[Token], new: str, rank: int) -> Splice:
    if rank == len(tokens):
        last = tokens[-1]
        before = sheet.text[tokens[-2].end : last.start] if len(tokens) > 1 else ""
        line = sheet.text[last.end : sheet.next_line(last.end)]
        if "\n" in before and line.strip(" ,\n") == "":
            return Splice(last.end, last.end, f",\n{_margin(sheet, last)}{new}")
        return Splice(last.end, last.end, f", {new}")
    following = tokens[rank]
    own_line = rank > 0 and "\n" in sheet.text[tokens[rank - 1].end : following.start]
    gap = f"\n{_margin(sheet, following)}" if own_line or _is_alone(sheet, tokens, rank) else " "
    return Splice(following.start, following.start, f"{new},{gap}")


def _is_alone(sheet: Sheet, tokens: Sequence[Token], rank: int) -> bool:
    """Tells whether the first item of several lines stands on a line of its own."""
    following = tokens[rank]
    head = sheet.text[sheet.line_start(following.start) : following.start]
    return (
        not head.strip(" ") and len(tokens) > 1 and "\n" in sheet.text[following.end : tokens[rank + 1].start]
    )


def _margin(sheet: Sheet, token: Token) -> str:
    head = sheet.text[sheet.line_start(token.start) : token.start]
    return head[: len(head) - len(head.lstrip(" "))]


def _add_line(sheet: Sheet, tokens: Sequence[Token], new: str, rank: int) -> Splice:
    dash = _dash_for(sheet, tokens, min(rank, len(tokens) - 1))
    at = sheet.next_line(tokens[rank - 1].end) if rank else above_comments(sheet, tokens[0].start)
    return Splice(at, at, f"{dash}{new}\n")


def _dash_for(sheet: Sheet, tokens: Sequence[Token], index: int) -> str:
    """Returns what shall stand before a new item: the same as before the one at `index`, or before the next like it."""
    whole = [*tokens[index:], *tokens[index - 1 :: -1]] if index else list(tokens)
    for token in [token for token in whole if token.value] + [token for token in whole if not token.value]:
        head = _head(sheet, token)
        if head.strip(" ") == "-":
            return (
                head if head.endswith(" ") else f"{head} "
            )  # behind an empty item's dash there may be no blank
    return _dash(sheet, tokens[index])


def _dash(sheet: Sheet, token: Token) -> str:
    """Returns what stands before an item on its line, such as `  - `; refuses anything but one dash."""
    head = _head(sheet, token)
    if head.strip(" ") != "-":
        sheet.decline("this item does not stand behind its dash on one line", token.start)
    return head


def _head(sheet: Sheet, token: Token) -> str:
    return sheet.text[sheet.line_start(token.start) : token.start]
