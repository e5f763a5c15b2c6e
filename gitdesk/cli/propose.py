"""`gitdesk propose`: puts a change where others approve it, keeps it up to date, or takes it back."""

from __future__ import annotations

from gitdesk.cli import outcome, proposed, spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import Selection, Writing, bulk_words, format_options, write_options
from gitdesk.cli.proposal_rows import FORMATS
from gitdesk.cli.spec import option
from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    pass

_MODES = ("update", "withdraw")


@spec.command("propose")
@format_options(*FORMATS)
@write_options
@option("--open", "opening", is_flag=True, help="Open the pull request, with gh, glab or tea.")
@option("--no-push", is_flag=True, help="Keep it in this clone.")
@option("--withdraw", is_flag=True, help="Give a proposal of yours up.")
@option("--update", is_flag=True, help="Bring a proposal up to what the desk is by now.")
@option("--attach", multiple=True, metavar="FILE", help="Send a file with the answer.")
@option(
    "-m", "--message", "paragraphs", multiple=True, metavar="TEXT", help="Answer too; that is sent at once."
)
@option("--until", metavar="TIME", help="For a snooze: a date, a time, 3d, monday.")
@bulk_words("proposed")
def command(
    context: Context,
    selection: Selection,
    writing: Writing,
    until: str | None,
    paragraphs: tuple[str, ...],
    attach: tuple[str, ...],
    update: bool,
    withdraw: bool,
    no_push: bool,
    opening: bool,
) -> None:
    """Put a change on a branch of its own, where others approve it: a new status, or gitdesk.yaml as it is here.

    Everything else that changes a ticket takes --propose. An answer with -m goes to the desk at once; the branch holds
    the rest. It is pushed where there is a remote, and the address for a pull request is printed.

    A proposal that is there is named by its ticket, its branch, or the digits at the end of that.

    \b
      gitdesk propose 7k3 closed --reason 'refund booked'
      gitdesk propose gitdesk.yaml --reason 'a new type'
      gitdesk propose 7k3 --update
      gitdesk propose 7k3 --withdraw
    """
    words = selection.words
    if update and withdraw:
        raise UsageError("--update and --withdraw are two things; ask for one")
    if update or withdraw:
        if paragraphs or attach or until or writing.dry_run or selection.query is not None:
            raise UsageError(f"--{'update' if update else 'withdraw'} goes with the name of a proposal alone")
        if len(words) != 1:
            raise UsageError("name one proposal", hint="gitdesk review lists them")
        (proposed.update if update else proposed.withdraw)(
            context, words[0], send=not no_push, opening=opening
        )
    elif words and any(_is_rules(word) for word in words):
        if not all(_is_rules(word) for word in words):
            raise UsageError(
                "rules and tickets are proposed apart", hint="gitdesk propose gitdesk.yaml --reason TEXT"
            )
        if paragraphs or attach or until or selection.query is not None:
            raise UsageError(
                "-m, --attach, --until and --query are for tickets", hint="--reason TEXT says why"
            )
        made = context.desk.propose_files(words, writing.why(context), dry_run=writing.dry_run)
        proposed.report(context, made, dry_run=writing.dry_run, send=not no_push, opening=opening)
    elif len(words) == 1 and selection.query is None and not paragraphs:
        proposed.send_again(context, words[0], send=not no_push, opening=opening)
    else:
        _move(context, selection, writing, until, paragraphs, attach, send=not no_push, opening=opening)


def _is_rules(word: str) -> bool:
    return word == "gitdesk.yaml" or (word.startswith("calendars/") and word.endswith(".yaml"))


def _move(
    context: Context,
    selection: Selection,
    writing: Writing,
    until: str | None,
    paragraphs: tuple[str, ...],
    attach: tuple[str, ...],
    *,
    send: bool,
    opening: bool,
) -> None:
    from gitdesk.cli.move import steps_of
    from gitdesk.desk import words

    if not selection.words or (len(selection.words) < 2 and selection.query is None):
        raise UsageError("say which tickets and which status", hint="gitdesk propose ID… STATUS")
    *named, wanted = selection.words
    status = words.status(context.desk.config, wanted)
    writing.propose = True
    steps, why = steps_of(context, selection, named, status, writing, until, paragraphs, attach)
    made = outcome.change(context, steps, why, writing, sending=send)
    proposed.report(context, made, dry_run=writing.dry_run, send=send, opening=opening)
