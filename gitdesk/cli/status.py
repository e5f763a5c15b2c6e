"""`gitdesk status`: where this clone stands, in one screen."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import option
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from gitdesk.desk.reviewing import Review
    from gitdesk.desk.whereabouts import Whereabouts
    from gitdesk.render.table import Page

_COLUMNS = tuple(Column(name) for name in ("branch", "remote", "ahead", "behind", "fetched"))
_SHOWN = 5  # lines of one kind

_OWN = (  # how a proposal of one's own is, and what to do then
    ("approved", "hint", "of yours approved: gitdesk land BRANCH"),
    ("free", "hint", "of yours that need nobody's approval: gitdesk land BRANCH"),
    ("outdated", "warn", "of yours outdated: gitdesk propose BRANCH --update"),
    ("rejected", "warn", "of yours rejected: gitdesk review BRANCH says why"),
)


@spec.command("status", reads=True)
@format_options("table", "json", "jsonl", "csv", "markdown")
@option("--fetch", is_flag=True, help="Ask the remote first; else it is as of the last fetch.")
def command(context: Context, fetch: bool) -> None:
    """Show where this clone stands, and what waits for you.

    What is not shared yet, what sync has kept back, texts you have not finished, conflicts that are open, proposals
    that wait for your approval, and of your own tickets what is late and what is due next. Asks no network unless you
    say --fetch.
    """
    from gitdesk.cli.sync import wanted_here
    from gitdesk.desk.whereabouts import look

    how = wanted_here()
    found = look(context.desk, fetch=fetch, asking=how.asking, progress=how.progress)
    if found.not_fetched:
        context.out.note(f"{found.not_fetched}; this is as of the last fetch")
    problem = found.proposals.problem
    if problem and problem != found.remote_problem:
        context.out.note(f"proposals cannot be told: {problem}")
    item = _plain(found, _drafts(context))
    context.out.items("status", [item], _COLUMNS, text=_lines)


def _drafts(context: Context) -> list[dict[str, Any]]:
    """Returns the texts that were kept, of this desk's tickets and of new ones."""
    from gitdesk.cli.editor import all_drafts

    prefix = f"-{context.desk.config.prefix}-"
    kept = []
    for path, at in all_drafts(context.environ):
        name = os.path.basename(path)
        if name.startswith("new-ticket-") or prefix in name:
            when = datetime.fromtimestamp(int(at), UTC).isoformat()
            kept.append({"path": path, "about": _about(name, prefix), "at": _utc(when)})
    return kept


def _about(name: str, prefix: str) -> str:
    """Returns what a draft is of: `reply GD-7K3QX4M2`."""
    verb, found, rest = name.partition(prefix)
    if not found:
        return "new ticket"
    return f"{verb} {prefix[1:]}{rest[:8]}"


def _plain(found: Whereabouts, drafts: list[dict[str, Any]]) -> dict[str, Any]:
    other, mine, begun = found.remote, found.mine, found.begun
    return {
        "branch": found.branch or None,
        "reason": found.reason,
        "tip": found.tip,
        "remote": other.name if other is not None else None,
        "url": other.url if other is not None else None,
        "remote_branch": other.branch if other is not None else None,
        "remote_problem": found.remote_problem or None,
        "ahead": found.ahead,
        "behind": found.behind,
        "fetched": _utc(found.fetched),
        "outbox": [
            {
                "branch": one.branch,
                "commit": one.commit,
                "subject": one.subject,
                "subjects": list(one.subjects),
                "at": _utc(one.at),
            }
            for one in found.outbox
        ],
        "drafts": drafts,
        "conflicts": list(found.conflicts),
        "busy": begun.command if begun is not None else None,
        "busy_with": begun.named if begun is not None else None,
        "busy_way": begun.way if begun is not None else None,
        "proposals": [_proposal(one) for one in found.proposals.waiting],
        "own_proposals": [{**_proposal(one), "state": one.state} for one in found.proposals.own],
        "unsent": [_proposal(one) for one in found.proposals.unsent],
        "mine": None
        if mine is None
        else {"name": mine.name, "open": mine.open, "late": _rows(mine.late), "next": _rows(mine.next)},
    }


def _proposal(one: Review) -> dict[str, Any]:
    return {
        "branch": one.proposal.name,
        "commit": one.proposal.head,
        "subject": one.title,
        "author": one.by,
        "at": _utc(one.at.isoformat()) if one.at is not None else None,
    }


def _rows(rows: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    return [{"id": row[0], "title": row[1], "due": row[2]} for row in rows]


def _utc(text: str) -> str | None:
    """Returns a time as JSON has it, None for none."""
    from gitdesk.domain.ticket import timestamp

    return timestamp(datetime.fromisoformat(text)) if text else None


def _lines(items: Iterable[Mapping[str, Any]], page: Page) -> Iterator[str]:
    for item in items:
        yield from _shared(item, page)
        if item["busy"]:
            yield f"{page.paint('warn', '!')} Git is in the middle of {item['busy_with']}: {item['busy_way']}"
        yield from _listed(
            page, "error", item["conflicts"], "open after a merge: gitdesk settle", lambda path: path
        )
        yield from _listed(
            page,
            "error",
            item["outbox"],
            "kept back by sync",
            _kept,
        )
        yield from _listed(
            page, "warn", item["drafts"], "text not finished", lambda one: f"{one['about']}  {one['path']}"
        )
        yield from _listed(
            page,
            "warn",
            item["unsent"],
            "proposed or said in this clone only: gitdesk propose BRANCH sends it",
            lambda one: f"{one['branch']}  {one['subject']}",
        )
        yield from _listed(
            page,
            "hint",
            item["proposals"],
            "waiting for your approval: gitdesk review --mine",
            lambda one: f"{one['branch']}  {one['subject']} · {one['author'].partition(' <')[0]}",
        )
        for state, style, title in _OWN:
            theirs = [one for one in item["own_proposals"] if one["state"] == state]
            yield from _listed(page, style, theirs, title, lambda one: f"{one['branch']}  {one['subject']}")
        yield from _own(item["mine"], page)


def _shared(item: Mapping[str, Any], page: Page) -> Iterator[str]:
    """Yields the line about the branch and its remote."""
    from gitdesk.render.text import safe
    from gitdesk.render.when import moment

    if not item["branch"]:
        way = "" if item["busy"] else "; git switch BRANCH goes to one"
        yield f"{safe(item['remote_problem'])}{way}"
        return
    branch = safe(item["branch"])
    if item["remote"] is None:
        yield f"{branch}: {safe(item['remote_problem'])}"
        return
    there = safe(f"{item['remote']}/{item['remote_branch']}")
    if item["ahead"] is None:
        yield f"{branch}: not shared yet; gitdesk sync pushes it to {safe(item['remote'])} ({safe(item['url'])})"
        return
    ahead, behind = item["ahead"], item["behind"]
    parts = [f"{ahead:,} to share"] if ahead else []
    parts += [f"{behind:,} to take in"] if behind else []
    fetched = (
        f"as of {moment(item['fetched'], page.now)}" if item["fetched"] else "as far as this clone knows"
    )
    words = f"{', '.join(parts)} with {there}" if parts else f"as {there}"
    way = ": gitdesk sync" if parts else ""
    yield f"{branch}: {words} {page.paint('note', f'({fetched})')}{way}"


def _listed(page: Page, style: str, found: Any, title: str, line: Any) -> Iterator[str]:
    from gitdesk.render.text import safe

    if not found:
        return
    yield page.paint(style, f"{len(found):,} {title}")
    for one in found[:_SHOWN]:
        yield f"  {safe(line(one))}"
    if len(found) > _SHOWN:
        yield f"  … and {len(found) - _SHOWN:,} more"


def _kept(one: Mapping[str, Any]) -> str:
    """Returns a branch of the outbox in words: its first change, from which the others follow."""
    count = len(one["subjects"])
    more = f" ({count:,} commits)" if count > 1 else ""
    return f"{one['branch']}  {one['subjects'][0]}{more}"


def _own(mine: Mapping[str, Any] | None, page: Page) -> Iterator[str]:
    from gitdesk.render.text import safe
    from gitdesk.render.when import due

    if mine is None:
        yield page.paint("note", "you are nobody on this desk: no tickets are yours")
        return
    yield f"{mine['open']:,} waiting for you ({safe(mine['name'])})"
    for style, rows in (("error", mine["late"]), ("", mine["next"])):
        for row in rows[:_SHOWN]:
            when = due(row["due"], page.now) if row["due"] else "late"
            yield f"  {row['id']}  {page.paint(style, when)}  {safe(row['title'])}"
        if len(rows) > _SHOWN:
            yield f"  … and {len(rows) - _SHOWN:,} more"
