"""One key changed is one key's lines changed, whatever the header looks like: laws over generated untidy files."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from untidy import ITEMS, WORDS, Chunk, headers

from gitdesk.store import codec, scalar
from gitdesk.store.amend import set_list, set_scalar
from gitdesk.store.front_matter import TicketHandler
from gitdesk.store.header import read
from gitdesk.store.scan import Group, scan
from gitdesk.store.sheet import Sheet, meaning
from gitdesk.store.source import Source, split_text

BODIES = ["", "\nText\n", "\nNo end", "\n---\nkey: value\n---\n", "# right below\n\n\n"]
endings = st.sampled_from(["lf", "lf", "crlf", "bom", "bom and crlf"])


def file_of(chunks: list[Chunk], body: str, ending: str, close: str = "---") -> str:
    text = "---\n" + "".join(chunk for _, chunk in chunks) + f"{close}\n" + body
    if "crlf" in ending:
        text = text.replace("\n", "\r\n")
    return ("\ufeff" if "bom" in ending else "") + text


def says_of(text: str) -> dict[str, Any]:
    """Reads a header with PyYAML's base loader, which is not what gitdesk reads it with."""
    header = text.replace("\r\n", "\n").removeprefix("\ufeff").removeprefix("---\n")
    data = yaml.load(header[: header.index("\n---\n") + 1], Loader=yaml.BaseLoader)
    return {key: _clean(value) for key, value in data.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, list):
        return value
    return "" if value in ("~", "null") else value.rstrip("\n")


def others_stand(chunks: list[Chunk], key: str, text: str) -> bool:
    """Tells whether every other key's lines are in the text, byte for byte and in their order."""
    at = 0
    for name, chunk in chunks:
        if name == key:
            continue
        at = text.find(chunk, at)
        if at < 0:
            return False
        at += len(chunk)
    return True


@settings(max_examples=100, deadline=None)
@given(headers(), st.sampled_from(["title", "status", "owner", "note"]), st.sampled_from(["", *WORDS]),
       st.sampled_from(BODIES), endings)  # fmt: skip
def test_setting_a_text_changes_its_lines_and_no_other(drawn, key, value, body, ending):
    chunks, _ = drawn
    text = file_of(chunks, body, ending)
    result = set_scalar(text, key, value)
    assert says_of(result) | {key: value} == says_of(text) | {key: value}
    assert (says_of(result)[key] or "") == value
    if "crlf" in ending:
        assert result.count("\n") == result.count("\r\n")
        result = result.replace("\r\n", "\n")
    assert others_stand(chunks, key, result.removeprefix("\ufeff"))
    assert result.endswith("---\n" + body)
    assert result.startswith("\ufeff") == ("bom" in ending)


@settings(max_examples=120, deadline=None)
@given(headers(), st.sampled_from(["tags", "labels"]), st.sampled_from([*ITEMS, "no", "a, b", "new: x"]),
       st.booleans(), st.sampled_from(BODIES), endings)  # fmt: skip
def test_one_item_more_or_less_changes_the_lists_lines_and_no_other(drawn, key, item, removing, body, ending):
    chunks, says = drawn
    text = file_of(chunks, body, ending)
    old = list(says[key])
    wanted = (
        [each for each in old if each != item] if removing else [*old, *([item] if item not in old else [])]
    )
    result = set_list(text, key, wanted)
    if wanted == old:
        assert result == text
        return
    found = says_of(result)[key] or []
    assert sorted([found] if isinstance(found, str) else found) == sorted(wanted)
    if not removing and old == sorted(old) and isinstance(found, list):
        assert found == sorted(wanted)
    else:
        assert [each for each in found if each in old] == [each for each in old if each in wanted]
    plain = result.replace("\r\n", "\n").removeprefix("\ufeff")
    assert others_stand(chunks, key, plain)
    assert plain.endswith("---\n" + body)
    before, after = text.count("\n"), result.count("\n")
    assert abs(before - after) <= 3  # a line for the item; brackets on several lines may close up


@settings(max_examples=50, deadline=None)
@given(headers(), endings)
def test_a_missing_key_is_inserted_between_untouched_lines(drawn, ending):
    chunks, _ = drawn
    text = file_of(chunks, "\nBody\n", ending)
    result = set_scalar(text, "priority", "high").replace("\r\n", "\n").removeprefix("\ufeff")
    assert says_of(result)["priority"] == "high"
    assert "\npriority: high\n" in result
    lines, new = file_of(chunks, "\nBody\n", "lf").split("\n"), result.split("\n")
    rest = iter(new)
    assert all(line in rest for line in lines)  # nothing went away, nothing moved
    assert len(new) - len(lines) <= 3


@settings(max_examples=100, deadline=None)
@given(headers())
def test_the_scanner_reads_what_it_takes_as_yaml_does(drawn):
    chunks, _ = drawn
    source = split_text(file_of(chunks, "", "lf"), "x.md")
    assert isinstance(source, Source)
    entries = scan(source)
    if entries is not None:
        from gitdesk.store import front_matter

        assert Group(True, entries, False, 0, 0).items == front_matter.read(source, "x.md").items


# Lines that are read alone, together or not at all, depending on their neighbours.
LINES = [
    "id: GD-7K3QX4M2", "title: a b: c", "title: x", "status: open # c", "tags: [a, b]", "tags:", "  - a", "- a",
    "  - b c", "    - a", "  region: eu", "  a: 'x'", "fields:", "", "# c", "  # c", "x: 'it''s'", 'x: "a"', "x: |",
    "  text", "x: null", "null: x", "  null: y", "x: ~", "a:b", "x: - a", "x: a #b", "x: a#b", "tags: []",
    "tags: [a, ]", "tags: [a b, 17:00]", "x: [null, ~]", "? a", ": b", "x: 'a' b", "x: a'b", "x: @a", "x: a  ",
    "x:   ", "...x", "x: <<", "<<: a", "x: =", "é: x", "x: é",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=7))
def test_scanner_and_yaml_agree_on_any_lines(lines):
    text = "---\n" + "".join(line + "\n" for line in lines) + "---\n"
    source = split_text(text, "x.md")
    if not isinstance(source, Source):
        return
    entries = scan(source)
    if entries is not None:
        from gitdesk.store import front_matter

        assert entries == front_matter.read(source, "x.md").items


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=30), st.sampled_from(["", "'", '"']), st.booleans())
def test_a_written_scalar_reads_back_as_the_same_text(text, style, flow):
    if any("\ud800" <= char <= "\udfff" for char in text):
        return
    written = scalar.write(text, style=style, flow=flow)
    line = f"[{written}]" if flow else written
    loaded = TicketHandler().load(f"k: {line}\n")["k"]
    assert (loaded[0] if flow else loaded) == text
    typed = yaml.safe_load(f"k: {line}\n")["k"]  # a reader of YAML 1.1
    assert (typed[0] if flow else typed) == text


def test_meaning_is_the_same_by_both_ways_in():
    text = "---\na: 1\nb: [x, y]\nc:\n  - p\nd:\n  e: f\n---\n"
    sheet = Sheet(text, "x.md")
    assert meaning(sheet.head) == {"a": "1", "b": ["x", "y"], "c": ["p"], "d": {"e": "f"}}
    assert meaning(read(sheet.source, "x.md")) == TicketHandler().load(
        "a: 1\nb: [x, y]\nc:\n  - p\nd:\n  e: f\n"
    )


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("title:\tx\nrequester: Ana <a@x>\nstatus: new", ("x", "new")),
        ("title: a ->\nstatus:\tnew", ("a ->", "new")),
        ("title: >\n  a\n\nstatus:\tnew", ("a", "new")),
        ("title:\n  >-\n  a\nstatus:\tnew\t# c", ("a", "new")),
        ("title: |\n  a:\tb\nstatus: new", ("a:\tb", "new")),
    ],
)
def test_a_tab_behind_a_colon_is_a_blank_whatever_other_lines_end_in(
    header: str, told: tuple[str, str]
) -> None:
    data = f"---\nid: GD-7K3QX4M2\ncreated: 2026-11-22T09:14:03Z\n{header}\n---\n".encode()
    found = codec.parse(data, "tickets/7K/GD-7K3QX4M2.md").ticket
    assert found is not None
    assert (found.title, found.status) == told
