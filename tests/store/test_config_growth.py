"""Names are added to gitdesk.yaml line by line; what stood there stands there still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from gitdesk import resources
from gitdesk.domain.config import Config
from gitdesk.errors import Refused
from gitdesk.store import config_file
from gitdesk.store.config_growth import grown

Item = Sequence[tuple[str, str | tuple[str, ...]]]

DEFAULT = (
    resources.read("schema", "default-desk.yaml")
    .replace("<NAME>", "Acme").replace("<PREFIX>", "GD").replace("<TIMEZONE>", "UTC").replace("<LANGUAGE>", "en")
    .replace("<PERSON_ID>", "iva").replace("<PERSON_NAME>", "Iva").replace("<PERSON_ADDRESS>", "iva@acme.example")
)  # fmt: skip
SMALL = """\
desk:
  name: Acme
  prefix: GD
workflow:
  statuses:
    - name: new
      category: new
    - name: closed
      category: closed
priorities:
  - low
  - high
"""
EVERYTHING: dict[tuple[str, ...], list[Item]] = {
    ("workflow", "statuses"): [(("name", "in-progress"), ("category", "open"), ("description", "[In Progress]: now"))],
    ("workflow", "transitions"): [(("from", "*"), ("to", ("in-progress",))), (("from", ("in-progress",)), ("to", "*"))],
    ("priorities",): [(("name", "p1"),), (("name", "p2"), ("description", "# none"))],
    ("types",): [(("name", "task"),)],
    ("groups",): [(("name", "čvor"),)],
    ("fields",): [(("name", "area"), ("type", "list"))],
    ("tags", "list"): [(("name", "yes"),)],
    ("people", "agents"): [(("id", "ana"), ("name", "Ana: 'A'"), ("addresses", ("ana@example.com",)))],
}  # fmt: skip


def config_of(data: bytes) -> Config:
    config, violations = config_file.parse_config(data, "gitdesk.yaml")
    assert config is not None
    # What is promised for a new priority nobody has said yet.
    assert [str(one) for one in violations if one.code != "C062"] == []
    return config


def grow(text: str, additions: Mapping[tuple[str, ...], Sequence[Item]] = EVERYTHING) -> str:
    return grown(text.encode(), additions).decode()


def assert_has_everything(config: Config) -> None:
    assert config.workflow.category("in-progress") == "open"
    assert config.priorities[-2:] == ("p1", "p2")
    assert config.types[-1].name == "task"
    assert config.groups[-1].name == "čvor"
    assert (config.field_specs[-1].name, config.field_specs[-1].type) == ("area", "list")
    assert config.tags.names[-1] == "yes"
    assert (config.people[-1].id, config.people[-1].name) == ("ana", "Ana: 'A'")


def is_kept(before: str, after: str) -> bool:
    """Tells whether every line of a text is still there, in order."""
    lines = iter(after.split("\n"))
    return all(any(line == other for other in lines) for line in before.rstrip("\n").split("\n"))


def test_the_desk_that_init_writes_takes_every_kind_of_name_and_keeps_its_comments() -> None:
    after = grow(DEFAULT)
    assert_has_everything(config_of(after.encode()))
    assert is_kept(DEFAULT, after)
    assert config_of(after.encode()).workflow.can("closed", "in-progress")
    assert config_of(after.encode()).workflow.can("in-progress", "closed")


def test_nothing_to_add_changes_no_byte() -> None:
    assert grow(DEFAULT, {}) == DEFAULT
    assert grow(DEFAULT, {("types",): []}) == DEFAULT


def test_keys_that_are_missing_come_at_the_end_or_below_their_own() -> None:
    additions = {key: items for key, items in EVERYTHING.items() if key != ("workflow", "transitions")}
    after = grow(SMALL, additions)
    assert_has_everything(config_of(after.encode()))
    assert is_kept(SMALL, after)
    more = grow(f"{SMALL}people:\n    roles:\n        - name: lead\ntags:\n    open: true\n", additions)
    assert_has_everything(config_of(more.encode()))
    assert config_of(more.encode()).roles[0].name == "lead"


@pytest.mark.parametrize("nothing", ["", " ~", " null", "    # none yet"])
def test_a_key_with_nothing_behind_it_gets_its_list_below(nothing: str) -> None:
    additions = {key: items for key, items in EVERYTHING.items() if key != ("workflow", "transitions")}
    text = f"{SMALL}types:{nothing}\ntags:\n  list:{nothing}\n  open: true\npeople:{nothing}\n"
    if nothing.strip() in ("~", "null"):
        with pytest.raises(Refused):
            grow(text, additions)
        return
    after = grow(text, additions)
    assert_has_everything(config_of(after.encode()))
    assert is_kept(text, after)


def test_windows_line_ends_stay_what_they_are() -> None:
    after = grow(DEFAULT.replace("\n", "\r\n"))
    assert "\n" not in after.replace("\r\n", "")
    assert after.replace("\r\n", "\n") == grow(DEFAULT)


def test_a_last_line_without_an_end_does_not_run_into_the_first_new_one() -> None:
    after = grow(SMALL.rstrip("\n"), {("priorities",): [(("name", "p1"),)], ("types",): [(("name", "t"),)]})
    config = config_of(after.encode())
    assert (config.priorities, [one.name for one in config.types]) == (("low", "high", "p1"), ["t"])


@pytest.mark.parametrize(
    "written",
    [
        "types:\n- question\n- incident\n",
        "types:\n      -   name: question\n          description: d\n",
        "types:\n  -\n    name: question\n",
        "types:\n  - {name: question}\n  # the last\n",
        "types:\n  - name: question\n    description: >\n      two\n      lines\n",
        'types: # what\n  - "a-b"   # one\n\n\n',
    ],
)
def test_lists_are_continued_however_they_are_laid_out(written: str) -> None:
    text = f"{SMALL}{written}groups:\n  - name: support\n"
    after = grow(text, {("types",): [(("name", "task"), ("description", "d"))]})
    assert config_of(after.encode()).types[-1].name == "task"
    assert is_kept(text, after)


@pytest.mark.parametrize(
    "written", ["types: [a, b]\n", "types: {a: b}\n", "types: []\n", "types: a\n", "tags: {open: true}\n"]
)
def test_a_list_that_is_no_lines_is_refused_with_its_place(written: str) -> None:
    with pytest.raises(Refused, match="no line can be added") as told:
        grow(SMALL + written, {("types",): [(("name", "t"),)], ("tags", "list"): [(("name", "t"),)]})
    assert told.value.place is not None
    assert told.value.place.line == SMALL.count("\n") + 1
    assert told.value.hint


def test_names_a_desk_cannot_have_are_refused() -> None:
    with pytest.raises(Refused, match=r"make no valid gitdesk\.yaml"):
        grow(SMALL, {("types",): [(("name", "two words"),)]})
