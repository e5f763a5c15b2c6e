"""Parquet: read by DuckDB and by a distributed engine, many desks side by side, one replaced at a time."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from histories import Stream, make_desk, open_desk, text_of

from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Message, Ticket, TicketId
from gitdesk.errors import SetupError
from gitdesk.exporters import parquet
from gitdesk.exporters.reader import Reader
from gitdesk.value import replace

ID = TicketId("GD-7K3QX4M2")
AT = datetime(2026, 9, 30, 23, 30, tzinfo=UTC)
SEPTEMBER, OCTOBER = 1_790_810_000, 1_790_900_000
REPLY = Message(at=AT, kind="reply", author="Iva Kralj <iva@acme.example>", body="Hello")


def lake(path: Path, root: Path, name: str, status: str = "open") -> int:
    """Exports a desk with one ticket and three commits."""
    ticket = Ticket(id=ID, title="Cannot log in", created=AT, status="new", fields=(("region", "eu"),))
    stream = Stream()
    stream.commit({path_of(ID): text_of(ticket)}, at=SEPTEMBER, zone="+0900")
    ticket = replace(ticket, status=status, tags=("vip", "late"))
    stream.commit({path_of(ID): text_of(ticket)}, at=OCTOBER)
    stream.commit({path_of(ID): text_of(replace(ticket, messages=(REPLY,)))}, at=OCTOBER + 1)
    stream.run(path)
    with open_desk(path) as desk:
        return parquet.write(Reader(desk), desk, str(root), name)


def asked(root: Path, table: str, what: str) -> list[tuple[Any, ...]]:
    """Returns what DuckDB answers about a table."""
    import duckdb

    files = f"read_parquet('{root}/{table}/*/*/*.parquet', hive_partitioning = true)"
    with duckdb.connect() as connection:
        rows: list[tuple[Any, ...]] = connection.execute(f"SELECT {what.replace('TABLE', files)}").fetchall()
    return rows


def test_two_desks_lie_side_by_side_and_one_is_replaced_alone(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    one, two = make_desk(tmp_path / "one"), make_desk(tmp_path / "two")
    assert lake(one, root, "one") == 1
    lake(two, root, "two, and more")
    query = "desk, month, id, status, epoch(created)::BIGINT, tags, fields, replies FROM TABLE ORDER BY desk"
    row = ("2026-09", ID, "open", 1_790_811_000, ["vip", "late"], '{"region": "eu"}', 1)
    assert asked(root, "tickets", query) == [("one", *row), ("two, and more", *row)]
    untouched = sorted((path, path.stat().st_mtime_ns) for path in root.glob("*/desk=one/**/*"))
    lake(two, root, "two, and more", status="waiting")
    assert sorted((path, path.stat().st_mtime_ns) for path in root.glob("*/desk=one/**/*")) == untouched
    assert asked(root, "tickets", "desk, status FROM TABLE ORDER BY desk") == [
        ("one", "open"),
        ("two, and more", "waiting"),
    ]
    assert sorted(path.name for path in root.iterdir()) == ["events", "messages", "tickets"]


def test_events_and_messages_have_rows_and_types(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    lake(make_desk(tmp_path / "desk"), root, "acme")
    rows = asked(
        root, "events", 'month, number, kind, key, "from", "to", added FROM TABLE ORDER BY number, key'
    )
    assert rows == [
        ("2026-09", 0, "created", None, None, "Cannot log in", None),
        ("2026-10", 1, "change", "status", "new", "open", None),
        ("2026-10", 1, "change", "tags", None, None, ["vip", "late"]),
        ("2026-10", 2, "message", "reply", None, None, None),
    ]
    assert asked(root, "messages", "month, ticket, kind, text FROM TABLE") == [
        ("2026-09", ID, "reply", "Hello")
    ]
    types = {row[0]: row[1] for row in asked(root, "events", "* FROM (DESCRIBE SELECT * FROM TABLE)")}
    assert (types["at"], types["added"], types["number"]) == (
        "TIMESTAMP WITH TIME ZONE",
        "VARCHAR[]",
        "BIGINT",
    )


def test_a_distributed_engine_reads_all_desks_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAFT_ANALYTICS_ENABLED", "0")
    monkeypatch.setenv("DO_NOT_TRACK", "true")
    import daft

    root = tmp_path / "lake"
    for name in ("one", "two"):
        lake(make_desk(tmp_path / name), root, name)
    events = daft.read_parquet(f"{root}/events/*/*/*.parquet", hive_partitioning=True)
    counted = events.where(daft.col("key") == "status").groupby("desk", "month").agg(daft.col("id").count())
    assert counted.sort("desk").to_pydict() == {
        "desk": ["one", "two"],
        "month": ["2026-10"] * 2,
        "id": [1, 1],
    }
    tickets = daft.read_parquet(f"{root}/tickets/*/*/*.parquet", hive_partitioning=True)
    found = tickets.select("created", "tags").limit(1).to_pydict()
    assert found == {"created": [AT], "tags": [["vip", "late"]]}


def test_an_export_that_fails_leaves_the_root_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, path = tmp_path / "lake", make_desk(tmp_path / "desk")
    lake(path, root, "acme")
    before = sorted(root.rglob("*"))
    monkeypatch.setattr(parquet, "_convert", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        lake(path, root, "acme", status="waiting")
    assert sorted(root.rglob("*")) == before
    assert asked(root, "tickets", "status FROM TABLE") == [("open",)]


def test_a_missing_extra_is_said_with_the_way_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(SetupError) as caught:
        lake(make_desk(tmp_path / "desk"), tmp_path / "lake", "acme")
    assert caught.value.hint == "pip install 'gitdesk[analytics]'"
    assert not (tmp_path / "lake").exists()
