"""`gitdesk calendar due`: when a budget of working time is used up."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.calendar_lines import Question, labelled, moment, universal, zone_of
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Named, argument, option
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitdesk.render.table import Page

_COLUMNS = tuple(
    Column(name)
    for name in (
        "calendar", "timezone", "start", "duration", "due", "last_working", "seconds", "wall_seconds", "remark",
    )
)  # fmt: skip


@spec.command("calendar due", minus_words=True, reads=True)
@format_options("table", "json", "jsonl", "csv", "markdown")
@option("--before", "back", is_flag=True, help="Go back: when it must have begun to be done at START.")
@argument("name", type=Named("calendar"), required=False, metavar="NAME")
@argument("start", required=False, metavar="START")
@argument("duration", required=False, metavar="DURATION")
def command(context: Context, name: str | None, start: str | None, duration: str | None, back: bool) -> int:
    """Tell when so much working time will have passed.

    START without a zone is a time in the calendar's zone. DURATION is 30s, 15m, 8h, 1h30m, or 2bd: the same time
    of day two working days later; -8h goes back, as --before does. What ends exactly at closing time is due at the
    next opening; the last working instant before it is shown beside. With "-" the words that are left out are read
    from standard input, an answer a line.

    \b
      gitdesk calendar due office 2026-11-23T09:30 8h
      gitdesk calendar due office now 2bd
      printf '%s\\n' '2026-11-23T09:30 8h' '2026-11-27 16:00 30m' | gitdesk calendar due office -
    """
    from gitdesk.desk import working_time

    def answer(name: str, start: str, duration: str) -> dict[str, Any]:
        return working_time.due(context.desk, name, start, duration, back=back)

    question = Question("calendar_due", ("NAME", "START", "DURATION"), 3, answer, text=_block, line=_line)
    return question.ask(context, (name, start, duration), _COLUMNS)


def _block(item: Any, page: Page) -> Iterator[str]:
    zone, opening = zone_of(item), item["last_working"] != item["due"]
    yield page.paint("bold", moment(item["due"], zone))
    rows = [
        ("UTC", universal(item["due"])),
        ("last working instant", moment(item["last_working"], zone) if opening else ""),
        ("from", moment(item["start"], zone)),
        ("calendar", f"{item['calendar']}, {item['timezone']}"),
        ("remark", item["remark"] or ""),
    ]
    yield from (f"  {line}" for line in labelled(rows, page))


def _line(item: Any) -> str:
    return f"{moment(item['due'], zone_of(item))}  {universal(item['due'])}"
