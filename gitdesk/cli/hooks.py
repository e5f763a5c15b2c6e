"""`gitdesk hooks`: puts hooks into a clone or a server, takes them out, tells how they stand."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import option
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.desk.hook_care import Standing
    from gitdesk.render.table import Page

_FORMATS = ("table", "json", "jsonl", "csv", "markdown")
_COLUMNS = tuple(Column(name) for name in ("name", "state", "done", "detail", "hint"))
_MARKS = {
    "ok": ("good", "✓"),
    "ours": ("good", "✓"),
    "chained": ("good", "✓"),
    "called": ("good", "✓"),
    "missing": ("error", "✗"),
}


@spec.command("hooks install")
@format_options(*_FORMATS)
@option("--server", is_flag=True, help="In a bare repository: the hook that judges every push.")
def install(context: Context, server: bool) -> None:
    """Put gitdesk's hooks into this clone: pre-commit, commit-msg and pre-push; with --server pre-receive.

    A clone also learns to merge tickets field by field.
    A hook that is there is kept and run first. Where husky, lefthook, pre-commit or a core.hooksPath keep the hooks,
    nothing is put in, and the line to add there is told.

    \b
      gitdesk hooks install
      gitdesk -C /srv/git/desk.git hooks install --server
    """
    from gitdesk.desk import hook_care

    _write(context, hook_care.put_in(context.start, context.environ, server=server))


@spec.command("hooks uninstall")
@format_options(*_FORMATS)
def uninstall(context: Context) -> None:
    """Take gitdesk's hooks out and put back, byte for byte, what was there before."""
    from gitdesk.desk import hook_care

    _write(context, hook_care.take_out(context.start, context.environ))


@spec.command("hooks status")
@format_options(*_FORMATS)
def status(context: Context) -> None:
    """Tell whose each hook is, whether hooks would find gitdesk, and what Git's merges go by."""
    from gitdesk.desk import hook_care

    _write(context, hook_care.standing(context.start, context.environ))


def _write(context: Context, found: Iterable[Standing]) -> None:
    items = (
        {"name": one.name, "state": one.state, "done": one.done, "detail": one.detail, "hint": one.hint}
        for one in found
    )
    context.out.items("hooks", items, _COLUMNS, text=_lines)


def _lines(items: Iterable[Mapping[str, Any]], page: Page) -> Iterator[str]:
    from gitdesk.render.text import safe

    for item in items:
        style, mark = _MARKS.get(item["state"], ("note", "-"))
        done = f"{item['done']}; " if item["done"] else ""
        yield f"{page.paint(style, mark)} {item['name']}: {done}{safe(item['detail'])}"
        if item["hint"]:
            yield f"    {page.paint('hint', 'hint:')} {safe(item['hint'])}"
