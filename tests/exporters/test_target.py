"""Where an export goes: whole or not at all, the same bytes each time."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gitdesk.errors import Refused, UsageError
from gitdesk.exporters import target

LINES = [b"one\n", b"two " * 40_000 + b"\n"]


def written(path: Path, lines: Iterator[bytes] | list[bytes], *, force: bool = False) -> bytes:
    with target.file(str(path), force=force) as put:
        target.write(lines, put, compressed=target.is_compressed(str(path), False))
    return path.read_bytes()


def test_a_name_that_ends_in_gz_compresses_to_the_same_bytes_each_time(tmp_path: Path) -> None:
    first, second = (written(tmp_path / f"{name}.jsonl.gz", LINES) for name in ("a", "b"))
    assert first == second
    assert gzip.decompress(first) == b"".join(LINES)
    assert written(tmp_path / "a.jsonl", LINES) == b"".join(LINES)


def test_an_export_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield from LINES
        raise KeyboardInterrupt

    path = tmp_path / "desk.jsonl"
    written(path, [b"old\n"])
    with pytest.raises(KeyboardInterrupt):
        written(path, broken(), force=True)
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"desk.jsonl": b"old\n"}


def test_a_file_that_is_there_is_replaced_by_force_only(tmp_path: Path) -> None:
    path = tmp_path / "desk.jsonl"
    written(path, [b"old\n"])
    with pytest.raises(Refused, match="there already"):
        written(path, LINES)
    assert written(path, [b"new\n"], force=True) == b"new\n"


def test_a_link_goes_on_leading_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    link, file = tmp_path / "desk.jsonl", tmp_path / "there" / "real.jsonl"
    file.write_bytes(b"old\n")
    link.symlink_to(file)
    written(link, [b"new\n"], force=True)
    assert link.is_symlink()
    assert file.read_bytes() == b"new\n"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        written(tmp_path / "nowhere" / "desk.jsonl", LINES)
    with pytest.raises(UsageError, match="this is a folder"):
        written(tmp_path, LINES)


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(UsageError, match="no space left"):
        target._Whole(full.write, "desk.jsonl").put(b"x" * 10)
