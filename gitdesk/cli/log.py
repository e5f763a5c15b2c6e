"""`gitdesk log`: the audit trail."""

from __future__ import annotations

from collections.abc import Iterator

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Named, Whole, argument, option
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.desk import Desk
    from gitdesk.desk.audit import Trail
    from gitdesk.index.history_query import Entry, LoggedCommit

_COLUMNS = (
    Column("at", "when"),
    Column("ticket"),
    Column("author.name", "who"),
    Column("kind"),
    Column("field"),
    Column("from"),
    Column("to"),
    Column("reason"),
    Column("via"),
    Column("on_behalf_of"),
    Column("approved_by"),
    Column("commit"),
    Column("signature.status", "signature"),
)


@spec.command("log", reads=True)
@format_options()
@option("--since", default="", metavar="TIME", help="From then on: 2026-11-01, yesterday, 7d.")
@option("--until", default="", metavar="TIME", help="Before then.")
@option("--actor", default="", metavar="WHO", type=Named("agent"), help="Only what somebody did.")
@option("--field", default="", metavar="NAME", help="Only changes of status, assignee, tag, reply, a field…")
@option("--limit", "-n", type=Whole(1), metavar="N", help="At most so many entries.")
@option("--reverse", is_flag=True, help="Oldest first.")
@option("--verify/--no-verify", default=None, help="Check signatures; default: where tickets are named.")
@argument("tickets", nargs=-1, metavar="[ID]…", type=Named("id"))
def command(
    context: Context,
    tickets: tuple[str, ...],
    since: str,
    until: str,
    actor: str,
    field: str,
    limit: int | None,
    reverse: bool,
    verify: bool | None,
) -> None:
    """Tell who changed what, when and why, from Git's history alone.

    A hand edit counts exactly as much as a command. Without an id: the whole desk.

    \b
      gitdesk log 7k3
      gitdesk log --actor marko --since 7d --field status
    """
    from gitdesk.desk.naming import recall
    from gitdesk.render.trail import render_trail

    desk = context.desk
    ids = [recall(desk, word) for word in tickets] or None
    if limit is None and ids is None and context.out.is_terminal and context.out.format == "table":
        limit = 1_000
    trail = desk.log(
        ids,
        since=since,
        until=until,
        actor=actor,
        field=field,
        limit=limit,
        oldest_first=reverse,
        verify=bool(ids) if verify is None else verify,
    )
    whole = context.out.format in ("json", "jsonl")
    context.out.items(
        "events", _items(context.desk, trail, whole), _COLUMNS, text=render_trail, nothing="nothing happened"
    )


def _items(desk: Desk, trail: Trail, whole: bool) -> Iterator[dict[str, Any]]:
    if not whole:
        yield from (item(entry, trail) for entry in trail.entries)
        return
    from gitdesk.desk.audit import with_beginnings

    for entry, first in with_beginnings(desk, trail.entries):
        told = item(entry, trail)
        if first is not None:
            told["initial"] = first
        yield told


def item(entry: Entry, trail: Trail) -> dict[str, Any]:
    """Returns one entry as the `events` output has it."""
    event, commit = entry.event, entry.commit
    return {
        "ticket": event.ticket_id,
        "kind": event.kind,
        "field": event.field or None,
        "from": event.before or None,
        "to": event.after or None,
        "text": entry.phrase,
        "at": commit.at,
        "author": {"name": commit.author_name, "email": commit.author_email},
        "authored_at": commit.authored_at,
        "committer": {"name": commit.committer_name, "email": commit.committer_email},
        "commit": commit.id,
        "subject": commit.subject,
        "reason": commit.reason or None,
        "via": commit.via or None,
        "automation": commit.automation or None,
        "on_behalf_of": commit.on_behalf_of or None,
        "approved_by": _approvers(commit.approved_by),
        "signature": _signature(commit, trail),
    }


def _approvers(text: str) -> list[str]:
    """Returns who approved, out of `Name <address>, Name <address>`; a name may hold a comma."""
    parts = [part.strip() for part in text.split(">,") if part.strip()]
    return [part if part.endswith(">") or "<" not in part else f"{part}>" for part in parts]


def _signature(commit: LoggedCommit, trail: Trail) -> dict[str, Any] | None:
    if not commit.signed:
        return None
    status = trail.signatures.get(commit.id)
    if status is None:
        return {"status": "unchecked", "signer": None, "key": None}
    return {"status": status.status, "signer": status.signer or None, "key": status.key or None}
