"""GitHub's issues become tickets in both spellings, with comments and events; pull requests are left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from readers import adds_up, read, written

from gitdesk.errors import Unreadable
from gitdesk.importers import github

WEB = "https://github.com/acme/web/issues/5"
API = "https://api.github.com/repos/acme/web/issues"
ANA = {"login": "ana", "id": 11}

CAMEL: dict[str, Any] = {
    "number": 5,
    "title": "Cannot log in",
    "body": "Since today.\r\n",
    "author": {"id": "MDQ6", "is_bot": False, "login": "ana", "name": "Ana Horvat"},
    "state": "CLOSED",
    "stateReason": "NOT_PLANNED",
    "createdAt": "2024-03-01T10:00:00Z",
    "updatedAt": "2024-03-03T10:00:00Z",
    "closedAt": "2024-03-03T10:00:00Z",
    "labels": [{"name": "bug"}, {"name": "good first issue"}],
    "assignees": [{"login": "marko"}, {"login": "iva"}],
    "milestone": {"title": "1.0"},
    "reactionGroups": [{"content": "THUMBS_UP"}],
    "isPinned": False,
    "url": WEB,
    "comments": [
        {
            "id": "IC_2",
            "author": {"login": "ana"},
            "body": "Now it works.",
            "createdAt": "2024-03-02T12:00:00Z",
            "url": f"{WEB}#issuecomment-2",
            "reactionGroups": [],
        },
        {
            "id": "IC_1",
            "author": None,
            "body": "Try again.",
            "createdAt": "2024-03-02T10:00:00Z",
            "url": f"{WEB}#issuecomment-1",
        },
    ],
}

SNAKE: dict[str, Any] = {
    "url": f"{API}/5",
    "html_url": WEB,
    "comments_url": f"{API}/5/comments",
    "id": 99,
    "node_id": "I_",
    "number": 5,
    "title": "Cannot log in",
    "body": None,
    "user": ANA,
    "state": "closed",
    "state_reason": "completed",
    "labels": [{"name": "bug"}],
    "assignee": {"login": "iva"},
    "assignees": [{"login": "iva"}, {"login": "tom"}],
    "milestone": None,
    "comments": 1,
    "created_at": "2024-03-01T10:00:00Z",
    "updated_at": "2024-03-09T10:00:00Z",
    "closed_at": "2024-03-05T10:00:00Z",
    "closed_by": {"login": "iva", "id": 12},
    "reactions": {"total_count": 0, "+1": 0},
    "type": {"name": "Bug"},
    "shiny": "new",
}


def event(kind: str, day: int, **more: Any) -> dict[str, Any]:
    at = f"2024-03-{day:02}T10:00:00Z"
    return {
        "id": 700 + day,
        "event": kind,
        "actor": {"login": "iva", "id": 12},
        "created_at": at,
        "issue": {"number": 5, "url": f"{API}/5"},
        **more,
    }


def file(tmp_path: Path, name: str, content: Any) -> str:
    return written(tmp_path / name, json.dumps(content))


def test_what_gh_lists_becomes_a_ticket(tmp_path: Path) -> None:
    (ticket,), report = read(github, file(tmp_path, "a.json", [CAMEL]))
    ana = "Ana Horvat <ana@users.noreply.github.com>"
    assert ticket == {
        "source": {"system": "github/acme/web", "id": "5", "url": WEB},
        "title": "Cannot log in",
        "description": "Since today.\r\n",
        "requester": ana,
        "author": ana,
        "created": "2024-03-01T10:00:00Z",
        "updated": "2024-03-03T10:00:00Z",
        "status": "not planned",
        "tags": ["bug", "good first issue"],
        "assignee": "marko",
        "watchers": ["iva"],
        "fields": {"milestone": "1.0"},
        "events": [
            {
                "id": "comment-1",
                "at": "2024-03-02T10:00:00Z",
                "by": "ghost <ghost@users.noreply.github.com>",
                "message": {"kind": "reply", "text": "Try again."},
            },
            {
                "id": "comment-2",
                "at": "2024-03-02T12:00:00Z",
                "by": "ana <ana@users.noreply.github.com>",
                "message": {"kind": "customer", "text": "Now it works."},
            },
            {
                "id": "closed",
                "at": "2024-03-03T10:00:00Z",
                "changes": {"status": {"from": "open", "to": "not planned"}},
            },
        ],
        "_rows": 3,
        "_line": 1,
        "_ignored": ["reactionGroups"],
    }
    assert adds_up([ticket], report)


def test_issues_comments_and_events_of_the_rest_api_come_together_from_several_files(tmp_path: Path) -> None:
    comment = {
        "html_url": f"{WEB}#issuecomment-3",
        "issue_url": f"{API}/5",
        "id": 3,
        "user": {"login": "iva", "id": 12},
        "created_at": "2024-03-04T10:00:00Z",
        "body": "On it.",
        "reactions": {"total_count": 2},
    }
    events = [
        event("labeled", 2, label={"name": "bug"}),
        event("unlabeled", 3, label={"name": "question"}),
        event("assigned", 2, assignee={"login": "iva"}, id=1),
        event("assigned", 3, assignee={"login": "tom"}, id=2),
        event("renamed", 4, rename={"from": "Login", "to": "Cannot log in"}),
        event("closed", 5, state_reason=None),
        event("reopened", 6),
        event("closed", 7, state_reason="not_planned"),
        event("mentioned", 8),
        event("teleported", 9),
    ]
    paths = [
        file(tmp_path, "events.json", events),
        file(tmp_path, "i.json", [SNAKE]),
        file(tmp_path, "c.json", [comment, comment]),
    ]
    (ticket,), report = read(github, *paths)
    assert ticket["author"] == "ana <11+ana@users.noreply.github.com>"
    assert (ticket["type"], ticket["status"], ticket["assignee"], ticket["watchers"]) == (
        "Bug",
        "closed",
        "iva",
        ["tom"],
    )
    assert [one.get("changes") or one["message"]["text"] for one in ticket["events"]] == [
        {"tags": {"add": ["bug"]}},
        {"assignee": {"from": None, "to": "iva"}},
        {"tags": {"remove": ["question"]}},
        {"watchers": {"add": ["tom"], "remove": []}},
        {"title": {"from": "Login", "to": "Cannot log in"}},
        "On it.",
        {"status": {"from": "open", "to": "closed"}},
        {"status": {"from": "closed", "to": "open"}},
        {"status": {"from": "open", "to": "not planned"}},
    ]
    assert ticket["_ignored"] == ["event mentioned", "reactions"]
    assert ticket["_unread"] == [["shiny", "new"], ["event teleported", "2024-03-09T10:00:00Z"]]
    assert ticket["_rows"] == 13
    assert adds_up([ticket], report)


def test_who_closed_it_is_known_without_events(tmp_path: Path) -> None:
    (ticket,), _ = read(github, file(tmp_path, "a.json", SNAKE))
    (closing,) = ticket["events"]
    assert closing["by"] == "iva <12+iva@users.noreply.github.com>"
    assert closing["changes"] == {"status": {"from": "open", "to": "closed"}}


def test_pull_requests_and_what_belongs_to_them_or_to_nothing_is_counted(tmp_path: Path) -> None:
    pull = "https://github.com/acme/web/pull/6"
    content = [
        {**SNAKE, "number": 6, "pull_request": {"url": "…"}},
        {**CAMEL, "number": 6, "url": pull},
        {
            "html_url": f"{pull}#issuecomment-9",
            "issue_url": f"{API}/6",
            "created_at": "2024-03-01T10:00:00Z",
            "body": "x",
        },
        event("closed", 3, issue={"number": 6, "pull_request": {}, "html_url": pull}),
        event("closed", 3, issue={"number": 8, "url": f"{API}/8"}),
        SNAKE,
        SNAKE,
    ]
    tickets, report = read(github, file(tmp_path, "a.json", content))
    assert [one["source"]["id"] for one in tickets] == ["5"]
    assert {name: left.count for name, left in report.left_out.items()} == {
        "pull request": 4,
        "event without its issue": 1,
        "issue that is there twice": 1,
    }
    assert adds_up(tickets, report)


def test_pages_lines_and_a_searchs_answer_are_read(tmp_path: Path) -> None:
    issues = [
        {**SNAKE, "number": number, "html_url": f"https://github.com/acme/web/issues/{number}"}
        for number in (1, 2, 3)
    ]
    pages = json.dumps(issues[:2]) + json.dumps(issues[2:])
    lines = "".join(json.dumps(one) + "\n" for one in issues)
    search = json.dumps({"total_count": 3, "incomplete_results": False, "items": issues}, indent=2)
    for text in (pages, lines, search):
        tickets, _ = read(github, written(tmp_path / "a.json", text))
        assert [one["source"]["id"] for one in tickets] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"name": "x"}, "is neither an issue nor a comment or event of one"),
        ({**SNAKE, "created_at": "soon"}, "the issue has no time it was created"),
        ({**SNAKE, "created_at": None}, "the issue has no time it was created"),
        ([1], "is no object but a list"),
    ],
)
def test_what_is_no_issue_is_told_with_its_line(tmp_path: Path, broken: Any, reason: str) -> None:
    path = written(tmp_path / "a.json", "[[\n" + json.dumps(broken) + ",\n" + json.dumps(CAMEL) + "\n]]")
    with pytest.raises(Unreadable, match=rf"a\.json:2: {reason}"):
        read(github, path)
    tickets, report = read(github, path, keep_going=True)
    assert len(tickets) == 1
    assert adds_up(tickets, report)


def test_a_source_that_was_asked_for_is_kept(tmp_path: Path) -> None:
    (ticket,), _ = read(github, file(tmp_path, "a.json", [CAMEL]), system="old")
    assert ticket["source"]["system"] == "old"
    (ticket,), _ = read(github, file(tmp_path, "a.json", [{**CAMEL, "url": None}]))
    assert ticket["source"] == {"system": "github", "id": "5"}
