"""The table of numbers: whole, and nothing that a report counts is missing in it."""

from __future__ import annotations

import json

import pytest

from gitdesk import resources
from gitdesk.reports.metrics import METRICS, REPORTS, find, of_report
from gitdesk.value import parts_of

# Keys of rows and totals that are no numbers of their own, or whose number has another name.
_NO_NUMBERS = {
    "bucket", "start", "name", "metric", "tag", "section", "person", "kind", "other", "first", "last", "ticket",
    "commit", "subject",
}  # fmt: skip
_TOLD_BY = {
    "undone": "reopen_rate", "ended": "one_touch", "no_reply": "one_touch", "p90": "median", "worked_count": "median",
    "worked_median": "median", "worked_p90": "median", "no_calendar": "first_response", "new": "open",
    "open_status": "open", "waiting": "open", "external": "open", "snoozed": "open", "priorities": "open",
    "oldest": "open", "load": "capacity", "away_until": "capacity", "seconds": "late", "tickets": "actions",
    "commits": "actions",
}  # fmt: skip


def test_names_are_used_once_and_nothing_is_left_open() -> None:
    names = [one.name for one in METRICS]
    assert len(set(names)) == len(names)
    titles = [one.title for one in METRICS]
    assert len(set(titles)) == len(titles)
    for one in METRICS:
        assert set(one.reports) <= set(REPORTS)
        assert all(getattr(one, part) for part in parts_of(one))
        assert "|" not in "".join((one.definition, one.population, one.clock, one.left_out, one.source))
        assert find(one.name) is one
    assert find("nothing") is None


@pytest.mark.parametrize("report", REPORTS)
def test_every_number_of_a_row_is_defined(report: str) -> None:
    schema = json.loads(resources.read("schema", "output.schema.json"))
    known = {one.name for one in of_report(report)}
    keys = set(schema["definitions"][f"{report}_report"]["properties"]) - _NO_NUMBERS
    if report in ("times", "audit"):
        keys -= {"count"}
        keys |= (
            set(schema["definitions"]["times_report"]["properties"]["metric"]["enum"])
            if report == "times"
            else set()
        )
    for key in keys:
        name = "backlog_age" if key.startswith("backlog_") else _TOLD_BY.get(key, key)
        assert name in known or key in known, key
