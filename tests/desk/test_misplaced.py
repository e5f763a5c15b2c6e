"""A file whose header names another ticket than its path does: the path says which ticket it is."""

from __future__ import annotations

import pytest

from gitdesk.cli.show import plain
from gitdesk.desk import Step, Why
from gitdesk.desk.merging import merge_steps
from gitdesk.domain.edit import Assign, Relate, Say, Several
from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import Message, TicketId

from .conftest import NOW, Place


@pytest.fixture
def two(place: Place) -> tuple[TicketId, TicketId]:
    """Returns a ticket whose header has the id of another one, and that other one."""
    mine, other = place.new("mine"), place.new("other")
    file = place.path / path_of(mine)
    file.write_text(file.read_text().replace(f"id: {mine}", f"id: {other}"))
    place.git("commit", "-qnam", "a wrong id")
    return mine, other


@pytest.mark.parametrize(
    "edit",
    [
        Several(edits=()),
        Say(message=Message(at=NOW, kind="note", author="Iva", body="", meta=(("attachments", ""),))),
    ],
)
def test_attachments_are_kept_by_the_ticket_of_the_path(
    place: Place, two: tuple[TicketId, TicketId], edit: Several | Say
) -> None:
    mine, other = two
    with place.open() as desk:
        desk.change([Step(ticket_id=mine, edit=edit, files=(("a.txt", b"a"),))], Why())
    with place.open() as desk:
        assert [name for name, _, _ in desk.show(mine).attachments] == ["a.txt"]
        assert desk.show(other).attachments == ()
        assert {entry.event.ticket_id for entry in desk.log([other]).entries} == {other}
        newest = next(iter(desk.log().entries))
        assert newest.event.ticket_id == mine


def test_an_edit_leaves_the_wrong_id_for_a_person_to_mend(
    place: Place, two: tuple[TicketId, TicketId]
) -> None:
    mine, _ = two
    with place.open() as desk:
        desk.change([Step(ticket_id=mine, edit=Assign(assignee="iva"))], Why())
    assert place.git("show", "--format=", "--numstat").split()[:2] == ["1", "1"]


def test_the_other_ticket_is_not_the_ticket_itself(place: Place, two: tuple[TicketId, TicketId]) -> None:
    mine, other = two
    with place.open() as desk:
        desk.change([Step(ticket_id=mine, edit=Relate(kind="relates", target=other))], Why())
    with place.open() as desk:
        desk.change(merge_steps(desk, mine, other), Why())
    with place.open() as desk:
        assert desk.ticket(mine).merged_into == other
        assert [end[:2] for end in desk.show(mine).links] == [("relates", other), ("merged into", other)]


def test_a_ticket_is_shown_under_the_id_of_its_path(place: Place, two: tuple[TicketId, TicketId]) -> None:
    mine, other = two
    with place.open() as desk:
        shown = plain(desk.show(mine))
    assert shown["id"] == mine
    assert any("F026" in warning or other in warning for warning in shown["warnings"])
