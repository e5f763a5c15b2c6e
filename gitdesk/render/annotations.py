"""Workflow commands of GitHub: an annotation at the line of a file for each finding."""

from __future__ import annotations

from gitdesk.render.finding import ERROR, NOTE, WARN
from gitdesk.render.text import safe, safe_block

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitdesk.render.finding import Finding

_COMMANDS = {ERROR: "error", WARN: "warning", NOTE: "notice"}
# What a runner reads as an escape or as an end; the toolkit of actions escapes the same.
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render_annotations(findings: Iterable[Finding]) -> Iterator[str]:
    """Yields one command a line. Text of a ticket can start no command."""
    for finding in findings:
        properties = [
            ("file", finding.path),
            ("line", str(finding.line or 1) if finding.path else ""),
            ("col", str(finding.column or "")),
            ("title", finding.title),
        ]
        told = ",".join(f"{name}={safe(value).translate(_PROPERTY)}" for name, value in properties if value)
        text = finding.message + (f"\n{finding.hint}" if finding.hint else "")
        yield f"::{_COMMANDS[finding.severity]}{' ' if told else ''}{told}::{_data(text)}\n"


def _data(text: str) -> str:
    return safe_block(text).translate(_DATA)
