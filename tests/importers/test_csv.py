"""CSV files: event logs and spreadsheets, however they are written; broken rows are told with their line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from readers import adds_up, read, written

from gitdesk.errors import Unreadable, UsageError
from gitdesk.importers import csv_, shape
from gitdesk.importers.guess import shape_of
from gitdesk.importers.losses import Report
from gitdesk.importers.stream import Settings

LOG = {"ticket": "id", "at": "at", "by": "by", "set": {"status": "status", "fields.product": "product"}}
HEADER = "id,at,by,status,product\n"


def row(number: object, at: str, status: str = "open", by: str = "Ana", product: str = "P1") -> str:
    return f"{number},{at},{by},{status},{product}\n"


def test_each_row_of_a_log_is_an_event_and_rows_of_a_ticket_stand_anywhere(tmp_path: Path) -> None:
    path = written(
        tmp_path / "log.csv",
        HEADER
        + row("A-1", "2012-03-01T10:00:00Z")
        + row("B-2", "2012-03-01T11:00:00Z", by="")
        + row("A-1", "2012-03-03T10:00:00Z", "closed", product="")
        + row("A-1", "2012-03-02T10:00:00Z"),
    )
    (first, second), report = read(csv_, path, shape=LOG)
    assert first == {
        "source": {"system": "log", "id": "A-1"},
        "_line": 2,
        "_rows": 3,
        "created": "2012-03-01T10:00:00Z",
        "author": "Ana",
        "status": "closed",
        "fields": {"product": None},
        "events": [
            {
                "at": f"2012-03-0{day}T10:00:00Z",
                "by": "Ana",
                "changes": {"status": {"to": to}, "fields.product": {"to": product}},
            }
            for day, to, product in ((1, "open", "P1"), (2, "open", "P1"), (3, "closed", None))
        ],
    }
    assert second["source"]["id"] == "B-2"
    assert "by" not in second["events"][0]
    assert report.items == 4


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_separator_is_found(tmp_path: Path, sign: str, end: str) -> None:
    text = (HEADER + row(1, "2012-03-01T10:00:00Z")).replace(",", sign).replace("\n", end)
    (ticket,), _ = read(csv_, written(tmp_path / "a.csv", "\ufeff" + text), shape=LOG)
    assert ticket["fields"] == {"product": "P1"}


def test_a_spreadsheets_own_line_names_the_separator(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "sep=;\nid;at;x,y,z,w\n1;2012-03-01T10:00:00Z;u\n")
    (ticket,), _ = read(csv_, path, shape={"ticket": "id", "at": "at", "set": {"status": "x,y,z,w"}})
    assert ticket["status"] == "u"


def test_cells_hold_separators_quotes_and_lines(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv", 'id,created,text\n1,2012-03-01,"a, ""b""\n---\nc "\n2,2012-03-02, x "y" z\n'
    )
    shape_ = {"ticket": "id", "created": "created", "description": "text"}
    (first, second), _ = read(csv_, path, shape=shape_)
    assert first["description"] == 'a, "b"\n---\nc '
    assert second["description"] == ' x "y" z'
    assert second["_line"] == 5


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,2012-03-01T10:00:00Z,Ana,open\n", "has 4 cells where the header has 5"),
        ("1,2012-03-01T10:00:00Z,Ana,open,P1,x\n", "has 6 cells where the header has 5"),
        ('1,2012-03-01T10:00:00Z,"Ana" x,open,P1\n', "something stands between a closing quote"),
        (",2012-03-01T10:00:00Z,Ana,open,P1\n", "has no ticket's id"),
        ("1,,Ana,open,P1\n", "has no time"),
        ("1,yesterday,Ana,open,P1\n", '"yesterday" is not a time'),
        ("1,2012-02-30T10:00:00Z,Ana,open,P1\n", '"2012-02-30T10:00:00Z" is not a time'),
        (b"1,2012-03-01T10:00:00Z,An\xf6,open,P1\n", "is not UTF-8"),
        ("1,2012-03-01T10:00:00Z,An\ra,open,P1\n", "a carriage return stands outside of quotes"),
    ],
)
def test_a_broken_row_is_told_with_its_line_and_the_rest_read_if_wanted(
    tmp_path: Path, line: str | bytes, reason: str
) -> None:
    broken = line if isinstance(line, bytes) else line.encode()
    text = (
        (HEADER + row(7, "2012-03-01T10:00:00Z")).encode() + broken + row(7, "2012-03-02T10:00:00Z").encode()
    )
    path = written(tmp_path / "a.csv", text)
    with pytest.raises(Unreadable) as caught:
        read(csv_, path, shape=LOG)
    assert str(caught.value).startswith(f"{path}:3: {reason}")
    (ticket,), report = read(csv_, path, shape=LOG, keep_going=True)
    assert len(ticket["events"]) == 2
    assert [(bad.place.line, bad.items) for bad in report.refused] == [(3, 1)]
    assert adds_up([ticket], report)


def test_a_quote_that_is_never_closed_costs_its_row_only(tmp_path: Path) -> None:
    lines = [row(number, "2012-03-01T10:00:00Z") for number in range(1, 6)]
    lines[2] = lines[2].replace("Ana", '"Ana')
    path = written(tmp_path / "a.csv", HEADER + "".join(lines))
    with pytest.raises(Unreadable, match=r"a\.csv:4: a quote is opened here and never closed"):
        read(csv_, path, shape=LOG)
    tickets, report = read(csv_, path, shape=LOG, keep_going=True)
    assert [one["source"]["id"] for one in tickets] == ["1", "2", "4", "5"]
    assert adds_up(tickets, report)


def test_empty_lines_are_nothing_and_empty_rows_are_counted(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "\n" + HEADER + "\n" + row(1, "2012-03-01") + ",,,,\n\n")
    tickets, report = read(csv_, path, shape=LOG)
    assert len(tickets) == 1
    assert report.left_out["empty row"].count == 1
    assert adds_up(tickets, report)


def test_columns_without_a_name_and_of_one_name_are_told_apart(tmp_path: Path) -> None:
    header = ",Comment,id,Comment,at,Comment (2), Comment ,"
    path = written(tmp_path / "a.csv", f"{header}\n0,a,1,b,2020-01-01T00:00:00Z,c,d,e\n")
    columns = csv_.first_rows(path, Settings(), Report(), 1)[0]
    assert columns == [
        "column 1",
        "Comment",
        "id",
        "Comment (3)",
        "at",
        "Comment (2)",
        "Comment (4)",
        "column 8",
    ]
    shape = {"ticket": "id", "at": "at", "set": {"tags": "{Comment}, {Comment (4)}", "fields.x": "column 8"}}
    (ticket,), _ = read(csv_, path, shape=shape)
    assert (ticket["tags"], ticket["fields"]) == (["a", "d"], {"x": "e"})


def test_columns_of_one_name_are_all_tags_if_one_is(tmp_path: Path) -> None:
    text = "Issue key,Created,Labels,Labels,Labels\n1,2020-01-01T00:00:00Z,a,b,\n2,2020-01-01T00:00:00Z,,,\n"
    path = written(tmp_path / "a.csv", text)
    shape = shape_of(*csv_.first_rows(path, Settings(), Report(), 10))
    assert shape["set"] == {"tags": "{Labels}, {Labels (2)}, {Labels (3)}"}
    assert [ticket.get("tags") for ticket in read(csv_, path, shape=shape)[0]] == [["a", "b"], None]


def test_a_column_that_only_numbers_the_rows_is_left_out_of_a_guess(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", ",case,at,status\n0,7,2020-01-01,new\n1,7,2020-01-02,open\n")
    shape = shape_of(*csv_.first_rows(path, Settings(), Report(), 10))
    assert (shape["ignore"], shape["set"]) == (["column 1"], {"status": "status"})


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("id", "has one column only"),
        ("", "is empty"),
        ('id,"at', "the header is no row"),
        (b"id,\xf6", "the header is not utf-8"),
    ],
)
def test_a_header_that_names_columns_badly_is_refused(
    tmp_path: Path, header: str | bytes, reason: str
) -> None:
    path = written(tmp_path / "a.csv", header)
    with pytest.raises(UsageError, match=reason):
        read(csv_, path, shape=LOG)


def test_several_files_are_one_log_whatever_the_order_of_their_columns(tmp_path: Path) -> None:
    one = written(tmp_path / "a.csv", "id,at,status\n1,2012-03-02,closed\n")
    two = written(tmp_path / "b.csv", "at;status;id\n2012-03-01;open;1\n", packed=True)
    shape_ = {"ticket": "id", "at": "at", "set": {"status": "status"}}
    (ticket,), _ = read(csv_, one, two, shape=shape_)
    assert [event["changes"]["status"]["to"] for event in ticket["events"]] == ["open", "closed"]
    with pytest.raises(UsageError, match='"x" is in only one of them'):
        read(csv_, one, written(tmp_path / "c.csv", "id,at,status,x\n"), shape=shape_)


def test_a_ticket_knows_in_which_file_and_line_it_begins(tmp_path: Path) -> None:
    files = [written(tmp_path / f"{name}.csv", f"id,at\n\n{name},2012-03-02\n") for name in "ab"]
    for shape_ in ({"ticket": "id", "at": "at"}, {"ticket": "id", "created": "at"}):
        tickets, _ = read(csv_, *files, shape=shape_)
        assert [str(shape.place_of(files, one["_line"])) for one in tickets] == [
            f"{name}:3" for name in files
        ]


def test_a_bad_row_of_the_second_file_is_told_with_that_files_name(tmp_path: Path) -> None:
    one = written(tmp_path / "a.csv", "id,at\n1,2012-03-02\n")
    two = written(tmp_path / "b.csv", "id,at\n1,2012-03-02\n1,never\n")
    with pytest.raises(Unreadable, match=r'b\.csv:3: "never" is not a time'):
        read(csv_, one, two, shape={"ticket": "id", "at": "at"})


def test_encoding_delimiter_quote_and_decimal_come_from_the_shape(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "id:at:hours\n'1:2':2012-03-01:3,5\n".encode("cp1252"))
    shape_ = {
        "ticket": "id",
        "at": "at",
        "delimiter": ":",
        "quote": "'",
        "decimal": ",",
        "set": {"fields.hours": "hours"},
    }
    (ticket,), _ = read(csv_, path, shape={**shape_, "encoding": "cp1252"})
    assert ticket["source"]["id"] == "1:2"
    assert ticket["fields"] == {"hours": "3.5"}


def test_a_file_without_a_map_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs a map"):
        read(csv_, written(tmp_path / "a.csv", HEADER))


def test_first_rows_are_for_a_guess(tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", HEADER + row(1, "2012") + row(2, "2013") + row(3, "2014"))
    columns, rows = csv_.first_rows(path, Settings(), Report(), 2)
    assert columns == ["id", "at", "by", "status", "product"]
    assert [cells[0] for cells in rows] == ["1", "2"]


def test_what_does_not_fit_in_memory_makes_the_same_tickets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEADER + "".join(
        row(number % 37, f"2012-03-01T10:{number % 60:02}:00Z", str(number)) for number in range(500)
    )
    path = written(tmp_path / "a.csv", text)
    expected, _ = read(csv_, path, shape=LOG)
    real: Any = shape.grouped
    monkeypatch.setattr(shape, "grouped", lambda rows: real(rows, room=4000))
    assert read(csv_, path, shape=LOG)[0] == expected
