"""`gitdesk calendar elapsed`: how much working time lies between two moments."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.calendar_lines import Question, labelled, moment, zone_of
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Named, argument
from gitdesk.domain.duration import words
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitdesk.render.table import Page

_COLUMNS = tuple(
    Column(name) for name in ("calendar", "timezone", "start", "end", "seconds", "wall_seconds", "remark")
)


@spec.command("calendar elapsed", reads=True)
@format_options("table", "json", "jsonl", "csv", "markdown")
@argument("name", type=Named("calendar"), required=False, metavar="NAME")
@argument("start", required=False, metavar="START")
@argument("end", required=False, metavar="END")
def command(context: Context, name: str | None, start: str | None, end: str | None) -> int:
    """Tell how much working time lies between two moments.

    Times without a zone are in the calendar's zone. It is negative when END is the earlier one. With "-" the words
    that are left out are read from standard input, an answer a line.

    \b
      gitdesk calendar elapsed office 2026-11-20T16:00 2026-11-23T10:00
      gitdesk calendar elapsed office 2026-11-20T16:00 now --json
      gitdesk calendar elapsed office - < spans.txt
    """
    from gitdesk.desk import working_time

    def answer(name: str, start: str, end: str) -> dict[str, Any]:
        return working_time.elapsed(context.desk, name, start, end)

    question = Question("calendar_elapsed", ("NAME", "START", "END"), 3, answer, text=_block, line=_line)
    return question.ask(context, (name, start, end), _COLUMNS)


def _block(item: Any, page: Page) -> Iterator[str]:
    zone = zone_of(item)
    yield page.paint("bold", _line(item))
    rows = [
        ("wall clock", words(item["wall_seconds"])),
        ("from", moment(item["start"], zone)),
        ("to", moment(item["end"], zone)),
        ("calendar", f"{item['calendar']}, {item['timezone']}"),
        ("remark", item["remark"] or ""),
    ]
    yield from (f"  {line}" for line in labelled(rows, page))


def _line(item: Any) -> str:
    return f"{words(item['seconds'])}  ({item['seconds']} s)"
