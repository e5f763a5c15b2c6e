"""Reading through the door: names, lists, links from both ends, and the desk as it was."""

from __future__ import annotations

import pytest

from gitdesk.desk import Step, Why
from gitdesk.desk.merging import merge_steps, unmerge_steps
from gitdesk.domain.edit import Move, Relate
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import NotFound, Refused, UsageError

from .conftest import NOW, Place


def test_a_ticket_is_found_by_any_beginning_of_its_code(place: Place) -> None:
    ticket = place.new()
    code = ticket.removeprefix("GD-")
    with place.open() as desk:
        for word in (ticket, ticket.lower(), code, code[:4].lower(), f"gd-{code[:5]}", f" {code} "):
            assert desk.resolve(word) == ticket


def test_letters_that_look_like_digits_are_read_as_them(place: Place) -> None:
    ticket = place.new()
    code = ticket.removeprefix("GD-")
    with place.open() as desk:
        assert desk.resolve(code.replace("1", "l").replace("0", "o")) == ticket


@pytest.mark.parametrize("word", ["zzzz", "", "GD-", "XX-1", "../../etc/passwd", "GD-!!", "-n", "ü"])
def test_what_names_no_ticket_is_not_found(place: Place, word: str) -> None:
    place.new()
    with place.open() as desk, pytest.raises(NotFound):
        desk.resolve(word)


def test_an_ambiguous_beginning_lists_the_candidates(place: Place) -> None:
    tickets = [place.new(f"ticket {number}") for number in range(40)]
    firsts = [ticket[3] for ticket in tickets]
    twice = next(letter for letter in firsts if firsts.count(letter) > 1)
    with place.open() as desk, pytest.raises(NotFound) as raised:
        desk.resolve(twice)
    for ticket in [ticket for ticket in tickets if ticket[3] == twice][:8]:
        assert ticket in raised.value.message


def test_a_ticket_is_found_by_the_id_of_its_source(place: Place) -> None:
    ticket = place.new(source="zendesk:4711")
    with place.open() as desk:
        assert desk.resolve("zendesk:4711") == ticket
        with pytest.raises(NotFound):
            desk.resolve("zendesk:1")


STRANGER = {"GIT_AUTHOR_EMAIL": "ci@elsewhere.example", "GIT_COMMITTER_EMAIL": "ci@elsewhere.example"}


@pytest.mark.parametrize(
    "query",
    ["title:home", "customer:home*", '"about me"', "me", "source:mine", "-requester:*me*", "has:message"],
)
def test_a_stranger_may_ask_for_what_only_looks_like_me(place: Place, query: str) -> None:
    place.new("home page is about me")
    with place.open(**STRANGER) as desk:
        list(desk.find(query, columns=("id",)).rows)


@pytest.mark.parametrize(
    "query", ["assignee:me", "assignee:ME", "assignee:nobody,Me", "is:Mine", "group:MINE", "watcher:me"]
)
def test_me_is_whoever_asks_in_any_case_and_nobody_to_a_stranger(place: Place, query: str) -> None:
    with place.open() as desk:
        me = desk.me
    ticket = place.new(assignee=me.id, group=me.groups[0] if me.groups else "", watchers=(me.id,))
    with place.open() as desk:
        found = [row[0] for row in desk.find(query, columns=("id",)).rows]
    assert found == ([] if query == "group:MINE" and not me.groups else [ticket])
    with place.open(**STRANGER) as desk, pytest.raises(UsageError, match='"me" is nobody'):
        desk.find(query, columns=("id",))


def test_a_list_leaves_out_what_is_done_unless_asked(place: Place) -> None:
    done, open_ = place.new("done", status="closed"), place.new("open")
    with place.open() as desk:
        assert [row[0] for row in desk.find(columns=("id",)).rows] == [open_]
        assert {row[0] for row in desk.find(columns=("id",), everything=True).rows} == {done, open_}
        assert [row[0] for row in desk.find("status:closed", columns=("id",)).rows] == [done]


def test_a_list_is_ordered_by_what_is_due_then_priority_then_age(place: Place) -> None:
    from datetime import timedelta

    late = place.new("late", priority="high")
    early = place.new("early", priority="high", created=NOW - timedelta(hours=1))
    low = place.new("low", priority="low", created=NOW - timedelta(days=9))
    with place.open() as desk:
        assert [row[0] for row in desk.find(columns=("id",)).rows] == [low, early, late]  # low is overdue
        by_priority = desk.find("sort:-priority,created", columns=("id", "due", "sla"))
        assert [row[0] for row in by_priority.rows] == [early, late, low]


def test_a_limited_list_says_how_many_there_are(place: Place) -> None:
    for number in range(3):
        place.new(f"ticket {number}")
    with place.open() as desk:
        found = desk.find(columns=("id",), limit=2)
        assert (len(list(found.rows)), found.total) == (2, 3)
        assert desk.find(columns=("id",), limit=3).total is None


def test_the_desk_answers_as_of_any_commit(place: Place) -> None:
    ticket = place.new()
    with place.open() as desk:
        desk.change([Step(ticket_id=ticket, edit=Move(status="closed"))], Why())
    with place.open() as desk:
        assert desk.ticket(ticket).status == "closed"
        assert list(desk.find(columns=("status",), at="HEAD~1").rows) == [("new",)]
        shown = desk.show(ticket, at="HEAD~1").document.ticket
        assert shown is not None
        assert shown.status == "new"
        with pytest.raises(NotFound):
            desk.show(ticket, at="HEAD~2")


def test_a_link_shows_on_both_tickets(place: Place) -> None:
    one, other = place.new("one"), place.new("other")
    with place.open() as desk:
        desk.change([Step(ticket_id=one, edit=Relate(kind="blocks", target=other))], Why())
    with place.open() as desk:
        assert desk.show(one).links == (("blocks", other, "other", "new"),)
        assert desk.show(other).links == (("blocked by", one, "one", "new"),)


def test_a_link_said_from_both_ends_shows_once(place: Place) -> None:
    one, other = place.new("one"), place.new("other")
    with place.open() as desk:
        desk.change(
            [
                Step(ticket_id=one, edit=Relate(kind="relates", target=other)),
                Step(ticket_id=other, edit=Relate(kind="relates", target=one)),
            ],
            Why(),
        )
    with place.open() as desk:
        assert [link[:2] for link in desk.show(one).links] == [("relates", other)]


def test_a_merge_is_on_both_tickets_and_can_be_undone(place: Place) -> None:
    source, target = place.new("double", status="open"), place.new("first")
    with place.open() as desk:
        desk.change(merge_steps(desk, source, target), Why())
    with place.open() as desk:
        merged = desk.ticket(source)
        assert desk.config.workflow.category(merged.status) == "cancelled"
        assert merged.merged_into == target
        assert [str(link) for link in desk.ticket(target).links] == [f"merges {source}"]
        with pytest.raises(Refused, match="merged into"):
            merge_steps(desk, target, source)
        desk.change(unmerge_steps(desk, source), Why())
    with place.open() as desk:
        assert (desk.ticket(source).status, desk.ticket(source).merged_into) == ("open", "")
        assert desk.ticket(target).links == ()


def test_an_unreadable_ticket_is_a_marked_row_and_can_be_shown(place: Place) -> None:
    ticket = place.new()
    file = next((place.path / "tickets").rglob("*.md"))
    file.write_bytes(b"---\nid: \xff\n---\n")
    place.git("-c", "core.hooksPath=/dev/null", "commit", "-qam", "by hand")
    with place.open() as desk:
        [(found, status, problem)] = desk.find(columns=("id", "status", "problem")).rows
        assert (found, status) == (ticket, None)
        assert "UTF-8" in problem
        assert desk.show(ticket).document.ticket is None


def test_a_search_tells_where_it_found_what(place: Place) -> None:
    ticket = place.new("Novi žurnal", description="Ὁ σοφός ἀνήρ")
    with place.open() as desk:
        [hit] = desk.search("zurnal")
        assert hit["id"] == ticket
        [hit] = desk.search("ΣΟΦΟΣ")
        start, end = hit["found"][0]
        assert hit["passage"][start:end] == "σοφός"


def test_completion_offers_ids_with_titles_and_the_words_of_the_desk(place: Place) -> None:
    ticket = place.new("Cannot log in")
    with place.open() as desk:
        assert desk.complete("id", ticket[3:5]) == [(ticket, "Cannot log in")]
        assert [name for name, _ in desk.complete("status", "wait")] == ["waiting"]
        assert ("me", "you") in desk.complete("assignee", "m")
        ids = [person.id for person in desk.config.people]
        assert [name for name, _ in desk.complete("agent", "")] == ids
        assert desk.complete("id", "GD-") != []
        assert TicketId(desk.complete("id", "")[0][0]) == ticket


def test_a_list_of_another_moment_tells_what_was_late_then(place: Place) -> None:
    ticket = place.new("early", priority="urgent")
    with place.open() as desk:
        tip = desk.tip
    with place.open(GITDESK_NOW="2026-11-30T09:00:00Z") as desk:
        assert list(desk.find(columns=("id", "sla")).rows) == [(ticket, "breached_running")]
        assert list(desk.find(columns=("id", "sla"), at=tip).rows) == [(ticket, "running")]
        assert list(desk.find("sla:overdue", columns=("id",), at="2026-11-22T09:30:00Z").rows) == []
        assert list(desk.find("sla:overdue", columns=("id",), at="2026-11-25").rows) == [(ticket,)]
