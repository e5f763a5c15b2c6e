"""What a writing command answers: what changed, what was so already, or the diff of a dry run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gitdesk.domain.change import owner_of, quiet, told
from gitdesk.domain.change_words import phrase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.cli.context import Context
    from gitdesk.cli.options import Writing
    from gitdesk.desk import Outcome, Why
    from gitdesk.desk.plan import Proposed, Wish
    from gitdesk.domain.change import Event


def change(
    context: Context, wishes: Sequence[Wish], why: Why, writing: Writing, *, sending: bool = True
) -> Outcome | Proposed:
    """Changes the desk, or proposes the change, as the options of the call say."""
    if writing.propose:
        if sending and not writing.dry_run:
            from gitdesk.cli import proposed

            proposed.take_in(context)
        return context.desk.propose(wishes, why, dry_run=writing.dry_run)
    return context.desk.change(wishes, why, dry_run=writing.dry_run)


def report(context: Context, outcome: Outcome | Proposed, *, dry_run: bool, created: bool = False) -> None:
    """Writes an outcome in the format asked for; a dry run's is its diff, in JSON its events and diff."""
    from gitdesk.desk.plan import Proposed

    if isinstance(outcome, Proposed):
        from gitdesk.cli import proposed

        proposed.report(context, outcome, dry_run=dry_run)
        return
    out = context.out
    context.made, context.shared = outcome.commit, outcome.commit is not None
    if out.format == "table":
        if dry_run:
            show_diff(context, outcome)
            warn(context, outcome)
            return
        quiet_words = {change.ticket_id: [words] for change in outcome.changes if (words := quiet(change))}
        for item in _items(outcome, dry_run):
            if created:
                out.line(item["id"])
            elif item["changed"]:
                phrases = [event["text"] for event in item["events"]] or quiet_words.get(item["id"], [])
                out.text(f"{item['id']}: {', '.join(phrases)}\n")
    else:
        from gitdesk.render.table import Column

        columns = (Column("id", "id"), Column("changed", "changed"), Column("commit", "commit"))
        out.items("outcome", _items(outcome, dry_run), columns)
    for ticket_id in outcome.unchanged:
        out.note(f"{ticket_id}: already so, nothing to do")
    for path, wanted in outcome.files:
        stored = path.rsplit("/", 1)[-1]
        if stored != wanted:
            out.note(f'"{wanted}" is kept as "{stored}"')
    warn(context, outcome)


def warn(context: Context, outcome: Outcome) -> None:
    """Says what the rules warn of, a line each; what holds for many tickets is said once."""
    if not outcome.warnings:
        return
    found: dict[str, list[str]] = {}
    for one in outcome.warnings:
        ids = found.setdefault(f"{one.code} {one.message}", [])
        ids += [owner_of(one.path)] if one.line is not None else []  # else it is about the commit
    for text, ids in found.items():
        where = f" ({ids[0] if len(ids) == 1 else f'{len(ids)} tickets'})" if ids and outcome.ids[1:] else ""
        context.out.note(f"warning: {text}{where}")


def show_diff(context: Context, outcome: Outcome) -> None:
    """Writes what a dry run would change, as a diff."""
    from gitdesk.render.text import safe

    paint = context.out.paint
    style = {"+": "added", "-": "removed", "@": "hunk"}
    for line in outcome.diff.split("\n")[:-1]:
        context.out.line(paint(style.get(line[:1], ""), safe(line)) if line else "")
    for ticket_id in outcome.unchanged:
        context.out.note(f"{ticket_id}: already so, nothing to do")
    context.out.note("dry run: nothing was written")


def _items(outcome: Outcome, dry_run: bool) -> Iterator[dict[str, Any]]:
    events: dict[str, list[dict[str, Any]]] = {ticket_id: [] for ticket_id in outcome.ids}
    for event in told(outcome.changes):
        events.setdefault(event.ticket_id, []).append(plain(event))
    for ticket_id, found in events.items():
        item = {"id": ticket_id, "changed": True, "commit": outcome.commit, "events": found}
        if dry_run:
            item["diff"] = outcome.diff
        yield item
    for ticket_id in outcome.unchanged:
        yield {"id": ticket_id, "changed": False, "commit": None, "events": []}


def plain(event: Event) -> dict[str, Any]:
    """Returns an event as the JSON output has it."""
    return {
        "kind": event.kind,
        "field": event.field or None,
        "from": event.before or None,
        "to": event.after or None,
        "text": phrase(event),
    }
