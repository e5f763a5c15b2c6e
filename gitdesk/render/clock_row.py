"""A row of the service-level report: one ticket, metric and cycle, as JSON and as the cells of a table."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from json.encoder import encode_basestring

from gitdesk.domain.sla_ended import Ended
from gitdesk.render.json_lines import BETWEEN, render_object

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from typing import Any

    from gitdesk.domain.sla_cycle import Cycle

# The public names, in the order of the rows.
NAMES = (
    "ticket", "title", "metric", "cycle", "policy", "policy_commit", "priority", "started", "stopped", "target",
    "elapsed", "paused", "closed", "state", "due_at", "remaining", "breached_at", "breach_target", "breach_policy",
    "breach_priority", "late_by", "loosened_by", "no_reply", "first_verdict", "first_stopped", "assignee", "group",
    "calendar", "remarks",
)  # fmt: skip


def cells(cycle: Cycle) -> tuple[Any, ...]:
    """Returns the values under NAMES; "" of a text is None."""
    return (
        cycle.ticket,
        cycle.title,
        cycle.metric,
        cycle.cycle,
        cycle.policy or None,
        cycle.commit or None,
        cycle.priority or None,
        cycle.started_at,
        cycle.stopped_at,
        cycle.target,
        cycle.elapsed,
        cycle.paused,
        cycle.closed,
        cycle.state,
        cycle.due_at,
        cycle.remaining,
        cycle.breached_at,
        cycle.breach_target,
        cycle.breach_policy or None,
        cycle.breach_priority or None,
        cycle.late_by,
        cycle.loosened_by or None,
        cycle.no_reply,
        cycle.first_verdict or None,
        cycle.first_stopped_at,
        cycle.assignee or None,
        cycle.group or None,
        cycle.calendar or None,
        cycle.remarks,
    )


def json_writer() -> Callable[[Cycle], str]:
    """Returns a function that writes a row as JSON.

    It is the inner loop of the whole report: hundreds of thousands of rows that differ in few words, so what repeats is
    encoded once, and the rest is put together by hand. A test holds it to what `render_object` writes.
    """
    kept: dict[tuple[str, ...], tuple[str, str, str]] = {}
    ticket = title = head = ""
    begun: datetime | None = None
    start = _NULL
    ended_one, ended_head = "", ""

    def ended(row: Any) -> str:
        """Writes what does not run, in one go: nearly all rows are such."""
        nonlocal ended_one, ended_head
        (
            one, metric_, number, state, policy_, _, commit, calendar, priority, started, stopped, _, target, elapsed,
            paused, closed, _, breached, _, _, _, _, silent, verdict, _, lines, name, assignee, group,
        ) = row  # fmt: skip
        if one != ended_one:
            ended_one = one
            ended_head = (
                f'{{"ticket": {encode_basestring(one)}, "title": {encode_basestring(name)}, "metric": '
            )
        words = (metric_, policy_, commit, priority, assignee, group, calendar)
        parts = kept.get(words)
        if parts is None:
            parts = kept[words] = _repeated(words)
        metric, policy, people = parts
        return (
            f"{ended_head}{metric}{number}{policy}{_instant(started)}"
            f', "stopped": {_NULL if stopped is None else _instant(stopped)}'
            f', "target": {_NULL if target is None else target}'
            f', "elapsed": {elapsed}, "paused": {paused}, "closed": {closed}, "state": "{state}{_NOT_DUE}{_NULL}'
            f"{_NO_BREACH if breached is None else _breach(row)}"
            f"{_NO_REPLY if silent else _REPLY}{people}"
            f"{_first(row) if verdict else ''}{_remarks(row) if lines else ''}}}"
        )

    def write(cycle: Any) -> str:
        if cycle.__class__ is Ended:
            return ended(cycle)
        nonlocal ticket, title, head, begun, start
        if cycle.ticket is not ticket or cycle.title is not title:
            ticket, title = cycle.ticket, cycle.title
            head = f'{{"ticket": {encode_basestring(ticket)}, "title": {encode_basestring(title)}, "metric": '
        if cycle.started_at is not begun:
            begun = cycle.started_at
            start = _NULL if begun is None else _time(begun)
        words = (
            cycle.metric, cycle.policy, cycle.commit, cycle.priority, cycle.assignee, cycle.group, cycle.calendar,
        )  # fmt: skip
        parts = kept.get(words)
        if parts is None:
            parts = kept[words] = _repeated(words)
        metric, policy, people = parts
        target, remaining = cycle.target, cycle.remaining
        due_at, stopped_at = cycle.due_at, cycle.stopped_at
        return (
            f"{head}{metric}{cycle.cycle}{policy}{start}"
            f', "stopped": {_NULL if stopped_at is None else _time(stopped_at)}'
            f', "target": {_NULL if target is None else target}'
            f', "elapsed": {cycle.elapsed}, "paused": {cycle.paused}, "closed": {cycle.closed}'
            f', "state": "{cycle.state}{_NOT_DUE if due_at is None else _due(due_at)}'
            f"{_NULL if remaining is None else remaining}"
            f"{_NO_BREACH if cycle.breached_at is None else _breach(cycle)}"
            f"{_NO_REPLY if cycle.no_reply else _REPLY}{people}"
            f"{_first(cycle) if cycle.first_verdict else ''}"
            f"{_remarks(cycle) if cycle.remarks else ''}}}"
        )

    return write


def json_rows() -> Callable[[Iterable[Any]], bytes]:
    """Returns a function that writes rows as JSON in UTF-8, joined by BETWEEN."""
    write = json_writer()
    # Row by row: one title that is not ASCII would make all the rest of a joined text twice as dear.
    return lambda cycles: BETWEEN.join([write(one).encode("utf-8", "backslashreplace") for one in cycles])


_NULL = "null"
_NOT_DUE = '", "due_at": null, "remaining": '
_NO_BREACH = ', "breached_at": null, "late_by": 0'
_REPLY, _NO_REPLY = ', "no_reply": false', ', "no_reply": true'


def _repeated(words: tuple[str, ...]) -> tuple[str, str, str]:
    metric, policy, commit, priority, assignee, group, calendar = map(_word, words)
    return (
        f'{metric}, "cycle": ',
        f', "policy": {policy}, "policy_commit": {commit}, "priority": {priority}, "started": ',
        f', "assignee": {assignee}, "group": {group}, "calendar": {calendar}',
    )


def _due(moment: datetime) -> str:
    return f'", "due_at": {_time(moment)}, "remaining": '


def _breach(cycle: Cycle) -> str:
    at = _NULL if cycle.breached_at is None else _time(cycle.breached_at)
    against = _against(cycle.breach_target, cycle.breach_policy, cycle.breach_priority, cycle.loosened_by)
    return f', "breached_at": {at}, "late_by": {cycle.late_by}{against}'


@lru_cache(4096)
def _against(target: int | None, policy: str, priority: str, loosened_by: str) -> str:
    loosened = f', "loosened_by": {_word(loosened_by)}' if loosened_by else ""
    return (
        f', "breach_target": {_NULL if target is None else target}, "breach_policy": {_word(policy)}, '
        f'"breach_priority": {_word(priority)}{loosened}'
    )


def _first(cycle: Cycle) -> str:
    at = _NULL if cycle.first_stopped_at is None else _time(cycle.first_stopped_at)
    return f', "first_verdict": {_word(cycle.first_verdict)}, "first_stopped": {at}'


def _remarks(cycle: Cycle) -> str:
    return f', "remarks": {render_object(cycle.remarks)}'


def _word(text: str) -> str:
    return encode_basestring(text) if text else _NULL


_EPOCH, _LAST = date(1970, 1, 1).toordinal(), date.max.toordinal()
_days: dict[int, str] = {}
_MINUTES = tuple(f"T{minute // 60:02}:{minute % 60:02}:" for minute in range(1440))
_SECONDS = tuple(f'{second:02}Z"' for second in range(60))


def _instant(seconds: int) -> str:
    """Returns an instant of epoch seconds as JSON; what no calendar has is cut to its ends."""
    number, rest = divmod(seconds, 86_400)
    number += _EPOCH
    day = _days.get(number)
    if day is None:
        if not 1 <= number <= _LAST:
            return _instant(
                (min(max(number, 1), _LAST) - _EPOCH) * 86_400 + (86_399 if number > _LAST else 0)
            )
        day = _days[number] = f'"{date.fromordinal(number).isoformat()}'
    minute, second = divmod(rest, 60)
    return f"{day}{_MINUTES[minute]}{_SECONDS[second]}"


def _time(moment: datetime) -> str:
    """Returns a time that is in UTC already as JSON; put together of parts, at a quarter of what isoformat costs."""
    number = moment.toordinal()
    day = _days.get(number)
    if day is None:
        day = _days[number] = f'"{moment.date().isoformat()}'
    return f"{day}{_MINUTES[moment.hour * 60 + moment.minute]}{_SECONDS[moment.second]}"
