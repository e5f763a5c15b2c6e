"""Adds names to the lists of gitdesk.yaml: lines behind the last item of a list, everything else as it stands."""

from __future__ import annotations

from gitdesk.domain.config import PATH
from gitdesk.errors import Place, Refused
from gitdesk.store import config_file, scalar
from gitdesk.store.yaml_tree import SEQUENCE, compose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gitdesk.store.yaml_tree import Node

    Item = Sequence[tuple[str, str | tuple[str, ...]]]  # keys and values; a tuple is a list of values


def grown(data: bytes, additions: Mapping[tuple[str, ...], Sequence[Item]], path: str = PATH) -> bytes:
    """Returns gitdesk.yaml with items added to the lists at the given keys.

    Raises Refused with the place where a list is written so that no line can be added, or the result is no desk.
    """
    text = data.decode("utf-8")
    root = compose(text, path)
    lines = text.split("\n")
    end = "\r" if lines[0].endswith("\r") else ""
    inserts: list[tuple[int, int, list[str]]] = []  # before which line, how deep, what
    for keys, items in additions.items():
        if items:
            inserts.append(_insert(root, lines, keys, items, path))
    # From the end to the beginning; of what goes to one place the deepest comes first, it belongs to what is above.
    for at, _, fresh in sorted(inserts, key=lambda one: (-one[0], one[1])):
        if at == len(lines):
            lines.append("")  # the last line had no end
        lines[at:at] = [line + end for line in fresh]
    result = "\n".join(lines).encode("utf-8")
    config, violations = config_file.parse_config(result, path)
    if config is None:
        first = next(iter(violations))
        raise Refused(
            f"the names to add make no valid {path}: {first.message}",
            hint=first.hint or "map them to others with --map",
        )
    return result


def _insert(
    root: Node | None, lines: list[str], keys: tuple[str, ...], items: Sequence[Item], path: str
) -> tuple[int, int, list[str]]:
    """Returns before which line, how deep, and what has to be put."""
    node = root
    for depth, key in enumerate(keys):
        below = node.get(key) if node is not None else None
        if below is None or below.is_null:
            return _from_nothing(node, lines, keys[depth:], items, path)
        node = below
    assert node is not None
    if node.kind != SEQUENCE or node.style == "flow" or not node.items:
        place = Place(path, node.line, node.column)
        raise Refused("no line can be added to this list", hint="write it with one item a line", place=place)
    first = node.items[0].line
    while not lines[first - 1].lstrip().startswith("-"):
        first -= 1  # the dash stands on a line of its own
    dash = lines[first - 1].index("-")
    return _end(node), dash + 1, _item_lines(items, " " * dash)


def _from_nothing(
    node: Node | None,
    lines: list[str],
    keys: tuple[str, ...],
    items: Sequence[Item],
    path: str,
) -> tuple[int, int, list[str]]:
    """Returns the lines that bring keys along which are not there yet, or have nothing behind them."""
    if node is not None and (node.style == "flow" or not node.pairs):
        raise Refused(
            "no line can be added here",
            hint="write it with one key a line",
            place=Place(path, node.line, node.column),
        )
    step = node.pairs[0][0].column - 1 if node is not None else 0
    key = next((name for name, _ in node.pairs if name.text == keys[0]), None) if node is not None else None
    fresh = [f"{' ' * (step + 2 * number)}{name}:" for number, name in enumerate(keys)]
    fresh += _item_lines(items, " " * (step + 2 * len(keys)))
    if key is not None:  # the key is there: what follows it goes below
        return key.line, step + 2, fresh[1:]
    if step:
        assert node is not None
        return _end(node), step, fresh
    at = len(lines)
    while at and not lines[at - 1].strip():
        at -= 1
    return at, 0, ["", *fresh]


def _end(node: Node) -> int:
    """Returns the line behind which something follows a block; a block of text ends where the next line begins."""
    return node.end_line if node.end_column > 1 else node.end_line - 1


def _item_lines(items: Sequence[Item], indent: str) -> list[str]:
    lines = []
    for item in items:
        mark = "- "
        for key, value in item:
            if isinstance(value, str):
                shown = scalar.write(value)
            else:
                shown = f"[{', '.join(scalar.write(each, flow=True) for each in value)}]"
            lines.append(f"{indent}{mark}{key}: {shown}")
            mark = "  "
    return lines
