"""`gitdesk doctor`: is everything here as it should be?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import option
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.render.table import Page

_COLUMNS = (Column("name"), Column("state"), Column("detail", give_way=1), Column("hint", give_way=2))
_MARKS = {"ok": ("good", "✓"), "warning": ("warn", "!"), "error": ("error", "✗")}


@spec.command("doctor")
@format_options("table", "json", "jsonl", "csv", "markdown")
@option("--rebuild-index", is_flag=True, help="Throw the index away and make it again first.")
def command(context: Context, rebuild_index: bool) -> int:
    """See whether Git, this clone and the desk are as they should be. Ends with 1 when something is broken."""
    from gitdesk.desk.health import examine

    worst = {"error": 0}

    def counted() -> Iterator[dict[str, Any]]:
        for finding in examine(context.start, context.environ, context.watch, rebuild_index=rebuild_index):
            worst["error"] += finding.state == "error"
            yield {
                "name": finding.name,
                "state": finding.state,
                "detail": finding.detail,
                "hint": finding.hint,
            }

    context.out.items("doctor", counted(), _COLUMNS, text=_lines)
    return 1 if worst["error"] else 0


def _lines(findings: Iterable[Mapping[str, Any]], page: Page) -> Iterator[str]:
    from gitdesk.render.text import safe

    for finding in findings:
        style, mark = _MARKS[finding["state"]]
        yield f"{page.paint(style, mark)} {finding['name']}: {safe(finding['detail'])}"
        if finding["hint"]:
            first, *others = finding["hint"].split("\n")
            yield f"    {page.paint('hint', 'hint:')} {safe(first)}"
            yield from (f"          {safe(line)}" for line in others)
