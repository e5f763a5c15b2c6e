"""The map of an import: names of a source become names of the desk, and every one that was met is counted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replaying import CONFIG

from gitdesk.domain import format as grammar
from gitdesk.domain.import_map import ImportMap, Names, slug
from gitdesk.domain.people import Person
from gitdesk.value import replace


def names(declare: bool = False, system: str = "zendesk", config: Any = CONFIG, **given: Any) -> Names:
    return Names(config, ImportMap(names=given), system=system, declare=declare)


def test_a_name_the_desk_knows_stays_what_it_is() -> None:
    found = names()
    assert found.name("statuses", "open") == "open"
    assert found.name("priorities", "high") == "high"
    assert not found.unknown_met
    assert found.fresh == {}


@pytest.mark.parametrize("text", ["Open", "OPEN", " open ", "open."])
def test_case_and_blanks_do_not_make_another_name(text: str) -> None:
    assert names().name("statuses", text) == "open"


def test_the_map_decides_before_the_desk_does() -> None:
    found = names(statuses={"open": "waiting", "Solved": "closed"})
    assert found.name("statuses", "open") == "waiting"
    assert found.name("statuses", "Solved") == "closed"
    assert not found.unknown_met


@pytest.mark.parametrize("target", [None, ""])
def test_what_the_map_leads_nowhere_is_left_out(target: str | None) -> None:
    found = names(
        statuses={"open": target}, people={"bot": target}, fields={"x": target}, links={"a": target}
    )
    assert found.name("statuses", "open") == ""
    assert found.agent("bot") == ""
    assert found.field("x", "y") == ("", "")
    assert found.link("a", ["blocks"]) == ""
    assert not found.unknown_met
    assert found.fresh == {}


def test_names_nobody_knows_are_unknown_until_somebody_declares_them() -> None:
    found = names()
    assert found.name("statuses", "In Progress") == "in-progress"
    assert found.unknown_met
    assert list(found.unknown["statuses"]) == ["In Progress"]
    declared = names(declare=True)
    assert declared.name("statuses", "In Progress") == "in-progress"
    assert not declared.unknown_met
    assert declared.fresh == {"statuses": {"in-progress": "In Progress"}}


def test_two_names_of_the_source_never_share_a_name_that_was_made_for_one() -> None:
    found = names(declare=True)
    made = [found.name("types", text) for text in ("A/B", "A B", "A-B", "a b", "***", "###")]
    assert made == ["a/b", "a-b", "a-b-2", "a-b", "other", "other-2"]


def test_how_often_each_was_met_is_counted() -> None:
    found = names()
    for text in ("open", "Open", "open", ""):
        found.name("statuses", text)
    assert {name: one.count for name, one in found.met["statuses"].items()} == {"open": 2, "Open": 1}


def test_a_tag_the_desk_denies_is_left_out_even_when_all_others_are_declared() -> None:
    found = names(declare=True)
    assert found.name("tags", "Misc") == ""
    assert found.name("tags", "fresh") == "fresh"
    assert found.fresh == {"tags": {"fresh": "fresh"}}


def test_a_desk_with_open_tags_takes_any() -> None:
    config = replace(CONFIG, tags=replace(CONFIG.tags, open=True))
    found = names(config=config)
    assert found.name("tags", "Anything new") == "anything-new"
    assert not found.unknown_met


def test_a_kind_of_link_nobody_knows_only_relates() -> None:
    found = names()
    assert [found.link(kind, ["blocks", "relates"]) for kind in ("blocks", "Blocks", "clones")] == [
        "blocks",
        "blocks",
        "relates",
    ]


# ---- fields


def test_values_of_a_field_take_the_form_the_field_wants() -> None:
    found = names()
    assert found.field("region", "EU") == ("region", "eu")
    assert found.field("vip", "Yes") == ("vip", "true")
    assert found.field("vip", "0") == ("vip", "false")
    assert found.field("seats", "12") == ("seats", "12")
    assert found.field("skills", ("b", "a", "b", "")) == ("skills", ("a", "b"))
    assert found.field("note", ("b", "a")) == ("note", "b, a")
    assert not found.unknown_met


def test_a_value_that_does_not_fit_is_unknown_and_the_map_can_mend_it() -> None:
    found = names(declare=True)
    found.field("seats", "a dozen")
    assert found.unknown_met
    assert list(found.unknown["fields.seats"]) == ["a dozen"]
    given = ImportMap(values={"seats": {"a dozen": "12", "?": None}, "note": {"x": "y"}})
    mended = Names(CONFIG, given, system="zendesk")
    assert mended.field("seats", "a dozen") == ("seats", "12")
    assert mended.field("seats", "?") == ("seats", "")
    assert mended.field("note", "x") == ("note", "y")
    assert not mended.unknown_met


def test_a_fresh_field_is_a_list_when_one_was_met() -> None:
    found = names(declare=True)
    found.field("one", "x")
    found.field("many", ("x",))
    assert (found.is_list("one"), found.is_list("many")) == (False, True)


# ---- people


@pytest.mark.parametrize(
    "text",
    ["marko", "MARKO", "Marko Babić", "marko@acme.example", "Marko Babić <marko@acme.example>", "<MARKO@acme.example>"],
)  # fmt: skip
def test_an_agent_of_the_desk_is_known_by_id_name_and_address(text: str) -> None:
    assert names().agent(text) == "marko"


def test_the_map_leads_people_to_agents() -> None:
    found = names(people={"U-17": "iva", "U-18": "Marko Babić <marko@acme.example>"})
    assert found.agent("U-17") == "iva"
    assert found.agent("U-18") == "marko"
    assert found.author("U-17") == "Iva Kralj <iva@acme.example>"
    assert not found.unknown_met


def test_an_agent_nobody_knows_becomes_one_with_an_id_of_his_own() -> None:
    found = names(declare=True)
    made = [
        found.agent(text)
        for text in ("Iva <iva@other.example>", "Iva <iva@third.example>", "Žana Ž", "me", "🙂")
    ]
    assert len(set(made)) == 5
    assert made[0].startswith("iva-")
    assert "me" not in made
    assert set(found.people) == set(made)
    assert [found.agent("Iva <iva@other.example>"), found.agent(made[0])] == [made[0]] * 2


def test_a_map_taken_over_as_it_was_proposed_keeps_the_names_of_people() -> None:
    proposed = names(declare=True)
    wanted = {text: proposed.agent(text) for text in ("Dev A", "Ana Horvat <ana@x.example>")}
    found = names(declare=True, people=wanted)
    assert [found.author(text) for text in wanted] == [proposed.author(text) for text in wanted]
    assert [found.agent(text) for text in wanted] == list(wanted.values())
    assert found.people == proposed.people
    assert found.author("Dev A").startswith("Dev A <")
    renamed = names(declare=True, people={"u17": "Ana Horvat"})
    assert renamed.author("u17").startswith("Ana Horvat <")


def test_thousands_of_people_are_met_in_a_moment() -> None:
    found = names(declare=True)
    made = {found.agent(f"Person {number} <p{number}@x.example>") for number in range(5_000)}
    assert len(made) == 5_000


def test_a_person_without_an_address_gets_one_that_cannot_be_a_mailbox_and_is_always_the_same() -> None:
    found, other = names(), names()
    one = found.author("Jürgen Müller")
    assert one == other.author("Jürgen Müller")
    assert one.startswith("Jürgen Müller <")
    assert one.endswith("@zendesk.invalid>")
    assert found.author("Jurgen Muller") != one
    found.turn_to("jira:A-1")
    assert found.author("Jürgen Müller") == one.replace("@zendesk.", "@jira.")
    found.turn_to("zendesk:1")
    assert found.author("") == found.author("  ") == "unknown <unknown@zendesk.invalid>"


@given(st.text(), st.sampled_from(["zendesk", "a/b", "", "🙂", "x" * 300]))
def test_every_author_is_one_that_git_and_a_message_can_hold(text: str, system: str) -> None:
    author = names(system=system).author(text)
    name, _, address = author.rpartition(" <")
    assert author.endswith(">")
    assert name.strip()
    assert address[:-1]
    assert author.count("<") == author.count(">") == 1
    assert grammar.find_control(author) is None
    assert "\n" not in author


@given(st.lists(st.text(max_size=8), max_size=8))
def test_every_fresh_name_is_a_word_a_desk_can_carry(texts: list[str]) -> None:
    found = names(declare=True)
    for text in texts:
        name = found.name("types", text)
        assert name == slug(name)
        assert bool(name) == bool(text)
    people = names(declare=True)
    for text in texts:
        assert people.agent(text) not in ("me", "nobody", "none", "anybody")


def test_a_person_of_the_desk_without_an_address_still_can_be_an_author() -> None:
    config = replace(CONFIG, people=(Person(id="bot", name="Robot"),))
    assert names(config=config).author("bot") == "Robot <bot@zendesk.invalid>"
