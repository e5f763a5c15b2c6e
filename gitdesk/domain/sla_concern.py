"""Which changes could break a promise: what is asked of every change, so that of most of them no clock is asked."""

from __future__ import annotations

from gitdesk.domain.automatic import is_automatic
from gitdesk.domain.ticket import REPLY
from gitdesk.domain.workflow import CANCELLED, CLOSED, DONE, PAUSING, RESOLVED, SNOOZED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.ticket import Message, Ticket

FINISHED = (RESOLVED, CLOSED)
# What a policy can be chosen by, in a header, with the words by which its query would ask for it.
CHOSEN_BY = {
    "priority": (), "type": ("type",), "group": ("group", "mine"), "assignee": ("assignee", "is:", "mine"),
    "requester": (), "channel": ("channel",), "source": ("source",), "tags": ("tag",), "title": ("title",),
    # A field that is called like a key of customers goes by that; the keys are spelt out, for reading them takes time.
    "fields": ("field", "tier", "region", "language", "organi", "customer"),
}  # fmt: skip


def concerns(change: Change, config: Config, context: Context) -> bool:
    """Tells whether a change could break a promise, without asking what was promised."""
    before = change.before.ticket if change.before is not None else None
    ticket = change.after.ticket if change.after is not None else None
    policies = config.sla.get("policies")
    if not policies or before is None or ticket is None:
        return False
    category = config.workflow.category
    old, new = category(before.status), category(ticket.status)
    if before.status != ticket.status and (new in FINISHED or (old in FINISHED and new not in DONE)):
        return True
    if not is_silent(context):
        return False  # everything else asks for a word, and there is one, or it is not known yet
    if before.status != ticket.status or before.merged_into != ticket.merged_into:
        pauses = (pause for one in policies for pause in one.get("pause_on", PAUSING))
        if new == CANCELLED or ticket.merged_into or any(one in (ticket.status, new) for one in pauses):
            return True
    if before.snoozed_until != ticket.snoozed_until and new == SNOOZED:
        return True
    return is_chosen_anew(before, ticket, config)


def is_silent(context: Context) -> bool:
    """Tells whether nobody says why; a reason that is not known yet may come with the message.

    The approval of others, where the desk asks for it, is judged with all that a landing brings (A008).
    """
    return context.reason is not None and not context.reason.strip()


def is_answer(message: Message, config: Config) -> bool:
    """Tells whether a message is what the clocks take for an answer: public, and by a person."""
    return message.kind == REPLY and not is_automatic(message.meta) and not config.is_robot(message.author)


def is_chosen_anew(before: Ticket, ticket: Ticket, config: Config) -> bool:
    """Tells whether something changed by which a policy or a target is chosen."""
    policies = config.sla.get("policies") or ()
    asked = " ".join(str(one.get("when", "")) for one in policies).casefold()
    keys = (key for key in CHOSEN_BY if getattr(before, key) != getattr(ticket, key))
    return any(not CHOSEN_BY[key] or any(word in asked for word in CHOSEN_BY[key]) for key in keys)
