"""Laws of the volume: what is left is what was there, came and went; groups add up; a plain count says the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from made_lives import DAY, H, at, lived, random_lives, rows, scope

from gitdesk.domain.life import INTO, OUT_OF, Life, backlog_of, flows_of
from gitdesk.reports.volume import VolumeReport
from gitdesk.reports.volume_count import AGES

AS_OF = "11-30 00:00"
units = st.sampled_from(("day", "week", "month"))


@settings(max_examples=150, deadline=None)
@given(random_lives(), units)
def test_the_backlog_at_the_end_is_that_at_the_beginning_and_what_came_less_what_went(
    lives: list[Life], unit: str
) -> None:
    before = 0
    for row in rows(VolumeReport(lived(lives, AS_OF), scope(unit=unit))):
        before += sum(row[kind] for kind in INTO) - sum(row[kind] for kind in OUT_OF)
        assert row["backlog"] == before
        assert row["backlog"] == sum(row[name] for name, _ in AGES)


@settings(max_examples=150, deadline=None)
@given(random_lives(), units, st.sampled_from(("agent", "group", "type", "customer", "channel")))
def test_the_names_of_a_dimension_that_parts_tickets_add_up_to_the_whole(
    lives: list[Life], unit: str, by: str
) -> None:
    whole = rows(VolumeReport(lived(lives, AS_OF), scope(unit=unit)))
    parts = rows(VolumeReport(lived(lives, AS_OF), scope(unit=unit, by=by)))
    for row in whole if lives else ():
        mine = [one for one in parts if one["bucket"] == row["bucket"]]
        for key, value in row.items():
            if isinstance(value, int):
                assert value == sum(one[key] for one in mine), key


@settings(max_examples=150, deadline=None)
@given(random_lives(), units)
def test_a_plain_count_over_all_tickets_says_the_same(lives: list[Life], unit: str) -> None:
    report = VolumeReport(lived(lives, AS_OF), scope(unit=unit))
    found = rows(report)
    for row, (begin, end) in zip(found, report.timeline().spans(), strict=True):
        for kind in (*INTO, *OUT_OF):
            assert row[kind] == sum(
                flow.kind == kind and begin <= flow.at < end for life in lives for flow in flows_of(life)
            )
        ages = [
            end - 1 - life.created
            for life in lives
            for since, until in backlog_of(flows_of(life))
            if since < end and (until is None or until >= end)
        ]
        limits = [0, DAY, 3 * DAY, 7 * DAY, 30 * DAY, 1 << 62]
        for (name, _), low, high in zip(AGES, limits[:-1], limits[1:], strict=True):
            assert row[name] == sum(low <= age < high for age in ages), name


@settings(max_examples=100, deadline=None)
@given(random_lives(), st.integers(0, 30 * 24), st.integers(1, 20 * 24))
def test_days_of_a_period_add_up_to_the_period(lives: list[Life], skipped: int, length: int) -> None:
    from datetime import UTC, datetime

    from gitdesk.reports.period import Period

    start = at("10-20 00:00") + skipped * H
    period = Period(
        start=datetime.fromtimestamp(start, UTC), end=datetime.fromtimestamp(start + length * H, UTC)
    )
    days = rows(VolumeReport(lived(lives, AS_OF), scope(unit="day", period=period)))
    report = VolumeReport(lived(lives, AS_OF), scope(period=period, by="type"))
    whole = rows(report)
    total = report.plain()["total"]
    for kind in (*INTO, *OUT_OF):
        assert sum(day[kind] for day in days) == sum(one[kind] for one in whole) == total[kind]
    assert total["backlog"] == days[-1]["backlog"]
