from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitdesk.domain.people import Person, author_of, id_for, parse_author

ANA = Person(id="ana", name="Ana Horvat", addresses=("ana@acme.example", "ana@home.example"))


def test_an_author_is_written_with_the_first_address() -> None:
    assert author_of(ANA) == "Ana Horvat <ana@acme.example>"
    assert author_of(Person(id="bot", name="Robot")) == "Robot"


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("Ana Horvat <ana@acme.example>", "Ana Horvat", "ana@acme.example"),
        ("  Ana   <ana@acme.example>  ", "Ana", "ana@acme.example"),
        ('"Horvat, Ana" <ana@acme.example>', "Horvat, Ana", "ana@acme.example"),
        ("ana@acme.example", "", "ana@acme.example"),
        ("<ana@acme.example>", "", "ana@acme.example"),
        ("Ana Horvat", "Ana Horvat", ""),
        ("Ana at ana@acme.example", "Ana at ana@acme.example", ""),
        ("Ana <ana", "Ana <ana", ""),
        ("", "", ""),
    ],
)
def test_an_author_is_read_in_every_shape_people_write(text: str, name: str, address: str) -> None:
    assert parse_author(text) == (name, address)


@given(
    st.from_regex(r"[A-Za-zŠšČčΩω.]+( [A-Za-z]+)?", fullmatch=True),
    st.from_regex(r"[a-z.]+@[a-z.]+", fullmatch=True),
)
def test_what_is_written_is_read_back(name: str, address: str) -> None:
    assert parse_author(author_of(Person(id="x", name=name, addresses=(address,)))) == (name, address)


def test_somebody_is_away_until_the_day_they_come_back() -> None:
    iva = Person(id="iva", name="Iva", away_until=date(2026, 12, 28))
    assert iva.is_away(date(2026, 12, 27))
    assert not iva.is_away(date(2026, 12, 28))
    assert not ANA.is_away(date(2026, 12, 27))


@pytest.mark.parametrize(
    ("name", "address", "wanted"),
    [
        ("Ana Horvat", "Ana.Horvat@acme.example", "ana.horvat"),
        ("Ana Horvat", "", "ana"),
        ("Ana", "12+tag@acme.example", "12-tag"),
        ("", "", "agent"),
        ("Me", "me@acme.example", "me-1"),
        ("Žana", "", "žana"),
        ("—", "-_.@acme.example", "agent"),
    ],
)
def test_a_new_person_gets_an_id_that_can_be_typed(name: str, address: str, wanted: str) -> None:
    assert id_for(name, address) == wanted
