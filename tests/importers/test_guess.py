"""A shape is proposed by the names of columns and what stands in them; no column is left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from readers import read, written

from gitdesk.errors import UsageError
from gitdesk.importers import csv_
from gitdesk.importers.guess import Unguessed, shape_of
from gitdesk.importers.guess_objects import shape_of_objects
from gitdesk.importers.losses import Report
from gitdesk.importers.stream import Settings

# Made-up rows in the shapes that public logs have.
PROBLEMS = (
    "SR Number;Change Date+Time;Status;Sub Status;Involved Org line 3;SR Latest Impact;Product;Owner First Name\n"
    "1-1;2012-03-31T15:59:42+01:00;Accepted;In Progress;Org line A2;Medium;PROD1;Ana\n"
    "1-1;2012-04-01T15:59:42+01:00;Completed;Closed;Org line A2;Medium;PROD1;Ana\n"
)
INCIDENTS = (
    "Incident ID;DateStamp;IncidentActivity_Number;IncidentActivity_Type;Assignment Group;KM number\n"
    "IM1;07-01-2013 08:17:17;001A1;Reassignment;TEAM1;KM1\nIM1;27-01-2013 08:17:17;001A2;Closed;TEAM1;KM1\n"
)
MANAGED = (
    "number,incident_state,active,sys_mod_count,caller_id,opened_by,opened_at,sys_updated_by,sys_updated_at,contact_type,"
    "impact,priority,assignment_group,assigned_to,problem_id\n"
    "INC1,New,true,0,Caller 1,Opened by 8,29/2/2016 01:16,Updated by 21,29/2/2016 01:23,"
    "Phone,2 - Medium,3 - Moderate,Group 56,?,?\n"
    "INC1,Closed,false,1,Caller 1,Opened by 8,29/2/2016 01:16,Updated by 9,5/3/2016 12:00,"
    "Phone,2 - Medium,3 - Moderate,Group 56,Resolver 1,?\n"
)
MINED = (
    "case:concept:name,concept:name,lifecycle:transition,time:timestamp,org:resource,case:AMOUNT_REQ\n"
    "173688,A_SUBMITTED,COMPLETE,2011-10-01 00:38:44.546000+02:00,112,20000\n"
    "173688,A_CLOSED,COMPLETE,2011-10-02 00:38:44.546000+02:00,112,20000\n"
)
TRACKED = (
    "Issue key,Issue Type,Summary,Status,Priority,Assignee,Reporter,Created,Updated,Labels\n"
    "A-1,Bug,It broke,Open,High,ana,bo,15/Mar/21 3:07 PM,16/Mar/21 3:07 PM,a\n"
)


def proposed(tmp_path: Path, text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Returns the shape proposed for a file, and the tickets the file makes by it."""
    path = written(tmp_path / "log.csv", text)
    shape = shape_of(*csv_.first_rows(path, Settings(), Report(), 1000))
    return shape, read(csv_, path, shape=shape)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            PROBLEMS,
            {
                "ticket": "SR Number",
                "at": "Change Date+Time",
                "by": "Owner First Name",
                "title": "Case {SR Number}",
            },
        ),
        (INCIDENTS, {"ticket": "Incident ID", "at": "DateStamp", "event_id": "IncidentActivity_Number"}),
        (INCIDENTS, {"date_format": "%d-%m-%Y %H:%M:%S"}),
        (
            MANAGED,
            {"ticket": "number", "at": "sys_updated_at", "by": "sys_updated_by", "created": "opened_at"},
        ),
        (
            MANAGED,
            {"requester": "caller_id", "author": "opened_by", "channel": "contact_type", "empty": ["?"]},
        ),
        (MANAGED, {"date_format": "%d/%m/%Y %H:%M"}),
        (MINED, {"ticket": "case:concept:name", "at": "time:timestamp", "by": "org:resource"}),
        (TRACKED, {"ticket": "Issue key", "created": "Created", "updated": "Updated", "title": "Summary"}),
        (TRACKED, {"date_format": "%d/%b/%y %I:%M %p", "requester": "Reporter"}),
    ],
)
def test_columns_are_known_by_their_names(tmp_path: Path, text: str, expected: dict[str, Any]) -> None:
    shape, tickets = proposed(tmp_path, text)
    assert {key: shape.get(key) for key in expected} == expected
    assert len(tickets) == 1
    assert "_unread" not in tickets[0]
    assert len(tickets[0]["events"]) in (0, text.count("\n") - 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PROBLEMS, {"status": "Status", "priority": "SR Latest Impact", "group": "Involved Org line 3"}),
        (PROBLEMS, {"fields.sub_status": "Sub Status", "fields.product": "Product"}),
        (
            INCIDENTS,
            {"status": "IncidentActivity_Type", "group": "Assignment Group", "fields.km_number": "KM number"},
        ),
        (MANAGED, {"status": "incident_state", "priority": "priority", "group": "assignment_group"}),
        (MANAGED, {"assignee": "assigned_to", "fields.impact": "impact", "fields.problem_id": "problem_id"}),
        (MINED, {"status": "concept:name", "fields.lifecycle_transition": "lifecycle:transition"}),
        (TRACKED, {"status": "Status", "type": "Issue Type", "assignee": "Assignee", "tags": "Labels"}),
    ],
)
def test_words_of_a_ticket_and_fields_are_set(tmp_path: Path, text: str, expected: dict[str, str]) -> None:
    sets = proposed(tmp_path, text)[0]["set"]
    assert {key: sets.get(key) for key in expected} == expected


def test_an_event_id_that_repeats_is_none(tmp_path: Path) -> None:
    assert "event_id" not in proposed(tmp_path, INCIDENTS.replace("001A2", "001A1"))[0]


def test_a_column_that_differs_within_a_ticket_is_no_fact_of_its_beginning(tmp_path: Path) -> None:
    text = (
        "case,start time,end time,opened by,comments\n"
        "1,2020-01-01T10:00:00Z,2020-01-01T11:00:00Z,ana,3\n"
        "1,2020-01-02T10:00:00Z,2020-01-02T11:00:00Z,bo,4\n"
    )
    shape, (ticket,) = proposed(tmp_path, text.replace("end time", "timestamp"))
    assert shape["at"] == "timestamp"
    assert shape["set"] == {
        "fields.start_time": "start time",
        "fields.opened_by": "opened by",
        "fields.comments": "comments",
    }
    assert ticket["created"] == "2020-01-01T11:00:00Z"
    steady = proposed(
        tmp_path, text.replace("end time", "timestamp").replace("2020-01-02T10", "2020-01-01T10")
    )[0]
    assert steady["created"] == "start time"


def test_date_and_time_in_columns_of_their_own_are_joined(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id,day,hour\n1,24.12.2020,10:00\n")
    shape = {"ticket": "id", "at": "{day} {hour}", "date_format": "%d.%m.%Y %H:%M"}
    assert read(csv_, path, shape=shape)[0][0]["created"] == "2020-12-24T10:00:00"


def test_objects_with_events_are_recognised() -> None:
    found = {
        "id": "1",
        "created": "2006-01-11 15:49:42+00:00",
        "impact": "High",
        "meta": {"product": "P"},
        "events": [
            {
                "at": "2006-01-11 15:49:42+00:00",
                "by": "Ana",
                "status": "Queued",
                "group": "A",
                "country": "se",
            }
        ],
    }
    assert shape_of_objects([found, {**found, "id": "2"}]) == {
        "ticket": "id",
        "events": "events",
        "at": "at",
        "by": "by",
        "created": "created",
        "title": "Case {id}",
        "set": {
            "priority": "impact",
            "fields.meta_product": "meta.product",
            "status": "status",
            "group": "group",
            "fields.country": "country",
        },
    }


def test_objects_that_are_events_are_recognised() -> None:
    rows = [
        {"case": {"id": "7"}, "activity": "A", "timestamp": f"2020-01-0{day}T00:00:00Z"} for day in (1, 2)
    ]
    assert shape_of_objects(rows) == {
        "ticket": "case.id",
        "at": "timestamp",
        "title": "Case {case.id}",
        "set": {"status": "activity"},
    }


def test_what_could_be_told_is_there_to_be_completed() -> None:
    with pytest.raises(Unguessed) as caught:
        shape_of(["alpha", "beta", "state"], [["x", "2020-01-01", "open"], ["x", "2020-01-02", "closed"]])
    assert caught.value.shape == {
        "ticket": None,
        "at": "beta",
        "title": None,
        "set": {"status": "state", "fields.alpha": "alpha"},
    }


@pytest.mark.parametrize(
    ("columns", "rows", "reason"),
    [
        (["a", "b"], [["1", "2"]], "no column looks like the id of a ticket"),
        (["id", "b"], [["1", "2"]], "no column looks like the time"),
        (["id", "at"], [], "no column looks like the time"),
    ],
)
def test_what_cannot_be_guessed_is_said(columns: list[str], rows: list[list[str]], reason: str) -> None:
    with pytest.raises(UsageError, match=reason) as caught:
        shape_of(columns, rows)
    assert columns[1] in str(caught.value.hint)
