"""The map file of an import: read with the place of every mistake, and a first one proposed."""

from __future__ import annotations

from gitdesk.domain import near
from gitdesk.domain.import_map import KINDS, NOTE, SECTIONS, SKIP, ImportMap
from gitdesk.errors import Place, Unreadable
from gitdesk.store import scalar
from gitdesk.store.config_file import plain
from gitdesk.store.yaml_tree import MAPPING, SCALAR, compose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from gitdesk.domain.import_map import Names
    from gitdesk.store.yaml_tree import Node

MAX_BYTES = 20_000_000
_ABOUT = {
    "statuses": "status at the source: status on this desk",
    "priorities": "likewise for the other names; nothing behind the colon leaves a name out",
    "people": "name at the source: id of an agent, or Name <address>",
    "fields": "field at the source: field on this desk",
    "links": "kind of link: one that gitdesk knows",
}
_GUESSED_ZONE = "    # of times that name none; say whose they are, such as Europe/Zagreb"
_TO_FILL = {
    "ticket:": "the column of a ticket's id",
    "at:": "the column that says when; empty if a row is a whole ticket",
    "created:": "the column that says when a ticket began; empty if rows are events and nothing says it",
    "title:": 'a column, or a text with columns in it: "Case {Number}"',
}


def read_map(path: str) -> ImportMap:
    """Returns the map a file holds; raises Unreadable with the place of what is wrong."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is not UTF-8"
        raise Unreadable(f"the map cannot be read: {reason}", place=Place(path)) from None
    if len(data) > MAX_BYTES:
        raise Unreadable(f"the map has more than {MAX_BYTES:,} bytes", place=Place(path))
    root = compose(text, path)
    if root is None:
        return ImportMap()
    if root.kind != MAPPING:
        raise Unreadable("a map is keys with values", place=Place(path, root.line, root.column))
    for key, _ in root.pairs:
        if key.text not in SECTIONS:
            place = Place(path, key.line, key.column)
            raise Unreadable(f'unknown key "{key.text}"', hint=near.hint(key.text, SECTIONS), place=place)
    unchanged = _text(root, "unchanged", path) or NOTE
    if unchanged not in (NOTE, SKIP):
        node = root.get("unchanged")
        assert node is not None
        raise Unreadable(f'"unchanged" is {NOTE} or {SKIP}', place=Place(path, node.line, node.column))
    shape = root.get("shape")
    return ImportMap(
        system=_text(root, "source", path),
        time_zone=_text(root, "timezone", path),
        unchanged=unchanged,
        shape=_mapping(shape, path, plain(shape)) if shape is not None and not shape.is_null else {},
        names={kind: _names(root.get(kind), path) for kind in KINDS},
        values={key.text: _names(value, path) for key, value in _pairs(root.get("values"), path)},
    )


def _text(root: Node, key: str, path: str) -> str:
    node = root.get(key)
    if node is None or node.is_null:
        return ""
    if node.kind != SCALAR:
        raise Unreadable(f'"{key}" is one word', place=Place(path, node.line, node.column))
    return node.text


def _mapping(node: Node, path: str, value: Any) -> Mapping[str, Any]:
    if node.kind != MAPPING:
        raise Unreadable("keys with values are expected", place=Place(path, node.line, node.column))
    found: Mapping[str, Any] = value
    return found


def _pairs(node: Node | None, path: str) -> Iterable[tuple[Node, Node]]:
    if node is None or node.is_null:
        return ()
    if node.kind != MAPPING:
        raise Unreadable("names and what they become are expected", place=Place(path, node.line, node.column))
    return node.pairs


def _names(node: Node | None, path: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for key, value in _pairs(node, path):
        if value.kind != SCALAR:
            raise Unreadable(f'"{key.text}" becomes one name', place=Place(path, value.line, value.column))
        found[key.text] = None if value.is_null else value.text
    return found


def propose_map(
    names: Names, *, system: str, shape: Mapping[str, Any], time_zone: str, zone_guessed: bool = False
) -> str:
    """Returns a map with every name that was met, how often, and what it would become."""
    lines = [
        "# What this source calls things: what this desk calls them. Change the right side; commit or keep the file."
    ]
    lines += [
        "# (new) is not on the desk yet: change it, or import with --declare, which adds it to gitdesk.yaml.",
        "# The numbers say how many events, or rows of a log, tell a name; where none does, how many tickets have it.",
        "",
    ]
    lines += [f"source: {scalar.write(system)}"] if system else []
    lines += (
        [f"timezone: {scalar.write(time_zone)}{_GUESSED_ZONE if zone_guessed else ''}"] if time_zone else []
    )
    lines += ["unchanged: note    # an event that changes nothing becomes a note; skip: nothing", ""]
    if shape:
        lines += ["shape:", *_shape_lines(shape, "  "), ""]
    for kind, met in names.met.items():
        if not met:
            continue
        about = _ABOUT.get(kind)
        lines.append(f"{kind}:" + (f"    # {about}" if about else ""))
        for name, one in sorted(met.items(), key=lambda item: (-item[1].count, item[0])):
            mark = " (new)" if one.fresh else ""
            target = f" {scalar.write(one.target)}" if one.target else ""
            lines.append(f"  {scalar.write(name, flow=True)}:{target}    # {one.count:,}{mark}")
        lines.append("")
    values = {
        field: met for field, met in names.met_values.items() if any(one.unknown for one in met.values())
    }
    if values:
        lines.append("values:    # of fields that have a list of them, or a type")
        for field, met in values.items():
            lines.append(f"  {scalar.write(field, flow=True)}:")
            for name, one in sorted(met.items(), key=lambda item: (-item[1].count, item[0])):
                wrong = " (does not fit the field)" if one.unknown else ""
                target = f" {scalar.write(one.target)}" if one.target else ""
                lines.append(f"    {scalar.write(name, flow=True)}:{target}    # {one.count:,}{wrong}")
        lines.append("")
    return "\n".join(lines)


def propose_shape(columns: Iterable[str], shape: Mapping[str, Any], *, system: str) -> str:
    """Returns a map whose shape is to be completed: what could not be told stands empty, the columns above it."""
    lines = [
        "# What the columns of the file mean could not be told by their names. Write one behind what is empty",
        "# here, then import with this map. The columns are:",
        *(f"#   {' '.join(column.split())}" for column in columns),
        "",
        f"source: {scalar.write(system)}",
        "",
        "shape:",
    ]
    for line in _shape_lines(shape, "  "):
        about = _TO_FILL.get(line.strip())
        lines.append(f"{line}    # {about}" if about else line)
    return "\n".join([*lines, ""])


def _shape_lines(shape: Mapping[str, Any], indent: str) -> list[str]:
    lines = []
    for key, value in shape.items():
        name = scalar.write(str(key), flow=True)
        if isinstance(value, dict) and value:
            lines += [f"{indent}{name}:", *_shape_lines(value, indent + "  ")]
        elif isinstance(value, dict):
            lines.append(f"{indent}{name}: {{}}")
        elif isinstance(value, list | tuple):
            listed = ", ".join(scalar.write(str(each), flow=True) for each in value)
            lines.append(f"{indent}{name}: [{listed}]")
        else:
            lines.append(f"{indent}{name}:" + ("" if value is None else f" {scalar.write(str(value))}"))
    return lines
