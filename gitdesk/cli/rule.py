"""`gitdesk rule`: what the codes of `check` mean."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import argument
from gitdesk.errors import UsageError
from gitdesk.render.table import Column

_COLUMNS = (Column("code"), Column("name"), Column("severity"), Column("summary", give_way=1))


@spec.command("rule")
@format_options("table", "json", "jsonl", "csv", "markdown")
@argument("code", required=False, metavar="[CODE]")
def command(context: Context, code: str | None) -> None:
    """Explain a rule by its code, with what fails and what passes; without one, list them all."""
    from gitdesk.domain import near
    from gitdesk.domain.rules import RULES

    names = ("code", "name", "severity", "summary", "why", "fails", "passes")
    if code is None and context.out.format in ("json", "jsonl"):
        every = (tuple(getattr(rule, name) for name in names) for _, rule in sorted(RULES.items()))
        context.out.table("rows", [Column(name) for name in names], every)
        return
    if code is None:
        rows = ((rule.code, rule.name, rule.severity, rule.summary) for _, rule in sorted(RULES.items()))
        context.out.table("rows", _COLUMNS, rows)
        return
    rule = RULES.get(code.upper()) or next((one for one in RULES.values() if one.name == code.lower()), None)
    if rule is None:
        raise UsageError(f'unknown rule "{code}"', hint=near.hint(code, RULES))
    if context.out.format != "table":
        values = tuple(getattr(rule, name) for name in names)
        context.out.table("rows", [Column(name) for name in names], [values])
        return
    paint = context.out.paint
    lines = [f"{paint('bold', rule.code)} {rule.name} ({rule.severity})", "", f"{rule.summary}: {rule.why}."]
    for title, example in (("fails:", rule.fails), ("passes:", rule.passes)):
        if example:
            lines += ["", paint("heading", title), *(f"  {line}" for line in example.split("\n"))]
    context.out.text("\n".join(lines) + "\n")
