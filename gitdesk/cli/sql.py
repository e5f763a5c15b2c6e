"""`gitdesk sql`: read-only SQL on the index."""

from __future__ import annotations

import sys

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import argument
from gitdesk.render.table import Column


@spec.command("sql")
@format_options("table", "json", "jsonl", "csv", "markdown")
@argument("statement", metavar="QUERY")
def command(context: Context, statement: str) -> None:
    """Ask the index in SQL, read only; "-" reads the query from standard input.

    \b
      gitdesk sql 'select status, count(*) from tickets group by 1'
    """
    if statement == "-":
        statement = sys.stdin.read() if sys.stdin is not None else ""
    names, rows = context.desk.sql(statement)
    context.out.table("rows", [Column(name, name, give_way=1) for name in names], rows, nothing="no rows")
