"""The breach report in each of its formats: what is in it, and that nothing in a ticket means anything there."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cycles import AS_OF, COMMIT, HOSTILE, START, cycle, report, written

from gitdesk import resources
from gitdesk.domain.sla_cycle import METRICS, STATES, Cycle
from gitdesk.render.clock_row import NAMES, cells, json_writer
from gitdesk.render.json_lines import for_terminal, render_object
from gitdesk.reports import REPORTS
from gitdesk.reports.writing import ENDINGS, WRITERS

ALL = (
    cycle("met", "GD-00000001"),
    cycle("breached", "GD-00000001", metric="first_response", loosened_by="Bo"),
    cycle("breached_running", "GD-00000002"),
    cycle("running", "GD-00000003", elapsed=28000, due_at=AS_OF, remaining=800),
    cycle("paused", "GD-00000004", elapsed=22000, remaining=6800, paused=100),
    cycle("void", "GD-00000005", breached_at=START, breach_target=1, late_by=9),
    cycle("n/a", "GD-00000006", target=None, elapsed=0, started_at=None, stopped_at=None),
    cycle("met", "GD-00000007", metric="next_response", cycle=2, no_reply=True, first_verdict="breached"),
)
PRINTING = set(map(chr, range(0x20))) - {"\n", "\r"} | set("\x7f\x9b\u202e\u2066\u2028")


@pytest.fixture(scope="module")
def hostile() -> tuple[Cycle, ...]:
    """Breaches, and clocks at risk, of tickets with every bad title; bad words everywhere else too."""
    found = []
    for number, title in enumerate(HOSTILE):
        for state in ("breached", "running"):
            words = dict.fromkeys(("assignee", "group", "policy", "priority"), title)
            found.append(cycle(state, f"GD-{number:08}", title=title, elapsed=28000, **words))
    return tuple(found)


def test_every_format_is_there_and_every_ending_means_one() -> None:
    assert set(ENDINGS.values()) <= set(WRITERS)
    assert next(iter(REPORTS)) == "sla"
    for name in WRITERS:
        assert written(report(*ALL), name)


@pytest.mark.parametrize("name", WRITERS)
def test_nothing_in_a_ticket_reaches_a_terminal_or_a_log_as_control(
    name: str, hostile: tuple[Cycle, ...]
) -> None:
    text = written(report(*hostile, desk_name=HOSTILE[0], query=HOSTILE[5], problems=HOSTILE), name)
    if name in ("json", "jsonl", "sarif", "gitlab"):
        text = for_terminal(text)
    elif name == "csv":
        return  # its fields keep what they are: the file is for programs, and the terminal gets another form
    assert set(text) & PRINTING == set()


@pytest.mark.parametrize("name", WRITERS)
def test_an_empty_desk_has_a_report_too(name: str) -> None:
    text = written(report(), name)
    assert text or name in ("jsonl", "ids", "github")


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_rows_give_the_same_bytes(name: str, hostile: tuple[Cycle, ...]) -> None:
    assert written(report(*ALL, *hostile), name) == written(report(*ALL, *hostile), name)


def test_one_run_writes_what_single_runs_write() -> None:
    names = tuple(WRITERS)
    assert written(report(*ALL), *names) == "".join(written(report(*ALL), name) for name in names)


# JSON

text_ = st.text(max_size=8)
moments = st.none() | st.datetimes(timezones=st.just(AS_OF.tzinfo)).map(
    lambda moment: moment.replace(microsecond=0)
)
rows = st.builds(
    Cycle,
    ticket=st.just("GD-7K3QX4M2"),
    title=text_,
    metric=st.sampled_from(METRICS),
    cycle=st.integers(1, 99),
    state=st.sampled_from(STATES),
    policy=text_,
    commit=text_,
    calendar=text_,
    priority=text_,
    assignee=text_,
    group=text_,
    started_at=moments,
    stopped_at=moments,
    target=st.none() | st.integers(0, 10**9),
    elapsed=st.integers(0, 10**9),
    due_at=moments,
    remaining=st.none() | st.integers(-(10**9), 10**9),
    breached_at=moments,
    breach_target=st.none() | st.integers(0, 10**9),
    breach_policy=text_,
    breach_priority=text_,
    late_by=st.integers(0, 10**9),
    loosened_by=text_,
    no_reply=st.booleans(),
    first_verdict=text_,
    first_stopped_at=moments,
    remarks=st.lists(text_, max_size=2).map(tuple),
)


def plainly(one: Cycle) -> dict[str, Any]:
    """Returns a row as JSON has it, without any short cut."""
    row = dict(zip(NAMES, cells(one), strict=True))
    if one.breached_at is None:
        row["late_by"] = 0
        for name in ("breach_target", "breach_policy", "breach_priority"):
            row.pop(name)
    if one.breached_at is None or not one.loosened_by:
        row.pop("loosened_by")
    if not one.first_verdict:
        row.pop("first_verdict")
        row.pop("first_stopped")
    if not one.remarks:
        row.pop("remarks")
    found: dict[str, Any] = json.loads(render_object(row))
    return found


@settings(deadline=None)
@given(st.lists(rows, max_size=4))
def test_rows_written_by_hand_are_what_the_encoder_writes(some: list[Cycle]) -> None:
    write = json_writer()
    assert [json.loads(write(one)) for one in some] == [plainly(one) for one in some]


@pytest.mark.parametrize("which", ["all", "none", "hostile"])
def test_json_is_what_the_published_schema_says(which: str, hostile: tuple[Cycle, ...]) -> None:
    some = {"all": ALL, "none": (), "hostile": hostile}[which]
    times = [("GD-00000001", {"open": 10})]
    whole = json.loads(written(report(*some, status_times=times, problems=["x"]), "json"))
    validator = jsonschema.Draft7Validator(json.loads(resources.read("schema", "output.schema.json")))
    validator.validate(whole)
    assert len(whole["items"]) == whole["summary"]["rows"] == len(some)
    whole["summary"].pop("states")
    assert not validator.is_valid(whole)


def test_the_summary_of_json_says_what_the_rows_come_to() -> None:
    summary = json.loads(written(report(*ALL, query="x", percent=80), "json"))["summary"]
    assert summary["compliance"]["all"] == {"met": 2, "breached": 2, "running": 1, "compliance": 0.5}
    assert [one["ticket"] for one in summary["at_risk"]] == ["GD-00000003"]
    assert summary["running_breaches"] == [
        {"ticket": "GD-00000002", "metric": "resolution", "cycle": 1, "late_by": 3600}
    ]
    assert (summary["commit"], summary["as_of"], summary["query"]) == (COMMIT, "2026-11-27T09:00:00Z", "x")
    assert summary["states"] == dict.fromkeys(STATES, 1) | {"met": 2}


def test_jsonl_is_a_row_a_line() -> None:
    lines = written(report(*ALL), "jsonl").splitlines()
    assert [json.loads(line)["ticket"] for line in lines] == [one.ticket for one in ALL]


# CSV and ids


def test_csv_has_every_column_of_every_row_and_no_formula(hostile: tuple[Cycle, ...]) -> None:
    found = list(csv.DictReader(io.StringIO(written(report(*ALL, *hostile), "csv"), newline="")))
    assert [row["ticket"] for row in found] == [one.ticket for one in (*ALL, *hostile)]
    assert list(found[0]) == list(NAMES)
    assert found[1]["breached_at"] == "2026-11-23T16:30:00Z"
    assert not [value for row in found for value in row.values() if value.startswith(("=", "+", "-", "@"))]


def test_ids_name_each_breached_ticket_once_and_those_at_risk_when_asked() -> None:
    assert written(report(*ALL, ALL[-1]), "ids").split() == ["GD-00000001", "GD-00000002"]
    asked = written(report(*ALL, with_risk=True), "ids").split()
    assert asked == ["GD-00000001", "GD-00000002", "GD-00000003", "GD-00000004"]


# What CI servers read


def test_junit_has_a_suite_a_metric_with_counts_that_are_right(hostile: tuple[Cycle, ...]) -> None:
    root = ET.fromstring(written(report(*ALL, *hostile, problems=HOSTILE), "junit"))
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["resolution", "first_response", "next_response", "data"]
    for suite in (root, *suites.values()):
        cases = list(suite.iter("testcase"))
        for count, name in (
            ("tests", None),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ):
            if suite.get(count) is not None:
                there = len(cases) if name is None else sum(case.find(name) is not None for case in cases)
                assert suite.get(count) == str(there), (suite.get("name"), count)
    resolution = suites["resolution"]
    assert resolution.get("skipped") == "2"
    late = resolution[1].find("failure")
    assert late is not None
    assert late.get("type") == "sla-breach"
    assert late.get("message") == (
        "resolution is 1 h late (9 h of 8 h, since 2026-11-23 16:30 UTC, still running)"
    )
    assert resolution[2].findtext("system-out", "").startswith("resolution has 13 min left")
    assert suites["data"].get("errors") == str(len(HOSTILE) - 1)  # an empty problem is none


def test_sarif_is_what_the_standard_asks_for(hostile: tuple[Cycle, ...]) -> None:
    log = json.loads(written(report(*ALL, *hostile, problems=["x"]), "sarif"))
    assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["sla-breach", "sla-at-risk"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"] == {"text": "x"}
    assert len(run["results"]) == 4 + len(hostile)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].startswith("tickets/00/GD-000000")
        assert place["region"]["startLine"] >= 1


def test_fingerprints_hang_on_ticket_metric_and_cycle_and_on_nothing_else() -> None:
    def prints(*cycles: Cycle) -> list[str]:
        results = json.loads(written(report(*cycles), "sarif"))["runs"][0]["results"]
        return [result["partialFingerprints"]["gitdesk/v1"] for result in results]

    first = cycle("breached")
    later = cycle("breached_running", title="another", priority="low", late_by=99, assignee="bo", group="")
    assert prints(first) == prints(later)
    others = [
        cycle("breached", "GD-00000009"),
        cycle("breached", cycle=2),
        cycle("breached", metric="update"),
    ]
    assert len(set(prints(first, *others))) == 4
    quality = json.loads(written(report(first, *others), "gitlab"))
    assert len({issue["fingerprint"] for issue in quality}) == 4


def test_github_gets_a_command_a_line_errors_first_and_no_more_than_it_shows(
    hostile: tuple[Cycle, ...],
) -> None:
    lines = written(report(*ALL, *hostile), "github").splitlines()
    kinds = [line.split(" ")[0] for line in lines]
    assert kinds == ["::error"] * (2 + len(HOSTILE)) + ["::warning"] * (2 + len(HOSTILE))
    assert lines[0] == (
        "::error file=tickets/00/GD-00000001.md,line=1,title=SLA breach%3A first response::GD-00000001: first response "
        "is 1 h late (9 h of 8 h, since 2026-11-23 16:30 UTC): Printer on fire%0Agitdesk sla explain GD-00000001"
    )
    many = written(report(*(cycle("breached", f"GD-{n:08}") for n in range(60))), "github").splitlines()
    assert len(many) == 51
    assert many[-1].startswith("::notice title=More findings::10 more")


def test_gitlab_gets_issues_with_path_line_and_severity() -> None:
    issues = json.loads(written(report(*ALL, problems=["tickets/1.md: broken"]), "gitlab"))
    assert [issue["severity"] for issue in issues] == ["major", "major", "major", "minor", "minor"]
    assert issues[0]["location"]["path"] == "tickets/1.md"
    assert all(issue["location"]["lines"]["begin"] >= 1 and issue["location"]["path"] for issue in issues)


# What people read


def test_the_table_fits_eighty_columns_and_tells_the_worst_first(hostile: tuple[Cycle, ...]) -> None:
    from gitdesk.render.text import width

    lines = written(report(*ALL, *hostile, problems=["p" * 200]), "table").splitlines()
    assert max(map(width, lines)) <= 80
    assert "not whole" in "\n".join(lines[:6])


def test_the_table_of_an_empty_desk_says_so_in_words() -> None:
    text = written(report(), "table")
    for words in ("nothing has ended yet", "nothing is breached", "nothing is at risk"):
        assert words in text


def test_no_line_of_the_table_is_a_command_to_a_runner() -> None:
    agent = cycle("breached", assignee="::add-mask::a", title="::error::a")
    lines = written(report(agent, by="agent"), "table").splitlines()
    assert any('"::add-mask::a"' in line for line in lines)
    assert not [line for line in lines if line.lstrip().startswith("::")]


def test_the_breakdown_asked_for_comes_first() -> None:
    assert "Compliance by agent" in written(report(*ALL, by="agent"), "table")
    page = written(report(*ALL, by="agent"), "html")
    assert page.index("Compliance by agent") < page.index("Compliance by metric")


def test_markdown_keeps_every_title_inside_its_cell(hostile: tuple[Cycle, ...]) -> None:
    tables = re.findall(r"(?:^\|.*\n)+", written(report(*hostile), "markdown"), re.MULTILINE)
    assert len(tables) > 8
    for table in tables:
        rows = [line.replace("\\\\", "").replace("\\|", "") for line in table.splitlines()]
        assert {row[:2] for row in rows} | {row[-2:] for row in rows} == {"| ", " |"}
        assert len({row.count("|") for row in rows}) == 1


def test_no_share_is_rounded_up_to_all() -> None:
    many = [cycle("met", f"GD-{n:08}") for n in range(1999)]
    text = written(report(*many, cycle("breached")), "table")
    assert "99.9 %" in text
    assert "100 %" not in text
