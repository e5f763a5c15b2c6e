"""Dates are read in many spellings, and what is no date is refused."""

from __future__ import annotations

from datetime import datetime

import pytest

from gitdesk.importers.dates import reader


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("", "2012-03-15 11:53:52+00:00", "2012-03-15 11:53:52+00:00"),
        ("", "2012-03-15T11:53:52.123456789Z", "2012-03-15T11:53:52.123456789Z"),
        ("", "2012-03-15", "2012-03-15T00:00:00"),
        ("", "2011/10/01 00:38:44.546", "2011-10-01T00:38:44.546000"),
        ("", "2012-03-15 11:53:52 +0100", "2012-03-15T11:53:52+01:00"),
        ("", "2012-03-15 11:53:52 UTC", "2012-03-15T11:53:52+00:00"),
        ("", "20120315115352", "2012-03-15T11:53:52"),
        ("", "20120315", "2012-03-15T00:00:00"),
        ("", "1331812432", 1331812432),
        ("", "1512031200000", 1512031200000),
        ("", "1331812432.5", 1331812432.5),
        ("%d/%m/%Y %H:%M", "29/2/2016 01:23", "2016-02-29T01:23:00"),
        ("%d.%m.%Y %T", "01.02.2020 03:04:05,123", "2020-02-01T03:04:05.123000"),
        ("%d.%m.%Y %H:%M:%S", "01.02.2020 03:04:05 +02:00", "2020-02-01T03:04:05+02:00"),
        ("%d.%m.%Y %H:%M:%S", "2020-02-01T03:04:05Z", "2020-02-01T03:04:05Z"),
        ("%d/%b/%y %I:%M %p", "15/Mar/21 12:07 am", "2021-03-15T00:07:00"),
        ("%a, %d %B %Y %H:%M:%S %z", "Mon, 15 March 2021 12:07:00 -0530", "2021-03-15T12:07:00-05:30"),
    ],
)
def test_a_date_is_read(form: str, text: str, expected: object) -> None:
    assert reader(form)(f" {text} ")[1] == expected


@pytest.mark.parametrize(
    "text", ["", "never", "2012-02-30", "31/02/2012", "25/12/2012 25:00", "99999999999999", "15/Foo/21"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        reader(["%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%b/%y"])(text)
    for value in (None, True, [], {}):
        with pytest.raises(ValueError, match="no time"):
            reader()(value)


def test_times_sort_across_zones_and_numbers() -> None:
    read = reader()
    moments = [
        "2012-03-15T11:00:00+01:00",
        "2012-03-15T10:00:01Z",
        1331805602,
        "1331805603000",
        "2012-03-15 10:00:04",
    ]
    found = [read(value)[0] for value in moments]
    assert found == sorted(found)
    assert found[1] == datetime.fromisoformat("2012-03-15T10:00:01+00:00").timestamp()
