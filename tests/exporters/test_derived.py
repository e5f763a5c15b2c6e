"""Times, seconds and counts that follow from what happened to a ticket."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from histories import Stream, exported, open_desk, text_of

from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Ticket, TicketId
from gitdesk.domain.workflow import Status, Workflow
from gitdesk.exporters import csv_, derived, tables
from gitdesk.exporters.reader import Reader

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FLOW = Workflow(
    tuple(
        Status(name, category)
        for name, category in [
            ("new", "new"), ("open", "open"), ("waiting", "waiting"), ("resolved", "resolved"), ("closed", "closed"),
        ]
    )
)  # fmt: skip
IVA, ANA = "Iva Kralj <iva@acme.example>", "Ana Horvat <ana@example.com>"


def event(clock: str, by: str = IVA, **more: Any) -> dict[str, Any]:
    return {"id": clock, "at": f"2026-11-22T{clock}:00Z", "by": by, **more}


def moved(clock: str, old: str, new: str, **more: Any) -> dict[str, Any]:
    return event(clock, changes={"status": {"from": old, "to": new}}, **more)


TICKET: dict[str, Any] = {
    "source": {"system": "gitdesk", "id": "GD-7K3QX4M2"},
    "id": "GD-7K3QX4M2",
    "title": "Cannot log in",
    "created": "2026-11-22T08:00:00Z",
    "status": "closed",
    "author": ANA,
    "created_event": event("08:00", ANA),
    "messages": [{"kind": "customer", "text": "Help"}],
    "events": [
        moved("08:10", "new", "open"),
        event(
            "08:20",
            message={"kind": "note", "text": "Odd"},
            changes={"assignee": {"from": None, "to": "iva"}},
        ),
        moved("08:30", "open", "waiting", message={"kind": "reply", "text": "Tell me more"}),
        moved("09:00", "waiting", "resolved"),
        moved("10:00", "resolved", "open", by="IVA <Iva@acme.example>"),
        moved("10:05", "open", "resolved"),
        moved("11:00", "resolved", "closed"),
    ],
}


def test_the_times_of_a_ticket_that_was_reopened() -> None:
    told = derived.of(TICKET, FLOW, NOW)
    assert told == {
        "updated": datetime(2026, 11, 22, 11, 0, tzinfo=UTC),
        "first_reply_at": datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
        "first_reply_seconds": 1_800,
        "resolved_at": datetime(2026, 11, 22, 10, 5, tzinfo=UTC),
        "closed_at": datetime(2026, 11, 22, 11, 0, tzinfo=UTC),
        "resolution_seconds": 7_500,
        "age_seconds": None,
        "reopened": 1,
        "messages": 3,
        "customer_messages": 1,
        "replies": 1,
        "notes": 1,
        "events": 8,
        "participants": 2,
        "assignee_changes": 1,
        "new_seconds": 600,
        "open_seconds": 1_500,
        "waiting_seconds": 1_800,
        "external_seconds": 0,
        "snoozed_seconds": 0,
    }


def test_the_times_of_a_ticket_that_is_not_done_run_on() -> None:
    told = derived.of({**TICKET, "events": TICKET["events"][:1], "status": "open"}, FLOW, NOW)
    assert (told["age_seconds"], told["open_seconds"], told["new_seconds"]) == (14_400, 13_800, 600)
    assert told["resolved_at"] is told["closed_at"] is told["first_reply_at"] is None


def test_a_thread_that_was_corrected_counts_every_message_once() -> None:
    one = {"kind": "reply", "text": "a", "at": "2026-11-22T09:00:00Z", "author": IVA}
    two = {"kind": "note", "text": "b", "at": "2026-11-22T09:01:00Z", "author": IVA}
    change = {"messages": {"from": [one], "to": [{**one, "text": "A"}, two]}}
    ticket = {**TICKET, "messages": [one], "events": [event("09:05", changes=change)]}
    assert [message["text"] for message, _ in derived.messages(ticket)] == ["a", "b"]


def test_a_row_of_csv_has_facts_fields_and_what_derives(desk: Path) -> None:
    ticket = Ticket(
        id=TicketId("GD-7K3QX4M2"), title="=cmd()", created=NOW, status="new", tags=("a", "b"),
        fields=(("region", "eu"), ("skills", ("x", "y"))),
    )  # fmt: skip
    stream = Stream()
    stream.commit({path_of(ticket.id): text_of(ticket)})
    stream.run(desk)
    with open_desk(desk) as opened:
        text = b"".join(csv_.lines(Reader(opened), opened)).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["title"] == "'=cmd()"  # a spreadsheet would run it
    assert (row["tags"], row["created"], row["category"]) == ("a, b", "2026-11-22T12:00:00Z", "new")
    assert (row["fields.region"], row["other_fields"]) == (
        "eu",
        "skills=x, y",
    )  # the desk declares one of them
    assert (row["source"], row["messages"], row["first_reply_at"]) == ("", "0", "")
    assert set(row) >= {*csv_.FACTS, *csv_.DERIVED}


def test_every_column_of_every_table_has_its_value(desk: Path) -> None:
    ticket = Ticket(id=TicketId("GD-7K3QX4M2"), title="One", created=NOW, status="new")
    stream = Stream()
    stream.commit({path_of(ticket.id): text_of(ticket)}, zone="+0100")
    stream.run(desk)
    (found,) = exported(desk)
    assert set(tables.ticket_row(found, FLOW, NOW)) == set(tables.TICKETS)
    (created,) = tables.event_rows(found)
    assert set(created) <= set(tables.EVENTS)
    assert created["at"].endswith("Z")
    rows = list(tables.event_rows(TICKET))
    assert {key for row in rows for key in row} <= set(tables.EVENTS)
    assert [row["kind"] for row in rows].count("message") == 2
    assert {key for row in tables.message_rows(TICKET) for key in row} == set(tables.MESSAGES)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"from": ["a", "b"], "to": ["b", "c"]}, {"added": ["c"], "removed": ["a"]}),
        (
            {"add": [{"kind": "blocks", "to": "GD-1"}], "remove": []},
            {"added": ["blocks GD-1"], "removed": []},
        ),
        ({"from": None, "to": "high"}, {"from": None, "to": "high"}),
        ({"from": None, "to": ["a"]}, {"added": ["a"], "removed": []}),
    ],
)
def test_lists_are_told_by_what_came_and_went(change: dict[str, Any], told: dict[str, Any]) -> None:
    (_, row) = tables.event_rows({**TICKET, "events": [event("09:00", changes={"tags": change})]})
    assert {key: row[key] for key in told} == told
