"""What CI servers read: well formed whatever is in a ticket, stable, and each finding where it belongs."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitdesk.render.annotations import render_annotations
from gitdesk.render.code_quality import render_code_quality
from gitdesk.render.finding import ERROR, NOTE, WARN, Case, Finding, Kind, Suite, fingerprint
from gitdesk.render.junit import attribute, content, render_junit
from gitdesk.render.sarif import render_sarif, uri

HOSTILE = (
    "\x1b[31mred", "::error file=x::owned", "%0A::error::owned", "a|b", "]]>", "nul \0", "\u202eleft", "=cmd|calc!A1",
    "</script><script>", "a\r\n::warning::b", "\udc80", "\ufffe\uffff", "a:b,c=d", "&<>\"'",
)  # fmt: skip
ANY = st.text(st.characters() | st.sampled_from("\0\x1b\r\n:%,<>&]\udc80\ufffe\u202e"), max_size=12)
KINDS = (
    Kind(code="x1", name="First", summary="the first"),
    Kind(code="x2", name="Second", summary="s", severity=WARN),
)


def found(text: str = "late", **parts: object) -> Finding:
    return Finding(**{"code": "x1", "message": text, "path": "tickets/7K/GD-7K3QX4M2.md", "line": 3, **parts})  # type: ignore[arg-type]


# JUnit


@settings(deadline=None)
@given(ANY)
def test_any_text_survives_in_xml_as_text(text: str) -> None:
    root = ET.fromstring(f'<a b="{attribute(text)}">{content(text)}</a>')
    assert not set((root.get("b") or "") + (root.text or "")) & set("\0\x1b\r\u202e\ufffe")
    if text.isascii() and text.isprintable():
        assert root.get("b") == (root.text or "") == text


def test_junit_counts_what_stands_in_it() -> None:
    cases = (
        Case(name="a", seconds=3),
        Case(name="b", failure="late", failure_kind="x", details="one\ntwo", seconds=4),
        Case(name="c", error="unreadable"),
        Case(name="d", skipped="void"),
        Case(name="e", output="careful", path="tickets/a.md", group="other"),
    )
    suite = Suite(name="first", cases=cases, properties=(("as-of", "now"),))
    text = "".join(render_junit("desk", [suite, Suite(name="second")]))
    root = ET.fromstring(text)
    assert root.attrib == {"name": "desk", "tests": "5", "failures": "1", "errors": "1", "time": "7"}
    first, second = root
    assert (first.get("tests"), first.get("skipped"), second.get("tests")) == ("5", "1", "0")
    assert [each.tag for each in first] == ["properties"] + ["testcase"] * 5
    assert [case.get("classname") for case in first.iter("testcase")] == ["first"] * 4 + ["other"]
    failure = first.find(".//failure")
    assert failure is not None
    assert (failure.get("message"), failure.get("type"), failure.text) == ("late", "x", "one\ntwo")
    assert "".join(render_junit("desk", [suite, Suite(name="second")])) == text


# What the schema that Jenkins holds results to allows: attributes, and what may stand inside.
ALLOWED = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "time", "skipped"}, {"properties", "testcase"}),
    "properties": (set(), {"property"}),
    "property": ({"name", "value"}, set()),
    "testcase": ({"name", "time", "classname"}, {"skipped", "error", "failure", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"message"}, set()),
    "system-out": (set(), set()),
}


def test_junit_has_nothing_that_a_strict_reader_refuses() -> None:
    case = Case(
        name="a", path="tickets/a.md", failure="f", error="e", skipped="s", output="o", seconds=100_000
    )
    root = ET.fromstring(
        "".join(render_junit("x", [Suite(name="y", cases=(case,), properties=(("a", "b"),))]))
    )
    for element in root.iter():
        attributes, inside = ALLOWED[element.tag]
        assert set(element.attrib) <= attributes, element.tag
        assert {each.tag for each in element} <= inside
        assert re.fullmatch(r"[0-9]*", element.get("time", ""))
    assert "tickets/a.md\nf" in [element.text for element in root.iter("failure")]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_title_breaks_out_of_junit(words: str) -> None:
    case = Case(name=words, group=words, failure=words, details=words, output=words, path=words)
    root = ET.fromstring("".join(render_junit(words, [Suite(name=words, cases=(case,))])))
    assert [each.tag for each in root.iter()] == [
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "system-out",
    ]


# SARIF


def test_a_sarif_log_has_one_run_with_rules_and_results() -> None:
    findings = (found(), found(code="x2", severity=WARN, column=7, hint="do this"), found(path="", line=None))
    text = "".join(render_sarif(findings, KINDS, version="1.2.3", properties={"desk": "Acme"}))
    log = json.loads(text)
    assert set(log) == {"$schema", "version", "runs"}
    (run,) = log["runs"]
    assert run["tool"]["driver"]["semanticVersion"] == "1.2.3"
    assert run["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    assert run["properties"] == {"desk": "Acme"}
    first, second, third = run["results"]
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("x1", 0, "error")
    assert second["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 7}
    assert second["message"]["text"] == "late\ndo this"
    assert "locations" not in third


def test_an_empty_sarif_log_is_one_too() -> None:
    assert json.loads("".join(render_sarif((), KINDS, version="1")))["runs"][0]["results"] == []


@pytest.mark.parametrize("words", HOSTILE)
def test_no_title_steers_who_reads_sarif_or_code_quality(words: str) -> None:
    one = found(words, title=words, hint=words)
    elsewhere = found(words, path=f"tickets/{words}.md")
    for text in (
        "".join(render_sarif([one, elsewhere], KINDS, version="1", problems=[words])),
        "".join(render_code_quality([one])),
    ):
        json.loads(text)
        assert not set(text) & set("\0\x1b\r\u202e")


def test_a_path_becomes_a_reference() -> None:
    assert uri("tickets/7K/GD 1%.md") == "tickets/7K/GD%201%25.md"
    assert uri("č\udc80") == "%C4%8D%80"


# Annotations


def test_an_annotation_has_its_place_and_its_data_escaped() -> None:
    (line,) = render_annotations([found("50% late\nsecond", title="a, b: c", column=2)])
    assert line == (
        "::error file=tickets/7K/GD-7K3QX4M2.md,line=3,col=2,title=a%2C b%3A c::50%25 late%0Asecond\n"
    )
    kinds = [
        line.split(" ")[0] for line in render_annotations([found(severity=each) for each in (WARN, NOTE)])
    ]
    assert kinds == ["::warning", "::notice"]
    assert list(render_annotations([found(path="", line=None)])) == ["::error::late\n"]


@settings(deadline=None)
@given(ANY, ANY, ANY)
def test_text_of_a_ticket_starts_no_command_and_ends_no_property(text: str, title: str, path: str) -> None:
    lines = list(render_annotations([found(text, title=title, path=path, hint=text)]))
    assert len(lines) == 1
    assert lines[0].count("\n") == 1
    head, data = lines[0].removeprefix("::error").split("::", 1)
    assert "\r" not in data
    assert head.count(",") + bool(head) <= 3
    assert not set(lines[0]) & set("\0\x1b\u202e")


# Code quality


def test_code_quality_gives_every_issue_a_place_and_a_fingerprint() -> None:
    issues = json.loads("".join(render_code_quality([found(fingerprint="f"), found(path="", severity=NOTE)])))
    assert issues[0] == {
        "description": "late",
        "check_name": "x1",
        "fingerprint": "f",
        "severity": "major",
        "location": {"path": "tickets/7K/GD-7K3QX4M2.md", "lines": {"begin": 3}},
    }
    assert (issues[1]["severity"], issues[1]["location"]["path"]) == ("info", "gitdesk.yaml")
    assert json.loads("".join(render_code_quality(()))) == []


def test_fingerprints_tell_parts_apart() -> None:
    assert fingerprint("a", "bc") != fingerprint("ab", "c")
    assert fingerprint("x", 1) == fingerprint("x", "1")
    assert len(fingerprint("\udc80")) == 32
    assert found().severity == ERROR
