"""Formats for programs: JSON that its schema takes, CSV that no spreadsheet runs, Markdown that stays a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitdesk import resources
from gitdesk.render.csv import render_csv
from gitdesk.render.json_lines import (
    KINDS,
    SCHEMA,
    for_terminal,
    objects,
    render_envelope,
    render_lines,
    render_object,
)
from gitdesk.render.markdown import escape, render_markdown
from gitdesk.render.table import Column

COLUMNS = (Column("id"), Column("title"), Column("due", kind="duration", align="right"))
TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+-@\t\r\n,\"'|\\ "), max_size=20)


def test_the_envelope_is_one_json_value_with_an_item_a_line() -> None:
    text = "".join(render_envelope("tickets", ({"id": number} for number in range(3))))
    assert json.loads(text) == {
        "schema": SCHEMA,
        "kind": "tickets",
        "items": [{"id": 0}, {"id": 1}, {"id": 2}],
    }
    assert len(text.splitlines()) == 5
    assert json.loads("".join(render_envelope("tickets", ())))["items"] == []


def test_json_times_are_utc_and_durations_seconds() -> None:
    zagreb = timezone(timedelta(hours=1))
    value = {
        "at": datetime(2026, 11, 22, 10, tzinfo=zagreb),
        "due": timedelta(hours=1),
        "tags": ("a",),
        "x": float("inf"),
    }
    assert json.loads(render_object(value)) == {
        "at": "2026-11-22T09:00:00Z",
        "due": 3600,
        "tags": ["a"],
        "x": None,
    }


def test_items_are_written_as_they_come() -> None:
    def endless() -> Iterator[dict[str, int]]:
        while True:
            yield {"id": 1}

    assert next(render_lines(endless())) == '{"id": 1}\n'
    parts = render_envelope("tickets", endless())
    assert [next(parts), next(parts)][1] == '\n{"id": 1}'


def test_columns_of_one_name_all_survive() -> None:
    assert list(objects(("a", "a", "b"), [(1, 2, 3)])) == [{"a": 1, "a_2": 2, "b": 3}]


@given(st.text())
def test_json_for_a_terminal_says_the_same(text: str) -> None:
    shown = for_terminal(render_object({"text": text}))
    assert json.loads(shown) == {"text": text}
    assert not {"\x1b", "\x9b", "\x7f", "\u202e", "\u2066", "\u200b"} & set(shown)


@given(st.lists(st.tuples(TEXT, TEXT, st.integers() | st.none()), max_size=5))
def test_csv_reads_back_and_no_field_is_a_formula(rows: list[tuple[str, str, int | None]]) -> None:
    text = "".join(render_csv(COLUMNS, rows))
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found[0] == ["id", "title", "due"]
    for row, fields in zip(rows, found[1:], strict=True):
        for value, field in zip(row, fields, strict=True):
            if isinstance(value, str):
                assert field in (value, "'" + value)
                assert not field.startswith(("=", "+", "-", "@", "\t", "\r"))
            else:
                assert field == ("" if value is None else str(value))


def test_csv_is_rfc_4180() -> None:
    row = ("=1+1", 'say "hi", twice\nand more', timedelta(minutes=1))
    assert list(render_csv(COLUMNS, [row])) == [
        "id,title,due\r\n",
        '\'=1+1,"say ""hi"", twice\nand more",60\r\n',
    ]
    assert (
        list(render_csv(COLUMNS[:2], [(-5, datetime(2026, 1, 2, tzinfo=UTC))]))[1]
        == "-5,2026-01-02T00:00:00Z\r\n"
    )
    assert list(render_csv(COLUMNS[:2], [(True, ("a", "b"))]))[1] == 'true,"a, b"\r\n'


def test_markdown_cells_are_text_whatever_is_in_them() -> None:
    text = render_markdown(COLUMNS, [("1e5", "a|b\n<script> *x* `y` \x1b", 90), ("2", None, None)])
    lines = text.splitlines()
    assert len(lines) == 4
    assert "1e5" in lines[2]
    assert r"a\|b \<script\> \*x\* \`y\` ␛" in lines[2]
    assert "1 min" in lines[2]
    assert lines[1].endswith("-:|")


def test_a_markdown_table_may_have_no_rows() -> None:
    assert render_markdown(COLUMNS, []).splitlines()[0].startswith("| id")


@given(TEXT)
def test_markdown_escapes_keep_every_pipe_inside_its_cell(text: str) -> None:
    shown = escape(text)
    assert "\n" not in shown
    assert all(shown[:index].endswith("\\") for index, char in enumerate(shown) if char == "|")


# The published schema

ID = "GD-7K3QX4M2"
NOW = "2026-11-22T09:00:00Z"
CLOCK = {
    "ticket": ID, "title": "x", "metric": "resolution", "cycle": 1, "policy": "gold", "policy_commit": "a" * 40,
    "priority": "high", "started": NOW, "stopped": None, "target": 3600, "elapsed": 7200, "paused": 0, "closed": 0,
    "state": "breached_running", "due_at": NOW, "remaining": -3600, "breached_at": NOW, "late_by": 3600,
    "breach_target": 3600, "breach_policy": "gold", "breach_priority": "high", "no_reply": False, "assignee": None,
    "group": None, "calendar": None,
}  # fmt: skip
STRETCH = {
    "start": NOW, "end": NOW, "running": True, "elapsed": 0, "total": 0, "closed": 0, "status": "open",
    "calendar": None, "time_zone": None, "policy": "gold", "policy_commit": "a" * 40, "priority": "high",
    "target": None, "why": "created", "by": None, "commit": None, "written": None,
}  # fmt: skip
WHO = {"name": "Ana", "email": "ana@example.com"}
VALID = {
    "tickets": {"id": ID, "title": "x", "tags": ["a"], "created": NOW, "snoozed_until": None, "fields.region": "eu"},
    "ticket": {
        "id": ID,
        "path": "tickets/7K/GD-7K3QX4M2.md",
        "title": "x",
        "links": [{"kind": "blocks", "target": ID, "title": None}],
        "fields": {"region": "eu", "sites": ["a"]},
        "messages": [{"at": NOW, "kind": "note", "author": "Ana <a@b>", "body": "", "attachments": [], "meta": {}}],
        "attachments": [{"name": "a.png", "size": 3}],
    },
    "events": {
        "ticket": ID, "kind": "status", "from": "open", "to": "closed", "at": NOW, "author": WHO,
        "commit": "0" * 40, "approved_by": [], "signature": {"status": "good", "signer": "Ana"},
    },
    "hits": {"id": ID, "title": "x", "passage": "a b", "found": [[0, 1]], "rank": -1.5},
    "violations": {"code": "F010", "severity": "error", "message": "m", "path": "p", "line": 3, "hint": None},
    "outcome": {
        "id": ID, "changed": True, "commit": None, "diff": "", "events": [{"kind": "tag", "from": None, "to": "a"}],
    },
    "rows": {"count(*)": 3, "x": None, "y": 1.5, "z": "text"},
    "doctor": {"name": "git", "state": "ok", "detail": "2.43"},
    "import": {
        "tickets": {"in_files": 1, "new": 1, "with new events": 0, "unchanged": 0, "left out": 0, "refused": 0},
        "events": {
            "in_files": 2, "as commits": 2, "told by the creation": 0, "as messages": 0, "there already": 0,
            "without any content, left out": 0, "that change nothing, left out by the map": 0,
            "of tickets left out": 0, "of tickets refused": 0, "adds_up": True,
        },
        "commits": 3, "mapped": {"tags": {"junk": {"to": None, "count": 1, "new": False}}}, "details": {"created": 1},
        "no_place": {"a": {"count": 1, "example": "b"}}, "left_out": {"a": {"count": 1, "items": 0, "example": ""}},
        "refused": [{"place": "a:1", "reason": "r", "items": 1}], "items_in_files": 3, "commit": "a" * 40,
        "dry_run": False,
    },
    "sla_report": CLOCK,
    **{kind: {} for kind in ("volume_report", "workload_report", "times_report", "tags_report", "audit_report")},
    "metrics": {
        "name": "created", "title": "created", "reports": ["volume"], "definition": "d", "population": "p",
        "clock": "c", "left_out": "l", "source": "s",
    },
    "sla_status": CLOCK,
    "sla_explanation": {
        "ticket": ID, "title": "x", "as_of": NOW, "commit": "a" * 40, "ignored": ["commit 1234567890 asks in vain"],
        "clocks": [{**CLOCK, "ended_by": None, "last_working": NOW, "stretches": [STRETCH]}],
    },
    "sla_policies": {
        "ticket": ID, "title": "x", "priority": None, "policy": "gold", "when": "tier:gold", "calendar": None,
        "targets": {"resolution": "2bd"}, "ignored": [],
        "held": [{"policy": "gold", "commit": "a" * 40, "committed": NOW, "metrics": ["resolution"]}],
        "asked": [{"policy": "gold", "matches": True, "terms": [{"term": "tier:gold", "true": True}]}],
    },
    "calendars": {"calendar": "office", "timezone": "UTC", "hours": "always", "open": True},
    "calendar_month": {
        "calendar": "office", "timezone": "UTC", "month": "2026-11", "working_days": 21, "seconds": 1,
        "days": [{"date": "2026-11-02", "hours": ["09:00-17:00"], "open": [[32400, 61200]], "seconds": 28800,
                  "note": None, "special": False, "clocks": 0}], "remark": None,
    },
    "calendar_due": {
        "calendar": "office", "timezone": "UTC", "start": NOW, "duration": "8h", "due": NOW, "last_working": None,
        "seconds": 0, "wall_seconds": 0, "remark": "r",
    },
    "calendar_elapsed": {"calendar": "office", "timezone": "UTC", "start": NOW, "end": NOW, "seconds": -5, "line": 3},
    "calendar_open": {
        "calendar": "office", "timezone": "UTC", "at": NOW, "open": True, "since": None, "next_open": NOW,
        "next_close": None, "previous_open": NOW, "previous_close": NOW, "note": None,
    },
    "calendar_intervals": {"calendar": "office", "timezone": "UTC", "open": NOW, "close": NOW, "seconds": 1},
    "holidays": {
        "country": "HR", "path": "calendars/HR.yaml", "first": 2024, "last": 2029, "subdivisions": [], "dates": 80,
        "added": ["2026-01-01 Nova godina"], "removed": [], "changed": True, "commit": None,
    },
    "hooks": {"name": "pre-commit", "state": "ours", "done": "put in", "detail": "d", "hint": None},
    "settled": {"path": "tickets/7K/GD-7K3QX4M2.md", "state": "left", "detail": "d", "hint": "h"},
    "sync": {
        "branch": "main", "remote": "origin", "url": "https://host/x", "remote_branch": "main", "state": "held",
        "tip": "9f1c", "received": 1, "pushed": 2, "ahead": 0, "attempts": 3,
        "repeated": [{"commit": "9f1c", "subject": "x"}],
        "incoming": ["GD-7K3QX4M2: status new → open · Ana"],
        "renamed": [{"from": "GD-7K3QX4M2", "to": "GD-4F7K2M9T"}],
        "held": [
            {
                "branch": "gitdesk/outbox/GD-7K3QX4M2", "commits": ["9f1c"], "subjects": ["x"],
                "tickets": ["GD-7K3QX4M2"], "reason": "status is", "hint": None,
            }
        ],
        "illegal": [{"path": "tickets/x.md", "code": "W001", "message": "no", "commit": "9f1c"}],
        "said": [], "reason": None, "dry_run": False,
    },
    "status": {
        "branch": "main", "reason": "it is", "tip": "9f1c", "remote": "origin", "url": "https://host/x",
        "remote_branch": "main", "remote_problem": None, "ahead": 1, "behind": None,
        "fetched": "2026-11-22T09:00:00Z", "outbox": [], "drafts": [], "conflicts": ["tickets/x.md"],
        "busy": None, "busy_with": None, "busy_way": None, "own_proposals": [], "unsent": [],
        "proposals": [
            {"branch": "propose/x", "commit": "9f1c", "subject": "x", "author": "Ana <a@b>", "at": None}
        ],
        "mine": {"name": "ana", "open": 1, "late": [{"id": "GD-7K3QX4M2", "title": "x", "due": None}], "next": []},
    },
    "changes": {
        "ticket": "GD-7K3QX4M2", "title": "t", "path": "tickets/7K/GD-7K3QX4M2.md", "text": "status new → open",
        "events": [{"kind": "status", "field": None, "from": "new", "to": "open", "text": "status new → open"}],
    },
    "codeowners": {
        "title": "Tickets", "patterns": ["/tickets/"], "roles": ["lead"], "people": ["iva"], "owners": ["@iva-k"],
        "unnamed": [], "count": 1,
    },
    "proposals": {
        "name": "propose/GD-7K3QX4M2/1a2b3c4d", "short": "1a2b3c4d", "head": "0" * 40, "where": None,
        "state": "waiting", "title": "t", "by": "Ana <ana@acme.example>", "at": NOW, "reason": "", "files": [],
        "tickets": ["GD-7K3QX4M2"], "changes": [], "needs": [], "waits_for": ["iva"], "clocks": [], "outdated": [],
        "next": [],
    },
}  # fmt: skip
BROKEN = {
    "tickets": {"created": "yesterday"},
    "ticket": {"messages": [{"kind": "note"}]},
    "events": {"commit": "HEAD"},
    "hits": {"found": [[1]]},
    "violations": {"severity": "off"},
    "outcome": {"changed": None},
    "rows": {"x": []},
    "doctor": {"state": "fine"},
    "import": {"commit": "HEAD"},
    "sla_report": {"state": "late"},
    "metrics": {"reports": "volume"},
    "sla_status": {"state": "late"},
    "sla_explanation": {"clocks": [CLOCK]},
    "sla_policies": {"targets": {"resolution": 3600}},
    "calendars": {"open": "yes"},
    "calendar_month": {"month": "November"},
    "calendar_due": {"due": "never"},
    "calendar_elapsed": {"seconds": "1h"},
    "calendar_open": {"open": None},
    "calendar_intervals": {"close": None},
    "holidays": {"changed": None},
    "hooks": {"state": "fine"},
    "settled": {"state": "fine"},
    "sync": {"state": "fine"},
    "status": {"ahead": -1},
    "changes": {"text": None},
    "codeowners": {"count": 0},
    "proposals": {"state": "fine"},
}


def schema() -> dict[str, object]:
    loaded: dict[str, object] = json.loads(resources.read("schema", "output.schema.json"))
    return loaded


def test_the_schema_is_a_schema_and_knows_the_kinds() -> None:
    whole = schema()
    jsonschema.Draft7Validator.check_schema(whole)
    assert whole["properties"]["kind"]["enum"] == list(KINDS) == list(VALID)  # type: ignore[index]
    assert whole["$id"] == SCHEMA


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_takes_each_kind_and_refuses_a_broken_one(kind: str) -> None:
    validator = jsonschema.Draft7Validator(schema())
    whole = json.loads("".join(render_envelope(kind, [VALID[kind]])))
    if kind.endswith("_report"):  # those have something after their items: see tests/reports
        assert not validator.is_valid(whole)
        return
    validator.validate(whole)
    broken = {**VALID[kind], **BROKEN[kind]}
    assert not validator.is_valid({"schema": SCHEMA, "kind": kind, "items": [broken]})
    missing = {"schema": SCHEMA, "kind": kind, "items": [[]]}
    assert not validator.is_valid(missing)


def test_the_schema_file_is_where_the_package_looks_for_it() -> None:
    assert Path(resources.path("schema", "output.schema.json")).is_file()
