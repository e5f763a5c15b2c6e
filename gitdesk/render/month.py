"""A month of opening hours as a picture: a line a day, a mark an hour."""

from __future__ import annotations

from gitdesk.domain.duration import words
from gitdesk.render.text import cut, pad, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.render.table import Page

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOUR, _HALF = 3600, 1800
_LABEL = 9  # "Mon 23 * "
_MARKS = {(False, False): "·", (True, False): "▌", (False, True): "▐", (True, True): "█"}
_WIDEST = 80


def render_month(item: Mapping[str, Any], page: Page) -> Iterator[str]:
    """Yields a title, a ruler of hours, and a line for each day of a month as `calendar show` answers it."""
    from datetime import date

    room = min(page.width or _WIDEST, _WIDEST)
    yield page.paint("heading", safe(_title(item)))
    yield ""
    yield " " * _LABEL + page.paint("dim", "0     6     12    18    24")
    for each in item["days"]:
        when = date.fromisoformat(each["date"])
        if when.weekday() == 0 and when.day > 1:
            yield ""
        sign = "!" if each["clocks"] else "*" if each["special"] else " "
        label = f"{_DAYS[when.weekday()]} {when.day:>2} {sign} "
        bar, told = _bar(each["open"]), safe(_told(each))
        style = "note" if each["special"] or each["clocks"] else "dim" if not each["hours"] else ""
        told = cut(told, max(room - _LABEL - len(bar) - 2, 10))
        yield f"{page.paint(style, label)}{page.paint('open', bar)}  {page.paint(style, told)}".rstrip()
    yield ""
    yield f"{item['working_days']} working days, {words(item['seconds'])}"
    if any(each["special"] for each in item["days"]):
        yield page.paint("dim", "* not as its weekday")
    if any(each["clocks"] for each in item["days"]):
        yield page.paint("dim", "! the clocks change: the day is longer or shorter")
    if item["remark"]:
        yield page.paint("note", safe(item["remark"]))


def render_line(item: Mapping[str, Any]) -> str:
    """Returns a month in one line: working days, hours, what is special."""
    notes = [
        f"{int(each['date'][-2:])} {each['note'] or 'closed'}" for each in item["days"] if each["special"]
    ]
    line = f"{item['month']}  {item['working_days']:>2} days  {pad(words(item['seconds']), 9)}"
    return f"{line}  {safe(', '.join(notes))}".rstrip()


def _title(item: Mapping[str, Any]) -> str:
    year, _, month = item["month"].partition("-")
    return f"{item['calendar']}  {_MONTHS[int(month) - 1]} {year}  {item['timezone']}"


def _bar(spans: Sequence[Sequence[int]]) -> str:
    """Returns a mark for each hour: full, its first or second half, or not open for the most part."""

    def is_open(start: int) -> bool:
        return sum(max(0, min(end, start + _HALF) - max(begin, start)) for begin, end in spans) * 2 >= _HALF

    return "".join(_MARKS[is_open(hour * _HOUR), is_open(hour * _HOUR + _HALF)] for hour in range(24))


def _told(each: Mapping[str, Any]) -> str:
    parts = [
        " ".join(each["hours"]),
        each["note"] or ("closed" if each["special"] and not each["hours"] else ""),
    ]
    if each["clocks"]:
        parts.append(f"clocks {'forward' if each['clocks'] > 0 else 'back'} {words(abs(each['clocks']))}")
    return "  ".join(part for part in parts if part)
