"""`gitdesk land`: bring an approved proposal into the desk."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.proposal_rows import COLUMNS, FORMATS, KIND, plain, standing_words
from gitdesk.cli.spec import Named, argument, option

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@spec.command("land")
@format_options(*FORMATS)
@option("--no-push", is_flag=True, help="Land it in this clone only.")
@option("--dry-run", is_flag=True, help="Tell whether it would land, and land nothing.")
@argument("proposal", metavar="ID|BRANCH", type=Named("proposal"))
def command(context: Context, proposal: str, no_push: bool, dry_run: bool) -> None:
    """Bring an approved proposal into the desk, by a merge commit that names who approved it.

    Anybody may, once the approvals are there. With a remote it lands there first, or nowhere; the branch of the
    proposal is then taken away.

    \b
      gitdesk land 7k3
    """
    from gitdesk.desk import proposal_landing

    desk, out = context.desk, context.out
    landed = proposal_landing.land(desk, proposal, sending=not no_push, dry_run=dry_run)
    context.made = landed.commit
    review = landed.review
    if out.format == "ids":
        for ticket in review.proposal.ids or (review.proposal.name,):
            out.line(ticket)
        return
    if out.format != "table":
        more: dict[str, Any] = {
            "commit": landed.commit,
            "pushed": bool(landed.remote),
            "problem": landed.behind or None,
        }
        out.items(KIND, [plain(desk, review, **more)], COLUMNS)
        return
    if landed.is_trial:
        out.text(f"would land {review.title}\n")
    elif landed.commit is None:
        out.text(f"on the desk already {review.title}\n")
    else:
        out.text(f"landed {review.title}\n")
        for words in standing_words(review):
            out.note(words)
    if landed.behind:
        out.note(f"this clone does not show it yet: {landed.behind}")
    if landed.branch:
        out.note(f"the branch of the proposal is still there: {landed.branch}")
