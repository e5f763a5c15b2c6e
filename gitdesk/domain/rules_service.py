"""Rules about service levels: what was promised is kept, or somebody says why not."""

from __future__ import annotations

from gitdesk.domain.duration import words
from gitdesk.domain.rules_values import found_in
from gitdesk.domain.sla_concern import CHOSEN_BY, FINISHED, is_answer, is_chosen_anew, is_silent
from gitdesk.domain.sla_cycle import FIRST_RESPONSE, METRICS, RESOLUTION
from gitdesk.domain.sla_facts import NOWHERE
from gitdesk.domain.sla_standing import moment
from gitdesk.domain.sla_watch import ENDED, RUN, STAND, VOIDED
from gitdesk.domain.ticket import CUSTOMER, REPLY, timestamp
from gitdesk.domain.violation import ERROR, WARN, Rule
from gitdesk.domain.workflow import CANCELLED, DONE, SNOOZED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.document import Document
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.sla_facts import Clock, ClockFacts
    from gitdesk.domain.ticket import Ticket
    from gitdesk.domain.violation import Violation

BREACH_REASON = "breach_reason"  # the field that says why a ticket was late, on a desk that declares it

RULES = (
    Rule(
        code="S001",
        name="reopened-too-late",
        summary="a ticket is reopened after the policy's `reopen_window`",
        why="so long after, it is another matter, and old clocks would go on as if nothing had been solved",
        fails="status closed → open, 30 days after it was closed, with reopen_window: 14d",
        passes="a new ticket that follows the old one: gitdesk link NEW follows OLD",
    ),
    Rule(
        code="S002",
        name="late-without-a-word",
        summary="a ticket that was late is resolved or closed, and nothing says why; an error where the desk declares "
        "a field `breach_reason`, a warning elsewhere",
        why="the report counts who was late; only the reason says what has to change",
        fails="status open → resolved, 3h after its resolution was due",
        passes="gitdesk set 7k3 breach_reason='supplier down', then gitdesk resolve 7k3; without such a field "
        "gitdesk resolve 7k3 --reason 'supplier down'",
    ),
    Rule(
        code="S003",
        name="promise-loosened",
        summary="priority, type, requester or another part of the header changes so that a clock that runs has more "
        "time than before, or none, without a reason; an error once that clock is late, a warning before",
        why="the easiest way to be in time is to promise less; triage is honest work, and one line says so",
        severity=ERROR,
        fails="priority: urgent → low, with the resolution late for an hour",
        passes="gitdesk set 7k3 priority=low --reason 'one person, and there is a way around it'",
    ),
    Rule(
        code="S004",
        name="snoozed-past-due",
        summary="a ticket is snoozed until after a clock is due that runs on meanwhile, without a reason",
        why="it would wake up late: nobody looks at it before",
        fails="status open → snoozed until Friday, with the first response due on Wednesday",
        passes="gitdesk snooze 7k3 --until friday -m 'We will look at it on Friday.', which is the first response",
    ),
    Rule(
        code="S005",
        name="only-a-program-answered",
        summary="a ticket is resolved or closed and all that its requester was sent came from programs",
        why="an acknowledgement is no answer, and the clock of the first response does not take it for one; a warning, "
        "since some were answered by telephone",
        severity=WARN,
        fails="status new → resolved, with one reply, of an account marked robot",
        passes="gitdesk resolve 7k3 -m 'It was the cable; it works again.'",
    ),
    Rule(
        code="S006",
        name="parked",
        summary="the clock of the resolution is stopped again, on a ticket whose clock has stood for more than "
        "`rules.limits.parked_percent` of its life, with no word to the requester since it last ran and no reason",
        why="parking a ticket stops its clock, and nobody waits for anything but the desk",
        severity=WARN,
        fails="status open → waiting, nothing said, on a ticket that was waiting for 9 of its 10 days",
        passes="gitdesk wait 7k3 -m 'Could you send us the log file?'",
    ),
    Rule(
        code="S007",
        name="late-and-cancelled",
        summary="a late ticket is merged away, or cancelled though a person had answered it, without a reason",
        why="its clocks are void then, and the breach is in no figure; a warning, since duplicates are often late",
        severity=WARN,
        fails="status open → merged, with the resolution late",
        passes="gitdesk merge 7k3 4f7 --reason 'the same outage, reported twice'",
    ),
    Rule(
        code="S008",
        name="clock-started-anew",
        summary="a finished ticket is reopened under a policy with `reopen: new_cycle`, though the requester has not "
        "written since, without a reason",
        why="resolved and reopened, a ticket has all its time again",
        severity=WARN,
        fails="status resolved → open ten minutes after open → resolved, with nothing said in between",
        passes="gitdesk reopen 7k3 --reason 'she rang: the fault is back'",
    ),
)


def check(change: Change, config: Config, context: Context) -> Iterator[Violation]:
    """Yields what a change does to promises, one that concerns them (`sla_concern`)."""
    before = change.before.ticket if change.before is not None else None
    after = change.after
    if context.clocks is None or before is None or after is None or after.ticket is None:
        return
    ticket = after.ticket
    silent = is_silent(context)
    facts = context.clocks(change)
    if facts is None:
        return
    yield from _reopened(after, ticket, before, config, facts)
    if context.person is not None and context.person.robot:
        return  # which cannot be asked for a reason
    yield from _late(after, ticket, before, config, facts, silent=silent)
    yield from _unanswered(after, ticket, before, config, context, facts)
    if not silent:
        return  # what is below asks for a word, and there is one, or it is not known yet
    yield from _loosened(after, ticket, before, config, facts)
    yield from _asleep(after, ticket, before, config, facts)
    yield from _parked(after, ticket, before, config, facts)
    yield from _voided(after, ticket, before, config, facts)
    yield from _anew(after, ticket, before, config, facts)


def loosens(change: Change, config: Config, context: Context) -> bool:
    """Tells whether a change gives a running clock more time, whatever is said about it."""
    before = change.before.ticket if change.before is not None else None
    after = change.after
    if context.clocks is None or before is None or after is None or after.ticket is None:
        return False
    if not is_chosen_anew(before, after.ticket, config):
        return False
    facts = context.clocks(change)
    return facts is not None and any(_loosened(after, after.ticket, before, config, facts))


def _finishes(ticket: Ticket, before: Ticket, config: Config) -> bool:
    category = config.workflow.category
    return category(ticket.status) in FINISHED and category(before.status) not in DONE


def _reopened(
    after: Document, ticket: Ticket, before: Ticket, config: Config, facts: ClockFacts
) -> Iterator[Violation]:
    category = config.workflow.category
    if category(before.status) not in FINISHED or category(ticket.status) in DONE:
        return
    until = moment(facts.reopen_until)
    if until is not None and facts.at > until.timestamp():
        message = f"{ticket.id} could be reopened until {timestamp(until)}"
        hint = f"open a new one: gitdesk new … and gitdesk link NEW follows {ticket.id}"
        yield found_in(after, "S001", "status", ticket.status, message, hint, subject="status")


def _late(
    after: Document, ticket: Ticket, before: Ticket, config: Config, facts: ClockFacts, *, silent: bool
) -> Iterator[Violation]:
    """Yields a word that is missing: in the field where the desk has it, else anywhere."""
    spec = config.find_field(BREACH_REASON)
    given = bool(dict(ticket.fields).get(BREACH_REASON))
    if given or (spec is None and not silent):
        return
    late = [one for one in facts.clocks if one.breached is not None and one.after != VOIDED]
    if not late or not (_finishes(ticket, before, config) or _ends_woken(ticket, before, config, late)):
        return
    told = ", ".join(f"{_name(one)} by {words(one.late_by)}" for one in _worst_first(late)[:3])
    message = f"{ticket.status}, and late: {told}; nothing says why"
    if spec is not None:
        values = f" ({', '.join(spec.values)})" if spec.values else ""
        by_hand = f"{BREACH_REASON} under fields: in the same edit{values}"
        hint = f"gitdesk set {ticket.id} {BREACH_REASON}=… before it, or {by_hand}"
        yield found_in(after, "S002", "status", ticket.status, message, hint, subject="status")
    else:
        hint = "--reason TEXT says it, or the text below the subject of a commit by hand"
        yield found_in(after, "S002", "status", ticket.status, message, hint, WARN, subject="status")


def _ends_woken(ticket: Ticket, before: Ticket, config: Config, late: list[Clock]) -> bool:
    """Tells whether a ticket is finished again that a message had opened, whatever its status said."""
    if before.status == ticket.status or config.workflow.category(ticket.status) not in FINISHED:
        return False
    return any(one.before in (RUN, STAND) for one in late)


def _unanswered(
    after: Document, ticket: Ticket, before: Ticket, config: Config, context: Context, facts: ClockFacts
) -> Iterator[Violation]:
    if not _finishes(ticket, before, config):
        return
    if not any(one.metric == FIRST_RESPONSE and one.before == RUN and one.no_reply for one in facts.clocks):
        return
    if any(one.kind == REPLY for one in ticket.messages):  # W003 tells of one that nobody wrote on
        message = f"{ticket.status}, and only programs have answered the requester"
        hint = f"-m TEXT with the move tells the requester; by hand {context.reply_by_hand}"
        yield found_in(after, "S005", "status", ticket.status, message, hint, WARN, subject="status")


def _loosened(
    after: Document, ticket: Ticket, before: Ticket, config: Config, facts: ClockFacts
) -> Iterator[Violation]:
    keys = [key for key in CHOSEN_BY if getattr(before, key) != getattr(ticket, key)]
    if not keys or (ticket.priority and config.priority_rank(ticket.priority) < 0):
        return  # F041 tells of a priority that is none
    loose = [
        one
        for one in facts.clocks
        if one.before in (RUN, STAND) and one.after in (RUN, STAND) and one.target is not None
        and (one.next_target is None or one.next_target > one.target)
    ]  # fmt: skip
    if not loose:
        return
    one = _worst_first(loose)[0]
    late = any(each.breached is not None for each in loose)
    given = "no time limit" if one.next_target is None else words(one.next_target)
    state = f", and is late by {words(one.late_by)}" if one.breached is not None else ""
    message = f"{' and '.join(keys[:3])} changed: {_name(one)} has {given} instead of {words(one.target or 0)}{state}"
    hint = "--reason TEXT says why it may take longer, or the text below the subject of a commit by hand"
    severity = ERROR if late else WARN
    yield found_in(after, "S003", keys[0], "", message, hint, severity, subject="loosened")


def _asleep(
    after: Document, ticket: Ticket, before: Ticket, config: Config, facts: ClockFacts
) -> Iterator[Violation]:
    until = ticket.snoozed_until
    if until is None or config.workflow.category(ticket.status) != SNOOZED:
        return
    if (before.status, before.snoozed_until) == (ticket.status, until):
        return
    wakes = until.timestamp()
    missed = [
        one
        for one in facts.clocks
        if one.before == RUN and one.after == RUN and one.due is not None and one.due < wakes
    ]
    if not missed:
        return
    one = min(missed, key=lambda each: (each.due or 0, METRICS.index(each.metric)))
    due = moment(one.due)
    assert due is not None
    was = "was" if one.breached is not None else "is"
    message = f"snoozed until {timestamp(until)}, and {_name(one)} {was} due {timestamp(due)}"
    hint = "answer first (-m TEXT), wake it up earlier (--until), or say why with --reason TEXT"
    yield found_in(after, "S004", "snoozed_until", "", message, hint, subject="snoozed_until")


def _parked(
    after: Document, ticket: Ticket, before: Ticket, config: Config, facts: ClockFacts
) -> Iterator[Violation]:
    limit = config.limits.parked_percent
    for one in facts.clocks:
        if one.metric != RESOLUTION or one.before != RUN or one.after != STAND or one.ran_since is None:
            continue
        life = facts.at - one.started
        if one.paused * 100 <= limit * life:
            continue
        if any(is_answer(each, config) and each.at.timestamp() >= one.ran_since for each in ticket.messages):
            continue
        share = one.paused * 100 // life
        message = f"{ticket.status} again, with no word to the requester: its clock has stood for {share} % of its time"
        hint = "ask or tell the requester (-m TEXT), or say what it waits for with --reason TEXT"
        key = "status" if before.status != ticket.status else "snoozed_until"
        yield found_in(after, "S006", key, "", message, hint, WARN, subject="parked")


def _voided(
    after: Document, ticket: Ticket, before: Ticket, config: Config, facts: ClockFacts
) -> Iterator[Violation]:
    merged = bool(ticket.merged_into) and not before.merged_into
    cancelled = config.workflow.category(ticket.status) == CANCELLED
    if not merged and not (cancelled and any(is_answer(one, config) for one in ticket.messages)):
        return
    late = [
        one
        for one in facts.clocks
        if one.before in (RUN, STAND) and one.after == VOIDED and one.breached is not None
    ]
    if late:
        one = _worst_first(late)[0]
        what = f"merged into {ticket.merged_into}" if merged else ticket.status
        message = f"{what}, and late: {_name(one)} by {words(one.late_by)}; no report will say so"
        hint = "--reason TEXT says why it is not to count, or the text below the subject of a commit by hand"
        yield found_in(after, "S007", "status", ticket.status, message, hint, WARN, subject="status")


def _anew(
    after: Document, ticket: Ticket, before: Ticket, config: Config, facts: ClockFacts
) -> Iterator[Violation]:
    ended = facts.ended
    if ended is None or config.workflow.category(before.status) not in FINISHED:
        return
    fresh = any(one.metric == RESOLUTION and one.before == NOWHERE for one in facts.clocks)
    if not fresh or any(
        one.metric == RESOLUTION and one.before != ENDED for one in facts.clocks if one.before
    ):
        return
    if any(one.kind == CUSTOMER and one.at.timestamp() >= ended for one in ticket.messages):
        return
    message = "reopened, and its clock starts anew, though the requester has not written since"
    hint = "--reason TEXT says what is still to be done, or the text below the subject of a commit by hand"
    yield found_in(after, "S008", "status", ticket.status, message, hint, WARN, subject="status")


def _worst_first(clocks: list[Clock]) -> list[Clock]:
    return sorted(clocks, key=lambda one: (-one.late_by, METRICS.index(one.metric), -one.number))


def _name(clock: Clock) -> str:
    return f"the {clock.metric.replace('_', ' ')}"
