"""What is offered for the words of `set` and of queries, whole words as zsh and fish send them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitdesk.desk.completing import offers
from gitdesk.desk.configuration import parsed
from gitdesk.domain.config import Config


@pytest.fixture(scope="module")
def config() -> Config:
    """Returns the configuration of the transcripts, with a date and a list."""
    text = (Path(__file__).parents[1] / "scenarios" / "desk.yaml").read_text(encoding="utf-8")
    more = "fields:\n  - {name: due_on, type: date}\n  - {name: areas, type: list, values: [mail, web]}\n"
    text = text.replace("fields:\n", more) + (
        "customers:\n  tiers: [gold, silver]\n  organisations:\n"
        "    - {name: Ferries, domains: [ferries.example], tier: gold, region: islands, language: hr}\n"
        "    - {name: Harbour Works, domains: [works.example], tier: silver}\n"
    )
    return parsed(text.encode())


@pytest.mark.parametrize(
    ("kind", "prefix", "offered"),
    [
        ("whom", "group:s", ["group:support"]),
        ("whom", "N", ["nobody", "nikos"]),
        ("assignee", "g", []),
        ("agent", "m", ["marko"]),
        ("signed", "+v", ["+vip"]),
        ("signed", "-l", ["-login"]),
        ("signed", "+sign", []),  # deprecated
        ("pair", "re", ["requester=", "region="]),
        ("pair", "region=", ["region=eu", "region=us"]),
        ("pair", "fields.region=u", ["fields.region=us"]),
        ("pair", "areas=mail,w", ["areas=mail,web"]),
        ("pair", "watchers=iva,ma", ["watchers=iva,marko"]),
        ("pair", "due_on=", []),
        ("pair", "title=", []),
        ("pair", "nothing=", []),
        ("query", "cre", ["created:"]),
        ("query", "-sta", ["-status:"]),
        ("query", "(field.r", ["(field.region:"]),
        ("query", "STATUS:wai", ["STATUS:waiting"]),
        ("query", "status:open,wai", ["status:open,waiting"]),
        ("query", "priority>=h", ["priority>=high"]),
        ("query", "group:m", ["group:mine"]),
        ("query", "link:bl", ["link:blocks"]),
        ("query", "tier:", ["tier:gold", "tier:silver"]),
        ("query", "customer:", ["customer:Ferries"]),  # a shell would take the quotes of the other off
        (
            "query",
            "region:",
            ["region:islands", "region:eu", "region:us"],
        ),  # with the choices of the desk's field
        ("query", "is:una", ["is:unassigned"]),
        ("query", "has:att", ["has:attachment"]),
        ("query", "category:w", ["category:waiting"]),
        ("query", "due_on:", []),
        ("query", "field.due_on:to", ["field.due_on:today"]),
        ("query", "field.region:e", ["field.region:eu"]),
        ("query", "sort:-cre", ["sort:-created"]),
        ("query", "watcher:iv", ["watcher:iva"]),
        ("query", "nothing:x", []),
    ],
)
def test_offers(config: Config, kind: str, prefix: str, offered: list[str]) -> None:
    assert [word for word, _ in offers(config, kind, prefix)] == offered


def test_calendars_are_offered_with_their_description() -> None:
    text = (Path(__file__).parents[1] / "scenarios" / "calendars.yaml").read_text(encoding="utf-8")
    assert offers(parsed(text.encode()), "calendar", "z") == [("zagreb", "The office")]
