"""Files are read line by line: gzip or not, whatever their encoding, and what cannot be read is told with its line."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path

import pytest
from readers import written

from gitdesk.errors import Unreadable, UsageError
from gitdesk.importers import stream
from gitdesk.importers.losses import Report
from gitdesk.importers.stream import Settings, lines, open_text, system_of


def all_lines(
    path: str, encoding: str = "", *, keep_going: bool = False
) -> tuple[list[tuple[int, str]], Report]:
    report = Report(keep_going=keep_going)
    source = open_text(path, encoding)
    try:
        return list(lines(source, report)), report
    finally:
        source.close()


@pytest.mark.parametrize("packed", [False, True])
def test_lines_are_numbered_and_the_byte_order_mark_is_none_of_them(tmp_path: Path, packed: bool) -> None:
    path = written(tmp_path / "a", b"\xef\xbb\xbfa\xc5\xbe\r\n\nb", packed=packed)
    assert all_lines(path)[0] == [(1, "až\r\n"), (2, "\n"), (3, "b")]


def test_gzip_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    assert all_lines(written(tmp_path / "a.txt", "x\n", packed=True))[0] == [(1, "x\n")]
    assert all_lines(written(tmp_path / "a.gz", "x\n"))[0] == [(1, "x\n")]


def test_several_gzip_files_one_after_the_other_are_one(tmp_path: Path) -> None:
    path = written(tmp_path / "a", gzip.compress(b"a\n") + gzip.compress(b"b\n"))
    assert all_lines(path)[0] == [(1, "a\n"), (2, "b\n")]


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    class Standard:
        buffer = io.BufferedReader(io.BytesIO(gzip.compress(b"x\n")))

    monkeypatch.setattr(sys, "stdin", Standard)
    assert all_lines("-")[0] == [(1, "x\n")]


def test_a_truncated_gzip_is_told_with_the_line_where_it_stops(tmp_path: Path) -> None:
    text = "".join(f"line {number} {hash(number * 7919) ** 3}\n" for number in range(20000))
    packed = gzip.compress(text.encode())
    path = written(tmp_path / "a.gz", packed[: len(packed) // 2])
    with pytest.raises(Unreadable, match="cut off"):
        all_lines(path)
    read, report = all_lines(path, keep_going=True)
    assert len(read) > 5000
    assert "".join(line for _, line in read) == text[: sum(len(line) for _, line in read)]
    assert [bad.place.line for bad in report.refused] == [len(read) + 1]
    assert report.items == 0


def test_damaged_gzip_is_told(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b"".join(b"%d\n" % number for number in range(9999))))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(Unreadable, match="damaged"):
        all_lines(written(tmp_path / "a.gz", bytes(packed)))


def test_a_line_of_another_encoding_is_told_with_its_number(tmp_path: Path) -> None:
    path = written(tmp_path / "a", b"one\ntw\xf6\nthree\n")
    with pytest.raises(Unreadable, match="a:2: is not UTF-8"):
        all_lines(path)
    read, report = all_lines(path, keep_going=True)
    assert [number for number, _ in read] == [1, 3]
    assert report.items == 1
    assert all_lines(path, "cp1252")[0][1] == (2, "twö\n")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf_16_is_read(tmp_path: Path, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    path = written(tmp_path / "a", f"{mark}až\nb\n".encode(encoding))
    assert all_lines(path)[0] == [(1, "až\n"), (2, "b\n")]


def test_a_line_that_is_too_long_is_refused_and_the_next_one_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LONGEST", 1000)
    path = written(tmp_path / "a", "x" * 5000 + "\ny\n")
    with pytest.raises(Unreadable, match="a:1: a line of more than"):
        all_lines(path)
    assert all_lines(path, keep_going=True)[0] == [(2, "y\n")]


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: no such file"):
        open_text(str(tmp_path / "none"))
    with pytest.raises(UsageError, match="cannot be read: is a directory"):
        open_text(str(tmp_path))
    with pytest.raises(UsageError, match="zip archive"):
        open_text(written(tmp_path / "a.xlsx", b"PK\x03\x04 and so on"))
    with pytest.raises(UsageError, match='unknown encoding "klingon"'):
        open_text(written(tmp_path / "a", "x"), "klingon")


def test_the_share_of_a_file_that_was_read_grows_to_one(tmp_path: Path) -> None:
    source = open_text(written(tmp_path / "a", "x\n" * 1_000_000))
    assert source.share() < 1
    list(lines(source, Report()))
    assert source.share() == 1
    source.close()


@pytest.mark.parametrize(
    ("file", "system", "expected"),
    [
        ("/a/bpi2013.jsonl.gz", "", "bpi2013"),
        ("My export (2).csv", "", "My-export-2"),
        ("-", "", "import"),
        ("x.csv", "jira", "jira"),
        ("x.csv", "old desk: one", "old-desk-one"),
    ],
)
def test_the_source_is_one_word(file: str, system: str, expected: str) -> None:
    assert system_of([file], Settings(system=system)) == expected
