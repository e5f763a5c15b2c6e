"""What a check found in each of its formats: it is all there, and nothing in a file means anything there."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

import jsonschema
import pytest
from made_cycles import AS_OF, HOSTILE

from gitdesk import resources
from gitdesk.cli.check import FORMATS
from gitdesk.domain.baseline import Sieve, parse, render
from gitdesk.domain.violation import WARN, Violation
from gitdesk.render.table import Page
from gitdesk.reports.violations import CheckReport
from gitdesk.reports.writing import write

COMMIT = "5" * 40
ONE = Violation(
    code="F040", message='unknown status "opne"', path="tickets/7K/GD-7K3QX4M2.md", line=7, column=9,
    hint='did you mean "open"?', subject="status=opne", excerpt="status: opne", commit=COMMIT,
)  # fmt: skip
TWO = Violation(
    code="C062", message="nothing about low", path="gitdesk.yaml", line=3, column=1, severity=WARN
)
PRINTING = set(map(chr, range(0x20))) - {"\n", "\r"} | set("\x7f\x9b\u202e\u2066\u2028")
HOSTILE_ONES = [
    Violation(code="F020", message=text, path=f"tickets/{text}", line=1, column=1, hint=text, excerpt=text)
    for text in HOSTILE
]


def written(found: Sequence[Violation], name: str) -> str:
    """Returns what violations become in a format."""
    parts: list[bytes] = []
    write(CheckReport(found, about="all"), [(name, parts.append)], Page(now=AS_OF, width=None))
    return b"".join(parts).decode()


def test_text_shows_place_line_caret_commit_and_hint() -> None:
    assert written([ONE, TWO], "table") == (
        'tickets/7K/GD-7K3QX4M2.md:7:9: F040 error unknown status "opne" (commit 5555555555)\n'
        "    7 | status: opne\n"
        "      |         ^\n"
        '    hint: did you mean "open"?\n'
        "gitdesk.yaml:3:1: C062 warn nothing about low\n"
    )


def test_json_is_as_its_schema_says_and_has_a_commit_only_where_there_is_one() -> None:
    made = json.loads(written([ONE, TWO], "json"))
    jsonschema.validate(made, json.loads(resources.read("schema", "output.schema.json")))
    assert [each.get("commit") for each in made["items"]] == [COMMIT, None]
    assert made["summary"] == {"errors": 1, "warnings": 1, "about": "all"}


def test_junit_has_a_suite_a_rule_and_a_warning_does_not_fail() -> None:
    root = ET.fromstring(written([ONE, ONE, TWO], "junit"))
    assert [(suite.get("name"), suite.get("failures")) for suite in root] == [
        ("F040 unknown-status", "2"),
        ("C062 config-policy-priority", "0"),
    ]
    assert root.find(".//system-out") is not None


def test_junit_of_a_sound_desk_has_a_case_that_passes() -> None:
    root = ET.fromstring(written([], "junit"))
    assert (root.get("tests"), root.get("failures")) == ("1", "0")


def test_sarif_knows_every_rule_and_points_at_the_spot() -> None:
    [run] = json.loads(written([ONE, TWO], "sarif"))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in run["results"]] == ["F040", "C062"]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 7, "startColumn": 9}


@pytest.mark.parametrize("name", ["sarif", "gitlab"])
def test_two_of_one_kind_in_one_file_have_two_fingerprints_and_the_same_in_every_run(name: str) -> None:
    first, second = written([ONE, ONE], name), written([ONE, ONE], name)
    assert first == second
    assert len(set(re.findall(r'"[0-9a-f]{32}"', first))) == 2


def test_annotations_stand_at_the_line() -> None:
    assert written([ONE], "github") == (
        "::error file=tickets/7K/GD-7K3QX4M2.md,line=7,col=9,title=F040 unknown-status::"
        'unknown status "opne"%0Adid you mean "open"?\n'
    )


def test_the_summary_counts_all_and_shows_the_first() -> None:
    text = written([ONE] * 60, "summary")
    assert "**60**" in text
    assert text.count("| F040 |") == 50


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_in_a_file_steers_a_terminal_or_a_log(name: str) -> None:
    text = written(HOSTILE_ONES, name)
    if name not in (
        "json",
        "jsonl",
        "csv",
        "gitlab",
    ):  # programs read those; on a terminal they are escaped once more
        assert not PRINTING & set(text)
    starts = [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert len(starts) == (len(HOSTILE) if name == "github" else 0)


def test_every_format_of_hostile_text_is_still_of_its_kind() -> None:
    count = len(HOSTILE)
    assert len(json.loads(written(HOSTILE_ONES, "json"))["items"]) == count
    assert len(json.loads(written(HOSTILE_ONES, "gitlab"))) == count
    assert len(json.loads(written(HOSTILE_ONES, "sarif"))["runs"][0]["results"]) == count
    assert ET.fromstring(written(HOSTILE_ONES, "junit")).get("failures") == str(count)
    rows = list(csv.reader(io.StringIO(written(HOSTILE_ONES, "csv"), newline="")))
    assert {len(row) for row in rows} == {9}
    assert not any(cell[:1] in "=+@" for row in rows[1:] for cell in row if cell)


def test_a_baseline_leaves_out_and_counts() -> None:
    report = CheckReport([ONE, TWO])
    report.sieve = Sieve(parse(render([ONE]).encode(), "b.json"))
    assert list(report.items()) == [TWO]
    assert report.summary() == "0 errors, 1 warning, 1 left out by the baseline"


def test_a_written_baseline_has_everything_and_tells_nothing() -> None:
    report = CheckReport([ONE, TWO])
    report.recording = True
    assert list(report.items()) == []
    assert report.recorded == [ONE, TWO]


def test_a_baseline_written_over_another_keeps_only_what_that_had_and_tells_the_rest() -> None:
    report = CheckReport([ONE, TWO])
    report.recording, report.sieve = True, Sieve(parse(render([ONE]).encode(), "b.json"))
    assert list(report.items()) == [TWO]
    assert report.recorded == [ONE]
