"""`gitdesk sla policies`: which policy each ticket has, and why."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import Named, argument, option
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.desk.policies import Standing
    from gitdesk.render.table import Page

_COLUMNS = tuple(
    Column(name) for name in ("ticket", "priority", "policy", "when", "calendar", "targets", "held", "title")
)


@spec.command("sla policies", minus_words=True, reads=True)
@format_options("table", "json", "jsonl", "csv", "markdown")
@option(
    "--explain", metavar="ID", type=Named("id"), help="One ticket: every policy that was asked, term by term."
)
@argument("query", nargs=-1, metavar="[QUERY]…", type=Named("query"))
def command(context: Context, query: tuple[str, ...], explain: str | None) -> None:
    """Show which policy each open ticket has by today's gitdesk.yaml, and what its running clocks are held to.

    A clock is held to the version of gitdesk.yaml it started under; only an approved commit with the trailer
    Gitdesk-Rebase-SLA changes that.

    \b
      gitdesk sla policies
      gitdesk sla policies tier:gold
      gitdesk sla policies --explain 7k3
    """
    from gitdesk.desk import policies

    desk = context.desk
    if explain is not None:
        found = policies.explained(desk, desk.resolve(explain))
        context.out.items("sla_policies", [_plain(found)], _COLUMNS, text=_told)
        return
    items = (_plain(one) for one in policies.listed(desk, " ".join(query)))
    context.out.items("sla_policies", items, _COLUMNS, text=_table, nothing="no tickets")


def _plain(one: Standing) -> dict[str, Any]:
    return {
        "ticket": one.ticket,
        "title": one.title,
        "priority": one.priority or None,
        "policy": one.policy or None,
        "when": one.when or None,
        "calendar": one.calendar or None,
        "targets": None if one.targets is None else dict(one.targets),
        "held": [
            {
                "policy": held.policy,
                "commit": held.commit,
                "committed": held.at,
                "metrics": list(held.metrics),
            }
            for held in one.held
        ],
        "asked": [
            {
                "policy": policy,
                "matches": fits,
                "terms": [{"term": term, "true": true} for term, true in parts],
            }
            for policy, fits, parts in one.steps
        ],
        "ignored": list(one.ignored),
    }


def _table(items: Iterable[Mapping[str, Any]], page: Page) -> list[str]:
    from gitdesk.render.table import Table, render_table

    rows = []
    for one in items:
        held = dict.fromkeys(f"{each['policy']}@{each['commit'][:7]}" for each in one["held"])
        rows.append(
            (
                one["ticket"], one["priority"], one["policy"] or "none matches", one["when"] or "",
                ", ".join(held), one["title"],
            )
        )  # fmt: skip
    columns = (
        Column("ticket", kind="id"),
        Column("priority"),
        Column("policy"),
        Column("when", "because of", give_way=1, least=10),
        Column("held", "held to"),
        Column("title", give_way=2, least=12),
    )
    return render_table(Table(columns=columns, rows=rows), page)


def _told(items: Iterable[Mapping[str, Any]], page: Page) -> Iterator[str]:
    from gitdesk.render.text import safe

    for one in items:
        yield page.paint("id", one["ticket"]) + "  " + page.paint("bold", safe(one["title"]))
        for asked in one["asked"]:
            verdict = page.paint("good", "matches") if asked["matches"] else "does not match"
            yield f'policy "{safe(asked["policy"])}" {verdict}' + (
                "" if asked["terms"] else ": it has no query"
            )
            for term in asked["terms"]:
                mark = page.paint("good", "true ") if term["true"] else page.paint("error", "false")
                yield f"  {mark}  {safe(term['term'])}"
        if one["policy"] is None:
            yield "no policy matches, so nothing is promised"
        elif one["targets"] is None:
            yield f"it promises nothing for priority {safe(one['priority'] or 'unset')}"
        else:
            promised = ", ".join(
                f"{name.replace('_', ' ')} {target}" for name, target in one["targets"].items()
            )
            calendar = f'on calendar "{one["calendar"]}"' if one["calendar"] else "around the clock"
            yield safe(f"it promises for priority {one['priority'] or 'unset'}: {promised}, {calendar}")
        for held in one["held"]:
            metrics = ", ".join(name.replace("_", " ") for name in held["metrics"])
            yield safe(f'held to "{held["policy"]}" as of commit {held["commit"][:10]}: {metrics}')
        yield from (safe(f"note: {line}") for line in one["ignored"])
