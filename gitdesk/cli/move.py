"""`gitdesk move` and its short forms: take tickets through the workflow."""

from __future__ import annotations

from gitdesk.cli import outcome, spec
from gitdesk.cli.context import Context
from gitdesk.cli.files import read_files
from gitdesk.cli.options import Selection, Writing, bulk_options, bulk_words, change_options, format_options
from gitdesk.cli.spec import option
from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.desk import Step, Why
    from gitdesk.domain.edit import Edit

_REPLY = (
    option(
        "-m", "--message", "paragraphs", multiple=True, metavar="TEXT", help="Answer too, in the same commit."
    ),
    option("--attach", multiple=True, metavar="FILE", help="Send a file with the answer."),
)


def _with_reply(function: Any) -> Any:
    for declare in _REPLY:
        function = declare(function)
    return function


@spec.command("move")
@format_options()
@change_options
@_with_reply
@option("--until", metavar="TIME", help="For a snooze: a date, a time, 3d, monday.")
@bulk_words("status")
def command(
    context: Context,
    selection: Selection,
    writing: Writing,
    until: str | None,
    paragraphs: tuple[str, ...],
    attach: tuple[str, ...],
) -> None:
    """Move tickets to the status named last.

    \b
      gitdesk move 7k3 waiting -m 'Could you send us the log file?'
      gitdesk move 7k3 9xq resolved --reason 'fixed in 2.4.1'
    """
    from gitdesk.desk import words

    if not selection.words or (len(selection.words) < 2 and selection.query is None):
        raise UsageError("say which tickets and to which status", hint="gitdesk move ID… STATUS")
    *named, wanted = selection.words
    status = words.status(context.desk.config, wanted)
    _move(context, selection, named, status, writing, until, paragraphs, attach)


def _move(
    context: Context,
    selection: Selection,
    named: list[str] | None,
    status: str,
    writing: Writing,
    until: str | None,
    paragraphs: tuple[str, ...],
    attach: tuple[str, ...],
) -> None:
    steps, why = steps_of(context, selection, named, status, writing, until, paragraphs, attach)
    result = outcome.change(context, steps, why, writing)
    outcome.report(context, result, dry_run=writing.dry_run)


def steps_of(
    context: Context,
    selection: Selection,
    named: list[str] | None,
    status: str,
    writing: Writing,
    until: str | None,
    paragraphs: tuple[str, ...],
    attach: tuple[str, ...],
) -> tuple[list[Step], Why]:
    """Returns the steps that move tickets to a status, with an answer where one is given, and why."""
    from gitdesk.cli.message import MessageText
    from gitdesk.desk.moments import upcoming
    from gitdesk.desk.plan import Step
    from gitdesk.desk.speech import spoken
    from gitdesk.domain.edit import Move, Several

    desk = context.desk
    asleep = desk.config.workflow.category(status) == "snoozed"
    if until is not None and not asleep:
        raise UsageError(f'--until is for a snooze, and "{status}" is none')
    if until is None and asleep:
        raise UsageError("a snooze needs an end", hint="--until 3d, tomorrow, monday or 2026-12-01")
    snoozed_until = upcoming(desk, until) if until is not None else None
    if attach and not paragraphs:
        raise UsageError("--attach sends files with an answer", hint="give the answer with -m")
    ids = selection.ids(context, named)
    why = writing.why(context)
    edit: Edit = Move(status=status, snoozed_until=snoozed_until)
    if paragraphs:
        with MessageText(paragraphs=paragraphs).text(context, about="") as text:
            edit = Several(edits=(edit, spoken(desk, text, now=context.now, why=why, files=bool(attach))))
    files = read_files(attach, desk.config.limits.attachment_bytes)
    return [Step(ticket_id=one, edit=edit, files=files) for one in ids], why


def _short(name: str, category: str, line: str, *, until: bool = False, status: str = "") -> spec.Command:
    """Returns a command that moves to the desk's first status of a category, or to the named one where there is."""

    def body(context: Context, selection: Selection, writing: Writing, **values: Any) -> None:
        workflow = context.desk.config.workflow
        found = workflow.find(status) or workflow.first(category)
        if found is None:
            raise UsageError(
                f'this desk has no status of category "{category}"', hint="gitdesk move ID… STATUS"
            )
        values.setdefault("until", None)
        _move(context, selection, None, found.name, writing, **values)

    function = bulk_options(body)
    if until:
        declare = option("--until", metavar="TIME", required=True, help="A date, a time, 3d, monday.")
        function = declare(function)
    function = format_options()(change_options(_with_reply(function)))
    return spec.command(name, help=line)(function)


start = _short("start", "open", "Move tickets to the first open status: somebody works on them.")
wait = _short("wait", "waiting", "Move tickets to waiting: the requester has the next word.")
hold = _short("hold", "external", "Put tickets on hold: somebody outside has to do something first.")
snooze = _short("snooze", "snoozed", "Put tickets aside until a date or time.", until=True)
resolve = _short("resolve", "resolved", "Resolve tickets: the answer is given.")
close = _short("close", "closed", "Close tickets: nothing is left to do.")
reopen = _short("reopen", "open", "Open resolved or closed tickets again.")
spam = _short("spam", "cancelled", "Cancel tickets that are no requests.", status="spam")
