"""What a command answers that proposes: the change, the branch it is on, what it needs, and where to go on."""

from __future__ import annotations

from gitdesk.cli import outcome as outcomes
from gitdesk.cli.proposal_rows import COLUMNS, KIND, plain, standing_words
from gitdesk.errors import GitdeskError, Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from gitdesk.cli.context import Context
    from gitdesk.desk.plan import Outcome, Proposed
    from gitdesk.desk.proposal_sending import Sent
    from gitdesk.desk.reviewing import Review


def report(
    context: Context, made: Proposed | Outcome, *, dry_run: bool, send: bool = True, opening: bool = False
) -> None:
    """Sends a new proposal to the remote and tells what came of it."""
    from gitdesk.desk.plan import Proposed

    assert isinstance(made, Proposed)
    out, outcome = context.out, made.outcome
    context.made = outcome.commit
    if dry_run or not made.name:
        _without_branch(context, made, dry_run)
        return
    held_up = _send_base(context, made.base, send)
    review, sent = _sent(context, made.name, send)
    page = _page(context, review, opening, sent)
    if out.format != "table":
        _machine(context, review, sent, page, said=made.said, existed=made.existed)
    else:
        for change in plain(context.desk, review)["changes"]:
            out.text(f"{change['ticket']}: {change['text']}\n" if change["ticket"] else f"{change['text']}\n")
    for path, wanted in outcome.files:
        if path.rsplit("/", 1)[-1] != wanted:
            out.note(f'"{wanted}" is kept as "{path.rsplit("/", 1)[-1]}"')
    outcomes.warn(context, outcome)
    out.note(f"{'proposed already' if made.existed else 'proposed'} as {review.proposal.name}{_where(sent)}")
    if made.unwritten:
        out.note(f"its reason is the one it was proposed with, and not: {made.unwritten}")
    _about_sending(context, sent)
    _about_base(context, held_up)
    _about_messages(context, made)
    _about_needs(context, review)
    _about_page(context, page)


def _without_branch(context: Context, made: Proposed, dry_run: bool) -> None:
    """Tells what a dry run would do, or that there is nothing to propose."""
    out, outcome = context.out, made.outcome
    if out.format == "table" and dry_run:
        outcomes.show_diff(context, outcome)
    elif out.format == "ids":
        return
    elif out.format != "table":
        out.items(KIND, [], COLUMNS)
    if not dry_run or out.format != "table":
        for ticket_id in outcome.unchanged:
            out.note(f"{ticket_id}: already so, nothing to propose")
    outcomes.warn(context, outcome)


def _sent(context: Context, name: str, send: bool) -> tuple[Review, Sent]:
    from gitdesk.desk import proposal_keeping, proposal_sending

    if send:
        proposal_keeping.refit_named(context.fresh_desk(), name)
    try:
        sent = proposal_sending.send_named(context.desk, name, sending=send)
    except Refused as error:
        error.hint = (
            error.hint or f"it is kept here: gitdesk propose {name.rpartition('/')[2]} sends it once more"
        )
        raise
    return _review(context, name), sent


def _review(context: Context, name: str) -> Review:
    from gitdesk.desk import proposal_remote, proposals, reviewing

    desk = context.fresh_desk()
    proposal = proposals.find(desk, proposal_remote.remote_of(desk), name, landed=True)
    return reviewing.review(desk, proposal)


def _where(sent: Sent) -> str:
    return f", on {sent.remote}" if sent.remote else ", in this clone only"


def take_in(context: Context) -> None:
    """Takes in what the remote has and this clone does not, so that a proposal is of the ticket as it is by now."""
    from gitdesk.cli import sync
    from gitdesk.desk import proposal_remote, syncing
    from gitdesk.store import history

    desk = context.desk
    remote = proposal_remote.remote_of(desk)
    if remote is None or desk.location.ref is None or proposal_remote.fetched(desk.repo, remote):
        return
    there = desk.repo.read_ref(remote.tracking(remote.branch))
    here = desk.repo.read_ref(desk.location.ref)
    if not there or not here or history.is_below(desk.repo, there, here):
        return
    try:
        told = syncing.sync(context.start, context.environ, context.watch, sync.wanted_here(push=False))
    except GitdeskError as error:
        context.out.note(f"{remote.name} has commits that are not here: {error.message}")
        return
    problem = sync.refusal(told)
    if problem is not None and told.held:
        raise problem
    if told.received:
        commits = f"{told.received:,} commit{'' if told.received == 1 else 's'}"
        context.out.note(f"received {commits} of {remote.name} first")
    context.fresh_desk()


def _send_base(context: Context, base: str, send: bool) -> str:
    """Has the remote get what a proposal stands on, made again where others were faster; returns why it has not."""
    from gitdesk.cli import sync
    from gitdesk.desk import proposal_sending, syncing
    from gitdesk.desk.proposal_remote import LostRace, Unreachable

    if not base or not send:
        return ""
    try:
        proposal_sending.push_base(context.desk, base)
    except LostRace:
        try:
            told = syncing.sync(context.start, context.environ, context.watch, sync.wanted_here())
            problem = sync.refusal(told)
        except GitdeskError as error:
            problem = error
        context.fresh_desk()
        return problem.message if problem is not None else ""
    except (Refused, Unreachable) as error:
        return error.message
    return ""


def _about_base(context: Context, held_up: str) -> None:
    if held_up:
        branch = context.desk.location.branch
        context.out.note(f"it stands on what {branch} has here only: {held_up}; gitdesk sync sends it")


def _about_sending(context: Context, sent: Sent) -> None:
    if sent.problem:
        short = sent.branch.rpartition("/")[2]
        context.out.note(
            f"{sent.problem}; it is kept here, and gitdesk propose {short} or gitdesk sync sends it"
        )


def _about_messages(context: Context, made: Proposed) -> None:
    files = [one.path for one in made.outcome.changes if not one.ticket_id]
    if files and not made.existed:
        context.out.note(
            f"the change is still in the work tree: git restore {' '.join(files)} brings back what the desk has"
        )
    if made.kept:
        context.out.note(
            "the message is part of the proposal, and is sent when it lands: "
            "the way to this status needs it in the same change"
        )


def _about_needs(context: Context, review: Review) -> None:
    from gitdesk.desk.reviewing import hopeless

    note, short = context.out.note, review.proposal.branch.short
    if review.state == "free":
        note(f"nothing here needs an approval: gitdesk land {short} brings it in")
    for words in standing_words(review):
        note(words)
    for text in dict.fromkeys(hopeless(context.desk, one) for one in review.standings):
        if text:
            note(f"warning: {text}")
    if review.state == "outdated":
        note(
            f"the desk has {', '.join(review.proposal.outdated)} otherwise by now: "
            f"gitdesk propose {short} --update brings it up to date"
        )
    elif review.waits_for:
        note(
            f"{' or '.join(person.id for person in review.waits_for)} can approve it: gitdesk approve {short}"
        )


# ---- the pull request


def _page(context: Context, review: Review, opening: bool, sent: Sent) -> str:
    """Returns where the pull request can be opened; opens it when asked."""
    from gitdesk.desk import proposal_remote, proposal_sending

    desk, proposal = context.desk, review.proposal
    if not sent.remote:
        if opening:
            context.out.note("there is no pull request to open before the proposal is sent")
        return ""
    remote = proposal_remote.remote_of(desk)
    page = proposal_sending.page(desk, remote, proposal.name, review.title)
    if opening:
        from gitdesk.cli.site_program import run

        words = proposal_sending.opening(desk, remote, proposal.name, review.title, review.reason)
        run(context, words, page)
    return page


def _about_page(context: Context, page: str) -> None:
    if page:
        context.out.note(f"open a pull request: {page}")


def _machine(
    context: Context, review: Review, sent: Sent, page: str, *, said: str | None = None, existed: bool = False
) -> None:
    if context.out.format == "ids":
        context.out.line(review.proposal.name)
        return
    more: dict[str, Any] = {
        "pushed": bool(sent.remote),
        "problem": sent.problem or None,
        "page": page or None,
        "message_commit": said,
        "existed": existed,
    }
    context.out.items(KIND, [plain(context.desk, review, **more)], COLUMNS)


# ---- proposals that are there


def send_again(context: Context, word: str, *, send: bool, opening: bool) -> None:
    """Sends a proposal that is in this clone only, and says where its pull request is opened."""
    from gitdesk.desk import proposal_remote, proposals

    desk = context.desk
    found = proposals.find(desk, proposal_remote.remote_of(desk), word)
    held_up = _send_base(context, found.first.parents[0] if found.first is not None else "", send)
    review, sent = _sent(context, found.name, send)
    _tell(context, review, sent, "proposed", opening)
    _about_base(context, held_up)


def update(context: Context, word: str, *, send: bool, opening: bool) -> None:
    """Brings a proposal up to date and tells what that came to."""
    from gitdesk.desk import proposal_update

    updated = proposal_update.update(context.desk, word, sending=send)
    context.made = updated.commit
    review = _review(context, updated.proposal.name)
    done = "brought up to date" if updated.commit is not None else "up to date already"
    _tell(context, review, updated.sent, done, opening)


def _tell(context: Context, review: Review, sent: Sent, done: str, opening: bool) -> None:
    page = _page(context, review, opening, sent)
    if context.out.format != "table":
        _machine(context, review, sent, page)
    else:
        context.out.text(f"{done} {review.title}\n")
        context.out.note(f"as {review.proposal.name}{_where(sent)}")
    _about_sending(context, sent)
    _about_needs(context, review)
    _about_page(context, page)


def withdraw(context: Context, word: str, *, send: bool, opening: bool) -> None:
    """Gives a proposal up and tells whether its branch is gone."""
    from gitdesk.desk import proposal_update, reviewing
    from gitdesk.errors import UsageError

    if opening:
        raise UsageError("--open and --withdraw do not go together")
    desk = context.desk
    withdrawn = proposal_update.withdraw(desk, word, sending=send)
    review = reviewing.review(desk, withdrawn.proposal, clocks=False)
    if withdrawn.problem:
        raise Refused(f'"{withdrawn.proposal.name}" is still there: {withdrawn.problem}')
    out = context.out
    if out.format == "ids":
        out.line(withdrawn.proposal.name)
    elif out.format != "table":
        out.items(KIND, [plain(desk, review)], COLUMNS)
    else:
        out.text(f"withdrawn {review.title}\n")
