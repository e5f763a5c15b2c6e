"""`gitdesk import`: brings the history of another system in."""

from __future__ import annotations

import os

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import OneOf, Path, Whole, argument, option
from gitdesk.errors import Unreadable, UsageError
from gitdesk.render.table import Column
from gitdesk.render.text import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.desk.door import Desk
    from gitdesk.domain.import_map import Names
    from gitdesk.render.table import Page

_FORMATS = ("jsonl", "github", "csv")
_NAMED = 12  # unknown names of a kind that an error lists


@spec.command("import")
@format_options("table", "json", "jsonl")
@option("--map", "map_file", metavar="FILE", type=Path(), help="What names become; not there yet: proposed.")
@option("--declare", is_flag=True, help="Add names the desk does not know to gitdesk.yaml.")
@option("--timezone", metavar="ZONE", help="Of times that have none: Europe/Zagreb.")
@option("--source", metavar="NAME", help="What the source is called; default: what the files say.")
@option("--encoding", metavar="NAME", help="Of the files; default: UTF-8.")
@option("--branch", metavar="NAME", help="Import onto a branch of its own, to look at first.")
@option("--since", metavar="TIME", help="Only tickets on which something happened since then.")
@option("--limit", type=Whole(1), metavar="N", help="Only the first N tickets.")
@option("--squash", is_flag=True, help="One commit a ticket; what happened to it becomes messages.")
@option("--dry-run", is_flag=True, help="Read, count and report, and write nothing.")
@option("--keep-going", is_flag=True, help="Leave out what cannot be read, and import the rest.")
@argument("of", metavar="FORMAT", type=OneOf("format", *_FORMATS))
@argument("files", nargs=-1, required=True, metavar="FILE…", type=Path())
def command(
    context: Context,
    of: str,
    files: tuple[str, ...],
    keep_going: bool,
    dry_run: bool,
    squash: bool,
    limit: int | None,
    since: str | None,
    branch: str | None,
    encoding: str | None,
    source: str | None,
    timezone: str | None,
    declare: bool,
    map_file: str | None,
) -> int:
    """Bring the history of another system in: every event a commit of its own, with its time and its author.

    FORMAT is jsonl (the neutral format of `gitdesk export`, or any other with a map), github (issues as gh and the API
    print them) or csv (a row a ticket, or a row an event). What comes is either all there at the end or nothing is.
    Importing again adds only what is new. With --map FILE that is not there yet, a proposal is written there first.

    \b
      gitdesk import jsonl tickets.jsonl.gz --dry-run
      gitdesk import csv log.csv --map map.yaml --timezone Europe/Zagreb
      gh issue list --state all --limit 9999 --json number,title,body,author,comments,… > issues.json
      gitdesk import github issues.json --declare
    """
    from gitdesk.desk.moments import beginning
    from gitdesk.domain.import_map import ImportMap
    from gitdesk.domain.rules import asks_for_signatures
    from gitdesk.importers.guess import Unguessed
    from gitdesk.importers.request import Request
    from gitdesk.importers.run import Crossed
    from gitdesk.store.map_file import read_map

    proposing = map_file is not None and not os.path.exists(map_file)
    given = read_map(map_file) if map_file is not None and not proposing else ImportMap()

    def asked(desk: Desk) -> Request:
        return Request(
            desk,
            of,
            files,
            given,
            system=source or "",
            time_zone=timezone or given.time_zone,
            encoding=encoding or "",
            keep_going=keep_going,
            declare=declare,
            branch=branch or "",
            since=beginning(context.desk, since) if since else None,
            limit=limit,
            squash=squash,
            dry_run=dry_run or proposing,
        )

    request = asked(context.fresh_desk() if context.desk.settle() else context.desk)
    try:
        try:
            commit = request.run(guess=proposing)
        except Crossed as problem:
            if "-" in files:
                raise  # what was read is gone
            context.out.note(f"{problem.message.partition(',')[0]}; once more, on top of that")
            request = asked(context.fresh_desk())
            commit = request.run(guess=proposing)
    except Unguessed as problem:
        assert map_file is not None
        request.propose_shape(map_file, problem)
        raise UsageError(
            f'{problem.message}; a map to be completed is in "{map_file}"',
            hint="fill in what is empty in its shape, and run the same command again",
        ) from None
    if proposing:
        assert map_file is not None
        request.propose(map_file)
        context.out.note(f'a proposal of the map is in "{map_file}"; nothing was imported')
        context.out.note("look at it, change it, and run the same command again")
    refused = request.names.unknown_met and not proposing
    report = request.report(commit, dry_run=dry_run or proposing)
    if not refused or context.out.format != "table":
        context.out.items("import", [report], [Column("commit")], text=_text)
    if refused:
        raise _unknown(request.names, declared=declare)
    empty = report["events"]["without any content, left out"]
    if empty:
        context.out.note(
            f"{counted(empty, 'event')} had no content that gitdesk knows; does the map name where it stands?"
        )
    if dry_run:
        context.out.note("dry run: nothing was written")
    elif commit is not None:
        context.out.note(f"{counted(report['commits'], 'commit')}; the desk is at {commit[:10]}")
        if asks_for_signatures(context.desk.config):
            context.out.note(
                "these commits are not signed: a fetch on the server brings them in, a push does not"
            )
    elif not proposing:
        context.out.note("nothing new: the desk is as it was")
    return 0


def _text(items: Iterable[Mapping[str, Any]], _: Page) -> Iterator[str]:
    from gitdesk.importers.ledger import lines
    from gitdesk.render.text import safe

    for item in items:
        yield from (safe(line) for line in lines(item))


def _unknown(names: Names, *, declared: bool) -> Unreadable:
    """Returns the error for names that neither the desk nor the map knows."""
    parts = []
    for kind, met in names.unknown.items():
        shown = [
            f"{name} ({one.count:,})" for name, one in sorted(met.items(), key=lambda item: -item[1].count)
        ]
        more = f" … and {len(shown) - _NAMED:,} more" if len(shown) > _NAMED else ""
        parts.append(f"  {kind}: {', '.join(shown[:_NAMED])}{more}")
    hint = "--declare adds them to gitdesk.yaml; --map FILE writes a map in which to change them"
    if declared:  # what is left are values that their fields cannot have
        hint = 'they do not fit their fields: change them under "values:" in a map, which --map FILE writes'
    return Unreadable(
        "the desk does not know these names, so nothing was imported\n" + "\n".join(parts), hint=hint
    )
