"""Service levels: a breach that somebody would rather not have had."""

from __future__ import annotations

import json

import pytest

from .attacking import CONFIG, IVA, PATH, START, Desk, H, attack, said, stamp, text


def states(desk: Desk, tip: str) -> dict[str, str]:
    """Returns where the clocks of the ticket stand, far later, when the desk ends with a commit."""
    desk.git("update-ref", "refs/heads/main", tip)
    done = desk.gitdesk("sla", "report", "--json", GITDESK_NOW=stamp(START + 240 * H))
    desk.git("update-ref", "refs/heads/main", desk.base)
    assert done.returncode == 0, done.stderr
    return {one["metric"]: one["state"] for one in json.loads(done.stdout)["items"]}


@pytest.fixture
def unanswered(desk: Desk) -> str:
    """Returns the commit with the ticket that nobody has answered."""
    return desk.git("rev-parse", f"{desk.base}^")


def then(desk: Desk, tip: str, *steps: str) -> str:
    """Returns the last of commits that follow each other after both clocks have run out."""
    for number, step in enumerate(steps):
        tip = desk.commit({PATH: step}, parents=(tip,), at=START + 9 * H + 60 * number)
    return tip


@attack("A breach hidden by a priority that promises nothing, and back")
def test_a_breach_stays_when_the_priority_changes(desk: Desk, unanswered: str) -> None:
    lowered = then(desk, unanswered, text(priority="low"))
    assert states(desk, lowered) == {"first_response": "breached_running", "resolution": "breached_running"}
    back = then(desk, unanswered, text(priority="low"), text())
    assert states(desk, back) == {"first_response": "breached_running", "resolution": "breached_running"}


@attack("A breach hidden by closing and reopening")
def test_a_breach_stays_when_a_ticket_is_closed_and_opened(desk: Desk, unanswered: str) -> None:
    reopened = then(desk, unanswered, text(status="closed"), text(status="open"))
    assert states(desk, reopened) == {"first_response": "breached", "resolution": "breached_running"}


@attack("A breach hidden by deleting the ticket and making it anew")
def test_a_breach_stays_when_a_ticket_comes_back(desk: Desk, unanswered: str) -> None:
    gone = desk.commit({PATH: None}, parents=(unanswered,), at=START + 9 * H)
    back = desk.commit({PATH: text()}, parents=(gone,), at=START + 10 * H)
    assert states(desk, back) == {"first_response": "breached_running", "resolution": "breached_running"}
    assert desk.refused(back, unanswered) == ["A004"]


@attack("A breach hidden by a softer promise")
def test_a_promise_changed_later_is_for_later_tickets(desk: Desk, unanswered: str) -> None:
    softer = desk.git("show", f"{unanswered}:gitdesk.yaml").replace("1h", "900h").replace("8h", "900h")
    tip = desk.commit({"gitdesk.yaml": softer}, parents=(unanswered,), at=START + 9 * H)
    assert states(desk, tip) == {"first_response": "breached_running", "resolution": "breached_running"}


@attack("A running clock changed over by `Gitdesk-Rebase-SLA` without an approval")
def test_a_running_clock_keeps_its_promise_unless_somebody_else_approves(desk: Desk, unanswered: str) -> None:
    softer = desk.git("show", f"{unanswered}:gitdesk.yaml").replace("1h", "900h").replace("8h", "900h")
    message = "softer\n\nGitdesk-Rebase-SLA: gold"
    tip = desk.commit({"gitdesk.yaml": softer}, parents=(unanswered,), at=START + 9 * H, message=message)
    assert states(desk, tip) == {"first_response": "breached_running", "resolution": "breached_running"}


@attack("A late clock given more time, without a word or as an import")
def test_who_loosens_a_late_clock_has_to_say_why(desk: Desk, unanswered: str) -> None:
    for header, message in (
        ({"priority": "low"}, "by hand"),
        ({"priority": "low", "source": "jira:4711"}, "import\n\nGitdesk-Source: jira:4711"),
    ):
        lowered = desk.commit(
            {PATH: text(**header)}, parents=(unanswered,), at=START + 9 * H, message=message
        )
        assert desk.refused(lowered, unanswered) == ["S003"]
    said_why = desk.commit(
        {PATH: text(priority="low")},
        parents=(unanswered,),
        at=START + 9 * H,
        message="low\n\nOne person only.",
    )
    assert desk.refused(said_why, unanswered) == []


@attack("A late ticket resolved without a word")
def test_who_ends_a_late_ticket_is_told_to_say_why(desk: Desk, unanswered: str) -> None:
    late = START + 9 * H
    resolved = {PATH: text(said(late), status="resolved")}
    silent = desk.commit(resolved, parents=(unanswered,), at=late)
    assert [(one.code, one.severity) for one in desk.judged(silent, unanswered)] == [("S002", "warn")]
    told = desk.commit(resolved, parents=(unanswered,), at=late, message="done\n\nNobody was in.")
    assert desk.judged(told, unanswered) == []
    asking = CONFIG + "fields:\n  - {name: breach_reason, type: text}\n"
    configured = desk.commit({"gitdesk.yaml": asking}, parents=(unanswered,), author=IVA)
    silent = desk.commit(resolved, parents=(configured,), at=late, message="done\n\nNobody was in.")
    assert desk.refused(silent, configured) == ["S002"]


@attack("A first answer that is none: a robot's, a note, a customer's own words")
def test_only_a_reply_of_the_desk_answers(desk: Desk, unanswered: str) -> None:
    robot = said(START + 300, author="Bot <bot@acme.example>")
    own = said(START + 300, author="Ana Horvat <ana@example.com>", kind="customer")
    for step in (robot, own, said(START + 300, kind="note")):
        tip = desk.commit({PATH: text(step)}, parents=(unanswered,), at=START + 300)
        assert states(desk, tip)["first_response"] == "breached_running", step


@attack("A late answer dated early, to stand before the breach")
def test_a_reply_older_than_its_commit_is_told(desk: Desk, unanswered: str) -> None:
    answer = {PATH: text(said(START + 300))}
    late = desk.commit(answer, parents=(unanswered,), at=START + 9 * H)
    assert [(one.code, one.severity) for one in desk.judged(late, unanswered)] == [("A003", "warn")]
    # Who dates the whole commit early, not before its parent, looks like somebody who was without a network.
    forged = desk.commit(answer, parents=(unanswered,), at=START + 9 * H, authored_at=START + 300)
    assert desk.judged(forged, unanswered) == []
