"""Rules about the steps of work: what a transition needs, who may take it, and what a finished ticket keeps."""

from __future__ import annotations

from gitdesk.domain.rules_values import found_in
from gitdesk.domain.ticket import REPLY
from gitdesk.domain.violation import WARN, Rule
from gitdesk.domain.workflow import CANCELLED, CLOSED, DONE, FIELD_PREFIX, FINAL, NEW, RESOLVED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.document import Document
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.ticket import Ticket
    from gitdesk.domain.violation import Violation
    from gitdesk.domain.workflow import Transition

RULES = (
    Rule(
        code="W002",
        name="transition-needs-more",
        summary="something that the transition requires is missing",
        why="whoever reads the ticket later finds what the desk agreed to write down with this step",
        fails="status closed → open without a reason, where the row says requires: [reason]",
        passes="gitdesk move 7k3 open --reason 'the fault came back'",
    ),
    Rule(
        code="W003",
        name="resolved-in-silence",
        summary="a ticket is resolved or closed and the desk never wrote to the requester",
        why="a requester who hears nothing asks again; a warning, since some were answered by telephone",
        severity=WARN,
        fails="status open → resolved, with notes only",
        passes="gitdesk move 7k3 resolved -m 'It was the cable; it works again.'",
    ),
    Rule(
        code="W004",
        name="edited-while-closed",
        summary="the header of a closed or cancelled ticket changes, and the ticket stays closed",
        why="reports on what is over would change unseen; a warning, since tags are often tidied up afterwards",
        severity=WARN,
        fails="priority: low → high, with status: closed before and after",
        passes="status: closed → open and priority: low → high",
    ),
    Rule(
        code="W005",
        name="required-field-missing",
        summary="a field with required: true has no value once the ticket is no longer new",
        why="whoever looks at a ticket first is the one who can still ask for it",
        fails="status new → open without fields.region",
        passes="gitdesk set 7k3 region=eu, then gitdesk move 7k3 open",
    ),
    Rule(
        code="W006",
        name="half-merged",
        summary="merged_into without a status of category cancelled, or the status for merged tickets without it",
        why="such a ticket would be worked on in two places, or in none",
        fails="merged_into: GD-4F7K2M9T and status: open",
        passes="gitdesk merge 7k3 4f7",
    ),
)

# What a closed ticket says of itself. Links are as much about the other one, and A002 is about id and created.
_OWN = ("title", "requester", "channel", "source", "priority", "type", "group", "assignee", "tags", "fields")
_WORDS = {
    "message": ("a public reply in the same change", "-m TEXT with the move; by hand {block}"),
    "reason": ("a reason", "--reason TEXT, or the text below the subject of a commit by hand"),
    "assignee": ("an assignee", "gitdesk assign ID AGENT before it, or assignee: in the same edit"),
    "group": ("a group", "gitdesk assign ID group:NAME before it, or group: in the same edit"),
    "type": ("a type", "gitdesk set ID type=… before it, or type: in the same edit"),
    "priority": ("a priority", "gitdesk set ID priority=… before it, or priority: in the same edit"),
    "tag": ("a tag", "gitdesk tag ID +TAG before it, or tags: in the same edit"),
}


def check(change: Change, config: Config, context: Context) -> Iterator[Violation]:
    """Yields what a change of a ticket leaves out that the workflow asks for."""
    after = change.after
    if after is None or after.ticket is None:
        return
    before = change.before.ticket if change.before is not None else None
    if before is None and change.before is not None:
        return  # a file that could not be read is mended: nobody knows what was before
    yield from _step(after, after.ticket, before, config, context)
    yield from _silence(after, after.ticket, before, config, context)
    if before is not None:
        yield from _closed(after, after.ticket, before, config)
    yield from _required(after, after.ticket, before, config)
    yield from _merged(after, after.ticket, before, config)


def _step(
    after: Document, ticket: Ticket, before: Ticket | None, config: Config, context: Context
) -> Iterator[Violation]:
    if before is None or before.status == ticket.status:
        return
    rows = rows_of(before, ticket, config)
    if not rows:
        return  # W001 says so, or the desk allows every move
    fitting = fitting_rows(rows, config, context)
    if not fitting:
        yield from _wrong_role(after, ticket, before, config, rows)
    if not fitting or before.merged_into != ticket.merged_into:
        return
    lacking = min((missing(row, ticket, before, context) for row in fitting), key=len)
    if lacking:
        words = [_WORDS.get(one) or (f"a value for {one}", _how(one)) for one in lacking]
        needs, hints = ", ".join(word for word, _ in words), "; ".join(hint for _, hint in words)
        hints = hints.replace("{block}", context.reply_by_hand)
        message = f'the way from "{before.status}" to "{ticket.status}" needs {needs}'
        yield found_in(after, "W002", "status", ticket.status, message, hints)


def rows_of(before: Ticket, ticket: Ticket, config: Config) -> tuple[Transition, ...]:
    """Returns the rows about a step. A merge into the status that the desk names for it needs none.

    Any other, and one that is taken back, is no way around rows: where none is about the step itself, those that lead
    to its status are, and to where work is over only those that ask for something, since nobody knows where it was.
    """
    workflow = config.workflow
    rows = workflow.rows(before.status, ticket.status)
    if before.merged_into == ticket.merged_into:
        return rows
    if ticket.merged_into and workflow.merged and ticket.status == workflow.merged:
        return ()
    if rows:
        return rows
    leading = tuple(row for row in workflow.transitions if row.leads_to(ticket.status))
    if workflow.category(ticket.status) not in DONE:
        return leading
    return tuple(row for row in leading if row.approvals is not None or row.roles)


def fitting_rows(rows: Iterable[Transition], config: Config, context: Context) -> list[Transition]:
    """Returns the rows that are for whoever makes the change."""
    own = context.person.roles if context.person is not None else ()
    free = not config.people  # nobody could have a role yet
    return [row for row in rows if free or not row.roles or any(role in own for role in row.roles)]


def _how(requirement: str) -> str:
    """Returns how a field gets its value, by a command or in the edit that is refused."""
    name = requirement.removeprefix(FIELD_PREFIX)
    return f"gitdesk set ID {name}=… before it, or {name} under fields: in the same edit"


def _wrong_role(
    after: Document, ticket: Ticket, before: Ticket, config: Config, rows: tuple[Transition, ...]
) -> Iterator[Violation]:
    roles = list(dict.fromkeys(role for row in rows for role in row.roles))
    holders = config.holders(roles)
    message = f'the way from "{before.status}" to "{ticket.status}" is open to {" or ".join(roles)} only'
    hint = f"ask {' or '.join(holders[:5])}" if holders else "nobody has the role: see people in gitdesk.yaml"
    yield found_in(after, "P003", "status", ticket.status, message, hint)


def missing(row: Transition, ticket: Ticket, before: Ticket, context: Context) -> list[str]:
    """Returns what a row requires and the change does not have; what is not known is not missed.

    Where others have to approve the step, its message has gone ahead of it.
    """
    lacking = [one for one in row.requires if not _has(one, ticket, before, context)]
    if row.approvals is not None and ticket.messages and ticket.messages[-1].kind == REPLY:
        return [one for one in lacking if one != "message"]
    return lacking


def _has(requirement: str, ticket: Ticket, before: Ticket, context: Context) -> bool:
    if requirement == "message":
        old = frozenset(before.messages)
        return any(one.kind == REPLY and one not in old for one in ticket.messages)
    if requirement == "reason":
        return context.reason is None or bool(context.reason.strip())
    if requirement == "tag":
        return bool(ticket.tags)
    if requirement.startswith(FIELD_PREFIX):
        return bool(dict(ticket.fields).get(requirement.removeprefix(FIELD_PREFIX)))
    return bool(getattr(ticket, requirement, ""))


def _silence(
    after: Document, ticket: Ticket, before: Ticket | None, config: Config, context: Context
) -> Iterator[Violation]:
    category = config.workflow.category
    if category(ticket.status) not in (RESOLVED, CLOSED):
        return
    if before is not None and category(before.status) in DONE:
        return
    if any(message.kind == REPLY for message in ticket.messages):
        return
    message = f"{ticket.status} without a public reply"
    hint = f"-m TEXT with the move tells the requester; by hand {context.reply_by_hand}"
    yield found_in(after, "W003", "status", ticket.status, message, hint, severity=WARN)


def _closed(after: Document, ticket: Ticket, before: Ticket, config: Config) -> Iterator[Violation]:
    if before.status != ticket.status or config.workflow.category(ticket.status) not in FINAL:
        return
    for key in _OWN:
        if getattr(before, key) != getattr(ticket, key):
            message = f"{key} changed while the ticket is {ticket.status}"
            hint = "reopen the ticket if there is still work to do on it"
            yield found_in(after, "W004", key, "", message, hint, severity=WARN)


def _required(after: Document, ticket: Ticket, before: Ticket | None, config: Config) -> Iterator[Violation]:
    required = [spec.name for spec in config.field_specs if spec.required]
    if not required:
        return
    category = config.workflow.category
    if ticket.merged_into or category(ticket.status) in (NEW, CANCELLED, None):
        return
    leaves = before is None or category(before.status) in (NEW, CANCELLED)
    old, new = dict(before.fields) if before is not None else {}, dict(ticket.fields)
    for name in required[:100]:
        if not new.get(name) and (leaves or old.get(name)):
            message = f'the desk requires a value for field "{name}"'
            key = "fields" if ticket.fields else "status"
            yield found_in(after, "W005", key, "", message, _how(name), subject=name)


def _merged(after: Document, ticket: Ticket, before: Ticket | None, config: Config) -> Iterator[Violation]:
    if before is not None and (before.status, before.merged_into) == (ticket.status, ticket.merged_into):
        return
    workflow = config.workflow
    if ticket.merged_into:
        if workflow.category(ticket.status) not in (CANCELLED, None):
            message = f'merged into {ticket.merged_into}, but its status is "{ticket.status}"'
            hint = f'gitdesk merge and gitdesk unmerge set both; the status is "{workflow.merged_status}"'
            yield found_in(after, "W006", "merged_into", "", message, hint)
    elif workflow.merged and ticket.status == workflow.merged:
        message = f'"{ticket.status}" is for tickets that are merged into another, and this one is not'
        yield found_in(after, "W006", "status", ticket.status, message, "gitdesk merge ID INTO")
