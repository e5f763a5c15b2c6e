"""What the desk as a whole knows of a change that is about to be made: where clocks stand, and who has room."""

from __future__ import annotations

from gitdesk.desk.configuration import promises
from gitdesk.desk.loads import Loads, has_limits
from gitdesk.desk.places import has_index
from gitdesk.domain.sla_concern import FINISHED, is_answer
from gitdesk.domain.ticket import REPLY, timestamp
from gitdesk.domain.workflow import DONE
from gitdesk.value import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gitdesk.desk.door import Desk
    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.rules_context import Context
    from gitdesk.domain.sla_facts import ClockFacts

_IN_TIME = ("running", "paused", "met", "void", "n/a")  # the worst that a ticket's clocks came to


def informed(desk: Desk, context: Context, changes: Sequence[Change], config: Config, tip: str) -> Context:
    """Returns a context with what rules may ask; clocks are not looked up before one does, loads only where needed."""
    if has_limits(config):
        context = replace(context, loads=Loads(desk, tip).before(changes, config))
    if promises(config) and not all(_ends_in_time(desk, change, config, tip) for change in changes):
        context = replace(context, clocks=_clocks(desk, context, changes, tip))
    if config.asks_for_approvals:
        from gitdesk.domain.workflow import PROPOSALS

        context = replace(context, direct=not desk.location.branch.startswith(PROPOSALS))
    return context


def _ends_in_time(desk: Desk, change: Change, config: Config, tip: str) -> bool:
    """Tells whether a change is what most are: a ticket finished by a person's answer, and nothing of it late.

    No rule of promises has anything to say of that, and the index knows it without a replay.
    """
    before = change.before.ticket if change.before is not None else None
    after = change.after.ticket if change.after is not None else None
    if before is None or after is None or before.status == after.status:
        return False
    category = config.workflow.category
    if category(before.status) in DONE or category(after.status) not in FINISHED:
        return False
    if replace(before, status=after.status, messages=after.messages) != after:
        return False
    replies = [one for one in after.messages if one.kind == REPLY]
    if replies and not any(is_answer(one, config) for one in replies):
        return False
    if not has_clocks(desk) or desk.index.clocks_tip != tip or desk.index.tip != tip:
        return False
    state, due = desk.index.standing_of(change.path)
    return state in _IN_TIME and due > timestamp(desk.now)


def has_clocks(desk: Desk) -> bool:
    """Tells whether the index of the desk keeps clocks, be it those of an older tip; makes none."""
    return has_index(desk.repo, desk.location) and desk.index.clocks_tip is not None


def _clocks(
    desk: Desk, context: Context, changes: Sequence[Change], tip: str
) -> Callable[[Change], ClockFacts | None]:
    kept: list[Callable[[Change], ClockFacts | None]] = []

    def ask(change: Change) -> ClockFacts | None:
        if not kept:
            at = int((context.at or desk.now).timestamp())
            kept.append(clock_facts(desk, at, changes, tip))
        return kept[0](change)

    return ask


def clock_facts(
    desk: Desk, at: int, changes: Sequence[Change], tip: str
) -> Callable[[Change], ClockFacts | None]:
    """Returns what tells the facts: an index that keeps clocks, else Git, which is sooner asked than one is made."""
    from gitdesk.desk.clocks import facts_now

    if has_clocks(desk) and desk.tip == tip:  # another one may have come in while we waited
        return facts_now(desk, at)
    from gitdesk.desk.pasts import Pasts

    paths = [change.before.path for change in changes if change.before is not None]
    return Pasts(desk, tip, at=at, paths=paths).facts
