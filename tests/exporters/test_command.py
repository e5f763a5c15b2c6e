"""`gitdesk export` as it is called."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from histories import ANA, START, Stream, text_of

from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Ticket, TicketId
from gitdesk.value import replace

ONE, TWO = TicketId("GD-7K3QX4M2"), TicketId("GD-4F7K2M9T")


@pytest.fixture
def told(desk: Path) -> Path:
    """A desk with an open ticket, a closed one, and a file."""
    from datetime import UTC, datetime

    ticket = Ticket(
        id=ONE,
        title="Cannot log in",
        created=datetime.fromtimestamp(START, UTC),
        status="open",
        requester=ANA,
    )
    stream = Stream()
    stream.commit({path_of(ONE): text_of(ticket), f"{path_of(ONE)[:-3]}/a.txt": b"A"})
    stream.commit({path_of(TWO): text_of(replace(ticket, id=TWO, status="closed"))})
    stream.run(desk)
    return desk


def export(desk: Path, *words: str, code: int = 0) -> tuple[bytes, str]:
    """Runs the command and returns standard output and standard error."""
    call = f"import sys; from gitdesk.cli.main import main; sys.exit(main({['export', *words]!r}))"
    done = subprocess.run(
        [sys.executable, "-c", call], cwd=desk, env=os.environ, capture_output=True, check=False
    )
    assert done.returncode == code, done.stderr.decode()
    return done.stdout, done.stderr.decode()


def test_everything_goes_to_standard_output(told: Path) -> None:
    out, said = export(told, "jsonl")
    tickets = [json.loads(line) for line in out.splitlines()]
    assert [ticket["id"] for ticket in tickets] == [TWO, ONE]
    assert tickets[1]["attachments"] == [{"name": "a.txt", "data": "QQ=="}]
    assert said == ""


def test_a_query_selects_with_minus_words_too(told: Path) -> None:
    out, _ = export(told, "csv", "-status:open")
    assert [line.split(b",")[0] for line in out.splitlines()] == [b"id", TWO.encode()]


def test_tickets_are_taken_by_their_names_as_show_does(desk: Path, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    created = datetime.fromtimestamp(START, UTC)
    stream = Stream()
    for ticket_id, source in ((ONE, "jira:PRJ-3"), (TWO, "jira:PRJ-4")):
        ticket = Ticket(id=ticket_id, title="x", created=created, status="open", source=source)
        stream.commit({path_of(ticket_id): text_of(ticket)})
    stream.run(desk)

    def ids(*words: str) -> list[str]:
        return [json.loads(line)["id"] for line in export(desk, "jsonl", *words)[0].splitlines()]

    assert ids("jira:PRJ-3") == [ONE]
    assert ids(ONE.lower()) == [ONE]
    assert ids("jira:PRJ-3", TWO, TWO) == [TWO, ONE]
    assert ids("source:jira:PRJ-4", "sort:created", "-status:closed") == [TWO]
    assert 'no ticket came from "jira:PRJ-5"' in export(desk, "jsonl", "jira:PRJ-5", code=3)[1]
    assert '"jira:PRJ-3" names a ticket, and "is:open" does not' in export(
        desk, "jsonl", "is:open", "jira:PRJ-3", code=2
    )[1]  # fmt: skip
    assert 'did you mean "source"' in export(desk, "jsonl", "sourze:jira:PRJ-3", code=2)[1]


def test_a_file_is_written_whole_and_not_over_another(told: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl.gz"
    _, said = export(told, "jsonl", "-o", str(path))
    assert said == f'written to "{path}"\n'
    before = path.read_bytes()
    assert len(gzip.decompress(before).splitlines()) == 2
    _, said = export(told, "jsonl", "-o", str(path), code=1)
    assert "the file is there already" in said
    export(told, "jsonl", "-o", str(path), "--force")
    assert path.read_bytes() == before


def test_attachments_are_files_beside_the_output_or_names(told: Path, tmp_path: Path) -> None:
    export(told, "jsonl", "-o", str(tmp_path / "out.jsonl"), "--attachments", str(tmp_path / "files"))
    ticket = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[1])
    assert ticket["attachments"] == [{"name": "a.txt", "path": f"files/{ONE}/a.txt"}]
    assert (tmp_path / "files" / ONE / "a.txt").read_bytes() == b"A"
    out, said = export(told, "jsonl", "--no-attachments")
    assert json.loads(out.splitlines()[1])["attachments"] == [{"name": "a.txt"}]
    assert said == "left out: the content of attachments: 1\n"


def test_what_cannot_be_read_ends_with_five_and_the_rest_is_there(told: Path, tmp_path: Path) -> None:
    stream = Stream()
    stream.commit({path_of(TWO): b"---\nno end"})
    stream.run(told)
    out, said = export(told, "jsonl", "-o", str(tmp_path / "out.jsonl"), code=5)
    assert (tmp_path / "out.jsonl").read_bytes().count(b"\n") == 2
    assert f"cannot be read now, and written as they last could: {path_of(TWO)}" in said
    assert out == b""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["xml"], 'unknown format "xml"'),
        (["parquet"], "parquet is written into a folder"),
        (["parquet", "-o", "x", "--gzip"], "compressed already"),
        (["csv", "--no-attachments"], "csv has no attachments"),
        (["csv", "--name", "x"], "--name is for parquet only"),
        (["jsonl", "--attachments", "x", "--no-attachments"], "contradict"),
        (["jsonl", "--deleted", "status:open"], "contradict"),
        (["jsonl", "statis:open"], "statis"),
    ],
)
def test_wrong_words_are_refused(told: Path, words: list[str], said: str) -> None:
    out, error = export(told, *words, code=2)
    assert said in error
    assert out == b""
    assert not (told / "x").exists()
