"""The breach report: a row a ticket, metric and cycle, and what they come to."""

from __future__ import annotations

from gitdesk.desk.told_clocks import Told
from gitdesk.domain.workflow import DONE
from gitdesk.render import clock_row
from gitdesk.render.table import Column
from gitdesk.reports import sla_findings
from gitdesk.reports.period import Period
from gitdesk.reports.report import FindingReport
from gitdesk.reports.sla_findings import KINDS
from gitdesk.reports.sla_plain import left, order, plain
from gitdesk.reports.sla_summary import Summary
from gitdesk.reports.sla_tally import Counters, Tally

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from gitdesk.desk.told_clocks import ToldClocks
    from gitdesk.domain.config import Config
    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.render.blocks import Document
    from gitdesk.render.finding import Case, Finding
    from gitdesk.reports.sla_findings import Locate

AT_RISK_PERCENT = 75


def _nowhere(cycle: Cycle) -> tuple[str, int]:
    from gitdesk.domain.format import path_of

    return path_of(cycle.ticket), 1


class SlaReport(FindingReport):
    """The service levels of a desk as of a moment.

    `cycles` come ordered by ticket, metric and cycle; `told`, if given, has the same. `status_times` are (ticket,
    wall seconds in each status), read only by what shows them. `locate` finds the line that a finding points at. `by`
    is the breakdown people see first.
    """

    name, kind = "sla", "sla_report"
    kinds = KINDS
    columns = tuple(Column(name) for name in clock_row.NAMES)

    def __init__(
        self,
        cycles: Iterable[Cycle],
        *,
        as_of: datetime,
        commit: str,
        desk_name: str,
        config: Config,
        status_times: Iterable[tuple[str, Mapping[str, int]]] = (),
        problems: Sequence[str] = (),
        query: str = "",
        period: Period | None = None,
        policy_file: str = "",
        percent: int = AT_RISK_PERCENT,
        by: str = "metric",
        with_risk: bool = False,
        locate: Locate = _nowhere,
        told: ToldClocks | None = None,
    ) -> None:
        self.as_of, self.commit, self.desk_name, self.config = as_of, commit, desk_name, config
        self.query, self.policy_file, self.percent, self.by = query, policy_file, percent, by
        self.period = period or Period()
        self.tally = Tally(self.period, as_of, percent)
        self.summary = Summary(self.tally, config)
        self._cycles, self._status_times, self._problems = cycles, status_times, problems
        self._statuses: tuple[tuple[str, int], ...] | None = None
        self._with_risk, self._locate, self._told = with_risk, locate, told

    @property
    def problems(self) -> Sequence[str]:
        """Returns the marked rows: what could not be read or reckoned with."""
        return self._problems

    def items(self) -> Iterator[Cycle]:
        """Yields the rows that belong to the period, counting them."""
        return filter(self.tally.add, self._cycles)

    def ready(self, *, rows: bool) -> Iterator[Cycle | bytes]:
        """Yields the same, ended ones as JSON that is kept ready; a period is looked into row by row."""
        told, tally = self._told, self.tally
        if told is None or not self.period.is_everything:
            yield from self.items()
            return
        counters = Counters(tally, told.kinds())
        seconds: dict[str, int] = {}
        for one in told.all(rows=rows):
            if isinstance(one, Told):
                tally.add_ended(one.ticket, one.clocks, counters)
                for status in one.spent:
                    seconds[status] = seconds.get(status, 0) + one.spent[status]
                if rows:
                    yield one.rows
            elif tally.add(one):
                yield one
        tally.look(told.cycles_of)
        self._statuses = self._shown(_added_up(told.times_of_the_rest(), seconds))

    def cells(self, item: Cycle) -> tuple[Any, ...]:
        """Returns the values of a row under the columns."""
        return clock_row.cells(item)

    def json_writer(self) -> Callable[[Cycle], str]:
        """Returns what writes a row as JSON."""
        return clock_row.json_writer()

    def finding(self, item: Cycle) -> Finding | None:
        """Returns a breach or what is at risk."""
        return sla_findings.finding(item, self._locate, self.percent)

    def case(self, item: Cycle) -> tuple[str, Case]:
        """Returns the metric, and how the row came out."""
        return item.metric, sla_findings.case(item, _nowhere(item)[0], self.percent)

    def ticket(self, item: Cycle) -> str | None:
        """Returns the ticket of a breach (of what is at risk too, when that was asked for)."""
        if item.is_breached or (self._with_risk and item.is_at_risk(self.percent)):
            return item.ticket
        return None

    def plain(self) -> Mapping[str, Any]:
        """Returns the summary as JSON-able data."""
        return plain(self)

    def document(self, *, brief: bool = False) -> Document:
        """Returns the summary for people."""
        from gitdesk.reports.sla_document import document

        return document(self, brief=brief)

    # What the rows came to, beside the Summary

    @property
    def at_risk(self) -> tuple[Cycle, ...]:
        """Returns what is at risk, the least remaining first."""
        return tuple(sorted(self.tally.at_risk, key=lambda each: (left(each), order(each))))

    @property
    def running(self) -> tuple[Cycle, ...]:
        """Returns the breaches that are not over, the latest first."""
        return tuple(sorted(self.tally.running, key=lambda each: (-each.late_by, order(each))))

    def time_in_status(self) -> tuple[tuple[str, int], ...]:
        """Returns the wall time that the tickets have spent in each status that is not done, in the desk's order."""
        if self._statuses is None:
            self._statuses = self._shown(_added_up((spent for _, spent in self._status_times), {}))
        return self._statuses

    def _shown(self, seconds: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
        known = [status.name for status in self.config.workflow.statuses if status.category not in DONE]
        done = {status.name for status in self.config.workflow.statuses} - set(known)
        others = sorted(set(seconds) - set(known) - done)
        return tuple((name, seconds[name]) for name in [*known, *others] if seconds.get(name))


def _added_up(times: Iterable[Mapping[str, int]], seconds: dict[str, int]) -> dict[str, int]:
    """Returns seconds by status, with those of more tickets added."""
    for spent in times:
        for status in spent:
            seconds[status] = seconds.get(status, 0) + spent[status]
    return seconds
