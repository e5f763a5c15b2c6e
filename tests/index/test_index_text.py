"""Full text search: folded, whole words before beginnings, the title before the thread, with the place."""

from __future__ import annotations

import pytest
from generated import Desk, files_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from query_strategies import IDS, NOW, VOCABULARY, desks

from gitdesk.domain.folding import passage
from gitdesk.domain.query import Facts, Query, Scope
from gitdesk.domain.query_words import parse_search
from gitdesk.domain.ticket import Message, Ticket
from gitdesk.index.index import Index

SCOPE = Scope(now=NOW, vocabulary=VOCABULARY)


def index_with(*tickets: Ticket) -> Index:
    source = Desk()
    source.commit("a", files_of(Facts(ticket=t, path=f"tickets/{t.id[3:5]}/{t.id}.md") for t in tickets))
    index = Index.open(":memory:")
    index.refresh("a", source)
    return index


def ticket(number: int, title: str = "t", description: str = "", *bodies: str, **values: object) -> Ticket:
    thread = tuple(Message(at=NOW, kind="note", author="Iva <i@x.example>", body=body) for body in bodies)
    given = {"created": NOW, "status": "open", **values}
    return Ticket(id=IDS[number], title=title, description=description, messages=thread, **given)  # type: ignore[arg-type]


def found(index: Index, words: str, query: str | None = None) -> list[str]:
    asked = Query.parse(query, VOCABULARY) if query else None
    ids = [hit.id for hit in index.text(words, SCOPE, asked)]
    index.close()
    return ids


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("žurnal", "zurnal"),
        ("zurnal", "ŽURNAL"),
        ("σοφός", "ΣΟΦΟΣ"),
        ("ΣΟΦΌΣ", "σοφος"),
        ("đak", "djak"),
        ("djak", "đak"),
        ("đak", "dak"),
        ("također", "takodjer"),
        ("Đorđe", "djordje"),
        ("Djordje", "Đorđe"),
        ("djorđe", "đordje"),
        ("straße", "STRASSE"),
        ("łódź", "lodz"),
        ("ısı", "isi"),
        ("e\u0301clair", "éclair"),
        ("soft\u00adware", "software"),
        ("日本語", "本"),
        ("a@b.example", "b.example"),
        ("well-known", "known"),
    ],
)
def test_words_are_found_however_they_are_written(stored: str, asked: str) -> None:
    assert found(index_with(ticket(0, "x", f"before {stored} after"), ticket(1, "x", "other")), asked) == [
        IDS[0]
    ]


def test_whole_words_come_before_beginnings_and_titles_before_threads() -> None:
    index = index_with(
        ticket(0, "t", "printers", "printers"),
        ticket(1, "printers and more", ""),
        ticket(2, "t", "", "the printer"),
        ticket(3, "the printer", ""),
    )
    assert found(index, "printer") == [IDS[3], IDS[2], IDS[1], IDS[0]]


def test_equals_come_in_the_order_of_ids() -> None:
    assert found(index_with(*(ticket(i, "same words") for i in range(6))), "same") == sorted(IDS)


def test_all_words_are_wanted_and_those_after_a_minus_are_not() -> None:
    tickets = ticket(0, "log in", "again"), ticket(1, "log"), ticket(2, "log in", "never")
    assert found(index_with(*tickets), "log in -never") == [IDS[0]]
    assert found(index_with(*tickets), '-"log in" log') == [IDS[1]]


def test_quotes_mean_whole_words_next_to_one_another() -> None:
    tickets = ticket(0, "cannot log in"), ticket(1, "in a log"), ticket(2, "log inside")
    assert found(index_with(*tickets), '"log in"') == [IDS[0]]
    assert found(index_with(*tickets), '"log in') == [IDS[0]]


def test_a_phrase_does_not_reach_from_one_message_into_the_next() -> None:
    assert found(index_with(ticket(0, "t", "", "ends with log", "in the next")), '"log in"') == []


def test_a_search_can_be_narrowed_by_a_query() -> None:
    tickets = ticket(0, "printer", status="open"), ticket(1, "printer", status="closed")
    assert found(index_with(*tickets), "printer", "status:closed") == [IDS[1]]
    assert found(index_with(*tickets), "printer", "merged:7k") == []


@pytest.mark.parametrize("words", ["", "   ", "-", "…", '""', "-printer", "* ^ : NEAR() AND OR NOT {title}"])
def test_nothing_a_person_types_is_a_mistake(words: str) -> None:
    assert found(index_with(ticket(0, "printer")), words) == []


def test_a_hit_says_where_the_words_stand() -> None:
    index = index_with(
        ticket(0, "printer", "a printer jam", "nothing", "the printer has a jam again"),
        ticket(1, "toner", "nothing", tags=("toner-low",)),
        ticket(2, "t", "nothing", requester="Tonka <t@x.example>"),
    )
    [hit] = index.text("printer again", SCOPE)
    assert (hit.field, hit.message, hit.text) == ("message", 1, "the printer has a jam again")
    assert passage(hit.text, parse_search("printer again").needles) == (hit.text, ((4, 11), (22, 27)))
    assert [(hit.field, hit.title) for hit in index.text("toner", SCOPE)] == [("title", "toner")]
    assert [(hit.field, hit.text) for hit in index.text("tonka", SCOPE)] == [("about", "Tonka <t@x.example>")]
    index.close()


def test_as_many_hits_come_as_are_asked_for() -> None:
    index = index_with(*(ticket(i, "printer" if i % 2 else "printers") for i in range(6)))
    assert [len(index.text("printer", SCOPE, limit=limit)) for limit in (0, 1, 3, 4, 20, None)] == [
        0,
        1,
        3,
        4,
        6,
        6,
    ]
    index.close()


words = st.lists(
    st.sampled_from(("printer", "žurnal", "dj", "djordje", '"log in"', "σοφός", "-vip", "日本", "ana")),
    max_size=3,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(desks, words)
def test_a_search_finds_what_a_query_of_the_same_words_finds(
    desk: tuple[Facts, ...], wanted: list[str]
) -> None:
    source = Desk()
    source.commit("a", files_of(desk))
    index = Index.open(":memory:")
    index.refresh("a", source)
    text = " ".join(wanted)
    expected = index.search(Query.parse(f"{text} -is:unreadable", VOCABULARY), SCOPE)
    if any(not word.startswith("-") for word in wanted):
        assert sorted(hit.id for hit in index.text(text, SCOPE)) == sorted(row[0] for row in expected)
    index.close()
