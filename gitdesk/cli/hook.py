"""`gitdesk hook`: what Git's hooks call."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.check import told
from gitdesk.cli.context import Context
from gitdesk.cli.spec import OneOf, argument


@spec.command("hook", hidden=True)
@argument("name", type=OneOf("hook", "pre-commit"))
@argument("rest", nargs=-1)
def command(context: Context, name: str, rest: tuple[str, ...]) -> int:  # noqa: ARG001 - Git may pass more
    """Run a hook: pre-commit judges what is staged."""
    from gitdesk.reports.violations import CheckReport

    report = CheckReport(context.desk.check(staged=True))
    told(context, report, quiet=True)
    return 1 if report.errors else 0
