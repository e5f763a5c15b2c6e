"""Events that list their changes: each with the name of what changed, from what and to what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from readers import adds_up, read, written

from gitdesk.errors import UsageError
from gitdesk.importers import csv_, jsonl
from gitdesk.importers.guess import shape_of
from gitdesk.importers.guess_objects import shape_of_objects


def person(name: str) -> dict[str, Any]:
    return {"name": name.lower(), "displayName": name, "active": True}


def item(field: str, before: str | None, after: str | None) -> dict[str, Any]:
    return {"field": field, "fieldtype": "jira", "fromString": before, "to": "3", "toString": after}


def issue(key: str, histories: list[Any], comments: list[Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Returns an issue as the search of a well-known tracker gives it, with its change log."""
    return {
        "id": f"1000{key[-1]}",
        "key": key,
        "fields": {
            "summary": f"Thing {key}",
            "description": None,
            "created": "2020-01-01T09:00:00.000+0000",
            "issuetype": {"name": "Bug", "subtask": False},
            "status": {"name": "Open", "statusCategory": {"name": "To Do"}},
            "assignee": None,
            "reporter": person("Ana"),
            "labels": [],
            "comment": {"comments": comments or [], "total": 0},
            **fields,
        },
        "changelog": {"startAt": 0, "histories": histories},
    }


def entry(number: int, *items: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(number),
        "author": person("Bo"),
        "created": f"2020-01-0{number}T09:00:00.000+0000",
        "items": list(items),
    }


ISSUES = [
    issue(
        "PRJ-1",
        [
            entry(2, item("status", "Open", "Closed"), item("assignee", None, "Bo")),
            entry(3, item("labels", "", "a b"), item("Fix Version", None, "1.0"), item("Fix Version", None, "1.1")),
            entry(4, item("Fix Version", "1.0", None), item("summary", "Old", "Thing PRJ-1"), item("Rank", "", "up")),
        ],
        [{"id": "2", "author": person("Ana"), "body": "Hello", "created": "2020-01-02T10:00:00.000+0000"}],
        status={"name": "Closed"},
        assignee=person("Bo"),
        labels=["a", "b"],
    ),
    issue("PRJ-2", []),
]  # fmt: skip


def file_of(tmp_path: Path, objects: list[dict[str, Any]]) -> str:
    return written(tmp_path / "jira.jsonl", "".join(json.dumps(one) + "\n" for one in objects))


def test_a_change_log_is_recognised_where_it_is_plain_to_see() -> None:
    shape = shape_of_objects(ISSUES)
    assert shape["changes"] == {
        "list": "items",
        "field": "field",
        "from": "fromString",
        "to": "toString",
        "lists": ["Fix Version"],
        "set": {
            "status": "status",
            "assignee": "assignee",
            "tags": "labels",
            "title": "summary",
            "fields.fix_version": "Fix Version",
            "fields.rank": "Rank",
        },
    }
    assert {key: shape.get(key) for key in ("ticket", "events", "at", "by", "event_id", "message", "separator")} == {
        "ticket": "key",
        "events": ["changelog.histories", "fields.comment.comments"],
        "at": "created",
        "by": "author.displayName",
        "event_id": "id",
        "message": "body",
        "separator": " ",
    }  # fmt: skip
    assert shape["set"] == {
        "status": "fields.status.name",
        "type": "fields.issuetype.name",
        "assignee": "fields.assignee.displayName",
        "tags": "fields.labels",
    }
    assert {key: shape[key] for key in ("created", "requester", "title")} == {
        "created": "fields.created",
        "requester": "fields.reporter.displayName",
        "title": "fields.summary",
    }


def test_things_in_lists_are_known_by_what_they_are_called(tmp_path: Path) -> None:
    found = {
        "number": 7,
        "user": {"login": "ana", "id": 1},
        "state": "closed",
        "labels": [{"name": "bug", "color": "f00"}, {"name": "ui", "color": "0f0"}],
        "assignees": [],
        "created_at": "2020-01-01T00:00:00Z",
        "timeline": [
            {
                "event": "labeled",
                "label": {"name": "ui"},
                "actor": {"login": "bo"},
                "created_at": "2020-01-02T00:00:00Z",
            }
        ],
    }
    shape = shape_of_objects([found])
    assert (shape["ticket"], shape["requester"]) == ("number", "user.login")
    assert shape["set"] == {
        "status": "state",
        "tags": "labels.name",
        "fields.event": "event",
        "fields.label": "label.name",
    }
    (ticket,), _ = read(jsonl, file_of(tmp_path, [found]), shape=shape)
    assert (ticket["status"], ticket["tags"], ticket["requester"]) == ("closed", ["bug", "ui"], "ana")
    later = {**found, "assignees": [{"login": "bo"}], "milestone": {"x": 1}}
    shape["set"]["fields.assignees"] = "assignees"
    (ticket,), _ = read(jsonl, file_of(tmp_path, [later]), shape=shape)
    assert ticket["fields"]["assignees"] == ['{"login":"bo"}']


def test_every_change_of_an_event_is_told_with_what_it_was(tmp_path: Path) -> None:
    (one, two), report = read(jsonl, file_of(tmp_path, ISSUES), shape=shape_of_objects(ISSUES))
    assert [(event["id"], event["by"], event["changes"]) for event in one["events"]] == [
        ("2", "Bo", {"status": {"from": "Open", "to": "Closed"}, "assignee": {"from": None, "to": "Bo"}}),
        ("fields.comment.comments:2", "Ana", {}),
        (
            "3",
            "Bo",
            {"tags": {"from": [], "to": ["a", "b"]}, "fields.fix_version": {"add": ["1.0", "1.1"], "remove": []}},
        ),
        (
            "4",
            "Bo",
            {
                "fields.fix_version": {"add": [], "remove": ["1.0"]},
                "title": {"from": "Old", "to": "Thing PRJ-1"},
                "fields.rank": {"from": None, "to": "up"},
            },
        ),
    ]  # fmt: skip
    assert one["events"][1]["message"] == {"text": "Hello"}
    assert (one["status"], one["assignee"], one["tags"]) == ("Closed", "Bo", ["a", "b"])
    assert "_unread" not in one
    assert "items.fieldtype" in one["_ignored"]
    assert (two["events"], two["assignee"]) == ([], None)
    assert adds_up([one, two], report)


def test_a_change_the_map_does_not_name_passes_under_the_name_it_has(tmp_path: Path) -> None:
    found = {"id": "1", "events": [{"at": "2020-01-01T00:00:00Z", "log": [
        {"what": "created", "new": "x"}, {"what": "Mood", "new": 3, "odd": 1}, {"what": "noise", "new": "y"},
        {"new": "z"}, "no object",
    ]}]}  # fmt: skip
    shape = {
        "ticket": "id",
        "events": "events",
        "at": "at",
        "changes": {"list": "log", "field": "what", "to": "new", "ignore": ["noise"]},
    }
    (ticket,), _ = read(jsonl, file_of(tmp_path, [found]), shape=shape)
    assert ticket["events"][0]["changes"] == {'"created"': {"to": "x"}, "Mood": {"to": "3"}}
    assert ticket["_unread"] == [["log.odd", "1"]]


LONG = (
    "issue,changed at,author,field,old value,new value\n"
    "1,2020-01-01T00:00:00Z,Ana,Status,New,Open\n"
    "1,2020-01-02T00:00:00Z,Bo,Severity,?,High\n"
    "1,2020-01-03T00:00:00Z,Bo,Component,,db\n"
)


def test_a_row_may_be_a_change_itself(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", LONG)
    rows = [line.split(",") for line in LONG.splitlines()]
    shape = shape_of(rows[0], rows[1:])
    assert shape["changes"] == {
        "field": "field",
        "from": "old value",
        "to": "new value",
        "set": {"status": "Status", "priority": "Severity", "fields.component": "Component"},
    }
    (ticket,), report = read(csv_, path, shape=shape)
    assert [event["changes"] for event in ticket["events"]] == [
        {"status": {"from": "New", "to": "Open"}},
        {"priority": {"from": None, "to": "High"}},
        {"fields.component": {"from": None, "to": "db"}},
    ]
    assert adds_up([ticket], report)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ("items", "shape.changes takes keys"),
        ({"list": "items", "to": "b"}, 'shape.changes does not say where "field" is'),
        ({"field": "a"}, 'shape.changes does not say where "to" is'),
        ({"field": "a", "to": "b", "form": "c"}, 'shape.changes has no key "form"'),
        ({"field": ["a"], "to": "b"}, "shape.changes.field takes the name of a column"),
        ({"field": "a", "to": "b", "set": ["status"]}, "shape.changes.set takes names"),
        ({"field": "a", "to": "b", "set": {"state": "x"}}, 'shape.changes.set has no "state"'),
        ({"field": "a", "to": "b", "set": {"status": ["x"]}}, "shape.changes.set.status takes the source's name"),
    ],
)  # fmt: skip
def test_changes_that_mean_nothing_are_refused(tmp_path: Path, changes: Any, reason: str) -> None:
    path = file_of(tmp_path, [{"id": "1"}])
    shape = {"ticket": "id", "events": "events", "at": "at", "changes": changes}
    with pytest.raises(UsageError, match=reason):
        read(jsonl, path, shape=shape)
    with pytest.raises(UsageError, match='shape has "changes" but not "at"'):
        read(jsonl, path, shape={"ticket": "id", "created": "at", "changes": {"field": "a", "to": "b"}})
