"""A map file is read with the place of every mistake, and the one that is proposed reads back as it was meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitdesk.domain.config import Config, FieldSpec, Named
from gitdesk.domain.import_map import ImportMap, Names
from gitdesk.domain.workflow import Status, Workflow
from gitdesk.errors import Unreadable
from gitdesk.store.map_file import propose_map, read_map

CONFIG = Config(
    name="Acme",
    prefix="GD",
    workflow=Workflow(
        statuses=(Status(name="new", category="new"), Status(name="closed", category="closed"))
    ),
    priority_specs=(Named(name="low"),),
    field_specs=(FieldSpec(name="seats", type="integer"),),
)
WHOLE = """\
source: zendesk
timezone: Europe/Zagreb
unchanged: skip
shape:
  ticket: id
  set: {status: state, tags: labels}
  ignore: [a, b]
statuses:
  Solved: closed
  Junk:
  "yes": new
people:
  U-1: Ana <ana@example.com>
values:
  seats:
    a dozen: 12
    "?":
"""


def load(tmp_path: Path, text: str | bytes) -> ImportMap:
    path = tmp_path / "map.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_map(str(path))


def test_a_map_says_names_people_values_and_a_shape(tmp_path: Path) -> None:
    found = load(tmp_path, WHOLE)
    assert (found.system, found.time_zone, found.unchanged) == ("zendesk", "Europe/Zagreb", "skip")
    assert found.shape == {"ticket": "id", "set": {"status": "state", "tags": "labels"}, "ignore": ["a", "b"]}
    assert found.names["statuses"] == {"Solved": "closed", "Junk": None, "yes": "new"}
    assert found.names["people"] == {"U-1": "Ana <ana@example.com>"}
    assert found.values == {"seats": {"a dozen": "12", "?": None}}


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "statuses:\nshape:\nvalues:\nsource:\nunchanged:\n"])
def test_a_map_may_say_nothing(tmp_path: Path, text: str) -> None:
    found = load(tmp_path, text)
    assert (found.system, found.unchanged, found.shape) == ("", "note", {})
    assert not any(found.names.values())


def test_a_byte_order_mark_and_windows_line_ends_are_read_over(tmp_path: Path) -> None:
    assert load(tmp_path, b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode()) == load(tmp_path, WHOLE)


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        ("source: a\nstatus:\n  a: b\n", 2, 1, 'unknown key "status"'),
        ("statuses:\n  a: [b]\n", 2, 6, '"a" becomes one name'),
        ("statuses: [a]\n", 1, 11, "names and what they become"),
        ("unchanged: drop\n", 1, 12, '"unchanged" is note or skip'),
        ("source: [a]\n", 1, 9, '"source" is one word'),
        ("shape: csv\n", 1, 8, "keys with values"),
        ("values:\n  a: b\n", 2, 6, "names and what they become"),
        ("- a\n", 1, 1, "a map is keys with values"),
        ("statuses:\n  a: b\n  a: c\n", 3, 3, "a"),
        ("statuses: &x\n  a: b\n", 1, 11, ""),
        ("statuses: {a: b\n", 1, 1, ""),
    ],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, text: str, line: int, column: int, said: str
) -> None:
    with pytest.raises(Unreadable) as told:
        load(tmp_path, text)
    assert said in told.value.message
    assert told.value.place is not None
    assert told.value.place.path.endswith("map.yaml")
    if said:
        assert (told.value.place.line, told.value.place.column) == (line, column)


def test_a_key_that_is_nearly_right_is_hinted_at(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as told:
        load(tmp_path, "statusses:\n  a: b\n")
    assert "statuses" in (told.value.hint or "")


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not UTF-8"):
        load(tmp_path, b"source: \xff\n")
    with pytest.raises(Unreadable, match="cannot be read"):
        read_map(str(tmp_path))


_words = st.sampled_from(
    ["yes", "~", "null", "12", "17:00", "- a", "# b", "a: b", "a #b", "'", '"', "ž", "[x]", "{", "?", "!a", "*", "&a",
     "%", "\t", "a\nb"]
) | st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=10)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["statuses", "types", "tags", "fields"]), _words), max_size=8),
    st.lists(_words, max_size=3),
    st.dictionaries(
        _words, _words | st.lists(_words, max_size=2) | st.dictionaries(_words, _words, max_size=2), max_size=3
    ),
)  # fmt: skip
def test_a_proposal_reads_back_as_what_each_name_would_become(
    tmp_path: Path, met: list[tuple[str, str]], agents: list[str], shape: dict[str, object]
) -> None:
    names = Names(CONFIG, ImportMap(), system="zendesk")
    for kind, word in met:
        if kind == "fields":
            names.field(word, word)
        else:
            names.name(kind, word)
    for agent in agents:
        names.agent(agent)
    names.field("seats", "a dozen")
    found = load(tmp_path, propose_map(names, system="zendesk", shape=shape, time_zone="UTC"))
    assert found.system == "zendesk"
    for kind, words in names.met.items():
        assert found.names[kind] == {word: one.target or None for word, one in words.items()}
    assert found.values == {"seats": {"a dozen": "a dozen"}}
    assert found.shape == shape


def test_a_proposal_tells_how_often_and_what_is_new(tmp_path: Path) -> None:
    names = Names(CONFIG, ImportMap(names={"statuses": {"Junk": None}}), system="zendesk")
    for word in ("Solved", "new", "new", "Junk"):
        names.name("statuses", word)
    text = propose_map(names, system="zendesk", shape={}, time_zone="")
    assert "  new: new    # 2\n" in text
    assert "  Solved: solved    # 1 (new)\n" in text
    assert "  Junk:    # 1\n" in text
    assert "timezone" not in text
    assert load(tmp_path, text).names["statuses"] == {"new": "new", "Junk": None, "Solved": "solved"}
