"""calendars/XX.yaml: what is written reads back, hands may edit it, and mistakes are told with their place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitdesk.domain.calendar_parse import Holidays
from gitdesk.domain.rules_holidays import RULES
from gitdesk.store.holiday_file import parse_holidays, render_holidays

PATH = "calendars/HR.yaml"
GOOD = """\
country: HR
years: [2026, 2027]
source: holidays 0.80
added:
  2026-02-02: Dan žalosti
holidays:
  2026-01-01: Nova godina
  "2027-01-01": Nova godina
subdivisions:
  "21":
    2026-02-03: Sveti Vlaho
"""


def told(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    found, violations = parse_holidays(data, PATH)
    assert (found is None) is bool(violations)
    return [f"{each.line}:{each.column} {each.code} {each.message}" for each in violations]


def test_a_file_is_read() -> None:
    found, violations = parse_holidays(GOOD.encode(), PATH)
    assert violations == ()
    assert found is not None
    assert found.years == (2026, 2027)
    assert found.of("") == {
        "2026-01-01": "Nova godina",
        "2027-01-01": "Nova godina",
        "2026-02-02": "Dan žalosti",
    }
    assert found.of("21") == {"2026-02-03": "Sveti Vlaho", "2026-02-02": "Dan žalosti"}
    assert found.of("99") is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("country: HR", "country: SI", '1:10 H001 country is "SI" in a file named "HR"'),
        ("country: HR\n", "", '1:1 H001 "country" is missing'),
        ("years: [2026, 2027]\n", "", '1:1 H001 "years" is missing'),
        ("[2026, 2027]", "2026-2027", '2:8 H001 "years" is not a first and a last year'),
        ("[2026, 2027]", "[2027, 2026]", '2:8 H001 "years" is not a first and a last year'),
        ("2026-02-02:", "2026-02-30:", '5:3 H001 no such date: "2026-02-30"'),
        ("2026-01-01:", "1 January:", '7:3 H001 no such date: "1 January"'),
        ('"2027-01-01":', "2026-01-01:", '8:3 F011 the key "2026-01-01" stands here twice'),
        ("holidays:\n", "hollidays:\n", '6:1 H001 unknown key "hollidays"'),
        ('Nova godina\n  "2027', '[a]\n  "2027', "7:15 H001 a text is expected"),
        ('  "21":\n', "  - a\n", None),
    ],
)
def test_a_mistake_is_told_with_its_place(old: str, new: str, said: str | None) -> None:
    assert GOOD.count(old) == 1
    found = told(GOOD.replace(old, new))
    assert found
    if said is not None and not said.startswith("8:3"):
        assert found[0] == said
    elif said is not None:
        assert found[0].startswith("8:3 F011")


YEARS = "\ncountry: HR\nyears: [2026, 2026]"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- a",
        "just a text",
        "holidays: [a]" + YEARS,
        "subdivisions: [a]" + YEARS,
        b"\xff",
        "a: &x 1\nb: *x",
    ],
)
def test_what_is_no_file_of_holidays_is_told(text: str | bytes) -> None:
    assert told(text)


def test_the_first_rules_examples_fail_and_pass() -> None:
    rule = RULES[0]
    assert {line.split()[1] for line in told(rule.fails)} == {rule.code}
    assert told(rule.passes) == []


names = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)
dates = st.dictionaries(st.dates().map(str), names, max_size=5)


@given(dates, st.dictionaries(names, dates, max_size=3), dates, names)
def test_what_is_written_reads_back_the_same(
    public: dict[str, str], parts: dict[str, dict[str, str]], added: dict[str, str], source: str
) -> None:
    holidays = Holidays(
        country="HR", years=(2020, 2029), source=source, dates=public, subdivisions=parts, added=added
    )
    data = render_holidays(holidays)
    assert parse_holidays(data, PATH) == (holidays, ())
    assert render_holidays(holidays) == data
