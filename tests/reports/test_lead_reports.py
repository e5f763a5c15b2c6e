"""The reports for a team lead on five tickets, every figure reckoned by hand beside it."""

from __future__ import annotations

from typing import Any

import pytest
from made_cycles import HOSTILE
from made_lives import IVA, MARKO, H, at, config, life, lived, rows, scope, text, when

from gitdesk.domain.life import OWN, UNANSWERED, Life
from gitdesk.domain.zone import DAY
from gitdesk.errors import UsageError
from gitdesk.render.blocks import Grid
from gitdesk.reports.lead import LeadReport
from gitdesk.reports.period import Period
from gitdesk.reports.tags import TagsReport
from gitdesk.reports.times import TimesReport
from gitdesk.reports.volume import VolumeReport
from gitdesk.reports.workload import WorkloadReport

AS_OF = "11-20 12:00"  # a Friday
NOVEMBER = Period(start=when("11-15 23:00"), end=when("11-22 23:00"))  # the week of Zagreb from Monday 16


def tickets() -> list[Life]:
    return [
        # Answered once and resolved: Monday 09:00, answered 11:00, resolved Tuesday 10:00.
        life(
            [("11-16 09:00", "new"), ("11-17 10:00", "resolved")], "AC-1",
            first="11-16 11:00", replies=[("11-16 11:00", IVA)],
            holders=[("11-16 09:00", ""), ("11-16 10:00", "iva")], group="support", tags=("billing",), priority="high",
            type="question", channel="email",
        ),
        # Answered twice, resolved, reopened, resolved again; it went from Iva to Marko.
        life(
            [("11-16 10:00", "open"), ("11-16 12:00", "waiting"), ("11-16 16:00", "open"), ("11-17 12:00", "resolved"),
             ("11-18 09:00", "open"), ("11-18 15:00", "closed")], "AC-2",
            first="11-16 12:00", asked=[("11-16 16:00", "11-17 12:00")], heard=["11-16 16:00"],
            replies=[("11-16 12:00", IVA), ("11-17 12:00", MARKO)],
            holders=[("11-16 10:00", "iva"), ("11-17 09:00", "marko")],
            groups=[("11-16 10:00", "support"), ("11-17 09:00", "technical")], tags=("billing", "login"),
            requester="Bo <bo@example.com>",
        ),
        # Older than the week, still open.
        life([("10-01 08:00", "open")], "AC-3", assignee="marko", group="technical", priority="normal"),
        # Resolved without an answer.
        life(
            [("11-18 08:00", "new"), ("11-18 09:30", "resolved")], "AC-4", silent=UNANSWERED, assignee="iva",
            group="support",
        ),
        # Spam.
        life([("11-19 08:00", "new"), ("11-19 08:10", "cancelled")], "AC-5", requester="x"),
        # The desk's own, nobody's, waiting.
        life([("11-20 08:00", "new"), ("11-20 09:00", "waiting")], "AC-6", silent=OWN, tags=("login",)),
    ]  # fmt: skip


def made(kind: type[LeadReport], by: str = "", unit: str = "", **parts: Any) -> LeadReport:
    period = parts.pop("period", NOVEMBER)
    given = parts.pop("lives", None)
    return kind(
        lived(tickets() if given is None else given, AS_OF, **parts), scope(period=period, by=by, unit=unit)
    )


def test_the_volume_of_a_week() -> None:
    report = made(VolumeReport, unit="week")
    (row,) = rows(report)
    assert {key: row[key] for key in row if row[key]} == {
        "bucket": "2026-W47", "start": "2026-11-16",
        "created": 5,  # all but AC-3
        "resolved": 4,  # AC-1, AC-2 twice, AC-4
        "reopened": 1, "cancelled": 1,
        "undone": 1,  # AC-2's first
        "reassigned": 1, "regrouped": 1,
        "ended": 3,  # AC-1, AC-2, AC-4 are finished
        "one_touch": 1,  # AC-1
        "no_reply": 1,  # AC-4
        "backlog": 2,  # AC-3 and AC-6: 1 + 5 + 1 − 4 − 1
        "backlog_1d": 1, "backlog_older": 1,
    }  # fmt: skip
    plain = report.plain()
    assert plain["total"]["backlog_before"] == 1
    assert plain["reopen_rate"] == 0.25
    assert plain["one_touch"] == 0.5  # of the two that took an answer


def test_days_of_the_zone_and_empty_ones_as_zero() -> None:
    period = Period(start=when("11-16 23:00"), end=when("11-20 23:00"))
    found = rows(made(VolumeReport, unit="day", period=period))
    assert [(row["bucket"], row["created"], row["resolved"], row["backlog"]) for row in found] == [
        ("2026-11-17", 0, 2, 1), ("2026-11-18", 1, 2, 1), ("2026-11-19", 1, 0, 1), ("2026-11-20", 1, 0, 2),
    ]  # fmt: skip


def test_volume_by_agent_and_by_customer() -> None:
    found = rows(made(VolumeReport, by="agent"))
    assert [(row["name"], row["created"], row["resolved"], row["backlog"]) for row in found] == [
        ("iva", 2, 2, 0), ("marko", 1, 2, 1), ("", 2, 0, 1),
    ]  # fmt: skip
    found = rows(made(VolumeReport, by="customer"))
    assert [(row["name"], row["created"]) for row in found] == [
        ("Globex", 3),
        ("bo@example.com", 1),
        ("x", 1),
    ]


def test_peak_hours_are_in_the_zone_of_the_desk_and_of_the_agent() -> None:
    report = made(VolumeReport, by="agent")
    rows(report)
    found = {one["name"]: one for one in report.plain()["arrivals"]}
    whole = found[None]
    # Zagreb is an hour ahead: Monday 09:00, 10:00 and the customer at 16:00, Wednesday, Thursday and Friday 08:00.
    filled = [
        (day, hour, count)
        for day, hours in enumerate(whole["cells"])
        for hour, count in enumerate(hours)
        if count
    ]
    assert filled == [(0, 10, 1), (0, 11, 1), (0, 17, 1), (2, 9, 1), (3, 9, 1), (4, 9, 1)]
    # Marko is in Tokyo, nine hours ahead: AC-2 came in on Monday at 19:00, the customer wrote on Tuesday at 01:00.
    mine = found["marko"]
    assert mine["timezone"] == "Asia/Tokyo"
    assert (mine["cells"][0][19], mine["cells"][1][1], sum(map(sum, mine["cells"]))) == (1, 1, 2)


def test_how_long_things_took() -> None:
    report = made(TimesReport, unit="week")
    found = {row["metric"]: row for row in rows(report)}
    told = {
        name: (row["count"], row["median"], row["p90"], row["worked_median"], row["worked_p90"])
        for name, row in found.items()
    }
    assert told == {
        # AC-1 and AC-2 took 2 h each.
        "first_response": (2, 2 * H, 2 * H, 2 * H, 2 * H),
        # AC-2: Monday 16:00 to Tuesday 12:00; open 1 h and 3 h.
        "next_response": (1, 20 * H, 20 * H, 4 * H, 4 * H),
        # AC-1 25 h (8 + 1 open), AC-2 26 h (7 + 3), AC-4 1.5 h (from 09:00: 0.5).
        "first_resolution": (3, 25 * H, 26 * H, 9 * H, 10 * H),
        # AC-2: Monday 10:00 to Wednesday 15:00, 53 h; open 7 + 8 + 6.
        "resolution": (3, 25 * H, 53 * H, 9 * H, 21 * H),
        # AC-2 without Tuesday 12:00 to Wednesday 09:00: 32 h; open 7 + 3 + 6.
        "handling": (3, 25 * H, 32 * H, 9 * H, 16 * H),
        # AC-2 without the 4 h it waited: 28 h, 12 h.
        "waited_for_us": (3, 25 * H, 28 * H, 9 * H, 12 * H),
        "waited_for_customer": (3, 0, 4 * H, 0, 4 * H),
        "put_aside": (3, 0, 0, 0, 0),
    }
    plain = report.plain()
    assert plain["waited"] == {
        "waited_for_us": (25 + 28) * H + 5400,
        "waited_for_customer": 4 * H,
        "put_aside": 0,
    }
    assert plain["kept_out"] == {"own": 1, "no_reply": 1, "came_done": 0}


def test_without_a_calendar_there_is_wall_time_and_a_count_of_what_has_no_other() -> None:
    report = made(TimesReport, unit="week", calendar=None)
    found = next(row for row in rows(report) if row["metric"] == "resolution")
    assert (found["median"] is not None, found["worked_median"], found["worked_count"]) == (True, None, 0)
    report = made(TimesReport, unit="week", calendar=None)
    assert {row["no_calendar"] for row in rows(report) if row["metric"] == "resolution"} == {3}
    assert "no working time is known" in text(made(TimesReport, calendar=None))


def test_medians_of_nothing_are_empty_and_not_zero() -> None:
    row = next(
        row for row in rows(made(TimesReport, lives=[], unit="week")) if row["metric"] == "first_response"
    )
    assert (row["count"], row["median"], row["p90"], row["worked_median"]) == (0, None, None, None)


def test_who_has_how_much_and_did_what() -> None:
    report = made(WorkloadReport)
    found = {row["name"]: row for row in rows(report)}
    told = {
        name: [row[key] for key in ("open", "received", "replies", "resolved", "capacity", "load")]
        for name, row in found.items()
    }
    assert told == {
        # Iva was given AC-1, AC-2 and AC-4, wrote two answers, and had AC-1 and AC-4 when they were resolved.
        "iva": [0, 3, 2, 2, 2, 0.0],
        # Marko was given AC-2 in the week (AC-3 before it), and had it when it was resolved twice.
        "marko": [1, 1, 1, 2, None, None],
        "": [1, 0, 0, 0, None, None],
    }
    assert found["marko"]["away_until"] == "2026-12-01"
    assert found["marko"]["priorities"] == {"normal": 1}
    assert found["marko"]["oldest"] == when("10-01 08:00")
    assert found[""]["waiting"] == 1
    plain = report.plain()
    assert plain["total"] == {
        "open": 2, "unassigned": 1, "over_capacity": 0, "received": 4, "replies": 3, "resolved": 4,
    }  # fmt: skip
    groups = {
        one["name"]: (one["open"], one["received"], one["resolved"], one["capacity"])
        for one in plain["groups"]
    }
    # AC-2 came to technical on Tuesday before it was resolved; support has a member without a limit.
    assert groups == {"support": (0, 3, 2, None), "technical": (1, 1, 2, None), "": (1, 0, 0, None)}


def test_more_than_they_can_take_is_said() -> None:
    mine = [life([("11-16 09:00", "open")], f"AC-{n}", assignee="iva") for n in range(3)]
    report = made(WorkloadReport, lives=mine)
    row = next(row for row in rows(report) if row["name"] == "iva")
    assert (row["open"], row["capacity"], row["load"]) == (3, 2, 1.5)
    assert "over capacity  iva" in text(made(WorkloadReport, lives=mine))


def test_what_was_done_by_the_day_leaves_what_is_open_out() -> None:
    found = rows(made(WorkloadReport, unit="day"))
    assert {row["open"] for row in found} == {None}
    replies = {(row["bucket"], row["name"]): row["replies"] for row in found if row["replies"]}
    assert replies == {("2026-11-16", "iva"): 2, ("2026-11-17", "marko"): 1}


def test_tags_count_under_each_and_pairs_go_together() -> None:
    report = made(TagsReport)
    found = {row["tag"]: row for row in rows(report)}
    told = {
        tag: (row["created"], row["share"], row["resolved"], row["backlog"], row["median"])
        for tag, row in found.items()
    }
    assert told == {
        "billing": (2, 0.4, 3, 0, 25 * H), "login": (2, 0.4, 2, 1, 32 * H), "": (2, 0.4, 1, 1, 5400),
    }  # fmt: skip
    plain = report.plain()
    assert plain["pairs"] == [{"tags": ["billing", "login"], "created": 1}]
    assert (plain["created"], plain["untagged"], plain["tags"]) == (5, 2, 2)
    with pytest.raises(UsageError, match="by tag already"):
        made(TagsReport, by="tag")


@pytest.mark.parametrize("kind", [VolumeReport, TimesReport, WorkloadReport, TagsReport])
@pytest.mark.parametrize("format_", ["table", "markdown", "html", "json", "jsonl", "csv", "summary", "ids"])
def test_an_empty_desk_has_a_report_in_every_format(kind: type[LeadReport], format_: str) -> None:
    for unit in ("", "week"):
        told = text(made(kind, lives=[], unit=unit, period=Period()), format_)
        assert told or format_ in ("ids", "jsonl")


@pytest.mark.parametrize("kind", [VolumeReport, TimesReport, WorkloadReport, TagsReport])
def test_names_that_mean_something_elsewhere_are_shown_and_do_nothing(kind: type[LeadReport]) -> None:
    lives = [
        life(
            [("11-16 09:00", "new"), ("11-16 12:00", "resolved")], f"AC-{number}", first="11-16 10:00",
            replies=[("11-16 10:00", word or "x")], assignee=word, group=word, type=word, tags=(word,), channel=word,
        )
        for number, word in enumerate(HOSTILE)
    ]  # fmt: skip
    for by in ("group", "channel"):
        for format_ in ("table", "markdown", "html", "csv"):
            told = text(made(kind, lives=lives, by=by, unit="day"), format_)
            if format_ != "csv":  # a file of data has what was said; a terminal is not shown it
                assert "\x1b" not in told
                assert "\u202e" not in told
            if format_ == "html":
                assert "<script>alert" not in told
                assert "<img" not in told
            if format_ == "table":
                assert not any(line.startswith("::") for line in told.split("\n"))
            if format_ == "csv":
                assert "\n=cmd" not in told.replace(",", "\n")


def test_ids_are_the_tickets_that_were_counted() -> None:
    assert text(made(VolumeReport), "ids").split() == ["AC-1", "AC-2", "AC-4", "AC-5", "AC-6"]
    assert text(made(WorkloadReport), "ids").split() == ["AC-3", "AC-6"]
    assert text(made(TimesReport), "ids").split() == ["AC-1", "AC-2", "AC-4"]


def test_a_period_that_has_not_begun_says_so() -> None:
    later = Period(start=when("12-01 00:00"), end=when("12-31 00:00"))
    told = text(made(VolumeReport, period=later))
    assert "The period has not begun" in told
    row = rows(made(VolumeReport, period=later, unit="month"))[0]
    assert (row["bucket"], row["created"], row["backlog"]) == ("2026-12", 0, 2)


def test_what_cannot_be_read_is_named_first() -> None:
    problems = ("tickets/7K/AC-7.md: no status",)
    told = text(VolumeReport(lived(tickets(), AS_OF, problems=problems), scope()))
    assert "not whole" in told
    assert "tickets/7K/AC-7.md: no status" in told


def test_rows_that_nobody_could_read_are_refused() -> None:
    lives = [life([("11-16 09:00", "new")], f"AC-{n}", requester=f"c{n}@x.example") for n in range(80)]
    old = life([("01-01 00:00", "open")], "AC-OLD")
    ancient = Life(old.ticket, old.title, at("01-01 00:00") - 40 * 365 * DAY, old.header, ((0, "open"),))
    with pytest.raises(UsageError, match="rows"):
        rows(made(VolumeReport, lives=[*lives * 2, ancient], by="customer", unit="day", period=Period()))


def test_the_zone_of_the_days_can_be_another_one() -> None:
    report = VolumeReport(lived(tickets(), AS_OF), scope(unit="day", time_zone="Asia/Tokyo"))
    # AC-6 was created on Friday 08:00 UTC: still Friday there; the last answer of UTC's Monday is Tuesday's there.
    assert [row["bucket"] for row in rows(report)][-1] == "2026-11-20"
    assert report.plain()["timezone"] == "Asia/Tokyo"
    assert config().time_zone == "Europe/Zagreb"


def test_what_came_back_from_cancelled_has_a_column_where_there_is_any() -> None:
    back = life([("11-16 09:00", "new"), ("11-17 09:00", "cancelled"), ("11-18 09:00", "open")], "AC-7")

    def table(**parts: Any) -> dict[str, Any]:
        report = made(VolumeReport, unit="week", **parts)
        assert rows(report)  # what is written reads the lives before it is told
        grid = next(one for one in report.blocks(brief=False) if isinstance(one, Grid))
        return dict(zip((field.name for field in grid.fields), grid.rows[0], strict=True))

    assert "restored" not in table()
    with_it = table(lives=[*tickets(), back])
    assert list(with_it)[4:7] == ["cancelled", "restored", "backlog"]
    before = 1
    sums = [with_it[name] for name in ("created", "reopened", "restored", "resolved", "cancelled")]
    assert before + sum(sums[:3]) - sum(sums[3:]) == with_it["backlog"] == 3
    assert with_it["restored"] == 1
