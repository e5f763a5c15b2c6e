"""What the desk as a whole knows of a change that is about to be made: where clocks stand, and who has room."""

from __future__ import annotations

from gitdesk.desk.configuration import promises
from gitdesk.desk.loads import Loads, has_limits
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.sla_facts import ClockFacts


def informed(desk: Desk, context: Context, changes: Sequence[Change], config: Config, tip: str) -> Context:
    """Returns a context with what rules may ask; clocks are not looked up before one does, loads only where needed."""
    if has_limits(config):
        context = replace(context, loads=Loads(desk, tip).before(changes, config))
    if promises(config):
        context = replace(context, clocks=_clocks(desk, context, changes, tip))
    return context


def _clocks(
    desk: Desk, context: Context, changes: Sequence[Change], tip: str
) -> Callable[[Change], ClockFacts | None]:
    kept: list[Callable[[Change], ClockFacts | None]] = []

    def ask(change: Change) -> ClockFacts | None:
        if not kept:
            kept.append(_source(desk, context, changes, tip))
        return kept[0](change)

    return ask


def _source(
    desk: Desk, context: Context, changes: Sequence[Change], tip: str
) -> Callable[[Change], ClockFacts | None]:
    """Returns what tells the facts: an index that keeps clocks, else Git, which is sooner asked than one is made."""
    from gitdesk.desk.clocks import facts_now, has_clocks

    moment = context.at or desk.now
    if has_clocks(desk):
        return facts_now(desk, int(moment.timestamp()))
    from gitdesk.desk.pasts import Pasts

    paths = [change.before.path for change in changes if change.before is not None]
    return Pasts(desk, tip, at=int(moment.timestamp()), paths=paths).facts
