"""Who says what: the message a person, or an agent they act for, puts into a thread."""

from __future__ import annotations

from gitdesk.desk.words import party
from gitdesk.domain.edit import Say
from gitdesk.domain.people import author_of
from gitdesk.domain.ticket import REPLY, Message
from gitdesk.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from gitdesk.desk.door import Desk
    from gitdesk.desk.plan import Why
    from gitdesk.domain.ticket import TicketId


def spoken(
    desk: Desk,
    text: str,
    *,
    now: datetime,
    why: Why,
    kind: str = REPLY,
    author: str = "",
    files: bool = False,
) -> Say:
    """Returns the edit that appends a message; raises Refused for an empty text without files.

    `author` stands for somebody outside; otherwise it is the agent acted for, or whoever Git says is here.
    """
    if not text.strip() and not files:
        raise Refused(
            "the message is empty; nothing was changed", hint="give it with -m, -F or standard input"
        )
    by = author or (author_of(why.behalf) if why.behalf is not None else desk.author)
    meta = (("attachments", ""),) if files else ()
    return Say(message=Message(at=now, kind=kind, author=by, body=text, meta=meta))


def outsider(desk: Desk, ticket_id: TicketId, text: str) -> str:
    """Returns who wrote from outside: "requester" is the ticket's own, anybody else is `Name <address>`."""
    if text.casefold() != "requester":
        author = party(text, "sender", lambda: desk.author)
        person = desk.config.find_person(author)
        if person is not None:
            raise UsageError(
                f"{person.id} is an agent of this desk", hint="without --from, a reply is the desk's own"
            )
        if not author:
            raise UsageError("--from names nobody", hint='give "requester" or "Name <address>"')
        return author
    requester = desk.ticket(ticket_id).requester
    if not requester:
        raise UsageError(f"{ticket_id} has no requester", hint='name the sender: --from "Name <address>"')
    return requester
