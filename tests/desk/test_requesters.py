"""Who asks, as people type it: somebody outside with or without an address, or an agent."""

from __future__ import annotations

import json

import pytest

from .conftest import Place


@pytest.mark.parametrize(
    ("typed", "kept", "is_told"),
    [
        ("Maja", "Maja", True),
        ("Maja Novak <maja@a.example>", "Maja Novak <maja@a.example>", False),
        ("maja@a.example", "maja@a.example", False),
        ("iva", "Iva Kralj <iva@acme.example>", False),
        ("", "", False),
    ],
)
def test_who_asks_without_an_address_is_told_of_and_an_agent_is_known(
    place: Place, typed: str, kept: str, is_told: bool
) -> None:
    done = place.gitdesk("new", "Cannot log in", "-m", "", "--requester", typed)
    assert done.returncode == 0, done.stderr
    ticket = done.stdout.strip()
    shown = json.loads(place.gitdesk("show", ticket, "--json").stdout)["items"][0]
    assert (shown["requester"] or "") == kept
    told = f'the requester "Maja" has no address to answer to; gitdesk set {ticket} requester="Maja <…>" adds it\n'
    assert done.stderr == (told if is_told else "")


def test_set_knows_an_agent_too(place: Place) -> None:
    ticket = place.new()
    assert place.gitdesk("set", ticket, "requester=iva").returncode == 0
    shown = json.loads(place.gitdesk("show", ticket, "--json").stdout)["items"][0]
    assert shown["requester"] == "Iva Kralj <iva@acme.example>"
