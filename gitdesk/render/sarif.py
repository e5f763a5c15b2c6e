"""SARIF 2.1.0: findings for code scanning, a rule a kind, fingerprints that survive moved lines."""

from __future__ import annotations

from gitdesk.render.finding import ERROR, NOTE, WARN
from gitdesk.render.json_lines import render_object
from gitdesk.render.text import safe, safe_block

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.render.finding import Finding, Kind

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {ERROR: "error", WARN: "warning", NOTE: "note"}
_FINGERPRINT = "gitdesk/v1"


def render_sarif(
    findings: Iterable[Finding],
    kinds: Sequence[Kind],
    *,
    version: str,
    properties: Mapping[str, Any] | None = None,
    problems: Sequence[str] = (),
    category: str = "gitdesk",
) -> Iterator[str]:
    """Yields the parts of a SARIF file: one run, a result a line.

    `problems` are what kept the tool from judging all there was: notifications of a run that did not succeed.
    """
    driver = {"name": "gitdesk", "semanticVersion": version, "rules": [_rule(kind) for kind in kinds]}
    invocation = {
        "executionSuccessful": not problems,
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": safe(problem)}} for problem in problems
        ],
    }
    yield f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{\n'
    yield f'"tool": {{"driver": {render_object(driver)}}},\n'
    yield f'"automationDetails": {render_object({"id": f"{category}/"})},\n'
    yield f'"invocations": [{render_object(invocation)}],\n'
    yield f'"properties": {render_object(dict(properties or {}))},\n'
    yield '"columnKind": "unicodeCodePoints",\n'
    yield '"results": ['
    places = {kind.code: index for index, kind in enumerate(kinds)}
    between = "\n"
    for finding in findings:
        yield between + render_object(_result(finding, places))
        between = ",\n"
    yield "]}]}\n" if between == "\n" else "\n]}]}\n"


def _rule(kind: Kind) -> dict[str, Any]:
    return {
        "id": kind.code,
        "name": kind.name,
        "shortDescription": {"text": kind.summary},
        "fullDescription": {"text": kind.help or kind.summary},
        "help": {"text": kind.help or kind.summary},
        "defaultConfiguration": {"level": _LEVELS[kind.severity]},
    }


def _result(finding: Finding, places: Mapping[str, int]) -> dict[str, Any]:
    text = finding.message + (f"\n{finding.hint}" if finding.hint else "")
    result: dict[str, Any] = {"ruleId": finding.code}
    if finding.code in places:
        result["ruleIndex"] = places[finding.code]
    result["level"] = _LEVELS[finding.severity]
    result["message"] = {"text": safe_block(text)}
    if finding.path:
        region = {"startLine": finding.line or 1}
        if finding.column:
            region["startColumn"] = finding.column
        result["locations"] = [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": uri(finding.path), "uriBaseId": "%SRCROOT%"},
                    "region": region,
                }
            }
        ]
    result["partialFingerprints"] = {_FINGERPRINT: finding.fingerprint}
    if finding.details:
        result["properties"] = dict(finding.details)
    return result


def uri(path: str) -> str:
    """Returns a path as a relative reference of RFC 3986."""
    from urllib.parse import quote

    return quote(path.encode("utf-8", "surrogateescape"), safe="/-._~")
