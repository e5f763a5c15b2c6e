"""`gitdesk review`: the open proposals, and what each still needs."""

from __future__ import annotations

from gitdesk.cli import spec
from gitdesk.cli.context import Context
from gitdesk.cli.options import format_options
from gitdesk.cli.proposal_rows import COLUMNS, FORMATS, KIND, plain
from gitdesk.cli.spec import Named, argument, option
from gitdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from gitdesk.render.table import Page


@spec.command("review", reads=True)
@format_options(*FORMATS)
@option("--mine", is_flag=True, help="Those that wait for you.")
@option("--fetch", "fetching", is_flag=True, help="Look on the remote first.")
@argument("proposal", nargs=-1, metavar="[ID|BRANCH]…", type=Named("proposal"))
def command(context: Context, proposal: tuple[str, ...], mine: bool, fetching: bool) -> None:
    """Show what is proposed: the change in words, what it does to clocks, who may approve it and what is missing.

    A proposal is named by its ticket, its file, its branch, or the digits at the end of that. Those of others are
    shown as of the last fetch.

    \b
      gitdesk review
      gitdesk review --mine --fetch
      gitdesk review 7k3
    """
    from gitdesk.desk import proposal_remote, proposals, reviewing

    if proposal and mine:
        raise UsageError("name proposals or give --mine, not both")
    desk, out = context.desk, context.out
    remote = proposal_remote.remote_of(desk)
    if fetching:
        if remote is None:
            out.note("there is no remote to look on: these are the proposals of this clone")
        problem = proposal_remote.fetched(desk.repo, remote)
        if problem:
            out.note(f"{problem}; this is what was there at the last fetch")
    endless: list[str] = []
    if proposal:
        found = {one.name: one for word in proposal for one in (proposals.find(desk, remote, word),)}
        items: Iterator[dict[str, Any]] = (
            plain(desk, reviewing.review(desk, one), diffs=True) for one in found.values()
        )
    else:
        items = (plain(desk, one) for one in reviewing.reviews(desk, mine=mine, left_out=endless))
    _print(context, items, full=bool(proposal))
    for name in endless:
        out.warn(f'"{name}" has too many commits for a proposal, and is left out', "git log shows them")
    if remote is not None and not fetching and not proposal and out.format == "table":
        out.note(_as_of(context))


def _print(context: Context, items: Iterable[Mapping[str, Any]], *, full: bool) -> None:
    if context.out.format == "ids":
        for item in items:
            context.out.line(item["name"])
        return

    def text(items: Iterable[Mapping[str, Any]], page: Page) -> Iterator[str]:
        from gitdesk.render import proposal

        return proposal.render_full(items, page) if full else proposal.render_list(items, page)

    context.out.items(KIND, items, COLUMNS, text=text, nothing="nothing is proposed")


def _as_of(context: Context) -> str:
    """Returns in words how old what we know of the remote is."""
    from gitdesk.desk.proposal_remote import fetched_at
    from gitdesk.render.when import moment

    at = fetched_at(context.desk.repo)
    when = (
        f"as of the last fetch, {moment(at, context.now)}" if at is not None else "as of when this was cloned"
    )
    return f"{when}; gitdesk review --fetch looks on the remote"
