"""What a caller wants changed and what came of it: plain values that go through the door."""

from __future__ import annotations

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.change import Change
    from gitdesk.domain.edit import Edit
    from gitdesk.domain.people import Person
    from gitdesk.domain.ticket import Ticket, TicketId
    from gitdesk.domain.violation import Violation


class Step(Value):
    """One edit of one ticket; `files` are attachments (wanted name, content), stored under safe names."""

    ticket_id: TicketId
    edit: Edit
    files: tuple[tuple[str, bytes], ...] = ()


class Fresh(Value):
    """A ticket to create; its id is drawn by the desk, the one in the value is ignored."""

    ticket: Ticket
    files: tuple[tuple[str, bytes], ...] = ()


class Rewrite(Value):
    """A whole file as a person edited it; `base` is the blob id of the version they started from."""

    ticket_id: TicketId
    data: bytes
    base: str


Wish = Step | Fresh | Rewrite  # what one call may ask for


class Why(Value):
    """The reason for a change and whom it is done for; `via` names the channel when it is not the terminal."""

    reason: str = ""
    via: str = ""
    behalf: Person | None = None


class Outcome(Value):
    """What a change did: its commit (None when nothing changed or nothing was to be written) and its parts."""

    commit: str | None
    changes: tuple[Change, ...]
    unchanged: tuple[TicketId, ...]
    files: tuple[tuple[str, str], ...] = ()  # attachments as stored: (path, wanted name)
    diff: str = ""
    warnings: tuple[Violation, ...] = ()  # what the rules say of it without refusing it

    @property
    def ids(self) -> tuple[str, ...]:
        """Returns the tickets that changed."""
        return tuple(dict.fromkeys(change.ticket_id for change in self.changes if change.ticket_id))


class Proposed(Value):
    """What came of proposing: the outcome, whose commit is the proposal's, and the name of its branch.

    `said` is the commit of messages that went to the desk, None for none; `kept` are tickets whose messages are part
    of the proposal. `existed`: the same was proposed already, as `name`; `unwritten`: a reason for it that it lacks.
    """

    outcome: Outcome
    name: str = ""
    base: str = ""
    said: str | None = None
    kept: tuple[str, ...] = ()
    existed: bool = False
    unwritten: str = ""
