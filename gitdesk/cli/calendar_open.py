"""`gitdesk calendar open`: whether it is open at a moment, and what comes next."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.calendar_lines import Question, labelled, moment, zone_of
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Named, argument
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitdesk.render.table import Page

_COLUMNS = tuple(
    Column(name)
    for name in (
        "calendar", "timezone", "at", "open", "since", "next_open", "next_close", "opens_again", "previous_open",
        "previous_close", "note", "remark",
    )
)  # fmt: skip


@spec.command("calendar open", reads=True)
@format_options("table", "json", "jsonl", "csv", "markdown")
@argument("name", type=Named("calendar"), required=False, metavar="NAME")
@argument("at", required=False, metavar="AT")
def command(context: Context, name: str | None, at: str | None) -> int:
    """Tell whether a calendar is open, now or at a moment, and when that changes.

    A time without a zone is in the calendar's zone. With "-" the words that are left out are read from standard input,
    an answer a line. In JSON next_open is the first open instant at or after AT, next_close the end of the shift AT is
    in or of the next one, previous_open the last instant up to AT at which it was open or just closing.

    \b
      gitdesk calendar open office
      gitdesk calendar open office 2026-12-24T13:00 --json
    """
    from gitdesk.desk import working_time

    def answer(name: str, at: str = "now") -> dict[str, Any]:
        return working_time.open_at(context.desk, name, at)

    question = Question("calendar_open", ("NAME", "AT"), 1, answer, text=_block, line=_line)
    return question.ask(context, (name, at), _COLUMNS)


def _block(item: Any, page: Page) -> Iterator[str]:
    zone = zone_of(item)
    yield page.paint("open" if item["open"] else "note", "open" if item["open"] else "closed")
    rows = [
        ("at", moment(item["at"], zone)),
        ("since", moment(item["since"], zone) if item["since"] else "always"),
        ("opens" if not item["open"] else "", moment(item["next_open"], zone)),
        ("closes", moment(item["next_close"], zone)),
        ("opens again", moment(item["opens_again"], zone) if item["next_close"] else ""),
        ("that day", item["note"] or ""),
        ("calendar", f"{item['calendar']}, {item['timezone']}"),
        ("remark", item["remark"] or ""),
    ]
    yield from (f"  {line}" for line in labelled([row for row in rows if row[0]], page))


def _line(item: Any) -> str:
    zone = zone_of(item)
    if item["open"]:
        return f"open    until {moment(item['next_close'], zone)}"
    return f"closed  until {moment(item['next_open'], zone)}"
