"""Who approved, rejected or took back what: everything that was said of proposals, an approval once."""

from __future__ import annotations

from gitdesk.domain.change import owner_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from typing import Any

    from gitdesk.desk.activity import Said

APPROVED, REJECTED, WITHDRAWN = "approved", "rejected", "withdrawn"  # in the words of desk.activity


def told(
    landings: Iterable[Sequence[Any]],
    said: Sequence[Said],
    known: Callable[[str], str],
    *,
    begin: str,
    wanted: Collection[str] | None,
) -> Iterator[tuple[Any, ...]]:
    """Yields time, person, ticket, what was said, commit, subject and, of what only a landing names, who made that.

    A landing names whom it was approved by; who has said it in a commit of the history stands there already. What was
    said counts from `begin` on and of `wanted` tickets, None for all.
    """
    landed: set[int] = set()  # places of the approvals that something has landed with
    for at, maker, approvers, commit, subject, tickets in landings:
        owners = (tickets or "").split(",")  # [""] of a landing that changed rules alone
        for approver in dict.fromkeys(one.strip() for one in approvers.split(",") if one.strip()):
            person = known(approver)
            same = {
                place
                for place, (said_at, who, kind, path, *_) in enumerate(said)
                if place not in landed
                and (kind, who) == (APPROVED, person)
                and said_at <= at
                and owner_of(path) in owners
            }
            landed |= same
            if not same:
                yield at, person, tickets or "", APPROVED, commit, subject, maker
    for at, person, kind, path, commit, subject, doubt in said:
        ticket = owner_of(path) or path
        if at >= begin and (wanted is None or ticket in wanted):
            yield at, person, ticket, f"{kind}, {doubt}" if doubt else kind, commit, subject, None
