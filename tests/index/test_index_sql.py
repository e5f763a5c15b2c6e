"""A person's SQL reads the public tables and can do nothing else."""

from __future__ import annotations

import os
import re
import signal
import threading
from pathlib import Path

import pytest
from generated import Desk, files_of
from query_strategies import IDS, NOW

from gitdesk.domain.query import Facts
from gitdesk.domain.ticket import Link, Message, Ticket
from gitdesk.errors import Refused, UsageError
from gitdesk.index import ddl, history_tables, statement
from gitdesk.index.index import Index


@pytest.fixture(params=["file", "memory"])
def index(tmp_path: Path, request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    ticket = Ticket(
        id=IDS[0],
        title="Žurnal",
        created=NOW,
        status="open",
        tags=("b", "a"),
        watchers=("iva",),
        requester="ana@x.example",
        links=(Link(kind="blocks", target=IDS[1]),),
        fields=(("region", ("eu", "us")), ("seats", "3")),
        description="text",
        messages=(
            Message(at=NOW, kind="note", author="Iva <iva@x.example>", body="one"),
            Message(at=NOW, kind="reply", author="Bot", body="", meta=(("auto", "reply"), ("via", '"e"'))),
        ),
    )
    source = Desk()
    path = f"tickets/7K/{IDS[0]}.md"
    broken = Facts(ticket=None, path=f"tickets/ZZ/{IDS[3]}.md", problem="1:1: broken (F010)")
    source.commit("a", files_of([Facts(ticket=ticket, path=path, attachments=("a.png",)), broken]))
    index = Index.open(":memory:" if request.param == "memory" else str(tmp_path / "index.sqlite"))
    index.refresh("a", source, read_config=source.read_config)
    yield index
    index.close()


def ask(index: Index, text: str) -> list[tuple[object, ...]]:
    return list(index.sql(text)[1])


def test_every_view_answers(index: Index) -> None:
    one = IDS[0]
    assert ask(
        index, 'SELECT id, title, status, category, assignee, "group", problem FROM tickets ORDER BY id'
    ) == [
        (one, "Žurnal", "open", "open", None, None, None),
        (IDS[3], None, None, None, None, None, "1:1: broken (F010)"),
    ]
    assert ask(index, "SELECT * FROM tags") == [(one, "b"), (one, "a")]
    assert ask(index, "SELECT * FROM watchers") == [(one, "iva")]
    assert ask(index, "SELECT * FROM links") == [(one, "blocks", IDS[1])]
    assert ask(index, "SELECT * FROM fields") == [
        (one, "region", "eu"),
        (one, "region", "us"),
        (one, "seats", "3"),
    ]
    assert ask(index, "SELECT * FROM descriptions") == [(one, "text")]
    assert ask(index, "SELECT * FROM messages") == [
        (one, 1, "2026-11-22T10:00:00Z", "note", "Iva <iva@x.example>", "one", None),
        (one, 2, "2026-11-22T10:00:00Z", "reply", "Bot", "", '{"auto":"reply","via":"\\"e\\""}'),
    ]
    assert ask(index, "SELECT number FROM messages WHERE meta ->> 'auto' = 'reply'") == [(2,)]
    assert ask(index, "SELECT ticket, name, path FROM attachments") == [
        (one, "a.png", f"tickets/7K/{one}/a.png")
    ]


def test_columns_and_ordinary_sql_work(index: Index) -> None:
    columns, rows = index.sql(
        "WITH t AS (SELECT status FROM tickets) SELECT status, count(*) AS n FROM t GROUP BY 1;"
    )
    assert columns == ("status", "n")
    assert list(rows) == [(None, 1), ("open", 1)]
    assert ask(
        index, "SELECT fold(title), upper(status), row_number() OVER () FROM tickets WHERE problem IS NULL"
    ) == [("zurnal", "OPEN", 1)]
    assert (
        len(
            ask(
                index,
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1200) SELECT i FROM n",
            )
        )
        == 1200
    )
    assert {"tickets", "messages"} <= {
        row[0] for row in ask(index, "SELECT name FROM sqlite_master WHERE type = 'view'")
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no SQL to run"),
        (" ; ", "there is no SQL to run"),
        ("DELETE FROM tickets", "SQL: cannot modify tickets because it is a view"),
        ("DELETE FROM x_tickets", "only a SELECT can be run here"),
        ("DROP VIEW tickets", "only a SELECT can be run here"),
        ("CREATE TABLE a (b)", "only a SELECT can be run here"),
        ("CREATE TEMP TABLE a (b)", "only a SELECT can be run here"),
        ("PRAGMA query_only = 0", "only a SELECT can be run here"),
        ("PRAGMA table_info(tickets)", "only a SELECT can be run here"),
        ("ATTACH '/etc/passwd' AS a", "only a SELECT can be run here"),
        ("VACUUM INTO '/nowhere'", "only a SELECT can be run here"),
        ("BEGIN", "only a SELECT can be run here"),
        ("-- nothing", "only a SELECT can be run here"),
        ("SELECT load_extension('x')", 'the function "load_extension" is not available'),
        ("SELECT randomblob(1)", 'the function "randomblob" is not available'),
        ("SELECT * FROM x_meta", '"x_meta" is no table for reading'),
        ("SELECT * FROM x_search", '"x_search" is no table for reading'),
        ("SELECT 1; SELECT 2", "only one statement can be run at a time"),
        ("SELECT nope FROM tickets", "SQL: no such column: nope"),
        ("SELECT * FROM nope", "SQL: no such table: nope"),
        ("SELECT (", "SQL: incomplete input"),
        (
            "SELECT '\ud800'",
            "SQL: 'utf-8' codec can't encode character '\\ud800' in position 8: surrogates not allowed",
        ),
        ("SELECT replace(printf('%9000d', 1), ' ', printf('%9000d', 1))", "SQL: string or blob too big"),
    ],
)
def test_anything_else_is_refused_and_leaves_the_index_working(index: Index, text: str, said: str) -> None:
    before = ask(index, "SELECT * FROM tickets")
    with pytest.raises(UsageError) as caught:
        ask(index, text)
    assert caught.value.message == said
    assert ask(index, "SELECT * FROM tickets") == before
    index.set_updated([(f"tickets/7K/{IDS[0]}.md", "2026-01-01T00:00:00Z")])
    assert ask(index, "SELECT updated FROM tickets WHERE problem IS NULL") == [("2026-01-01T00:00:00Z",)]


def test_a_statement_that_does_not_end_is_stopped(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "SECONDS", 0.05)
    with pytest.raises(Refused, match="was stopped after") as caught:
        ask(index, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT count(*) FROM n")
    assert caught.value.exit_code == 1
    assert ask(index, "SELECT count(*) FROM tickets") == [(2,)]


@pytest.mark.parametrize("counted", ["i", "fold('Ž' || i)"])
def test_an_interrupted_statement_is_no_time_out(index: Index, counted: str) -> None:
    stopper = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    stopper.start()
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    with pytest.raises(KeyboardInterrupt):
        ask(index, f"{endless} SELECT count({counted}) FROM n")
    stopper.join()
    assert ask(index, "SELECT count(*) FROM tickets") == [(2,)]


def test_other_questions_may_be_asked_between_the_rows_of_a_statement(index: Index) -> None:
    _, rows = index.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1200) SELECT i FROM n"
    )
    assert next(rows) == (1,)
    assert index.tip == "a"
    assert sum(1 for _ in rows) == 1199


def test_the_documentation_names_every_view_and_column() -> None:
    documented = (Path(__file__).parents[2] / "docs" / "sql.md").read_text(encoding="utf-8")
    index = Index.open(":memory:")
    history_tables.prepare(index.connection)
    for view in (*ddl.VIEWS, "commits", "authors", "events", "trail"):
        [section] = re.findall(rf"^## `{view}`\n(.*?)(?=^## |\Z)", documented, re.MULTILINE | re.DOTALL)
        columns = [row[1] for row in index.connection.execute(f"PRAGMA table_info({view})")]
        assert re.findall(r"^\| `([a-z_]+)`", section, re.MULTILINE) == columns
    index.close()
