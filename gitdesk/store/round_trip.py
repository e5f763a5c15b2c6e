"""Changes one key of a header by ruamel's round trip, for the shapes the line editor does not take."""

from __future__ import annotations

import io
import re

from gitdesk.store import scalar
from gitdesk.store.sheet import Splice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gitdesk.store.sheet import Sheet

_COMMENT = re.compile(r"(?:^|[ \t])#[^\n]*", re.MULTILINE)


def change(sheet: Sheet, path: Sequence[str], wanted: str | list[str] | None) -> Splice | None:
    """Returns the splice that makes a key say what is wanted (None: takes it out), over the lines that differ.

    None when ruamel cannot do it either.
    """
    from ruamel.yaml.error import YAMLError

    source = sheet.source
    header = sheet.text[source.begin : source.stop]
    yaml = _yaml()
    try:
        data = yaml.load(header)
        parent = data
        for key in path[:-1]:
            parent = parent[key]
        _put(parent, path[-1], wanted)
        out = io.StringIO()
        yaml.dump(data, out)
    except (YAMLError, TypeError, KeyError, AttributeError, ValueError, NotImplementedError):
        return None
    result = out.getvalue()
    if sorted(_COMMENT.findall(result)) != sorted(_COMMENT.findall(header)):
        return None  # ruamel takes the comment behind a key along when the key goes
    return _difference(header, result, source.begin)


def _yaml() -> Any:
    from ruamel.yaml import YAML
    from ruamel.yaml.resolver import VersionedResolver

    class TextResolver(VersionedResolver):
        """Takes every scalar but null for text, so that none is written in another way than it was."""

        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            tag = super().resolve(kind, value, implicit)
            scalar_tag = str(tag).rpartition(":")[2]
            if scalar_tag in ("map", "seq", "null", "str"):
                return tag
            from ruamel.yaml.tag import Tag

            return Tag(suffix="tag:yaml.org,2002:str")

    yaml = YAML(typ="rt")
    yaml.Resolver = TextResolver
    yaml.preserve_quotes = True
    yaml.width = 1_000_000
    return yaml


def _put(parent: Any, key: str, wanted: str | list[str] | None) -> None:
    if wanted is None:
        del parent[key]
    elif isinstance(wanted, str):
        parent[key] = _scalar(wanted) if wanted else None
    elif isinstance(parent.get(key), list):
        present = parent[key]
        for item in [item for item in present if str(item) not in wanted]:
            present.remove(item)
        present.extend(_scalar(item) for item in wanted if item not in [str(each) for each in present])
    else:
        parent[key] = [_scalar(item) for item in wanted]


def _scalar(text: str) -> Any:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

    written = scalar.write(text, flow=True)
    if written.startswith("'"):
        return SingleQuotedScalarString(text)
    return DoubleQuotedScalarString(text) if written.startswith('"') else text


def _difference(old: str, new: str, begin: int) -> Splice | None:
    """Returns the splice over the lines in which two headers differ, None when there are none."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    if head == len(before) == len(after):
        return None
    start = begin + sum(map(len, before[:head]))
    middle = before[head : len(before) - tail]
    return Splice(start, start + sum(map(len, middle)), "".join(after[head : len(after) - tail]))
