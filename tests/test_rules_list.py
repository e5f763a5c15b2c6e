"""The list of rules in the docs is the one the program has."""

from __future__ import annotations

from rules_list import FAMILIES, PAGE, page

from gitdesk.domain.rules import RULES


def test_the_list_of_rules_is_that_of_the_program() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "run: python tests/rules_list.py --update"


def test_every_family_is_explained() -> None:
    assert {code[0] for code in RULES} <= set(FAMILIES)
