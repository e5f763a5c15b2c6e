"""Rules about people: who makes a change, for whom, and whether the desk lets them."""

from __future__ import annotations

from gitdesk.domain.change import is_config
from gitdesk.domain.change_message import BEHALF
from gitdesk.domain.people import ACT_FOR_OTHERS, ASSIGN, CLOSE, CONFIGURE, OUT_OF_LOCK_OUT, RETAG
from gitdesk.domain.rules_context import claims
from gitdesk.domain.rules_values import found_in
from gitdesk.domain.violation import ERROR, WARN, Rule, Violation
from gitdesk.domain.workflow import FINAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.document import Document
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.ticket import Ticket

RULES = (
    Rule(
        code="P002",
        name="unknown-actor",
        summary="who makes the change is not one of the desk's people; not judged on a desk that lists nobody",
        why="the trail should say who it was; a warning, since a second machine often has another address",
        severity=WARN,
        fails="Author: Marko <marko@laptop.local>",
        passes="Author: Marko <marko@acme.example>, an address of marko",
    ),
    Rule(
        code="P003",
        name="transition-of-others",
        summary="the transition is open to other roles only",
        why="the desk has agreed who takes this step",
        fails="marko: status closed → open, where the row says roles: [lead]",
        passes="iva, who is lead: status closed → open",
    ),
    Rule(
        code="P004",
        name="acts-for-another",
        summary="a change is made on behalf of somebody, by a person whose roles do not allow act_for_others",
        why="the trail would tell what somebody did who did not do it",
        fails="marko: gitdesk assign 7k3 ana --as iva",
        passes="marko: gitdesk assign 7k3 ana",
    ),
    Rule(
        code="P005",
        name="configures-the-desk",
        summary="gitdesk.yaml or a calendar is changed by a person whose roles do not allow configure",
        why="who writes the rules can allow themselves everything else",
        fails="marko: people: … roles: [agent] → roles: [lead]",
        passes="iva, whose role lead may configure, does it",
    ),
    Rule(
        code="P006",
        name="assignee-not-there",
        summary="a ticket is given to somebody who is away, or who has as many open tickets as fit",
        why="it would wait unseen; a warning, since it is often known and meant",
        severity=WARN,
        fails="assignee: haruka, who is away until 2026-11-24",
        passes="assignee: nikos",
    ),
    Rule(
        code="P007",
        name="not-among-ones-rights",
        summary="a ticket is assigned, closed or retagged by a person whose roles do not allow it",
        why="the desk has said who deals out work, who ends it and who keeps its tags",
        fails="marko: assignee: → nikos, where only lead may assign",
        passes="marko takes the ticket: assignee: → marko",
    ),
)


def check(change: Change, config: Config, context: Context) -> Iterator[Violation]:
    """Yields what the person who makes a change may not do to this file."""
    if is_config(change.path):
        yield from _configures(change, config, context)
        return
    after = change.after
    if after is None or after.ticket is None:
        return
    before = change.before.ticket if change.before is not None else None
    yield from _given(after, after.ticket, before, config, context)
    if before is not None:
        yield from _rights(after, after.ticket, before, config, context)


def check_commit(config: Config, context: Context, path: str) -> Iterator[Violation]:
    """Yields what is wrong with the people of a commit as a whole; `path` is where it is told."""
    if config.people and context.person is None:
        message = f'"{context.actor}" is not one of the desk\'s people'
        yield _violation("P002", message, path, how_to_be_known(config, context.actor), context.actor, WARN)
    other = context.behalf
    if other is not None and other != context.person and not config.may(context.person, ACT_FOR_OTHERS):
        message = f"{context.who} may not act for {other.id}"
        yield _violation("P004", message, path, _who_may(config, ACT_FOR_OTHERS), context.actor)
    elif other is None and any(claims(context, BEHALF)) and not config.may(context.person, ACT_FOR_OTHERS):
        message = f"{context.who} may not act for others"
        yield _violation("P004", message, path, _who_may(config, ACT_FOR_OTHERS), context.actor)


def how_to_be_known(config: Config, actor: str) -> str:
    """Returns a hint for somebody whom the desk does not know, which few of them could change themselves."""
    if not config.people:
        return "list yourself under people in gitdesk.yaml, so that `me` means somebody"
    name = actor.partition(" <")[0].casefold()
    same = next((one for one in config.people if one.addresses and one.name.casefold() == name), None)
    address = same.addresses[0] if same is not None else "ADDRESS, with one that gitdesk.yaml lists for you"
    who = "somebody"
    if granting := config.granting(CONFIGURE):
        who = f"somebody who may {CONFIGURE} ({', '.join(config.holders(granting)[:5]) or 'nobody'})"
    return f"git config user.email {address}; or {who} adds this address under people in gitdesk.yaml"


def _violation(
    code: str, message: str, path: str, hint: str, subject: str, severity: str = ERROR
) -> Violation:
    return Violation(
        code=code, message=message, path=path, hint=hint, subject=f"{code} {subject}", severity=severity
    )


def _who_may(config: Config, permission: str) -> str:
    """Returns a hint: whose right it is."""
    holders = config.holders(config.granting(permission))
    names = ", ".join(holders[:5]) + (" …" if len(holders) > 5 else "")
    if not names and permission == CONFIGURE:
        return f"nobody may {permission}: {OUT_OF_LOCK_OUT}"
    return f"people whose roles may {permission}: {names or 'nobody, see people in gitdesk.yaml'}"


def _configures(change: Change, config: Config, context: Context) -> Iterator[Violation]:
    if not config.may(context.person, CONFIGURE):
        message = f"{context.who} may not change {change.path}"
        yield _violation("P005", message, change.path, _who_may(config, CONFIGURE), context.actor)


def _given(
    after: Document, ticket: Ticket, before: Ticket | None, config: Config, context: Context
) -> Iterator[Violation]:
    """Yields what speaks against the new assignee; who takes a ticket is there, whatever the calendar says."""
    given = ticket.assignee
    if not given or (before is not None and before.assignee == given):
        return
    person = config.agent(given)
    if person is None or person == context.person:
        return  # P001 tells of one the desk does not know
    moment = context.at or context.now
    if person.away_until is not None and moment is not None and person.is_away(moment.date()):
        message, hint = f"{given} is away until {person.away_until}", "give it to somebody who is there"
        yield found_in(after, "P006", "assignee", given, message, hint, severity=WARN)
    if person.capacity is not None and context.loads is not None:
        load = context.loads.get(given, 0)
        if load >= person.capacity:
            some = f"{load} open ticket{'' if load == 1 else 's'}"
            message = f"{given} has {some}, and {person.capacity} fit{'s' if person.capacity == 1 else ''}"
            hint = "give it to somebody with room"
            yield found_in(after, "P006", "assignee", given, message, hint, WARN, subject="capacity")


def _rights(
    after: Document, ticket: Ticket, before: Ticket, config: Config, context: Context
) -> Iterator[Violation]:
    person, category = context.person, config.workflow.category
    takes = person is not None and not before.assignee and ticket.assignee == person.id
    dealt = before.group != ticket.group or (before.assignee != ticket.assignee and not takes)
    if dealt and not config.may(person, ASSIGN):
        key = "group" if before.group != ticket.group else "assignee"
        message, hint = f"{context.who} may not assign tickets", _who_may(config, ASSIGN)
        yield found_in(after, "P007", key, "", message, hint)
    closes = category(ticket.status) in FINAL and category(before.status) not in FINAL
    if closes and not config.may(person, CLOSE):
        message, hint = f"{context.who} may not close tickets", _who_may(config, CLOSE)
        yield found_in(after, "P007", "status", ticket.status, message, hint)
    if set(before.tags) != set(ticket.tags) and not config.may(person, RETAG):
        message, hint = f"{context.who} may not change tags", _who_may(config, RETAG)
        yield found_in(after, "P007", "tags", "", message, hint)
