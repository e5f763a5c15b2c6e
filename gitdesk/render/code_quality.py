"""GitLab's code quality report: an array of issues with fingerprints, shown in merge requests."""

from __future__ import annotations

from gitdesk.render.finding import ERROR, NOTE, WARN
from gitdesk.render.json_lines import render_object
from gitdesk.render.text import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitdesk.render.finding import Finding

_SEVERITIES = {ERROR: "major", WARN: "minor", NOTE: "info"}


def render_code_quality(findings: Iterable[Finding], *, place: str = "gitdesk.yaml") -> Iterator[str]:
    """Yields the parts of the array; a finding without a path stands at `place`, since each must have one."""
    between = "\n"
    yield "["
    for finding in findings:
        yield between + _issue(
            finding.code,
            finding.message,
            finding.path or place,
            finding.line or 1,
            _SEVERITIES[finding.severity],
            finding.fingerprint,
        )
        between = ",\n"
    yield "]\n" if between == "\n" else "\n]\n"


def _issue(code: str, text: str, path: str, line: int, severity: str, mark: str) -> str:
    return render_object(
        {
            "description": safe(text),
            "check_name": code,
            "fingerprint": mark,
            "severity": severity,
            "location": {"path": path, "lines": {"begin": line}},
        }
    )
