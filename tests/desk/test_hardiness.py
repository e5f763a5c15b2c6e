"""What an attacker, a disk or a typo in a setting does, and that it ends in an answer or a clear word."""

from __future__ import annotations

import os
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gitdesk.errors import GitdeskError, SetupError, UsageError
from gitdesk.store import codec

from .conftest import Place


def index_file(place: Place) -> Path:
    return next((place.path / ".git" / "gitdesk" / "index").glob("*.sqlite"))


def answers(place: Place) -> list[object]:
    with place.open() as desk:
        rows = list(desk.find(columns=("id", "title", "updated"), everything=True).rows)
        return [rows, [entry.phrase for entry in desk.log().entries]]


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_index_crashes_nothing_and_is_gone_when_deleted(place: Place, seed: int) -> None:
    for number in range(5):
        place.new(f"ticket {number}")
    expected = answers(place)
    file = index_file(place)
    data = bytearray(file.read_bytes())
    dice = random.Random(seed)
    for _ in range(300):
        data[dice.randrange(len(data) if seed else 4096)] = dice.randrange(256)
    file.write_bytes(data)
    for name in ("-wal", "-shm"):
        Path(f"{file}{name}").unlink(missing_ok=True)
    answers(place)  # SQLite keeps no checksums: a changed letter may show, but nothing ends in a crash
    file.unlink()
    assert answers(place) == expected


@pytest.mark.parametrize("plain", ["{", '{"name": 1}', "[]"])
def test_a_damaged_copy_of_the_configuration_is_parsed_again(place: Place, plain: str) -> None:
    import sqlite3

    place.new()
    answers(place)
    with sqlite3.connect(index_file(place)) as connection:
        connection.execute("UPDATE x_meta SET value = ? WHERE key = 'config'", (plain,))
    connection.close()
    with place.open() as desk:
        assert desk.config.prefix == "GD"


@pytest.mark.parametrize("now", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-23:00", "yesterday"])
def test_a_clock_beyond_the_calendar_is_a_usage_error(place: Place, now: str) -> None:
    with pytest.raises(UsageError, match="GITDESK_NOW"):
        place.open(GITDESK_NOW=now)


@pytest.mark.parametrize("date", ["@99999999999999 +0000", "@1795338843 +9999", "@-1", "soon"])
def test_a_date_of_git_that_is_none_is_said(place: Place, date: str) -> None:
    with place.open(GIT_AUTHOR_DATE=date) as desk, pytest.raises(SetupError, match="GIT_AUTHOR_DATE"):
        assert desk.author


@pytest.mark.parametrize(
    ("key", "value"),
    [("core.compression", "abc"), ("core.compression", "99"), ("core.sharedRepository", "0999")],
)
def test_a_setting_of_git_that_means_nothing_stops_nobody(place: Place, key: str, value: str) -> None:
    ticket = place.new()
    config = place.path / ".git" / "config"
    section, _, name = key.partition(".")
    config.write_text(config.read_text() + f"[{section}]\n\t{name} = {value}\n")
    try:
        other = place.new("second")
    except GitdeskError:
        return  # Git itself refuses the setting, and so it is said
    assert other != ticket


def test_a_path_that_is_no_text_is_a_marked_row(place: Place) -> None:
    place.new()
    folder = os.fsencode(place.path / "tickets" / "ZZ")
    os.makedirs(folder)
    with open(folder + b"/\xff.md", "wb") as file:
        file.write(b"x")
    place.git("add", "-A")
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qm", "odd")
    with place.open() as desk:
        rows = list(desk.find(columns=("id", "problem")).rows)
    assert [problem is None for _, problem in rows].count(False) == 1


def test_a_body_full_of_almost_messages_is_read_once_through() -> None:
    header = b"---\nid: GD-7K3QX4M2\ntitle: x\ncreated: 2026-11-22T09:00:00Z\nstatus: new\n---\n"
    body = b"### 2026-11-22 13:00 reply Iva\n" * 50_000
    found = codec.parse(header + body, "tickets/7K/GD-7K3QX4M2.md")
    assert found.ticket is not None
    assert 0 < len(found.problems) <= 20


def test_a_limit_no_number_of_sqlite_holds_is_no_limit(place: Place) -> None:
    place.new("log in")
    with place.open() as desk:
        assert len(list(desk.find(columns=("id",), limit=10**30).rows)) == 1
        assert len(list(desk.search("log", limit=10**30))) == 1


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_times_at_the_edges_of_the_calendar_are_read_asked_for_and_written(place: Place, zone: str) -> None:
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    early = place.new("early", created=first, snoozed_until=first)
    late = place.new("late", snoozed_until=last)
    with place.open(TZ=zone) as desk:
        for query, expected in (
            ("created<0001-01-03", [early]),
            ("created>=9999-12-31", []),
            ("snoozed:9999-12-31", [late] if zone == "America/New_York" else []),
            ("snoozed>=9999-12-31", [late]),
            ("snoozed<=9999", [early, late] if zone == "America/New_York" else [early]),
            ("updated<9999-12-31", [early, late]),
            ("updated<0001-01-01", []),
        ):
            assert sorted(desk.select(query)) == sorted(expected), query
        assert list(desk.log(since="9999-12-31").entries) == []
        assert desk.ticket(early).snoozed_until == first
        assert "created: 0001-01-01T00:00:00Z" in desk.show(early).document.data.decode()
