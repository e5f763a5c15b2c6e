"""Promises: which policy, on which calendar and with how much time, holds a metric of a ticket; or why none does."""

from __future__ import annotations

from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gitdesk.domain.calendar import Calendar
    from gitdesk.domain.duration import Duration
    from gitdesk.domain.sla_policy import Policy, Terms

_DAY = 86_400


class Promise(Value):
    """What is promised for a metric; `duration` is None, and `why` says so, when nothing is."""

    policy: Policy | None
    calendar: Calendar | None
    priority: str
    duration: Duration | None
    why: str

    def target(self, started: int) -> int | None:
        """Returns the working seconds a clock started at an instant has; None for none, and where days run out."""
        duration, calendar = self.duration, self.calendar
        if duration is None or calendar is None:
            return None
        if not duration.days:
            return duration.seconds + duration.calendar_days * _DAY
        end = calendar.add_days(started, duration.days)
        return None if end is None else calendar.elapsed(started, end)


def promise(terms: Terms, policy: Policy | None, priority: str, metric: str) -> Promise:
    """Returns what terms promise for a metric to tickets of a policy and priority."""
    # Few answers, asked for each clock of each ticket: they are kept beside the terms, no part of their value.
    kept: dict[tuple[str | None, str, str], Promise] = vars(terms).setdefault("_promises", {})
    key = (None if policy is None else policy.id, priority, metric)
    found = kept.get(key)
    if found is None:
        found = kept[key] = _promise(terms, policy, priority, metric)
    return found


def metrics_of(terms: Terms) -> frozenset[str]:
    """Returns the metrics that some policy of terms promises something for."""
    found: frozenset[str] | None = vars(terms).get("_metrics")
    if found is None:
        every = (targets for policy in terms.policies for targets in policy.targets.values())
        found = vars(terms)["_metrics"] = frozenset(metric for targets in every for metric in targets or ())
    return found


def _promise(terms: Terms, policy: Policy | None, priority: str, metric: str) -> Promise:
    calendar, duration, why = None, None, ""
    if not terms.policies:
        why = "no policy was in force when it started"
    elif policy is None:
        why = "no policy matches"
    else:
        calendar = terms.calendars.get(policy.calendar)
        targets = policy.targets.get(priority)
        if calendar is None:
            why = terms.problems.get(policy.calendar) or f'calendar "{policy.calendar}" cannot be used'
        elif targets is None:
            why = f'policy "{policy.id}" promises nothing for priority "{priority}"'
        elif metric not in targets:
            why = f'policy "{policy.id}" has no {metric} target for priority "{priority}"'
        else:
            duration = targets[metric]
    return Promise(policy=policy, calendar=calendar, priority=priority, duration=duration, why=why)


def window_end(policy: Policy | None, calendar: Calendar | None, stopped: int) -> int | None:
    """Returns until when a ticket that ended at an instant may be reopened; None when that is not limited."""
    window = policy.reopen_window if policy is not None else None
    if window is None:
        return None
    if window.days and calendar is not None:
        return calendar.add_days(stopped, window.days)
    return stopped + window.seconds + window.calendar_days * _DAY
