"""`gitdesk sql`: read-only SQL on the index."""

from __future__ import annotations

import sys

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import argument
from gitdesk.errors import UsageError
from gitdesk.render.table import Column

_LONGEST = 1_000_000  # characters; SQLite's own limit is about as far


@spec.command("sql", reads=True)
@format_options("table", "json", "jsonl", "csv", "markdown")
@argument("statement", metavar="QUERY")
def command(context: Context, statement: str) -> None:
    """Ask the index in SQL, read only; "-" reads the query from standard input.

    \b
      gitdesk sql 'select status, count(*) from tickets group by 1'
    """
    context.desk.mention_stand_in()
    names, rows = context.desk.sql(statement_of(statement))
    context.out.table("rows", [Column(name, name, give_way=1) for name in names], rows, nothing="no rows")


def statement_of(word: str) -> str:
    """Returns the statement a word stands for: itself, for "-" what standard input says; raises UsageError."""
    if word != "-":
        return word
    statement = sys.stdin.read(_LONGEST + 1) if sys.stdin is not None else ""
    if len(statement) > _LONGEST:
        raise UsageError(f"the statement has more than {_LONGEST:,} characters")
    return statement
