"""Merging two tickets, and undoing it: an event on both, nothing copied, nothing lost."""

from __future__ import annotations

from gitdesk.desk.plan import Step
from gitdesk.domain.edit import MERGED_LINK, MergeInto, Relate, Unmerge
from gitdesk.domain.format import path_of
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import Refused
from gitdesk.store import read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.desk.door import Desk


def merge_steps(desk: Desk, source: TicketId, target: TicketId) -> tuple[Step, ...]:
    """Returns the steps that merge a ticket into another; raises Refused where that makes no sense."""
    into = desk.ticket(target)
    if into.merged_into == source:
        raise Refused(
            f"{target} is merged into {source} already",
            hint=f"gitdesk unmerge {target} takes that back first",
        )
    if into.merged_into:
        raise Refused(
            f"{target} is merged into {into.merged_into} itself",
            hint=f"gitdesk merge {source} {into.merged_into}",
        )
    status = desk.config.workflow.merged_status
    if not status:
        raise Refused(
            "this desk has no status for merged tickets", hint="add one of category cancelled to gitdesk.yaml"
        )
    return (
        Step(ticket_id=source, edit=MergeInto(target=target, status=status)),
        Step(ticket_id=target, edit=Relate(kind=MERGED_LINK, target=source)),
    )


def unmerge_steps(desk: Desk, source: TicketId) -> tuple[Step, ...]:
    """Returns the steps that take a merge back; the status comes from before the merge, as history has it."""
    merged = desk.ticket(source)
    if not merged.merged_into:
        raise Refused(f"{source} is not merged into another ticket")
    steps = [Step(ticket_id=source, edit=Unmerge(status=_status_before(desk, source)))]
    target = TicketId(merged.merged_into)
    if read.find_entry(desk.repo, desk.tip, path_of(target)) is not None:
        steps.append(Step(ticket_id=target, edit=Relate(kind=MERGED_LINK, target=source, remove=True)))
    return tuple(steps)


def _status_before(desk: Desk, source: TicketId) -> str:
    """Returns the last status before the ticket was merged, the first open one where history does not tell."""
    workflow = desk.config.workflow
    statuses = [entry.event.before for entry in desk.log([source], kind="status").entries]
    for status in statuses:  # newest first
        if status != workflow.merged_status and workflow.find(status) is not None:
            return status
    fallback = workflow.first("open") or workflow.first("new")
    return fallback.name if fallback else workflow.statuses[0].name
