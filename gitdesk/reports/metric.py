"""A number of a report: what it is, of whom, by which clock; and the words that several share."""

from __future__ import annotations

from gitdesk.value import Value

VOLUME, WORKLOAD, TIMES, TAGS, AUDIT = "volume", "workload", "times", "tags", "audit"
REPORTS = (VOLUME, WORKLOAD, TIMES, TAGS, AUDIT)
COUNT = (VOLUME, TAGS)


class Metric(Value):
    """One number. `name` is its key in JSON and CSV; `source` says what it is read from, or whose definition it is."""

    name: str
    title: str
    reports: tuple[str, ...]
    definition: str
    population: str
    clock: str
    left_out: str
    source: str


STATUS = "the commits that changed the status, as `gitdesk log` tells them"
SAME_AS_CLOCKS = "the rules of service-levels.md, without a target"
EVENTS = "events in the period"
COMMIT_TIME = "the committer's time of the commit, or of the merge that brought it in"
ALL = "every ticket the query selects, done ones too"
WALL_AND_WORK = (
    "wall time, and working time by the calendar of the policy the ticket has at the as-of time; without a policy, "
    "by the "
    "desk's calendar if it has just one"
)
NO_CALENDAR = "from working time alone: tickets no calendar is known for, counted as `no_calendar`"
