"""JSON is read from lines, lists and several lists; what is wrong is told with its line, and the rest goes on."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from readers import adds_up, read, written

from gitdesk.errors import Unreadable
from gitdesk.importers import json_items, jsonl
from gitdesk.importers.losses import Report
from gitdesk.importers.shape import place_of
from gitdesk.importers.stream import open_text


def items(path: str, *, keep_going: bool = False) -> tuple[list[tuple[int, dict[str, object]]], Report]:
    report = Report(keep_going=keep_going)
    source = open_text(path)
    try:
        return list(json_items.json_items(source, report)), report
    finally:
        source.close()


def test_neutral_lines_pass_as_they_are_with_their_line(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", '{"title": "a", "events": [{}, {}]}\n\n{"title": "b"}\r\n')
    tickets, report = read(jsonl, path)
    assert tickets == [{"title": "a", "events": [{}, {}], "_line": 1}, {"title": "b", "_line": 3}]
    assert report.items == 4
    assert adds_up(tickets, report)


def test_a_ticket_knows_its_file(tmp_path: Path) -> None:
    files = [written(tmp_path / name, '{"title": "a"}\n{"title": "b"}\n') for name in ("a", "b")]
    tickets, _ = read(jsonl, *files)
    assert [str(place_of(files, one["_line"])) for one in tickets] == [
        f"{name}:{line}" for name in files for line in (1, 2)
    ]
    assert str(place_of(["-"], 3)) == "standard input:3"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": 1', "is no JSON: expecting"),
        ("nonsense", "is no JSON"),
        ("[1]", "is no object but a list"),
        ('"x"', "is no object but a text"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', 'the key "c" is there twice'),
        ('{"a": NaN}', "NaN is no number"),
        ('{"a": -Infinity}', "-Infinity is no number"),
        ('{"a": 1e999}', "the number 1e999 is too large"),
        ('{"a": ' + "9" * 5000 + "}", "holds a number with too many digits"),
        ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}", "is nested too deeply"),
    ],
)
def test_a_broken_line_in_the_middle_is_told_and_the_rest_read_if_wanted(
    tmp_path: Path, line: str, reason: str
) -> None:
    path = written(tmp_path / "a.jsonl", f'{{"title": "a"}}\n{line}\n{{"title": "c"}}\n')
    with pytest.raises(Unreadable) as caught:
        read(jsonl, path)
    assert str(caught.value).startswith(f"{path}:2: {reason}")
    assert caught.value.exit_code == 5
    tickets, report = read(jsonl, path, keep_going=True)
    assert [one["title"] for one in tickets] == ["a", "c"]
    assert [(bad.place.line, bad.items) for bad in report.refused] == [(2, 1)]
    assert adds_up(tickets, report)


def test_a_truncated_gzip_gives_the_lines_before_its_end(tmp_path: Path) -> None:
    text = "".join(json.dumps({"title": str(hash(number * 7919) ** 3)}) + "\n" for number in range(20000))
    packed = gzip.compress(text.encode())
    path = written(tmp_path / "a.jsonl.gz", packed[: len(packed) // 2])
    with pytest.raises(Unreadable, match=r"a\.jsonl\.gz:\d+: is cut off"):
        read(jsonl, path)
    tickets, report = read(jsonl, path, keep_going=True)
    assert len(tickets) > 5000
    assert [bad.place.line for bad in report.refused] == [len(tickets) + 1]
    assert adds_up(tickets, report)


def test_nul_lone_surrogates_and_twenty_megabytes_are_passed_on(tmp_path: Path) -> None:
    big = "x" * (20 << 20)
    path = written(tmp_path / "a.jsonl", '{"title": "\\u0000 \\ud800", "description": "' + big + '"}\n')
    (ticket,), _ = read(jsonl, path)
    assert ticket["title"] == "\0 \ud800"
    assert ticket["description"] == big


def test_objects_come_from_lists_several_lists_and_one_object_over_lines(tmp_path: Path) -> None:
    pretty = json.dumps([{"n": 1}, {"n": 2, "x": {"y": ["]", "}"]}}], indent=2)
    assert items(written(tmp_path / "a", pretty))[0] == [(2, {"n": 1}), (5, {"n": 2, "x": {"y": ["]", "}"]}})]
    pages = '[{"n": 1},\n{"n": 2}][{"n": 3}]\n[]\n[{"n": 4}]'
    assert [(line, one["n"]) for line, one in items(written(tmp_path / "b", pages))[0]] == [
        (1, 1),
        (2, 2),
        (2, 3),
        (4, 4),
    ]
    assert items(written(tmp_path / "c", '[[{"n": 1}], [{"n": 2}]]'))[0] == [(1, {"n": 1}), (1, {"n": 2})]
    assert [one for _, one in items(written(tmp_path / "d", '{\n"n": 1\n}\n{"n": 2}'))[0]] == [
        {"n": 1},
        {"n": 2},
    ]
    assert [one["n"] for one in read(jsonl, written(tmp_path / "e", '{\n"n": 1\n}\n{"n": 2}'))[0]] == [1, 2]
    assert [one["n"] for one in read(jsonl, written(tmp_path / "f", pages))[0]] == [1, 2, 3, 4]
    assert items(written(tmp_path / "g", " \n"))[0] == []


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
def test_objects_are_the_same_wherever_a_chunk_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    expected = [
        {"text": 'ž "quoted" \\ and 😀 \ud800', "n": [-1.5e-7, 12345, True, None, False]},
        {"deep": {"deeper": [{"e": "😀"}, {}, []]}},
    ]
    path = written(tmp_path / "a", json.dumps(expected) + "\n" + json.dumps(expected, indent=1))
    monkeypatch.setattr(json_items, "_CHUNK", chunk)
    assert [one for _, one in items(path)[0]] == expected * 2


def test_a_broken_object_in_a_list_is_told_with_its_line_and_the_next_ones_are_read(tmp_path: Path) -> None:
    objects = [json.dumps({"n": number, "m": {"a": 1}}, indent=2) for number in range(4)]
    objects[1] = objects[1].replace('"a": 1', '"a: 1')
    objects[2] = objects[2].replace('"a": 1', '"a": 1, "a": NaN')
    path = written(tmp_path / "a.json", "[\n" + ",\n".join(objects) + "\n]")
    with pytest.raises(Unreadable, match=r"a\.json:\d+: is no JSON"):
        items(path)
    found, report = items(path, keep_going=True)
    assert [one["n"] for _, one in found] == [0, 3]
    assert [bad.items for bad in report.refused] == [1, 1]


def test_a_list_that_is_cut_off_is_told(tmp_path: Path) -> None:
    for text in ('[{"n": 1}, {"n": 2}', '[{"n": 1}, {"n": '):
        path = written(tmp_path / "a.json", text)
        with pytest.raises(Unreadable):
            items(path)
        found, report = items(path, keep_going=True)
        assert found[0] == (1, {"n": 1})
        assert report.refused


def test_a_truncated_gzip_of_a_list_gives_what_was_whole(tmp_path: Path) -> None:
    packed = gzip.compress(json.dumps([{"n": hash(number * 7919) ** 3} for number in range(20000)]).encode())
    path = written(tmp_path / "a.json.gz", packed[: len(packed) // 2])
    found, report = items(path, keep_going=True)
    assert len(found) > 5000
    assert ["cut off" in bad.reason for bad in report.refused] == [True]


def test_an_object_of_another_encoding_is_told_and_the_next_ones_are_read(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", b'[{"n": "\xf6"}, {"n": "\xc3\xb6"}]')
    with pytest.raises(Unreadable, match="not UTF-8"):
        items(path)
    assert items(path, keep_going=True)[0] == [(1, {"n": "ö"})]
