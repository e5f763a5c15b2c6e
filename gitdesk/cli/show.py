"""`gitdesk show`: whole tickets."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options, with_input
from gitdesk.cli.spec import Named, argument, option
from gitdesk.domain.ticket import timestamp
from gitdesk.errors import Unreadable, UsageError
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from gitdesk.desk.reading import View
    from gitdesk.domain.customers import Organisation
    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.domain.ticket import Message

_COLUMNS = tuple(
    Column(name) for name in ("id", "title", "status", "priority", "type", "group", "assignee", "tags")
)


@spec.command("show", reads=True)
@format_options()
@option("--raw", is_flag=True, help="The file as it is.")
@option("--at", metavar="TIME|COMMIT", help="As it was then.")
@argument("tickets", nargs=-1, required=True, metavar="ID…", type=Named("id"))
def command(context: Context, tickets: tuple[str, ...], at: str | None, raw: bool) -> int:
    """Show tickets: where they stand, what was asked and everything said since.

    Ends with 5 when the file of one cannot be read.
    """
    desk = context.desk
    named = with_input(tickets)
    if at is None:
        ids = [desk.resolve(word) for word in named]
    else:
        from gitdesk.desk.naming import recall

        ids = [recall(desk, word) for word in named]
    views = [desk.show(ticket_id, at) for ticket_id in ids]
    if raw:
        if context.out.format != "table":
            raise UsageError("--raw is a format of its own")
        for view in views:
            _raw(context, view)
        return 0

    def text(items: Iterable[Any], page: Any) -> Iterator[str]:
        from gitdesk.render.style import priority_style
        from gitdesk.render.thread import render_thread

        count = len(desk.config.priorities)
        return render_thread(items, page, lambda name: priority_style(desk.config.priority_rank(name), count))

    context.out.items("ticket", (plain(view) for view in views), _COLUMNS, text=text)
    broken = [view.document.problems[0] for view in views if view.document.ticket is None]
    if context.out.format == "table":
        for hint in dict.fromkeys(problem.hint for problem in broken if problem.hint):
            context.out.note(f"hint: {hint}")
    return Unreadable.exit_code if broken else 0


def _raw(context: Context, view: View) -> None:
    """Writes the bytes of a file; on a terminal what could steer it is shown instead. Raises Unreadable for no file."""
    if view.document.ticket is None and not view.document.data:
        from gitdesk.desk.writing import readable

        readable(view.document)
    if context.out.is_terminal:
        context.out.text(view.document.data.decode("utf-8", "backslashreplace"))
    else:
        context.out.raw(view.document.data)


def plain(view: View) -> dict[str, Any]:
    """Returns a ticket as the `ticket` output has it."""
    document = view.document
    attachments = [{"name": name, "path": path, "size": size} for name, path, size in view.attachments]
    one = document.ticket
    ticket_id = document.path.rsplit("/", 1)[-1].removesuffix(".md")  # a header may name another one
    if one is None:
        return {
            "id": ticket_id,
            "path": document.path,
            "problem": str(document.problems[0]),
            "commit": view.commit,
            "attachments": attachments,
        }
    return {
        "id": ticket_id,
        "path": document.path,
        "problem": None,
        "title": one.title,
        "status": one.status,
        "category": view.category or None,
        "priority": one.priority or None,
        "type": one.type or None,
        "group": one.group or None,
        "assignee": one.assignee or None,
        "requester": one.requester or None,
        "organisation": _organisation(view.organisation),
        "channel": one.channel or None,
        "created": timestamp(one.created),
        "snoozed_until": timestamp(one.snoozed_until) if one.snoozed_until else None,
        "source": one.source or None,
        "merged_into": one.merged_into or None,
        "tags": list(one.tags),
        "watchers": list(one.watchers),
        "links": [
            {"kind": kind, "target": target, "title": title or None, "status": status or None}
            for kind, target, title, status in view.links
        ],
        "fields": {name: value if isinstance(value, str) else list(value) for name, value in one.fields},
        "description": one.description,
        "messages": [_message(message) for message in one.messages],
        "attachments": attachments,
        "clocks": _clock_rows(view.clocks),
        "commit": view.commit,
        "warnings": [str(problem) for problem in document.problems],
    }


def _organisation(one: Organisation | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"name": one.name, **{key: getattr(one, key) or None for key in ("tier", "region", "language")}}


def _clock_rows(cycles: Sequence[Cycle]) -> list[dict[str, Any]]:
    """Returns where clocks stand, as the rows of the breach report say it."""
    if not cycles:
        return []
    from json import loads

    from gitdesk.render.clock_row import json_writer

    row = json_writer()
    return [loads(row(cycle)) for cycle in cycles]


def _message(message: Message) -> dict[str, Any]:
    return {
        "at": timestamp(message.at),
        "kind": message.kind,
        "author": message.author,
        "body": message.body,
        "attachments": list(message.attachments),
        "meta": dict(message.meta),
    }
