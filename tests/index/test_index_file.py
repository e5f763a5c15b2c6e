"""The index file is disposable: whatever becomes of it, answers stay the same."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from generated import Desk, files_of
from query_strategies import IDS, NOW, VOCABULARY

from gitdesk.domain.query import Facts, Query, Scope
from gitdesk.domain.ticket import Ticket
from gitdesk.index import ddl
from gitdesk.index.index import Index

SCOPE = Scope(now=NOW, vocabulary=VOCABULARY)


def source() -> Desk:
    desk = Desk()
    given = [
        Facts(
            ticket=Ticket(
                id=name, title=f"printer {name}", created=NOW, status="open", description="words " * 900
            ),
            path=f"tickets/{name[3:5]}/{name}.md",
        )
        for name in IDS
    ]
    desk.commit("tip", files_of(given))
    return desk


def answers(path: Path) -> tuple[list[str], bool]:
    index = Index.open(str(path))
    index.refresh("tip", source())
    found = [row[0] for row in index.search(Query.parse("printer sort:id", VOCABULARY), SCOPE)]
    in_memory = index.in_memory
    index.close()
    return found, in_memory


def zero(path: Path) -> None:
    path.write_bytes(b"")


def noise(path: Path) -> None:
    path.write_bytes(os.urandom(50_000))


def text(path: Path) -> None:
    path.write_text("this is no database\n" * 100)


def half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def header_only(path: Path) -> None:
    os.truncate(path, 100)


def holes(path: Path) -> None:
    with path.open("r+b") as file:
        for page in range(2, path.stat().st_size // 4096):
            file.seek(page * 4096)
            file.write(b"\xff" * 4096)


def older(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()


def foreign(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE x_tickets (a)")
    connection.close()


def without_a_table(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE x_tickets")
    connection.close()


@pytest.mark.parametrize(
    "spoil", [zero, noise, text, half, header_only, holes, older, foreign, without_a_table, Path.unlink]
)
def test_a_spoiled_file_is_replaced_without_a_word(
    tmp_path: Path, spoil: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "deep" / "er" / "index.sqlite"
    assert answers(path) == (sorted(IDS), False)
    spoil(path)
    assert answers(path) == (sorted(IDS), False)
    assert answers(path) == (sorted(IDS), False)
    assert capfd.readouterr() == ("", "")


def test_damage_that_shows_only_in_the_middle_of_an_answer_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    assert answers(path)[0] == sorted(IDS)
    index = Index.open(str(path))
    index.refresh("tip", source())
    index.connection.execute("DROP TABLE x_texts")
    assert len(index.text("printer", SCOPE)) == len(IDS)
    index.close()


def test_a_file_spoiled_under_an_open_index_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    answers(path)
    holes(path)
    index = Index.open(str(path))
    index.refresh("tip", source())
    assert index.count(Query.parse("printer", VOCABULARY), SCOPE) == len(IDS)
    index.close()


def test_a_folder_in_its_place_is_left_alone_and_memory_used(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite"
    path.mkdir()
    assert answers(path) == (sorted(IDS), True)
    assert path.is_dir()


def test_a_file_where_its_folder_should_be_means_memory(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("")
    assert answers(tmp_path / "index" / "main.sqlite") == (sorted(IDS), True)


def test_a_disk_that_cannot_be_written_means_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "index.sqlite"
    real = sqlite3.connect

    def read_only(name: str, **options: object) -> sqlite3.Connection:
        return real(name if name == ":memory:" else f"file:{name}?mode=ro", uri=True, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3, "connect", read_only)
    assert answers(path) == (sorted(IDS), True)  # not there and cannot be made
    monkeypatch.setattr(sqlite3, "connect", real)
    Index.open(str(path)).close()
    monkeypatch.setattr(sqlite3, "connect", read_only)
    assert answers(path) == (sorted(IDS), True)  # there, and cannot be brought up to date


def test_a_full_disk_means_memory(tmp_path: Path) -> None:
    index = Index.open(str(tmp_path / "index.sqlite"))
    pages = index.connection.execute("PRAGMA page_count").fetchone()[0]
    index.connection.execute(f"PRAGMA max_page_count = {pages}")
    index.refresh("tip", source())
    assert (index.in_memory, index.tip) == (True, "tip")
    index.close()


def test_readers_go_on_while_another_process_writes(tmp_path: Path) -> None:
    path = str(tmp_path / "index.sqlite")
    writer, reader = Index.open(path), Index.open(path)
    writer.refresh("tip", source())
    with writer.transaction() as connection:
        connection.execute("DELETE FROM x_tickets")
        assert reader.count(Query(), SCOPE) == len(IDS)
        connection.execute("ROLLBACK")
        connection.execute("BEGIN")
    assert reader.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    writer.close()
    reader.close()


def test_the_version_changes_with_the_tables_and_with_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ddl.version()
    monkeypatch.setattr("unicodedata.unidata_version", "99.0.0")
    assert ddl.version() != before
    assert ddl.version() < 2**31
