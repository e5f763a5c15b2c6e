from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitdesk.domain.customers import Customers, Organisation, customers_of, domain_key, organisation_of
from gitdesk.domain.query import Facts, Query, QueryError, Scope, Vocabulary
from gitdesk.domain.ticket import Ticket, TicketId

ACME = {"name": "Acme Ltd", "domains": ["acme.example"], "tier": "gold", "region": "eu", "language": "en"}
LABS = {"name": "Acme Labs", "domains": ["labs.acme.example", "žito.example"], "tier": "silver"}
DESK = Vocabulary(
    customers={"tiers": ["gold", {"name": "silver"}], "organisations": [ACME, LABS]},
    fields={"region": "text", "seats": "integer"},
)


@pytest.mark.parametrize(
    ("requester", "wanted"),
    [
        ("Ana <ana@acme.example>", "Acme Ltd"),
        ("ana@ACME.Example", "Acme Ltd"),
        ("ana@mail.acme.example", "Acme Ltd"),
        ("ana@mail.acme.example.", "Acme Ltd"),
        ("ana@x.labs.acme.example", "Acme Labs"),  # the nearest one above
        ("ana@labs.acme.example", "Acme Labs"),
        ("ana@ŽITO.example", "Acme Labs"),
        ("ana@xn--ito-b3a.example", "Acme Labs"),
        ('"a@b" <ana@acme.example>', "Acme Ltd"),
        ("ana@notacme.example", None),
        ("ana@acme.example.evil.example", None),
        ("ana@example", None),
        ("acme.example", None),
        ("Ana <acme.example>", None),
        ("Ana", None),
        ("", None),
        ("ana@", None),
        ("ana@" + "ž" * 500 + ".acme.example", "Acme Ltd"),
    ],
)
def test_a_requester_belongs_to_the_organisation_of_the_nearest_domain(
    requester: str, wanted: str | None
) -> None:
    found = organisation_of(requester, DESK)
    assert (found and found.name) == wanted


def test_an_organisation_is_written_with_its_tier_and_region() -> None:
    assert str(organisation_of("a@acme.example", DESK)) == "Acme Ltd (gold, eu)"
    assert str(Organisation(name="Plain", domains=("p.example",))) == "Plain"


def test_a_desk_without_customers_knows_no_organisation() -> None:
    assert organisation_of("a@acme.example", Vocabulary()) is None
    assert organisation_of("a@acme.example", Vocabulary(customers={"organisations": None})) is None


def test_the_customers_of_one_desk_are_made_once_and_of_many_desks_not_mixed_up() -> None:
    desks = [
        Vocabulary(customers={"organisations": [{"name": str(n), "domains": ["a.example"]}]})
        for n in range(99)
    ]
    for _ in range(2):
        assert [str(organisation_of("x@a.example", desk)) for desk in desks] == [str(n) for n in range(99)]
    assert customers_of(DESK) is customers_of(DESK)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_can_be_asked_for_and_case_tells_no_domains_apart(requester: str, domain: str) -> None:
    Customers(DESK.customers).find(requester)
    ascii_domain = domain.encode("ascii", "ignore").decode()
    assert domain_key(ascii_domain.upper()) == domain_key(ascii_domain.lower())


def asked(text: str, requester: str, **fields: str) -> bool:
    from datetime import UTC, datetime

    now = datetime(2026, 11, 22, tzinfo=UTC)
    ticket = Ticket(
        id=TicketId("GD-7K3QX4M2"), title="t", created=now, status="open", requester=requester,
        fields=tuple(fields.items()),
    )  # fmt: skip
    facts = Facts(ticket=ticket, path="tickets/7K/GD-7K3QX4M2.md")
    return Query.parse(text, DESK).matches(facts, Scope(now=now, vocabulary=DESK))


@pytest.mark.parametrize(
    "text",
    ["tier:gold", "TIER:GoLd", "tier:g*", "organisation:acme*", 'customer:"ACME LTD"', "organization:*", "region:eu",
     "language:en", "has:tier", "has:customer,type", "tier:gold region:eu", "-tier:silver", "tier!=silver"],
)  # fmt: skip
def test_a_ticket_is_found_by_what_its_requesters_organisation_is(text: str) -> None:
    assert asked(text, "Ana <ana@mail.acme.example>")
    assert not asked(f"-({text})", "Ana <ana@mail.acme.example>")


@pytest.mark.parametrize(
    "text", ['tier:""', "no:tier", "no:organisation", 'region:""', 'language:"",en', "no:tier,requester"]
)
def test_somebody_of_no_organisation_has_none_of_it(text: str) -> None:
    assert asked(text, "ana@elsewhere.example")


def test_what_the_ticket_says_wins_over_the_organisation() -> None:
    ana = "ana@acme.example"
    assert asked("region:us", ana, region="us")
    assert not asked("region:eu", ana, region="us")
    assert asked("region:eu", ana, region="")
    assert asked("region:eu", "ana@elsewhere.example", region="eu")
    assert not asked('region:""', "ana@elsewhere.example", region="eu")
    assert asked("tier:gold", ana, tier="silver")  # no field of the desk's own: nobody declared it


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("tier:glod", 'unknown tier "glod"', 'did you mean "gold"?'),
        ("customer:acmee", 'unknown organisation "acmee"', None),
        ("tier>gold", '"tier" has no order to compare by', "write tier:…"),
        ("language:e", 'unknown language "e"', None),
    ],
)
def test_a_name_that_no_customer_has_is_pointed_at(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(QueryError) as caught:
        Query.parse(text, DESK)
    assert caught.value.what == message
    assert hint is None or caught.value.hint == hint


def test_a_field_of_free_text_lets_any_region_be_asked_for() -> None:
    Query.parse("region:mars", DESK)
    limited = Vocabulary(customers=DESK.customers, fields={"region": "choice"}, choices={"region": ("us",)})
    assert limited.known("region") == ("eu", "us")
    with pytest.raises(QueryError, match='unknown region "mars"'):
        Query.parse("region:mars", limited)
