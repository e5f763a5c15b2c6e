"""Who answers for a change made through the door: what the rules are told, what they refuse and what they warn of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gitdesk.desk import Step, Why
from gitdesk.desk.accounting import committed_at, context_now
from gitdesk.domain.edit import Move, Set
from gitdesk.domain.people import Person
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import Refused, SetupError

from .conftest import NOW, Place

AS_MARKO = {"GIT_AUTHOR_NAME": "Marko", "GIT_AUTHOR_EMAIL": "marko@acme.example"}


def move(place: Place, ticket: TicketId, status: str, why: Why | None = None, **environ: str) -> list[str]:
    """Moves a ticket and returns the codes of the warnings."""
    with place.open(**environ) as desk:
        outcome = desk.change([Step(ticket_id=ticket, edit=Move(status=status))], why or Why())
    return [f"{one.code} {one.severity}" for one in outcome.warnings]


def test_a_warning_comes_with_the_outcome_and_the_change_is_made(place: Place) -> None:
    assert move(place, place.new(), "resolved") == ["W003 warn"]
    assert place.git("log", "-1", "--format=%s").strip().endswith("status new → resolved")


def test_the_actor_is_whom_git_says_and_the_reason_that_of_the_commit(place: Place) -> None:
    ticket = place.new(status="closed")
    assert move(place, ticket, "open", Why(reason="again"), **AS_MARKO) == ["P002 warn"]
    assert move(place, ticket, "closed") == ["W003 warn"]
    with pytest.raises(Refused, match=r"W002 .* needs a reason"):
        move(place, ticket, "open", Why(reason=" \n"))


def test_who_may_not_act_for_others_writes_nothing(place: Place) -> None:
    ticket, before = place.new(), place.git("rev-parse", "HEAD")
    with place.open() as desk:
        iva = desk.me
    with pytest.raises(Refused, match=r"P004 Marko <marko@acme.example> may not act for iva"):
        move(place, ticket, "open", Why(behalf=iva), **AS_MARKO)
    assert place.git("rev-parse", "HEAD") == before
    stranger = Person(id="marko", name="Marko", addresses=("marko@acme.example",))
    with pytest.raises(Refused, match="A005"):
        move(place, ticket, "open", Why(behalf=stranger))
    assert move(place, ticket, "open", Why(behalf=iva)) == []


def test_what_is_committed_is_what_was_judged(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk:
        iva = desk.me
    move(place, ticket, "open", Why(via="email", reason="on it", behalf=iva))
    said = place.git("log", "-1", "--format=%(trailers)").splitlines()
    assert said[:2] == ["Gitdesk-Via: email", f"On-behalf-of: {iva.name} <{iva.address}>"]


def test_a_clock_that_runs_behind_is_warned_of_and_holds_nobody_up(place: Place) -> None:
    ticket = place.new()
    assert move(place, ticket, "open", GITDESK_NOW="2026-11-22T08:54:00Z") == ["A006 warn"]
    assert move(place, ticket, "waiting", GITDESK_NOW="2026-11-22T08:55:00Z") == []


def test_a_dry_run_judges_too_and_needs_no_name(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = place.new()
    with place.open() as desk:
        outcome = desk.change([Step(ticket_id=ticket, edit=Move(status="closed"))], Why(), dry_run=True)
    assert [one.code for one in outcome.warnings] == ["W003"]
    empty = {"GIT_CONFIG_GLOBAL": "/dev/null", "EMAIL": ""}
    with place.open(**empty) as desk:
        assert desk.change([Step(ticket_id=ticket, edit=Move(status="open"))], Why(), dry_run=True).diff
        with pytest.raises(SetupError):
            desk.change([Step(ticket_id=ticket, edit=Move(status="open"))], Why())


def test_a_record_is_corrected_with_a_reason(place: Place) -> None:
    ticket = place.new(requester="ana@example.com")
    step = Step(ticket_id=ticket, edit=Set(values=(("requester", "eva@example.com"),)))
    with place.open() as desk:
        with pytest.raises(Refused, match=r"A002 requester is rewritten; it was ana@example.com"):
            desk.change([step], Why())
        assert desk.change([step], Why(reason="it was Eva who called")).commit


def test_calendars_are_brought_by_those_who_configure(place: Place) -> None:
    pytest.importorskip("holidays")
    from gitdesk.desk.refreshing import refresh

    file: Path = place.path / "gitdesk.yaml"
    text = file.read_text()
    file.write_text(
        text.replace("    # holidays:\n    #   country: HR ", "    holidays:\n      country: HR ")
    )
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "calendars")
    with place.open(**AS_MARKO) as desk, pytest.raises(Refused, match="P005"):
        refresh(desk, None, None)
    with place.open() as desk:
        assert refresh(desk, None, None).commit


def test_before_the_message_is_written_the_reason_is_not_known(place: Place) -> None:
    with place.open() as desk:
        context = context_now(desk.repo, desk.environ, desk.now, desk.tip, desk.config, None)
    assert context is not None
    assert (context.who, context.reason, context.trailers) == (desk.me.id, None, ())
    assert (context.now, context.parent_at) == (NOW, NOW)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"committer A <a@b> 1795338843 +0100", datetime(2026, 11, 22, 9, 14, 3, tzinfo=UTC)),
        (b"committer A <a@b> soon", None),
        (b"committer A <a@b> 99999999999999999 +0000", None),
        (b"author A <a@b> 1795338843 +0100", None),
    ],
)
def test_the_time_of_the_commit_below_is_read_where_git_could(line: bytes, expected: datetime | None) -> None:
    assert committed_at(b"tree x\n" + line + b"\n\ncommitter B <b@c> 1 +0000\n") == expected
