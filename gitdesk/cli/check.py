"""`gitdesk check`: the desk, what is staged, what a branch adds or the whole history against the desk's rules."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.spec import OneOf, Path, argument, option
from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk import Desk
    from gitdesk.desk.standing_in import StandIn
    from gitdesk.domain.baseline import Sieve
    from gitdesk.reports.violations import CheckReport

FORMATS = (
    "table", "json", "jsonl", "csv", "markdown", "junit", "sarif", "github", "summary", "gitlab", "ids",
)  # fmt: skip
_MOST_BASELINE = 100_000_000  # bytes
_NAMED = 3  # entries of a baseline that are named


@spec.command("check")
@format_options(*FORMATS, default="")
@option(
    "-o", "--output", "outputs", multiple=True, metavar="[FORMAT=]FILE", help="Write there; may be repeated."
)
@option("--staged", is_flag=True, help="Judge what is staged for the next commit.")
@option("--history", is_flag=True, help="Judge every commit there ever was.")
@option("--baseline", metavar="FILE", type=Path(), help="Leave out what is listed there.")
@option("--write-baseline", metavar="FILE", type=Path(), help="List what is wrong there.")
@option(
    "--approvals",
    type=OneOf("site", "github", "gitlab", "gitea"),
    help="Let reviews of the pull request count, in a CI job.",
)
@option("--landed", is_flag=True, help="The commits are in the desk's branch by now: judge each as it came.")
@option("--approved-by", metavar="FILE", type=Path(), help="Write there who approved, for the merge commit.")
@argument("revisions", required=False, metavar="[BASE..HEAD]")
def command(
    context: Context,
    revisions: str | None,
    outputs: tuple[str, ...],
    staged: bool,
    history: bool,
    baseline: str | None,
    write_baseline: str | None,
    approvals: str | None,
    landed: bool,
    approved_by: str | None,
) -> int:
    """Check the desk against its rules: every file of the last commit, or what commits bring in.

    BASE..HEAD judges what a branch adds, commit by commit, and its merge into the base, by the rules of the base; BASE
    alone means up to the desk's tip. Ends with 1 when there is an error, 0 when there are only warnings or nothing.
    With --approvals, reviews on a hosting site count as approvals; the job's environment says of which pull request.
    With --landed, what must be approved is asked of each merge and commit by itself, as a server asks it of a push.

    FILE ends with .xml (JUnit), .sarif, .json, .jsonl, .csv, .md or .txt, or its format stands before it.

    \b
      gitdesk check
      gitdesk check origin/main..HEAD --format github -o junit.xml
      gitdesk check origin/main..HEAD --approvals github
      gitdesk check --write-baseline baseline.json
      gitdesk check --baseline baseline.json
    """
    from gitdesk.cli import report_files
    from gitdesk.desk.uncommitted import conflict_words, conflicts

    if sum(map(bool, (revisions, staged, history))) > 1:
        raise UsageError("BASE..HEAD, --staged and --history are three things to judge; ask for one")
    given = {"--approvals": approvals, "--approved-by": approved_by, "--landed": landed}
    if not revisions and (names := [name for name, value in given.items() if value]):
        raise UsageError(f"{names[0]} is for what a branch adds", hint="write BASE..HEAD")
    wanted = report_files.parse(outputs, FORMATS)
    if context.out.format and any(path == report_files.STDOUT for _, path in wanted):
        raise UsageError("two formats go to standard output; give one of them a file")
    if context.out.format or not wanted:
        wanted.insert(0, (context.out.format or "table", report_files.STDOUT))
    sieve = _sieve(baseline)
    whole = not (revisions or staged or history)
    desk = context.desk_of_range(revisions) if revisions else context.desk
    report = _report(
        context, desk, revisions, staged=staged, history=history, approvals=approvals, landed=landed
    )
    report.sieve, report.recording = sieve, write_baseline is not None
    # A clean bill of health beside an open conflict would be read as one for the files that are there.
    open_ = () if revisions or history else conflicts(desk)
    _told(context, report, wanted, f"in {'the index' if staged else 'the last commit'}, " if open_ else "")
    if revisions:
        _tell_approvals(context, report, approved_by)
    if sieve is not None and write_baseline is None and (whole or history):
        _tell_gone(context, sieve, baseline or "")
    if write_baseline is not None:
        _write_baseline(context, report, write_baseline)
    code = 1 if report.errors else 0
    if open_:
        context.out.note(f"{conflict_words(open_)}; `gitdesk settle` joins what it can")
        return 1
    return code if revisions or history else _not_in_force(context, code, staged=staged)


def _told(context: Context, report: CheckReport, wanted: list[tuple[str, str]], where: str = "") -> None:
    """Writes a report and says its counts, and of what if that is to be told."""
    from gitdesk.cli import report_files
    from gitdesk.reports.writing import write

    context.out.format = next((name for name, path in wanted if path == report_files.STDOUT), "table")
    with report_files.opened(wanted, context.out, context.environ) as targets:
        write(report, targets, context.out.page)
    if paths := [path for _, path in wanted if path != report_files.STDOUT]:
        context.out.note("written to " + ", ".join(f'"{path}"' for path in paths))
    context.out.note(where + report.summary())


def _report(
    context: Context,
    desk: Desk,
    revisions: str | None,
    *,
    staged: bool,
    history: bool,
    approvals: str | None,
    landed: bool,
) -> CheckReport:
    from gitdesk.reports.violations import CheckReport

    if revisions is None and not history:
        about = "what is staged for the next commit" if staged else "the whole desk"
        return CheckReport(desk.check(staged=staged), commit="" if staged else desk.tip, about=about)
    from gitdesk.desk import judging_commits
    from gitdesk.desk.revisions import short

    if revisions is None:
        walk = judging_commits.everything(desk)
        return CheckReport(walk, commit=desk.tip, about="the whole history", walk=walk)
    reviews = None
    if approvals is not None:
        from gitdesk.cli.check_approvals import opened

        reviews = opened(context, desk, approvals, revisions)
    landing = judging_commits.PUSH if landed else judging_commits.REQUEST
    walk = judging_commits.between(desk, revisions, landing=landing, reviews=reviews)
    head = walk.span.head if walk.span is not None else desk.tip
    return CheckReport(walk, commit=head, about=short(revisions), walk=walk)


def _tell_approvals(context: Context, report: CheckReport, approved_by: str | None) -> None:
    """Says who approved what, and writes it for the merge commit where that is wanted."""
    standings = report.standings
    if not standings and approved_by is None:
        return
    from gitdesk.cli import check_approvals

    check_approvals.tell(context, standings)
    if approved_by is not None:
        check_approvals.write(context, approved_by, standings, context.desk.config)


def _not_in_force(context: Context, code: int, *, staged: bool) -> int:
    """Says what in the work tree is not in force; returns the code, 1 for a gitdesk.yaml that is wrong there."""
    from gitdesk.desk.uncommitted import (
        CONFIG_CHANGED,
        CONFIG_UNSTAGED,
        changed,
        changed_words,
        config_differs,
    )

    if staged:
        if config_differs(context.desk, staged=True):
            _tell_uncommitted(context, CONFIG_UNSTAGED)
        return code
    _tell_stand_in(context)
    if config_differs(context.desk):
        code = _tell_uncommitted(context, CONFIG_CHANGED) or code
    if paths := changed(context.desk):
        context.out.note(
            f"{changed_words(paths)}; this was about the last commit, `--staged` judges the next one"
        )
    return code


def _tell_uncommitted(context: Context, words: str) -> int:
    """Says what is wrong with the gitdesk.yaml of the work tree, after what is told of it; returns 1 for errors."""
    from gitdesk.desk.uncommitted import judged
    from gitdesk.domain.violation import ERROR
    from gitdesk.render.text import safe

    found = judged(context.desk)
    context.out.note(f"{words}{':' if found else ', and nothing is wrong with them'}")
    for one in found:
        context.out.note(safe(f"{one} (not committed)"))
        if one.hint:
            context.out.note(safe(f"    hint: {one.hint}"))
    return 1 if any(one.severity == ERROR for one in found) else 0


def _tell_stand_in(context: Context) -> None:
    """Says by which version commands go while the last commit's gitdesk.yaml cannot be used."""
    found: list[StandIn] = []
    context.desk.on_stand_in = found.append
    context.desk.mention_stand_in()
    for one in found:
        context.out.note(
            f"until gitdesk.yaml is mended, commands that read go by that of {one.source}, "
            "and commands that write are refused"
        )


# The baseline


def _sieve(path: str | None) -> Sieve | None:
    if path is None:
        return None
    from gitdesk.cli import report_files
    from gitdesk.domain.baseline import Sieve, parse

    return Sieve(parse(report_files.read(path, _MOST_BASELINE), path))


def _tell_gone(context: Context, sieve: Sieve, path: str) -> None:
    """Names what a baseline lists and nobody finds any more."""
    gone = sieve.gone()
    if not gone:
        return
    count = sum(entry.count for entry in gone)
    named = ", ".join(f"{entry.code} in {entry.path}" for entry in gone[:_NAMED])
    more = ", …" if len(gone) > _NAMED else ""
    context.out.note(
        f'"{path}" lists {count:,} {"violation" if count == 1 else "violations"} that no longer '
        f"{'occurs' if count == 1 else 'occur'}: {named}{more}"
    )
    context.out.note(f'to shrink it: gitdesk check --baseline "{path}" --write-baseline "{path}"')


def _write_baseline(context: Context, report: CheckReport, path: str) -> None:
    from gitdesk.domain.baseline import render
    from gitdesk.exporters import target

    with target.file(path, force=True) as write:
        write(render(report.recorded).encode("utf-8", "backslashreplace"))
    count = len(report.recorded)
    context.out.note(f'"{path}" lists {count:,} {"violation" if count == 1 else "violations"}')
