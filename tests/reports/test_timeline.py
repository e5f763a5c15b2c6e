"""Pieces of time: without a gap, in a zone, cut by the period and the present."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from made_lives import DAY, H, at, when

from gitdesk.errors import UsageError
from gitdesk.reports.period import Period
from gitdesk.reports.timeline import WHOLE, timeline

ZAGREB = ZoneInfo("Europe/Zagreb")


def sizes(
    unit: str, first: str, now: str, period: Period | None = None, zone: ZoneInfo = ZAGREB
) -> list[tuple[str, int]]:
    line = timeline(unit, at(first), at(now), period or Period(), zone)
    return [(label, end - begin) for label, (begin, end) in zip(line.labels, line.spans(), strict=True)]


def test_days_are_those_of_the_zone_and_as_long_as_they_were() -> None:
    # The clocks of Zagreb go back on Sunday 2026-10-25 and forward on 2026-03-29.
    period = Period(start=when("10-23 22:00"), end=when("10-26 23:00"))
    assert sizes("day", "10-01 00:00", "11-20 00:00", period) == [
        ("2026-10-24", 24 * H), ("2026-10-25", 25 * H), ("2026-10-26", 24 * H),
    ]  # fmt: skip
    spring = Period(start=when("03-28 23:00"), end=when("03-29 22:00"))
    assert sizes("day", "01-01 00:00", "11-20 00:00", spring) == [("2026-03-29", 23 * H)]


def test_where_midnight_is_skipped_a_day_begins_at_the_change() -> None:
    # In Beirut 2026-03-29 begins at 01:00: the clocks go forward at midnight.
    beirut = ZoneInfo("Asia/Beirut")
    found = sizes(
        "day",
        "03-28 12:00",
        "03-30 12:00",
        Period(start=when("03-27 22:00"), end=when("03-30 21:00")),
        beirut,
    )
    assert found == [("2026-03-28", 24 * H), ("2026-03-29", 23 * H), ("2026-03-30", 15 * H + 1)]


def test_pieces_without_anything_in_them_are_there() -> None:
    found = sizes("week", "10-06 12:00", "11-04 12:00")
    assert [label for label, _ in found] == ["2026-W41", "2026-W42", "2026-W43", "2026-W44", "2026-W45"]
    assert [label for label, _ in sizes("month", "08-31 23:00", "11-04 12:00")] == [
        "2026-09", "2026-10", "2026-11",
    ]  # fmt: skip


def test_the_first_and_the_last_piece_are_cut_by_the_period_and_by_the_present() -> None:
    period = Period(start=when("11-02 11:00"), end=when("12-01 00:00"))
    line = timeline("week", at("10-01 00:00"), at("11-11 12:00"), period, UTC)
    assert line.labels == ("2026-W45", "2026-W46")
    assert (line.edges[0], line.edges[-1]) == (at("11-02 11:00"), at("11-11 12:00") + 1)
    assert [line.place(at(text)) for text in ("11-02 10:59", "11-02 11:00", "11-09 00:00", "11-11 12:00")] == [
        None, 0, 1, 1,
    ]  # fmt: skip
    assert line.place(at("11-11 12:01")) is None


def test_a_period_that_has_not_begun_is_one_piece_in_which_nothing_is() -> None:
    period = Period(start=datetime(2027, 1, 1, tzinfo=UTC))
    line = timeline("month", at("10-01 00:00"), at("11-11 12:00"), period, UTC)
    assert line.labels == ("2027-01",)
    assert line.place(at("11-11 12:00")) is None
    assert list(line.spans()) == [
        (at("11-11 12:00") + 1,) * 2
    ]  # what stands at its end is what stands by now


def test_without_a_unit_pieces_suit_the_stretch() -> None:
    now = at("11-20 00:00")
    found = [timeline("", now - days * DAY, now, Period(), UTC).unit for days in (5, 60, 300)]
    assert found == ["day", "week", "month"]


def test_the_whole_is_one_piece_without_a_name() -> None:
    line = timeline(WHOLE, at("10-01 00:00"), at("11-11 12:00"), Period(), UTC)
    assert (line.labels, line.edges) == (("",), (at("10-01 00:00"), at("11-11 12:00") + 1))


def test_more_days_than_anybody_reads_are_refused_with_the_way_on() -> None:
    with pytest.raises(UsageError) as caught:
        timeline("day", -60 * 366 * DAY, at("11-11 12:00"), Period(), UTC)
    assert "--from" in (caught.value.hint or "")
