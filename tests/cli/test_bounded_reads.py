"""Files and streams without end: read as far as the format allows and refused."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from gitdesk.cli import edit, sql
from gitdesk.desk import founding
from gitdesk.domain.format import MAX_FILE
from gitdesk.errors import UsageError
from gitdesk.store.config_file import MAX_BYTES


class Endless(io.RawIOBase):
    """A stream that never ends, and counts what was asked of it."""

    given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size >= 0, "read whole"
        self.given += size
        return b"x" * size


def test_edit_takes_no_text_over_the_limit_of_a_ticket_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Endless()
    monkeypatch.setattr("builtins.open", lambda *_: stream)
    with pytest.raises(UsageError, match=r"/dev/zero: the text has more than 20,000,000 bytes"):
        edit._given("/dev/zero")
    assert stream.given == MAX_FILE + 1


def test_edit_takes_no_standard_input_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Endless()
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": stream}))
    with pytest.raises(UsageError, match="standard input: the text has more than 20,000,000 bytes"):
        edit._given("-")
    assert stream.given == MAX_FILE + 1


def test_a_desk_is_not_made_from_a_file_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Endless()
    monkeypatch.setattr("builtins.open", lambda *_: stream)
    with pytest.raises(UsageError, match=r"/dev/zero: the file has more than 1,000,000 bytes"):
        founding._template("/dev/zero")
    assert stream.given == MAX_BYTES + 1


def test_a_statement_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("x" * 3_000_000))
    with pytest.raises(UsageError, match="the statement has more than 1,000,000 characters"):
        sql.statement_of("-")
    assert sys.stdin.read(1) == "x"  # the rest was left
