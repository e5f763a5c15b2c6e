"""Rules about approvals: what others have to agree to does not land without them, nor against their word."""

from __future__ import annotations

from gitdesk.domain import rules_audit, rules_workflow
from gitdesk.domain.approval import Need, approvers
from gitdesk.domain.change import is_config, is_document
from gitdesk.domain.rules_values import found_in
from gitdesk.domain.violation import Rule, Violation
from gitdesk.domain.workflow import PROPOSALS
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from gitdesk.domain.approval import Standing
    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.ticket import Ticket
    from gitdesk.domain.workflow import Approvals

UNAPPROVED = "A008"
RULES = (
    Rule(
        code=UNAPPROVED,
        name="not-approved",
        summary="a change lands that others have to approve, and they have not: a transition with `approvals`, or what "
        "`rules.approvals` names",
        why="two people see more than one, and what only one has decided looks the same in every report",
        fails="status resolved → closed by marko, where the row says approvals: {count: 1, roles: [lead]}",
        passes="gitdesk propose 7k3 closed; a lead: gitdesk approve 7k3; anybody: gitdesk land 7k3",
    ),
    Rule(
        code="A009",
        name="rejected",
        summary="a change lands that somebody who could approve it has rejected, and has not taken that back",
        why="a no that others can vote down, or that can be left out of the branch, is none",
        fails="a merge of a proposal that iva, a lead, has rejected, approved by another lead",
        passes="iva: gitdesk reject 7k3 --withdraw, or gitdesk approve 7k3; then gitdesk land 7k3",
    ),
)
CORRECTION, LOOSENED = "a correction of the record", "a promise loosened"


def check(change: Change, config: Config, context: Context) -> Iterator[Violation]:
    """Yields what a change that goes to the desk's branch by itself needs: nobody could have approved it."""
    for need in needs(change, config, context):
        yield unapproved(need, change, config, context.person.id if context.person is not None else "")


def unapproved(need: Need, change: Change, config: Config, author: str = "") -> Violation:
    """Returns why a change cannot be made directly, and whom to ask, who is not its author."""
    names = [one.id for one in approvers(need, config) if one.id != author]
    way = "the same with --propose puts it"
    if is_config(need.path):
        way = f"gitdesk propose {need.path} --reason TEXT puts it"
    elif need.why == CORRECTION:
        way = f"{way}, or by hand a commit on git switch -c {PROPOSALS}{_of(change)}/by-hand,"
    hint = f"{way} on a branch of its own"
    hint += f", where {_listed(names)} may approve it" if names else "; nobody else has a role to approve it"
    return _placed(UNAPPROVED, need, change, f"{need.why} needs {wanted(need.approvals)}", hint)


def unmet(standing: Standing, change: Change, hint: str) -> Iterator[Violation]:
    """Yields what is wrong with a landing that does not have what it needs."""
    need = standing.need
    if standing.blocking:
        names = ", ".join(one.name for one in standing.blocking)
        reason = next((f": {one.reason}" for one in standing.blocking if one.reason), "")
        advice = f"{names} takes it back (gitdesk reject {_of(change)} --withdraw), or approves this version"
        yield _placed("A009", need, change, f"{need.why} was rejected by {names}{reason}", advice)
    if standing.missing or standing.obstacles:
        message = f"{need.why} is not approved: {standing.words}"
        yield _placed(UNAPPROVED, need, change, message, hint)


def proposing(path: str, commit: str) -> str:
    """Returns in words how what a commit did to a file is proposed instead."""
    if is_config(path):
        return f"git cherry-pick -n {commit[:10]}, gitdesk propose {path}"
    return "the same with --propose"


def wanted(approvals: Approvals) -> str:
    """Returns what is asked for: `2 approvals by lead`."""
    noun = "approval" if approvals.count == 1 else "approvals"
    return f"{approvals.count} {noun}" + (f" by {' or '.join(approvals.roles)}" if approvals.roles else "")


def needs(change: Change, config: Config, context: Context, *, whole: bool = False) -> tuple[Need, ...]:
    """Returns what a change must have approved, by the rules in force before it; nothing where nobody is listed.

    `whole`: it is what several steps come to, each of which was asked for what only a step can be: a correction, a
    promise loosened.
    """
    if not config.asks_for_approvals or change.old == change.new != "":
        return ()
    return tuple(_needs(change, config, context, whole=whole))


def _needs(change: Change, config: Config, context: Context, *, whole: bool) -> Iterator[Need]:
    asked = config.rules.approvals
    if is_config(change.path):
        if asked.configure is not None:
            yield Need(path=change.path, why=f"a change of {change.path}", approvals=asked.configure)
        return
    before, ticket = _tickets(change)
    if is_document(change.path) and before is not None and ticket is not None:
        approvals = _of_step(before, ticket, config, context)
        if approvals is not None:
            yield _need(change, _step_words(before, ticket), approvals)
    if whole:
        return
    if asked.correct is not None and rules_audit.corrects(change, config, context):
        yield _need(change, CORRECTION, asked.correct)
    if asked.loosen is not None and is_document(change.path) and context.clocks is not None:
        from gitdesk.domain import rules_service

        if rules_service.loosens(change, config, context):
            yield _need(change, LOOSENED, asked.loosen)


def asked_again(need: Need, change: Change, config: Config) -> Need | None:
    """Returns what a step needs by other rules than those it was judged by, None where these do not ask for it.

    `change` is what all steps come to, of which the rules ask by themselves what its status needs. A status in between
    is in no file that is left: what it needed stays.
    """
    asked = config.rules.approvals
    if is_config(need.path):
        return replace(need, approvals=asked.configure) if asked.configure is not None else None
    if need.why not in (CORRECTION, LOOSENED):
        before, ticket = _tickets(change)
        is_whole = before is not None and ticket is not None and need.why == _step_words(before, ticket)
        return None if is_whole else need
    approvals = asked.correct if need.why == CORRECTION else asked.loosen
    return _need(change, need.why, approvals) if approvals is not None else None


def _tickets(change: Change) -> tuple[Ticket | None, Ticket | None]:
    before = change.before.ticket if change.before is not None else None
    return before, change.after.ticket if change.after is not None else None


def _step_words(before: Ticket, ticket: Ticket) -> str:
    return f"status {before.status} → {ticket.status}"


def _need(change: Change, why: str, approvals: Approvals) -> Need:
    assignees = tuple({one.assignee: None for one in _tickets(change) if one is not None and one.assignee})
    excluded = assignees if "assignee" in approvals.exclude else ()
    return Need(path=change.path, why=why, approvals=approvals, excluded=excluded)


def _of_step(before: Ticket, ticket: Ticket, config: Config, context: Context) -> Approvals | None:
    """Returns the approvals that a step needs: none where a row lets this person take it without.

    Of several rows that ask for approvals, the first one counts.
    """
    if before.status == ticket.status:
        return None
    fitting = rules_workflow.fitting_rows(rules_workflow.rows_of(before, ticket, config), config, context)
    usable = [row for row in fitting if not rules_workflow.missing(row, ticket, before, context)] or fitting
    if not usable or any(row.approvals is None for row in usable):
        return None
    return usable[0].approvals


def _placed(code: str, need: Need, change: Change, message: str, hint: str) -> Violation:
    after = change.after
    subject = f"{need.path} {need.why}"
    if after is not None and after.ticket is not None and need.why.startswith("status "):
        return found_in(after, code, "status", after.ticket.status, message, hint, subject=subject)
    return Violation(code=code, message=message, path=need.path, hint=hint, subject=f"{code} {subject}")


def _listed(names: list[str]) -> str:
    shown = names[:5]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{' or '.join(shown)}{more}"


def _of(change: Change) -> str:
    return change.ticket_id or change.path
