"""Proposals as plain data: what JSON says of one, and what the text for people is made from."""

from __future__ import annotations

from gitdesk.cli import outcome
from gitdesk.render.table import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gitdesk.desk import Desk
    from gitdesk.desk.reviewing import Review
    from gitdesk.domain.approval import Standing, Verdict

KIND = "proposals"
COLUMNS = tuple(
    Column(name)
    for name in ("name", "state", "title", "by", "at", "where", "waits_for", "tickets", "outdated")
)
FORMATS = ("table", "json", "jsonl", "csv", "markdown", "ids")


def plain(desk: Desk, review: Review, *, diffs: bool = False, **more: Any) -> dict[str, Any]:
    """Returns everything there is to say of a proposal; `more` is added as it is."""
    proposal = review.proposal
    branch = proposal.branch
    return {
        "name": proposal.name,
        "short": branch.short,
        "head": proposal.head,
        "where": (branch.remote if branch.there else "") or None,
        "state": review.state,
        "title": review.title,
        "by": review.by,
        "at": review.at,
        "reason": review.reason,
        "tickets": list(proposal.ids),
        "files": [path for path, _, _ in proposal.files],
        "changes": list(_changes(desk, review, diffs)),
        "needs": [_need(desk, one) for one in review.standings],
        "waits_for": [person.id for person in review.waits_for],
        "clocks": [
            {
                "ticket": one.ticket,
                "metric": one.metric,
                "now": one.now or None,
                "due": one.due,
                "effect": one.effect,
                "target": one.target,
                "next_target": one.next_target,
                "late_by": one.late_by,
            }
            for one in review.clocks
        ],
        "outdated": list(proposal.outdated),
        "next": list(_next(desk, review)),
        **more,
    }


def _changes(desk: Desk, review: Review, diffs: bool) -> Iterator[dict[str, Any]]:
    from gitdesk.desk.differences import told_quietly
    from gitdesk.domain.change import told_of

    quiet = dict(told_quietly(review.proposal.changes))
    for change in review.proposal.changes:
        events = [outcome.plain(event) for event in told_of(change, brief=True)]
        document = change.after or change.before
        ticket = document.ticket if document is not None else None
        words = [event["text"] for event in events] or [quiet.get(change.path, "changed")]
        told: dict[str, Any] = {
            "ticket": change.ticket_id or None,
            "title": ticket.title if ticket is not None else None,
            "path": change.path,
            "events": events,
            "text": ", ".join(words),
        }
        if diffs and not change.ticket_id:
            told["diff"] = _diff(desk, change.path, change.old, change.new)
        yield told


def _diff(desk: Desk, path: str, old: str, new: str) -> str:
    """Returns the lines in which a file of rules differs: no other words tell them."""
    from difflib import unified_diff

    before, after = (
        desk.repo.blob(oid).decode("utf-8", "replace").splitlines() if oid else [] for oid in (old, new)
    )
    lines = list(unified_diff(before, after, f"a/{path}", f"b/{path}", lineterm=""))
    return "".join(f"{line}\n" for line in lines[2:])


def _need(desk: Desk, one: Standing) -> dict[str, Any]:
    from gitdesk.desk.reviewing import hopeless

    wanted = one.need.approvals
    return {
        "path": one.need.path,
        "why": one.need.why,
        "count": wanted.count,
        "roles": list(wanted.roles),
        "not": list(wanted.exclude),
        "digest": one.net.digest,
        "approved_by": [_verdict(each) for each in one.counted],
        "rejected_by": [_verdict(each) for each in one.blocking],
        "ignored": [{**_verdict(each), "why": why} for each, why in one.ignored],
        "obstacles": [*one.obstacles, *filter(None, (hopeless(desk, one),))],
        "missing": one.missing,
        "met": one.met,
        "text": one.words,
    }


def standing_words(review: Review) -> list[str]:
    """Returns how what a proposal needs stands, a line each; what is the same for many tickets is told once."""
    counts: dict[tuple[str, str], int] = {}
    for one in review.standings:
        said = (one.need.why, one.words)
        counts[said] = counts.get(said, 0) + 1
    return [
        f"{why}{f' ({count} tickets)' if count > 1 else ''}: {words}"
        for (why, words), count in counts.items()
    ]


def _verdict(one: Verdict) -> dict[str, Any]:
    return {
        "who": one.who,
        "person": one.person or None,
        "at": one.at,
        "verified": one.verified,
        "source": one.source,
        "reason": one.reason,
    }


def _next(desk: Desk, review: Review) -> Iterator[str]:
    short = review.proposal.branch.short
    match review.state:
        case "waiting":
            yield f"gitdesk approve {short}"
            yield f"gitdesk reject {short} --reason TEXT"
        case "approved" | "free":
            yield f"gitdesk land {short}"
        case "outdated":
            from gitdesk.desk.proposal_update import goes_together

            fits = goes_together(desk, review.proposal)
            yield f"gitdesk propose {short} {'--update' if fits else '--withdraw'}"
        case "rejected":
            yield f"gitdesk reject {short} --withdraw"
            if review.proposal.outdated:
                yield f"gitdesk propose {short} --update"
        case "on the desk":
            yield f"gitdesk propose {short} --withdraw"
