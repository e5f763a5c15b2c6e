"""Gzip: whole, in parts, cut anywhere, damaged."""

from __future__ import annotations

import gzip
import io
import random

import pytest

from gitdesk.importers.gunzip import BROKEN, Gunzip

# Text that packs badly, so that a cut in the middle leaves much that can be unpacked.
_RANDOM = random.Random(7)
TEXT = b"".join(_RANDOM.randbytes(40).hex().encode() + b"\n" for _ in range(3_000))


def unpacked(packed: bytes) -> bytes:
    return io.BufferedReader(Gunzip(io.BytesIO(packed)), 1 << 18).read()


def lines_before_the_end(packed: bytes) -> list[bytes]:
    reader, found = io.BufferedReader(Gunzip(io.BytesIO(packed)), 1 << 18), []
    with pytest.raises(BROKEN):
        found.extend(iter(reader.readline, b""))
    return found


def test_a_whole_file_is_unpacked() -> None:
    assert unpacked(gzip.compress(TEXT)) == TEXT


def test_parts_one_behind_the_other_are_one_file() -> None:
    assert unpacked(gzip.compress(TEXT) + gzip.compress(b"more\n") + b"\0" * 300) == TEXT + b"more\n"


def test_an_empty_file_inside_is_empty() -> None:
    assert unpacked(gzip.compress(b"")) == b""


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_every_line_before_a_cut_is_handed_out(share: float) -> None:
    packed = gzip.compress(TEXT)
    found = lines_before_the_end(packed[: int(len(packed) * share)])
    assert TEXT.startswith(b"".join(found))
    assert len(found) > 3_000 * share * 0.8


def test_a_file_cut_in_its_checksum_is_cut() -> None:
    assert lines_before_the_end(gzip.compress(TEXT)[:-3]) == TEXT.splitlines(keepends=True)


def test_damage_in_the_middle_is_told() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[len(packed) // 2 : len(packed) // 2 + 40] = bytes(40)
    assert lines_before_the_end(bytes(packed)) != TEXT.splitlines(keepends=True)


def test_what_follows_and_is_no_gzip_is_told() -> None:
    assert lines_before_the_end(gzip.compress(TEXT) + b"rubbish") == TEXT.splitlines(keepends=True)
