"""A shape says what columns mean; what it does not name is told, and a shape that means nothing is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from readers import adds_up, read, written

from gitdesk.errors import Unreadable, UsageError
from gitdesk.importers import csv_, jsonl

HELD = {
    "ticket": "id",
    "events": "events",
    "at": "at",
    "by": "by",
    "created": "created",
    "title": "Problem {id} ({product})",
    "set": {"status": "status", "priority": "impact", "group": "group", "fields.country": "country"},
}


def json_file(tmp_path: Path, *objects: dict[str, Any]) -> str:
    return written(tmp_path / "old.jsonl", "".join(json.dumps(one) + "\n" for one in objects))


def test_objects_that_hold_their_events_are_tickets(tmp_path: Path) -> None:
    found = {
        "id": 7,
        "created": "2006-01-11 15:49:42+00:00",
        "impact": "High",
        "product": "P1",
        "events": [
            {
                "at": "2012-03-15 11:53:52+00:00",
                "by": "Min",
                "status": "Done",
                "group": "A2",
                "country": None,
                "x": 5,
            },
            {"at": "2006-01-11 15:49:42+00:00", "by": "Tom", "status": "Queued", "group": "A1", "sub": ""},
        ],
    }
    (ticket,), report = read(jsonl, json_file(tmp_path, found), shape=HELD)
    assert ticket == {
        "source": {"system": "old", "id": "7"},
        "_line": 1,
        "_rows": 3,
        "_unread": [["x", "5"]],
        "title": "Problem 7 (P1)",
        "created": "2006-01-11 15:49:42+00:00",
        "author": "Tom",
        "status": "Done",
        "priority": "High",
        "group": "A2",
        "fields": {"country": None},
        "events": [
            {
                "at": "2006-01-11 15:49:42+00:00",
                "by": "Tom",
                "changes": {"status": {"to": "Queued"}, "group": {"to": "A1"}},
            },
            {
                "at": "2012-03-15 11:53:52+00:00",
                "by": "Min",
                "changes": {"status": {"to": "Done"}, "group": {"to": "A2"}, "fields.country": {"to": None}},
            },
        ],
    }
    assert adds_up([ticket], report)


def test_several_lists_of_one_object_become_one_history(tmp_path: Path) -> None:
    found = {
        "key": "A-1",
        "meta": {"opened": "2020-01-01T00:00:00Z", "size": 3},
        "history": [{"when": "2020-01-03T00:00:00Z", "to": {"name": "closed"}}],
        "comments": [
            {
                "when": "2020-01-02T00:00:00Z",
                "text": " hello\n",
                "id": 9,
                "kind": "note",
                "who": {"mail": "a@b.c"},
            }
        ],
    }
    shape = {
        "ticket": "key",
        "events": ["history", "comments"],
        "at": "when",
        "by": "who.mail",
        "created": "meta.opened",
        "event_id": "id",
        "message": "text",
        "message_kind": "kind",
        "set": {"status": "to.name"},
    }
    (ticket,), _ = read(jsonl, json_file(tmp_path, found), shape=shape)
    assert ticket["events"] == [
        {
            "at": "2020-01-02T00:00:00Z",
            "by": "a@b.c",
            "id": "comments:9",
            "changes": {},
            "message": {"kind": "note", "text": " hello\n"},
        },
        {"at": "2020-01-03T00:00:00Z", "changes": {"status": {"to": "closed"}}},
    ]
    assert ticket["_unread"] == [["meta.size", "3"]]


def test_the_same_key_of_ticket_and_event_is_read_or_told_for_each(tmp_path: Path) -> None:
    found = {"id": "A", "events": [{"at": "2020-01-02T00:00:00Z", "id": "e1"}]}
    shape = {"ticket": "id", "events": "events", "at": "at"}
    assert read(jsonl, json_file(tmp_path, found), shape=shape)[0][0]["_unread"] == [["id", "e1"]]
    assert "_unread" not in read(jsonl, json_file(tmp_path, found), shape={**shape, "event_id": "id"})[0][0]


def test_json_rows_are_grouped_as_those_of_a_csv_file(tmp_path: Path) -> None:
    rows = [
        {"case": number % 2, "t": 1_330_000_000 + number, "s": number, "tags": ["a", "b"]}
        for number in range(4)
    ]
    shape = {"ticket": "case", "at": "t", "set": {"fields.s": "s", "tags": "tags"}}
    tickets, report = read(jsonl, json_file(tmp_path, *rows), shape=shape)
    assert [one["source"]["id"] for one in tickets] == ["0", "1"]
    assert tickets[1]["events"][1] == {
        "at": 1_330_000_003,
        "changes": {"fields.s": {"to": 3}, "tags": {"to": ["a", "b"]}},
    }
    assert adds_up(tickets, report)


def test_broken_events_and_objects_are_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    good = {"at": "2012-03-15T11:53:52Z", "status": "a"}
    path = json_file(
        tmp_path,
        {"id": "1", "events": [good, {"at": "soon"}, 5, {}]},
        {"events": [good]},
        {"id": "3", "events": []},
        {"id": "4", "created": "2012-03-15", "events": None},
    )
    with pytest.raises(Unreadable, match=r'old\.jsonl:1: "soon" is not a time'):
        read(jsonl, path, shape=HELD)
    tickets, report = read(jsonl, path, shape=HELD, keep_going=True)
    assert [(one["source"]["id"], len(one["events"])) for one in tickets] == [("1", 1), ("4", 0)]
    assert [(bad.place.line, bad.items) for bad in report.refused] == [(1, 1), (1, 1), (1, 1), (2, 2), (3, 1)]
    assert adds_up(tickets, report)


def test_texts_that_differ_from_row_to_row_change_with_them(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv",
        "id,at,subject,who\n1,2020-01-01,old,ana\n1,2020-01-02,,ana\n1,2020-01-03,new,ana\n2,2020-01-01,same,bo\n2,2020-01-02,same,bo\n",
    )
    shape = {"ticket": "id", "at": "at", "title": "subject", "requester": "who", "channel": "=email"}
    (first, second), _ = read(csv_, path, shape=shape)
    assert (first["title"], first["requester"], first["channel"]) == ("new", "ana", "email")
    assert [event["changes"] for event in first["events"]] == [
        {"title": {"to": "old"}},
        {},
        {"title": {"to": "new"}},
    ]
    assert [event["changes"] for event in second["events"]] == [{}, {}]


def test_empty_cells_unset_but_never_the_status(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", 'id,at,s,g,t\n1,2020-01-01,open,g1,"a; b;"\n1,2020-01-02,?, NULL ,?\n')
    shape = {
        "ticket": "id",
        "at": "at",
        "separator": ";",
        "empty": ["?", "NULL"],
        "set": {"status": "s", "group": "g", "tags": "t"},
    }
    (ticket,), _ = read(csv_, path, shape=shape)
    assert [event["changes"] for event in ticket["events"]] == [
        {"status": {"to": "open"}, "group": {"to": "g1"}, "tags": {"to": ["a", "b"]}},
        {"group": {"to": None}, "tags": {"to": None}},
    ]
    assert (ticket["status"], ticket["group"], ticket["tags"]) == ("open", None, None)


def test_a_row_may_be_a_whole_ticket(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv",
        "Key,Summary,Status,Created,Updated,Note\n"
        "A-1,Broken,Done,15/Mar/21 3:07 PM,16/Mar/21,last words\nA-2,Slow,Open,,,\nA-3,x,Open,soon,,\n",
    )
    shape = {
        "ticket": "Key",
        "title": "Summary",
        "created": "Created",
        "updated": "Updated",
        "message": "Note",
        "date_format": ["%d/%b/%y %I:%M %p", "%d/%b/%y"],
        "set": {"status": "Status"},
    }
    (ticket,), report = read(csv_, path, shape=shape, keep_going=True)
    assert ticket == {
        "source": {"system": "a", "id": "A-1"},
        "_line": 2,
        "_rows": 1,
        "title": "Broken",
        "status": "Done",
        "created": "2021-03-15T15:07:00",
        "updated": "2021-03-16T00:00:00",
        "messages": [{"text": "last words"}],
        "events": [],
    }
    assert [str(bad.place)[-1] + bad.reason for bad in report.refused] == [
        "3has no time",
        '4"soon" is not a time',
    ]
    assert adds_up([ticket], report)


def test_columns_left_out_and_columns_unread_are_told_where_they_hold_something(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id,at,a,b,c,d\n1,2020-01-01,,x,y,\n1,2020-01-02,z,,y,\n")
    (ticket,), _ = read(csv_, path, shape={"ticket": "id", "at": "at", "ignore": ["c", "d"]})
    assert ticket["_unread"] == [["a", "z"], ["b", "x"]]
    assert ticket["_ignored"] == ["c"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"ticket": None}, '"ticket" is missing'),
        ({"at": None}, 'needs "at"'),
        ({"at": None, "created": "at", "events": "x"}, 'has "events" but not "at"'),
        ({"tikcet": "id"}, 'shape has no key "tikcet"'),
        ({"ticket": 5}, "shape.ticket takes the name of a column"),
        ({"set": ["status"]}, "shape.set takes names and columns"),
        ({"set": {"statsu": "id"}}, 'shape.set has no "statsu"'),
        ({"set": {"fields.": "id"}}, 'shape.set has no "fields."'),
        ({"set": {"status": 5}}, "shape.set.status takes the name of a column"),
        ({"by": "nobody"}, 'there is no column "nobody" for shape.by'),
        ({"title": "a {nobody}"}, 'there is no column "nobody" for shape.title'),
        ({"date_format": "%d.%m"}, "has no day, month and year"),
        ({"date_format": "%Q"}, 'cannot be read at "%Q"'),
    ],
)
def test_a_shape_that_means_nothing_is_refused(tmp_path: Path, change: dict[str, Any], reason: str) -> None:
    path = written(tmp_path / "a.csv", "id,at\n1,2020-01-01\n")
    with pytest.raises(UsageError, match=reason.replace(".", r"\.")):
        read(csv_, path, shape={"ticket": "id", "at": "at", **change})


def test_a_misspelt_column_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "Incident ID,Opened\n1,2020-01-01\n")
    with pytest.raises(UsageError) as caught:
        read(csv_, path, shape={"ticket": "incident id", "at": "Opened"})
    assert caught.value.hint == 'did you mean "Incident ID"?'
