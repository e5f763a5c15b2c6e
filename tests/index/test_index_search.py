"""The index answers as filtering would: the contract that lets every command use it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from generated import index_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from query_strategies import IDS, NOW, TERMS, VOCABULARY, desks, queries, scopes

from gitdesk.domain.query import Facts, Query, Scope, Vocabulary
from gitdesk.domain.ticket import Ticket
from gitdesk.errors import UsageError

SCOPE = Scope(now=NOW, vocabulary=VOCABULARY, me="marko")


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(desks, st.lists(queries, min_size=1, max_size=12), scopes)
def test_search_equals_filtering_every_ticket(
    desk: tuple[Facts, ...], asked: list[Query], scope: Scope
) -> None:
    index = index_of(desk)
    for query in asked:
        expected = sorted(facts.path for facts in desk if query.matches(facts, scope))
        assert sorted(path for (path,) in index.search(query, scope, columns=["path"])) == expected, query
        assert index.count(query, scope) == len(expected)
    index.close()


_SINGLE = [Query.parse(text, VOCABULARY) for text in TERMS]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(desks, scopes)
def test_every_single_test_means_the_same_on_both_sides(desk: tuple[Facts, ...], scope: Scope) -> None:
    index = index_of(desk)
    for query in _SINGLE:
        expected = sorted(facts.path for facts in desk if query.matches(facts, scope))
        assert sorted(path for (path,) in index.search(query, scope, columns=["path"])) == expected, query
    index.close()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(desks, st.sampled_from(IDS))
def test_tickets_are_named_by_their_ids_wherever_they_stand(desk: tuple[Facts, ...], other: str) -> None:
    index = index_of(desk)
    rows = list(index.search(Query(), SCOPE, columns=["id", "title", "status"]))
    named = index.named([*(row[0] for row in rows), other], ["title", "status"])
    assert set(named) - {other} == {row[0] for row in rows} - {other}
    assert all((ticket_id, *named[ticket_id]) in rows for ticket_id in named)
    index.close()


def facts(ticket_id: str, **values: object) -> Facts:
    given = {"title": "t", "created": NOW, "status": "open", **values}
    return Facts(ticket=Ticket(id=ticket_id, **given), path=f"tickets/{ticket_id[3:5]}/{ticket_id}.md")  # type: ignore[arg-type]


def found(desk: list[Facts], text: str, **options: object) -> list[str]:
    index = index_of(desk)
    ids = [row[0] for row in index.search(Query.parse(text, VOCABULARY), SCOPE, **options)]  # type: ignore[arg-type]
    index.close()
    return ids


def test_the_order_of_a_list_is_open_work_first_then_priority_then_age() -> None:
    day = lambda n: datetime(2026, 11, n, tzinfo=UTC)  # noqa: E731
    desk = [
        facts(IDS[0], status="closed", priority="high", created=day(1)),
        facts(IDS[1], priority="low", created=day(1)),
        facts(IDS[2], priority="high", created=day(3)),
        facts(IDS[3], priority="high", created=day(2)),
        Facts(ticket=None, path=f"tickets/01/{IDS[4]}.md", problem="1:1: broken (F010)"),
    ]
    assert found(desk, "") == [IDS[4], IDS[3], IDS[2], IDS[1], IDS[0]]
    assert found(desk, "sort:-created", limit=3) == [IDS[4], IDS[2], IDS[3]]
    assert found(desk, "sort:-priority,created") == [IDS[4], IDS[0], IDS[3], IDS[2], IDS[1]]
    assert found(desk, "", sort=[("id", True)], limit=2) == [IDS[4], IDS[3]]
    assert found(desk, "", limit=0) == []


def test_a_ticket_that_cannot_be_read_stays_in_a_list_that_excludes_done_work() -> None:
    broken = Facts(ticket=None, path=f"tickets/7K/{IDS[0]}.md", problem="1:1: broken (F010)")
    assert found([broken], "-is:done") == found([broken], "") == found([broken], "has:problem") == [IDS[0]]
    assert found([broken], "no:assignee") == found([broken], "status:open") == []


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_codes_are_found_by_their_beginning_and_cut_where_they_differ(data: st.DataObject) -> None:
    code = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=8, max_size=8)
    ids = sorted(
        f"GD-{c}"
        for c in data.draw(st.sets(st.one_of(code, code.map(lambda c: "7K3QX4" + c[:2])), max_size=12))
    )
    index = index_of([facts(ticket_id) for ticket_id in ids])
    for ticket_id, length in index.shortest(ids).items():
        beginning = ticket_id[3 : 3 + length]
        assert index.find(beginning.lower()) == [ticket_id]
        assert index.find(f"gd-{beginning}") == [ticket_id]
        assert index.find(f"hd-{beginning}") == []
        others = [
            other for other in ids if other != ticket_id and other[3:].startswith(ticket_id[3 : 2 + length])
        ]
        assert length == 1 or others, "one character less would do"
    assert index.find("") == ids
    index.close()


def test_values_come_back_as_they_were_written() -> None:
    fields = (("region", ("x", "y")),)
    ticket = Ticket(id=IDS[0], title='"q" \\ Ž', created=NOW, status="open", tags=("b", "a"), fields=fields)
    index = index_of([Facts(ticket=ticket, path=f"tickets/7K/{IDS[0]}.md", attachments=("b.txt", "a.png"))])
    wanted = (
        "title",
        "assignee",
        "category",
        "created",
        "tags",
        "fields",
        "attachments",
        "messages",
        "updated",
        "problem",
    )
    [row] = index.search(Query(), SCOPE, columns=wanted)
    assert row == (
        '"q" \\ Ž',
        None,
        "open",
        "2026-11-22T10:00:00Z",
        ("b", "a"),
        {"region": ["x", "y"]},
        ("a.png", "b.txt"),
        0,
        None,
        None,
    )
    index.close()


def test_a_column_that_does_not_exist_is_refused_with_the_near_miss() -> None:
    index = index_of([])
    with pytest.raises(UsageError) as caught:
        list(index.search(Query(), SCOPE, columns=["asignee"]))
    assert (caught.value.message, caught.value.hint) == (
        'unknown column "asignee"',
        'did you mean "assignee"?',
    )
    index.close()


def test_clocks_are_asked_for_in_vain_until_there_are_some() -> None:
    index = index_of([])
    query = Query.parse("sla:breached", VOCABULARY)
    with pytest.raises(UsageError, match="needs SLA clocks"):
        index.search(query, SCOPE)
    with pytest.raises(UsageError, match="needs SLA clocks"):
        index.search(Query.parse("sort:due", VOCABULARY), SCOPE)
    with pytest.raises(UsageError, match="needs SLA clocks"):
        query.matches(facts(IDS[0]), SCOPE)
    index.close()


def test_values_in_use_are_offered_by_their_folded_beginning() -> None:
    index = index_of(
        [facts(IDS[0], status="čeka", tags=("žuto",)), facts(IDS[1], status="closed")],
        vocabulary=Vocabulary(),
    )
    assert index.values("status", "c") == ["closed", "čeka"]
    assert index.values("tag", "Ž") == ["zuto"]
    index.close()


def test_an_answer_that_breaks_off_is_taken_up_again_where_it_was() -> None:
    index = index_of([facts(ticket_id) for ticket_id in IDS])
    broken = iter([True, False])

    def ask(connection: sqlite3.Connection) -> Iterator[str]:
        for number, (ticket_id,) in enumerate(connection.execute("SELECT id FROM tickets ORDER BY id")):
            if number == 3 and next(broken, False):
                raise sqlite3.DatabaseError("database disk image is malformed")
            yield ticket_id

    assert list(index._rows(ask)) == sorted(IDS)
    index.close()
