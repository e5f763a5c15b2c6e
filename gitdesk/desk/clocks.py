"""The clocks of a desk: where every ticket stands against what was promised, now or at any moment of its history."""

from __future__ import annotations

from operator import attrgetter

from gitdesk.desk.clock_index import with_clocks
from gitdesk.desk.kept_clocks import kept_cycles
from gitdesk.desk.story_moments import Moment, selected
from gitdesk.desk.terms import terms_of
from gitdesk.desk.told_clocks import ToldClocks
from gitdesk.domain.sla_replay import Replay
from gitdesk.domain.sla_standing import cycle, marked, orphaned, spent, standings
from gitdesk.domain.ticket import TicketId
from gitdesk.errors import NotFound
from gitdesk.value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from gitdesk.desk.door import Desk
    from gitdesk.domain.change import Change
    from gitdesk.domain.config import Config
    from gitdesk.domain.sla_cycle import Cycle
    from gitdesk.domain.sla_facts import ClockFacts
    from gitdesk.domain.sla_policy import Terms, TermVersions
    from gitdesk.domain.sla_telling import Telling
    from gitdesk.index.sla_rows import ClockRows

_order = attrgetter("metric", "cycle")


class Clocked(Value):
    """What the clocks say of the tickets that were asked for, as of a moment and the commit that was the desk then.

    `cycles` come by ticket, metric and cycle; `told` has the same in another way, as far as the index keeps it ready.
    `status_times` are (ticket, wall seconds in each status so far); all are read once, `cycles` or `told` first.
    `problems` says in words what could not be told rightly.
    """

    cycles: Iterator[Cycle]
    as_of: datetime
    commit: str
    desk_name: str
    config: Config
    status_times: Iterator[tuple[str, dict[str, int]]]
    problems: tuple[str, ...]
    told: ToldClocks | None = None


class Told(Value):
    """The clocks of one ticket with their stories. `ignored` are commits that asked for new terms in vain."""

    ticket: str
    title: str
    cycles: tuple[Cycle, ...]
    tellings: tuple[Telling, ...]
    as_of: datetime
    commit: str
    ignored: tuple[str, ...]


def report_rows(
    desk: Desk,
    *,
    query: str = "",
    as_of: str | None = None,
    policy: bytes | None = None,
    policy_path: str = "",
) -> Clocked:
    """Returns the cycles of all tickets, done ones too, or of those a query selects.

    `as_of` is a time or a commit: the desk as it was then. `policy` is a file with other calendars and policies, which
    hold for the whole history; `policy_path` is what errors call it.
    """
    index = with_clocks(desk, always=True)
    if as_of is None and policy is None:
        ids = selected(desk, query, None)
        return _kept(desk, index.clock_rows(), ids)
    at = Moment(desk, index.clock_rows(), as_of)
    ids = selected(desk, query, at.commit if as_of is not None else None)
    versions: TermVersions = at.book if policy is None else _other(desk, at, policy, policy_path)
    return _live(desk, index.clock_rows(), at, versions, ids)


def replayed_now(desk: Desk, rows: ClockRows, ticket_id: TicketId) -> tuple[Cycle, ...]:
    """Returns the cycles of one ticket by a replay up to now, of one that history says more of than has happened."""
    at = Moment(desk, rows, None)
    story = at.story(ticket_id)
    if story is None:
        return ()
    return _cycles(Replay(story, at.book, at.now), at.now, at.book.at)


def facts_now(desk: Desk, at: int) -> Callable[[Change], ClockFacts | None]:
    """Returns what tells how clocks take a change that somebody is about to make at an instant."""
    from gitdesk.domain.sla_facts import facts_of

    found = Moment(desk, with_clocks(desk, always=True).clock_rows(), None)

    def facts(change: Change) -> ClockFacts | None:
        old = change.before.ticket if change.before is not None else None
        new = change.after.ticket if change.after is not None else None
        story = found.story(TicketId(change.ticket_id)) if old is not None and new is not None else None
        if story is None or old is None or new is None:
            return None
        return facts_of(story, found.book, at, old, new)

    return facts


def told(desk: Desk, ticket_id: TicketId, as_of: str | None = None) -> Told:
    """Returns the clocks of one ticket with every stretch of their time; raises NotFound for none at that moment."""
    from gitdesk.desk.writing import readable
    from gitdesk.domain.sla_telling import tell

    index = with_clocks(desk, always=True)
    at = Moment(desk, index.clock_rows(), as_of)
    story = at.story(ticket_id)
    if story is None:
        if ticket_id in at.broken:
            readable(at.broken[ticket_id])
        when = "" if as_of is None else f' at "{as_of}"'
        raise NotFound(f"no ticket {ticket_id} on this desk{when}")
    replay = Replay(story, at.book, at.now, tell_ahead=at.tells_ahead or story.created > at.now)
    return Told(
        ticket=ticket_id,
        title=replay.header.get("title", ""),
        cycles=_cycles(replay, at.now, at.book.at),
        tellings=tell(replay, at.now) if at.now >= story.created else (),
        as_of=at.as_of,
        commit=at.commit,
        ignored=at.book.ignored(),
    )


# ---- other terms


def _other(desk: Desk, at: Moment, data: bytes, path: str) -> tuple[Terms, ...]:
    """Returns the terms of another file as if they had always been in force; raises Unreadable with the place."""
    from gitdesk.desk.calendars import holiday_files
    from gitdesk.desk.configuration import refusal
    from gitdesk.store.config_file import parse_overlay

    config, violations = parse_overlay(data, path or "policy", _config_file(desk))
    if config is None:
        raise refusal(
            violations, "the file needs `sla`, and `calendars` where those of the desk are not meant"
        )
    return (terms_of(config, holiday_files(desk.repo, at.commit), position=-(1 << 62), at=0),)


def _config_file(desk: Desk) -> bytes:
    from gitdesk.domain.config import PATH
    from gitdesk.store import read

    entry = read.find_entry(desk.repo, desk.config_commit, PATH)
    assert entry is not None  # the desk has been opened by it
    return desk.repo.blob(entry.oid)


# ---- cycles


def _kept(desk: Desk, rows: ClockRows, ids: Sequence[str] | None) -> Clocked:
    """Returns the cycles out of the standings the index keeps, brought up to now."""
    now = int(desk.now.timestamp())

    def times(wanted: Sequence[str] | None) -> Iterator[tuple[str, dict[str, int]]]:
        at: Moment | None = None
        for ticket, status, last, found in rows.spent(wanted):
            if last <= now:
                found[status] = found.get(status, 0) + now - last
            else:  # dated after the moment that is asked for, like its clocks
                at = at or Moment(desk, rows, None)
                story = at.story(TicketId(ticket))
                found = {} if story is None else spent(Replay(story, at.book, now), now)
            yield ticket, found

    return Clocked(
        cycles=kept_cycles(desk, rows, ids),
        as_of=desk.now,
        commit=desk.tip,
        desk_name=desk.config.name,
        config=desk.config,
        status_times=times(ids),
        problems=_problems(rows, ids),
        told=ToldClocks(desk, rows, times) if ids is None else None,
    )


def _live(
    desk: Desk,
    rows: ClockRows,
    at: Moment,
    versions: TermVersions,
    ids: Sequence[str] | None,
) -> Clocked:
    """Returns the cycles of a replay up to a moment, under any terms."""
    times: list[tuple[str, dict[str, int]]] = []

    def terms(position: int) -> Terms | None:
        return next((one for one in versions if one.position == position), None)

    by_place = {}

    def found(position: int) -> Terms | None:
        if position not in by_place:
            by_place[position] = terms(position)
        return by_place[position]

    stories = at.all(ids)  # read from Git at once: that tells what is broken

    def cycles() -> Iterator[Cycle]:
        for story in stories:
            replay = Replay(story, versions, at.now, tell_ahead=at.tells_ahead or story.created > at.now)
            times.append((story.ticket, spent(replay, at.now)))
            yield from _cycles(replay, at.now, found)

    return Clocked(
        cycles=cycles(),
        as_of=at.as_of,
        commit=at.commit,
        desk_name=desk.config.name,
        config=desk.config,
        status_times=(one for one in times),
        problems=_problems(rows, ids) if at.until is None else at.problems(),
    )


def _cycles(replay: Replay, now: int, terms: Callable[[int], Terms | None]) -> tuple[Cycle, ...]:
    """Returns the cycles of a replay at its moment, by metric and cycle.

    A ticket that was there by then and is dated later has one that says so; one that came later has none.
    """
    header, story = replay.header, replay.story
    found = []
    if now < story.created and now < story.came:
        return ()
    last = replay.versions[-1] if len(replay.versions) else None
    gone = orphaned(header.get("status", ""), last.categories) if last is not None else ""
    for one in sorted(standings(replay), key=_order):
        held = terms(one.version) if one.state == "running" else None
        found.append(
            cycle(
                one,
                now,
                None if held is None else held.calendars.get(one.calendar),
                ticket=story.ticket,
                title=header.get("title", ""),
                assignee=header.get("assignee", ""),
                group=header.get("group", ""),
            )
        )
    return tuple(marked(one, gone) for one in found)


def _problems(rows: ClockRows, ids: Sequence[str] | None) -> tuple[str, ...]:
    """Returns in words which tickets cannot be read, so that no clock is known of them."""
    return tuple(f"{path}: {problem}" for path, problem in rows.unreadable(ids))
