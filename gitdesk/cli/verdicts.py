"""`gitdesk approve` and `gitdesk reject`: say yes or no to a proposal."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.proposal_rows import COLUMNS, FORMATS, KIND, plain, standing_words
from gitdesk.cli.spec import Named, argument, option
from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.desk.proposal_verdicts import Said

_DONE = {"approves": "approved", "rejects": "rejected", "withdraws": "taken back"}
_NO_PUSH = option("--no-push", is_flag=True, help="Keep it in this clone.")
_DRY_RUN = option("--dry-run", is_flag=True, help="Tell whether it would count, and say nothing.")
_NAMED = argument("proposal", metavar="ID|BRANCH", type=Named("proposal"))


@spec.command("approve")
@format_options(*FORMATS)
@_NO_PUSH
@_DRY_RUN
@option("--withdraw", is_flag=True, help="Take back what you said of it.")
@option("-m", "--message", "--reason", "message", default="", metavar="TEXT", help="Say something with it.")
@_NAMED
def approve(
    context: Context, proposal: str, message: str, withdraw: bool, no_push: bool, dry_run: bool
) -> None:
    """Approve a proposal as it is now.

    What you approve is exactly this change: when the ticket or the proposal changes afterwards, your approval is for
    something else and does not count. Where the desk asks for it, it is signed with your key.

    \b
      gitdesk approve 7k3
      gitdesk approve 1a2b3c4d -m 'checked with accounting'
    """
    _say(context, proposal, "withdraws" if withdraw else "approves", message, no_push, dry_run)


@spec.command("reject")
@format_options(*FORMATS)
@_NO_PUSH
@_DRY_RUN
@option("--withdraw", is_flag=True, help="Take back what you said of it.")
@option("--reason", default="", metavar="TEXT", help="Say why.")
@_NAMED
def reject(
    context: Context, proposal: str, reason: str, withdraw: bool, no_push: bool, dry_run: bool
) -> None:
    """Reject a proposal: it cannot land until you take that back.

    \b
      gitdesk reject 7k3 --reason 'the refund is not booked yet'
      gitdesk reject 7k3 --withdraw
    """
    if not withdraw and not reason.strip():
        raise UsageError(
            "a rejection needs a reason", hint="--reason TEXT says what would have to be different"
        )
    _say(context, proposal, "withdraws" if withdraw else "rejects", reason, no_push, dry_run)


def _say(context: Context, word: str, kind: str, text: str, no_push: bool, dry_run: bool) -> None:
    from gitdesk.desk import proposal_verdicts

    said = proposal_verdicts.say(context.desk, word, kind, text, sending=not no_push, dry_run=dry_run)
    context.made = said.commit
    out = context.out
    if said.commit is None and not said.is_trial and text.strip():
        out.note(f"it was said before, and this is not added: {text.strip()}")
    if out.format == "table":
        out.text(_words(said))
        _note(context, said)
        return
    if out.format == "ids":
        out.line(said.review.proposal.name)
        return
    more: dict[str, Any] = {
        "commit": said.commit,
        "pushed": bool(said.remote),
        "problem": said.problem or None,
    }
    out.items(KIND, [plain(context.desk, said.review, **more)], COLUMNS)


def _words(said: Said) -> str:
    done = _DONE[said.kind]
    if said.is_trial:
        return f"would be {done} {said.review.title}\n"
    if said.commit is None:
        if said.kind == "withdraws":
            return f"nothing of yours to take back of {said.review.title}\n"
        return f"{done} already {said.review.title}\n"
    return f"{done} {said.review.title}\n"


def _note(context: Context, said: Said) -> None:
    note, review = context.out.note, said.review
    short = review.proposal.branch.short
    for words in standing_words(review):
        note(words)
    for text in said.left:
        note(f"not by you: {text}")
    if said.problem:
        note(f"{said.problem}; it is kept here, and gitdesk sync or the same command once more sends it")
    if review.state == "approved" and not said.is_trial:
        note(f"gitdesk land {short} brings it in")
