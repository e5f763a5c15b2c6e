"""What a sync goes by: where the branch goes, what is pushed in which steps, what is kept back."""

from __future__ import annotations

from gitdesk.errors import Refused
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk import outbox
    from gitdesk.desk.reapplying import Made
    from gitdesk.domain.violation import Violation


ILLEGAL = "would be refused: "  # how the reason begins where a rule is why a commit is held


class Stopped(Refused):
    """A sync that cannot go on without a person; nothing was changed."""


class Plan(Value):
    """Where the branch goes and what is pushed, one step after the other; `illegal` is what keeps back the rest.

    `made` and `held` are local commits that were made again or are kept on branches of the outbox.
    """

    tip: str
    theirs: str  # "" where the branch is not over there yet
    target: str
    pushes: tuple[str, ...] = ()
    received: int = 0
    ahead: int = 0
    made: tuple[Made, ...] = ()
    held: tuple[outbox.Kept, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    illegal: tuple[Violation, ...] = ()
