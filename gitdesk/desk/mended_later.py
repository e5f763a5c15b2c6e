"""Advice about a commit with a gitdesk.yaml that cannot be used, which is refused although a later one mends it."""

from __future__ import annotations

from gitdesk.desk.judging import DELETION
from gitdesk.domain.config import PATH
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Set

    from gitdesk.domain.violation import Violation


def advised(found: Violation, wrong_by_now: Set[str]) -> Violation:
    """Returns an error of a commit's gitdesk.yaml with what to do about the commit, given what is wrong at the head.

    Every commit is judged for itself: whoever goes back to one later must find a desk there.
    """
    rebase = f"`git rebase -i {found.commit[:10]}^`"
    if found.fingerprint not in wrong_by_now:
        hint = (
            f"{PATH} is right by now, but this commit is not: before it lands, {rebase} and put the commit "
            "that mends it right behind it as `fixup`, or `drop` both if they undo each other"
        )
        return replace(found, hint=hint)
    if found.subject == DELETION:
        hint = f"before it lands, take the deletion out of the commit: {rebase}"
        return replace(found, hint=hint)
    return found
