"""A document: one version of a ticket file, its bytes, what they say and what is wrong with them."""

from __future__ import annotations

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.ticket import Ticket
    from gitdesk.domain.violation import Violation


class Document(Value):
    """`ticket` is None when the file cannot be read at all; `problems` then says why.

    A readable file may have problems too (an unknown key, the wrong path for its id).
    """

    path: str
    data: bytes
    ticket: Ticket | None
    problems: tuple[Violation, ...] = ()
