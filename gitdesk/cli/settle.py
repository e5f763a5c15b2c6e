"""`gitdesk settle`: merges by field what Git left open after merging lines."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.render.table import Page

_FORMATS = ("table", "json", "jsonl", "csv", "markdown")
_COLUMNS = tuple(Column(name) for name in ("path", "state", "detail", "hint"))
_MARKS = {"settled": ("good", "✓"), "conflict": ("error", "✗")}


@spec.command("settle")
@format_options(*_FORMATS)
def command(context: Context) -> int:
    """Settle by field what a merge left open.

    For a clone without the merge driver, where Git stopped at tickets that both sides changed. What can be settled is
    staged; of the rest the file has markers in the one place that needs a person. Files you have edited since are left
    alone. Ends with 1 while something is open.

    \b
      git merge origin/main
      gitdesk settle
      git commit
    """
    from gitdesk.desk import settling

    found, next_ = settling.settle(context.start, context.environ)
    items = ({"path": one.path, "state": one.state, "detail": one.detail, "hint": one.hint} for one in found)
    context.out.items("settled", items, _COLUMNS, text=_lines)
    if not found:
        context.out.note("nothing is open")
    elif all(one.state == settling.SETTLED for one in found):
        context.out.note(f"everything is settled{f'; {next_} goes on' if next_ else ''}")
    return 1 if any(one.state != settling.SETTLED for one in found) else 0


def _lines(items: Iterable[Mapping[str, Any]], page: Page) -> Iterator[str]:
    from gitdesk.render.text import safe

    for item in items:
        style, mark = _MARKS.get(item["state"], ("note", "-"))
        yield f"{page.paint(style, mark)} {safe(item['path'])}: {safe(item['detail'])}"
        if item["hint"]:
            yield f"    {page.paint('hint', 'hint:')} {safe(item['hint'])}"
