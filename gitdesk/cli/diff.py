"""`gitdesk diff`: what differs, in words."""

from __future__ import annotations

from contextlib import suppress

from gitdesk.cli import outcome, spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Named, argument
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.desk import Desk
    from gitdesk.domain.change import Change
    from gitdesk.domain.ticket import TicketId
    from gitdesk.render.table import Page

_FORMATS = ("table", "json", "jsonl", "csv", "markdown", "ids")
_COLUMNS = tuple(Column(name) for name in ("ticket", "title", "path", "text"))


@spec.command("diff", reads=True)
@format_options(*_FORMATS)
@argument("what", nargs=-1, metavar="[A..B] [ID]…", type=Named("id"))
def command(context: Context, what: tuple[str, ...]) -> None:
    """Tell in words what differs: what is not committed, or from A to B.

    A or B left out is the desk's last commit. `git diff` shows the lines.

    \b
      gitdesk diff
      gitdesk diff origin/main..
      gitdesk diff v1..v2 7k3
    """
    from gitdesk.desk import differences
    from gitdesk.errors import UsageError

    ranges = [word for word in what if ".." in word]
    if len(ranges) > 1:
        raise UsageError("more than one range", hint="write it A..B, once")
    desk = context.desk
    ids = _ids(desk, [word for word in what if word not in ranges])
    changes = differences.between(desk, ranges[0]) if ranges else differences.not_committed(desk)
    if ids:
        changes = [one for one in changes if one.ticket_id in ids]
    if context.out.format == "ids":
        for ticket_id in dict.fromkeys(one.ticket_id for one in changes if one.ticket_id):
            context.out.line(ticket_id)
        return
    context.out.items("changes", _items(changes), _COLUMNS, text=_lines, nothing="nothing differs")


def _ids(desk: Desk, words: Sequence[str]) -> set[TicketId]:
    """Returns the tickets meant; raises NotFound, for a commit with the range that it was to be."""
    from gitdesk.desk import revisions
    from gitdesk.errors import NotFound, SetupError

    try:
        return {desk.resolve(word) for word in words}
    except NotFound as error:
        with suppress(SetupError):
            for word in words[:2]:
                revisions.commit(desk.repo, word)
            first, second = (*words, "")[:2]
            error.hint = f"commits are named by a range: gitdesk diff {first}..{second}"
        raise


def _items(changes: Sequence[Change]) -> Iterator[dict[str, Any]]:
    from gitdesk.desk.differences import told_quietly
    from gitdesk.domain.change import told_of

    quiet = dict(told_quietly(changes))
    for change in changes:
        events = [outcome.plain(event) for event in told_of(change, brief=True)]
        words = [event["text"] for event in events] or [quiet.get(change.path, "")]
        if not any(words):
            continue
        document = change.after or change.before
        ticket = document.ticket if document is not None else None
        yield {
            "ticket": change.ticket_id or None,
            "title": ticket.title if ticket is not None else None,
            "path": change.path,
            "events": events,
            "text": ", ".join(words),
        }


def _lines(items: Iterable[Mapping[str, Any]], page: Page) -> Iterator[str]:
    from gitdesk.render.text import safe

    for number, item in enumerate(items):
        if number:
            yield ""
        head = page.paint("id", item["ticket"]) if item["ticket"] else safe(item["path"])
        yield f"{head}  {safe(item['title'])}" if item["title"] else head
        for text in [event["text"] for event in item["events"]] or [item["text"]]:
            yield f"  {safe(text)}"
