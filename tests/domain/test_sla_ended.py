"""What an ended clock says straight out of its row is what a Cycle says of it."""

from __future__ import annotations

import json

import pytest

from gitdesk.domain.sla_cycle import Cycle
from gitdesk.domain.sla_ended import Ended
from gitdesk.domain.sla_standing import Standing, cycle, marked, orphaned
from gitdesk.render.clock_row import json_writer
from gitdesk.value import parts_of, replace

MET = Standing(
    metric="resolution",
    cycle=2,
    state="met",
    policy="office",
    version=7,
    commit="c" * 40,
    calendar="zagreb",
    priority="high",
    started=1_795_000_000,
    stopped=1_795_090_000,
    settled=1_795_090_000,
    target=28_800,
    elapsed=20_000,
    paused=3_600,
    closed=66_400,
    due=None,
    breached=None,
    breach_target=None,
    breach_policy="",
    breach_priority="",
    loosened_by="",
    no_reply=0,
    first_verdict="",
    first_stopped=None,
    remarks="",
)
MISSED = replace(
    MET,
    state="breached",
    elapsed=30_000,
    breached=1_795_080_000,
    breach_target=14_400,
    breach_policy="gold",
    breach_priority="urgent",
    loosened_by="Iva Kralj <iva@acme.example>",
)


@pytest.mark.parametrize(
    "one",
    [
        MET,
        MISSED,
        replace(MET, state="void", breached=1_795_080_000, breach_target=14_400),
        replace(MET, metric="first_response", no_reply=1),
        replace(MET, state="n/a", target=None, remarks="no policy matches\nclocks went backwards"),
        replace(MISSED, first_verdict="met", first_stopped=1_795_050_000),
        replace(MET, started=-62_135_596_800, stopped=253_402_300_799),
        replace(MET, started=0, stopped=86_399),
    ],
)
def test_a_row_reads_as_the_cycle_it_is(one: Standing) -> None:
    names = {"ticket": "GD-7K3QX4M2", "title": 'A "title"', "assignee": "ana", "group": ""}
    expected = cycle(one, one.settled, None, **names)
    values = [getattr(one, part) for part in parts_of(Standing)]
    row = Ended._make((names["ticket"], *values, names["title"], names["assignee"], names["group"]))
    for part in (*parts_of(Cycle), "ever_breached", "is_breached", "is_live"):
        assert getattr(row, part) == getattr(expected, part), part
    assert row.is_at_risk(50) == expected.is_at_risk(50)
    write = json_writer()
    assert write(row) == write(expected)
    assert json.loads(write(row))["ticket"] == names["ticket"]


def test_a_status_the_workflow_has_no_longer_marks_what_has_not_ended() -> None:
    gone = orphaned("snoozed", {"open"})
    assert "snoozed" in gone
    assert orphaned("open", {"open"}) == orphaned("", ()) == ""
    running = replace(MET, state="running", stopped=None, due=1_795_100_000)
    live = cycle(running, MET.settled, None, ticket="A", title="", assignee="", group="")
    over = cycle(MET, MET.settled, None, ticket="A", title="", assignee="", group="")
    assert marked(live, gone).remarks == (gone,)
    assert marked(marked(live, gone), gone).remarks == (gone,)
    assert marked(over, gone) is over
