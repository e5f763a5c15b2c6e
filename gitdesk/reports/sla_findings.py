"""Breaches and what is at risk, in the neutral form of findings and test cases."""

from __future__ import annotations

from gitdesk.domain.sla_cycle import BREACHED_RUNNING, NOT_APPLICABLE, PAUSED, VOID
from gitdesk.render.finding import ERROR, WARN, Case, Finding, Kind, fingerprint
from gitdesk.render.when import utc_minute, worked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from gitdesk.domain.sla_cycle import Cycle

    Locate = Callable[[Cycle], tuple[str, int]]  # the file of a ticket, and the line to point at

BREACH, AT_RISK = "sla-breach", "sla-at-risk"
KINDS = (
    Kind(
        code=BREACH,
        name="ServiceLevelBreach",
        summary="A service-level target was missed",
        help="The working time on this clock exceeds the target that was in force. A breach stays, whatever is changed"
        " afterwards. `gitdesk sla explain ID` tells the clock's story.",
    ),
    Kind(
        code=AT_RISK,
        name="ServiceLevelAtRisk",
        summary="A service-level target is about to be missed",
        help="Most of the target is used and the clock has not ended. "
        "`gitdesk sla explain ID` tells the clock's story.",
        severity=WARN,
    ),
)


def label(cycle: Cycle) -> str:
    """Returns a metric with its cycle where that says something: `next response 2`."""
    name = cycle.metric.replace("_", " ")
    return f"{name} {cycle.cycle}" if cycle.cycle > 1 else name


def mark(cycle: Cycle) -> str:
    """Returns the fingerprint of a row, which no change of the ticket moves."""
    return fingerprint("sla", cycle.ticket, cycle.metric, cycle.cycle)


def breach_words(cycle: Cycle) -> str:
    """Returns what was missed, by how much and when."""
    target = cycle.breach_target if cycle.breach_target is not None else cycle.target
    used = f"{worked(cycle.elapsed)} of {worked(target or 0)}"
    since = f", since {utc_minute(cycle.breached_at)} UTC" if cycle.breached_at else ""
    state = ", still running" if cycle.state == BREACHED_RUNNING else ""
    return f"{label(cycle)} is {worked(cycle.late_by)} late ({used}{since}{state})"


def risk_words(cycle: Cycle) -> str:
    """Returns what is left, and when it is over."""
    left = worked((cycle.target or 0) - cycle.elapsed)
    when = f", due {utc_minute(cycle.due_at)} UTC" if cycle.due_at else ""
    paused = ", paused" if cycle.state == PAUSED else ""
    used = f"{worked(cycle.elapsed)} of {worked(cycle.target or 0)} used"
    return f"{label(cycle)} has {left} left ({used}{when}{paused})"


def finding(cycle: Cycle, locate: Locate, percent: int) -> Finding | None:
    """Returns a breach as an error, what is at risk as a warning, None of the rest."""
    if cycle.is_breached:
        code, severity, words = BREACH, ERROR, breach_words(cycle)
    elif cycle.is_at_risk(percent):
        code, severity, words = AT_RISK, WARN, risk_words(cycle)
    else:
        return None
    path, line = locate(cycle)
    return Finding(
        code=code,
        severity=severity,
        message=f"{cycle.ticket}: {words}: {cycle.title}",
        path=path,
        line=line,
        fingerprint=mark(cycle),
        title=f"{'SLA breach' if code == BREACH else 'SLA at risk'}: {label(cycle)}",
        hint=f"gitdesk sla explain {cycle.ticket}",
        details=(
            ("ticket", cycle.ticket),
            ("metric", cycle.metric),
            ("cycle", cycle.cycle),
            ("state", cycle.state),
            ("policy", cycle.breach_policy or cycle.policy),
            ("priority", cycle.breach_priority or cycle.priority),
            ("target", cycle.target),
            ("elapsed", cycle.elapsed),
            ("lateBy", cycle.late_by),
            ("assignee", cycle.assignee),
            ("group", cycle.group),
        ),
    )


def case(cycle: Cycle, path: str, percent: int) -> Case:
    """Returns a row as a test: a breach fails, n/a and void are skipped, what is at risk passes with a word on it."""
    name = f"{cycle.ticket} {label(cycle)}: {cycle.title}"
    if cycle.is_breached:
        policy = cycle.breach_policy or cycle.policy
        details = (
            f"{breach_words(cycle)}\npolicy {policy}@{cycle.commit[:10]}, "
            f"priority {cycle.breach_priority or cycle.priority}, "
            f"{cycle.assignee or 'nobody'}, {cycle.group or 'no group'}"
        )
        if cycle.loosened_by:
            details += f"\nafterwards loosened by {cycle.loosened_by}"
        failure = breach_words(cycle)
        return Case(
            name=name, seconds=cycle.elapsed, path=path, failure=failure, failure_kind=BREACH, details=details
        )
    skipped = ""
    if cycle.state in (NOT_APPLICABLE, VOID):
        skipped = "does not apply" if cycle.state == NOT_APPLICABLE else "void: the clock was called off"
    output = risk_words(cycle) if cycle.is_at_risk(percent) else ""
    return Case(name=name, seconds=cycle.elapsed, path=path, skipped=skipped, output=output)
