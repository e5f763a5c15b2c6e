"""Reads a header as a mapping of entries: by the scanner, or by YAML when the scanner does not take it."""

from __future__ import annotations

from gitdesk.store.scan import Group, scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.store.source import Source


def read(source: Source, path: str) -> Group:
    """Returns the header's entries with their places; raises YamlProblem."""
    entries = scan(source)
    if entries is not None:
        return Group(True, entries, False, source.begin, source.stop)
    from gitdesk.store import front_matter

    return front_matter.read(source, path)
