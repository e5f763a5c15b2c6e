"""Every number of the reports for a team lead: what it is, of whom, by which clock, and what is kept out.

The one owner of these words: `--explain` prints them, pages end with them, docs/metrics.md is written from them.
"""

from __future__ import annotations

from gitdesk.reports import metrics_of_work
from gitdesk.reports.metric import (
    ALL,
    COMMIT_TIME,
    COUNT,
    EVENTS,
    NO_CALENDAR,
    REPORTS,
    SAME_AS_CLOCKS,
    STATUS,
    TAGS,
    TIMES,
    VOLUME,
    WALL_AND_WORK,
    WORKLOAD,
    Metric,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["METRICS", "REPORTS", "Metric", "find", "of_report"]

METRICS = (
    Metric(
        name="created",
        title="created",
        reports=COUNT,
        definition="tickets whose header gives a time of creation in the period",
        population=ALL + "; spam, merged and imported ones too",
        clock="the time in the header",
        left_out="tickets dated after the as-of time; tickets that cannot be read (named)",
        source="the header key `created`",
    ),
    Metric(
        name="resolved",
        title="resolved",
        reports=(VOLUME, TAGS, WORKLOAD),
        definition="times a ticket entered a status of category resolved or closed from one that is not",
        population=EVENTS + ": a ticket that was reopened counts each time",
        clock=COMMIT_TIME,
        left_out="resolved → closed, which ends nothing more; tickets that came finished",
        source=STATUS,
    ),
    Metric(
        name="reopened",
        title="reopened",
        reports=COUNT,
        definition="times a ticket left resolved or closed for a status that is not done",
        population=EVENTS + ": each time counts",
        clock=COMMIT_TIME,
        left_out="a customer's message on a resolved ticket, as long as nobody changes the status; what is taken back "
        "from cancelled (`restored`)",
        source=STATUS,
    ),
    Metric(
        name="cancelled",
        title="cancelled",
        reports=COUNT,
        definition="times a ticket left the backlog for a status of category cancelled, or was merged into another",
        population=EVENTS,
        clock=COMMIT_TIME,
        left_out="tickets that were resolved already",
        source=STATUS + ", and the header key `merged_into`",
    ),
    Metric(
        name="restored",
        title="restored",
        reports=(VOLUME,),
        definition="times a ticket came back from cancelled or merged",
        population=EVENTS,
        clock=COMMIT_TIME,
        left_out="nothing",
        source=STATUS,
    ),
    Metric(
        name="came_done",
        title="came finished",
        reports=(VOLUME,),
        definition="tickets that were finished or cancelled in their first version",
        population="tickets created in the period",
        clock="the time in the header",
        left_out="nothing; nobody knows when they were resolved, so they are in no `resolved` and in no time",
        source="the first version of the file",
    ),
    Metric(
        name="backlog",
        title="backlog",
        reports=(VOLUME, TAGS, WORKLOAD),
        definition="tickets that are not done: those at the beginning + created + reopened + restored − resolved − "
        "cancelled − came finished",
        population=ALL,
        clock="at the end of the piece of time, or at the as-of time if that is earlier",
        left_out="tickets in a status of category resolved, closed or cancelled, and merged ones",
        source="the same events, added up",
    ),
    Metric(
        name="backlog_age",
        title="age of the backlog",
        reports=(VOLUME,),
        definition="the backlog by the time since creation: less than 1 day, 1 to 3, 3 to 7, 7 to 30, more",
        population="the backlog",
        clock="wall time; a day is 24 hours",
        left_out="nothing: time spent resolved counts, the customer has waited since",
        source="the header key `created`",
    ),
    Metric(
        name="reopen_rate",
        title="reopen rate",
        reports=(VOLUME,),
        definition="resolutions in the period that were undone later (`undone`) ÷ resolutions in the period",
        population="every `resolved` of the period",
        clock="whether it was undone: up to the as-of time, so that a young period can only get worse",
        left_out="as of `resolved`",
        source=STATUS,
    ),
    Metric(
        name="one_touch",
        title="one-touch share",
        reports=(VOLUME,),
        definition="finished tickets that took a single public reply and were never reopened ÷ those that took any "
        "reply",
        population="tickets that are finished at the as-of time and whose last resolution is in the period",
        clock=COMMIT_TIME,
        left_out="tickets resolved without a reply (`no_reply`), cancelled and merged ones, those that came finished",
        source="messages of kind reply by people; robots and automatic messages do not count",
    ),
    Metric(
        name="reassigned",
        title="reassignments",
        reports=(VOLUME,),
        definition="times a ticket went from one agent to another",
        population=EVENTS,
        clock=COMMIT_TIME,
        left_out="the first assignment; taking it away, and giving it back to the same agent",
        source="changes of the header key `assignee`",
    ),
    Metric(
        name="regrouped",
        title="moved between groups",
        reports=(VOLUME,),
        definition="times a ticket went from one group to another",
        population=EVENTS,
        clock=COMMIT_TIME,
        left_out="the first group; taking it away, and giving it back to the same group",
        source="changes of the header key `group`",
    ),
    Metric(
        name="arrivals",
        title="peak hours",
        reports=(VOLUME,),
        definition="tickets created and customers' later messages, by day of the week and hour",
        population="both, in the period",
        clock="the wall clock of the zone of the days; with `--by agent` that of the agent who has the ticket",
        left_out="what programs wrote in a customer's name",
        source="the header key `created`, and the times of messages",
    ),
    Metric(
        name="first_response",
        title="first response",
        reports=(TIMES,),
        definition="from the creation to the first public reply of a person",
        population="tickets whose first response is in the period",
        clock=WALL_AND_WORK,
        left_out="tickets the desk opened itself; those resolved unanswered (counted as `no_reply` when they were "
        "resolved); replies of robots, automatic messages and notes; tickets that came finished; "
        + NO_CALENDAR,
        source=SAME_AS_CLOCKS,
    ),
    Metric(
        name="next_response",
        title="next response",
        reports=(TIMES,),
        definition="from the oldest message of a customer that nobody answered, after the first response, to the next "
        "public reply of a person",
        population="replies in the period that answer such a message: a ticket has many",
        clock=WALL_AND_WORK,
        left_out="messages that were resolved without an answer, and those that still wait; a message on a closed "
        "ticket "
        "waits from the reopening on; " + NO_CALENDAR,
        source=SAME_AS_CLOCKS,
    ),
    Metric(
        name="first_resolution",
        title="first resolution",
        reports=(TIMES,),
        definition="from the creation to the first time the ticket was resolved",
        population="tickets first resolved in the period",
        clock=WALL_AND_WORK,
        left_out="tickets that came finished; " + NO_CALENDAR,
        source=STATUS,
    ),
    Metric(
        name="resolution",
        title="full resolution",
        reports=(TIMES,),
        definition="from the creation to the last time the ticket was resolved, whatever happened in between",
        population="tickets that are finished at the as-of time and whose last resolution is in the period",
        clock=WALL_AND_WORK,
        left_out="cancelled and merged tickets; those that came finished; " + NO_CALENDAR,
        source=STATUS,
    ),
    Metric(
        name="handling",
        title="handling",
        reports=(TIMES,),
        definition="full resolution without the time the ticket was resolved, closed or cancelled in between: the "
        "sum of "
        "the three waits below",
        population="as of full resolution",
        clock=WALL_AND_WORK,
        left_out="as of full resolution",
        source=STATUS,
    ),
    Metric(
        name="waited_for_us",
        title="waiting for us",
        reports=(TIMES,),
        definition="the part of handling in which it was the desk's turn: categories new, open and external, and a "
        "waiting "
        "or snoozed ticket from a customer's message on",
        population="as of full resolution; a ticket without any such time counts as 0",
        clock=WALL_AND_WORK,
        left_out="as of full resolution",
        source=SAME_AS_CLOCKS,
    ),
    Metric(
        name="waited_for_customer",
        title="waiting for the customer",
        reports=(TIMES,),
        definition="the part of handling spent in category waiting, until the customer wrote",
        population="as of full resolution; a ticket without any such time counts as 0",
        clock=WALL_AND_WORK,
        left_out="as of full resolution",
        source=SAME_AS_CLOCKS,
    ),
    Metric(
        name="put_aside",
        title="put aside",
        reports=(TIMES,),
        definition="the part of handling spent in category snoozed, until the customer wrote",
        population="as of full resolution; a ticket without any such time counts as 0",
        clock=WALL_AND_WORK,
        left_out="as of full resolution",
        source=SAME_AS_CLOCKS,
    ),
    Metric(
        name="median",
        title="median and 90 % within",
        reports=(TIMES, TAGS),
        definition="percentiles by nearest rank: the least value that at least 50 % (90 %) of the population do not "
        "exceed. It is always a wait that there was; of nothing there is none",
        population="as of the wait",
        clock="as of the wait",
        left_out="as of the wait",
        source="definition 1 of Hyndman and Fan, Sample quantiles in statistical packages, 1996; as in `sla report`",
    ),
    *metrics_of_work.METRICS,
)


def of_report(report: str) -> Iterator[Metric]:
    """Yields the numbers of a report."""
    return (one for one in METRICS if report in one.reports)


def find(name: str) -> Metric | None:
    """Returns the number of a name, None for none."""
    return next((one for one in METRICS if one.name == name), None)
