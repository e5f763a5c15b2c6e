"""What the commands under `gitdesk report` share: their options, what they mean, and the way from tickets to files."""

from __future__ import annotations

from gitdesk.cli.options import format_options
from gitdesk.cli.report_period import check_time, period_of
from gitdesk.cli.spec import Named, OneOf, argument, option, preparing
from gitdesk.errors import Unreadable, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gitdesk.cli.context import Context
    from gitdesk.cli.spec import Body
    from gitdesk.desk.lives import Lived
    from gitdesk.reports.lead import LeadReport, Scope
    from gitdesk.reports.period import Period

FORMATS = ("table", "markdown", "json", "jsonl", "csv", "html", "summary", "ids")
_UNITS = ("day", "week", "month")
_DIMENSIONS = ("agent", "group", "type", "tag", "customer", "channel")
_NAMED = 3  # problems that are named in the error
_TABLES = ("table", "markdown", "json", "jsonl", "csv")  # in which numbers can be explained


class Asked:
    """The words of one call, understood as far as they can be without a desk."""

    __slots__ = ("as_of", "by", "explain", "from_", "outputs", "time_zone", "to", "unit", "words")

    def __init__(self, values: dict[str, Any]) -> None:
        self.words: tuple[str, ...] = values.pop("query")
        self.outputs: tuple[str, ...] = values.pop("outputs")
        self.as_of: str | None = values.pop("as_of")
        self.time_zone: str = values.pop("timezone") or ""
        self.explain: bool = values.pop("explain")
        self.unit, self.by = _broken_down(values.pop("by"))
        period = values.pop("period")
        self.from_: str | None = values.pop("from_")
        self.to: str | None = values.pop("to")
        if period is not None:
            if self.from_ is not None or self.to is not None:
                raise UsageError("--period says both ends; give it, or --from and --to")
            self.from_, self.to = period, _end(period)
        for text in (period, self.from_, self.to):
            check_time(text)

    def scope(self, period: Period) -> Scope:
        """Returns what a report is told of it."""
        from gitdesk.reports.lead import Scope

        query = " ".join(self.words)
        return Scope(query=query, period=period, time_zone=self.time_zone, unit=self.unit, by=self.by)


def _end(period: str) -> str | None:
    """Returns the end of a period: a length such as 7d reaches up to now."""
    from gitdesk.domain import query_time

    return None if query_time.duration(period.strip()) is not None else period


def _broken_down(words: tuple[str, ...]) -> tuple[str, str]:
    """Returns the stretch of time and the dimension among the words after --by, "" for none."""
    found = []
    for known in (_UNITS, _DIMENSIONS):
        some = list(dict.fromkeys(word for word in words if word in known))
        if len(some) > 1:
            raise UsageError(
                f"--by {some[0]} and --by {some[1]} are two of a kind",
                hint="give one stretch of time and one breakdown at most",
            )
        found.append(some[0] if some else "")
    return found[0], found[1]


def report_options(function: Body) -> Body:
    """Adds what every report takes; the command gets `asked`."""

    def prepare(_: Context, values: dict[str, Any]) -> None:
        values["asked"] = Asked(values)

    for declare in (
        argument("query", nargs=-1, metavar="[QUERY]…", type=Named("query")),
        option("--explain", is_flag=True, help="Tell how each number is made, or those that are named."),
        option("--timezone", metavar="ZONE", help="Whose days; the desk's unless given."),
        option(
            "--by",
            multiple=True,
            type=OneOf("breakdown", *_UNITS, *_DIMENSIONS),
            help="A row for each: day, week, month; agent, group, type, tag, customer, channel. One of either kind.",
        ),
        option("--period", metavar="TIME", help="Only what happened in it: 2026-11, 2026-W47, 30d."),
        option(
            "--to",
            "--until",
            "to",
            metavar="TIME",
            help="Only what happened until then; a day means its end.",
        ),
        option("--from", "--since", "from_", metavar="TIME", help="Only what happened then or later."),
        option("--as-of", metavar="TIME|COMMIT", help="As it was then."),
        option(
            "-o",
            "--output",
            "outputs",
            multiple=True,
            metavar="[FORMAT=]FILE",
            help="Write there; may be repeated.",
        ),
        format_options(*FORMATS, default=""),
    ):
        function = declare(function)
    return preparing(prepare)(function)


def run(
    context: Context,
    asked: Asked,
    name: str,
    settings: Callable[[Context], dict[str, Any]] = lambda _: {},
) -> int:
    """Makes a report and writes it wherever it was asked for; returns the exit code.

    `settings` is what this report is told beside the rest.
    """
    from gitdesk.cli import report_files
    from gitdesk.desk.lives import lived
    from gitdesk.memory import no_collection
    from gitdesk.reports.writing import write

    if asked.explain:
        return _explain(context, asked, name)
    wanted = report_files.parse(asked.outputs, FORMATS)
    shown = context.out.format or ("" if asked.outputs else "table")
    if context.out.format and any(path == report_files.STDOUT for _, path in wanted):
        raise UsageError("two formats go to standard output; give one of them a file")
    if shown:
        wanted.insert(0, (shown, report_files.STDOUT))
    context.out.format = next((name for name, path in wanted if path == report_files.STDOUT), "table")
    with no_collection():
        found = lived(context.desk, query=" ".join(asked.words), as_of=asked.as_of)
        report = _report(asked, name, found, settings(context))
        with report_files.opened(wanted, context.out, context.environ) as targets:
            write(report, targets, context.out.page)
    return _ended(context, report, [path for _, path in wanted if path != report_files.STDOUT])


def _report(asked: Asked, name: str, found: Lived, settings: dict[str, Any]) -> LeadReport:
    from gitdesk.domain.query_time import zone_named
    from gitdesk.lazy import load
    from gitdesk.reports import REPORTS

    zone = asked.time_zone or found.config.time_zone
    zone_named(zone)
    period = period_of(asked.from_, asked.to, found.as_of, zone)
    make = load(REPORTS[name])
    report: LeadReport = make(found, asked.scope(period), **settings)
    return report


def _ended(context: Context, report: LeadReport, paths: list[str]) -> int:
    """Says what was written; raises Unreadable when the numbers are not whole."""
    if paths:
        context.out.note("written to " + ", ".join(f'"{path}"' for path in paths))
    for remark in report.lived.remarks:
        context.out.warn(remark, "git fetch --unshallow")
    if report.problems:
        named = "; ".join(report.problems[:_NAMED]) + ("; …" if len(report.problems) > _NAMED else "")
        raise Unreadable(f"the numbers are not whole: {named}", hint="`gitdesk check` tells what is wrong")
    return 0


def _explain(context: Context, asked: Asked, name: str) -> int:
    """Tells how numbers are made; needs no desk."""
    from gitdesk.domain import near
    from gitdesk.render.table import Column
    from gitdesk.reports.metrics import Metric, of_report
    from gitdesk.value import parts_of

    if asked.outputs or context.out.format not in ("", *_TABLES):
        raise UsageError("--explain prints; its formats are " + ", ".join(_TABLES))
    every = {one.name: one for one in of_report(name)}
    for word in asked.words:
        if word not in every:
            raise UsageError(f'unknown number "{word}" of report {name}', hint=near.hint(word, every))
    chosen = [every[word] for word in dict.fromkeys(asked.words)] or list(every.values())
    if context.out.format in ("", "table"):
        context.out.format = "table"
        context.out.text("\n".join(_told(context, one) for one in chosen))
        return 0
    names = parts_of(Metric)
    rows = [tuple(getattr(one, part) for part in names) for one in chosen]
    context.out.table("metrics", [Column(part) for part in names], rows)
    return 0


def _told(context: Context, one: Any) -> str:
    from gitdesk.render.text import wrap

    room = context.out.page.width or 80
    name = f"  {one.name}" if one.name != one.title else ""
    lines = [context.out.paint("heading", one.title) + context.out.paint("dim", name)]
    for label, text in (
        ("what", one.definition), ("of", one.population), ("clock", one.clock), ("kept out", one.left_out),
        ("source", one.source),
    ):  # fmt: skip
        first, *others = wrap(text, max(room - 12, 20))
        lines += [f"  {label:<10}{first}", *(f"{'':12}{line}" for line in others)]
    return "\n".join(lines) + "\n"
