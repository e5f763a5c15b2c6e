"""Near misses, and how much work a file full of unknown words may make."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import pytest

from gitdesk.domain import near, rules
from gitdesk.domain.change import Change
from gitdesk.domain.config import Config
from gitdesk.domain.people import Person
from gitdesk.store import codec
from gitdesk.store.config_file import default_config, parse_config

PATH = "tickets/7K/GD-7K3QX4M2.md"
TOP = "---\nid: GD-7K3QX4M2\ntitle: x\ncreated: 2026-11-22T09:14:03Z\nstatus: new\n"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
NAMES = [a + b + c for a in LETTERS for b in LETTERS for c in LETTERS]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Counts the pairs of characters that near misses compare, and the lines looked through for places."""
    counted = {"pairs": 0, "lines": 0}
    matches = difflib.get_close_matches

    def count(word: str, known: list[str], *rest: Any, **more: Any) -> list[str]:
        counted["pairs"] += len(word) * sum(map(len, known))
        return matches(word, known, *rest, **more)

    monkeypatch.setattr(difflib, "get_close_matches", count)
    lines = rules.rules_values._header_lines

    def looked(data: bytes) -> Iterable[str]:
        found = lines(data)
        counted["lines"] += len(found)
        return found

    monkeypatch.setattr(rules.rules_values, "_header_lines", looked)
    return counted


@pytest.fixture(scope="module")
def config() -> Config:
    iva = Person(id="iva", name="Iva", addresses=("iva@a.example",))
    found, problems = parse_config(default_config(name="d", prefix="GD", time_zone="UTC", person=iva))
    assert found is not None, problems
    return found


@pytest.mark.parametrize(
    "header",
    [
        "fields:\n" + "".join(f"  {name}: x\n" for name in NAMES[:7000]),
        "tags:\n" + "".join(f"  - {name}\n" for name in NAMES[:7500]),
        "".join(f"{name}: x\n" for name in NAMES[:9000]),
        "tags:\n  - " + "ab" * 30_000 + "\n",
        "a" * 60_000 + ": x\n",
        "priority: " + "normal" * 10_000 + "\n",
    ],
    ids=["fields", "tags", "keys", "a long tag", "a long key", "a long value"],
)
def test_a_file_within_the_limits_makes_little_work(
    work: dict[str, int], config: Config, header: str
) -> None:
    document = codec.parse((TOP + header + "---\n").encode(), PATH)
    assert document.ticket is not None
    found = rules.check(Change(path=PATH, after=document), config)
    assert found
    assert work["pairs"] < 2 * near.WORK
    assert work["lines"] <= 1_000_000


def test_the_first_words_of_a_file_still_get_their_hint(config: Config) -> None:
    document = codec.parse((TOP + "priority: hihg\n" + "pirority: x\n---\n").encode(), PATH)
    hints = [one.hint for one in rules.check(Change(path=PATH, after=document), config)]
    assert hints == ['did you mean "priority"?', 'did you mean "high"?']


def test_after_enough_comparing_only_the_choice_is_told() -> None:
    hints = near.Hints(10)
    assert hints.hint("opne", ["open", "new"]) == 'did you mean "open"?'
    assert hints.hint("opne", ["open", "new"]) == "one of: open, new"
    assert hints.closest("opne", ["open", "new"]) is None
