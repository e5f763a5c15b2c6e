"""`gitdesk sla report`: what was promised, what was kept, what is about to be missed."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.report_period import check_time, period_of
from gitdesk.cli.spec import Named, OneOf, Path, Whole, argument, option
from gitdesk.errors import Unreadable, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.clocks import Clocked
    from gitdesk.reports.sla import SlaReport

FORMATS = (
    "table", "markdown", "json", "jsonl", "csv", "junit", "sarif", "github", "summary", "gitlab", "html", "ids",
)  # fmt: skip
_BY = ("metric", "priority", "group", "policy", "agent")
_BREACH, _AT_RISK = "breach", "at-risk"
_PLACED = ("sarif", "github", "gitlab")  # formats that point at a line
_NAMED = 3  # problems that are named in the error


@spec.command("sla report", minus_words=True, reads=True)
@format_options(*FORMATS, default="")
@option(
    "-o", "--output", "outputs", multiple=True, metavar="[FORMAT=]FILE", help="Write there; may be repeated."
)
@option("--as-of", metavar="TIME|COMMIT", help="As it was then.")
@option("--from", "from_", metavar="TIME", help="Only what ended then or later.")
@option("--to", metavar="TIME", help="Only what ended until then; a day means its end.")
@option("--policy", metavar="FILE", type=Path(), help="What if: the policies of another gitdesk.yaml.")
@option(
    "--fail-on", type=OneOf("value of --fail-on", _BREACH, _AT_RISK), help="Exit with 1 when there is one."
)
@option(
    "--at-risk", type=Whole(1), default=75, show_default=True, metavar="PERCENT", help="Of the target used."
)
@option("--by", type=OneOf("breakdown", *_BY), default="metric", show_default=True, help="What comes first.")
@argument("query", nargs=-1, metavar="[QUERY]…", type=Named("query"))
def command(
    context: Context,
    query: tuple[str, ...],
    outputs: tuple[str, ...],
    as_of: str | None,
    from_: str | None,
    to: str | None,
    policy: str | None,
    fail_on: str | None,
    at_risk: int,
    by: str,
) -> int:
    """Report on service levels: what was kept, what was missed, what is at risk.

    All tickets, done ones too, unless a query says which. Days of --from and --to are the desk's.

    Several outputs come out of one run. FILE ends with .html, .xml (JUnit), .json, .jsonl, .csv, .md, .sarif or .txt,
    or its format stands before it: -o gitlab=report.json

    \b
      gitdesk sla report
      gitdesk sla report --from 2026-11 --to 2026-11 -o november.html
      gitdesk sla report group:support --fail-on breach -o report.html -o junit.xml
      gitdesk sla report --as-of 2026-11-01 --policy stricter.yaml --json
    """
    from gitdesk.cli import report_files
    from gitdesk.desk import clocks
    from gitdesk.memory import no_collection
    from gitdesk.reports.writing import write

    if at_risk > 100:
        raise UsageError(f'"{at_risk}" is more than 100 percent')
    for text in (from_, to):
        check_time(text)
    wanted = report_files.parse(outputs)
    shown = context.out.format or ("" if outputs else "table")
    if context.out.format and any(path == report_files.STDOUT for _, path in wanted):
        raise UsageError("two formats go to standard output; give one of them a file")
    if shown:
        wanted.insert(0, (shown, report_files.STDOUT))
    context.out.format = next((name for name, path in wanted if path == report_files.STDOUT), "table")
    plan = report_files.read(policy) if policy is not None else None
    clocked = clocks.report_rows(context.desk, query=" ".join(query), as_of=as_of, policy=plan)
    report = _report(
        context,
        clocked,
        query=" ".join(query),
        period=period_of(from_, to, clocked.as_of, clocked.config.time_zone),
        policy_file=policy or "",
        percent=at_risk,
        by=by,
        with_risk=fail_on == _AT_RISK,
        placed=any(name in _PLACED for name, _ in wanted),
    )
    with report_files.opened(wanted, context.out, context.environ) as targets, no_collection():
        write(report, targets, context.out.page)
    return _ended(context, report, fail_on, [path for _, path in wanted if path != report_files.STDOUT])


def _report(context: Context, clocked: Clocked, *, placed: bool, **settings: object) -> SlaReport:
    from gitdesk.reports import header_line
    from gitdesk.reports.sla import SlaReport

    if placed:
        settings["locate"] = header_line.finder(context.desk, clocked.commit)
    return SlaReport(
        clocked.cycles,
        as_of=clocked.as_of,
        commit=clocked.commit,
        desk_name=clocked.config.name,
        config=clocked.config,
        status_times=clocked.status_times,
        problems=clocked.problems,
        told=clocked.told,
        **settings,  # type: ignore[arg-type]
    )


def _ended(context: Context, report: SlaReport, fail_on: str | None, paths: list[str]) -> int:
    """Says what was written and found; raises Unreadable when the numbers are not whole, else returns the exit code."""
    from gitdesk.reports.sla_document import counts

    note = context.out.note
    if not (report.policy_file or report.config.sla.get("policies")):
        note("gitdesk.yaml has no policies: nothing is promised")
    if paths:
        note("written to " + ", ".join(f'"{path}"' for path in paths))
    breached, at_risk = counts(report)
    if fail_on or paths:
        note(f"{breached:,} {'breach' if breached == 1 else 'breaches'}, {at_risk:,} at risk")
    if report.problems:
        named = "; ".join(report.problems[:_NAMED]) + ("; …" if len(report.problems) > _NAMED else "")
        raise Unreadable(f"the numbers are not whole: {named}", hint="`gitdesk check` tells what is wrong")
    return 1 if (fail_on and breached) or (fail_on == _AT_RISK and at_risk) else 0
