"""`gitdesk list`: tickets by a query."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Named, Whole, argument, option
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gitdesk.desk import Desk
    from gitdesk.desk.reading import Found

SHOWN = 50  # rows of what is read by eye, or whole by a program, unless --limit says otherwise
_LIMITED = ("table", "json", "markdown")
_TABLE = ("id", "priority", "status", "assignee", "title", "created")
_CLOCKED = ("id", "priority", "status", "assignee", "title", "due", "created")
_WORDS = {"paused": "paused", "breached": "breached", "breached_running": "breached"}  # where nothing is due
_PLAIN = (
    "id", "title", "status", "category", "priority", "type", "group", "assignee", "requester", "channel", "created",
    "tags", "links", "watchers", "fields", "source", "merged_into", "snoozed_until", "messages", "attachments",
    "path", "problem", "due", "sla", "sla_metric",
)  # fmt: skip
_CSV = tuple(
    name for name in _PLAIN if name not in ("category", "path", "links", "watchers", "attachments", "fields")
)
_TITLES = {"created": "age", "assignee": "for"}


@spec.command("list", minus_words=True, reads=True)
@format_options()
@option("--at", metavar="TIME|COMMIT", help="The desk as it was then.")
@option("--all", "everything", is_flag=True, help="Done tickets too.")
@option("--limit", "-n", type=Whole(0), metavar="N", help="At most so many; 0 for no limit.")
@option("--columns", metavar="NAMES", help="Which columns, with commas: id,title,updated,fields.region")
@option("--sort", metavar="KEYS", help="In which order: priority, -created, updated…")
@argument("query", nargs=-1, metavar="[QUERY]…", type=Named("query"))
def command(
    context: Context,
    query: tuple[str, ...],
    sort: str | None,
    columns: str | None,
    limit: int | None,
    everything: bool,
    at: str | None,
) -> None:
    """List tickets: what is due first comes first, then the highest priority, then the oldest.

    Without a query about status, what is done is left out. Tables and JSON stop after 50; jsonl, csv and ids do not.

    \b
      gitdesk list
      gitdesk list assignee:me priority>=high
      gitdesk list 'created>=2026-11-01 (tag:billing OR group:billing) -status:waiting' --json
      gitdesk list --at yesterday --columns id,title,status
    """
    from gitdesk.desk.configuration import promises
    from gitdesk.desk.reading import COUNTED

    out = context.out
    text = " ".join([_joined(query), *(f"sort:{key}" for key in [sort] if key)]).strip()
    if limit is None and out.format in _LIMITED:
        limit = SHOWN
    chosen = _columns(columns, out.format, clocks=promises(context.desk.config))
    found = context.desk.find(text, columns=chosen, limit=limit or None, everything=everything, at=at)
    shown = _Counted(found)
    if out.format == "table":
        _table(context, found, shown, columns is None, then=at is not None)
    else:
        out.table("tickets", [Column(name) for name in chosen], shown)
    if found.total is not None:
        total = f"{found.total:,}" if found.total <= COUNTED else f"more than {COUNTED:,}"
        out.note(f"{shown.count} of {total} tickets; --limit 0 shows all")


def _joined(words: Sequence[str]) -> str:
    """Returns a query out of words as the shell has split them; a word with blanks keeps them."""
    return " ".join(words)


def _columns(text: str | None, format_: str, *, clocks: bool) -> tuple[str, ...]:
    if text is not None:
        return tuple(name.strip() for name in text.split(",") if name.strip())
    if format_ == "ids":
        return ("id",)
    if format_ in ("json", "jsonl"):
        return _PLAIN
    shown = _CLOCKED if clocks else _TABLE
    if format_ == "table":
        return (*shown, *(["sla"] if clocks else []), "problem")
    return _CSV if format_ == "csv" else shown


class _Counted:
    """Rows that are counted as they pass."""

    def __init__(self, found: Found) -> None:
        self._rows = found.rows
        self.count = 0

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> tuple[Any, ...]:
        row = next(self._rows)
        self.count += 1
        return row


def _table(context: Context, found: Found, rows: Any, plain: bool, *, then: bool) -> None:
    """Draws the list; a file that cannot be read is a marked row."""
    names = found.columns
    if plain:
        shown = _CLOCKED if "due" in names else _TABLE
        rows = (_marked(dict(zip(found.columns, row, strict=True)), shown) for row in rows)
        names = shown
    shortest: dict[str, int] = {}
    if context.out.is_terminal and "id" in names:
        rows = list(rows)
        shortest = found.index.shortest([row[names.index("id")] for row in rows])
    columns = [
        Column("due", kind="time") if then and name == "due" else _column(context.desk, name, shortest)
        for name in names
    ]
    context.out.table("tickets", columns, rows, nothing="no tickets")


def _marked(row: dict[str, Any], names: tuple[str, ...]) -> tuple[Any, ...]:
    """Returns the shown part of a row: a problem stands in the place of the title, a standing where nothing is due."""
    if row["problem"]:
        row |= {"status": "unreadable", "title": row["problem"]}
    elif "due" in row and not row["due"]:
        row["due"] = _WORDS.get(row["sla"])
    return tuple(row[name] for name in names)


def _column(desk: Desk, name: str, shortest: dict[str, int]) -> Column:
    from gitdesk.render.style import due_style, priority_style

    title = _TITLES.get(name, "")
    config = desk.config
    match name:
        case "id":
            return Column("id", kind="id", emphasis=lambda value: shortest.get(value, 0))
        case "title":
            return Column("title", give_way=2, least=12)
        case "status":
            return Column("status", style=lambda value: config.workflow.category(value) or "error")
        case "priority":
            count = len(config.priorities)
            return Column("priority", style=lambda value: priority_style(config.priority_rank(value), count))
        case "created" | "updated" | "snoozed_until":
            return Column(name, title, kind="time")
        case "due":
            return Column("due", kind="due", style=lambda value: due_style(value, desk.now))
        case "requester":
            return Column("requester", give_way=1)
    return Column(name, title)
